//! SameT funds: what is borrowed from them must be paid back in the same transaction, so that it
//! needs no collateral (reference: core issue 2351).
//!
//! Invariant: after every transaction, and every proposal that is carried out, nothing is borrowed.
//! What a rule over state refuses is said in the reference's words, its assertion included, because
//! proposals store them.

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
use crate::{Ledger, Rejected};

refusals! {
    /// Why an operation about a SameT fund is refused.
    pub enum SametFundRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "Fee should not be negative: {fee}",
        /// An amount of nothing, or less.
        AmountNotPositive { amount: i64 }: "Amount {amount} should be positive",
        /// A negative fee for the fund.
        NegativeFundFee { fund_fee: i64 }: "Fund fee should not be negative: {fund_fee}",
        /// A fund fee in another asset than is repaid.
        FundFeeAsset { repay: AssetId, fee: AssetId }:
            "Asset type of repay amount {repay} and fund fee {fee} should be the same",
        /// Nothing to change.
        NothingToUpdate: "Should change something",
        /// A change of nothing.
        DeltaIsZero: "Delta amount should not be zero",
        /// Somebody else's fund.
        NotOwner { account: AccountId, owner: AccountId }:
            "_fund->owner_account == op.owner_account: The account is not the owner of the SameT \
            Fund",
        /// Something is borrowed.
        Unpaid { fund: SametFundId, unpaid: i64, change: &'static str }:
            "_fund->unpaid_amount == 0: Can only {change} a SameT Fund when the unpaid amount is \
            zero",
        /// Another asset than that of the fund.
        AssetMismatch { given: AssetId, expected: AssetId, amount: &'static str }:
            "_fund->asset_type == {amount}asset_id: Asset type mismatch",
        /// Less in the fund than is needed.
        InsufficientBalance { has: i64, needs: i64, words: &'static str }: "{words}",
        /// The fee rate as it is.
        SameFeeRate { fee_rate: u32 }:
            "_fund->fee_rate != *op.new_fee_rate: New fee rate should not be the same as the \
            original fee rate",
        /// More is repaid than was borrowed.
        RepaysTooMuch { repay: i64, unpaid: i64 }:
            "op.repay_amount.amount <= _fund->unpaid_amount: Repay amount should not be greater \
            than unpaid amount",
        /// Too little for the use of the fund.
        InsufficientFundFee { required: u128, offered: i64 }:
            "fc::uint128_t(op.fund_fee.amount.value) >= required_fee: Insuffient fund fee, \
            requires {required}, offered {offered}",
        /// Something is still borrowed at the end.
        UnpaidDebt { fund: SametFundId }:
            "samet_fund_idx.empty() || samet_fund_idx.begin()->unpaid_amount == 0: Unpaid SameT \
            Fund debt detected",
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

/// What is said of an account that the asset of a fund does not let deal with it.
const UNAUTHORIZED: &str = "is_authorized_asset( d, *fee_paying_account, _fund->asset_type(d) ): \
                            The account is unauthorized by the asset";

fn check_owner(fund: &SametFund, account: AccountId) -> Result<(), Rejected> {
    let owner = fund.owner_account;
    ensure!(account == owner, SametFundRefusal::NotOwner { account, owner });
    Ok(())
}

/// Refuses an amount of another asset than the fund's; `amount` is what the reference calls it.
fn check_asset(fund: &SametFund, given: AssetId, amount: &'static str) -> Result<(), Rejected> {
    let expected = fund.asset_type;
    ensure!(given == expected, SametFundRefusal::AssetMismatch { given, expected, amount });
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
