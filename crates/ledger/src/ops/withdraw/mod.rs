//! Withdraw permissions: what the operations do to the state. What they say is
//! [`carbyne_protocol::ops::withdraw`].

pub mod claim;
pub mod create;
pub mod delete;
pub mod update;

use crate::Ledger;
use crate::reference_words as asked;
use crate::tables::Stored;
use carbyne_objects::WithdrawPermission;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, AssetId};
use carbyne_protocol::ops::withdraw::Terms;
use carbyne_protocol::reference_words::Asked;
use carbyne_wire::{Text, TimePointSec};

refusals! {
    /// Why an operation about a withdraw permission is refused.
    pub enum WithdrawRefusal {
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

/// Refuses periods that are over or too short, or that do not begin after now; a changed
/// permission may also begin right now.
fn check_time(terms: &Terms, ledger: &Ledger, is_new: bool) -> Result<(), Rejected> {
    let (start, end, now) = (terms.start, terms.end(), ledger.head_time()?);
    let asked = if is_new { asked::withdraw::CREATE_START } else { asked::withdraw::UPDATE_START };
    ensure!(
        start > now || (start == now && !is_new),
        WithdrawRefusal::StartsInThePast { start, now, asked }
    );
    ensure!(end > now, WithdrawRefusal::EndsInThePast { end, now });
    let (seconds, block_interval) = (terms.period_sec, ledger.parameters()?.block_interval);
    ensure!(
        seconds >= block_interval.into(),
        WithdrawRefusal::PeriodTooShort { seconds, block_interval }
    );
    Ok(())
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
