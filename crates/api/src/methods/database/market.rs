//! Markets: order books, prices, volumes and trades as people read them.

use super::orders::{both_sides, market_assets};
use crate::amounts::{
    amount_to_string, oriented, price_diff_percent_string, price_to_string,
    uint128_amount_to_string,
};
use crate::answer::Answer;
use crate::limits::limited;
use crate::methods::{Method, gather, read};
use crate::{ApiError, Arguments, View};
use carbyne_answers::{BookOrder, OrderBook, Ticker, Volume};
use carbyne_index::market::MarketTicker;
use carbyne_objects::{AssetObject, LimitOrder};
use carbyne_protocol::money::{Asset, Price};
use carbyne_wire::{Id, Json, Text};
use serde_json::Value;

pub(super) const METHODS: &[Method] = &[
    read(
        "get_order_book(base: symbol|1.3.x, quote: symbol|1.3.x, limit: uint32<=get_order_book) \
         -> order_book",
        "The best orders of both sides of a market, as text.",
        get_order_book,
    ),
    read(
        "get_ticker(base: symbol|1.3.x, quote: symbol|1.3.x) -> market_ticker",
        "The last 24 hours of a market.",
        get_ticker,
    ),
    read(
        "get_24_volume(base: symbol|1.3.x, quote: symbol|1.3.x) -> market_volume",
        "What was traded in a market in the last 24 hours.",
        get_24_volume,
    ),
    gather(
        "get_top_markets(limit: uint32<=get_top_markets) -> [market_ticker]",
        "The last 24 hours of the largest markets.",
        get_top_markets,
    ),
];

/// One side of a market: base and quote as the question names them.
type Pair<'a> = (&'a AssetObject, &'a AssetObject);

fn get_order_book(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let (base, quote): (String, String) = (arguments.get(0)?, arguments.get(1)?);
    let limit = limited(arguments.get(2)?, view.settings.limits.get_order_book)?;
    let pair = market_assets(view, &base, &quote)?;
    let (bids, asks) = book(view, pair, limit)?;
    Ok(OrderBook { base: base.into(), quote: quote.into(), bids, asks }.to_json())
}

/// The best bids and asks of a market.
fn book(
    view: &View<'_>,
    pair: Pair<'_>,
    limit: usize,
) -> Result<(Vec<BookOrder>, Vec<BookOrder>), ApiError> {
    let (mut bids, mut asks) = (Vec::new(), Vec::new());
    for order in both_sides(view, pair.0.id, pair.1.id, limit)? {
        let side = if order.sell_asset_id() == pair.0.id { &mut bids } else { &mut asks };
        side.push(book_entry(view, order, pair)?);
    }
    Ok((bids, asks))
}

fn book_entry(view: &View<'_>, order: &LimitOrder, pair: Pair<'_>) -> Result<BookOrder, ApiError> {
    let price = order.sell_price;
    let wide = |amount: i64| i128::from(amount);
    // Rounded down, whatever the order's own rounding: this is for the eye.
    let receives = wide(order.for_sale) * wide(price.quote.amount) / wide(price.base.amount.max(1));
    let (base, quote) = if order.sell_asset_id() == pair.0.id {
        (order.for_sale, receives as i64)
    } else {
        (receives as i64, order.for_sale)
    };
    Ok(BookOrder {
        price: price_to_string(price, pair.0, pair.1)?.into(),
        quote: amount_to_string(quote, pair.1.precision).into(),
        base: amount_to_string(base, pair.0.precision).into(),
        id: order.id,
        owner_id: order.seller,
        owner_name: view.ledger.get(order.seller)?.name.clone(),
        expiration: order.expiration,
    })
}

fn the_ticker(view: &View<'_>, (base, quote): Pair<'_>) -> Result<Option<MarketTicker>, ApiError> {
    let (first, second) = crate::event::market(base.id, quote.id);
    Ok(view.past()?.markets().ticker(first, second))
}

fn get_ticker(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let (base, quote): (String, String) = (arguments.get(0)?, arguments.get(1)?);
    let pair = market_assets(view, &base, &quote)?;
    let ticker = match the_ticker(view, pair)? {
        Some(ticker) => describe(view, &ticker, pair)?,
        None => empty(view, pair)?,
    };
    Ok(ticker.to_json())
}

/// A market without trades.
fn empty(view: &View<'_>, (base, quote): Pair<'_>) -> Result<Ticker, ApiError> {
    Ok(Ticker {
        time: view.ledger.head_time()?,
        base: base.symbol.clone(),
        quote: quote.symbol.clone(),
        ..Ticker::default()
    })
}

/// A price of a ticker with the base of the question as its base.
fn price_of(
    ticker: &MarketTicker,
    base: i64,
    quote: i64,
    pair: Pair<'_>,
) -> Result<Price, ApiError> {
    let price = Price::new(Asset::new(base, ticker.base), Asset::new(quote, ticker.quote));
    oriented(price, pair.0, pair.1)
}

fn describe(view: &View<'_>, ticker: &MarketTicker, pair: Pair<'_>) -> Result<Ticker, ApiError> {
    let mut told = empty(view, pair)?;
    let latest = price_of(ticker, ticker.latest_base, ticker.latest_quote, pair)?;
    told.latest = price_to_string(latest, pair.0, pair.1)?.into();
    let before = price_of(ticker, ticker.last_day_base, ticker.last_day_quote, pair)?;
    let is_known = ticker.last_day_base != 0 && ticker.last_day_quote != 0;
    let is_same =
        ticker.last_day_base == ticker.latest_base && ticker.last_day_quote == ticker.latest_quote;
    if is_known && !is_same {
        told.percent_change = price_diff_percent_string(before, latest).into();
    }
    (told.base_volume, told.quote_volume) = volumes(ticker, pair);
    let (bids, asks) = book(view, pair, 1)?;
    if let Some(best) = bids.into_iter().next() {
        told.highest_bid = best.price;
        (told.highest_bid_base_size, told.highest_bid_quote_size) = (best.base, best.quote);
    }
    if let Some(best) = asks.into_iter().next() {
        told.lowest_ask = best.price;
        (told.lowest_ask_base_size, told.lowest_ask_quote_size) = (best.base, best.quote);
    }
    told.mto_id = Some(ticker.id);
    Ok(told)
}

/// What was traded of base and quote.
fn volumes(ticker: &MarketTicker, (base, quote): Pair<'_>) -> (Text, Text) {
    let (base_volume, quote_volume) = if base.id == ticker.base {
        (ticker.base_volume, ticker.quote_volume)
    } else {
        (ticker.quote_volume, ticker.base_volume)
    };
    (
        uint128_amount_to_string(base_volume, base.precision).into(),
        uint128_amount_to_string(quote_volume, quote.precision).into(),
    )
}

fn get_24_volume(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let (base, quote): (String, String) = (arguments.get(0)?, arguments.get(1)?);
    let pair = market_assets(view, &base, &quote)?;
    let (base_volume, quote_volume) = match the_ticker(view, pair)? {
        Some(ticker) => volumes(&ticker, pair),
        None => ("0".into(), "0".into()),
    };
    let (base, quote) = (pair.0.symbol.clone(), pair.1.symbol.clone());
    let time = view.ledger.head_time()?;
    Ok(Volume { time, base, quote, base_volume, quote_volume }.to_json())
}

fn get_top_markets(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let limit = limited(arguments.get(0)?, view.settings.limits.get_top_markets)?;
    let tickers = view.past()?.markets().by_volume((u128::MAX, Id(u64::MAX))).take(limit);
    view.list(tickers.map(|ticker| describe_ticker(view, &ticker)))
}

/// The last 24 hours of a market, in its own order of assets.
pub(crate) fn describe_ticker(view: &View<'_>, ticker: &MarketTicker) -> Result<Answer, ApiError> {
    let pair = (view.ledger.get(ticker.base)?, view.ledger.get(ticker.quote)?);
    view.row(describe(view, ticker, pair)?)
}
