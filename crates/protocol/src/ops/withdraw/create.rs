//! Withdraw permission create: lets another account take a limited amount in each of a number of
//! periods.
//!
//! Signed by: the active authority of `withdraw_from_account`, who pays the fee.

use crate::Rejected;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{FlatSet, TimePointSec, Wire};

/// Lets another account take a limited amount in each of a number of periods.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct WithdrawPermissionCreate {
    /// Fee.
    pub fee: Asset,
    /// Account that gives.
    pub withdraw_from_account: AccountId,
    /// Account that may take.
    pub authorized_account: AccountId,
    /// The most that can be taken in one period.
    pub withdrawal_limit: Asset,
    /// Seconds of one period.
    pub withdrawal_period_sec: u32,
    /// Number of periods.
    pub periods_until_expiration: u32,
    /// When the first period begins.
    pub period_start_time: TimePointSec,
}

fee_parameters! {
    /// Fee of a withdraw permission, in smallest units of the core asset.
    pub struct WithdrawPermissionCreateFee {
        /// Per permission.
        fee: u64 = 100_000,
    }
}

impl Stateless for WithdrawPermissionCreate {
    const NAME: &'static str = "withdraw_permission_create";
    type Fee = WithdrawPermissionCreateFee;

    paid_by!(withdraw_from_account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        let terms = self.terms();
        terms.check_fee()?;
        terms.check_parties()?;
        terms.check_limit()?;
        terms.check_period()?;
        terms.check_periods()
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.withdraw_from_account, self.authorized_account]);
    }
}
