//! Whether a sum of many multiples of points is zero, by Pippenger's method: digits of the factors
//! put points into buckets; the points of all buckets are added pair by pair, with one division for
//! all pairs; the buckets are added up so that each counts as often as its number says.
//!
//! Never knows where points and factors come from. Takes as long as it takes.

use super::affine::{Affine, Jacobian, Slope};
use super::term::Term;
use k256::FieldElement;

/// Bits of a digit, at most: buckets beyond that do not stay in a near cache.
const DIGIT_BITS_MAX: usize = 12;

/// The digit of a factor at a place of so many bits each, between −2^(bits−1) and 2^(bits−1): a
/// digit above the middle is the next multiple less something.
fn digit(factor: u128, place: usize, bits: usize) -> i32 {
    let first = place * bits;
    let from = |bit: usize| u32::try_from(bit).ok().and_then(|bit| factor.checked_shr(bit));
    // One bit of what is below decides whether it carried.
    let below = first.checked_sub(1).and_then(from).unwrap_or_default();
    let (whole, carry) = (1 << bits, (below & 1) as i32);
    let digit = (from(first).unwrap_or_default() & (whole - 1)) as i32;
    // The highest bit counts for the next digit.
    if digit >= whole as i32 / 2 { digit - whole as i32 + carry } else { digit + carry }
}

/// How many bits a digit has that makes the sum of so many points cheapest: with each bit buckets
/// double, while points are looked at less often.
fn digit_bits(count: usize, factor_bits: usize) -> usize {
    let cost = |bits: &usize| {
        let buckets = 1 << (bits - 1);
        // Adding a bucket to two sums costs what adding four points does, and the divisions for
        // the pairs what a hundred do.
        (factor_bits / bits + 1) * (count + 4 * buckets + 100)
    };
    (2..=DIGIT_BITS_MAX).min_by_key(cost).unwrap_or(DIGIT_BITS_MAX)
}

/// Whether the terms add up to the point at infinity.
pub(super) fn is_zero(terms: &[Term]) -> bool {
    let all_bits = terms.iter().fold(0, |bits, term| bits | term.factor());
    let factor_bits = (u128::BITS - all_bits.leading_zeros()) as usize;
    let bits = digit_bits(terms.len(), factor_bits);
    let mut buckets = Buckets::new(1 << (bits - 1));
    let mut sum = Jacobian::INFINITY;
    for place in (0..=factor_bits / bits).rev() {
        for _ in 0..bits {
            sum = sum.doubled();
        }
        buckets.fill(terms, |term| digit(term.factor(), place, bits));
        buckets.add_pairs();
        sum = sum.plus(&buckets.weighted_sum());
    }
    sum.is_infinity()
}

/// Points by the digits of their factors.
struct Buckets {
    /// Where the points of each bucket end in `points`; they begin where those before end.
    ends: Vec<usize>,
    points: Vec<Affine>,
    /// Room for one round of pairs.
    next: Vec<Affine>,
    slopes: Vec<Slope>,
    products: Vec<FieldElement>,
    digits: Vec<i32>,
}

impl Buckets {
    fn new(count: usize) -> Self {
        Self {
            ends: vec![0; count],
            points: Vec::new(),
            next: Vec::new(),
            slopes: Vec::new(),
            products: Vec::new(),
            digits: Vec::new(),
        }
    }

    /// Puts every point whose digit is not zero into the bucket of the digit, its opposite if the
    /// digit is negative.
    fn fill(&mut self, terms: &[Term], digit: impl Fn(&Term) -> i32) {
        self.digits.clear();
        self.digits.extend(terms.iter().map(digit));
        self.ends.fill(0);
        for digit in self.digits.iter().filter(|digit| **digit != 0) {
            self.ends[bucket_of(*digit)] += 1;
        }
        let mut all = 0;
        for end in &mut self.ends {
            // Where the bucket begins, for now: each point that comes moves it.
            (*end, all) = (all, all + *end);
        }
        self.points.clear();
        self.points.resize(all, Affine::generator());
        for (term, digit) in terms.iter().zip(&self.digits).filter(|(_, digit)| **digit != 0) {
            let place = &mut self.ends[bucket_of(*digit)];
            self.points[*place] = if *digit < 0 { term.point().negated() } else { *term.point() };
            *place += 1;
        }
    }

    /// Adds up the points of each bucket, until none has two.
    fn add_pairs(&mut self) {
        while !self.points.is_empty() && self.find_slopes() {
            invert(&self.slopes, &mut self.products);
            self.next.clear();
            let (mut start, mut pair) = (0, 0);
            for end in &mut self.ends {
                for two in self.points[start..*end].chunks(2) {
                    let [left, right] = two else {
                        self.next.extend_from_slice(two);
                        continue;
                    };
                    let sum = left.plus(right, &self.slopes[pair], &self.products[pair]);
                    self.next.extend(sum);
                    pair += 1;
                }
                start = *end;
                *end = self.next.len();
            }
            std::mem::swap(&mut self.points, &mut self.next);
        }
    }

    /// How the pairs of all buckets are to be added; false if there is none.
    fn find_slopes(&mut self) -> bool {
        self.slopes.clear();
        let mut start = 0;
        for end in &self.ends {
            let pairs = self.points[start..*end].chunks_exact(2);
            self.slopes.extend(pairs.map(|two| two[0].slope_to(&two[1])));
            start = *end;
        }
        !self.slopes.is_empty()
    }

    /// The sum of the buckets, each as often as its number says, the first of them once.
    fn weighted_sum(&self) -> Jacobian {
        let (mut above, mut sum) = (Jacobian::INFINITY, Jacobian::INFINITY);
        for (number, end) in self.ends.iter().enumerate().rev() {
            let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
            if let Some(point) = self.points[start..*end].first() {
                above = above.plus_affine(point);
            }
            sum = sum.plus(&above);
        }
        sum
    }
}

fn bucket_of(digit: i32) -> usize {
    digit.unsigned_abs() as usize - 1
}

/// 1 divided by each run, with one division; anything where there is none.
fn invert(slopes: &[Slope], inverses: &mut Vec<FieldElement>) {
    inverses.clear();
    let mut product = FieldElement::ONE;
    for slope in slopes {
        inverses.push(product);
        product = slope.run().map_or(product, |run| product * run);
    }
    let mut rest = product.invert().unwrap_or(FieldElement::ONE);
    for (slope, before) in slopes.iter().zip(inverses).rev() {
        let Some(run) = slope.run() else { continue };
        *before *= rest;
        rest *= run;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The digits of a factor are worth the factor.
    fn check(factor: u128) {
        for bits in 2..=DIGIT_BITS_MAX {
            let digits = (0..=128 / bits).rev().map(|place| digit(factor, place, bits));
            let worth = digits.fold(0_u128, |worth, digit| {
                assert!(digit.unsigned_abs() <= 1 << (bits - 1), "{digit} of {bits} bits");
                (worth << bits).wrapping_add_signed(i128::from(digit))
            });
            assert_eq!(worth, factor, "{bits} bits");
        }
    }

    #[test]
    fn digits_are_worth_their_factor() {
        for byte in [0, 1, 0x7f, 0x80, 0xff] {
            check(u128::from_le_bytes([byte; 16]));
        }
        check(u128::from_le_bytes(std::array::from_fn(|at| (at * 37) as u8)));
        check(1 << 127);
        check(Term::FACTOR_MAX);
    }
}
