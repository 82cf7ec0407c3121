//! Withdraw permissions: one account lets another take a limited amount in each of a number of
//! periods.
//!

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
use crate::reference_words::{self as asked, Asked};
use crate::tables::Stored;
use crate::{Ledger, Rejected};
use carbyne_wire::{Text, TimePointSec};

refusals! {
    /// Why an operation about a withdraw permission is refused.
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
        /// An account or asset that does not exist.
        Unknown { member: &'static str }: "what {member} names does not exist",
        /// The first period began already.
        StartsInThePast { start: TimePointSec, now: TimePointSec, asked: Asked }:
            "the first period begins at {start}, now is {now}",
        /// The last period is over.
        EndsInThePast { end: TimePointSec, now: TimePointSec }:
            "the last period ends at {end}, now is {now}",
        /// Periods shorter than the time between blocks.
        PeriodTooShort { seconds: u32, block_interval: u8 }:
            "a period of {seconds} seconds is shorter than the block interval of {block_interval}",
        /// The permission is another account's.
        WrongFrom { account: AccountId, owner: AccountId }:
            "the permission is {owner}'s, not {account}'s",
        /// The permission is for another account.
        WrongAuthorized { account: AccountId, authorized: AccountId, member: &'static str }:
            "the permission is for {authorized}, not for {account}",
        /// The permission has ended.
        Expired { end: TimePointSec, now: TimePointSec }:
            "the permission ended at {end}, now is {now}",
        /// The permission has not begun.
        NotStarted { start: TimePointSec, now: TimePointSec }:
            "the permission begins at {start}, now is {now}",
        /// More than the limit leaves for the period.
        OverLimit { amount: i64, available: i64 }:
            "{amount} are more than the {available} left for this period",
        /// The account has less than the amount.
        InsufficientBalance { account: AccountId, has: i64, needs: i64 }:
            "{account} has {has}, not {needs}",
        /// Only the issuer may send or receive the asset.
        Restricted { asset: AssetId, symbol: Text }:
            "only the issuer of {asset} '{symbol}' may send or receive it",
        /// An account may not hold the asset.
        Unauthorized {
            condition: Asked,
            account: AccountId,
            name: Text,
            verb: &'static str,
            asset: AssetId,
            symbol: Text,
        }:
            "{account} '{name}' may not {verb} {asset} '{symbol}'",
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

/// Gathers the terms that an operation names.
macro_rules! terms_of {
    ($operation:ty) => {
        impl $operation {
            fn terms(&self) -> Terms {
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
    fn end(&self) -> TimePointSec {
        self.start.wrapping_add(self.periods.wrapping_mul(self.period_sec))
    }

    /// Refuses periods that are over or too short, or that do not begin after now; a changed
    /// permission may also begin right now.
    fn check_time(&self, ledger: &Ledger, is_new: bool) -> Result<(), Rejected> {
        let (start, end, now) = (self.start, self.end(), ledger.head_time()?);
        let asked =
            if is_new { asked::withdraw::CREATE_START } else { asked::withdraw::UPDATE_START };
        ensure!(
            start > now || (start == now && !is_new),
            WithdrawRefusal::StartsInThePast { start, now, asked }
        );
        ensure!(end > now, WithdrawRefusal::EndsInThePast { end, now });
        let (seconds, block_interval) = (self.period_sec, ledger.parameters()?.block_interval);
        ensure!(
            seconds >= block_interval.into(),
            WithdrawRefusal::PeriodTooShort { seconds, block_interval }
        );
        Ok(())
    }
}

/// Refuses an account or asset that does not exist; `member` is where an operation names it.
fn check_exists<I: Stored>(ledger: &Ledger, id: I, member: &'static str) -> Result<(), Rejected> {
    ensure!(ledger.find(id).is_some(), WithdrawRefusal::Unknown { member });
    Ok(())
}

/// Refuses a permission between other accounts than an operation names; `member` is where it names
/// who may withdraw.
fn check_accounts(
    permit: &WithdrawPermission,
    from: AccountId,
    account: AccountId,
    member: &'static str,
) -> Result<(), Rejected> {
    let authorized = permit.authorized_account;
    ensure!(
        authorized == account,
        WithdrawRefusal::WrongAuthorized { account, authorized, member }
    );
    ensure!(
        permit.withdraw_from_account == from,
        WithdrawRefusal::WrongFrom { account: from, owner: permit.withdraw_from_account }
    );
    Ok(())
}

#[cfg(test)]
mod tests;
