//! Withdraw permission delete: ends a withdraw permission.
//!
//! Signed by: the active authority of `withdraw_from_account`, who pays the fee.

use super::{check_fee, check_parties};
use crate::Rejected;
use crate::ids::{AccountId, WithdrawPermissionId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{FlatSet, Wire};

/// Ends a withdraw permission.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct WithdrawPermissionDelete {
    /// Fee.
    pub fee: Asset,
    /// Account that gave.
    pub withdraw_from_account: AccountId,
    /// Account that might take.
    pub authorized_account: AccountId,
    /// The permission.
    pub withdrawal_permission: WithdrawPermissionId,
}

fee_parameters! {
    /// Fee of ending a withdraw permission, in smallest units of the core asset.
    pub struct WithdrawPermissionDeleteFee {
        /// Per permission.
        fee: u64 = 0,
    }
}

impl Stateless for WithdrawPermissionDelete {
    const NAME: &'static str = "withdraw_permission_delete";
    type Fee = WithdrawPermissionDeleteFee;

    paid_by!(withdraw_from_account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        check_parties(self.withdraw_from_account, self.authorized_account)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.withdraw_from_account, self.authorized_account]);
    }
}
