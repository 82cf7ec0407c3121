//! The commands, one file each.

pub mod bench;
pub mod check;
pub mod completions;
pub mod dev;
pub mod export;
pub mod faucet;
pub mod genesis;
pub mod history;
pub mod import;
pub mod inspect;
pub mod keys;
pub mod node;
pub mod openrpc;
pub mod signer;
pub mod sink;
pub mod snapshot;
pub mod testnet;
