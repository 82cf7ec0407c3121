//! The digest functions of the protocol, each from bytes to a fixed array.
//!
//! Never knows what is hashed. Callers need no digest crate of their own.

use ripemd::Ripemd160;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha512};

/// SHA-1, as hashed time lock contracts may use it.
pub fn sha1(bytes: &[u8]) -> [u8; 20] {
    Sha1::digest(bytes).into()
}

/// SHA-224, the hash behind block ids.
pub fn sha224(bytes: &[u8]) -> [u8; 28] {
    Sha224::digest(bytes).into()
}

/// SHA-256, the hash behind transaction ids and signature digests.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    sha2::Sha256::digest(bytes).into()
}

/// SHA-512.
pub fn sha512(bytes: &[u8]) -> [u8; 64] {
    Sha512::digest(bytes).into()
}

/// RIPEMD-160.
pub fn ripemd160(bytes: &[u8]) -> [u8; 20] {
    Ripemd160::digest(bytes).into()
}

/// RIPEMD-160 of the SHA-256, as hashed time lock contracts may use it.
pub fn hash160(bytes: &[u8]) -> [u8; 20] {
    ripemd160(&sha256(bytes))
}

/// SHA-256 fed piece by piece.
#[derive(Clone, Default)]
pub struct Sha256(sha2::Sha256);

impl Sha256 {
    /// A digest of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends `bytes` to what is hashed.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of everything appended.
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(got: &[u8], want: &str) {
        assert_eq!(hex::encode(got), want);
    }

    #[test]
    fn digests_of_abc_are_the_published_ones() {
        check(&sha1(b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        check(&sha224(b"abc"), "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
        check(&sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        check(
            &sha512(b"abc")[..32],
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a",
        );
        check(&ripemd160(b"abc"), "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
        check(&hash160(b"abc"), "bb1be98c142444d7a56aa3981c3942a978e4dc33");
    }

    #[test]
    fn pieces_hash_like_the_whole() {
        let mut digest = Sha256::new();
        digest.update(b"a");
        digest.update(b"bc");
        assert_eq!(digest.finish(), sha256(b"abc"));
    }
}
