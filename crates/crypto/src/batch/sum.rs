//! Whether a sum of many multiples of points is zero, by Pippenger's method: digits of the factors
//! put points into buckets; the points of all buckets are added pair by pair, with one division for
//! all pairs; the buckets are added up so that each counts as often as its number says.
//!
//! Never knows where points and factors come from. Takes as long as it takes.

use super::affine::{Affine, Jacobian, Slope};
use k256::FieldElement;

/// Bits of a digit, at most: buckets beyond that do not stay in a near cache.
const DIGIT_BITS_MAX: usize = 12;

/// A big-endian number as words, the least significant first.
pub(super) fn words<const COUNT: usize>(bytes: &[u8; 32]) -> [u64; COUNT] {
    let mut words = [0; COUNT];
    for (word, bytes) in words.iter_mut().zip(bytes.rchunks(8)) {
        *word = bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    }
    words
}

/// A point so many times.
pub(super) struct Term {
    point: Affine,
    /// The factor, least significant word first, with room for a carry.
    words: [u64; 5],
    /// No bit of the factor stands here or behind.
    bits: usize,
}

impl Term {
    /// A factor is big-endian.
    pub(super) fn new(point: Affine, factor: &[u8; 32]) -> Self {
        let words: [u64; 5] = words(factor);
        let last = words.iter().rposition(|word| *word != 0);
        let bits = last.map_or(0, |at| at * 64 + 64 - words[at].leading_zeros() as usize);
        Self { point, words, bits }
    }

    /// The digit at a place of so many bits each, between −2^(bits−1) and 2^(bits−1): a digit above
    /// the middle is the next multiple less something.
    fn digit(&self, place: usize, bits: usize) -> i32 {
        let first = place * bits;
        // One bit of what is below decides whether it carried.
        let Some(below) = first.checked_sub(1) else { return self.raw(0, bits, 0) };
        if below >= self.bits {
            return 0;
        }
        self.raw(first, bits, (self.words[below / 64] >> (below % 64) & 1) as i32)
    }

    fn raw(&self, first: usize, bits: usize, carry: i32) -> i32 {
        let (word, shift) = (first / 64, first % 64);
        let of = |word: usize| self.words.get(word).copied().unwrap_or_default();
        let high = if shift == 0 { 0 } else { of(word + 1) << (64 - shift) };
        let digit = ((of(word) >> shift | high) & ((1 << bits) - 1)) as i32;
        let whole = 1 << bits;
        // The highest bit counts for the next digit.
        if digit >= whole / 2 { digit - whole + carry } else { digit + carry }
    }
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
    let factor_bits = terms.iter().map(|term| term.bits).max().unwrap_or_default();
    let bits = digit_bits(terms.len(), factor_bits);
    let mut buckets = Buckets::new(1 << (bits - 1));
    let mut sum = Jacobian::INFINITY;
    for place in (0..=factor_bits / bits).rev() {
        for _ in 0..bits {
            sum = sum.doubled();
        }
        buckets.fill(terms, |term| term.digit(place, bits));
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
            self.points[*place] = if *digit < 0 { term.point.negated() } else { term.point };
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
    fn check(factor: [u8; 32]) {
        let term = Term::new(Affine::generator(), &factor);
        for bits in 2..=DIGIT_BITS_MAX {
            // Horner's rule modulo 2^320, which keeps a carry.
            let mut worth = [0_u64; 5];
            for place in (0..=term.bits / bits).rev() {
                for _ in 0..bits {
                    worth = double(worth);
                }
                let digit = term.digit(place, bits);
                assert!(digit.unsigned_abs() <= 1 << (bits - 1), "{digit} of {bits} bits");
                worth = add(worth, i64::from(digit));
            }
            assert_eq!(worth, term.words, "{bits} bits");
        }
    }

    fn double(words: [u64; 5]) -> [u64; 5] {
        std::array::from_fn(|at| words[at] << 1 | at.checked_sub(1).map_or(0, |at| words[at] >> 63))
    }

    fn add(words: [u64; 5], digit: i64) -> [u64; 5] {
        let extended = if digit < 0 { u64::MAX } else { 0 };
        let mut carry = 0_u128;
        std::array::from_fn(|at| {
            let digit = if at == 0 { digit as u64 } else { extended };
            let sum = u128::from(words[at]) + u128::from(digit) + carry;
            carry = sum >> 64;
            sum as u64
        })
    }

    #[test]
    fn digits_are_worth_their_factor() {
        check([0; 32]);
        check([0xff; 32]);
        check([0x80; 32]);
        check([0x7f; 32]);
        check(std::array::from_fn(|at| (at * 37) as u8));
        check(std::array::from_fn(|at| if at == 0 { 0x80 } else { 0 }));
        check(std::array::from_fn(|at| if at < 16 { 0 } else { 0xff }));
    }
}
