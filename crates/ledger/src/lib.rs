//! The rules of the chain: objects, operations, matching, upkeep at block end.
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

#[macro_use]
mod refusal;
#[macro_use]
mod macros;

pub mod audit;
pub mod authority;
pub mod authorize;
pub mod balances;
pub mod base;
pub mod block;
pub mod cashback;
pub mod constants;
pub mod evaluate;
pub mod feeds;
pub mod fees;
pub mod genesis;
pub mod ids;
pub mod ledger;
pub mod market;
pub mod money;
pub mod names;
pub mod objects;
pub mod ops;
pub mod parameters;
pub mod price_feed;
mod proportion;
pub mod ratio;
pub mod read_ahead;
pub mod recovered;
pub mod reference_words;
pub mod restriction;
pub mod run;
pub mod schedule;
mod select;
mod settlements;
pub mod tables;
pub mod transaction;
pub mod trust;
pub mod unique;
mod upkeep;
pub mod vesting;

pub use genesis::GenesisState;
pub use ledger::Ledger;
pub use recovered::{Recover, RecoveredBlock, RecoveredTransaction, RefusedTransaction};
pub use refusal::{ErrorCode, Refusal, Rejected, code};
pub use run::Record;
pub use trust::{Questions, Trust};
