//! The first state of a chain, made of what its founders wrote
//! ([`GenesisState`](carbyne_protocol::GenesisState)).

pub(crate) mod build;
mod special;

pub use build::GenesisRefusal;
