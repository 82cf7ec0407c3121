//! Title withdraw: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::titles::withdraw`].

use crate::Ledger;
use crate::contracts::{before, concerns, is_party};
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::titles::TitleWithdraw;

impl Evaluate for TitleWithdraw {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let offer = ledger.get(self.offer)?;
        is_party(self.account, offer.account)?;
        before(ledger, offer.expiry)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let offer = ledger.remove(self.offer)?;
        Ok(concerns([Some(offer.payout), offer.buyer].into_iter().flatten()))
    }
}
