//! Custom authorities: what the operations do to the state. What they say is
//! [`carbyne_protocol::ops::custom_authority`].

pub mod create;
pub mod delete;
pub mod update;

use crate::Ledger;
use carbyne_protocol::Rejected;
use carbyne_protocol::authority::Authority;
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::parameters::CustomAuthorityOptions;
use carbyne_protocol::reference_words::Asked;
use carbyne_wire::TimePointSec;

refusals! {
    /// Why an operation about a custom authority is refused.
    pub enum CustomAuthorityRefusal {
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
