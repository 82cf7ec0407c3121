//! What a batch takes most time for, on processors that multiply eight numbers of 52 bits at once
//! (AVX-512 IFMA): square roots and sums of multiples.
//!
//! This is the only place that is compiled for other processors than the rest, so it calls what the
//! compiler cannot vouch for; whether the processor has the instructions is asked
//! first, and [`Lanes`] is the answer. The code behind it is the same code that anybody may call:
//! it has no pointers. The arithmetic of the field is our own here, because no library of the curve
//! works in lanes; it is compared with k256's, and whole batches with recovery.
//!
//! Source: Gueron and Krasnov, "Accelerating Big Integer Arithmetic Using Intel IFMA Extensions"
//! (2016), for numbers of 52 bits. Never knows what points and factors are of.

mod field;
mod point;
mod roots;
mod sum;
#[cfg(test)]
mod tests;

use super::affine::Limbs;
use super::term::Term;

/// That this processor has the instructions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lanes(());

impl Lanes {
    /// None on a processor without.
    pub(super) fn find() -> Option<Self> {
        let is_there = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512ifma");
        is_there.then_some(Self(()))
    }

    /// Whether the terms add up to the point at infinity.
    #[allow(unsafe_code)]
    pub(super) fn is_zero(self, terms: &[Term]) -> bool {
        // SAFETY: `find` saw that the processor has the features of which the function is made.
        unsafe { sum::is_zero(terms) }
    }

    /// The y of points with these x, below the prime, and whether y is odd; none where there is
    /// none.
    pub(super) fn heights(self, of: &[(Limbs, bool)]) -> Vec<Option<Limbs>> {
        let mut heights = Vec::with_capacity(of.len());
        for part in of.chunks(roots::AT_ONCE) {
            // What is left over of the last part is filled up with any.
            let mut all = [part[0]; roots::AT_ONCE];
            all[..part.len()].copy_from_slice(part);
            // SAFETY: as in `is_zero`.
            #[allow(unsafe_code)]
            let found = unsafe { roots::heights(&all) };
            heights.extend_from_slice(&found[..part.len()]);
        }
        heights
    }
}
