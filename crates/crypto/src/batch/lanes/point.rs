//! Eight points of y² = x³ + 7 side by side, as (X : Y : Z) with x = X/Z and y = Y/Z, and their
//! sums.
//!
//! The formulas are complete: right for every two points, equal ones, opposite ones and the one at
//! infinity, (0 : 1 : 0), too. So no lane asks what its points are.
//!
//! Source: Renes, Costello and Batina, "Complete addition formulas for prime order elliptic curves"
//! (2016), algorithms 7 and 8, with the products that belong together reduced at once. Never knows
//! what the points stand for.

use super::field::{Field8, LANES, Products};
use std::arch::x86_64::{
    __m512i, _mm512_alignr_epi64, _mm512_setzero_si512, _mm512_shuffle_i64x2,
    _mm512_unpackhi_epi64, _mm512_unpacklo_epi64,
};

/// Three times the 7 of the curve.
const THREE_B: i64 = 21;

/// Eight points; coordinates are slim.
#[derive(Clone, Copy)]
pub(super) struct Point8 {
    x: Field8,
    y: Field8,
    z: Field8,
}

/// One point, its fifteen limbs together, so that it is two lines of the cache wherever it lies.
pub(super) type Row = [__m512i; 2];

/// What both kinds of sum are made of: the products of coordinates of two points that are alike in
/// both, or change places.
struct Crossed {
    xx: Field8,
    yy: Field8,
    zz: Field8,
    xy: Field8,
    yz: Field8,
    xz: Field8,
}

impl Crossed {
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn sum(&self) -> Point8 {
        let b_zz = self.zz.scaled(THREE_B);
        let b_xz = self.xz.scaled(THREE_B);
        let xx_3 = self.xx.plus(&self.xx).plus(&self.xx);
        let (less, more) = (self.yy.minus(&b_zz), self.yy.plus(&b_zz));
        let minus_yz = Field8::zero().minus(&self.yz);
        Point8 {
            x: Products::of(&self.xy, &less).and(&minus_yz, &b_xz).reduced(),
            y: Products::of(&less, &more).and(&b_xz, &xx_3).reduced(),
            z: Products::of(&more, &self.yz).and(&xx_3, &self.xy).reduced(),
        }
    }
}

impl Point8 {
    /// The point at infinity in every lane.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn infinity() -> Self {
        Self { x: Field8::zero(), y: Field8::one(), z: Field8::zero() }
    }

    /// The sums.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn plus(&self, other: &Self) -> Self {
        let Self { x, y, z } = self;
        Crossed {
            xx: x.times(&other.x),
            yy: y.times(&other.y),
            zz: z.times(&other.z),
            xy: Products::of(x, &other.y).and(y, &other.x).reduced(),
            yz: Products::of(y, &other.z).and(z, &other.y).reduced(),
            xz: Products::of(x, &other.z).and(z, &other.x).reduced(),
        }
        .sum()
    }

    /// The sums with points of these coordinates, none of which is at infinity; x and y are slim,
    /// or up to four times as much.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn plus_affine(&self, other_x: &Field8, other_y: &Field8) -> Self {
        let Self { x, y, z } = self;
        Crossed {
            xx: x.times(other_x),
            yy: y.times(other_y),
            zz: *z,
            xy: Products::of(x, other_y).and(y, other_x).reduced(),
            yz: Products::of(z, other_y).plus(y).reduced(),
            xz: Products::of(z, other_x).plus(x).reduced(),
        }
        .sum()
    }

    /// 2^doublings times each.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn doubled(mut self, doublings: usize) -> Self {
        for _ in 0..doublings {
            self = self.plus(&self);
        }
        self
    }

    /// The points so many lanes further up.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn lanes_from<const LANE: i32>(&self) -> Self {
        let mut rows = self.columns();
        for half in &mut rows {
            for register in half {
                *register = _mm512_alignr_epi64::<LANE>(*register, *register);
            }
        }
        Self::of_columns(rows)
    }

    /// The lanes whose point is at infinity.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn infinities(&self) -> u8 {
        self.z.canonical().zeros()
    }

    /// Points from where they lie, one for each lane.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn gathered(rows: &[Row; LANES]) -> Self {
        let mut halves = [[_mm512_setzero_si512(); LANES]; 2];
        for (half, columns) in halves.iter_mut().enumerate() {
            for (column, row) in columns.iter_mut().zip(rows) {
                *column = row[half];
            }
            *columns = transposed(*columns);
        }
        Self::of_columns(halves)
    }

    /// What `gathered` takes.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn rows(&self) -> [Row; LANES] {
        let [first, second] = self.columns();
        let (first, second) = (transposed(first), transposed(second));
        let mut rows = [[_mm512_setzero_si512(); 2]; LANES];
        for (at, row) in rows.iter_mut().enumerate() {
            *row = [first[at], second[at]];
        }
        rows
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn columns(&self) -> [[__m512i; LANES]; 2] {
        let [a, b, c, d, e] = self.x.into_limbs();
        let [f, g, h, i, j] = self.y.into_limbs();
        let [k, l, m, n, o] = self.z.into_limbs();
        [[a, b, c, d, e, f, g, h], [i, j, k, l, m, n, o, _mm512_setzero_si512()]]
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn of_columns(columns: [[__m512i; LANES]; 2]) -> Self {
        let [[a, b, c, d, e, f, g, h], [i, j, k, l, m, n, o, _]] = columns;
        Self {
            x: Field8::from_limbs([a, b, c, d, e]),
            y: Field8::from_limbs([f, g, h, i, j]),
            z: Field8::from_limbs([k, l, m, n, o]),
        }
    }
}

/// Blocks of two lanes: those of even and of odd number, of the left and then of the right.
#[inline]
#[target_feature(enable = "avx512f")]
fn even_and_odd(left: __m512i, right: __m512i) -> [__m512i; 2] {
    [
        _mm512_shuffle_i64x2::<0b10_00_10_00>(left, right),
        _mm512_shuffle_i64x2::<0b11_01_11_01>(left, right),
    ]
}

/// Lane a of register b becomes lane b of register a.
#[inline]
#[target_feature(enable = "avx512f")]
fn transposed(rows: [__m512i; LANES]) -> [__m512i; LANES] {
    let mut pairs = rows;
    for (two, from) in pairs.chunks_exact_mut(2).zip(rows.chunks_exact(2)) {
        two[0] = _mm512_unpacklo_epi64(from[0], from[1]);
        two[1] = _mm512_unpackhi_epi64(from[0], from[1]);
    }
    let [a, b, c, d, e, f, g, h] = pairs;
    // Blocks 0 and 2, 1 and 3 of the upper rows and the lower, of the even columns and the odd.
    let (even_upper, even_lower) = (even_and_odd(a, c), even_and_odd(e, g));
    let (odd_upper, odd_lower) = (even_and_odd(b, d), even_and_odd(f, h));
    let [zero, four] = even_and_odd(even_upper[0], even_lower[0]);
    let [two, six] = even_and_odd(even_upper[1], even_lower[1]);
    let [one, five] = even_and_odd(odd_upper[0], odd_lower[0]);
    let [three, seven] = even_and_odd(odd_upper[1], odd_lower[1]);
    [zero, one, two, three, four, five, six, seven]
}
