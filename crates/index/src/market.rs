//! Trades: fills per market, candles, and what happened in the last 24 hours (reference:
//! `market_history_plugin.cpp`).
//!
//! A market is a pair of assets with the smaller id as base. Both sides of a match are fills;
//! candles and tickers count the maker's side only.

use crate::Settings;
use crate::window::Window;
use carbyne_graph::{Index, NoIndex, Table};
use carbyne_ledger::ids::AssetId;
use carbyne_ledger::money::Price;
use carbyne_ledger::ops::market::fill_order::FillOrder;
use carbyne_wire::{Id, TimePointSec, Wire};
use std::collections::BTreeMap;
use std::ops::Bound;

/// A market and the place of a fill in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Wire)]
pub struct HistoryKey {
    /// The asset with the smaller id.
    pub base: AssetId,
    /// The other asset.
    pub quote: AssetId,
    /// Counts down from 0, so that newer fills come first.
    pub sequence: i64,
}

/// A fill (reference: `order_history_object`).
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct OrderHistory {
    /// Id.
    pub id: Id<5, 0>,
    /// Market and place in it.
    pub key: HistoryKey,
    /// Time of the block.
    pub time: TimePointSec,
    /// The fill.
    pub op: FillOrder,
}

/// A market, the width of a candle and when it opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Wire)]
pub struct BucketKey {
    /// The asset with the smaller id.
    pub base: AssetId,
    /// The other asset.
    pub quote: AssetId,
    /// Width in seconds.
    pub seconds: u32,
    /// When it opens.
    pub open: TimePointSec,
}

/// A candle (reference: `bucket_object`). Prices are pairs of amounts in smallest units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Wire)]
#[allow(missing_docs)]
pub struct Bucket {
    pub id: Id<5, 1>,
    pub key: BucketKey,
    pub high_base: i64,
    pub high_quote: i64,
    pub low_base: i64,
    pub low_quote: i64,
    pub open_base: i64,
    pub open_quote: i64,
    pub close_base: i64,
    pub close_quote: i64,
    pub base_volume: i64,
    pub quote_volume: i64,
}

/// The last 24 hours of a market (reference: `market_ticker_object`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Wire)]
pub struct MarketTicker {
    /// Id.
    pub id: Id<5, 2>,
    /// The asset with the smaller id.
    pub base: AssetId,
    /// The other asset.
    pub quote: AssetId,
    /// Base of the last price before these 24 hours; 0 if there was none.
    pub last_day_base: i64,
    /// Quote of that price.
    pub last_day_quote: i64,
    /// Base of the newest price.
    pub latest_base: i64,
    /// Quote of the newest price.
    pub latest_quote: i64,
    /// Smallest units of base traded.
    pub base_volume: u128,
    /// Smallest units of quote traded.
    pub quote_volume: u128,
}

/// Where the 24 hours begin (reference: `market_ticker_meta_object`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Wire)]
pub struct TickerMeta {
    /// Id.
    pub id: Id<5, 3>,
    /// The oldest fill that counts, or the newest that does not.
    pub rolling_min_order_his_id: Id<5, 0>,
    /// Whether that fill does not count any more.
    pub skip_min_order_his_id: bool,
}

crate::row!(OrderHistory, ByKey<HistoryKey>);
crate::row!(Bucket, ByKey<BucketKey>);
crate::row!(MarketTicker, ByKey<(AssetId, AssetId)>);
crate::row!(TickerMeta, NoIndex);

/// Rows by a unique key.
#[derive(Clone, Debug)]
pub struct ByKey<K>(BTreeMap<K, u64>);

impl<K> Default for ByKey<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord + Copy> ByKey<K> {
    /// The row with that key.
    pub fn find(&self, key: &K) -> Option<u64> {
        self.0.get(key).copied()
    }

    /// Keys and rows in order within bounds.
    pub fn range(
        &self,
        from: Bound<K>,
        to: Bound<K>,
    ) -> impl DoubleEndedIterator<Item = (&K, u64)> {
        self.0.range((from, to)).map(|(key, instance)| (key, *instance))
    }
}

macro_rules! by_key {
    ($row:ty, $key:ty, $get:expr) => {
        impl Index<$row> for ByKey<$key> {
            type Keys = $key;
            fn keys(row: &$row) -> $key {
                let get: fn(&$row) -> $key = $get;
                get(row)
            }
            fn insert(&mut self, instance: u64, key: $key) {
                self.0.insert(key, instance);
            }
            fn remove(&mut self, _: u64, key: $key) {
                self.0.remove(&key);
            }
        }
    };
}
by_key!(OrderHistory, HistoryKey, |row| row.key);
by_key!(Bucket, BucketKey, |row| row.key);
by_key!(MarketTicker, (AssetId, AssetId), |row| (row.base, row.quote));

/// A trade seen from its market: base first.
#[derive(Clone, Copy)]
struct Trade {
    base: AssetId,
    quote: AssetId,
    volume: Price,
    price: Price,
}

impl Trade {
    fn of(fill: &FillOrder) -> Self {
        let base_first = |price: Price| {
            if price.base.asset_id > price.quote.asset_id { price.inverted() } else { price }
        };
        let volume = base_first(Price::new(fill.pays, fill.receives));
        Self {
            base: volume.base.asset_id,
            quote: volume.quote.asset_id,
            volume,
            price: base_first(fill.fill_price),
        }
    }
}

/// Everything about trades.
#[derive(Clone, Debug, Default)]
pub struct Markets {
    /// Fills.
    pub fills: Table<OrderHistory>,
    /// Candles.
    pub buckets: Table<Bucket>,
    /// The last 24 hours.
    pub tickers: Table<MarketTicker>,
    /// Where they begin.
    pub meta: Table<TickerMeta>,
}

impl Markets {
    /// The newest fills of a market first.
    pub fn fills_of(
        &self,
        base: AssetId,
        quote: AssetId,
    ) -> impl DoubleEndedIterator<Item = &OrderHistory> {
        let key = |sequence| HistoryKey { base, quote, sequence };
        let range = (Bound::Included(key(i64::MIN)), Bound::Included(key(i64::MAX)));
        self.fills.index().range(range.0, range.1).filter_map(|(_, fill)| self.fills.get(fill))
    }

    /// The last 24 hours of a market.
    pub fn ticker(&self, base: AssetId, quote: AssetId) -> Option<&MarketTicker> {
        self.tickers.get(self.tickers.index().find(&(base, quote))?)
    }

    /// Takes in a fill.
    pub(crate) fn add(&mut self, fill: &FillOrder, now: TimePointSec, settings: &Settings) {
        let trade = Trade::of(fill);
        let newest = self.fills_of(trade.base, trade.quote).next();
        let sequence = newest.map_or(0, |newest| newest.key.sequence - 1);
        let key = HistoryKey { base: trade.base, quote: trade.quote, sequence };
        let row = OrderHistory { id: Id(0), key, time: now, op: fill.clone() };
        let instance = self.fills.create(row);
        if self.meta.is_empty() {
            let first = TickerMeta { rolling_min_order_his_id: Id(instance), ..Default::default() };
            self.meta.create(first);
        }
        self.forget_old_fills(key, now, settings);
        if fill.is_maker {
            self.update_ticker(&trade);
            for seconds in &settings.bucket_seconds {
                self.update_bucket(&trade, now, *seconds, settings.buckets_kept);
            }
        }
    }

    /// Fills go when they are neither among the newest nor young.
    fn forget_old_fills(&mut self, newest: HistoryKey, now: TimePointSec, settings: &Settings) {
        let youngest_to_go = TimePointSec(now.0.saturating_sub(settings.trades_kept_seconds));
        let first = HistoryKey {
            sequence: newest.sequence.saturating_add(settings.trades_kept.into()),
            ..newest
        };
        let last = HistoryKey { sequence: i64::MAX, ..newest };
        let beyond = self.fills.index().range(Bound::Included(first), Bound::Included(last));
        let old: Vec<u64> = beyond
            .map(|(_, instance)| instance)
            .filter(|fill| self.fills.get(*fill).is_some_and(|row| row.time <= youngest_to_go))
            .collect();
        for instance in old {
            self.fills.remove(instance);
        }
    }

    fn update_ticker(&mut self, trade: &Trade) {
        let (base, quote) = (trade.base, trade.quote);
        let instance = match self.tickers.index().find(&(base, quote)) {
            Some(instance) => instance,
            None => self.tickers.create(MarketTicker { base, quote, ..MarketTicker::default() }),
        };
        self.tickers.modify(instance, |ticker| {
            ticker.latest_base = trade.price.base.amount;
            ticker.latest_quote = trade.price.quote.amount;
            ticker.base_volume = ticker.base_volume.wrapping_add(volume(trade.volume.base.amount));
            ticker.quote_volume =
                ticker.quote_volume.wrapping_add(volume(trade.volume.quote.amount));
        });
    }

    fn update_bucket(&mut self, trade: &Trade, now: TimePointSec, seconds: u32, kept: u32) {
        if kept == 0 || seconds == 0 {
            return;
        }
        let number = now.0 / seconds;
        let open = TimePointSec(number * seconds);
        let key = BucketKey { base: trade.base, quote: trade.quote, seconds, open };
        match self.buckets.index().find(&key) {
            None => {
                self.buckets.create(new_bucket(key, trade));
            }
            Some(instance) => {
                self.buckets.modify(instance, |bucket| add_to_bucket(bucket, trade));
            }
        }
        let cutoff = TimePointSec(number.saturating_sub(kept) * seconds);
        let first = BucketKey { open: TimePointSec(0), ..key };
        let end = BucketKey { open: cutoff, ..key };
        let old: Vec<u64> = self
            .buckets
            .index()
            .range(Bound::Included(first), Bound::Excluded(end))
            .map(|(_, instance)| instance)
            .collect();
        for instance in old {
            self.buckets.remove(instance);
        }
    }

    /// Takes fills older than a day out of the tickers.
    pub(crate) fn roll(&mut self, now: TimePointSec) {
        let Some(meta) = self.meta.get(0).copied() else { return };
        let first = meta.rolling_min_order_his_id.0;
        let window = Window { first, skips_first: meta.skip_min_order_his_id };
        let rows = self.fills.iter_from(first).map(|row| (row.id.0, row.time));
        let (next, left) = window.roll(now, rows);
        for number in left {
            let maker = self.fills.get(number).filter(|row| row.op.is_maker);
            if let Some(trade) = maker.map(|row| Trade::of(&row.op)) {
                self.take_out(&trade);
            }
        }
        if next != window {
            self.meta.modify(0, |meta| {
                meta.rolling_min_order_his_id = Id(next.first);
                meta.skip_min_order_his_id = next.skips_first;
            });
        }
    }

    fn take_out(&mut self, trade: &Trade) {
        let Some(instance) = self.tickers.index().find(&(trade.base, trade.quote)) else { return };
        self.tickers.modify(instance, |ticker| {
            ticker.last_day_base = trade.price.base.amount;
            ticker.last_day_quote = trade.price.quote.amount;
            ticker.base_volume = ticker.base_volume.wrapping_sub(volume(trade.volume.base.amount));
            ticker.quote_volume =
                ticker.quote_volume.wrapping_sub(volume(trade.volume.quote.amount));
        });
    }
}

fn volume(amount: i64) -> u128 {
    amount.unsigned_abs().into()
}

fn new_bucket(key: BucketKey, trade: &Trade) -> Bucket {
    let (base, quote) = (trade.price.base.amount, trade.price.quote.amount);
    Bucket {
        id: Id(0),
        key,
        high_base: base,
        high_quote: quote,
        low_base: base,
        low_quote: quote,
        open_base: base,
        open_quote: quote,
        close_base: base,
        close_quote: quote,
        base_volume: trade.volume.base.amount,
        quote_volume: trade.volume.quote.amount,
    }
}

fn add_to_bucket(bucket: &mut Bucket, trade: &Trade) {
    let (base, quote) = (trade.price.base.amount, trade.price.quote.amount);
    // Which of two prices base / quote is larger, without dividing.
    let cross = |a: i64, b: i64| i128::from(a) * i128::from(b);
    bucket.base_volume = bucket.base_volume.saturating_add(trade.volume.base.amount);
    bucket.quote_volume = bucket.quote_volume.saturating_add(trade.volume.quote.amount);
    (bucket.close_base, bucket.close_quote) = (base, quote);
    if cross(bucket.high_base, quote) < cross(base, bucket.high_quote) {
        (bucket.high_base, bucket.high_quote) = (base, quote);
    }
    if cross(bucket.low_base, quote) > cross(base, bucket.low_quote) {
        (bucket.low_base, bucket.low_quote) = (base, quote);
    }
}
