//! Carbyne set: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::governance::carbyne_set`].

use super::update_global_parameters::UpdateGlobalParametersRefusal;
use crate::Ledger;
use crate::evaluate::{Context, Evaluate, Mode};
use crate::features::change_pending;
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::governance::carbyne_set::CarbyneSet;

impl Evaluate for CarbyneSet {
    type Plan = ();

    fn check(&self, _: &Ledger, context: &Context) -> Result<(), Rejected> {
        ensure!(context.mode == Mode::Proposed, UpdateGlobalParametersRefusal::NotProposed);
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        change_pending(ledger, |terms| {
            terms.open.extend(self.open.iter().copied());
            terms.paused = self.pause.clone();
            self.limits.apply(&mut terms.limits);
        })?;
        Ok(OperationResult::Void)
    }
}
