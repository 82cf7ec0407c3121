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

use crate::constants::{MAX_SHARE_SUPPLY, SECONDS_PER_DAY};
use crate::evaluate::is_authorized_asset;
use crate::ids::{AccountId, AssetId, CreditDealId, CreditDealSummaryId, CreditOfferId};
use crate::money::{Price, Shares};
use crate::{Ledger, Rejected};
use carbyne_wire::{FlatMap, TimePointSec};

/// An offer is enabled for at most so many seconds.
pub const MAX_CREDIT_OFFER_SECS: u32 = 380 * SECONDS_PER_DAY;
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
    /// Why an operation about a credit offer or deal is refused.
    pub enum CreditRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "Fee should not be negative: {fee}",
        /// The chain makes it, nobody sends it.
        Virtual: "virtual operation",
        /// An amount of nothing, or less.
        AmountNotPositive { amount: i64 }: "Amount {amount} should be positive",
        /// A duration beyond the limit.
        DurationTooLong { seconds: u32 }:
            "Maximum duration of {seconds} s should not be greater than 380 days",
        /// A least amount that is negative or above the maximum supply.
        MinDealAmount { amount: i64 }: "Minimum deal amount {amount} is out of range",
        /// Nothing can be collateral.
        NoCollateral: "Acceptable collateral list should not be empty",
        /// A price of collateral that begins with another asset than the offer's.
        CollateralBase { given: AssetId, expected: AssetId }:
            "Base asset ID {given} in price of acceptable collateral should be same as offer asset \
            type {expected}",
        /// A price of collateral that ends with another asset than the collateral.
        CollateralQuote { given: AssetId, expected: AssetId }:
            "Quote asset ID {given} in price of acceptable collateral should be same as collateral \
            asset type {expected}",
        /// A limit of a borrower that is negative or above the maximum supply.
        BorrowerLimit { borrower: AccountId, limit: i64 }:
            "Maximum amount {limit} to borrow for {borrower} is out of range",
        /// Nothing to change.
        NothingToUpdate: "Should change something",
        /// A change of nothing.
        DeltaIsZero: "Delta amount should not be zero",
        /// A way of repayment that does not exist.
        UnknownAutoRepay { auto_repay: u8 }: "auto_repay should be less than 3, not {auto_repay}",
        /// A negative fee for the offer.
        NegativeCreditFee { credit_fee: i64 }: "Credit fee should not be negative: {credit_fee}",
        /// A credit fee in another asset than is repaid.
        CreditFeeAsset { repay: AssetId, fee: AssetId }:
            "Asset type of repay amount {repay} and credit fee {fee} should be the same",
        /// An offer that would be disabled at once.
        DisabledAlready { auto_disable_time: TimePointSec, now: TimePointSec }:
            "Auto-disable time {auto_disable_time} should be in the future, after {now}",
        /// An offer that would be enabled for too long.
        DisabledTooLate { auto_disable_time: TimePointSec, now: TimePointSec }:
            "Auto-disable time {auto_disable_time} should not be later than 380 days after {now}",
        /// An account may not hold an asset.
        Unauthorized { account: AccountId, asset: AssetId }:
            "{account} is unauthorized by asset {asset}",
        /// Somebody else's offer.
        NotOwner { account: AccountId, owner: AccountId }:
            "{account} is not the owner {owner} of the credit offer",
        /// Something is borrowed.
        Unpaid { offer: CreditOfferId, unpaid: i64 }:
            "Can only delete credit offer {offer} when the unpaid amount is zero, not {unpaid}",
        /// Another asset than expected.
        AssetMismatch { given: AssetId, expected: AssetId }:
            "Asset type mismatch: {given}, not {expected}",
        /// Nothing would be left of the offer, not even debts.
        NothingLeft { offer: CreditOfferId }:
            "Should leave some funds in credit offer {offer} when updating",
        /// Less in the offer than is needed.
        InsufficientBalance { offer: CreditOfferId, has: i64, needs: i64 }:
            "Insufficient balance in credit offer {offer}: {has} for {needs}",
        /// An offer that cannot be accepted now.
        NotEnabled { offer: CreditOfferId }: "The credit offer {offer} is not enabled",
        /// Less than the offer lends in one deal.
        BelowMinDeal { amount: i64, min: i64 }:
            "Borrowing amount {amount} should not be less than minimum deal amount {min}",
        /// A higher fee rate than the borrower accepts.
        FeeRateTooHigh { offered: u32, accepted: u32 }:
            "The maximum acceptable fee rate {accepted} is lower than offered {offered}",
        /// A shorter time than the borrower accepts.
        DurationTooShort { offered: u32, accepted: u32 }:
            "The minimum acceptable duration {accepted} is longer than offered {offered}",
        /// No collateral of this kind.
        CollateralNotAcceptable { asset: AssetId }:
            "Collateral asset type {asset} is not acceptable by the credit offer",
        /// Too little collateral.
        InsufficientCollateral { required: i64, provided: i64 }:
            "Insufficient collateral provided, requires {required}, provided {provided}",
        /// Not for this borrower.
        BorrowerNotAcceptable { account: AccountId }: "{account} is not in acceptable borrowers",
        /// More than this borrower may borrow.
        BorrowsTooMuch { amount: i64, already: i64, max: i64 }:
            "Unable to borrow {amount}, already borrowed {already}, maximum allowed {max}",
        /// A deal that would end at once.
        RepayTimeNotInFuture { now: TimePointSec }:
            "Latest repayment time should be in the future, after {now}",
        /// Somebody else's deal.
        NotBorrower { account: AccountId, borrower: AccountId }:
            "A credit deal can only be changed by the borrower {borrower}, not {account}",
        /// More is repaid than is owed.
        RepaysTooMuch { repay: i64, debt: i64 }:
            "Repay amount {repay} should not be greater than unpaid amount {debt}",
        /// Too little for the credit.
        InsufficientCreditFee { required: u128, offered: i64 }:
            "Insufficient credit fee, requires {required}, offered {offered}",
        /// No record of what the borrower owes.
        NoSummary { deal: CreditDealId }: "there is no summary of the debt of {deal}",
        /// The way of repayment as it is.
        SameAutoRepay { auto_repay: u8 }:
            "The automatic repayment type does not change: {auto_repay}",
    }
}

fn validate_duration(seconds: u32) -> Result<(), Rejected> {
    ensure!(seconds <= MAX_CREDIT_DEAL_SECS, CreditRefusal::DurationTooLong { seconds });
    Ok(())
}

fn validate_min_deal_amount(amount: i64) -> Result<(), Rejected> {
    ensure!((0..=MAX_SHARE_SUPPLY).contains(&amount), CreditRefusal::MinDealAmount { amount });
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
        ensure!(
            (0..=MAX_SHARE_SUPPLY).contains(&limit),
            CreditRefusal::BorrowerLimit { borrower, limit }
        );
    }
    Ok(())
}

fn validate_auto_repay(auto_repay: u8) -> Result<(), Rejected> {
    ensure!(auto_repay < auto_repayment::COUNT, CreditRefusal::UnknownAutoRepay { auto_repay });
    Ok(())
}

/// Refuses a time to disable an enabled offer that has passed or is too far away.
fn check_auto_disable_time(
    ledger: &Ledger,
    auto_disable_time: TimePointSec,
) -> Result<(), Rejected> {
    let now = ledger.head_time()?;
    let seconds = auto_disable_time.since(now);
    ensure!(seconds > 0, CreditRefusal::DisabledAlready { auto_disable_time, now });
    ensure!(
        seconds <= i64::from(MAX_CREDIT_OFFER_SECS),
        CreditRefusal::DisabledTooLate { auto_disable_time, now }
    );
    Ok(())
}

/// Refuses an account that may not hold the asset.
fn check_authorized(ledger: &Ledger, account: AccountId, asset: AssetId) -> Result<(), Rejected> {
    ensure!(
        is_authorized_asset(ledger.get(account)?, ledger.get(asset)?),
        CreditRefusal::Unauthorized { account, asset }
    );
    Ok(())
}

fn check_asset(given: AssetId, expected: AssetId) -> Result<(), Rejected> {
    ensure!(given == expected, CreditRefusal::AssetMismatch { given, expected });
    Ok(())
}

/// Takes a repaid or lost debt, in smallest units, off what a borrower owes to an offer.
pub(crate) fn reduce_summary(
    ledger: &mut Ledger,
    summary: CreditDealSummaryId,
    debt: i64,
) -> Result<(), Rejected> {
    if ledger.get(summary)?.total_debt_amount == debt {
        ledger.remove(summary)?;
        return Ok(());
    }
    ledger.try_modify(summary, |summary| {
        summary.total_debt_amount = summary.total_debt_amount.minus(debt)?;
        Ok(())
    })
}

#[cfg(test)]
mod tests;
