//! Proposal delete: ends a proposal before its time, by one of those who must approve it.
//!
//! Signed by: the active authority of the fee payer, also where the proposal needs its owner
//! authority.

use crate::Rejected;
use crate::ids::{AccountId, ProposalId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

refusals! {
    /// Why a proposal is not deleted, whatever the state.
    pub enum ProposalDeleteRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
    }
}

/// Ends a proposal before its time.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct ProposalDelete {
    /// Fee.
    pub fee: Asset,
    /// Account that pays and whose approval the proposal needs.
    pub fee_paying_account: AccountId,
    /// Whether the proposal needs the owner authority of the account, not the active one.
    pub using_owner_authority: bool,
    /// The proposal.
    pub proposal: ProposalId,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of deleting a proposal, in smallest units of the core asset.
    pub struct ProposalDeleteFee {
        /// Per deletion.
        fee: u64 = 100_000,
    }
}

impl Stateless for ProposalDelete {
    const NAME: &'static str = "proposal_delete";
    type Fee = ProposalDeleteFee;

    paid_by!(fee_paying_account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        let fee = self.fee.amount;
        ensure!(fee >= 0, ProposalDeleteRefusal::NegativeFee { fee });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.fee_paying_account);
    }
}
