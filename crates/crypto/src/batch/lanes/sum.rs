//! Whether a sum of many multiples of points is zero, by Pippenger's method in eight lanes: each
//! lane has a place of the factors' digits, and buckets of its own, so that a point goes to the
//! buckets of eight places at once and no two lanes ever meet.
//!
//! Never knows where points and factors come from. Takes as long as it takes.

use super::field::{Field8, LANES};
use super::point::{Point8, Row};
use crate::batch::term::Term;

/// Bits of a digit.
const DIGIT_BITS: usize = 8;
/// Digits of a factor.
const DIGITS: usize = 16;
/// The last digit that is of the factor and not of the next place less something.
const MIDDLE: i16 = 128;
/// Buckets of a lane; the first is for digits that are 0, and counts for nothing.
const BUCKETS: usize = (Term::FACTOR_MAX >> (128 - DIGIT_BITS)) as usize + 2;

/// The digits of a factor, least significant first: from −127 to 128, but the last, which has no
/// place above it, from 0 to what the highest of all factors has, and one.
fn digits(factor: u128) -> [i16; DIGITS] {
    let mut carry = 0;
    let mut digits = factor.to_le_bytes().map(|byte| {
        let digit = i16::from(byte) + carry;
        carry = i16::from(digit > MIDDLE);
        digit - (carry << DIGIT_BITS)
    });
    digits[DIGITS - 1] += carry << DIGIT_BITS;
    digits
}

fn bucket_of(digit: i16) -> usize {
    usize::from(digit.unsigned_abs())
}

/// Buckets of the same number stand together, a row for each lane.
struct Buckets(Vec<[Row; LANES]>);

impl Buckets {
    #[target_feature(enable = "avx512f")]
    fn new() -> Self {
        Self(vec![Point8::infinity().rows(); BUCKETS])
    }

    /// Adds the point of these coordinates to the bucket of each lane's digit, its opposite if the
    /// digit is negative.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn add(&mut self, x: &Field8, y: &[Field8; 2], digits: &[i16]) {
        let Self(buckets) = self;
        let rows = std::array::from_fn(|lane| buckets[bucket_of(digits[lane])][lane]);
        let negative = digits.iter().rev().fold(0, |mask, digit| mask << 1 | u8::from(*digit < 0));
        let sum = Point8::gathered(&rows).plus_affine(x, &y[0].or(&y[1], negative));
        for ((lane, digit), row) in digits.iter().enumerate().zip(sum.rows()) {
            buckets[bucket_of(*digit)][lane] = row;
        }
    }

    /// The sum of the buckets of each lane, each as often as its number says.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn weighted_sum(&self) -> Point8 {
        let (mut above, mut sum) = (Point8::infinity(), Point8::infinity());
        for rows in self.0[1..].iter().rev() {
            above = above.plus(&Point8::gathered(rows));
            sum = sum.plus(&above);
        }
        sum
    }
}

/// Whether the terms add up to the point at infinity.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn is_zero(terms: &[Term]) -> bool {
    let (mut lower, mut upper) = (Buckets::new(), Buckets::new());
    for term in terms {
        let [x, y] = term.point().limbs().map(|limbs| Field8::same(&limbs));
        let y = [y, Field8::zero().minus(&y)];
        let digits = digits(term.factor());
        let (low, high) = digits.split_at(LANES);
        lower.add(&x, &y, low);
        upper.add(&x, &y, high);
    }
    // What a lane holds is worth 2^8 times what the lane below it holds.
    let upper = upper.weighted_sum().doubled(DIGIT_BITS * 8);
    let mut sum = lower.weighted_sum().plus(&upper);
    sum = sum.plus(&sum.lanes_from::<4>().doubled(DIGIT_BITS * 4));
    sum = sum.plus(&sum.lanes_from::<2>().doubled(DIGIT_BITS * 2));
    sum = sum.plus(&sum.lanes_from::<1>().doubled(DIGIT_BITS));
    sum.infinities() & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_worth_their_factor() {
        let sevens = u128::from_le_bytes([0x80; 16]) >> 1;
        for factor in [0, 1, 127, 128, 129, 255, 256, u128::MAX >> 1, sevens, Term::FACTOR_MAX] {
            let digits = digits(factor);
            let worth = digits.iter().rev().fold(0_u128, |worth, digit| {
                (worth << DIGIT_BITS).wrapping_add_signed(i128::from(*digit))
            });
            assert_eq!(worth, factor);
            assert!(digits.iter().all(|digit| usize::from(digit.unsigned_abs()) < BUCKETS));
        }
    }
}
