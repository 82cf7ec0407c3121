//! Credit offers: what the operations do to the state. What they say is
//! [`carbyne_protocol::ops::credit`].

pub mod deal_repay;
pub mod deal_update;
pub mod offer_accept;
pub mod offer_create;
pub mod offer_delete;
pub mod offer_update;

use crate::Ledger;
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::SECONDS_PER_DAY;
use carbyne_protocol::ids::{AccountId, AssetId, CreditDealSummaryId, CreditOfferId};
use carbyne_protocol::money::Shares;
use carbyne_protocol::reference_words::Asked;
use carbyne_wire::TimePointSec;

/// An offer is enabled for at most so many seconds.
pub const MAX_CREDIT_OFFER_SECS: u32 = 380 * SECONDS_PER_DAY;

refusals! {
    /// Why an operation about a credit offer or deal is refused.
    pub enum CreditRefusal {
        /// An offer that would be disabled at once.
        DisabledAlready { auto_disable_time: Asked, time: TimePointSec, now: TimePointSec }:
            "the offer would be disabled at {time}, which is not after now, {now}",
        /// An offer that would be enabled for too long.
        DisabledTooLate { auto_disable_time: Asked, time: TimePointSec, now: TimePointSec }:
            "the offer would be disabled at {time}, more than 380 days after now, {now}",
        /// Somebody else's offer.
        NotOwner { account: AccountId, owner: AccountId }:
            "the offer belongs to {owner}, not to {account}",
        /// Something is borrowed.
        Unpaid { offer: CreditOfferId, unpaid: i64 }:
            "{unpaid} of {offer} are borrowed: it cannot be deleted",
        /// Another asset than expected.
        AssetMismatch { given: AssetId, expected: AssetId, asked: Asked }:
            "the amount is in {given}, not in {expected}",
        /// Nothing would be left of the offer, not even debts.
        NothingLeft { offer: CreditOfferId, asked: Asked }:
            "nothing would be left of {offer}, not even debts",
        /// Less in the offer than is needed.
        InsufficientBalance { has: i64, needs: i64, asked: Asked }:
            "the offer has {has}, not {needs}",
        /// An offer that cannot be accepted now.
        NotEnabled { offer: CreditOfferId }: "{offer} is not enabled",
        /// Less than the offer lends in one deal.
        BelowMinDeal { amount: i64, min: i64 }: "{amount} is below {min}, the least that is lent",
        /// A higher fee rate than the borrower accepts.
        FeeRateTooHigh { offered: u32, accepted: u32 }:
            "the offered fee rate {offered} is above the accepted {accepted}",
        /// A shorter time than the borrower accepts.
        DurationTooShort { offered: u32, accepted: u32 }:
            "the offered duration of {offered} seconds is below the accepted {accepted}",
        /// No collateral of this kind.
        CollateralNotAcceptable { asset: AssetId }: "the offer takes no {asset} as collateral",
        /// Too little collateral.
        InsufficientCollateral { required: i64, provided: i64 }:
            "collateral of {required} is required, {provided} are provided",
        /// Not for this borrower.
        BorrowerNotAcceptable { account: AccountId }: "the offer does not lend to {account}",
        /// More than this borrower may borrow.
        BorrowsTooMuch { amount: i64, already: i64, max: i64 }:
            "{amount} more than the {already} borrowed would be above the limit of {max}",
        /// A deal that would end at once.
        RepayTimeNotInFuture { now: TimePointSec }: "the deal would end at once, now is {now}",
        /// Somebody else's deal.
        NotBorrower { account: AccountId, borrower: AccountId, change: &'static str }:
            "{borrower} is the borrower, not {account}: the deal cannot be {change}",
        /// More is repaid than is owed.
        RepaysTooMuch { repay: i64, debt: i64 }: "{repay} are repaid, {debt} are owed",
        /// Too little for the credit.
        InsufficientCreditFee { required: u128, offered: i64 }:
            "the credit fee is {required}, {offered} are offered",
        /// The way of repayment as it is.
        SameAutoRepay { auto_repay: u8 }: "the way of repayment is {auto_repay} already",
    }
}

/// Refuses a time to disable an enabled offer that has passed or is too far away.
fn check_auto_disable_time(
    ledger: &Ledger,
    time: TimePointSec,
    auto_disable_time: Asked,
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

fn check_asset(given: AssetId, expected: AssetId, asked: Asked) -> Result<(), Rejected> {
    ensure!(given == expected, CreditRefusal::AssetMismatch { given, expected, asked });
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
