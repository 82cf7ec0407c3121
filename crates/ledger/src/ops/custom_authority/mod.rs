//! Custom authorities: keys and accounts that may send one kind of operation for an account, within
//! restrictions (BSIP 40).

pub mod create;
pub mod delete;
pub mod update;

pub use create::CustomAuthorityCreate;
pub use delete::CustomAuthorityDelete;
pub use update::CustomAuthorityUpdate;

use crate::authority::Authority;
use crate::constants::{
    COMMITTEE_ACCOUNT, RELAXED_COMMITTEE_ACCOUNT, TEMP_ACCOUNT, WITNESS_ACCOUNT,
};
use crate::ids::AccountId;
use crate::money::{Asset, Shares};
use crate::parameters::CustomAuthorityOptions;
use crate::{Ledger, Rejected};
use carbyne_wire::TimePointSec;

refusals! {
    /// Why an operation about a custom authority is refused.
    pub enum CustomAuthorityRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "Fee amount can not be negative: {fee}",
        /// An account that is not its own master.
        SpecialAccount { account: AccountId }:
            "Can not create, change or delete custom authority for special account {account}",
        /// An end that is not after the beginning.
        EmptyPeriod { from: TimePointSec, to: TimePointSec }:
            "valid_from < valid_to: \
             Custom authority validity begin date must be before expiration date",
        /// An authority with addresses.
        AddressAuthorities { count: usize }: "Address authorities are not supported: {count}",
        /// An authority whose threshold cannot be reached.
        Impossible { threshold: u32 }:
            "Cannot use an impossible authority threshold of {threshold}",
        /// An update of nothing.
        NothingToUpdate: "Must update something",
        /// The committee has not set the limits of custom authorities.
        NotEnabled:
            "config.valid(): Cannot use custom authorities yet: global configuration not set",
        /// An end that has passed.
        EndsInThePast { valid_to: &'static str, end: TimePointSec, now: TimePointSec }:
            "{valid_to} > now: Custom authority expiration must be in the future",
        /// A longer life than the committee allows.
        LifetimeTooLong { valid_to: &'static str, seconds: i64, max: u32 }:
            "({valid_to} - now).to_seconds() <= config->max_custom_authority_lifetime_seconds: \
             Custom authority lifetime exceeds maximum limit",
        /// More restrictions than the committee allows.
        TooManyRestrictions { count: u64, max: u32, words: &'static str }:
            "restriction_count <= config->max_custom_authority_restrictions: {words}",
        /// More custom authorities of the account than the committee allows.
        TooManyOfAccount { count: usize, max: u32 }:
            "std::distance(range.first, range.second) < \
             config->max_custom_authorities_per_account: \
             Cannot create custom authority: account already has maximum number",
        /// More custom authorities of the account for one operation than the committee allows.
        TooManyOfOperation { count: usize, max: u32 }:
            "std::distance(range.first, range.second) < \
             config->max_custom_authorities_per_account_op: Cannot create custom authority: \
             account already has maximum number for this operation type",
        /// The custom authority is another account's.
        NotOwner { account: AccountId, owner: AccountId, change: &'static str }:
            "old_object->account == op.account: \
             Cannot {change} a different account's custom authority",
        /// An update to what is so already.
        Unchanged { new: &'static str, old: &'static str, words: &'static str }:
            "*op.{new} != old_object->{old}: Custom authority update specifies {words} is not \
            changed",
        /// No restriction of that number.
        UnknownRestriction { id: u16 }:
            "old_object->restrictions.count(id) == 1: \
             Cannot remove restriction ID {id}: ID not found",
        /// Restrictions have numbers that were not given out.
        NumbersOverlap { last: u16, next: u16 }:
            "(--old_object->restrictions.end())->first < old_object->restriction_counter: \
             LOGIC ERROR: Restriction counter overlaps restrictions. Please report this error.",
    }
}

/// Refuses accounts that are not their own master.
fn check_account(account: AccountId) -> Result<(), Rejected> {
    let special = [TEMP_ACCOUNT, COMMITTEE_ACCOUNT, WITNESS_ACCOUNT, RELAXED_COMMITTEE_ACCOUNT];
    ensure!(!special.contains(&account), CustomAuthorityRefusal::SpecialAccount { account });
    Ok(())
}

fn check_fee(fee: Asset) -> Result<(), Rejected> {
    let fee = fee.amount;
    ensure!(fee >= 0, CustomAuthorityRefusal::NegativeFee { fee });
    Ok(())
}

/// An authority may ask for nothing at all, but not for the impossible.
fn check_authority(authority: &Authority) -> Result<(), Rejected> {
    let count = authority.address_auths.len();
    ensure!(count == 0, CustomAuthorityRefusal::AddressAuthorities { count });
    let threshold = authority.weight_threshold;
    ensure!(!authority.is_impossible(), CustomAuthorityRefusal::Impossible { threshold });
    Ok(())
}

fn check_period(from: TimePointSec, to: TimePointSec) -> Result<(), Rejected> {
    ensure!(from < to, CustomAuthorityRefusal::EmptyPeriod { from, to });
    Ok(())
}

/// `basic` and the price of so many bytes.
fn sized_fee(basic: u64, bytes: usize, price_per_byte: u32) -> Result<i64, Rejected> {
    (basic as i64).plus(u64::from(price_per_byte).wrapping_mul(bytes as u64) as i64)
}

/// The limits the committee sets.
fn options(ledger: &Ledger) -> Result<&CustomAuthorityOptions, Rejected> {
    let options = &ledger.parameters()?.extensions.custom_authority_options;
    options.as_ref().ok_or_else(|| CustomAuthorityRefusal::NotEnabled.into())
}

/// Refuses an end that has passed or is too far away.
fn check_end(ledger: &Ledger, end: TimePointSec, valid_to: &'static str) -> Result<(), Rejected> {
    let now = ledger.head_time()?;
    ensure!(end > now, CustomAuthorityRefusal::EndsInThePast { valid_to, end, now });
    let max = options(ledger)?.max_custom_authority_lifetime_seconds;
    let seconds = end.since(now);
    let too_long = CustomAuthorityRefusal::LifetimeTooLong { valid_to, seconds, max };
    ensure!(seconds <= max.into(), too_long);
    Ok(())
}

/// Refuses an authority with accounts that do not exist.
fn check_members(ledger: &Ledger, authority: &Authority) -> Result<(), Rejected> {
    authority.account_auths.keys().try_for_each(|account| ledger.get(*account).map(|_| ()))
}

fn check_count(ledger: &Ledger, count: u64, words: &'static str) -> Result<(), Rejected> {
    let max = options(ledger)?.max_custom_authority_restrictions;
    let too_many = CustomAuthorityRefusal::TooManyRestrictions { count, max, words };
    ensure!(count <= max.into(), too_many);
    Ok(())
}

/// Refuses to touch what another account owns.
fn check_owner(account: AccountId, owner: AccountId, change: &'static str) -> Result<(), Rejected> {
    ensure!(account == owner, CustomAuthorityRefusal::NotOwner { account, owner, change });
    Ok(())
}

#[cfg(test)]
mod tests;
