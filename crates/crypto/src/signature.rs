//! Recoverable signatures and the public key in them.
//!
//! Invariant: a key is recovered only from a canonical signature. Never knows what was signed.

use std::fmt;

use thiserror::Error;

use crate::backend;
use crate::public_key::PublicKey;

/// A compact signature: a byte that says how to recover the key, then r and s, 32 bytes each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature(pub [u8; 65]);

/// Why no key could be recovered from a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// The first byte is outside 27..=34.
    #[error("the recovery byte is {0}, not within 27..=34")]
    RecoveryByte(u8),
    /// r or s is padded or negative when read as a signed number.
    #[error("the signature is not canonical")]
    NotCanonical,
    /// No point of the curve fits the signature.
    #[error("no key fits the signature")]
    NoKey,
}

impl Signature {
    /// Whether r and s are written the only way they may be: as signed big-endian numbers of 32
    /// bytes they are positive and need all their bytes (fc elliptic_common.cpp).
    pub fn is_canonical(&self) -> bool {
        let needs_all_bytes =
            |first: u8, second: u8| first < 0x80 && (first != 0 || second >= 0x80);
        needs_all_bytes(self.0[1], self.0[2]) && needs_all_bytes(self.0[33], self.0[34])
    }
}

impl Default for Signature {
    fn default() -> Self {
        Self([0; 65])
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", hex::encode(self.0))
    }
}

/// The key that signed `digest`, by the rules of fc elliptic_secp256k1.cpp.
pub fn recover(digest: &[u8; 32], signature: &Signature) -> Result<PublicKey, SignatureError> {
    let [recovery_byte, r_and_s @ ..] = &signature.0;
    if !(27..=34).contains(recovery_byte) {
        return Err(SignatureError::RecoveryByte(*recovery_byte));
    }
    if !signature.is_canonical() {
        return Err(SignatureError::NotCanonical);
    }
    // 27..=30 once meant an uncompressed key; the low two bits recover the key either way.
    let id = (recovery_byte - 27) & 3;
    let key = backend::recover(digest, r_and_s, id).ok_or(SignatureError::NoKey)?;
    Ok(PublicKey(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PrivateKey;

    const DIGEST: [u8; 32] = [7; 32];

    fn check(spoil: impl Fn(&mut [u8; 65]), want: SignatureError) {
        let mut signature = PrivateKey::from_seed("signer").sign(&DIGEST);
        spoil(&mut signature.0);
        assert_eq!(recover(&DIGEST, &signature), Err(want));
    }

    #[test]
    fn refuses_a_recovery_byte_out_of_range() {
        check(|s| s[0] = 26, SignatureError::RecoveryByte(26));
        check(|s| s[0] = 35, SignatureError::RecoveryByte(35));
        check(|s| s[0] = 0, SignatureError::RecoveryByte(0));
    }

    #[test]
    fn refuses_negative_or_padded_numbers() {
        check(|s| s[1] |= 0x80, SignatureError::NotCanonical);
        check(|s| s[33] |= 0x80, SignatureError::NotCanonical);
        check(|s| s[1..3].fill(0), SignatureError::NotCanonical);
        check(|s| s[33..35].fill(0), SignatureError::NotCanonical);
    }

    #[test]
    fn refuses_a_signature_no_key_fits() {
        check(|s| s[0] = 33, SignatureError::NoKey);
    }

    #[test]
    fn reads_the_recovery_byte_of_uncompressed_keys() {
        let key = PrivateKey::from_seed("signer");
        let mut signature = key.sign(&DIGEST);
        signature.0[0] -= 4;
        assert_eq!(recover(&DIGEST, &signature), Ok(key.public_key()));
    }

    #[test]
    fn another_digest_gives_another_key() {
        let key = PrivateKey::from_seed("signer");
        let signature = key.sign(&DIGEST);
        assert_ne!(recover(&[8; 32], &signature), Ok(key.public_key()));
    }
}
