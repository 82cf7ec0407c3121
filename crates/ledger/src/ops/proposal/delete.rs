//! Proposal delete: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::proposal::delete`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, ProposalId};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::proposal::delete::ProposalDelete;

refusals! {
    /// Why a proposal is not deleted.
    pub enum ProposalDeleteRefusal {
        /// The account's approval is not needed.
        NotRequired { account: AccountId, proposal: ProposalId }:
            "{proposal} does not need the approval of {account}",
    }
}

impl Evaluate for ProposalDelete {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let proposal = ledger.get(self.proposal)?;
        let required = if self.using_owner_authority {
            &proposal.required_owner_approvals
        } else {
            &proposal.required_active_approvals
        };
        let account = self.fee_paying_account;
        ensure!(
            required.contains(&account),
            ProposalDeleteRefusal::NotRequired { account, proposal: proposal.id }
        );
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.remove(self.proposal)?;
        Ok(OperationResult::Void)
    }
}
