//! What is on the wire, and what can be said of it without state: ids, amounts, authorities, fees,
//! operations, transactions and blocks, and the refusals that no state could turn into consent.
//!
//! An operation is one file here, which says what it is: its fields in wire order, its fee, who
//! must sign it, whom it concerns, and what is refused of it at sight. What it does to the state is
//! a file of the same name in the ledger. A wallet links this room and none above it.
//!
//! Pure, as the ledger is: no clock, file, chance or order of a hash table. Never knows an object
//! of the chain, nor a rule that asks the state.

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

pub mod authority;
pub mod constants;
pub mod contract;
pub mod features;
pub mod fees;
pub mod genesis;
pub mod ids;
pub mod money;
pub mod names;
pub mod ops;
pub mod parameters;
pub mod price_feed;
pub mod proportion;
pub mod ratio;
pub mod recovered;
pub mod reference_words;
pub mod required;
pub mod restriction;
pub mod transaction;

pub use genesis::GenesisState;
pub use recovered::{Recover, RecoveredBlock, RecoveredTransaction, RefusedTransaction};
pub use refusal::{ErrorCode, Refusal, Rejected, code};
