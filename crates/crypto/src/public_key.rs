//! Public keys as the chain stores them: 33 raw bytes.
//!
//! The bytes need not be a point of the curve, as in the reference; whoever needs the point is told
//! when there is none. Never knows which chain it is on: the prefix comes in as an argument.

use std::cmp::Ordering;
use std::fmt;

use crate::address::{Address, PtsAddress, point_hash};
use crate::backend;
use crate::curve::scalar;
use crate::error::KeyError;
use crate::hash::{Sha256, ripemd160};
use crate::text;

/// Version bytes of the addresses of PTS and of Bitcoin, whose holders a genesis may remember.
const PTS_VERSIONS: [u8; 2] = [56, 0];

/// A compressed public key. All zeros is the null key, "no key".
///
/// Keys order by their **address**, not by their bytes: this is the order of keys on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey(pub [u8; 33]);

impl PublicKey {
    /// The null key.
    pub const NULL: Self = Self([0; 33]);

    /// Whether this is the null key.
    pub fn is_null(&self) -> bool {
        *self == Self::NULL
    }

    /// The address of this key.
    pub fn address(&self) -> Address {
        Address::from(self)
    }

    /// The address of this key in the form of Bitcoin and PTS, over the compressed or the
    /// uncompressed point. Refuses bytes of which there is no such form.
    pub fn pts_address(&self, compressed: bool, version: u8) -> Result<PtsAddress, KeyError> {
        if self.is_null() {
            return Err(KeyError::Null);
        }
        if compressed {
            return Ok(PtsAddress::of_point(&self.0, version));
        }
        Ok(PtsAddress::of_point(&self.point()?, version))
    }

    /// Every address that stands for this key: its own, and those it had on PTS and on Bitcoin,
    /// over the compressed and the uncompressed point where there is one. As costly as a dozen
    /// hashes and a square root.
    pub fn addresses(&self) -> impl Iterator<Item = Address> {
        let compressed = (!self.is_null()).then(|| point_hash(&self.0));
        let uncompressed = self.point().ok().map(|point| point_hash(&point));
        let old = compressed.into_iter().chain(uncompressed).flat_map(|hash| {
            PTS_VERSIONS.map(|version| Address::from(&PtsAddress::of_hash(&hash, version)))
        });
        old.chain([self.address()])
    }

    /// The text form: `prefix`, then base58 of the 33 bytes and their checksum.
    pub fn to_text(&self, prefix: &str) -> String {
        text::encode_checked(prefix, &self.0, &ripemd160(&self.0))
    }

    /// Reads the text form of a chain whose texts begin with `prefix`. Bytes behind the checksum
    /// are ignored, as in the reference.
    pub fn from_text(text: &str, prefix: &str) -> Result<Self, KeyError> {
        let bytes = text::decode(text::strip_prefix(text, prefix)?)?;
        let wrong_length = KeyError::WrongLength { wanted: 37, got: bytes.len() };
        let (key, rest) = bytes.split_first_chunk::<33>().ok_or(wrong_length.clone())?;
        let checksum = rest.get(..text::CHECKSUM_LENGTH).ok_or(wrong_length)?;
        if !ripemd160(key).starts_with(checksum) {
            return Err(KeyError::WrongChecksum);
        }
        Ok(Self(*key))
    }

    /// The public key of the child that `PrivateKey::child` derives with the same offset.
    pub fn child(&self, offset: &[u8; 32]) -> Result<Self, KeyError> {
        let tweak = self.child_tweak(offset);
        if scalar(&tweak).is_none() {
            return Err(KeyError::NotASecret);
        }
        self.point()?;
        backend::add_multiple(&self.0, &tweak).map(Self).ok_or(KeyError::NotAPoint)
    }

    /// What is added to the secret of this key to get the secret of a child.
    pub(crate) fn child_tweak(&self, offset: &[u8; 32]) -> [u8; 32] {
        let mut digest = Sha256::new();
        digest.update(&self.0);
        digest.update(offset);
        digest.finish()
    }

    /// The uncompressed form of the point of the curve, if the bytes are one.
    fn point(&self) -> Result<[u8; 65], KeyError> {
        if self.is_null() {
            return Err(KeyError::Null);
        }
        backend::uncompressed(&self.0).ok_or(KeyError::NotAPoint)
    }

    /// This point times the number of a secret.
    pub(crate) fn times(&self, secret: &[u8; 32]) -> Result<[u8; 33], KeyError> {
        self.point()?;
        backend::multiply(&self.0, secret).ok_or(KeyError::NotAPoint)
    }
}

impl Default for PublicKey {
    fn default() -> Self {
        Self::NULL
    }
}

impl Ord for PublicKey {
    fn cmp(&self, other: &Self) -> Ordering {
        if self == other { Ordering::Equal } else { self.address().cmp(&other.address()) }
    }
}

impl PartialOrd for PublicKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", hex::encode(self.0))
    }
}
