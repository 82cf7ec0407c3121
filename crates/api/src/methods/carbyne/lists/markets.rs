//! Lists of markets: orders by price, debt by collateral, settlements by date.

use super::{List, list};
use crate::answer::Answer;
use crate::methods::carbyne::page::{Down, Page};
use crate::methods::database::{market_assets, market_issued, two_assets};
use crate::methods::orders::price_groups;
use crate::{ApiError, Arguments, View};
use carbyne_objects::LimitOrder;
use carbyne_protocol::ids::{AssetId, LimitOrderId};
use carbyne_protocol::money::Price;
use carbyne_wire::Id;

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
            let groups = groups.into_iter().map(|(least, group)| (Down(least), group));
            page.of(view, groups, |group| view.row(group))
        },
    ),
    list("get_call_orders(a: symbol|1.3.x) -> call_order_object", |view, of, page| {
        let asset = of.asset(view, 0)?;
        let backing = view.ledger.get(market_issued(asset)?)?.options.short_backing_asset;
        let first = page.first()?.unwrap_or((Price::min(backing, asset.id), Id(0)));
        let ids = view.ledger.tables.call_orders.index().by_collateral_from(first);
        let orders = ids.filter_map(|id| view.ledger.find(id));
        page.of(view, orders.map(|order| ((order.collateralization(), order.id), order)), |row| {
            view.row(row.clone())
        })
    }),
    list("get_call_orders_by_account(account_name_or_id: name|1.2.x) -> call_order_object", debts),
    list("get_margin_positions(account_name_or_id: name|1.2.x) -> call_order_object", debts),
    list("get_settle_orders(a: symbol|1.3.x) -> force_settlement_object", |view, of, page| {
        let asset = of.asset(view, 0)?.id;
        let first = page.first()?.unwrap_or_default();
        let places = view.ledger.tables.force_settlements.index().of_asset_from(asset, first);
        page.of(view, places.map(|place| (place, place.1)), |id| view.maybe(Some(id)))
    }),
    list("get_collateral_bids(a: symbol|1.3.x) -> collateral_bid_object", |view, of, page| {
        let asset = of.asset(view, 0)?;
        let backing = view.ledger.get(market_issued(asset)?)?.options.short_backing_asset;
        let best = Price::max(backing, asset.id);
        let (Down(price), id) = page.first()?.unwrap_or((Down(best), Id(0)));
        let index = view.ledger.tables.collateral_bids.index();
        let ids = index.of_asset_from(asset.id, (price, id));
        let bids = ids.filter_map(|id| view.ledger.find(id));
        page.of(view, bids.map(|bid| ((Down(bid.inv_swan_price), bid.id), bid)), |row| {
            view.row(row.clone())
        })
    }),
];

/// Place of an order in its book.
type BookPlace = (Down<Price>, LimitOrderId);

fn place(order: &LimitOrder) -> BookPlace {
    (Down(order.sell_price), order.id)
}

/// Orders that sell the first asset, then those that sell the second.
fn both_sides(view: &View<'_>, of: &Arguments<'_>, page: &Page) -> Result<Answer, ApiError> {
    let (a, b) = (of.asset(view, 0)?.id, of.asset(view, 1)?.id);
    two_assets(a, b)?;
    let side = |number: u8, base: AssetId, quote: AssetId, first: Option<BookPlace>| {
        let (Down(price), id) = first.unwrap_or((Down(Price::max(base, quote)), Id(0)));
        let ids = view.ledger.tables.limit_orders.index().book_from((price, id));
        let orders = ids.filter_map(|id| view.ledger.find(id));
        orders.map(move |order| ((number, place(order)), order))
    };
    let (in_first, in_second) = match page.first::<(u8, BookPlace)>()? {
        None => (Some(None), None),
        Some((0, place)) => (Some(Some(place)), None),
        Some((_, place)) => (None, Some(place)),
    };
    let first = in_first.into_iter().flat_map(|place| side(0, a, b, place));
    let second = side(1, b, a, in_second);
    page.of(view, first.chain(second), |row| view.row(row.clone()))
}

fn of_account(view: &View<'_>, of: &Arguments<'_>, page: &Page) -> Result<Answer, ApiError> {
    let account = of.account(view, 0)?.id;
    let (base, quote): (String, String) = (of.get(1)?, of.get(2)?);
    let (base, quote) = market_assets(view, &base, &quote)?;
    two_assets(base.id, quote.id)?;
    let best = (Down(Price::max(base.id, quote.id)), Id(0));
    let (Down(price), id): BookPlace = page.first()?.unwrap_or(best);
    let ids = view.ledger.tables.limit_orders.index().of_account_in_book(account, (price, id));
    let orders = ids.filter_map(|id| view.ledger.find(id));
    page.of(view, orders.map(|order| (place(order), order)), |row| view.row(row.clone()))
}

fn debts(view: &View<'_>, of: &Arguments<'_>, page: &Page) -> Result<Answer, ApiError> {
    let (account, first) = (of.account(view, 0)?.id, page.first()?.unwrap_or_default());
    let ids = view.ledger.tables.call_orders.index().of_account(account, first);
    let orders = ids.filter_map(|id| view.ledger.find(id));
    page.of(view, orders.map(|order| (order.debt_type(), order)), |row| view.row(row.clone()))
}
