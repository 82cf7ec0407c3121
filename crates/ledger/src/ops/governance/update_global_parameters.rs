//! Parameter update: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::governance::update_global_parameters`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate, Mode};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::governance::update_global_parameters::CommitteeMemberUpdateGlobalParameters;

refusals! {
    /// Why the parameters are not set.
    pub enum UpdateGlobalParametersRefusal {
        /// Sent by itself, not by a proposal.
        NotProposed: "the parameters are only changed by a proposal that the committee approves",
    }
}

impl Evaluate for CommitteeMemberUpdateGlobalParameters {
    type Plan = ();

    fn check(&self, _: &Ledger, context: &Context) -> Result<(), Rejected> {
        ensure!(context.mode == Mode::Proposed, UpdateGlobalParametersRefusal::NotProposed);
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.modify_global(|global| {
            global.pending_parameters = Some(Box::new(self.new_parameters.clone()));
        })?;
        Ok(OperationResult::Void)
    }
}
