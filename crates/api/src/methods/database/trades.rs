//! Trades: two fills, one of the maker and one of the taker, seen as one.

use super::orders::market_assets;
use crate::amounts::{amount_to_string, price_to_string};
use crate::limits::limited;
use crate::methods::{Method, read};
use crate::refusal::ApiRefusal;
use crate::{ApiError, Arguments, View};
use carbyne_index::market::OrderHistory;
use carbyne_ledger::objects::AssetObject;
use carbyne_wire::{Json, TimePointSec};
use serde_json::{Value, json};
use std::iter::Peekable;

pub(super) const METHODS: &[Method] = &[
    read(
        "get_trade_history(base: symbol|1.3.x, quote: symbol|1.3.x, start: time, stop: time, \
         limit: uint32<=get_trade_history) -> [market_trade]",
        "Trades of a market back from a time.",
        get_trade_history,
    ),
    read(
        "get_trade_history_by_sequence(base: symbol|1.3.x, quote: symbol|1.3.x, start: int64, \
         stop: time, limit: uint32<=get_trade_history_by_sequence) -> [market_trade]",
        "Trades of a market back from one of them.",
        by_sequence,
    ),
];

fn get_trade_history(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let (base, quote): (String, String) = (arguments.get(0)?, arguments.get(1)?);
    let (start, stop): (TimePointSec, TimePointSec) = (arguments.get(2)?, arguments.get(3)?);
    let limit = limited(arguments.get(4)?, view.settings.limits.get_trade_history)?;
    let pair = market_assets(view, &base, &quote)?;
    let (first, second) = crate::event::market(pair.0.id, pair.1.id);
    // The reference takes its clock for 1970; fills are never later than the head block.
    let start = if start == TimePointSec(0) { TimePointSec::MAX } else { start };
    let fills = view.past()?.markets().fills_of(first, second, i64::MIN);
    let mut fills = fills.skip_while(|fill| fill.time > start).peekable();
    trades(&mut fills, pair, stop, limit)
}

fn by_sequence(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
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
    trades(&mut fills, pair, stop, limit)
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
    fills: &mut Peekable<impl Iterator<Item = OrderHistory>>,
    pair: (&AssetObject, &AssetObject),
    stop: TimePointSec,
    limit: usize,
) -> Result<Value, ApiError> {
    let mut trades = Vec::new();
    while trades.len() < limit && fills.peek().is_some_and(|fill| fill.time >= stop) {
        let Some((fill, other)) = next_pair(fills) else { break };
        trades.push(trade(&fill, other.as_ref(), pair)?);
    }
    Ok(Value::Array(trades))
}

/// The trades of a market from a sequence on, the newest first, with their places.
pub(crate) fn trades_from<'v>(
    view: &View<'v>,
    pair: (&'v AssetObject, &'v AssetObject),
    first: i64,
) -> Result<impl Iterator<Item = (i64, Result<Value, ApiError>)> + use<'v>, ApiError> {
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
) -> Result<Value, ApiError> {
    let (pays, receives) = (fill.op.pays.amount, fill.op.receives.amount);
    let receives_base = fill.op.receives.asset_id == base.id;
    let (amount, value) = if receives_base { (pays, receives) } else { (receives, pays) };
    let mut json = json!({
        "sequence": 0,
        "date": fill.time.to_json(),
        "price": price_to_string(fill.op.fill_price, base, quote)?,
        "amount": amount_to_string(amount, quote.precision),
        "value": amount_to_string(value, base.precision),
        "type": "",
        "side1_account_id": "1.2.3",
        "side2_account_id": "1.2.3",
    });
    for side in [Some(fill), other].into_iter().flatten() {
        let account = side.op.account_id.to_json();
        if side.op.is_maker {
            json["sequence"] = (-side.key.sequence).to_json();
            json["side1_account_id"] = account;
            let sells = side.op.receives.asset_id == base.id;
            json["type"] = if sells { "sell" } else { "buy" }.into();
        } else {
            json["side2_account_id"] = account;
        }
    }
    Ok(json)
}
