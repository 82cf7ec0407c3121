//! One step of a node: what comes in, what becomes of it, what is to be done about it.
//!
//! Pure: the time comes in as an argument, and what is to be written, told or waited for goes out
//! as values, so that the same function runs under threads, sockets and a disk, and in a simulator.
//! This room must never know a clock, a thread, a file, a socket or who asks.

#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::disallowed_methods,
        clippy::disallowed_types,
        clippy::expect_used,
        clippy::float_arithmetic,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used
    )
)]

mod reference_words;
mod refusal;
mod slots;
mod step;

pub use refusal::{CoreRefusal, Lasting, Refused};
pub use slots::{Hold, Missed, WhyMissed};
pub use step::{Became, Core, Effects, Input, Now, Outcome, Production};
