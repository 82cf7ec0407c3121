//! SameT funds: what is borrowed from them must be paid back in the same transaction, so that it
//! needs no collateral (reference: core issue 2351).
//!
//! Invariant: after every transaction, and every proposal that is carried out, nothing is borrowed.

pub mod borrow;
pub mod create;
pub mod delete;
pub mod repay;
pub mod update;

pub use borrow::SametFundBorrow;
pub use create::SametFundCreate;
pub use delete::SametFundDelete;
pub use repay::SametFundRepay;
pub use update::SametFundUpdate;

use crate::ids::{AccountId, AssetId, SametFundId};
use crate::objects::SametFund;
use crate::ops::{ExtendableResult, OperationResult};
use crate::reference_words::Asked;
use crate::{Ledger, Rejected};

refusals! {
    /// Why an operation about a SameT fund is refused.
    pub enum SametFundRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// An amount of nothing, or less.
        AmountNotPositive { amount: i64, asked: Asked }: "the amount {amount} is not positive",
        /// A negative fee for the fund.
        NegativeFundFee { fund_fee: i64 }: "the fund fee {fund_fee} is negative",
        /// A fund fee in another asset than is repaid.
        FundFeeAsset { repay: AssetId, fee: AssetId }:
            "the fund fee is in {fee}, not in {repay}, which is repaid",
        /// Nothing to change.
        NothingToUpdate: "the update changes nothing",
        /// A change of nothing.
        DeltaIsZero: "the amount is changed by nothing",
        /// Somebody else's fund.
        NotOwner { account: AccountId, owner: AccountId }:
            "the fund belongs to {owner}, not to {account}",
        /// Something is borrowed.
        Unpaid { fund: SametFundId, unpaid: i64, change: &'static str }:
            "{unpaid} of {fund} are borrowed: one cannot {change} it",
        /// Another asset than that of the fund.
        AssetMismatch { given: AssetId, expected: AssetId, asked: Asked }:
            "the amount is in {given}, not in {expected}",
        /// Less in the fund than is needed.
        InsufficientBalance { has: i64, needs: i64, asked: Asked }:
            "the fund has {has}, not {needs}",
        /// The fee rate as it is.
        SameFeeRate { fee_rate: u32 }: "the fee rate is {fee_rate} already",
        /// More is repaid than was borrowed.
        RepaysTooMuch { repay: i64, unpaid: i64 }: "{repay} are repaid, {unpaid} are borrowed",
        /// Too little for the use of the fund.
        InsufficientFundFee { required: u128, offered: i64 }:
            "the fund fee is {required}, {offered} are offered",
        /// Something is still borrowed at the end.
        UnpaidDebt { fund: SametFundId }:
            "what was borrowed from {fund} is not repaid at the end of the transaction",
    }
}

/// Refuses if something is borrowed from a fund, which no transaction and no proposal may leave
/// behind.
pub(crate) fn check_repaid(ledger: &Ledger) -> Result<(), Rejected> {
    match ledger.tables.samet_funds.index().first_unpaid() {
        Some(fund) => Err(SametFundRefusal::UnpaidDebt { fund }.into()),
        None => Ok(()),
    }
}

fn check_owner(fund: &SametFund, account: AccountId) -> Result<(), Rejected> {
    let owner = fund.owner_account;
    ensure!(account == owner, SametFundRefusal::NotOwner { account, owner });
    Ok(())
}

/// Refuses an amount of another asset than the fund's; `amount` is what the reference calls it.
fn check_asset(fund: &SametFund, given: AssetId, asked: Asked) -> Result<(), Rejected> {
    let expected = fund.asset_type;
    ensure!(given == expected, SametFundRefusal::AssetMismatch { given, expected, asked });
    Ok(())
}

/// The result of an operation that the owner of a fund wants to know of.
fn concerns_owner(ledger: &Ledger, fund: SametFundId) -> Result<OperationResult, Rejected> {
    let owner = ledger.get(fund)?.owner_account;
    Ok(OperationResult::Extendable(Box::new(ExtendableResult {
        impacted_accounts: Some([owner].into_iter().collect()),
        ..ExtendableResult::default()
    })))
}

#[cfg(test)]
mod tests;
