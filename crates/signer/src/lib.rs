//! Signs blocks with keys of witnesses, and never two blocks for one slot.
//!
//! * [`read_keys`] reads keys from a file that only its owner can read.
//! * [`Record`] is the file that says what was signed; nothing is signed before that is on disk.
//! * [`Guard`] is both together: what a node uses that keeps its keys itself ([`GuardedKey`]).
//! * [`serve`] answers nodes over a socket, one of them at a time ([`Lease`]), and [`Remote`] is
//!   the node's end of it.
//!
//! Invariant: a signature leaves only when the disk holds what it is of. This room must never know
//! a chain: it sees headers, and compares times.

mod address;
mod client;
mod guard;
mod keys;
mod lease;
mod protocol;
mod record;
mod server;
mod stream;

pub use address::Address;
pub use client::{Remote, RemoteKey};
pub use guard::{Guard, GuardedKey};
pub use keys::{KeysError, read_keys};
pub use lease::Lease;
pub use protocol::{NODE_NAME_MAX, SignerError};
pub use record::{Record, RecordError};
pub use server::{Limits, Listener, serve};
