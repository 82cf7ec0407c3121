//! A factor of 256 bits as two of 128: the curve has a number λ whose multiple of any point costs
//! one product, λ(x, y) = (βx, y), so kP = k₁P + k₂(λP) with k₁ + k₂λ = k.
//!
//! Source: Gallant, Lambert and Vanstone, "Faster Point Multiplication on Elliptic Curves with
//! Efficient Endomorphisms" (2001); the constants are those that every library of this curve has.
//!
//! Invariant: the halves add up to the factor whatever k₂ is; only how short they are hangs on the
//! constants.

use super::affine::{Affine, words};
use super::term::Term;
use crate::curve::{self, Scalar};
use k256::FieldElement;
use k256::elliptic_curve::scalar::IsHigh;
use std::sync::LazyLock;

/// A number by its hexadecimal digits.
fn bytes(hex: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    hex::decode_to_slice(hex, &mut bytes).expect("64 hexadecimal digits");
    bytes
}

struct Constants {
    lambda: Scalar,
    beta: FieldElement,
    /// −b₁ and −b₂ of the short vectors (a₁, b₁) and (a₂, b₂) with a + bλ = 0.
    minus_b: [Scalar; 2],
    /// b₂ and −b₁, times 2^384, divided by the order; least significant word first.
    shares: [[u64; 4]; 2],
}

static CONSTANTS: LazyLock<Constants> = LazyLock::new(|| {
    let scalar = |hex| curve::scalar_reduced(&bytes(hex));
    let beta = bytes("7ae96a2b657c07106e64479eac3434e99cf0497512f58995c1396c28719501ee");
    Constants {
        lambda: scalar("5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72"),
        beta: Option::from(FieldElement::from_bytes(&beta.into())).expect("below the prime"),
        minus_b: [
            scalar("00000000000000000000000000000000e4437ed6010e88286f547fa90abfe4c3"),
            scalar("fffffffffffffffffffffffffffffffe8a280ac50774346dd765cda83db1562c"),
        ],
        shares: [
            words(&bytes("3086d221a7d46bcde86c90e49284eb153daa8a1471e8ca7fe893209a45dbb031")),
            words(&bytes("e4437ed6010e88286f547fa90abfe4c4221208ac9df506c61571b4ae8ac47f71")),
        ],
    }
});

/// The product divided by 2^384, rounded.
fn share(left: &[u64; 4], right: &[u64; 4]) -> u128 {
    let mut product = [0_u64; 8];
    for (at, left) in left.iter().enumerate() {
        let mut carry = 0;
        for (right, sum) in right.iter().zip(&mut product[at..]) {
            let more = u128::from(*left) * u128::from(*right) + u128::from(*sum) + carry;
            (*sum, carry) = (more as u64, more >> 64);
        }
        product[at + 4] = carry as u64;
    }
    let [.., below, low, high] = product;
    (u128::from(high) << 64 | u128::from(low)) + u128::from(below >> 63)
}

/// k₁ and k₂.
fn split(factor: &Scalar) -> [Scalar; 2] {
    let Constants { lambda, minus_b, shares, .. } = &*CONSTANTS;
    let factor_words = words(&curve::scalar_bytes(factor));
    let [first, second] = shares.map(|of| Scalar::from(share(&factor_words, &of)));
    let half = first * minus_b[0] + second * minus_b[1];
    [*factor - half * lambda, half]
}

/// A point so many times, as two terms with short factors.
pub(super) fn terms(point: Affine, factor: &Scalar) -> Option<[Term; 2]> {
    let [first, second] = split(factor);
    Some([term(point, first)?, term(point.with_x_times(&CONSTANTS.beta), second)?])
}

/// A factor just below the order is a short one of the opposite point.
fn term(point: Affine, factor: Scalar) -> Option<Term> {
    match bool::from(factor.is_high()) {
        true => Term::new(point.negated(), short(&-factor)?),
        false => Term::new(point, short(&factor)?),
    }
}

/// The factor, if its upper half is empty.
fn short(factor: &Scalar) -> Option<u128> {
    let [low, high, 0, 0] = words(&curve::scalar_bytes(factor)) else { return None };
    Some(u128::from(high) << 64 | u128::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::times_generator;
    use crate::hash::sha256;

    #[test]
    fn halves_are_short_and_add_up() {
        let last = -Scalar::ONE;
        let others = (0..1_000_u32).map(|n| curve::scalar_reduced(&sha256(&n.to_le_bytes())));
        for factor in [Scalar::ZERO, Scalar::ONE, last].into_iter().chain(others) {
            let [first, second] = split(&factor);
            assert_eq!(first + second * CONSTANTS.lambda, factor);
            for half in [first, second] {
                assert!(term(Affine::generator(), half).is_some(), "{half:?}");
            }
        }
    }

    #[test]
    fn lambda_times_a_point_is_the_point_with_another_x() {
        let lambda = times_generator(&CONSTANTS.lambda);
        let want = curve::point_bytes(&lambda).unwrap();
        let got = Affine::generator().with_x_times(&CONSTANTS.beta);
        assert_eq!(got.x_bytes(), want[1..]);
    }
}
