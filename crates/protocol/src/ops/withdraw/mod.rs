//! Withdraw permissions: one account lets another take a limited amount in each of a number of
//! periods.

pub mod claim;
pub mod create;
pub mod delete;
pub mod update;

pub use claim::WithdrawPermissionClaim;
pub use create::WithdrawPermissionCreate;
pub use delete::WithdrawPermissionDelete;
pub use update::WithdrawPermissionUpdate;

use crate::Rejected;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::reference_words as asked;
use crate::reference_words::Asked;
use carbyne_wire::TimePointSec;

refusals! {
    /// Why an operation about a withdraw permission is refused, whatever the state.
    pub enum WithdrawRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// A permission to oneself.
        ToItself { account: AccountId, asked: Asked }: "{account} needs no permission to withdraw \
            from itself",
        /// A limit or withdrawal of nothing, or less.
        AmountNotPositive { amount: i64, asked: Asked }: "the amount {amount} is not positive",
        /// Periods of no length.
        NoPeriod: "a period has at least one second",
        /// No periods.
        NoPeriods: "a permission has at least one period",
    }
}

/// What a permission grants.
pub struct Terms {
    fee: Asset,
    from: AccountId,
    authorized: AccountId,
    limit: Asset,
    /// Seconds of one period.
    pub period_sec: u32,
    periods: u32,
    /// When the first period begins.
    pub start: TimePointSec,
}

/// Gathers the terms that an operation names.
macro_rules! terms_of {
    ($operation:ty) => {
        impl $operation {
            /// What the permission grants.
            pub fn terms(&self) -> Terms {
                Terms {
                    fee: self.fee,
                    from: self.withdraw_from_account,
                    authorized: self.authorized_account,
                    limit: self.withdrawal_limit,
                    period_sec: self.withdrawal_period_sec,
                    periods: self.periods_until_expiration,
                    start: self.period_start_time,
                }
            }
        }
    };
}

terms_of!(WithdrawPermissionCreate);
terms_of!(WithdrawPermissionUpdate);

fn check_fee(fee: Asset) -> Result<(), Rejected> {
    ensure!(fee.amount >= 0, WithdrawRefusal::NegativeFee { fee: fee.amount });
    Ok(())
}

fn check_parties(account: AccountId, authorized: AccountId) -> Result<(), Rejected> {
    let asked = asked::withdraw::PARTIES;
    ensure!(account != authorized, WithdrawRefusal::ToItself { account, asked });
    Ok(())
}

impl Terms {
    fn check_parties(&self) -> Result<(), Rejected> {
        check_parties(self.from, self.authorized)
    }

    fn check_limit(&self) -> Result<(), Rejected> {
        let (amount, asked) = (self.limit.amount, asked::withdraw::LIMIT);
        ensure!(amount > 0, WithdrawRefusal::AmountNotPositive { amount, asked });
        Ok(())
    }

    fn check_fee(&self) -> Result<(), Rejected> {
        check_fee(self.fee)
    }

    fn check_period(&self) -> Result<(), Rejected> {
        ensure!(self.period_sec > 0, WithdrawRefusal::NoPeriod);
        Ok(())
    }

    fn check_periods(&self) -> Result<(), Rejected> {
        ensure!(self.periods > 0, WithdrawRefusal::NoPeriods);
        Ok(())
    }

    /// When the last period ends; arithmetic wraps at 32 bits as the reference's does.
    pub fn end(&self) -> TimePointSec {
        self.start.wrapping_add(self.periods.wrapping_mul(self.period_sec))
    }
}
