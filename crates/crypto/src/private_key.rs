//! Private keys: reading, writing, signing, shared secrets.
//!
//! Invariant: the secret is valid, above zero and below the order of the curve, so that signing
//! cannot fail. Never prints the secret, except as WIF when asked.

use std::fmt;

use k256::elliptic_curve::point::AffineCoordinates;
use k256::elliptic_curve::scalar::IsHigh;
use zeroize::Zeroizing;

use crate::address::double_sha256;
use crate::backend;
use crate::curve::{inverse, is_zero, scalar, scalar_bytes, scalar_reduced, times_generator};
use crate::error::KeyError;
use crate::hash::{sha256, sha512};
use crate::public_key::PublicKey;
use crate::rfc6979::Rfc6979;
use crate::signature::Signature;
use crate::text;

/// First byte of a private key in wallet import format.
const WIF_VERSION: u8 = 0x80;

/// First byte of a signature by a compressed key, before the recovery id is added.
const RECOVERY_BASE: u8 = 27 + 4;

/// A secret number that signs. Its memory is wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct PrivateKey(Zeroizing<[u8; 32]>);

impl PrivateKey {
    /// Takes the 32 bytes of a secret; zero and numbers not below the order are refused.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, KeyError> {
        let bytes = Zeroizing::new(bytes);
        if backend::is_secret(&bytes) { Ok(Self(bytes)) } else { Err(KeyError::NotASecret) }
    }

    /// The key whose secret is the SHA-256 of `seed`.
    pub fn from_seed(seed: &str) -> Self {
        Self::from_digest(sha256(seed.as_bytes()))
    }

    /// The key whose secret is a digest. One digest in 2^128 is no valid secret: nobody can find
    /// it, so it is not an error that callers must handle.
    pub(crate) fn from_digest(digest: [u8; 32]) -> Self {
        Self::from_bytes(digest).expect("nobody can find a digest that is not a valid secret")
    }

    /// A new key from the random source of the operating system.
    pub fn generate() -> std::io::Result<Self> {
        loop {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes)?;
            if let Ok(key) = Self::from_bytes(bytes) {
                return Ok(key);
            }
        }
    }

    /// Reads wallet import format. As the reference (utilities/key_conversion.cpp): the checksum
    /// may be of one SHA-256 or of two, the version byte is free, and the byte that other wallets
    /// append for compressed keys is ignored.
    pub fn from_wif(text: &str) -> Result<Self, KeyError> {
        let bytes = text::decode(text)?;
        let wrong_length = KeyError::WrongLength { wanted: 37, got: bytes.len() };
        let (payload, checksum) =
            bytes.split_last_chunk::<{ text::CHECKSUM_LENGTH }>().ok_or(wrong_length.clone())?;
        let fits = |digest: [u8; 32]| digest.starts_with(checksum);
        if !fits(sha256(payload)) && !fits(double_sha256(payload)) {
            return Err(KeyError::WrongChecksum);
        }
        match payload.get(1..33).and_then(|secret| secret.try_into().ok()) {
            Some(secret) => Self::from_bytes(secret),
            None => Err(wrong_length),
        }
    }

    /// Writes wallet import format.
    pub fn to_wif(&self) -> String {
        let mut payload = [WIF_VERSION; 33];
        payload[1..].copy_from_slice(&*self.0);
        text::encode_checked("", &payload, &double_sha256(&payload))
    }

    /// The 32 bytes of the secret.
    pub fn to_bytes(&self) -> [u8; 32] {
        *self.0
    }

    /// The public key of this secret.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(backend::public_key(&self.0))
    }

    /// The canonical signature of `digest`, the same every time.
    ///
    /// As the reference (fc elliptic_impl_priv.cpp): attempt number n takes the output number n + 1
    /// of the RFC 6979 stream, counted from zero, until the signature is canonical. The first
    /// output is never used.
    pub fn sign(&self, digest: &[u8; 32]) -> Signature {
        let mut stream = Rfc6979::new(&[&*self.0, digest]);
        stream.next();
        loop {
            let signature = self.sign_with_nonce(digest, &stream.next());
            if let Some(signature) = signature.filter(Signature::is_canonical) {
                return signature;
            }
        }
    }

    /// The signature that a nonce leads to, s in its lower half; one nonce in 2^128 leads to none.
    fn sign_with_nonce(&self, digest: &[u8; 32], nonce: &[u8; 32]) -> Option<Signature> {
        let nonce = scalar(nonce)?;
        let point = times_generator(&nonce).to_affine();
        let x: [u8; 32] = point.x().into();
        let r = scalar_reduced(&x);
        let product = r * scalar_reduced(&self.0);
        let s = inverse(&nonce)? * (product + scalar_reduced(digest));
        if is_zero(&r) || is_zero(&s) {
            return None;
        }
        let is_high = bool::from(s.is_high());
        let is_odd = bool::from(point.y_is_odd()) != is_high;
        let is_reduced = scalar(&x).is_none();
        let mut bytes = [RECOVERY_BASE + u8::from(is_odd) + 2 * u8::from(is_reduced); 65];
        bytes[1..33].copy_from_slice(&scalar_bytes(&r));
        bytes[33..].copy_from_slice(&scalar_bytes(&if is_high { -s } else { s }));
        Some(Signature(bytes))
    }

    /// The secret that the owners of both keys can compute: SHA-512 of the x of the shared point.
    pub fn shared_secret(&self, other: &PublicKey) -> Result<[u8; 64], KeyError> {
        let shared = Zeroizing::new(other.times(&self.0)?);
        Ok(sha512(&shared[1..]))
    }

    /// The child key that belongs to the public key `PublicKey::child` of the same offset.
    pub fn child(&self, offset: &[u8; 32]) -> Result<Self, KeyError> {
        let tweak = scalar_reduced(&self.public_key().child_tweak(offset));
        Self::from_bytes(scalar_bytes(&(scalar_reduced(&self.0) + tweak)))
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey(of {:?})", self.public_key())
    }
}
