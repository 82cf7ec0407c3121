//! Lists of markets: orders by price, debt by collateral, settlements by date.

use super::{List, list};
use crate::methods::carbyne::page::{Down, Page};
use crate::methods::database::{market_assets, market_issued, two_assets};
use crate::methods::orders::price_groups;
use crate::{ApiError, Arguments, View};
use carbyne_ledger::ids::{AssetId, LimitOrderId};
use carbyne_ledger::money::Price;
use carbyne_ledger::objects::LimitOrder;
use carbyne_wire::{Id, Json};
use serde_json::Value;

pub(super) const LISTS: &[List] = &[
    list("get_limit_orders(a: symbol|1.3.x, b: symbol|1.3.x) -> limit_order_object", both_sides),
    list(
        "get_account_limit_orders(account_name_or_id: name|1.2.x, base: symbol|1.3.x, \
         quote: symbol|1.3.x) -> limit_order_object",
        of_account,
    ),
    list(
        "get_grouped_limit_orders(base_asset: symbol|1.3.x, quote_asset: symbol|1.3.x, \
         group: uint16) -> limit_order_group",
        |view, of, page| {
            let pair = (of.asset(view, 0)?.id, of.asset(view, 1)?.id);
            let groups = price_groups(view, pair, of.get(2)?)?;
            page.of(groups.into_iter().map(|(least, group)| (Down(least), group)), Ok)
        },
    ),
    list("get_call_orders(a: symbol|1.3.x) -> call_order_object", |view, of, page| {
        let asset = of.asset(view, 0)?;
        let backing = view.ledger.get(market_issued(asset)?)?.options.short_backing_asset;
        let ids = view.ledger.tables.call_orders.index().by_collateral(backing, asset.id);
        let orders = ids.filter_map(|id| view.ledger.find(id));
        page.of(orders.map(|order| ((order.collateralization(), order.id), order)), shown)
    }),
    list("get_call_orders_by_account(account_name_or_id: name|1.2.x) -> call_order_object", debts),
    list("get_margin_positions(account_name_or_id: name|1.2.x) -> call_order_object", debts),
    list("get_settle_orders(a: symbol|1.3.x) -> force_settlement_object", |view, of, page| {
        let asset = of.asset(view, 0)?.id;
        let places = view.ledger.tables.force_settlements.index().of_asset(asset);
        page.of(places.map(|place| (place, place.1)), |id| Ok(view.ledger.get(id)?.to_json()))
    }),
    list("get_collateral_bids(a: symbol|1.3.x) -> collateral_bid_object", |view, of, page| {
        let asset = of.asset(view, 0)?;
        market_issued(asset)?;
        let ids = view.ledger.tables.collateral_bids.index().of_asset(asset.id);
        let bids = ids.filter_map(|id| view.ledger.find(id));
        page.of(bids.map(|bid| ((Down(bid.inv_swan_price), bid.id), bid)), shown)
    }),
];

fn shown<T: Json>(object: &T) -> Result<Value, ApiError> {
    Ok(object.to_json())
}

/// Place of an order in its book.
type BookPlace = (Down<Price>, LimitOrderId);

fn place(order: &LimitOrder) -> BookPlace {
    (Down(order.sell_price), order.id)
}

/// Orders that sell the first asset, then those that sell the second.
fn both_sides(view: &View<'_>, of: &Arguments<'_>, page: &Page) -> Result<Value, ApiError> {
    let (a, b) = (of.asset(view, 0)?.id, of.asset(view, 1)?.id);
    two_assets(a, b)?;
    let side = |base: AssetId, quote: AssetId| {
        let ids = view.ledger.tables.limit_orders.index().book(base, quote);
        ids.filter_map(|id| view.ledger.find(id))
    };
    let first = side(a, b).map(|order| ((0_u8, place(order)), order));
    let second = side(b, a).map(|order| ((1, place(order)), order));
    page.of(first.chain(second), shown)
}

fn of_account(view: &View<'_>, of: &Arguments<'_>, page: &Page) -> Result<Value, ApiError> {
    let account = of.account(view, 0)?.id;
    let (base, quote): (String, String) = (of.get(1)?, of.get(2)?);
    let (base, quote) = market_assets(view, &base, &quote)?;
    two_assets(base.id, quote.id)?;
    let ids = view.ledger.tables.limit_orders.index().of_account(account, Id(0));
    let orders = ids.filter_map(|id| view.ledger.find(id));
    let mut orders: Vec<(BookPlace, &LimitOrder)> = orders
        .filter(|order| (order.sell_asset_id(), order.receive_asset_id()) == (base.id, quote.id))
        .map(|order| (place(order), order))
        .collect();
    orders.sort_by_key(|(place, _)| *place);
    page.of(orders, shown)
}

fn debts(view: &View<'_>, of: &Arguments<'_>, page: &Page) -> Result<Value, ApiError> {
    let (account, first) = (of.account(view, 0)?.id, page.first()?.unwrap_or_default());
    let ids = view.ledger.tables.call_orders.index().of_account(account, first);
    let orders = ids.filter_map(|id| view.ledger.find(id));
    page.of(orders.map(|order| (order.debt_type(), order)), shown)
}
