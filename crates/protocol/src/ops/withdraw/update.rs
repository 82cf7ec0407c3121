//! Withdraw permission update: gives a withdraw permission new terms; the two accounts stay.
//!
//! Signed by: the active authority of `withdraw_from_account`, who pays the fee.

use crate::Rejected;
use crate::ids::{AccountId, WithdrawPermissionId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{FlatSet, TimePointSec, Wire};

/// Gives a withdraw permission new terms.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct WithdrawPermissionUpdate {
    /// Fee.
    pub fee: Asset,
    /// Account that gives.
    pub withdraw_from_account: AccountId,
    /// Account that may take.
    pub authorized_account: AccountId,
    /// The permission.
    pub permission_to_update: WithdrawPermissionId,
    /// The most that can be taken in one period.
    pub withdrawal_limit: Asset,
    /// Seconds of one period.
    pub withdrawal_period_sec: u32,
    /// When the next period begins.
    pub period_start_time: TimePointSec,
    /// Number of periods from then on.
    pub periods_until_expiration: u32,
}

fee_parameters! {
    /// Fee of changing a withdraw permission, in smallest units of the core asset.
    pub struct WithdrawPermissionUpdateFee {
        /// Per change.
        fee: u64 = 100_000,
    }
}

impl Stateless for WithdrawPermissionUpdate {
    const NAME: &'static str = "withdraw_permission_update";
    type Fee = WithdrawPermissionUpdateFee;

    paid_by!(withdraw_from_account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        let terms = self.terms();
        terms.check_limit()?;
        terms.check_fee()?;
        terms.check_period()?;
        terms.check_parties()?;
        terms.check_periods()
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.withdraw_from_account, self.authorized_account]);
    }
}
