//! The Graphene peer protocol as bitshares-core 7.0.2 speaks it: bytes and ticks in, bytes and
//! events out.
//!
//! Pure: connections are numbers, the time and every random number come in as arguments, and what
//! is to be sent, opened, closed or looked at by the chain goes out as values, so that the same code
//! runs under sockets, in a simulator and against a recording. What a peer can make this room hold
//! is bounded, and whatever it does that it may not has a typed reason.
//!
//! This room must never know a socket, a clock, a thread, a source of chance, a rule of the chain
//! or how a block is applied.

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

pub mod cipher;
pub mod frame;
pub mod message;
