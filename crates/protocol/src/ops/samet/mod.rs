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

use crate::ids::AssetId;
use crate::reference_words::Asked;

refusals! {
    /// Why an operation about a SameT fund is refused, whatever the state.
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
    }
}
