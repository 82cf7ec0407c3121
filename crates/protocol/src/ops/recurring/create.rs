//! Recurring create: has the chain pay an amount a number of times, an interval apart.
//!
//! Signed by: the active authority of `from`, who pays the fee: a part for the order and one for
//! each payment, since those cost nothing later.

use super::INTERVAL_SEC_MAX;
use crate::Rejected;
use crate::contract::{check_fee, different, in_range, some_amount};
use crate::fees::{FeeSchedule, memo_fee};
use crate::ids::AccountId;
use crate::money::{Asset, Shares};
use crate::ops::Stateless;
use crate::ops::transfer::Memo;
use carbyne_wire::{Extensions, FlatSet, TimePointSec, Wire};

/// Has the chain pay an amount a number of times, an interval apart.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct RecurringCreate {
    /// Fee, paid by `from`.
    pub fee: Asset,
    /// Account that gives.
    pub from: AccountId,
    /// Account that receives.
    pub to: AccountId,
    /// What is paid each time.
    pub amount: Asset,
    /// Seconds from one payment to the next.
    pub interval_sec: u32,
    /// How many payments.
    pub times: u32,
    /// When the first is due.
    pub start: TimePointSec,
    /// A message for the receiver; it stays in the operation.
    pub memo: Option<Box<Memo>>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of an order, in smallest units of the core asset.
    pub struct RecurringCreateFee {
        /// Per order.
        fee: u64 = 100_000,
        /// Per payment.
        fee_per_time: u64 = 2_000_000,
        /// Per 1,024 bytes of memo.
        price_per_kbyte: u32 = 1_000_000,
    }
}

/// `fee` and `per_time` for each of so many payments, refused beyond 63 bits.
pub(super) fn fee_of_times(fee: u64, per_time: u64, times: u32) -> Result<i64, Rejected> {
    (fee as i64).plus(crate::ops::htlc::create::times(per_time, times.into())?)
}

impl Stateless for RecurringCreate {
    const NAME: &'static str = "recurring_create";
    type Fee = RecurringCreateFee;

    paid_by!(from);

    fn calculate_fee(&self, fee: &RecurringCreateFee, _: &FeeSchedule) -> Result<i64, Rejected> {
        let memo = memo_fee(&self.memo, fee.price_per_kbyte)?;
        fee_of_times(fee.fee, fee.fee_per_time, self.times)?.plus(memo)
    }

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        different(&[self.from, self.to])?;
        some_amount("amount", self.amount.amount)?;
        in_range("times", self.times, 1_u32, u32::MAX)?;
        in_range("interval_sec", self.interval_sec, 1_u32, INTERVAL_SEC_MAX)?;
        let intervals =
            u64::from(self.interval_sec).saturating_mul(u64::from(self.times).saturating_sub(1));
        let last = intervals.saturating_add(self.start.0.into());
        in_range("the last time", last, 0_u32, u32::MAX)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.from, self.to]);
    }
}
