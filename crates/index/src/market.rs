//! Trades: fills per market, candles, and what happened in the last 24 hours (reference:
//! `market_history_plugin.cpp`).
//!
//! A market is a pair of assets with the smaller id as base. Both sides of a match are fills;
//! candles and tickers count the maker's side only.

use crate::Settings;
use crate::keys::{Key, Kind};
use crate::rows::row;
use crate::store::Store;
use crate::window::Window;
use carbyne_protocol::ids::AssetId;
use carbyne_protocol::money::Price;
use carbyne_protocol::ops::market::fill_order::FillOrder;
use carbyne_wire::{Id, TimePointSec, Wire};
use std::ops::RangeInclusive;

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
#[wire(plain)]
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
#[wire(plain)]
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

row!(OrderHistory, Fill, |row| [fill_key(row.key)]);
row!(Bucket, Bucket, |row| [bucket_key(row.key)]);
row!(MarketTicker, MarketTicker, |row| [pair_key(Kind::MarketTickerByPair, row.base, row.quote)]);
row!(TickerMeta, TickerMeta);

fn pair_key(kind: Kind, base: AssetId, quote: AssetId) -> Key {
    Key::new(kind).number(base.0).number(quote.0)
}

fn fill_key(key: HistoryKey) -> Key {
    pair_key(Kind::FillByMarket, key.base, key.quote).signed(key.sequence)
}

fn bucket_key(key: BucketKey) -> Key {
    pair_key(Kind::BucketByKey, key.base, key.quote).short(key.seconds).short(key.open.0)
}

/// The largest volume comes first, of equal ones the newest market.
fn volume_key((volume, id): (u128, Id<5, 2>)) -> Key {
    let key = Key::new(Kind::MarketTickerByVolume).bytes(&(!volume).to_be_bytes());
    key.bytes(&(!id.0).to_be_bytes())
}

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
#[derive(Clone, Copy)]
pub struct Markets<'a>(pub(crate) &'a Store);

impl<'a> Markets<'a> {
    /// The fills of a market from a sequence on: the newest come first.
    pub fn fills_of(
        self,
        base: AssetId,
        quote: AssetId,
        first: i64,
    ) -> impl Iterator<Item = OrderHistory> + use<'a> {
        let key = |sequence| fill_key(HistoryKey { base, quote, sequence });
        self.0.rows_at(key(first)..=key(i64::MAX))
    }

    /// The sequence of a fill before which all are later than `time`; of those from it on only the
    /// first may be.
    pub fn first_until(self, base: AssetId, quote: AssetId, time: TimePointSec) -> i64 {
        let at = |sequence| self.fills_of(base, quote, sequence).next();
        let key = |sequence| fill_key(HistoryKey { base, quote, sequence });
        let oldest = self.0.rows_at_back::<OrderHistory>(key(i64::MIN)..=key(i64::MAX)).next();
        let Some((newest, oldest)) = at(i64::MIN).zip(oldest) else { return 0 };
        if newest.time <= time {
            return newest.key.sequence;
        }
        let (mut later, mut last) = (newest.key.sequence, oldest.key.sequence);
        while last - later > 1 {
            let middle = later + (last - later) / 2;
            let is_later = at(middle).is_some_and(|fill| fill.time > time);
            if is_later { later = middle } else { last = middle }
        }
        last
    }

    /// The candles of a market that open within a time, the oldest first.
    pub fn buckets_of(
        self,
        market: BucketKey,
        open: RangeInclusive<TimePointSec>,
    ) -> impl Iterator<Item = Bucket> + use<'a> {
        let key = |open| bucket_key(BucketKey { open, ..market });
        self.0.rows_at(key(*open.start())..=key(*open.end()))
    }

    /// The last 24 hours of a market.
    pub fn ticker(self, base: AssetId, quote: AssetId) -> Option<MarketTicker> {
        self.0.row_at(&pair_key(Kind::MarketTickerByPair, base, quote))
    }

    /// The last 24 hours of markets from a volume of the base and an id on: the largest volume
    /// comes first, of equal ones the newest market.
    pub fn by_volume(
        self,
        first: (u128, Id<5, 2>),
    ) -> impl Iterator<Item = MarketTicker> + use<'a> {
        self.0.rows_at(volume_key(first)..=volume_key((0, Id(0))))
    }
}

/// Takes in a fill.
pub(crate) fn add(store: &mut Store, fill: &FillOrder, now: TimePointSec, settings: &Settings) {
    let trade = Trade::of(fill);
    let newest = Markets(store).fills_of(trade.base, trade.quote, i64::MIN).next();
    let sequence = newest.map_or(0, |newest| newest.key.sequence.saturating_sub(1));
    let key = HistoryKey { base: trade.base, quote: trade.quote, sequence };
    let row = store.create(OrderHistory { id: Id(0), key, time: now, op: fill.clone() });
    if store.row::<TickerMeta>(0).is_none() {
        store.create(TickerMeta { rolling_min_order_his_id: row.id, ..Default::default() });
    }
    forget_old_fills(store, key, now, settings);
    if fill.is_maker {
        add_to_ticker(store, &trade);
        for seconds in &settings.bucket_seconds {
            update_bucket(store, &trade, now, *seconds, settings.buckets_kept);
        }
    }
}

/// Fills go when they are neither among the newest nor young.
fn forget_old_fills(store: &mut Store, newest: HistoryKey, now: TimePointSec, settings: &Settings) {
    let youngest_to_go = TimePointSec(now.0.saturating_sub(settings.trades_kept_seconds));
    let first = newest.sequence.saturating_add(settings.trades_kept.into());
    // The oldest come last: there is nothing to do unless the last is old.
    let key = |sequence| fill_key(HistoryKey { sequence, ..newest });
    let beyond = store.rows_at_back::<OrderHistory>(key(first)..=key(i64::MAX));
    let old: Vec<OrderHistory> = beyond.take_while(|row| row.time <= youngest_to_go).collect();
    for row in &old {
        store.remove(row);
    }
}

fn add_to_ticker(store: &mut Store, trade: &Trade) {
    let (base, quote) = (trade.base, trade.quote);
    let known = Markets(store).ticker(base, quote);
    let mut ticker = known
        .unwrap_or_else(|| store.create(MarketTicker { base, quote, ..MarketTicker::default() }));
    let before = ticker;
    ticker.latest_base = trade.price.base.amount;
    ticker.latest_quote = trade.price.quote.amount;
    ticker.base_volume = ticker.base_volume.wrapping_add(volume(trade.volume.base.amount));
    ticker.quote_volume = ticker.quote_volume.wrapping_add(volume(trade.volume.quote.amount));
    replace(store, &before, &ticker);
}

/// Keeps a ticker that was there in its new form.
fn replace(store: &mut Store, before: &MarketTicker, ticker: &MarketTicker) {
    store.replace(ticker);
    store.put(&volume_key((before.base_volume, before.id)), None);
    keep_volume(store, ticker);
}

fn keep_volume(store: &mut Store, ticker: &MarketTicker) {
    let leads_to = Key::new(Kind::MarketTicker).number(ticker.id.0);
    store.put(&volume_key((ticker.base_volume, ticker.id)), Some(leads_to.as_bytes().into()));
}

fn update_bucket(store: &mut Store, trade: &Trade, now: TimePointSec, seconds: u32, kept: u32) {
    if kept == 0 || seconds == 0 {
        return;
    }
    let number = now.0 / seconds;
    let open = TimePointSec(number * seconds);
    let key = BucketKey { base: trade.base, quote: trade.quote, seconds, open };
    match store.row_at::<Bucket>(&bucket_key(key)) {
        None => {
            store.create(new_bucket(key, trade));
        }
        Some(mut bucket) => {
            add_to_bucket(&mut bucket, trade);
            store.replace(&bucket);
        }
    }
    let cutoff = number.saturating_sub(kept) * seconds;
    if let Some(last) = cutoff.checked_sub(1) {
        let old = Markets(store).buckets_of(key, TimePointSec(0)..=TimePointSec(last));
        for bucket in old.collect::<Vec<_>>() {
            store.remove(&bucket);
        }
    }
}

/// Takes fills older than a day out of the tickers.
pub(crate) fn roll(store: &mut Store, now: TimePointSec) {
    let Some(mut meta) = store.row::<TickerMeta>(0) else { return };
    let first = meta.rolling_min_order_his_id.0;
    let window = Window { first, skips_first: meta.skip_min_order_his_id };
    let rows = store.rows_from::<OrderHistory>(first).map(|row| (row.id.0, row.time));
    let (next, left) = window.roll(now, rows);
    for number in left {
        let fill = store.row::<OrderHistory>(number);
        if let Some(fill) = fill.filter(|row| row.op.is_maker) {
            take_from_ticker(store, &Trade::of(&fill.op));
        }
    }
    if next != window {
        meta.rolling_min_order_his_id = Id(next.first);
        meta.skip_min_order_his_id = next.skips_first;
        store.replace(&meta);
    }
}

fn take_from_ticker(store: &mut Store, trade: &Trade) {
    let Some(mut ticker) = Markets(store).ticker(trade.base, trade.quote) else { return };
    let before = ticker;
    ticker.last_day_base = trade.price.base.amount;
    ticker.last_day_quote = trade.price.quote.amount;
    ticker.base_volume = ticker.base_volume.wrapping_sub(volume(trade.volume.base.amount));
    ticker.quote_volume = ticker.quote_volume.wrapping_sub(volume(trade.volume.quote.amount));
    replace(store, &before, &ticker);
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
