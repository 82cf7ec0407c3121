//! Listing create: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::objects::listing_create`].

use super::items::{Royalty, check_items, freeze};
use crate::Ledger;
use crate::contracts::{creates, from_now, in_time, may_hold};
use crate::evaluate::{Context, Evaluate};
use crate::features::limits;
use carbyne_objects::Listing;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::ListingId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::objects::ListingCreate;

impl Evaluate for ListingCreate {
    type Plan = Royalty;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Royalty, Rejected> {
        let latest = from_now(ledger, limits(ledger)?.listing_max_sec)?;
        in_time("expiry", self.expiry, from_now(ledger, 1)?, latest)?;
        let royalty = check_items(ledger, self.seller, &self.items)?;
        may_hold(ledger, self.seller, self.pay_asset)?;
        if let Some(creator) = royalty.creator {
            may_hold(ledger, creator, self.pay_asset)?;
        }
        Ok(royalty)
    }

    fn apply(
        &self,
        royalty: Royalty,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        freeze(ledger, &self.items)?;
        let id: ListingId = ledger.create(Listing {
            seller: self.seller,
            items: self.items.clone(),
            kind: self.kind,
            min: self.min,
            buy_now: self.buy_now,
            made: ledger.head_time()?,
            expiry: self.expiry,
            end: self.expiry,
            anti_snipe_sec: self.anti_snipe_sec,
            creator: royalty.creator,
            royalty_bps: royalty.bps,
            bid: Asset::new(0, self.pay_asset),
            ..Listing::default()
        });
        Ok(creates(id, royalty.creator))
    }
}
