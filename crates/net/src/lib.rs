//! The Graphene peer protocol as bitshares-core 7.0.2 speaks it: bytes and ticks in, bytes and
//! events out.
//!
//! Pure: connections are numbers, the time and every random number come in as arguments, and what
//! is to be sent, opened, closed or looked at by the chain goes out as values, so that the same
//! code runs under sockets, in a simulator and against a recording. What a peer can make this room
//! hold is bounded, and whatever it does that it may not has a typed reason.
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

mod book;
mod cache;
mod chain;
pub mod cipher;
mod compact;
mod config;
pub mod frame;
mod link;
pub mod message;
mod node;
mod peer;
mod reason;
mod remembered;
mod state;
mod synopsis;
mod time;
mod wanted;

pub use book::{Book, Disposition, Record};
pub use chain::{ChainView, Head, NoChain};
pub use config::{Advertise, Config, Identity, limits};
pub use link::{Link, LinkError};
pub use node::{
    Delivered, Effect, Input, Lasting, Node, PeerStatus, Token, Verdict, carbyne_member,
};
pub use peer::{About, ConnectionId, Place, Stage};
pub use reason::{Question, Reason, Unexpected};
pub use state::{StateFailure, StateStep};
pub use synopsis::{Following, TooOldABranch, following, synopsis};
pub use time::Now;
