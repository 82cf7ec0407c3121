//! Price feeds: what producers publish about a SmartCoin and the prices that follow from it
//! (reference: `protocol/asset.hpp`, BSIPs 74, 75 and 77).
//!
//! Settlement prices are debt / collateral; collateralizations are collateral / debt. Ratios are in
//! thousandths. Knows no state: medians and caps are made in `feeds.rs`.

use crate::Rejected;
use crate::constants::{COLLATERAL_RATIO_DENOM, MAX_COLLATERAL_RATIO, MIN_COLLATERAL_RATIO};
use crate::ids::AssetId;
use crate::money::Price;
use crate::ratio::Ratio;
use crate::reference_words::price_feed::{MAINTENANCE_RATIO, SQUEEZE_RATIO};
use crate::reference_words::{Asked, Bounds};
use carbyne_wire::Wire;

/// Maintenance collateral ratio of a feed that was never set.
const DEFAULT_MAINTENANCE_COLLATERAL_RATIO: u16 = 1_750;
/// Maximum short squeeze ratio of a feed that was never set.
const DEFAULT_MAX_SHORT_SQUEEZE_RATIO: u16 = 1_500;

refusals! {
    /// Why a feed cannot be published, whatever the state.
    pub enum PriceFeedRefusal {
        /// A ratio outside what may be set.
        RatioOutOfRange { ratio: u16, asked: Asked }: "the collateral ratio {ratio} is out of \
            range",
        /// A feed without a settlement price.
        NoSettlementPrice: "the feed has no settlement price",
        /// A feed without a core exchange rate.
        NoCoreExchangeRate: "the feed has no core exchange rate",
        /// Its two prices are of different assets.
        BaseMismatch { settlement: AssetId, core_exchange: AssetId }:
            "the settlement price is of {settlement}, the core exchange rate of {core_exchange}",
        /// Its prices are of another asset.
        OtherAsset { asset: AssetId, base: AssetId }: "the feed is of {base}, not of {asset}",
    }
}

/// Refuses a collateral ratio that may not be set.
pub(crate) fn check_collateral_ratio(ratio: u16, asked: &Bounds) -> Result<(), Rejected> {
    use PriceFeedRefusal::RatioOutOfRange;
    ensure!(ratio >= MIN_COLLATERAL_RATIO, RatioOutOfRange { ratio, asked: asked.least });
    ensure!(ratio <= MAX_COLLATERAL_RATIO, RatioOutOfRange { ratio, asked: asked.most });
    Ok(())
}

/// What a producer says of a SmartCoin.
#[derive(Clone, Copy, Debug, PartialEq, Wire)]
#[wire(plain)]
pub struct PriceFeed {
    /// Value of the debt asset in its collateral: debt / collateral.
    pub settlement_price: Price,
    /// Debt positions not above this ratio are called, in thousandths.
    pub maintenance_collateral_ratio: u16,
    /// How far below the settlement price a call may sell collateral, in thousandths.
    pub maximum_short_squeeze_ratio: u16,
    /// At what price the fee pool takes the asset.
    pub core_exchange_rate: Price,
}

impl Default for PriceFeed {
    fn default() -> Self {
        Self {
            settlement_price: Price::default(),
            maintenance_collateral_ratio: DEFAULT_MAINTENANCE_COLLATERAL_RATIO,
            maximum_short_squeeze_ratio: DEFAULT_MAX_SHORT_SQUEEZE_RATIO,
            core_exchange_rate: Price::default(),
        }
    }
}

impl PriceFeed {
    /// Refuses a feed that cannot be one of `asset`.
    pub fn validate_for(&self, asset: AssetId) -> Result<(), Rejected> {
        let (settlement, rate) = (self.settlement_price, self.core_exchange_rate);
        let (has_settlement, has_rate) = (!settlement.is_null(), !rate.is_null());
        if has_settlement {
            settlement.validate()?;
        }
        check_collateral_ratio(self.maximum_short_squeeze_ratio, &SQUEEZE_RATIO)?;
        check_collateral_ratio(self.maintenance_collateral_ratio, &MAINTENANCE_RATIO)?;
        if has_rate {
            rate.validate()?;
        }
        let (base, core_exchange) = (settlement.base.asset_id, rate.base.asset_id);
        ensure!(
            !has_settlement || !has_rate || base == core_exchange,
            PriceFeedRefusal::BaseMismatch { settlement: base, core_exchange }
        );
        ensure!(has_settlement, PriceFeedRefusal::NoSettlementPrice);
        ensure!(has_rate, PriceFeedRefusal::NoCoreExchangeRate);
        ensure!(base == asset, PriceFeedRefusal::OtherAsset { asset, base });
        Ok(())
    }
}

/// A feed as it is stored: with an initial collateral ratio (BSIP 77).
#[derive(Clone, Copy, Debug, PartialEq, Wire)]
#[wire(plain)]
pub struct PriceFeedWithIcr {
    /// Value of the debt asset in its collateral: debt / collateral.
    pub settlement_price: Price,
    /// Debt positions not above this ratio are called, in thousandths.
    pub maintenance_collateral_ratio: u16,
    /// How far below the settlement price a call may sell collateral, in thousandths.
    pub maximum_short_squeeze_ratio: u16,
    /// At what price the fee pool takes the asset.
    pub core_exchange_rate: Price,
    /// New and changed debt positions must be above this ratio, in thousandths.
    pub initial_collateral_ratio: u16,
}

impl Default for PriceFeedWithIcr {
    fn default() -> Self {
        Self::new(&PriceFeed::default(), None)
    }
}

impl PriceFeedWithIcr {
    /// A published feed; its maintenance ratio stands in for an initial one that is missing.
    pub fn new(feed: &PriceFeed, initial_collateral_ratio: Option<u16>) -> Self {
        Self {
            settlement_price: feed.settlement_price,
            maintenance_collateral_ratio: feed.maintenance_collateral_ratio,
            maximum_short_squeeze_ratio: feed.maximum_short_squeeze_ratio,
            core_exchange_rate: feed.core_exchange_rate,
            initial_collateral_ratio: initial_collateral_ratio
                .unwrap_or(feed.maintenance_collateral_ratio),
        }
    }

    /// The price at which a called position gives its collateral away, margin call fee included:
    /// settlement price / MSSR.
    pub fn max_short_squeeze_price(&self) -> Result<Price, Rejected> {
        let ratio = Ratio::new(COLLATERAL_RATIO_DENOM, self.maximum_short_squeeze_ratio);
        self.settlement_price.times_ratio(ratio)
    }

    /// The price at which a margin call offers collateral to the market: settlement price / (MSSR -
    /// MCFR).
    pub fn margin_call_order_price(&self, fee_ratio: Option<u16>) -> Result<Price, Rejected> {
        self.settlement_price.over_ratio(self.margin_call_order_ratio(fee_ratio))
    }

    /// MSSR - MCFR, never below one.
    pub fn margin_call_order_ratio(&self, fee_ratio: Option<u16>) -> Ratio {
        Ratio::new(self.margin_call_order_thousandths(fee_ratio), COLLATERAL_RATIO_DENOM)
    }

    /// What part of the collateral that a called position gives away goes to the buyer: (MSSR -
    /// MCFR) / MSSR.
    pub fn margin_call_pays_ratio(&self, fee_ratio: Option<u16>) -> Ratio {
        let paid = self.margin_call_order_thousandths(fee_ratio);
        Ratio::new(paid, self.maximum_short_squeeze_ratio)
    }

    fn margin_call_order_thousandths(&self, fee_ratio: Option<u16>) -> u16 {
        let squeeze = self.maximum_short_squeeze_ratio;
        squeeze.saturating_sub(fee_ratio.unwrap_or(0)).max(COLLATERAL_RATIO_DENOM)
    }

    /// Debt positions with a collateralization not above this one are called; null without a price.
    pub fn maintenance_collateralization(&self) -> Result<Price, Rejected> {
        self.collateralization(self.maintenance_collateral_ratio)
    }

    /// New and changed debt positions must be above this collateralization; null without a price.
    pub fn initial_collateralization(&self) -> Result<Price, Rejected> {
        self.collateralization(self.initial_collateral_ratio)
    }

    fn collateralization(&self, thousandths: u16) -> Result<Price, Rejected> {
        if self.settlement_price.is_null() {
            return Ok(Price::default());
        }
        let ratio = Ratio::new(thousandths, COLLATERAL_RATIO_DENOM);
        self.settlement_price.inverted().times_ratio(ratio)
    }

    /// Whether two feeds call the same positions at the same prices.
    pub fn margin_call_params_equal(&self, other: &Self) -> bool {
        self.settlement_price == other.settlement_price
            && self.maintenance_collateral_ratio == other.maintenance_collateral_ratio
            && self.maximum_short_squeeze_ratio == other.maximum_short_squeeze_ratio
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Asset;
    use carbyne_wire::Id;

    fn feed(debt: i64, collateral: i64) -> PriceFeedWithIcr {
        let price = |base, quote| Price::new(Asset::new(base, Id(1)), Asset::new(quote, Id(0)));
        let feed = PriceFeed { settlement_price: price(debt, collateral), ..PriceFeed::default() };
        PriceFeedWithIcr::new(&feed, None)
    }

    fn sides(price: Price) -> (i64, i64) {
        (price.base.amount, price.quote.amount)
    }

    #[test]
    fn margin_calls_offer_less_collateral_where_a_fee_is_charged() {
        let feed = feed(100, 500);
        assert_eq!(sides(feed.max_short_squeeze_price().unwrap()), (2, 15));
        assert_eq!(sides(feed.margin_call_order_price(None).unwrap()), (2, 15));
        assert_eq!(sides(feed.margin_call_order_price(Some(50)).unwrap()), (4, 29));
    }

    #[test]
    fn a_margin_call_never_offers_less_than_the_debt_is_worth() {
        let feed = feed(100, 500);
        assert_eq!(sides(feed.margin_call_order_price(Some(700)).unwrap()), (100, 500));
        assert_eq!(feed.margin_call_order_ratio(Some(9_000)), Ratio::new(1000_u16, 1000_u16));
    }

    #[test]
    fn there_is_no_collateralization_without_a_price() {
        let empty = PriceFeedWithIcr::default();
        assert!(empty.maintenance_collateralization().unwrap().is_null());
        assert_eq!(sides(feed(1, 5).maintenance_collateralization().unwrap()), (35, 4));
    }
}
