//! The arithmetic of secp256k1: numbers below the order, points, and their bytes.
//!
//! Invariant: bytes become a number or a point only if they are its one canonical form, or are
//! reduced by name. Never knows what numbers and points stand for.

use std::sync::LazyLock;

use k256::elliptic_curve::PrimeField;
use k256::elliptic_curve::group::Curve;
use k256::elliptic_curve::ops::Reduce;
use k256::elliptic_curve::sec1::{FromEncodedPoint, ToEncodedPoint};
use k256::{AffinePoint, EncodedPoint, U256};

use crate::backend::FastPoint;

pub(crate) use k256::{ProjectivePoint as Point, Scalar};

/// The second generator of commitments, to which nobody knows the first one's factor. It is the
/// one of secp256k1-zkp as of May 2015; later versions of that library have another.
static SECOND_GENERATOR: LazyLock<Point> = LazyLock::new(|| {
    let mut bytes = [2; 33];
    bytes[1..].copy_from_slice(&[
        0x50, 0x92, 0x9b, 0x74, 0xc1, 0xa0, 0x49, 0x54, 0xb7, 0x8b, 0x4b, 0x60, 0x35, 0xe9, 0x7a,
        0x5e, 0x07, 0x8a, 0x5a, 0x0f, 0x28, 0xec, 0x96, 0xd5, 0x47, 0xbf, 0xee, 0x9a, 0xce, 0x80,
        0x3a, 0xc0,
    ]);
    point(&bytes).expect("the second generator is on the curve")
});

/// The number written in `bytes`, big-endian, unless it is not below the order of the curve.
pub(crate) fn scalar(bytes: &[u8; 32]) -> Option<Scalar> {
    Scalar::from_repr((*bytes).into()).into()
}

/// As `scalar`, and zero is refused too.
pub(crate) fn nonzero_scalar(bytes: &[u8; 32]) -> Option<Scalar> {
    scalar(bytes).filter(|number| !is_zero(number))
}

/// The number written in `bytes`, big-endian, modulo the order of the curve.
pub(crate) fn scalar_reduced(bytes: &[u8; 32]) -> Scalar {
    <Scalar as Reduce<U256>>::reduce_bytes(&(*bytes).into())
}

/// The big-endian bytes of a number.
pub(crate) fn scalar_bytes(number: &Scalar) -> [u8; 32] {
    number.to_bytes().into()
}

/// Whether a number is zero.
pub(crate) fn is_zero(number: &Scalar) -> bool {
    number.is_zero().into()
}

/// One divided by a number; there is no such thing for zero.
pub(crate) fn inverse(number: &Scalar) -> Option<Scalar> {
    number.invert().into()
}

/// The point whose compressed form is `bytes`: 2 or 3, then x.
pub(crate) fn point(bytes: &[u8; 33]) -> Option<Point> {
    if !matches!(bytes[0], 2 | 3) {
        return None;
    }
    let encoded = EncodedPoint::from_bytes(bytes).ok()?;
    let affine: Option<AffinePoint> = AffinePoint::from_encoded_point(&encoded).into();
    affine.map(Point::from)
}

/// The compressed form of a point; the point at infinity has none.
pub(crate) fn point_bytes(point: &Point) -> Option<[u8; 33]> {
    point.to_affine().to_encoded_point(true).as_bytes().try_into().ok()
}

/// Whether a point is the one at infinity, the zero of points.
pub(crate) fn is_infinity(point: &Point) -> bool {
    *point == Point::IDENTITY
}

/// A multiple of the first generator.
pub(crate) fn times_generator(factor: &Scalar) -> Point {
    Point::GENERATOR * factor
}

/// A multiple of the second generator.
pub(crate) fn times_second_generator(factor: u64) -> Point {
    // Most sums have no public part, and a multiplication costs more than all else of them.
    if factor == 0 {
        return Point::IDENTITY;
    }
    *SECOND_GENERATOR * Scalar::from(factor)
}

/// The uncompressed form of a point; the point at infinity has none.
#[cfg(any(test, not(feature = "libsecp256k1")))]
pub(crate) fn uncompressed_bytes(point: &Point) -> Option<[u8; 65]> {
    point.to_affine().to_encoded_point(false).as_bytes().try_into().ok()
}

/// A point that is not the one at infinity, in the form in which multiples are found fastest.
#[derive(Clone, Copy)]
pub(crate) struct FinitePoint(FastPoint);

impl FinitePoint {
    /// The same points, unless one of them is the one at infinity.
    pub fn all(points: &[Point]) -> Option<Vec<Self>> {
        let mut affine = vec![AffinePoint::IDENTITY; points.len()];
        Point::batch_normalize(points, &mut affine);
        affine.iter().map(Self::of_affine).collect()
    }

    fn of_affine(point: &AffinePoint) -> Option<Self> {
        FastPoint::new(point.to_encoded_point(false).as_bytes()).map(Self)
    }

    /// The compressed form of `factor` times this point plus `generator_factor` times the first
    /// generator. Zero factors and the point at infinity are refused.
    pub fn combine(&self, factor: &Scalar, generator_factor: &Scalar) -> Option<[u8; 33]> {
        self.0.combine(factor, generator_factor)
    }
}
