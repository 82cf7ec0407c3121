//! Amounts of assets and prices between them. No floats: prices are ratios of two amounts and compare by 128-bit
//! cross multiplication; every rounding has a name.
//!
//! Invariant: arithmetic that would overflow or mix assets is refused, never wrapped.

use crate::Rejected;
use crate::constants::{CORE, MAX_SHARE_SUPPLY};
use crate::ids::AssetId;
use carbyne_wire::Wire;
use std::cmp::Ordering;

refusals! {
    /// Why amounts do not add up or a price does not apply.
    pub enum MoneyRefusal {
        /// A sum is above 2^63 - 1.
        Overflow { a: i64, b: i64 } [OVERFLOW]: "{a} and {b} overflow",
        /// A difference is below -2^63.
        Underflow { a: i64, b: i64 } [UNDERFLOW]: "{b} cannot be taken from {a}",
        /// Amounts of two assets are added or compared.
        AssetMismatch { a: AssetId, b: AssetId }: "amounts of {a} and {b} do not mix",
        /// An amount is multiplied with a price of other assets.
        WrongPrice { asset: AssetId, base: AssetId, quote: AssetId }:
            "{asset} is neither {base} nor {quote} of the price",
        /// A price with a side that is not positive.
        PriceNotPositive { base: i64, quote: i64 }: "price {base} / {quote} is not positive",
        /// A price of an asset in itself.
        PriceOfItself { asset: AssetId }: "a price needs two assets, not {asset} twice",
        /// A side of a price above the greatest possible supply.
        PriceTooLarge { base: i64, quote: i64 }: "price {base} / {quote} is above the maximum supply",
        /// A result above the greatest possible supply.
        ResultTooLarge { amount: u128 }: "{amount} is above the maximum supply",
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
        self.checked_add(other).ok_or_else(|| MoneyRefusal::Overflow { a: self, b: other }.into())
    }
    #[inline]
    fn minus(self, other: Self) -> Result<Self, Rejected> {
        self.checked_sub(other).ok_or_else(|| MoneyRefusal::Underflow { a: self, b: other }.into())
    }
}

/// An amount of an asset, in its smallest units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Wire)]
pub struct Asset {
    /// Smallest units; may be negative in differences.
    pub amount: i64,
    /// The asset.
    pub asset_id: AssetId,
}

impl Asset {
    /// `amount` smallest units of `asset_id`.
    pub const fn new(amount: i64, asset_id: AssetId) -> Self {
        Self { amount, asset_id }
    }

    /// `amount` smallest units of the core asset.
    pub const fn core(amount: i64) -> Self {
        Self { amount, asset_id: CORE }
    }

    fn same_asset(self, other: Self) -> Result<(), Rejected> {
        ensure!(
            self.asset_id == other.asset_id,
            MoneyRefusal::AssetMismatch { a: self.asset_id, b: other.asset_id }
        );
        Ok(())
    }

    /// The sum of two amounts of one asset.
    pub fn plus(self, other: Self) -> Result<Self, Rejected> {
        self.same_asset(other)?;
        Ok(Self::new(self.amount.plus(other.amount)?, self.asset_id))
    }

    /// The difference of two amounts of one asset.
    pub fn minus(self, other: Self) -> Result<Self, Rejected> {
        self.same_asset(other)?;
        Ok(Self::new(self.amount.minus(other.amount)?, self.asset_id))
    }

    /// Which of two amounts of one asset is larger.
    pub fn compare(self, other: Self) -> Result<Ordering, Rejected> {
        self.same_asset(other)?;
        Ok(self.amount.cmp(&other.amount))
    }

    /// The amount taken away.
    pub const fn negated(self) -> Self {
        Self::new(self.amount.wrapping_neg(), self.asset_id)
    }

    /// What the amount is worth at `price`, the fraction dropped.
    pub fn times(self, price: Price) -> Result<Self, Rejected> {
        self.convert(price, |product, divisor| product / divisor)
    }

    /// What the amount is worth at `price`, any fraction rounded up to a whole unit.
    pub fn times_round_up(self, price: Price) -> Result<Self, Rejected> {
        self.convert(price, |product, divisor| {
            // Wrapping is the reference's: 128 bits hold any product of two amounts that are not negative.
            product.wrapping_add(divisor).wrapping_sub(1) / divisor
        })
    }

    fn convert(self, price: Price, divide: fn(u128, u128) -> u128) -> Result<Self, Rejected> {
        let (from, to) = if self.asset_id == price.base.asset_id {
            (price.base, price.quote)
        } else if self.asset_id == price.quote.asset_id {
            (price.quote, price.base)
        } else {
            let (base, quote) = (price.base.asset_id, price.quote.asset_id);
            return Err(MoneyRefusal::WrongPrice { asset: self.asset_id, base, quote }.into());
        };
        ensure!(
            from.amount > 0,
            MoneyRefusal::PriceNotPositive { base: price.base.amount, quote: price.quote.amount }
        );
        // A negative amount becomes a huge one here and is refused below, as in the reference.
        let product = (self.amount as u128).wrapping_mul(to.amount as u128);
        let amount = divide(product, from.amount as u128);
        ensure!(amount <= MAX_SHARE_SUPPLY as u128, MoneyRefusal::ResultTooLarge { amount });
        Ok(Self::new(amount as i64, to.asset_id))
    }
}

/// A price: `base` is worth `quote`.
#[derive(Clone, Copy, Debug, Default, Hash, Wire)]
pub struct Price {
    /// One side.
    pub base: Asset,
    /// The other side.
    pub quote: Asset,
}

impl Price {
    /// `base` per `quote`.
    pub const fn new(base: Asset, quote: Asset) -> Self {
        Self { base, quote }
    }

    /// `base / quote`, refused if both are of one asset.
    pub fn of(base: Asset, quote: Asset) -> Result<Self, Rejected> {
        ensure!(
            base.asset_id != quote.asset_id,
            MoneyRefusal::PriceOfItself { asset: base.asset_id }
        );
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
    pub const fn inverted(self) -> Self {
        Self { base: self.quote, quote: self.base }
    }

    /// Whether it is no price: both sides of the core asset, as in a feed that was never set.
    pub fn is_null(self) -> bool {
        self.base.asset_id == CORE && self.quote.asset_id == CORE
    }

    /// Refuses prices with a side that is not positive, or of an asset in itself.
    pub fn validate(self) -> Result<(), Rejected> {
        let (base, quote) = (self.base.amount, self.quote.amount);
        ensure!(base > 0 && quote > 0, MoneyRefusal::PriceNotPositive { base, quote });
        ensure!(
            self.base.asset_id != self.quote.asset_id,
            MoneyRefusal::PriceOfItself { asset: self.base.asset_id }
        );
        Ok(())
    }

    /// [`Price::validate`], and neither side above the greatest possible supply.
    pub fn validate_bounded(self) -> Result<(), Rejected> {
        self.validate()?;
        let (base, quote) = (self.base.amount, self.quote.amount);
        ensure!(
            base <= MAX_SHARE_SUPPLY && quote <= MAX_SHARE_SUPPLY,
            MoneyRefusal::PriceTooLarge { base, quote }
        );
        Ok(())
    }
}

impl PartialEq for Price {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Price {}

impl PartialOrd for Price {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// First by the pair, then by the ratio base / quote: order books are ranges of this order.
impl Ord for Price {
    fn cmp(&self, other: &Self) -> Ordering {
        let pair = |p: &Self| (p.base.asset_id, p.quote.asset_id);
        let wide = |amount: i64| i128::from(amount);
        pair(self).cmp(&pair(other)).then_with(|| {
            let left = wide(other.quote.amount) * wide(self.base.amount);
            let right = wide(self.quote.amount) * wide(other.base.amount);
            left.cmp(&right)
        })
    }
}
