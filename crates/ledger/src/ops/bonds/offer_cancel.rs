//! Bond offer cancel: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::bonds::offer_cancel`].

use super::return_offer;
use crate::Ledger;
use crate::contracts::{before, is_party};
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::bonds::BondOfferCancel;

impl Evaluate for BondOfferCancel {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let offer = ledger.get(self.offer)?;
        is_party(self.creator, offer.creator)?;
        before(ledger, offer.expiry)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        return_offer(ledger, self.offer)?;
        Ok(OperationResult::Void)
    }
}
