//! Recurring event: the record of a payment that was due, and of the end of an order. Virtual.

use crate::ids::RecurringId;

contract_event! {
    /// What the chain did about a recurring payment.
    pub struct RecurringEvent = "recurring_event" of RecurringId;

    /// What became of a payment that was due.
    #[derive(Default)]
    pub enum RecurringOutcome {
        /// It was paid.
        #[default]
        Paid = 1 "paid",
        /// It could not be paid, and is used up.
        Failed = 2 "failed",
        /// It was paid, and was the last.
        PaidLast = 3 "paid_last",
        /// It could not be paid, and the order is over.
        FailedLast = 4 "failed_last",
    }
    RecurringEventFee
}
