//! Title offer: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::titles::offer`].

use super::bare::check_bare;
use super::expire;
use crate::Ledger;
use crate::contracts::{creates, from_now, in_time, may_hold};
use crate::evaluate::{Context, Evaluate};
use crate::features::limits;
use carbyne_objects::TitleForSale;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::TitleOfferId;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::titles::TitleOffer;

impl Evaluate for TitleOffer {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let latest = from_now(ledger, limits(ledger)?.title_offer_max_sec)?;
        in_time("expiry", self.expiry, from_now(ledger, 1)?, latest)?;
        may_hold(ledger, self.payout, self.price.asset_id)?;
        self.buyer.iter().try_for_each(|buyer| ledger.get(*buyer).map(drop))?;
        check_bare(ledger, self.account)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        // One that is over, but whose turn in the queue has not come.
        let over: Option<TitleOfferId> = ledger.tables.title_offers.index().find(&self.account);
        over.map_or(Ok(()), |id| expire(ledger, id))?;
        let offer: TitleOfferId = ledger.create(TitleForSale {
            id: TitleOfferId::default(),
            account: self.account,
            price: self.price,
            payout: self.payout,
            buyer: self.buyer,
            expiry: self.expiry,
        });
        Ok(creates(offer, []))
    }
}
