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
use crate::reference_words::Asked;
use crate::{Ledger, Rejected};
use carbyne_wire::TimePointSec;

refusals! {
    /// Why an operation about a custom authority is refused.
    pub enum CustomAuthorityRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// An account that is not its own master.
        SpecialAccount { account: AccountId, asked: Asked }:
            "the special account {account} has no custom authorities",
        /// An end that is not after the beginning.
        EmptyPeriod { from: TimePointSec, to: TimePointSec, asked: Asked }:
            "the period ends at {to}, not after its beginning at {from}",
        /// An authority with addresses.
        AddressAuthorities { count: usize, asked: Asked }:
            "an authority may not name addresses, this one has {count}",
        /// An authority whose threshold cannot be reached.
        Impossible { threshold: u32, asked: Asked }:
            "all members of the authority together do not reach its threshold {threshold}",
        /// An update of nothing.
        NothingToUpdate: "the update changes nothing",
        /// The committee has not set the limits of custom authorities.
        NotEnabled: "the committee has not set the limits of custom authorities",
        /// An end that has passed.
        EndsInThePast { valid_to: Asked, end: TimePointSec, now: TimePointSec }:
            "the custom authority ends at {end}, now is {now}",
        /// A longer life than the committee allows.
        LifetimeTooLong { valid_to: Asked, seconds: i64, max: u32 }:
            "a life of {seconds} seconds is longer than the {max} allowed",
        /// More restrictions than the committee allows.
        TooManyRestrictions { count: u64, max: u32, asked: Asked }:
            "{count} restrictions are more than the {max} allowed",
        /// More custom authorities of the account than the committee allows.
        TooManyOfAccount { count: usize, max: u32 }:
            "the account has {count} custom authorities, {max} are allowed",
        /// More custom authorities of the account for one operation than the committee allows.
        TooManyOfOperation { count: usize, max: u32 }:
            "the account has {count} custom authorities for this operation, {max} are allowed",
        /// The custom authority is another account's.
        NotOwner { account: AccountId, owner: AccountId, change: &'static str }:
            "{owner} owns the custom authority: {account} cannot {change} it",
        /// An update to what is so already.
        Unchanged { asked: Asked }:
            "the update sets something to what it is",
        /// No restriction of that number.
        UnknownRestriction { id: u16 }: "there is no restriction {id} to remove",
        /// Restrictions have numbers that were not given out.
        NumbersOverlap { last: u16, next: u16 }:
            "restriction {last} has a number that is not given out yet, {next} is next",
    }
}

/// Refuses accounts that are not their own master.
fn check_account(account: AccountId, asked: Asked) -> Result<(), Rejected> {
    let special = [TEMP_ACCOUNT, COMMITTEE_ACCOUNT, WITNESS_ACCOUNT, RELAXED_COMMITTEE_ACCOUNT];
    let refusal = CustomAuthorityRefusal::SpecialAccount { account, asked };
    ensure!(!special.contains(&account), refusal);
    Ok(())
}

fn check_fee(fee: Asset) -> Result<(), Rejected> {
    let fee = fee.amount;
    ensure!(fee >= 0, CustomAuthorityRefusal::NegativeFee { fee });
    Ok(())
}

fn check_no_addresses(authority: &Authority, asked: Asked) -> Result<(), Rejected> {
    let count = authority.address_auths.len();
    ensure!(count == 0, CustomAuthorityRefusal::AddressAuthorities { count, asked });
    Ok(())
}

/// An authority may ask for nothing at all, but not for the impossible.
fn check_possible(authority: &Authority, asked: Asked) -> Result<(), Rejected> {
    let threshold = authority.weight_threshold;
    ensure!(!authority.is_impossible(), CustomAuthorityRefusal::Impossible { threshold, asked });
    Ok(())
}

fn check_period(from: TimePointSec, to: TimePointSec, asked: Asked) -> Result<(), Rejected> {
    ensure!(from < to, CustomAuthorityRefusal::EmptyPeriod { from, to, asked });
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
fn check_end(ledger: &Ledger, end: TimePointSec, valid_to: Asked) -> Result<(), Rejected> {
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

fn check_count(ledger: &Ledger, count: u64, asked: Asked) -> Result<(), Rejected> {
    let max = options(ledger)?.max_custom_authority_restrictions;
    let too_many = CustomAuthorityRefusal::TooManyRestrictions { count, max, asked };
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
