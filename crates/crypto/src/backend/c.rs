//! The operations by libsecp256k1.

use crate::curve::{Scalar as Number, scalar_bytes};
use secp256k1::ecdsa::{RecoverableSignature, RecoveryId};
use secp256k1::{Message, PublicKey, SECP256K1, Scalar, SecretKey};

/// Whether a number can be a secret: above zero and below the order.
pub(crate) fn is_secret(number: &[u8; 32]) -> bool {
    SecretKey::from_byte_array(*number).is_ok()
}

/// The public key of a secret.
pub(crate) fn public_key(secret: &[u8; 32]) -> [u8; 33] {
    let key = SecretKey::from_byte_array(*secret).expect("a secret was looked at when it was made");
    key.public_key(SECP256K1).serialize()
}

/// The uncompressed form of a point, if the bytes are one.
pub(crate) fn uncompressed(point: &[u8; 33]) -> Option<[u8; 65]> {
    PublicKey::from_slice(point).ok().map(|point| point.serialize_uncompressed())
}

/// A point times a number; zero and numbers not below the order are refused.
pub(crate) fn multiply(point: &[u8; 33], number: &[u8; 32]) -> Option<[u8; 33]> {
    let number = SecretKey::from_byte_array(*number).ok()?;
    let product = PublicKey::from_slice(point).ok()?.mul_tweak(SECP256K1, &number.into());
    product.ok().map(|product| product.serialize())
}

/// A point and `number` times the generator together; numbers not below the order are refused.
pub(crate) fn add_multiple(point: &[u8; 33], number: &[u8; 32]) -> Option<[u8; 33]> {
    let number = Scalar::from_be_bytes(*number).ok()?;
    let sum = PublicKey::from_slice(point).ok()?.add_exp_tweak(SECP256K1, &number);
    sum.ok().map(|sum| sum.serialize())
}

/// The key that signed `digest`, from r and s and which of four it is.
pub(crate) fn recover(digest: &[u8; 32], r_and_s: &[u8; 64], id: u8) -> Option<[u8; 33]> {
    let id = RecoveryId::from_u8_masked(id);
    let compact = RecoverableSignature::from_compact(r_and_s, id).ok()?;
    let key = SECP256K1.recover_ecdsa(Message::from_digest(*digest), &compact).ok()?;
    Some(key.serialize())
}

/// A point in the form in which multiples are found fastest.
#[derive(Clone, Copy)]
pub(crate) struct FastPoint(PublicKey);

impl FastPoint {
    /// From the uncompressed form.
    pub(crate) fn new(uncompressed: &[u8]) -> Option<Self> {
        PublicKey::from_slice(uncompressed).ok().map(Self)
    }

    /// The compressed form of `factor` times this point plus `generator_factor` times the
    /// generator. Zero factors and the point at infinity are refused.
    pub(crate) fn combine(&self, factor: &Number, generator_factor: &Number) -> Option<[u8; 33]> {
        let generator_factor = SecretKey::from_byte_array(scalar_bytes(generator_factor)).ok()?;
        let factor = SecretKey::from_byte_array(scalar_bytes(factor)).ok()?;
        let multiple = self.0.mul_tweak(SECP256K1, &factor.into()).ok()?;
        let sum = multiple.combine(&generator_factor.public_key(SECP256K1)).ok()?;
        Some(sum.serialize())
    }
}

/// Verifies r and s with the library; the number that recovers the key of `secret`.
#[cfg(test)]
pub(crate) fn sign_again(secret: &[u8; 32], digest: &[u8; 32], r_and_s: &[u8; 64]) -> Option<u8> {
    let key = PublicKey::from_slice(&public_key(secret)).ok()?;
    let signature = secp256k1::ecdsa::Signature::from_compact(r_and_s).ok()?;
    SECP256K1.verify_ecdsa(Message::from_digest(*digest), &signature, &key).ok()?;
    (0..4).find(|id| recover(digest, r_and_s, *id) == Some(key.serialize()))
}
