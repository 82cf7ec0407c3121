//! Parameter update: the committee sets the parameters of the chain from the next maintenance on.
//!
//! Signed by: the committee account, which can only act by a proposal.

use crate::Rejected;
use crate::constants::COMMITTEE_ACCOUNT;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::Stateless;
use crate::parameters::ChainParameters;
use carbyne_wire::{FlatSet, Wire};

refusals! {
    /// Why the parameters are not set, whatever the state.
    pub enum UpdateGlobalParametersRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
    }
}

/// Sets all parameters of the chain.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CommitteeMemberUpdateGlobalParameters {
    /// Fee, paid by the committee account.
    pub fee: Asset,
    /// The parameters.
    pub new_parameters: ChainParameters,
}

fee_parameters! {
    /// Fee of a parameter update, in smallest units of the core asset.
    pub struct CommitteeMemberUpdateGlobalParametersFee {
        /// Per update.
        fee: u64 = 100_000,
    }
}

impl Stateless for CommitteeMemberUpdateGlobalParameters {
    const NAME: &'static str = "committee_member_update_global_parameters";
    type Fee = CommitteeMemberUpdateGlobalParametersFee;

    paid_by!(const COMMITTEE_ACCOUNT);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        let fee = self.fee.amount;
        ensure!(fee >= 0, UpdateGlobalParametersRefusal::NegativeFee { fee });
        self.new_parameters.validate()
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(COMMITTEE_ACCOUNT);
    }
}
