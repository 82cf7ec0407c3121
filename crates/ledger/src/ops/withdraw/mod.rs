//! Withdraw permissions: one account lets another take a limited amount in each of a number of periods.

pub mod claim;
pub mod create;
pub mod delete;
pub mod update;

pub use claim::WithdrawPermissionClaim;
pub use create::WithdrawPermissionCreate;
pub use delete::WithdrawPermissionDelete;
pub use update::WithdrawPermissionUpdate;

use crate::ids::{AccountId, AssetId};
use crate::money::Asset;
use crate::objects::WithdrawPermission;
use crate::{Ledger, Rejected};
use carbyne_wire::TimePointSec;

refusals! {
    /// Why an operation about a withdraw permission is refused.
    pub enum WithdrawRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// A permission to oneself.
        ToItself { account: AccountId }: "{account} needs no permission to withdraw from itself",
        /// A limit or withdrawal of nothing, or less.
        AmountNotPositive { amount: i64 }: "the amount {amount} is not positive",
        /// Periods of no length.
        NoPeriod: "a period has at least one second",
        /// No periods.
        NoPeriods: "a permission has at least one period",
        /// The first period began already.
        StartsInThePast { start: TimePointSec, now: TimePointSec }:
            "the first period begins at {start}, and it is {now}",
        /// The last period is over.
        EndsInThePast { end: TimePointSec, now: TimePointSec }:
            "the last period ends at {end}, and it is {now}",
        /// Periods shorter than the time between blocks.
        PeriodTooShort { seconds: u32, block_interval: u8 }:
            "a period of {seconds} s is shorter than the {block_interval} s between blocks",
        /// The permission is another account's.
        WrongFrom { account: AccountId, owner: AccountId }:
            "the permission is to withdraw from {owner}, not from {account}",
        /// The permission is for another account.
        WrongAuthorized { account: AccountId, authorized: AccountId }:
            "the permission is for {authorized}, not for {account}",
        /// The permission has ended.
        Expired { end: TimePointSec, now: TimePointSec }:
            "the permission ended at {end}, and it is {now}",
        /// The permission has not begun.
        NotStarted { start: TimePointSec, now: TimePointSec }:
            "the permission begins at {start}, and it is {now}",
        /// More than the limit leaves for the period.
        OverLimit { amount: i64, available: i64 }:
            "{amount} is more than the {available} left for this period",
        /// The account has less than the amount.
        InsufficientBalance { account: AccountId, has: i64, needs: i64 }:
            "Insufficient Balance: {account} has {has} of {needs}",
        /// Only the issuer may send or receive the asset.
        Restricted { asset: AssetId }: "Asset {asset} has transfer_restricted flag enabled",
        /// An account may not hold the asset.
        Unauthorized { account: AccountId, asset: AssetId }:
            "Account {account} is unauthorized to transact asset {asset} due to whitelist / blacklist",
    }
}

/// What a permission grants.
struct Terms {
    fee: Asset,
    from: AccountId,
    authorized: AccountId,
    limit: Asset,
    period_sec: u32,
    periods: u32,
    start: TimePointSec,
}

impl Terms {
    fn validate(&self) -> Result<(), Rejected> {
        let (fee, amount) = (self.fee.amount, self.limit.amount);
        ensure!(fee >= 0, WithdrawRefusal::NegativeFee { fee });
        ensure!(self.from != self.authorized, WithdrawRefusal::ToItself { account: self.from });
        ensure!(amount > 0, WithdrawRefusal::AmountNotPositive { amount });
        ensure!(self.period_sec > 0, WithdrawRefusal::NoPeriod);
        ensure!(self.periods > 0, WithdrawRefusal::NoPeriods);
        Ok(())
    }

    /// When the last period ends; arithmetic wraps at 32 bits as the reference's does.
    fn end(&self) -> TimePointSec {
        self.start.wrapping_add(self.periods.wrapping_mul(self.period_sec))
    }

    /// Refuses periods that are over or too short, or that begin before `earliest`.
    fn check_time(&self, ledger: &Ledger, earliest: TimePointSec) -> Result<(), Rejected> {
        let (start, end, now) = (self.start, self.end(), ledger.head_time()?);
        ensure!(start >= earliest, WithdrawRefusal::StartsInThePast { start, now });
        ensure!(end > now, WithdrawRefusal::EndsInThePast { end, now });
        let (seconds, block_interval) = (self.period_sec, ledger.parameters()?.block_interval);
        ensure!(
            seconds >= block_interval.into(),
            WithdrawRefusal::PeriodTooShort { seconds, block_interval }
        );
        Ok(())
    }
}

/// Refuses a permission between other accounts than an operation names.
fn check_accounts(
    permit: &WithdrawPermission,
    from: AccountId,
    authorized: AccountId,
) -> Result<(), Rejected> {
    ensure!(
        permit.authorized_account == authorized,
        WithdrawRefusal::WrongAuthorized {
            account: authorized,
            authorized: permit.authorized_account
        }
    );
    ensure!(
        permit.withdraw_from_account == from,
        WithdrawRefusal::WrongFrom { account: from, owner: permit.withdraw_from_account }
    );
    Ok(())
}
