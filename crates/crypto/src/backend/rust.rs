//! The operations in Rust, by `k256`.

#![cfg_attr(test, allow(dead_code))]

use crate::curve::{
    Point, Scalar, is_zero, nonzero_scalar, point, point_bytes, scalar, scalar_reduced,
    times_generator, uncompressed_bytes,
};

/// Whether a number can be a secret: above zero and below the order.
pub(crate) fn is_secret(number: &[u8; 32]) -> bool {
    nonzero_scalar(number).is_some()
}

/// The public key of a secret.
pub(crate) fn public_key(secret: &[u8; 32]) -> [u8; 33] {
    let point = times_generator(&scalar_reduced(secret));
    point_bytes(&point).expect("a secret was looked at when it was made")
}

/// The uncompressed form of a point, if the bytes are one.
pub(crate) fn uncompressed(bytes: &[u8; 33]) -> Option<[u8; 65]> {
    point(bytes).and_then(|point| uncompressed_bytes(&point))
}

/// A point times a number; zero and numbers not below the order are refused.
pub(crate) fn multiply(bytes: &[u8; 33], number: &[u8; 32]) -> Option<[u8; 33]> {
    point_bytes(&(point(bytes)? * nonzero_scalar(number)?))
}

/// A point and `number` times the generator together; numbers not below the order are refused.
pub(crate) fn add_multiple(bytes: &[u8; 33], number: &[u8; 32]) -> Option<[u8; 33]> {
    point_bytes(&(point(bytes)? + times_generator(&scalar(number)?)))
}

/// The order of the curve as bytes, big-endian: what is added to r when `id` says so.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
    0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];

/// The sum of two numbers of 32 bytes, none above 2^256 - 1.
fn sum(a: &[u8; 32], b: &[u8; 32]) -> Option<[u8; 32]> {
    let (mut sum, mut carry) = ([0; 32], 0_u16);
    for at in (0..32).rev() {
        carry += u16::from(a[at]) + u16::from(b[at]);
        sum[at] = carry as u8;
        carry >>= 8;
    }
    (carry == 0).then_some(sum)
}

/// The key that signed `digest`, from r and s and which of four it is.
pub(crate) fn recover(digest: &[u8; 32], r_and_s: &[u8; 64], id: u8) -> Option<[u8; 33]> {
    let (r_bytes, s_bytes): ([u8; 32], [u8; 32]) =
        (r_and_s[..32].try_into().ok()?, r_and_s[32..].try_into().ok()?);
    let (r, s) = (nonzero_scalar(&r_bytes)?, nonzero_scalar(&s_bytes)?);
    let x = if id & 2 == 0 { r_bytes } else { sum(&r_bytes, &ORDER)? };
    let mut nonce_point = [2 + (id & 1); 33];
    nonce_point[1..].copy_from_slice(&x);
    let nonce_point = point(&nonce_point)?;
    let inverse: Option<Scalar> = r.invert().into();
    let inverse = inverse?;
    let key = nonce_point * (s * inverse) - times_generator(&(scalar_reduced(digest) * inverse));
    point_bytes(&key)
}

/// A point in the form in which multiples are found.
#[derive(Clone, Copy)]
pub(crate) struct FastPoint(Point);

impl FastPoint {
    /// From the uncompressed form.
    pub(crate) fn new(uncompressed: &[u8]) -> Option<Self> {
        let x: &[u8] = uncompressed.get(1..33)?;
        let mut bytes = [2 + (uncompressed.last()? & 1); 33];
        bytes[1..].copy_from_slice(x);
        point(&bytes).map(Self)
    }

    /// The compressed form of `factor` times this point plus `generator_factor` times the
    /// generator. Zero factors and the point at infinity are refused.
    pub(crate) fn combine(&self, factor: &Scalar, generator_factor: &Scalar) -> Option<[u8; 33]> {
        if is_zero(factor) || is_zero(generator_factor) {
            return None;
        }
        point_bytes(&(self.0 * factor + times_generator(generator_factor)))
    }
}
