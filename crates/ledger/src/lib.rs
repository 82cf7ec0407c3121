//! The rules of the chain: what operations do to its objects, matching, upkeep at block end.
//!
//! Pure: the same blocks give the same state on every machine. Nothing here reads a clock, a file,
//! a random number or the order of a hash table, and whatever a user sends is refused with a typed
//! reason, never with a panic. This room must never know files, peers, threads, or who asks.

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

// `refusals!` and `ensure!`, which every file of rules uses.
#[macro_use]
extern crate carbyne_protocol;
#[macro_use]
mod macros;

pub mod audit;
pub mod authorize;
pub mod balances;
pub mod base;
pub mod block;
pub mod cashback;
mod contracts;
pub mod evaluate;
pub mod features;
pub mod feeds;
pub mod genesis;
pub mod ledger;
pub mod market;
pub mod ops;
pub mod read_ahead;
mod reference_words;
pub mod run;
pub mod schedule;
mod select;
mod settlements;
pub mod tables;
pub mod trust;
pub mod unique;
mod upkeep;
pub mod vesting;

pub use ledger::Ledger;
pub use run::Record;
pub use trust::{Questions, Trust};
