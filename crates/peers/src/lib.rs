//! Between the peer protocol and the core: what peers may know of the chain, what they are told of
//! it, and what becomes of what they send.
//!
//! Pure: whoever drives it brings bytes, ticks and what the chain did, and does what comes out, so
//! that the same code runs under sockets and threads and in a simulator.
//!
//! Invariant: peers know of the chain what was followed, no more: whoever drives this follows a
//! block only when it is on disk. This room must never know a clock, a thread, a file or a socket.

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

mod asked;
mod peers;
mod states;
mod told;

pub use asked::{Asked, Item, refused, verdict};
pub use peers::Peers;
pub use states::States;
pub use told::{Log, Told};
