//! Recurring update: other payments from now on.
//!
//! Signed by: the active authority of `from`, who pays the fee: payments that are added cost what
//! they cost in a new order.

use super::INTERVAL_SEC_MAX;
use super::create::fee_of_times;
use crate::Rejected;
use crate::contract::{check_fee, in_range, some_amount};
use crate::fees::FeeSchedule;
use crate::ids::{AccountId, RecurringId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Changes what is paid, how often, and adds payments.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct RecurringUpdate {
    /// Fee, paid by `from`.
    pub fee: Asset,
    /// Account that gives.
    pub from: AccountId,
    /// The order.
    pub recurring: RecurringId,
    /// What is paid each time, of the same asset as before.
    pub amount: Asset,
    /// Seconds from one payment to the next; another than before counts from now.
    pub interval_sec: u32,
    /// How many payments are added.
    pub add_times: u32,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a change, in smallest units of the core asset.
    pub struct RecurringUpdateFee {
        /// Per change.
        fee: u64 = 100_000,
        /// Per payment that is added.
        fee_per_time: u64 = 2_000_000,
    }
}

impl Stateless for RecurringUpdate {
    const NAME: &'static str = "recurring_update";
    type Fee = RecurringUpdateFee;

    paid_by!(from);

    fn calculate_fee(&self, fee: &RecurringUpdateFee, _: &FeeSchedule) -> Result<i64, Rejected> {
        fee_of_times(fee.fee, fee.fee_per_time, self.add_times)
    }

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        some_amount("amount", self.amount.amount)?;
        in_range("interval_sec", self.interval_sec, 1_u32, INTERVAL_SEC_MAX)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.from);
    }
}
