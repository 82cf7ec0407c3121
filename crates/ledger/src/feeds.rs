//! SmartCoins seen from the ledger: their data, supply and price feeds (reference:
//! `chain/asset_object.cpp`, `chain/db_update.cpp`).
//!
//! Invariant: the current feed is the median of the feeds that are alive, its price capped where
//! the response to black swans asks for it.

use crate::Ledger;
use crate::ledger::LedgerRefusal;
use crate::market::update_settled_debt_order;
use crate::select::select_nth;
use carbyne_objects::{AssetBitassetData, AssetObject};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::AssetBitassetDataId;
use carbyne_protocol::money::{Asset, Price, Shares};
use carbyne_protocol::ops::asset::options::BlackSwanResponse;
use carbyne_protocol::price_feed::PriceFeedWithIcr;
use carbyne_protocol::ratio::Ratio;
use carbyne_wire::TimePointSec;

/// Whoever asks for the feeds of an asset knows that it has some.
pub(crate) const NO_FEEDS: LedgerRefusal =
    LedgerRefusal::Contradiction { what: "an asset without feeds is asked for them" };

impl Ledger {
    /// The feeds and settlement state of an asset, refused if it is no SmartCoin.
    pub fn bitasset(&self, asset: &AssetObject) -> Result<&AssetBitassetData, Rejected> {
        match asset.bitasset_data_id {
            Some(data) => self.get(data),
            None => Err(NO_FEEDS.into()),
        }
    }

    /// Adds `delta`, which may be negative, to what exists of an asset.
    pub(crate) fn adjust_supply(&mut self, delta: Asset) -> Result<(), Rejected> {
        let data = self.get(delta.asset_id)?.dynamic_asset_data_id;
        self.try_modify(data, |data| {
            data.current_supply = data.current_supply.plus(delta.amount)?;
            Ok(())
        })
    }
}

/// Derives the feed in force from the feeds that were published. `skip_median_update` leaves the
/// median as it is and only looks whether its price is to be capped otherwise.
pub fn update_bitasset_current_feed(
    ledger: &mut Ledger,
    bitasset: AssetBitassetDataId,
    skip_median_update: bool,
) -> Result<(), Rejected> {
    if !skip_median_update {
        let now = ledger.head_time()?;
        ledger.try_modify(bitasset, |data| update_median_feed(data, now))?;
    }
    let data = ledger.get(bitasset)?;
    let price = derived_feed_price(ledger, data)?;
    if price != data.current_feed.settlement_price {
        ledger.modify(bitasset, |data| data.current_feed.settlement_price = price)?;
    }
    let sells_settled_debt = ledger.get(bitasset)?.black_swan_response_method()
        == BlackSwanResponse::IndividualSettlementToOrder;
    if sells_settled_debt && !skip_median_update {
        update_settled_debt_order(ledger, bitasset)?;
    }
    Ok(())
}

/// The price in force: that of the median, raised where debt positions or settled debt must stay
/// able to pay.
fn derived_feed_price(ledger: &Ledger, bitasset: &AssetBitassetData) -> Result<Price, Rejected> {
    let median = bitasset.median_feed.settlement_price;
    if median.is_null() {
        return Ok(median);
    }
    let lowest = match bitasset.black_swan_response_method() {
        BlackSwanResponse::NoSettlement => lowest_callable_price(ledger, bitasset)?,
        BlackSwanResponse::IndividualSettlementToFund
            if bitasset.individual_settlement_debt > 0 =>
        {
            let fund_price = bitasset.individual_settlement_price()?;
            Some(fund_price.times_ratio(bitasset.margin_call_order_ratio())?)
        }
        _ => None,
    };
    Ok(lowest.map_or(median, |lowest| median.max(lowest)))
}

/// The price at which the least collateralized position can just pay what a margin call takes.
fn lowest_callable_price(
    ledger: &Ledger,
    bitasset: &AssetBitassetData,
) -> Result<Option<Price>, Rejected> {
    let positions = ledger.tables.call_orders.index();
    let backing = bitasset.options.short_backing_asset;
    let Some(least) = positions.by_collateral(backing, bitasset.asset_id).next() else {
        return Ok(None);
    };
    let squeeze = Ratio::new(
        bitasset.current_feed.maximum_short_squeeze_ratio,
        carbyne_protocol::constants::COLLATERAL_RATIO_DENOM,
    );
    ledger.get(least)?.collateralization().inverted().times_ratio(squeeze).map(Some)
}

/// Makes the median of the feeds that are alive at `now`, and the feed in force equal to it.
fn update_median_feed(data: &mut AssetBitassetData, now: TimePointSec) -> Result<(), Rejected> {
    let lifetime = i64::from(data.options.feed_lifetime_sec);
    let alive: Vec<_> = data
        .feeds
        .values()
        .filter(|(published, _)| {
            now.since(*published) < lifetime && *published != TimePointSec::default()
        })
        .collect();
    let has_enough = alive.len() >= usize::from(data.options.minimum_feeds);
    let (median, published) = if has_enough {
        let oldest = alive.iter().map(|(published, _)| *published).min();
        let mut feeds: Vec<_> = alive.iter().map(|(_, feed)| feed).collect();
        (median_of(data, &mut feeds), oldest.unwrap_or(now).min(now))
    } else {
        (PriceFeedWithIcr::default(), now)
    };
    data.current_feed_publication_time = published;
    if !has_enough {
        data.feed_cer_updated = false;
    } else if data.median_feed.core_exchange_rate != median.core_exchange_rate {
        data.feed_cer_updated = true;
    }
    data.median_feed = median;
    data.current_feed = median;
    refresh_collateralizations(data)
}

/// The median of each part; ratios that the issuer sets take the place of those that producers
/// publish. The parts are selected from one list in turn, in the reference's order, see
/// [`select_nth`].
fn median_of(data: &AssetBitassetData, feeds: &mut [&PriceFeedWithIcr]) -> PriceFeedWithIcr {
    let set = &data.options.extensions;
    let settlement_price = median(feeds, |feed| feed.settlement_price);
    let core_exchange_rate = median(feeds, |feed| feed.core_exchange_rate);
    let mut ratio = |set: Option<u16>, part: fn(&PriceFeedWithIcr) -> u16| {
        set.unwrap_or_else(|| median(feeds, part))
    };
    PriceFeedWithIcr {
        settlement_price,
        core_exchange_rate,
        maintenance_collateral_ratio: ratio(set.maintenance_collateral_ratio, |feed| {
            feed.maintenance_collateral_ratio
        }),
        maximum_short_squeeze_ratio: ratio(set.maximum_short_squeeze_ratio, |feed| {
            feed.maximum_short_squeeze_ratio
        }),
        initial_collateral_ratio: ratio(set.initial_collateral_ratio, |feed| {
            feed.initial_collateral_ratio
        }),
    }
}

fn refresh_collateralizations(data: &mut AssetBitassetData) -> Result<(), Rejected> {
    let median = &data.median_feed;
    let maintenance = median.maintenance_collateralization()?;
    let is_stricter = median.initial_collateral_ratio > median.maintenance_collateral_ratio;
    data.current_initial_collateralization =
        if is_stricter { median.initial_collateralization()? } else { maintenance };
    data.current_maintenance_collateralization = maintenance;
    Ok(())
}

fn median<T: Ord + Default>(
    feeds: &mut [&PriceFeedWithIcr],
    part: impl Fn(&PriceFeedWithIcr) -> T,
) -> T {
    let place = feeds.len() / 2;
    select_nth(feeds, place, |a, b| part(a).cmp(&part(b)));
    feeds.get(place).map_or_else(T::default, |feed| part(feed))
}
