//! Executing proposals (reference: `chain/proposal_object.cpp`, `chain/db_block.cpp`).
//!
//! Invariant: a proposal that is refused leaves nothing behind, and one that is executed is gone.

use crate::Ledger;
use crate::authorize::{Approvals, verify_authority};
use crate::evaluate::Mode;
use crate::ops::{samet, titles};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::ProposalId;

impl Ledger {
    /// Whether everybody who must approve a proposal has done so.
    pub fn is_authorized_to_execute(&self, proposal: ProposalId) -> Result<bool, Rejected> {
        let proposal = self.get(proposal)?;
        let active = titles::standing(self, proposal.id, &proposal.available_active_approvals);
        let owner = titles::standing(self, proposal.id, &proposal.available_owner_approvals);
        let approvals = Approvals {
            keys: proposal.available_key_approvals.as_slice(),
            active: &active,
            owner: &owner,
            allow_committee: true,
        };
        let depth = self.parameters()?.max_authority_depth.into();
        let operations = &proposal.proposed_transaction.operations;
        Ok(verify_authority(operations, &approvals, self, depth).is_ok())
    }

    /// Applies the operations of a proposal and removes it, or does neither.
    pub(crate) fn push_proposal(&mut self, proposal: ProposalId) -> Result<(), Rejected> {
        let operations = self.get(proposal)?.proposed_transaction.operations.clone();
        self.nested(|ledger| {
            for operation in &operations {
                ledger.apply_operation(operation, Mode::Proposed, true)?;
            }
            samet::check_repaid(ledger)?;
            ledger.remove(proposal)?;
            Ok(())
        })
    }
}
