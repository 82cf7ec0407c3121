//! Listing cancel: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::objects::listing_cancel`].

use super::items::deliver;
use crate::Ledger;
use crate::contracts::{before, concerns, is_party, only_if};
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::objects::ListingCancel;

impl Evaluate for ListingCancel {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let listing = ledger.get(self.listing)?;
        is_party(self.seller, listing.seller)?;
        before(ledger, listing.end)?;
        only_if(listing.bidder.is_none(), "somebody has bid")
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let listing = ledger.remove(self.listing)?;
        deliver(ledger, &listing.items, listing.seller)?;
        Ok(concerns(listing.creator))
    }
}
