//! Eight numbers of the field side by side, one in each lane of the registers of AVX-512.
//!
//! The prime is 2^256 − C. A number is five limbs of 52 bits, least significant first, which is
//! what the instructions of IFMA multiply: `madd52lo` and `madd52hi` add the lower and the upper
//! 52 bits of a product of 52 bits by 52 to what is there.
//!
//! Invariant of [`Field8`]: each lane of the limbs 0 to 3 is below 2^52, that of limb 4 below 2^51;
//! so a number is below 2^259, and need not be below the prime. What a product or `scaled` gives is
//! "slim": below 2^256 + 2^216. Each function says what it takes and gives. Never knows what the
//! numbers stand for.

use crate::batch::affine::Limbs;
use std::arch::x86_64::{
    __m512i, _mm_extract_epi64, _mm512_add_epi64, _mm512_and_si512, _mm512_cmpeq_epi64_mask,
    _mm512_extracti64x2_epi64, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64,
    _mm512_mask_blend_epi64, _mm512_or_si512, _mm512_set_epi64, _mm512_set1_epi64,
    _mm512_setzero_si512, _mm512_slli_epi64, _mm512_srai_epi64, _mm512_srli_epi64,
    _mm512_sub_epi64, _mm512_test_epi64_mask,
};

/// Numbers beside each other.
pub(super) const LANES: usize = 8;
/// Limbs of a number.
pub(super) const LIMBS: usize = 5;

const LIMB_BITS: u32 = 52;
const LIMB: i64 = (1 << LIMB_BITS) - 1;
/// Bits of the last limb that are below 2^256.
const LAST_BITS: u32 = 48;
const LAST: i64 = (1 << LAST_BITS) - 1;
/// 2^256 modulo the prime.
const C: i64 = 0x1_0000_03d1;
/// 2^260 modulo the prime.
const D: i64 = C << 4;
/// The prime's limbs.
const PRIME: [i64; LIMBS] = [LIMB - (C - 1), LIMB, LIMB, LIMB, LAST];

/// Eight numbers.
#[derive(Clone, Copy)]
pub(super) struct Field8([__m512i; LIMBS]);

/// Eight sums of products that are not reduced yet: of two products at most.
#[derive(Clone, Copy)]
pub(super) struct Products([__m512i; 2 * LIMBS]);

#[inline]
#[target_feature(enable = "avx512f")]
fn all(value: i64) -> __m512i {
    _mm512_set1_epi64(value)
}

/// The eight values of a register, lane 0 first.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn lanes(register: __m512i) -> [u64; LANES] {
    let pairs = [
        _mm512_extracti64x2_epi64::<0>(register),
        _mm512_extracti64x2_epi64::<1>(register),
        _mm512_extracti64x2_epi64::<2>(register),
        _mm512_extracti64x2_epi64::<3>(register),
    ];
    let mut values = [0; LANES];
    for (two, pair) in values.chunks_exact_mut(2).zip(pairs) {
        two[0] = _mm_extract_epi64::<0>(pair) as u64;
        two[1] = _mm_extract_epi64::<1>(pair) as u64;
    }
    values
}

impl Field8 {
    /// The same number in every lane, with limbs below 2^52 and the last below 2^48.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn same(limbs: &Limbs) -> Self {
        let mut registers = [_mm512_setzero_si512(); LIMBS];
        for (register, limb) in registers.iter_mut().zip(limbs) {
            *register = all(*limb as i64);
        }
        Self(registers)
    }

    /// 0 in every lane.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn zero() -> Self {
        Self::same(&[0; LIMBS])
    }

    /// 1 in every lane.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn one() -> Self {
        Self::same(&[1, 0, 0, 0, 0])
    }

    /// A number for each lane, as in `same`.
    #[target_feature(enable = "avx512f")]
    pub(super) fn of(numbers: &[Limbs; LANES]) -> Self {
        let mut registers = [_mm512_setzero_si512(); LIMBS];
        for (limb, register) in registers.iter_mut().enumerate() {
            let [a, b, c, d, e, f, g, h] = numbers.map(|number| number[limb] as i64);
            *register = _mm512_set_epi64(h, g, f, e, d, c, b, a);
        }
        Self(registers)
    }

    /// The number in each lane, as it is.
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn numbers(&self) -> [Limbs; LANES] {
        let mut numbers = [[0; LIMBS]; LANES];
        for (limb, register) in self.0.iter().enumerate() {
            for (number, value) in numbers.iter_mut().zip(lanes(*register)) {
                number[limb] = value;
            }
        }
        numbers
    }

    /// Its limbs, to be put away.
    #[inline]
    pub(super) fn into_limbs(self) -> [__m512i; LIMBS] {
        self.0
    }

    /// What was put away.
    #[inline]
    pub(super) fn from_limbs(limbs: [__m512i; LIMBS]) -> Self {
        Self(limbs)
    }

    /// The product.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn times(&self, other: &Self) -> Self {
        Products::of(self, other).reduced()
    }

    /// The product with itself.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn squared(&self) -> Self {
        Products::square(self).reduced()
    }

    /// The sum; of numbers that are slim or up to three times as much.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn plus(&self, other: &Self) -> Self {
        let mut limbs = self.0;
        for (limb, other) in limbs.iter_mut().zip(other.0) {
            *limb = _mm512_add_epi64(*limb, other);
        }
        Self(carried(limbs))
    }

    /// The difference of a slim number, or up to three times as much, with a slim one.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn minus(&self, other: &Self) -> Self {
        let mut limbs = self.0;
        for ((limb, other), prime) in limbs.iter_mut().zip(other.0).zip(PRIME) {
            // Twice the prime, so that the whole is not negative; limbs may be.
            *limb = _mm512_sub_epi64(_mm512_add_epi64(*limb, all(prime << 1)), other);
        }
        Self(carried(limbs))
    }

    /// So many times a slim number, up to 2^8 times; slim again.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn scaled(&self, by: i64) -> Self {
        let mut sums = [_mm512_setzero_si512(); LIMBS + 1];
        for (at, limb) in self.0.iter().enumerate() {
            sums[at] = _mm512_madd52lo_epu64(sums[at], *limb, all(by));
            sums[at + 1] = _mm512_madd52hi_epu64(sums[at + 1], *limb, all(by));
        }
        let [limbs @ .., above] = sums;
        Self(folded(limbs, above))
    }

    /// The same number modulo the prime, slim.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn slim(&self) -> Self {
        Self(folded(self.0, _mm512_setzero_si512()))
    }

    /// The number below the prime that it is modulo the prime; of a slim one.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn canonical(&self) -> Self {
        // Below 2^256 first: what is not is so little above that it does not come there again.
        let Self(below) = self.slim();
        // A number is not below the prime if C more is not below 2^256, and then that less 2^256
        // is the number less the prime.
        let mut more = below;
        more[0] = _mm512_add_epi64(more[0], all(C));
        let mut more = carried(more);
        let reaches = _mm512_test_epi64_mask(more[LIMBS - 1], all(!LAST));
        more[LIMBS - 1] = _mm512_and_si512(more[LIMBS - 1], all(LAST));
        Self(below).or(&Self(more), reaches)
    }

    /// The other number in the lanes of the mask.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn or(&self, other: &Self, mask: u8) -> Self {
        let mut limbs = self.0;
        for (limb, other) in limbs.iter_mut().zip(other.0) {
            *limb = _mm512_mask_blend_epi64(mask, *limb, other);
        }
        Self(limbs)
    }

    /// The lanes in which a canonical number is odd.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn odd(&self) -> u8 {
        _mm512_test_epi64_mask(self.0[0], all(1))
    }

    /// The lanes in which a canonical number is zero.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn zeros(&self) -> u8 {
        let [first, rest @ ..] = self.0;
        let mut any = first;
        for limb in rest {
            any = _mm512_or_si512(any, limb);
        }
        _mm512_cmpeq_epi64_mask(any, _mm512_setzero_si512())
    }
}

/// Carries from limb to limb. The limbs may be negative, the whole number may not.
#[inline]
#[target_feature(enable = "avx512f")]
fn carried(mut limbs: [__m512i; LIMBS]) -> [__m512i; LIMBS] {
    for at in 1..LIMBS {
        let carry = _mm512_srai_epi64::<LIMB_BITS>(limbs[at - 1]);
        limbs[at - 1] = _mm512_and_si512(limbs[at - 1], all(LIMB));
        limbs[at] = _mm512_add_epi64(limbs[at], carry);
    }
    limbs
}

/// Limbs below 2^59 and, below 2^47, what is worth 2^260 each, as a slim number.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn folded(mut limbs: [__m512i; LIMBS], above: __m512i) -> [__m512i; LIMBS] {
    const ABOVE: u32 = LIMB_BITS - LAST_BITS;
    let last = &mut limbs[LIMBS - 1];
    // How often 2^256, but for what the carries add, fewer than 2^8 units of the last limb.
    let times =
        _mm512_add_epi64(_mm512_slli_epi64::<ABOVE>(above), _mm512_srli_epi64::<LAST_BITS>(*last));
    *last = _mm512_and_si512(*last, all(LAST));
    limbs[0] = _mm512_madd52lo_epu64(limbs[0], times, all(C));
    limbs[1] = _mm512_madd52hi_epu64(limbs[1], times, all(C));
    carried(limbs)
}

impl Products {
    /// The product of two.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn of(left: &Field8, right: &Field8) -> Self {
        Self([_mm512_setzero_si512(); 2 * LIMBS]).and(left, right)
    }

    /// With a product more.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn and(mut self, left: &Field8, right: &Field8) -> Self {
        for (i, left) in left.0.iter().enumerate() {
            for (j, right) in right.0.iter().enumerate() {
                let place = &mut self.0[i + j..i + j + 2];
                place[0] = _mm512_madd52lo_epu64(place[0], *left, *right);
                place[1] = _mm512_madd52hi_epu64(place[1], *left, *right);
            }
        }
        self
    }

    /// The product of a number with itself: what is there twice is made once.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn square(number: &Field8) -> Self {
        let mut sums = [_mm512_setzero_si512(); 2 * LIMBS];
        for (i, left) in number.0.iter().enumerate() {
            for (j, right) in number.0.iter().enumerate().skip(i + 1) {
                sums[i + j] = _mm512_madd52lo_epu64(sums[i + j], *left, *right);
                sums[i + j + 1] = _mm512_madd52hi_epu64(sums[i + j + 1], *left, *right);
            }
        }
        for sum in &mut sums {
            *sum = _mm512_add_epi64(*sum, *sum);
        }
        for (i, limb) in number.0.iter().enumerate() {
            sums[2 * i] = _mm512_madd52lo_epu64(sums[2 * i], *limb, *limb);
            sums[2 * i + 1] = _mm512_madd52hi_epu64(sums[2 * i + 1], *limb, *limb);
        }
        Self(sums)
    }

    /// With a number more.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn plus(mut self, number: &Field8) -> Self {
        for (sum, limb) in self.0.iter_mut().zip(number.0) {
            *sum = _mm512_add_epi64(*sum, limb);
        }
        self
    }

    /// The sum modulo the prime, slim.
    ///
    /// A limb of the sum is at most 20 products of 52 bits and a number, so below 2^57; the last is
    /// below 2^52, since last limbs are below 2^51.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn reduced(self) -> Field8 {
        let [low @ .., _, _, _, _, _] = self.0;
        let [_, _, _, _, _, high @ ..] = self.0;
        let mut sums = [_mm512_setzero_si512(); LIMBS + 1];
        sums[..LIMBS].copy_from_slice(&low);
        let (limb, d) = (all(LIMB), all(D));
        for (at, high) in high.into_iter().enumerate() {
            let whole = _mm512_and_si512(high, limb);
            // What is above 52 bits, fewer than 5 bits, counts one limb higher; the last limb has
            // nothing there.
            let over = _mm512_srli_epi64::<LIMB_BITS>(high);
            sums[at] = _mm512_madd52lo_epu64(sums[at], whole, d);
            sums[at + 1] = _mm512_madd52hi_epu64(sums[at + 1], whole, d);
            if at + 1 < LIMBS {
                sums[at + 1] = _mm512_madd52lo_epu64(sums[at + 1], over, d);
            }
        }
        let [limbs @ .., above] = sums;
        Field8(folded(limbs, above))
    }
}
