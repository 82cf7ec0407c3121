//! Withdraw permissions: one account lets another take a limited amount in each of a number of
//! periods.
//!
//! What a rule over state refuses is said in the reference's words, its assertion included, because
//! proposals store them.

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
use crate::tables::Stored;
use crate::{Ledger, Rejected};
use carbyne_wire::{Text, TimePointSec};

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
        /// An account or asset that does not exist.
        Unknown { member: &'static str }: "d.find(op.{member}): ",
        /// The first period began already.
        StartsInThePast { start: TimePointSec, now: TimePointSec, order: &'static str }:
            "op.period_start_time {order} d.head_block_time(): ",
        /// The last period is over.
        EndsInThePast { end: TimePointSec, now: TimePointSec }:
            "op.period_start_time + op.periods_until_expiration * op.withdrawal_period_sec > \
             d.head_block_time(): ",
        /// Periods shorter than the time between blocks.
        PeriodTooShort { seconds: u32, block_interval: u8 }:
            "op.withdrawal_period_sec >= d.get_global_properties().parameters.block_interval: ",
        /// The permission is another account's.
        WrongFrom { account: AccountId, owner: AccountId }:
            "permit.withdraw_from_account == op.withdraw_from_account: ",
        /// The permission is for another account.
        WrongAuthorized { account: AccountId, authorized: AccountId, member: &'static str }:
            "permit.authorized_account == op.{member}: ",
        /// The permission has ended.
        Expired { end: TimePointSec, now: TimePointSec }:
            "permit.expiration > head_block_time: ",
        /// The permission has not begun.
        NotStarted { start: TimePointSec, now: TimePointSec }:
            "permit.period_start_time <= head_block_time: ",
        /// More than the limit leaves for the period.
        OverLimit { amount: i64, available: i64 }:
            "op.amount_to_withdraw <= permit.available_this_period( head_block_time ): ",
        /// The account has less than the amount.
        InsufficientBalance { account: AccountId, has: i64, needs: i64 }:
            "d.get_balance(op.withdraw_from_account, op.amount_to_withdraw.asset_id) >= \
             op.amount_to_withdraw: ",
        /// Only the issuer may send or receive the asset.
        Restricted { asset: AssetId, symbol: Text }:
            "_asset.issuer == permit.authorized_account || \
             _asset.issuer == permit.withdraw_from_account: \
             Asset {asset} '{symbol}' has transfer_restricted flag enabled",
        /// An account may not hold the asset.
        Unauthorized {
            condition: &'static str,
            account: AccountId,
            name: Text,
            verb: &'static str,
            asset: AssetId,
            symbol: Text,
        }:
            "{condition}: Account {account} '{name}' is unauthorized to {verb} asset {asset} \
             '{symbol}' due to whitelist / blacklist",
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

    /// Refuses periods that are over or too short, or that do not begin after now; a changed
    /// permission may also begin right now.
    fn check_time(&self, ledger: &Ledger, is_new: bool) -> Result<(), Rejected> {
        let (start, end, now) = (self.start, self.end(), ledger.head_time()?);
        let order = if is_new { ">" } else { ">=" };
        ensure!(
            start > now || (start == now && !is_new),
            WithdrawRefusal::StartsInThePast { start, now, order }
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
