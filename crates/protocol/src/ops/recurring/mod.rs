//! Recurring payments: an account has the chain pay another, a number of times, an interval apart.
//! (Payments that somebody else may pull are `withdraw`.)

pub mod cancel;
pub mod create;
pub mod event;
pub mod update;

pub use cancel::RecurringCancel;
pub use create::RecurringCreate;
pub use event::{RecurringEvent, RecurringOutcome};
pub use update::RecurringUpdate;

/// The longest interval, in seconds: 366 days.
pub const INTERVAL_SEC_MAX: u32 = 366 * crate::constants::SECONDS_PER_DAY;
