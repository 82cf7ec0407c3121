//! Credit offers: funds that others borrow from against collateral, for some time and a fee
//! (reference: core issue 2362). Whoever does not repay in time loses the collateral to the owner
//! of the offer.
//!
//! Invariant: no price is asked while a deal stands; only the offer's own terms decide.

pub mod deal_expired;
pub mod deal_repay;
pub mod deal_update;
pub mod offer_accept;
pub mod offer_create;
pub mod offer_delete;
pub mod offer_update;

pub use deal_expired::CreditDealExpired;
pub use deal_repay::CreditDealRepay;
pub use deal_update::CreditDealUpdate;
pub use offer_accept::CreditOfferAccept;
pub use offer_create::CreditOfferCreate;
pub use offer_delete::CreditOfferDelete;
pub use offer_update::CreditOfferUpdate;

use crate::Rejected;
use crate::constants::{MAX_SHARE_SUPPLY, SECONDS_PER_DAY};
use crate::ids::{AccountId, AssetId};
use crate::money::{Asset, Price};
use crate::reference_words as asked;
use crate::reference_words::{Asked, Bounds};
use carbyne_wire::FlatMap;

/// A deal lasts at most so many seconds.
pub const MAX_CREDIT_DEAL_SECS: u32 = 380 * SECONDS_PER_DAY;

/// What of a deal is repaid by itself when it ends (reference: core issue 2595).
pub mod auto_repayment {
    /// Nothing.
    pub const NONE: u8 = 0;
    /// Everything, if the borrower has enough.
    pub const ONLY_FULL: u8 = 1;
    /// As much as the borrower has.
    pub const ALLOW_PARTIAL: u8 = 2;
    /// How many choices there are.
    pub const COUNT: u8 = 3;
}

refusals! {
    /// Why an operation about a credit offer or deal is refused, whatever the state.
    pub enum CreditRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// The chain makes it, nobody sends it.
        Virtual: "only the chain makes this operation",
        /// An amount of nothing, or less.
        AmountNotPositive { amount: i64, asked: Asked }: "the amount {amount} is not positive",
        /// A duration beyond the limit.
        DurationTooLong { seconds: u32, asked: Asked }:
            "a deal of {seconds} seconds is longer than 380 days",
        /// A least amount that is negative or above the maximum supply.
        MinDealAmount { amount: i64, asked: Asked }:
            "the least amount of a deal, {amount}, is out of range",
        /// Nothing can be collateral.
        NoCollateral: "an offer needs at least one kind of collateral",
        /// A price of collateral that begins with another asset than the offer's.
        CollateralBase { given: AssetId, expected: AssetId }:
            "a price of collateral begins with {given}, not with {expected}, which is offered",
        /// A price of collateral that ends with another asset than the collateral.
        CollateralQuote { given: AssetId, expected: AssetId }:
            "a price of collateral ends with {given}, not with the collateral {expected}",
        /// A limit of a borrower that is negative or above the maximum supply.
        BorrowerLimit { borrower: AccountId, limit: i64, asked: Asked }:
            "the limit {limit} of {borrower} is out of range",
        /// Nothing to change.
        NothingToUpdate: "the update changes nothing",
        /// A change of nothing.
        DeltaIsZero: "the amount is changed by nothing",
        /// A way of repayment that does not exist.
        UnknownAutoRepay { auto_repay: u8, asked: Asked }:
            "there is no way of repayment {auto_repay}",
        /// A negative fee for the offer.
        NegativeCreditFee { credit_fee: i64 }: "the credit fee {credit_fee} is negative",
        /// A credit fee in another asset than is repaid.
        CreditFeeAsset { repay: AssetId, fee: AssetId }:
            "the credit fee is in {fee}, not in {repay}, which is repaid",
    }
}

fn check_fee(fee: Asset) -> Result<(), Rejected> {
    ensure!(fee.amount >= 0, CreditRefusal::NegativeFee { fee: fee.amount });
    Ok(())
}

fn check_positive(amount: i64, asked: Asked) -> Result<(), Rejected> {
    ensure!(amount > 0, CreditRefusal::AmountNotPositive { amount, asked });
    Ok(())
}

fn validate_duration(seconds: u32, asked: Asked) -> Result<(), Rejected> {
    ensure!(seconds <= MAX_CREDIT_DEAL_SECS, CreditRefusal::DurationTooLong { seconds, asked });
    Ok(())
}

fn validate_min_deal_amount(amount: i64, asked: &Bounds) -> Result<(), Rejected> {
    use CreditRefusal::MinDealAmount;
    ensure!(amount >= 0, MinDealAmount { amount, asked: asked.least });
    ensure!(amount <= MAX_SHARE_SUPPLY, MinDealAmount { amount, asked: asked.most });
    Ok(())
}

/// Refuses prices that are not of `asset_type` in the collateral; without it the first price
/// decides.
fn validate_collateral(
    acceptable: &FlatMap<AssetId, Price>,
    asset_type: Option<AssetId>,
) -> Result<(), Rejected> {
    let first = acceptable.values().next().ok_or(CreditRefusal::NoCollateral)?;
    let expected = asset_type.unwrap_or(first.base.asset_id);
    for (collateral, price) in acceptable {
        let given = price.base.asset_id;
        ensure!(given == expected, CreditRefusal::CollateralBase { given, expected });
        let (given, expected) = (price.quote.asset_id, *collateral);
        ensure!(given == expected, CreditRefusal::CollateralQuote { given, expected });
        price.validate_bounded()?;
    }
    Ok(())
}

fn validate_borrowers(acceptable: &FlatMap<AccountId, i64>) -> Result<(), Rejected> {
    for &(borrower, limit) in acceptable {
        let asked = asked::credit::BORROWER_LEAST;
        ensure!(limit >= 0, CreditRefusal::BorrowerLimit { borrower, limit, asked });
        let asked = asked::credit::BORROWER_MOST;
        let refusal = CreditRefusal::BorrowerLimit { borrower, limit, asked };
        ensure!(limit <= MAX_SHARE_SUPPLY, refusal);
    }
    Ok(())
}

fn validate_auto_repay(auto_repay: u8, asked: Asked) -> Result<(), Rejected> {
    let refusal = CreditRefusal::UnknownAutoRepay { auto_repay, asked };
    ensure!(auto_repay < auto_repayment::COUNT, refusal);
    Ok(())
}
