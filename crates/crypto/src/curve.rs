//! The arithmetic of secp256k1: numbers below the order, and their bytes.
//!
//! Invariant: bytes become a number only if it is below the order, or are reduced by name.

use k256::elliptic_curve::PrimeField;
use k256::elliptic_curve::ops::Reduce;
use k256::{Scalar, U256};

/// The number written in `bytes`, big-endian, unless it is not below the order of the curve.
pub(crate) fn scalar(bytes: &[u8; 32]) -> Option<Scalar> {
    Scalar::from_repr((*bytes).into()).into()
}

/// The number written in `bytes`, big-endian, modulo the order of the curve.
pub(crate) fn scalar_reduced(bytes: &[u8; 32]) -> Scalar {
    <Scalar as Reduce<U256>>::reduce_bytes(&(*bytes).into())
}

/// The big-endian bytes of a number.
pub(crate) fn scalar_bytes(number: &Scalar) -> [u8; 32] {
    number.to_bytes().into()
}
