//! Blocks, forks and pending transactions around the ledger.
//!
//! [`Chain`] keeps three things in step: the ledger, whose every block above the last irreversible
//! one can be undone; the fork tree, which knows the blocks of all branches; and the pending
//! transactions, applied on top of the head block in a session of their own. What it did comes out
//! as [`ChainEvent`]s, in order, for those who follow.
//!
//! Pure: times, keys and blocks come in as arguments. This room must never know sockets, files, who
//! asks, or what an operation does inside.

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

mod chain;
mod debug;
mod draft;
mod event;
mod fork;
mod pending;
mod pool;
mod produce;
mod reference_words;
mod refusal;
mod signing;

pub use chain::{Base, Chain, Pushed};
pub use event::{AppliedBlock, ChainEvent, Observe};
pub use fork::Company;
pub use pending::{Accepted, Simulated};
pub use pool::PoolLimits;
pub use produce::Slot;
pub use refusal::ChainRefusal;
pub use signing::{BlockSigner, SigningRefusal};
