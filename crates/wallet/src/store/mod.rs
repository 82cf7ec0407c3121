//! What a wallet remembers, and the two files it can be in.
//!
//! Invariant: a file is written whole under another name, synced and renamed; keys and whatever
//! leads to them are never on disk unless encrypted. Never knows a command.

mod data;
mod file;
mod reference;

pub use data::{BlindReceipt, ConfirmedOutput, Data, KeyLabel, Keys, Public, StealthMemo};
pub use file::{Effort, Sealed, digest_of, read, write_atomically};
pub use reference::ReferenceFile;
