//! Trades: two fills, one of the maker and one of the taker, seen as one.

use super::orders::market_assets;
use crate::amounts::{amount_to_string, price_to_string};
use crate::answer::Answer;
use crate::limits::limited;
use crate::methods::{Method, gather};
use crate::refusal::ApiRefusal;
use crate::{ApiError, Arguments, View};
use carbyne_answers::Trade;
use carbyne_index::market::OrderHistory;
use carbyne_objects::AssetObject;
use carbyne_wire::TimePointSec;
use std::iter::Peekable;

pub(super) const METHODS: &[Method] = &[
    gather(
        "get_trade_history(base: symbol|1.3.x, quote: symbol|1.3.x, start: time, stop: time, \
         limit: uint32<=get_trade_history) -> [market_trade]",
        "Trades of a market back from a time.",
        get_trade_history,
    ),
    gather(
        "get_trade_history_by_sequence(base: symbol|1.3.x, quote: symbol|1.3.x, start: int64, \
         stop: time, limit: uint32<=get_trade_history_by_sequence) -> [market_trade]",
        "Trades of a market back from one of them.",
        by_sequence,
    ),
];

fn get_trade_history(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let (base, quote): (String, String) = (arguments.get(0)?, arguments.get(1)?);
    let (start, stop): (TimePointSec, TimePointSec) = (arguments.get(2)?, arguments.get(3)?);
    let limit = limited(arguments.get(4)?, view.settings.limits.get_trade_history)?;
    let pair = market_assets(view, &base, &quote)?;
    let (first, second) = crate::event::market(pair.0.id, pair.1.id);
    // The reference takes its clock for 1970; fills are never later than the head block.
    let start = if start == TimePointSec(0) { TimePointSec::MAX } else { start };
    let markets = view.past()?.markets();
    let fills = markets.fills_of(first, second, markets.first_until(first, second, start));
    let mut fills = fills.skip_while(|fill| fill.time > start).peekable();
    trades(view, &mut fills, pair, stop, limit)
}

fn by_sequence(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let (base, quote): (String, String) = (arguments.get(0)?, arguments.get(1)?);
    let (start, stop): (i64, TimePointSec) = (arguments.get(2)?, arguments.get(3)?);
    let most = view.settings.limits.get_trade_history_by_sequence;
    let limit = limited(arguments.get(4)?, most)?;
    if start < 0 {
        return Err(ApiRefusal::NegativeStart { start }.into());
    }
    let pair = market_assets(view, &base, &quote)?;
    let (first, second) = crate::event::market(pair.0.id, pair.1.id);
    let mut fills = view.past()?.markets().fills_of(first, second, -start).peekable();
    // The trade that the question names was seen before, both sides of it.
    if fills.peek().is_some_and(|fill| fill.key.sequence == -start && fill.time >= stop) {
        next_pair(&mut fills);
    }
    trades(view, &mut fills, pair, stop, limit)
}

/// The next fill, and the one behind it if that is the other side of the same match.
fn next_pair(
    fills: &mut Peekable<impl Iterator<Item = OrderHistory>>,
) -> Option<(OrderHistory, Option<OrderHistory>)> {
    let fill = fills.next()?;
    let other =
        fills.next_if(|next| next.time == fill.time && next.op.is_maker != fill.op.is_maker);
    Some((fill, other))
}

fn trades(
    view: &View<'_>,
    fills: &mut Peekable<impl Iterator<Item = OrderHistory>>,
    pair: (&AssetObject, &AssetObject),
    stop: TimePointSec,
    limit: usize,
) -> Result<Answer, ApiError> {
    let next = || {
        fills.peek().filter(|fill| fill.time >= stop)?;
        let (fill, other) = next_pair(fills)?;
        Some(trade(&fill, other.as_ref(), pair).and_then(|trade| view.row(trade)))
    };
    view.list(std::iter::from_fn(next).take(limit))
}

/// The trades of a market from a sequence on, the newest first, with their places.
pub(crate) fn trades_from<'v>(
    view: &View<'v>,
    pair: (&'v AssetObject, &'v AssetObject),
    first: i64,
) -> Result<impl Iterator<Item = (i64, Result<Trade, ApiError>)> + use<'v>, ApiError> {
    let (base, quote) = crate::event::market(pair.0.id, pair.1.id);
    let mut fills = view.past()?.markets().fills_of(base, quote, first).peekable();
    Ok(std::iter::from_fn(move || {
        let (fill, other) = next_pair(&mut fills)?;
        Some((fill.key.sequence, trade(&fill, other.as_ref(), pair)))
    }))
}

fn trade(
    fill: &OrderHistory,
    other: Option<&OrderHistory>,
    (base, quote): (&AssetObject, &AssetObject),
) -> Result<Trade, ApiError> {
    let (pays, receives) = (fill.op.pays.amount, fill.op.receives.amount);
    let receives_base = fill.op.receives.asset_id == base.id;
    let (amount, value) = if receives_base { (pays, receives) } else { (receives, pays) };
    let mut trade = Trade {
        date: fill.time,
        price: price_to_string(fill.op.fill_price, base, quote)?.into(),
        amount: amount_to_string(amount, quote.precision).into(),
        value: amount_to_string(value, base.precision).into(),
        ..Trade::default()
    };
    for side in [Some(fill), other].into_iter().flatten() {
        if side.op.is_maker {
            trade.sequence = -side.key.sequence;
            trade.side1_account_id = side.op.account_id;
            let sells = side.op.receives.asset_id == base.id;
            trade.type_ = if sells { "sell" } else { "buy" }.into();
        } else {
            trade.side2_account_id = side.op.account_id;
        }
    }
    Ok(trade)
}
