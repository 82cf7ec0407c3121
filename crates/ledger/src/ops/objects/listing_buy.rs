//! Listing buy: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::objects::listing_buy`].

use super::items::deliver;
use super::sale::{check_deal, pay_out, price_at};
use crate::Ledger;
use crate::contracts::{at_most, concerns, has, only_if};
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::objects::{ListingBuy, ListingKind};

impl Evaluate for ListingBuy {
    /// The price.
    type Plan = Asset;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Asset, Rejected> {
        let (listing, pays) = (ledger.get(self.listing)?, self.max_price.asset_id);
        check_deal(ledger, listing, self.buyer, (&self.items, pays))?;
        only_if(listing.kind != ListingKind::English, "the items go to the highest bid")?;
        let price = Asset::new(price_at(listing, ledger.head_time()?), pays);
        at_most(price.amount, self.max_price.amount)?;
        has(ledger, self.buyer, price)?;
        Ok(price)
    }

    fn apply(
        &self,
        price: Asset,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let listing = ledger.remove(self.listing)?;
        ledger.adjust_balance(self.buyer, price.negated())?;
        pay_out(ledger, &listing, price)?;
        deliver(ledger, &listing.items, self.buyer)?;
        Ok(concerns(listing.parties()))
    }
}
