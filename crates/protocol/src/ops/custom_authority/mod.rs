//! Custom authorities: keys and accounts that may send one kind of operation for an account, within
//! restrictions (BSIP 40).

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
use crate::reference_words::Asked;
use carbyne_wire::TimePointSec;

refusals! {
    /// Why an operation about a custom authority is refused, whatever the state.
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
    }
}

/// Refuses accounts that are not their own master.
pub fn check_account(account: AccountId, asked: Asked) -> Result<(), Rejected> {
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

/// Refuses an end that is not after the beginning.
pub fn check_period(from: TimePointSec, to: TimePointSec, asked: Asked) -> Result<(), Rejected> {
    ensure!(from < to, CustomAuthorityRefusal::EmptyPeriod { from, to, asked });
    Ok(())
}

/// `basic` and the price of so many bytes.
fn sized_fee(basic: u64, bytes: usize, price_per_byte: u32) -> Result<i64, Rejected> {
    (basic as i64).plus(u64::from(price_per_byte).wrapping_mul(bytes as u64) as i64)
}
