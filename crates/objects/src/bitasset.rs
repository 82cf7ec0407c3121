//! SmartCoins: feeds, options and what settlements left (reference: `chain/asset_object.hpp`).
//!
//! Invariant: an asset has one of these exactly if it names one in `bitasset_data_id`.

use carbyne_graph::Index;
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::PERCENT_100;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::asset::options::{BitassetOptions, BlackSwanResponse};
use carbyne_protocol::price_feed::PriceFeedWithIcr;
use carbyne_protocol::proportion::signed_proportion;
use carbyne_protocol::ratio::Ratio;
use carbyne_wire::{FlatMap, TimePointSec, Wire};
use std::collections::BTreeSet;

/// Feeds and settlement state of a SmartCoin.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AssetBitassetData {
    /// Id.
    pub id: AssetBitassetDataId,
    /// The asset.
    pub asset_id: AssetId,
    /// By producer: when it last published, and what.
    pub feeds: FlatMap<AccountId, (TimePointSec, PriceFeedWithIcr)>,
    /// Median of the feeds that are alive.
    pub median_feed: PriceFeedWithIcr,
    /// The median, its price capped where the response to black swans asks for it.
    pub current_feed: PriceFeedWithIcr,
    /// When the oldest feed of the median was published.
    pub current_feed_publication_time: TimePointSec,
    /// Positions not above it are called; follows from the median.
    pub current_maintenance_collateralization: Price,
    /// New and changed positions must be above it; follows from the median.
    pub current_initial_collateralization: Price,
    /// What the issuer sets.
    pub options: BitassetOptions,
    /// Smallest units force settled since the last maintenance.
    pub force_settled_volume: i64,
    /// Whether it is a prediction market.
    pub is_prediction_market: bool,
    /// Price at which a globally settled asset is redeemed; null if it is not settled.
    pub settlement_price: Price,
    /// Collateral to redeem a globally settled asset with, in smallest units.
    pub settlement_fund: i64,
    /// Debt taken over by individual settlements, in smallest units.
    pub individual_settlement_debt: i64,
    /// Collateral taken over by individual settlements, in smallest units.
    pub individual_settlement_fund: i64,
    /// Whether the issuer changed the core exchange rate since it was last set from the feed.
    pub asset_cer_updated: bool,
    /// Whether the feed's core exchange rate changed since it was last set from the feed.
    pub feed_cer_updated: bool,
}
object! {
    AssetBitassetData, BitassetIndex,
    holds |data, _assets, sheet| {
        let backing = data.options.short_backing_asset;
        sheet.hold(Asset::new(data.settlement_fund, backing));
        sheet.hold(Asset::new(data.individual_settlement_fund, backing));
        sheet.owe(Asset::new(data.individual_settlement_debt, data.asset_id));
    },
    concerns []
}

impl AssetBitassetData {
    /// Whether all its positions were closed.
    pub fn is_globally_settled(&self) -> bool {
        !self.settlement_price.is_null()
    }

    /// How it responds to a position that cannot pay.
    pub fn black_swan_response_method(&self) -> BlackSwanResponse {
        self.options.black_swan_response_method()
    }

    /// Whether there is a fund of individual settlements to force settle against.
    pub fn is_individually_settled_to_fund(&self) -> bool {
        self.individual_settlement_debt != 0
            && self.black_swan_response_method() == BlackSwanResponse::IndividualSettlementToFund
    }

    /// Whether the price in force is not the median.
    pub fn is_current_feed_price_capped(&self) -> bool {
        self.median_feed.settlement_price != self.current_feed.settlement_price
    }

    /// Debt / collateral of what individual settlements took over.
    pub fn individual_settlement_price(&self) -> Result<Price, Rejected> {
        let collateral = self.options.short_backing_asset;
        Price::of(
            Asset::new(self.individual_settlement_debt, self.asset_id),
            Asset::new(self.individual_settlement_fund, collateral),
        )
    }

    /// The price at which margin calls offer collateral: debt / collateral.
    pub fn margin_call_order_price(&self) -> Result<Price, Rejected> {
        self.current_feed.margin_call_order_price(self.options.extensions.margin_call_fee_ratio)
    }

    /// MSSR less the margin call fee, never below one.
    pub fn margin_call_order_ratio(&self) -> Ratio {
        self.current_feed.margin_call_order_ratio(self.options.extensions.margin_call_fee_ratio)
    }

    /// What part of the collateral of a called position goes to the buyer.
    pub fn margin_call_pays_ratio(&self) -> Ratio {
        self.current_feed.margin_call_pays_ratio(self.options.extensions.margin_call_fee_ratio)
    }

    /// The most that may be force settled between two maintenances, in smallest units.
    pub fn max_force_settlement_volume(&self, current_supply: i64) -> i64 {
        let settled = i128::from(self.force_settled_volume);
        let volume = i128::from(current_supply).wrapping_add(settled);
        // A percentage of a supply is a supply, since no more than all of it can be allowed.
        signed_proportion(volume, self.options.maximum_force_settlement_volume, PERCENT_100)
    }

    /// Whether the core exchange rate of the asset is to be set from the feed.
    pub fn need_to_update_cer(&self) -> bool {
        (self.feed_cer_updated || self.asset_cer_updated)
            && !self.current_feed.core_exchange_rate.is_null()
    }

    /// When the oldest feed of the median stops counting.
    pub fn feed_expiration_time(&self) -> TimePointSec {
        let lifetime = self.options.feed_lifetime_sec;
        self.current_feed_publication_time.checked_add(lifetime).unwrap_or(TimePointSec::MAX)
    }
}

/// SmartCoins by collateral, by expiration of their feed, those whose core exchange rate is due and
/// those that are globally settled.
#[derive(Clone, Debug, Default)]
pub struct BitassetIndex {
    by_backing: BTreeSet<(AssetId, u64)>,
    by_feed_expiration: BTreeSet<(TimePointSec, AssetId, u64)>,
    by_cer_update: BTreeSet<u64>,
    globally_settled: BTreeSet<AssetId>,
}

impl BitassetIndex {
    /// SmartCoins with that collateral, in order of number.
    pub fn backed_by(&self, backing: AssetId) -> impl Iterator<Item = AssetBitassetDataId> {
        self.by_backing.range((backing, 0)..=(backing, u64::MAX)).map(|(_, n)| carbyne_wire::Id(*n))
    }

    /// SmartCoins whose feed is expired at `now`, the oldest first.
    pub fn expired_at(&self, now: TimePointSec) -> impl Iterator<Item = AssetBitassetDataId> {
        self.by_feed_expiration
            .iter()
            .take_while(move |(expiration, _, _)| *expiration <= now)
            .map(|(_, _, n)| carbyne_wire::Id(*n))
    }

    /// SmartCoins whose core exchange rate is to be set from the feed.
    pub fn cer_updates(&self) -> impl Iterator<Item = AssetBitassetDataId> {
        self.by_cer_update.iter().map(|n| carbyne_wire::Id(*n))
    }

    /// The first SmartCoin from the asset `first` on that is globally settled.
    pub fn globally_settled_from(&self, first: AssetId) -> Option<AssetId> {
        self.globally_settled.range(first..).next().copied()
    }
}

/// What is due of a SmartCoin, or done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BitassetMarks {
    needs_cer_update: bool,
    is_globally_settled: bool,
}

impl Index<AssetBitassetData> for BitassetIndex {
    type Keys = (AssetId, (TimePointSec, AssetId), BitassetMarks);
    fn keys(row: &AssetBitassetData) -> Self::Keys {
        let expiration = (row.feed_expiration_time(), row.asset_id);
        let marks = BitassetMarks {
            needs_cer_update: row.need_to_update_cer(),
            is_globally_settled: row.is_globally_settled(),
        };
        (row.options.short_backing_asset, expiration, marks)
    }
    fn insert(&mut self, instance: u64, (backing, expiration, marks): Self::Keys) {
        self.by_backing.insert((backing, instance));
        self.by_feed_expiration.insert((expiration.0, expiration.1, instance));
        if marks.needs_cer_update {
            self.by_cer_update.insert(instance);
        }
        if marks.is_globally_settled {
            self.globally_settled.insert(expiration.1);
        }
    }
    fn remove(&mut self, instance: u64, (backing, expiration, _): Self::Keys) {
        self.by_backing.remove(&(backing, instance));
        self.by_feed_expiration.remove(&(expiration.0, expiration.1, instance));
        self.by_cer_update.remove(&instance);
        self.globally_settled.remove(&expiration.1);
    }
}
