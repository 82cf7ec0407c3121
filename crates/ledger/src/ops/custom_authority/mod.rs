//! Custom authorities: keys and accounts that may send one kind of operation for an account, within restrictions
//! (BSIP 40).

pub mod create;
pub mod delete;
pub mod update;

pub use create::CustomAuthorityCreate;
pub use delete::CustomAuthorityDelete;
pub use update::CustomAuthorityUpdate;

use crate::Rejected;
use crate::authority::Authority;
use crate::constants::{
    COMMITTEE_ACCOUNT, RELAXED_COMMITTEE_ACCOUNT, TEMP_ACCOUNT, WITNESS_ACCOUNT,
};
use crate::ids::AccountId;
use crate::money::{Asset, Shares};
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
            "valid_from {from} must be earlier than valid_to {to}",
        /// An authority with addresses.
        AddressAuthorities { count: usize }: "Address authorities are not supported: {count}",
        /// An authority whose threshold cannot be reached.
        Impossible { threshold: u32 }: "Cannot use an impossible authority threshold of {threshold}",
        /// An update of nothing.
        NothingToUpdate: "Must update something",
        /// The committee has not set the limits of custom authorities.
        NotEnabled: "Cannot use custom authorities yet: global configuration not set",
        /// An end that has passed.
        EndsInThePast { end: TimePointSec, now: TimePointSec }:
            "Custom authority expiration {end} must be in the future of {now}",
        /// A longer life than the committee allows.
        LifetimeTooLong { seconds: i64, max: u32 }:
            "Custom authority lifetime of {seconds} s exceeds maximum limit of {max} s",
        /// More restrictions than the committee allows.
        TooManyRestrictions { count: u64, max: u32 }:
            "Custom authority has {count} restrictions, more than the maximum number of {max}",
        /// More custom authorities of the account than the committee allows.
        TooManyOfAccount { count: usize, max: u32 }:
            "Cannot create custom authority: account already has {count} of {max}",
        /// More custom authorities of the account for one operation than the committee allows.
        TooManyOfOperation { count: usize, max: u32 }:
            "Cannot create custom authority: account already has {count} of {max} for this operation type",
        /// The custom authority is another account's.
        NotOwner { account: AccountId, owner: AccountId }:
            "Cannot update or delete {owner}'s custom authority for {account}",
        /// An update to what is so already.
        Unchanged { field: &'static str }:
            "Custom authority update specifies a new {field}, but it is not changed",
        /// No restriction of that number.
        UnknownRestriction { id: u16 }: "Cannot remove restriction ID {id}: ID not found",
        /// No numbers left for new restrictions.
        NoRestrictionIds { next: u16, added: usize }:
            "Unable to add {added} restrictions after {next}: causes wraparound of restriction IDs",
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
