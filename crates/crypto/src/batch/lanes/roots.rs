//! Points by their x: square roots in the field, sixteen at once.
//!
//! The prime is 3 modulo 4, so a number that has roots has its power of (p + 1)/4 as one. Whether
//! it has is asked of what comes out. Never knows whose the points are.

use super::field::{Field8, LANES};
use crate::batch::affine::Limbs;

/// Eights that are worked on together: while one waits for a product, the other goes on.
const EIGHTS: usize = 2;
/// Points that are looked for at once.
pub(super) const AT_ONCE: usize = EIGHTS * LANES;

type Both = [Field8; EIGHTS];

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn times(left: &Both, right: &Both) -> Both {
    [left[0].times(&right[0]), left[1].times(&right[1])]
}

/// Squared so often, and times another.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn raised(number: &Both, squarings: usize, other: &Both) -> Both {
    let mut number = *number;
    for _ in 0..squarings {
        number = [number[0].squared(), number[1].squared()];
    }
    times(&number, other)
}

/// What is a root if there is one: the power of (p + 1)/4, which is 223 ones, a zero, 22 ones, four
/// zeros, two ones and two zeros.
#[target_feature(enable = "avx512f,avx512ifma")]
fn roots(one: &Both) -> Both {
    // So many ones each.
    let two = raised(one, 1, one);
    let three = raised(&two, 1, one);
    let six = raised(&three, 3, &three);
    let nine = raised(&six, 3, &three);
    let eleven = raised(&nine, 2, &two);
    let ones_22 = raised(&eleven, 11, &eleven);
    let ones_44 = raised(&ones_22, 22, &ones_22);
    let ones_88 = raised(&ones_44, 44, &ones_44);
    let ones_176 = raised(&ones_88, 88, &ones_88);
    let ones_220 = raised(&ones_176, 44, &ones_44);
    let ones_223 = raised(&ones_220, 3, &three);
    let [left, right] = raised(&raised(&ones_223, 23, &ones_22), 6, &two);
    [left.squared().squared(), right.squared().squared()]
}

/// The y of points with these x, below the prime, and whether y is odd; none where there is none.
#[target_feature(enable = "avx512f,avx512ifma,avx512dq")]
pub(super) fn heights(of: &[(Limbs, bool); AT_ONCE]) -> [Option<Limbs>; AT_ONCE] {
    let seven = Field8::same(&[7, 0, 0, 0, 0]);
    let mut squares = [seven; EIGHTS];
    for (square, of) in squares.iter_mut().zip(of.as_chunks().0) {
        let x = Field8::of(&of.map(|(x, _)| x));
        *square = x.squared().times(&x).plus(&seven).slim();
    }
    let roots = roots(&squares);
    let mut found = [None; AT_ONCE];
    for (eight, found) in found.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
        let difference = roots[eight].squared().minus(&squares[eight]).slim();
        let is_root = difference.canonical().zeros();
        let root = roots[eight].canonical();
        let other = Field8::zero().minus(&root).slim().canonical();
        let is_odd = root.odd();
        let numbers = [root.numbers(), other.numbers()];
        for (lane, found) in found.iter_mut().enumerate() {
            let bit = |mask: u8| mask >> lane & 1 == 1;
            let is_other = bit(is_odd) != of[eight * LANES + lane].1;
            *found = bit(is_root).then_some(numbers[usize::from(is_other)][lane]);
        }
    }
    found
}
