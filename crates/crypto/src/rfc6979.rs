//! The deterministic stream of bytes of RFC 6979, as libsecp256k1 uses it.
//!
//! Never knows what the bytes are for. One stream serves signatures and range proofs.

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// A stream of 32-byte outputs, fixed by what it was seeded with.
pub(crate) struct Rfc6979 {
    key: [u8; 32],
    value: [u8; 32],
    has_given: bool,
}

impl Rfc6979 {
    /// Seeds the stream with the concatenation of `parts` (RFC 6979 3.2.b to 3.2.g).
    pub(crate) fn new(parts: &[&[u8]]) -> Self {
        let mut stream = Self { key: [0; 32], value: [1; 32], has_given: false };
        stream.mix(&[0], parts);
        stream.mix(&[1], parts);
        stream
    }

    /// The next 32 bytes (RFC 6979 3.2.h).
    pub(crate) fn next(&mut self) -> [u8; 32] {
        if self.has_given {
            self.mix(&[0], &[]);
        }
        self.has_given = true;
        self.value = hmac(&self.key, &[&self.value]);
        self.value
    }

    fn mix(&mut self, separator: &[u8], parts: &[&[u8]]) {
        let message: Vec<&[u8]> =
            [&self.value, separator].into_iter().chain(parts.iter().copied()).collect();
        self.key = hmac(&self.key, &message);
        self.value = hmac(&self.key, &[&self.value]);
    }
}

/// HMAC-SHA-256 of the concatenation of `parts`.
fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut padded = [0; 64];
    padded[..32].copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as hmac::digest::KeyInit>::new(&padded.into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
