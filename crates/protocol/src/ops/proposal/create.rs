//! Proposal create: puts operations on the chain for others to approve.
//!
//! Signed by: the fee payer only; the authorities of the proposed operations come with approvals.
//! The fee has a part per 1,024 bytes of the whole operation.

use super::sized_fee;
use crate::Rejected;
use crate::fees::FeeSchedule;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::{Operation, RequiredAuthorities, Stateless};
use crate::required::needed_authorities;
use carbyne_wire::{Extensions, FlatSet, Pack, TimePointSec, Wire};

refusals! {
    /// Why a proposal is refused, whatever the state.
    pub enum ProposalCreateRefusal {
        /// Nothing is proposed.
        Empty: "a proposal needs an operation",
    }
}

/// An operation inside another one (reference: `op_wrapper`).
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct OpWrapper {
    /// The operation.
    pub op: Operation,
}

/// Puts operations on the chain for others to approve.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct ProposalCreate {
    /// Fee.
    pub fee: Asset,
    /// Account that proposes and pays.
    pub fee_paying_account: AccountId,
    /// When the proposal ends, approved or not.
    pub expiration_time: TimePointSec,
    /// What is proposed.
    pub proposed_ops: Vec<OpWrapper>,
    /// Seconds before the end in which approvals can only be taken back.
    pub review_period_seconds: Option<u32>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a proposal, in smallest units of the core asset.
    pub struct ProposalCreateFee {
        /// Per proposal.
        fee: u64 = 2_000_000,
        /// Per 1,024 bytes of the operation.
        price_per_kbyte: u32 = 10,
    }
}

impl ProposalCreate {
    /// Who must approve what is proposed.
    pub fn required(&self) -> RequiredAuthorities {
        needed_authorities(self.proposed_ops.iter().map(|proposed| &proposed.op))
    }
}

impl Stateless for ProposalCreate {
    const NAME: &'static str = "proposal_create";
    type Fee = ProposalCreateFee;

    paid_by!(fee_paying_account);

    fn calculate_fee(&self, fee: &ProposalCreateFee, _: &FeeSchedule) -> Result<i64, Rejected> {
        sized_fee(fee.fee, self.packed_len(), fee.price_per_kbyte)
    }

    fn validate(&self) -> Result<(), Rejected> {
        ensure!(!self.proposed_ops.is_empty(), ProposalCreateRefusal::Empty);
        self.proposed_ops.iter().try_for_each(|proposed| proposed.op.stateless().check_stateless())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.fee_paying_account);
        let required = self.required();
        accounts.extend(required.active);
        accounts.extend(required.owner);
        for authority in &required.other {
            accounts.extend(authority.account_auths.keys().copied());
        }
    }
}
