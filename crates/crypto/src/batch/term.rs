//! A point so many times, with a factor that is short. Never knows what it is a part of.

use super::affine::Affine;

/// A point so many times.
pub(super) struct Term {
    point: Affine,
    factor: u128,
}

impl Term {
    /// No half of a factor is longer, and no random factor.
    pub(super) const FACTOR_MAX: u128 = (0xa3 << 120) | ((1 << 120) - 1);

    /// None if the factor is too long.
    pub(super) fn new(point: Affine, factor: u128) -> Option<Self> {
        (factor <= Self::FACTOR_MAX).then_some(Self { point, factor })
    }

    pub(super) fn point(&self) -> &Affine {
        &self.point
    }

    pub(super) fn factor(&self) -> u128 {
        self.factor
    }
}
