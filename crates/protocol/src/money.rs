//! Amounts of assets and prices between them. No floats: prices are ratios of two amounts and
//! compare by 128-bit cross multiplication; every rounding has a name.
//!
//! Invariant: arithmetic that would overflow or mix assets is refused, never wrapped.

use crate::Rejected;
use crate::constants::{CORE, MAX_SHARE_SUPPLY};
use crate::ids::AssetId;
use crate::proportion::{quotient, quotient_up};
use crate::reference_words::{self as asked, Asked};
use carbyne_wire::Wire;
use std::cmp::Ordering;

refusals! {
    /// Why amounts do not add up or a price does not apply.
    pub enum MoneyRefusal {
        /// A result is above 2^63 - 1.
        Overflow { a: i64, b: i64 } [OVERFLOW]: "{a} and {b} together are above 2^63 - 1",
        /// A result is below -2^63.
        Underflow { a: i64, b: i64 } [UNDERFLOW]: "{a} and {b} together are below -2^63",
        /// Amounts of two assets are added or compared.
        AssetMismatch { a: AssetId, b: AssetId }: "{a} is not {b}",
        /// An amount is multiplied with a price of other assets.
        WrongPrice { asset: AssetId, base: AssetId, quote: AssetId, asked: Asked }:
            "a price of {base} in {quote} does not apply to {asset}",
        /// A price with a side that is not positive.
        PriceNotPositive { base: i64, quote: i64, asked: Asked }:
            "both sides of a price must be positive: {base} / {quote}",
        /// A price of an asset in itself.
        PriceOfItself { asset: AssetId, asked: Asked }: "a price of {asset} in itself",
        /// A side of a price above the greatest possible supply.
        PriceTooLarge { base: i64, quote: i64, side: &'static str, name: &'static str }:
            "the {side} of a price, {base} / {quote}, is above the greatest supply, \
             {MAX_SHARE_SUPPLY}",
        /// A result above the greatest possible supply.
        ResultTooLarge { amount: u128 }: "{amount} is above the greatest possible supply",
    }
}

/// Checked share arithmetic; the reference's `share_type` refuses the same overflows.
pub trait Shares: Sized {
    /// The sum.
    fn plus(self, other: Self) -> Result<Self, Rejected>;
    /// The difference.
    fn minus(self, other: Self) -> Result<Self, Rejected>;
}

impl Shares for i64 {
    #[inline]
    fn plus(self, other: Self) -> Result<Self, Rejected> {
        self.checked_add(other).ok_or_else(|| does_not_fit(self, other, other > 0))
    }
    #[inline]
    fn minus(self, other: Self) -> Result<Self, Rejected> {
        self.checked_sub(other).ok_or_else(|| does_not_fit(self, other, other < 0))
    }
}

fn does_not_fit(a: i64, b: i64, is_too_large: bool) -> Rejected {
    match is_too_large {
        true => MoneyRefusal::Overflow { a, b }.into(),
        false => MoneyRefusal::Underflow { a, b }.into(),
    }
}

/// An amount of an asset, in its smallest units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Wire)]
#[wire(plain)]
pub struct Asset {
    /// Smallest units; may be negative in differences.
    pub amount: i64,
    /// The asset.
    pub asset_id: AssetId,
}

impl Asset {
    /// `amount` smallest units of `asset_id`.
    #[inline]
    pub const fn new(amount: i64, asset_id: AssetId) -> Self {
        Self { amount, asset_id }
    }

    /// `amount` smallest units of the core asset.
    #[inline]
    pub const fn core(amount: i64) -> Self {
        Self { amount, asset_id: CORE }
    }

    #[inline]
    fn same_asset(self, other: Self) -> Result<(), Rejected> {
        ensure!(
            self.asset_id == other.asset_id,
            MoneyRefusal::AssetMismatch { a: self.asset_id, b: other.asset_id }
        );
        Ok(())
    }

    /// The sum of two amounts of one asset.
    #[inline]
    pub fn plus(self, other: Self) -> Result<Self, Rejected> {
        self.same_asset(other)?;
        Ok(Self::new(self.amount.plus(other.amount)?, self.asset_id))
    }

    /// The difference of two amounts of one asset.
    #[inline]
    pub fn minus(self, other: Self) -> Result<Self, Rejected> {
        self.same_asset(other)?;
        Ok(Self::new(self.amount.minus(other.amount)?, self.asset_id))
    }

    /// Which of two amounts of one asset is larger.
    #[inline]
    pub fn compare(self, other: Self) -> Result<Ordering, Rejected> {
        self.same_asset(other)?;
        Ok(self.amount.cmp(&other.amount))
    }

    /// The amount taken away.
    #[inline]
    pub const fn negated(self) -> Self {
        Self::new(self.amount.wrapping_neg(), self.asset_id)
    }

    /// What the amount is worth at `price`, the fraction dropped.
    pub fn times(self, price: Price) -> Result<Self, Rejected> {
        self.convert(price, asked::money::TIMES, quotient)
    }

    /// What the amount is worth at `price`, any fraction rounded up to a whole unit.
    pub fn times_round_up(self, price: Price) -> Result<Self, Rejected> {
        self.convert(price, asked::money::TIMES_ROUND_UP, quotient_up)
    }

    fn convert(
        self,
        price: Price,
        wrong_price: Asked,
        divide: fn(u128, u128) -> u128,
    ) -> Result<Self, Rejected> {
        let Price { base, quote } = price;
        let (from, to, asked) = if self.asset_id == base.asset_id {
            (base, quote, asked::money::TIMES_BASE)
        } else if self.asset_id == quote.asset_id {
            (quote, base, asked::money::TIMES_QUOTE)
        } else {
            let (asset, asked) = (self.asset_id, wrong_price);
            let (base, quote) = (base.asset_id, quote.asset_id);
            return Err(MoneyRefusal::WrongPrice { asset, base, quote, asked }.into());
        };
        let (base, quote) = (base.amount, quote.amount);
        ensure!(from.amount > 0, MoneyRefusal::PriceNotPositive { base, quote, asked });
        // A negative amount becomes a huge one here and is refused below, as in the reference.
        let product = (self.amount as u128).wrapping_mul(to.amount as u128);
        let amount = divide(product, from.amount as u128);
        ensure!(amount <= MAX_SHARE_SUPPLY as u128, MoneyRefusal::ResultTooLarge { amount });
        Ok(Self::new(amount as i64, to.asset_id))
    }
}

/// A price: `base` is worth `quote`.
#[derive(Clone, Copy, Debug, Default, Wire)]
#[wire(plain)]
pub struct Price {
    /// One side.
    pub base: Asset,
    /// The other side.
    pub quote: Asset,
}

impl Price {
    /// `base` per `quote`.
    #[inline]
    pub const fn new(base: Asset, quote: Asset) -> Self {
        Self { base, quote }
    }

    /// `base / quote`, refused if both are of one asset.
    pub fn of(base: Asset, quote: Asset) -> Result<Self, Rejected> {
        let (asset, asked) = (base.asset_id, asked::money::PRICE_OF);
        ensure!(asset != quote.asset_id, MoneyRefusal::PriceOfItself { asset, asked });
        Ok(Self { base, quote })
    }

    /// One unit for one unit of the same asset.
    pub const fn unit(asset: AssetId) -> Self {
        Self { base: Asset::new(1, asset), quote: Asset::new(1, asset) }
    }

    /// The greatest price of a pair.
    pub const fn max(base: AssetId, quote: AssetId) -> Self {
        Self { base: Asset::new(MAX_SHARE_SUPPLY, base), quote: Asset::new(1, quote) }
    }

    /// The least price of a pair.
    pub const fn min(base: AssetId, quote: AssetId) -> Self {
        Self { base: Asset::new(1, base), quote: Asset::new(MAX_SHARE_SUPPLY, quote) }
    }

    /// The same price seen from the other asset.
    #[inline]
    pub const fn inverted(self) -> Self {
        Self { base: self.quote, quote: self.base }
    }

    /// Whether it is no price: both sides of the core asset, as in a feed that was never set.
    #[inline]
    pub fn is_null(self) -> bool {
        self.base.asset_id == CORE && self.quote.asset_id == CORE
    }

    /// Refuses prices with a side that is not positive, or of an asset in itself.
    pub fn validate(self) -> Result<(), Rejected> {
        let (base, quote) = (self.base.amount, self.quote.amount);
        let asked = asked::money::PRICE_BASE;
        ensure!(base > 0, MoneyRefusal::PriceNotPositive { base, quote, asked });
        let asked = asked::money::PRICE_QUOTE;
        ensure!(quote > 0, MoneyRefusal::PriceNotPositive { base, quote, asked });
        let asset = self.base.asset_id;
        let asked = asked::money::PRICE_SIDES;
        ensure!(asset != self.quote.asset_id, MoneyRefusal::PriceOfItself { asset, asked });
        Ok(())
    }

    /// [`Price::validate`], and neither side above the greatest possible supply.
    pub fn validate_bounded(self) -> Result<(), Rejected> {
        self.validate()?;
        let (base, quote) = (self.base.amount, self.quote.amount);
        for (amount, side, name) in [(base, "base", "Base"), (quote, "quote", "Quote")] {
            let too_large = MoneyRefusal::PriceTooLarge { base, quote, side, name };
            ensure!(amount <= MAX_SHARE_SUPPLY, too_large);
        }
        Ok(())
    }
}

impl PartialEq for Price {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Price {}

impl PartialOrd for Price {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// First by the pair, then by the ratio base / quote: order books are ranges of this order.
impl Ord for Price {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        let pair = |p: &Self| (p.base.asset_id, p.quote.asset_id);
        let wide = |amount: i64| i128::from(amount);
        pair(self).cmp(&pair(other)).then_with(|| {
            let left = wide(other.quote.amount).wrapping_mul(wide(self.base.amount));
            let right = wide(self.quote.amount).wrapping_mul(wide(other.base.amount));
            left.cmp(&right)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_says_on_which_side() {
        let check = |sum: Result<i64, Rejected>, reason| {
            assert_eq!(sum.unwrap_err().reason(), reason);
        };
        check(i64::MAX.plus(1), "MoneyRefusal::Overflow");
        check(0.minus(i64::MIN), "MoneyRefusal::Overflow");
        check(i64::MIN.plus(-1), "MoneyRefusal::Underflow");
        check((-2).minus(i64::MAX), "MoneyRefusal::Underflow");
    }
}
