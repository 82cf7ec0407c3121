//! Listing bid: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::objects::listing_bid`].

use super::items::deliver;
use super::sale::{check_deal, pay_out};
use crate::Ledger;
use crate::contracts::{ContractRefusal, concerns, has, only_if};
use crate::evaluate::{Context, Evaluate};
use carbyne_objects::Listing;
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::SECONDS_PER_DAY;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::objects::{ListingBid, ListingKind};
use carbyne_protocol::proportion::proportion_up;
use carbyne_wire::TimePointSec;

/// What a bid comes to.
#[derive(Clone, Copy, Debug)]
pub enum Bid {
    /// It is the highest, until then.
    Highest(TimePointSec),
    /// It buys at that price.
    Buys(Asset),
}

/// The lowest bid that is taken, in smallest units: a hundredth more than the last, rounded up.
fn least(listing: &Listing) -> i64 {
    let best = listing.bid.amount;
    if listing.bidder.is_none() {
        return listing.min;
    }
    let step = proportion_up(best as u64, 1_u32, 100_u32) as i64;
    best.saturating_add(step.max(1))
}

/// When the listing ends after a bid at `now`: late ones leave time for another.
fn end_after(listing: &Listing, now: TimePointSec) -> TimePointSec {
    if listing.end.since(now) >= listing.anti_snipe_sec.into() {
        return listing.end;
    }
    let latest = TimePointSec(listing.expiry.0.saturating_add(SECONDS_PER_DAY));
    TimePointSec(now.0.saturating_add(listing.anti_snipe_sec)).min(latest).max(listing.end)
}

impl Evaluate for ListingBid {
    type Plan = Bid;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Bid, Rejected> {
        let (listing, pays) = (ledger.get(self.listing)?, self.amount.asset_id);
        check_deal(ledger, listing, self.bidder, (&self.items, pays))?;
        only_if(listing.kind == ListingKind::English, "the items have a price")?;
        let units = self.amount.amount;
        if let Some(price) = listing.buy_now.filter(|price| units >= *price) {
            return Ok(Bid::Buys(Asset::new(price, pays)));
        }
        let least = least(listing);
        ensure!(units >= least, ContractRefusal::BelowLeast { units, least });
        Ok(Bid::Highest(end_after(listing, ledger.head_time()?)))
    }

    fn apply(
        &self,
        bid: Bid,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let listing = ledger.get(self.listing)?.clone();
        let concerned = concerns(listing.parties());
        // Who is outbid has his money at once, whatever a list says.
        if let Some(outbid) = listing.bidder {
            ledger.adjust_balance(outbid, listing.bid)?;
        }
        let pays = match bid {
            Bid::Buys(price) => price,
            Bid::Highest(_) => self.amount,
        };
        has(ledger, self.bidder, pays)?;
        ledger.adjust_balance(self.bidder, pays.negated())?;
        match bid {
            Bid::Highest(end) => ledger.modify(self.listing, |listing| {
                (listing.bidder, listing.bid, listing.end) = (Some(self.bidder), pays, end);
            })?,
            Bid::Buys(price) => {
                ledger.remove(self.listing)?;
                pay_out(ledger, &listing, price)?;
                deliver(ledger, &listing.items, self.bidder)?;
            }
        }
        Ok(concerned)
    }
}
