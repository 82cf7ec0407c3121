//! Addresses: hashes that stand for a key.
//!
//! `Address` orders by its bytes, and that order is the order of keys in authorities. Never knows
//! which chain it is on: the prefix comes in as an argument.

use std::fmt;

use crate::error::KeyError;
use crate::hash::{ripemd160, sha256, sha512};
use crate::public_key::PublicKey;
use crate::text;

/// RIPEMD-160 of the SHA-512 of a public key (protocol/address.cpp).
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(pub [u8; 20]);

impl Address {
    /// The text form: `prefix`, then base58 of the 20 bytes and their checksum.
    pub fn to_text(&self, prefix: &str) -> String {
        text::encode_checked(prefix, &self.0, &ripemd160(&self.0))
    }

    /// Reads the text form of a chain whose texts begin with `prefix`.
    pub fn from_text(text: &str, prefix: &str) -> Result<Self, KeyError> {
        let bytes = text::decode(text::strip_prefix(text, prefix)?)?;
        let wrong_length = KeyError::WrongLength { wanted: 24, got: bytes.len() };
        let (hash, checksum) = bytes.split_first_chunk::<20>().ok_or(wrong_length.clone())?;
        if checksum.len() != text::CHECKSUM_LENGTH {
            return Err(wrong_length);
        }
        if !ripemd160(hash).starts_with(checksum) {
            return Err(KeyError::WrongChecksum);
        }
        Ok(Self(*hash))
    }
}

impl From<&PublicKey> for Address {
    fn from(key: &PublicKey) -> Self {
        Self(ripemd160(&sha512(&key.0)))
    }
}

impl From<&PtsAddress> for Address {
    fn from(address: &PtsAddress) -> Self {
        Self(ripemd160(&address.0))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", hex::encode(self.0))
    }
}

/// An address in the older form of Bitcoin and PTS: version, hash, checksum
/// (protocol/pts_address.cpp). Genesis balances may belong to one.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PtsAddress(pub [u8; 25]);

impl PtsAddress {
    /// The address of a serialized point, compressed or not, under a version byte.
    pub(crate) fn of_point(point: &[u8], version: u8) -> Self {
        Self::of_hash(&point_hash(point), version)
    }

    /// The address of a point of which [`point_hash`] is known, under a version byte.
    pub(crate) fn of_hash(hash: &[u8; 20], version: u8) -> Self {
        let mut bytes = [version; 25];
        bytes[1..21].copy_from_slice(hash);
        let check = double_sha256(&bytes[..21]);
        bytes[21..].copy_from_slice(&check[..4]);
        Self(bytes)
    }

    /// Base58 of the 25 bytes.
    pub fn to_text(&self) -> String {
        text::encode(&self.0)
    }

    /// Reads base58 of the 25 bytes and verifies the checksum in them.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let decoded = text::decode(text)?;
        let wrong_length = KeyError::WrongLength { wanted: 25, got: decoded.len() };
        let bytes = Self(decoded.try_into().map_err(|_| wrong_length)?);
        if bytes.is_valid() { Ok(bytes) } else { Err(KeyError::WrongChecksum) }
    }

    /// Whether the last four bytes are the checksum of the others.
    pub fn is_valid(&self) -> bool {
        double_sha256(&self.0[..21]).starts_with(&self.0[21..])
    }
}

impl fmt::Debug for PtsAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PtsAddress({})", hex::encode(self.0))
    }
}

/// What an address of Bitcoin's form says of a serialized point.
pub(crate) fn point_hash(point: &[u8]) -> [u8; 20] {
    ripemd160(&sha256(point))
}

/// SHA-256 of the SHA-256, the checksum hash of Bitcoin's formats.
pub(crate) fn double_sha256(bytes: &[u8]) -> [u8; 32] {
    sha256(&sha256(bytes))
}
