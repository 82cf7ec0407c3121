//! Hashes, keys, signatures, the memo cipher and confidential commitments.
//!
//! Invariant: the same bytes in give the same bytes out, on every machine; the only randomness is
//! `PrivateKey::generate`, and factors of `batch::all_signed` that decide nothing. Never knows what
//! a transaction, an account or an asset is.

mod address;
pub mod aes512;
mod backend;
pub mod batch;
pub mod brain;
pub mod commitment;
mod curve;
mod error;
pub mod hash;
pub mod memo;
mod private_key;
mod public_key;
pub mod range_proof;
mod rfc6979;
mod signature;
mod text;

pub use address::{Address, PtsAddress};
pub use error::KeyError;
pub use private_key::PrivateKey;
pub use public_key::PublicKey;
pub use signature::{Signature, SignatureError, recover};
