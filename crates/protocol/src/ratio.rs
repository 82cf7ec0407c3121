//! Prices times ratios: how collateral ratios, squeeze ratios and offsets move a price.
//!
//! Invariant: the product is exact while both sides fit below the greatest possible supply; beyond
//! that it is halved until it fits, or replaced by the nearest whole ratio if that is closer
//! (reference: `protocol/asset.cpp`). Every node must round alike, so the 128-bit fractions here
//! reduce and compare exactly. Knows nothing of feeds.

use crate::Rejected;
use crate::constants::{COLLATERAL_RATIO_DENOM, MAX_SHARE_SUPPLY};
use crate::money::{Asset, MoneyRefusal, Price};
use crate::proportion::quotient;
use crate::reference_words as asked;
use std::cmp::Ordering;

/// A ratio of two small numbers, such as a collateral ratio over its denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    /// Dividend.
    pub numerator: u32,
    /// Divisor.
    pub denominator: u32,
}

impl Ratio {
    /// `numerator / denominator`.
    pub fn new(numerator: impl Into<u32>, denominator: impl Into<u32>) -> Self {
        Self { numerator: numerator.into(), denominator: denominator.into() }
    }

    /// The ratio upside down.
    pub const fn inverted(self) -> Self {
        Self { numerator: self.denominator, denominator: self.numerator }
    }

    fn check(self) -> Result<(), Rejected> {
        let (base, quote) = (self.numerator.into(), self.denominator.into());
        let asked = asked::money::RATIO;
        ensure!(base > 0 && quote > 0, MoneyRefusal::PriceNotPositive { base, quote, asked });
        Ok(())
    }
}

const MAX: u128 = MAX_SHARE_SUPPLY as u128;

impl Price {
    /// The price with its base side multiplied by `ratio`.
    pub fn times_ratio(self, ratio: Ratio) -> Result<Self, Rejected> {
        self.validate()?;
        ratio.check()?;
        if ratio.numerator == ratio.denominator {
            return Ok(self);
        }
        let exact = Fraction::new(self.base.amount as u128, self.quote.amount as u128)
            .times(Fraction::new(ratio.numerator.into(), ratio.denominator.into()));
        let fraction = exact.fitted();
        let product = Self::of(
            Asset::new(fraction.numerator as i64, self.base.asset_id),
            Asset::new(fraction.denominator as i64, self.quote.asset_id),
        )?;
        // Near the edge of what fits, rounding must not move the price the wrong way.
        let moved_back = match ratio.numerator > ratio.denominator {
            true => product < self,
            false => product > self,
        };
        let result = if fraction != exact && moved_back { self } else { product };
        result.validate()?;
        Ok(result)
    }

    /// The price with its base side divided by `ratio`.
    pub fn over_ratio(self, ratio: Ratio) -> Result<Self, Rejected> {
        self.times_ratio(ratio.inverted())
    }
}

/// A fraction in lowest terms; both sides positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fraction {
    numerator: u128,
    denominator: u128,
}

impl Price {
    /// Collateral over debt at which a position has the given collateral ratio (in 1/1000), halved
    /// until it fits.
    pub fn call_price(debt: Asset, collateral: Asset, ratio: u16) -> Result<Self, Rejected> {
        Self::new(collateral, debt).validate()?;
        let swan = Fraction::new(debt.amount as u128, collateral.amount as u128);
        let factor = Fraction::new(ratio.into(), COLLATERAL_RATIO_DENOM.into());
        let mut called = swan.times(factor);
        while !called.fits() {
            called = Fraction::new(halved_up(called.numerator), halved_up(called.denominator));
        }
        let base = Asset::new(called.denominator as i64, collateral.asset_id);
        Self::of(base, Asset::new(called.numerator as i64, debt.asset_id))
    }
}

impl Fraction {
    fn new(numerator: u128, denominator: u128) -> Self {
        let divisor = greatest_common_divisor(numerator, denominator);
        Self {
            numerator: quotient(numerator, divisor),
            denominator: quotient(denominator, divisor),
        }
    }

    fn times(self, other: Self) -> Self {
        let left = Self::new(self.numerator, other.denominator);
        let right = Self::new(other.numerator, self.denominator);
        // 63 bits of an amount times 32 bits of a ratio: nothing wraps.
        Self {
            numerator: left.numerator.wrapping_mul(right.numerator),
            denominator: left.denominator.wrapping_mul(right.denominator),
        }
    }

    fn fits(self) -> bool {
        self.numerator <= MAX && self.denominator <= MAX
    }

    /// The fraction, or one near it whose sides fit.
    fn fitted(self) -> Self {
        if self.fits() {
            return self;
        }
        if self.numerator == 1 || self.denominator == 1 {
            return self.at_edge();
        }
        let halved = self.halved();
        let whole = self.whole();
        let is_at_edge = whole.numerator == MAX || whole.denominator == MAX;
        if is_at_edge || whole.distance(self).is_less(halved.distance(self)) {
            whole
        } else {
            halved
        }
    }

    /// Both sides halved until they fit.
    fn halved(self) -> Self {
        let mut fraction = self;
        while !fraction.fits() {
            if fraction.numerator == 1 || fraction.denominator == 1 {
                return fraction.at_edge();
            }
            fraction = Self::new(fraction.numerator >> 1, fraction.denominator >> 1);
        }
        fraction
    }

    /// A fraction with a side of one whose other side does not fit, with that side cut to what
    /// fits.
    fn at_edge(self) -> Self {
        if self.numerator == 1 {
            Self { numerator: 1, denominator: MAX }
        } else {
            Self { numerator: MAX, denominator: 1 }
        }
    }

    /// The larger side over the smaller one, rounded down to a whole number that fits, to one.
    fn whole(self) -> Self {
        let (numerator, denominator) = (self.numerator, self.denominator);
        if numerator > denominator {
            Self { numerator: quotient(numerator, denominator).min(MAX), denominator: 1 }
        } else {
            Self { numerator: 1, denominator: quotient(denominator, numerator).min(MAX) }
        }
    }

    /// How far two fractions are apart. Products wrap at 128 bits, as those of the reference do.
    fn distance(self, other: Self) -> Self {
        if self.is_less(other) { other.minus(self) } else { self.minus(other) }
    }

    fn minus(self, other: Self) -> Self {
        let shared = greatest_common_divisor(self.denominator, other.denominator).max(1);
        let own = quotient(self.denominator, shared);
        let numerator = self
            .numerator
            .wrapping_mul(quotient(other.denominator, shared))
            .wrapping_sub(other.numerator.wrapping_mul(own));
        let divisor = greatest_common_divisor(numerator, shared).max(1);
        Self {
            numerator: quotient(numerator, divisor),
            denominator: own.wrapping_mul(quotient(other.denominator, divisor)),
        }
    }

    /// Whether the fraction is the smaller one: compares continued fractions, which needs no
    /// product.
    fn is_less(self, other: Self) -> bool {
        let (mut left, mut right) = (self, other);
        let mut smaller = Ordering::Less;
        loop {
            let (Some(left_whole), Some(right_whole)) = (left.quotient(), right.quotient()) else {
                return false;
            };
            if left_whole != right_whole {
                return left_whole.cmp(&right_whole) == smaller;
            }
            let (left_rest, right_rest) = (left.remainder(), right.remainder());
            smaller = smaller.reverse();
            if left_rest == 0 || right_rest == 0 {
                // The side without a rest ends here: it is smaller on even steps and larger on odd
                // ones.
                return left_rest != right_rest && (left_rest == 0) == smaller.is_gt();
            }
            left = Self { numerator: left.denominator, denominator: left_rest };
            right = Self { numerator: right.denominator, denominator: right_rest };
        }
    }

    fn quotient(self) -> Option<u128> {
        self.numerator.checked_div(self.denominator)
    }

    fn remainder(self) -> u128 {
        self.numerator.checked_rem(self.denominator).unwrap_or(0)
    }
}

/// Half of a number, rounded up to the next larger whole one.
pub fn halved_up(number: u128) -> u128 {
    (number >> 1).saturating_add(1)
}

/// The greatest number that divides both.
pub fn greatest_common_divisor(a: u128, b: u128) -> u128 {
    let (mut a, mut b) = (a, b);
    while let Some(rest) = a.checked_rem(b) {
        (a, b) = (b, rest);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;
    use carbyne_wire::Id;

    const MAX: i64 = MAX_SHARE_SUPPLY;

    /// The product of `base / quote` and `ratio` as its two sides.
    fn product(base: i64, quote: i64, ratio: (u32, u32)) -> (i64, i64) {
        let price = Price::new(Asset::new(base, Id(1)), Asset::new(quote, Id(2)));
        let product = price.times_ratio(Ratio::new(ratio.0, ratio.1)).unwrap();
        (product.base.amount, product.quote.amount)
    }

    #[test]
    fn a_product_that_fits_is_exact_and_in_lowest_terms() {
        assert_eq!(product(100, 300, (1750, 1000)), (7, 12));
        assert_eq!(product(1, 1, (1000, 1500)), (2, 3));
    }

    #[test]
    fn a_ratio_of_one_leaves_the_price_as_it_is_written() {
        assert_eq!(product(100, 300, (7, 7)), (100, 300));
    }

    #[test]
    fn a_price_at_the_edge_does_not_move_the_wrong_way() {
        assert_eq!(product(MAX, 1, (3, 2)), (MAX, 1));
        assert_eq!(product(1, MAX, (2, 3)), (1, MAX));
        assert_eq!(product(MAX - 1, 1, (3, 2)), (MAX, 1));
    }

    #[test]
    fn a_product_too_fine_to_write_is_halved_until_it_fits() {
        let (base, quote) = product(MAX - 1, MAX - 3, (1001, 1000));
        assert!(base <= MAX && quote <= MAX);
        assert!(base > quote, "a ratio above one raises the price");
    }

    #[test]
    fn fractions_compare_like_their_cross_products() {
        let sides = [1_u128, 2, 3, 5, 8, 13, 1000, 1001, 999_983];
        let each = sides.iter().flat_map(|n| sides.iter().map(|d| Fraction::new(*n, *d)));
        for left in each.clone() {
            for right in each.clone() {
                let less = left.numerator * right.denominator < right.numerator * left.denominator;
                assert_eq!(left.is_less(right), less, "{left:?} {right:?}");
            }
        }
    }
}
