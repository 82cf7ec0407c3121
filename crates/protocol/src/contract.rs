//! What the operations about contracts have in common without state: amounts, ranges, fees.
//!
//! The reference knows none of them, so reasons have no other words than ours.

use crate::Rejected;
use crate::constants::MAX_SHARE_SUPPLY;
use crate::fees::data_fee;
use crate::ids::{AccountId, AssetId};
use crate::money::{Asset, Shares};

refusals! {
    /// Why an operation about a contract is refused, whatever the state.
    pub enum ContractRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// An amount of nothing, or less, or more than there can be.
        NoAmount { what: &'static str, amount: i64 }: "{what} cannot be {amount}",
        /// A number that is too small or too large.
        OutOfRange { what: &'static str, value: u64, least: u64, most: u64 }:
            "{what} is {value}, it must be between {least} and {most}",
        /// One account in two places.
        SameAccount { account: AccountId }: "{account} cannot deal with itself",
        /// One asset in two places.
        SameAsset { asset: AssetId }: "{asset} is there twice",
        /// Members that do not go together.
        Unfitting { what: &'static str }: "{what}",
        /// The chain makes it, nobody sends it.
        Virtual: "only the chain makes this operation",
    }
}
own_words!(ContractRefusal);

/// Refuses a number that is out of range.
pub fn in_range(
    what: &'static str,
    value: impl Into<u64>,
    least: impl Into<u64>,
    most: impl Into<u64>,
) -> Result<(), Rejected> {
    let (value, least, most) = (value.into(), least.into(), most.into());
    let is_in = (least..=most).contains(&value);
    ensure!(is_in, ContractRefusal::OutOfRange { what, value, least, most });
    Ok(())
}

/// Refuses a fee below nothing.
pub fn check_fee(fee: Asset) -> Result<(), Rejected> {
    ensure!(fee.amount >= 0, ContractRefusal::NegativeFee { fee: fee.amount });
    Ok(())
}

/// Refuses nothing, less, and more than can be.
pub fn some_amount(what: &'static str, amount: i64) -> Result<(), Rejected> {
    let is_some = (1..=MAX_SHARE_SUPPLY).contains(&amount);
    ensure!(is_some, ContractRefusal::NoAmount { what, amount });
    Ok(())
}

/// Refuses less than nothing, and more than can be.
pub fn maybe_amount(what: &'static str, amount: i64) -> Result<(), Rejected> {
    let fits = (0..=MAX_SHARE_SUPPLY).contains(&amount);
    ensure!(fits, ContractRefusal::NoAmount { what, amount });
    Ok(())
}

/// Refuses an account that is there twice.
pub fn different(accounts: &[AccountId]) -> Result<(), Rejected> {
    for (at, account) in accounts.iter().enumerate() {
        let is_again = accounts.iter().take(at).any(|other| other == account);
        ensure!(!is_again, ContractRefusal::SameAccount { account: *account });
    }
    Ok(())
}

/// Refuses an asset that is there twice.
pub fn different_assets(amounts: &[Asset]) -> Result<(), Rejected> {
    for (at, amount) in amounts.iter().enumerate() {
        let is_again = amounts.iter().take(at).any(|other| other.asset_id == amount.asset_id);
        ensure!(!is_again, ContractRefusal::SameAsset { asset: amount.asset_id });
    }
    Ok(())
}

/// Refuses members that do not go together, which `what` says.
pub fn fits(condition: bool, what: &'static str) -> Result<(), Rejected> {
    ensure!(condition, ContractRefusal::Unfitting { what });
    Ok(())
}

/// `fee` and `per_kbyte` for each 1,024 bytes, in smallest units of the core asset.
pub fn sized_fee(fee: u64, per_kbyte: u64, bytes: usize) -> Result<i64, Rejected> {
    (fee as i64).plus(data_fee(bytes, per_kbyte)?)
}
