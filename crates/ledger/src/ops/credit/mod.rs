//! Credit offers: funds that others borrow from against collateral, for some time and a fee
//! (reference: core issue 2362). Whoever does not repay in time loses the collateral to the owner
//! of the offer.
//!
//! Invariant: no price is asked while a deal stands; only the offer's own terms decide. What a rule
//! over state refuses is said in the reference's words, its assertion included, because proposals
//! store them.

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
use crate::ids::{AccountId, AssetId, CreditDealSummaryId, CreditOfferId};
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
        DisabledAlready { auto_disable_time: &'static str, time: TimePointSec, now: TimePointSec }:
            "{auto_disable_time} > block_time: Auto-disable time should be in the future",
        /// An offer that would be enabled for too long.
        DisabledTooLate { auto_disable_time: &'static str, time: TimePointSec, now: TimePointSec }:
            "{auto_disable_time} - block_time <= fc::days(GRAPHENE_MAX_CREDIT_OFFER_DAYS): \
            Auto-disable time should not be later than 380 days in the future",
        /// Somebody else's offer.
        NotOwner { account: AccountId, owner: AccountId }:
            "_offer->owner_account == op.owner_account: The account is not the owner of the credit \
            offer",
        /// Something is borrowed.
        Unpaid { offer: CreditOfferId, unpaid: i64 }:
            "_offer->total_balance == _offer->current_balance: Can only delete a credit offer when \
            the unpaid amount is zero",
        /// Another asset than expected.
        AssetMismatch { given: AssetId, expected: AssetId, words: &'static str }: "{words}",
        /// Nothing would be left of the offer, not even debts.
        NothingLeft { offer: CreditOfferId, words: &'static str }: "{words}",
        /// Less in the offer than is needed.
        InsufficientBalance { has: i64, needs: i64, words: &'static str }: "{words}",
        /// An offer that cannot be accepted now.
        NotEnabled { offer: CreditOfferId }: "_offer->enabled: The credit offer is not enabled",
        /// Less than the offer lends in one deal.
        BelowMinDeal { amount: i64, min: i64 }:
            "_offer->min_deal_amount <= op.borrow_amount.amount: Borrowing amount should not be \
            less than minimum deal amount",
        /// A higher fee rate than the borrower accepts.
        FeeRateTooHigh { offered: u32, accepted: u32 }:
            "_offer->fee_rate <= op.max_fee_rate: The maximum accceptable fee rate is lower than \
            offered",
        /// A shorter time than the borrower accepts.
        DurationTooShort { offered: u32, accepted: u32 }:
            "_offer->max_duration_seconds >= op.min_duration_seconds: The minimum accceptable \
            duration is longer than offered",
        /// No collateral of this kind.
        CollateralNotAcceptable { asset: AssetId }:
            "coll_itr != _offer->acceptable_collateral.end(): Collateral asset type is not \
            acceptable by the credit offer",
        /// Too little collateral.
        InsufficientCollateral { required: i64, provided: i64 }:
            "required_collateral.amount <= op.collateral.amount: Insufficient collateral provided, \
            requires {required}, provided {provided}",
        /// Not for this borrower.
        BorrowerNotAcceptable { account: AccountId }:
            "itr != _offer->acceptable_borrowers.end(): Account is not in acceptable borrowers",
        /// More than this borrower may borrow.
        BorrowsTooMuch { amount: i64, already: i64, max: i64 }:
            "already_borrowed + op.borrow_amount.amount <= *max_allowed: Unable to borrow \
            {amount}, already borrowed {already}, maximum allowed {max}",
        /// A deal that would end at once.
        RepayTimeNotInFuture { now: TimePointSec }:
            "new_deal.latest_repay_time > block_time: Latest repayment time should be in the \
            future",
        /// Somebody else's deal.
        NotBorrower { account: AccountId, borrower: AccountId, change: &'static str }:
            "_deal->borrower == op.account: A credit deal can only be {change} by the borrower",
        /// More is repaid than is owed.
        RepaysTooMuch { repay: i64, debt: i64 }:
            "_deal->debt_amount >= op.repay_amount.amount: Repay amount should not be greater than \
            unpaid amount",
        /// Too little for the credit.
        InsufficientCreditFee { required: u128, offered: i64 }:
            "fc::uint128_t(op.credit_fee.amount.value) >= required_fee: Insuffient credit fee, \
            requires {required}, offered {offered}",
        /// The way of repayment as it is.
        SameAutoRepay { auto_repay: u8 }:
            "_deal->auto_repay != op.auto_repay: The automatic repayment type does not change",
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
    time: TimePointSec,
    auto_disable_time: &'static str,
) -> Result<(), Rejected> {
    let now = ledger.head_time()?;
    let seconds = time.since(now);
    ensure!(seconds > 0, CreditRefusal::DisabledAlready { auto_disable_time, time, now });
    ensure!(
        seconds <= i64::from(MAX_CREDIT_OFFER_SECS),
        CreditRefusal::DisabledTooLate { auto_disable_time, time, now }
    );
    Ok(())
}

fn check_asset(given: AssetId, expected: AssetId, words: &'static str) -> Result<(), Rejected> {
    ensure!(given == expected, CreditRefusal::AssetMismatch { given, expected, words });
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
