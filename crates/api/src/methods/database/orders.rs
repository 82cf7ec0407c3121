//! Orders: limit orders, debt positions, force settlements, bids for collateral.

use crate::answer::Answer;
use crate::limits::limited;
use crate::methods::{Method, gather};
use crate::refusal::ApiRefusal;
use crate::{ApiError, Arguments, View};
use carbyne_objects::{AssetObject, LimitOrder};
use carbyne_protocol::ids::{AssetBitassetDataId, AssetId, ForceSettlementId, LimitOrderId};
use carbyne_protocol::money::Price;
use carbyne_wire::Id;

pub(super) const METHODS: &[Method] = &[
    gather(
        "get_limit_orders(a: symbol|1.3.x, b: symbol|1.3.x, limit: uint32<=get_limit_orders) \
         -> [limit_order_object]",
        "The best orders of both sides of a market.",
        get_limit_orders,
    ),
    gather(
        "get_limit_orders_by_account(account_name_or_id: name|1.2.x, \
         limit: uint32<=get_limit_orders_by_account = most, start_id: 1.7.x = 1.7.0) \
         -> [limit_order_object]",
        "Orders of an account from an id on.",
        by_account,
    ),
    gather(
        "get_account_limit_orders(account_name_or_id: name|1.2.x, base: symbol|1.3.x, \
         quote: symbol|1.3.x, limit: uint32<=get_account_limit_orders, ostart_id: 1.7.x = null, \
         ostart_price: price = null) -> [limit_order_object]",
        "Orders of an account in a market.",
        get_account_limit_orders,
    ),
    gather(
        "get_call_orders(a: symbol|1.3.x, limit: uint32<=get_call_orders) -> [call_order_object]",
        "Debt positions in an asset, the riskiest first.",
        get_call_orders,
    ),
    gather(
        "get_call_orders_by_account(account_name_or_id: name|1.2.x, start: 1.3.x, \
         limit: uint32<=get_call_orders) -> [call_order_object]",
        "Debt positions of an account.",
        get_call_orders_by_account,
    ),
    gather(
        "get_margin_positions(account_name_or_id: name|1.2.x) -> [call_order_object]",
        "Debt positions of an account.",
        get_margin_positions,
    ),
    gather(
        "get_settle_orders(a: symbol|1.3.x, limit: uint32<=get_settle_orders) \
         -> [force_settlement_object]",
        "Force settlements of an asset by date.",
        get_settle_orders,
    ),
    gather(
        "get_settle_orders_by_account(account_name_or_id: name|1.2.x, start: 1.4.x, \
         limit: uint32<=get_settle_orders) -> [force_settlement_object]",
        "Force settlements of an account.",
        settle_by_account,
    ),
    gather(
        "get_collateral_bids(a: symbol|1.3.x, limit: uint32<=get_collateral_bids, start: uint32) \
         -> [collateral_bid_object]",
        "Bids for the collateral of an asset.",
        get_collateral_bids,
    ),
];

/// At most `limit` orders of each side, those that sell `a` first.
pub(super) fn both_sides<'a>(
    view: &View<'a>,
    a: AssetId,
    b: AssetId,
    limit: usize,
) -> Result<impl Iterator<Item = &'a LimitOrder>, ApiError> {
    two_assets(a, b)?;
    let (ledger, index) = (view.ledger, view.ledger.tables.limit_orders.index());
    let ids = index.book(a, b).take(limit).chain(index.book(b, a).take(limit));
    Ok(ids.filter_map(|id| ledger.find(id)))
}

/// Refuses a market of an asset with itself.
pub(crate) fn two_assets(base: AssetId, quote: AssetId) -> Result<(), ApiError> {
    if base == quote {
        return Err(ApiRefusal::SameAssets { asset: base }.into());
    }
    Ok(())
}

fn get_limit_orders(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let (a, b): (String, String) = (arguments.get(0)?, arguments.get(1)?);
    let limit = limited(arguments.get(2)?, view.settings.limits.get_limit_orders)?;
    let (a, b) = (view.asset(&a)?.id, view.asset(&b)?.id);
    view.rows(both_sides(view, a, b, limit)?.cloned(), usize::MAX)
}

fn by_account(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let name: String = arguments.get(0)?;
    let most = view.settings.limits.get_limit_orders_by_account;
    let (limit, start) = (arguments.or(1, most)?, arguments.or(2, LimitOrderId::default())?);
    let limit = limited(limit, most)?;
    let account = view.account(&name)?.id;
    let ids = view.ledger.tables.limit_orders.index().of_account(account, start);
    view.objects(ids, limit)
}

fn get_account_limit_orders(
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Answer, ApiError> {
    let name: String = arguments.get(0)?;
    let (base, quote): (String, String) = (arguments.get(1)?, arguments.get(2)?);
    let limit: u32 = arguments.get(3)?;
    let (start, price) = (arguments.optional(4)?, arguments.optional(5)?);
    let limit = limited(limit, view.settings.limits.get_account_limit_orders)?;
    let account = view.account(&name)?.id;
    let (base, quote) = market_assets(view, &base, &quote)?;
    two_assets(base.id, quote.id)?;
    let first = first_place(view, account, (base.id, quote.id), start, price)?;
    let first = first.unwrap_or((Price::max(base.id, quote.id), Id(0)));
    view.objects(view.ledger.tables.limit_orders.index().of_account_in_book(account, first), limit)
}

/// Where a list of orders that begins at an order or a price begins.
fn first_place(
    view: &View<'_>,
    account: carbyne_protocol::ids::AccountId,
    (base, quote): (AssetId, AssetId),
    start: Option<LimitOrderId>,
    price: Option<Price>,
) -> Result<Option<(Price, LimitOrderId)>, ApiError> {
    let is_market = |price: Price| price.base.asset_id == base && price.quote.asset_id == quote;
    if let Some(price) = price.filter(|price| !is_market(*price)) {
        let (first, second) = (price.base.asset_id, price.quote.asset_id);
        return Err(if first == base {
            ApiRefusal::StartPriceQuote { asset: second }.into()
        } else {
            ApiRefusal::StartPriceBase { asset: first }.into()
        });
    }
    let Some(start) = start else { return Ok(price.map(|price| (price, Id(0)))) };
    match (view.ledger.find(start), price) {
        (Some(order), _) if !is_market(order.sell_price) => Err(if order.sell_asset_id() == base {
            ApiRefusal::StartOrderQuote { order: start }.into()
        } else {
            ApiRefusal::StartOrderBase { order: start }.into()
        }),
        (Some(order), _) if order.seller != account => {
            Err(ApiRefusal::StartOrderSeller { order: start, account }.into())
        }
        (Some(order), _) => Ok(Some((order.sell_price, start))),
        (None, Some(price)) => Ok(Some((price, start))),
        (None, None) => Err(ApiRefusal::UnknownStart { order: start }.into()),
    }
}

/// The two assets of a market by symbol or id.
pub(crate) fn market_assets<'a>(
    view: &View<'a>,
    base: &str,
    quote: &str,
) -> Result<(&'a AssetObject, &'a AssetObject), ApiError> {
    let (found_base, found_quote) = (view.find_asset(base)?, view.find_asset(quote)?);
    let base = found_base.ok_or_else(|| ApiRefusal::UnknownBase { symbol: base.into() })?;
    let quote = found_quote.ok_or_else(|| ApiRefusal::UnknownQuote { symbol: quote.into() })?;
    Ok((base, quote))
}

fn get_call_orders(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let symbol: String = arguments.get(0)?;
    let limit = limited(arguments.get(1)?, view.settings.limits.get_call_orders)?;
    let asset = view.asset(&symbol)?;
    let bitasset = market_issued(asset)?;
    let backing = view.ledger.get(bitasset)?.options.short_backing_asset;
    let ids = view.ledger.tables.call_orders.index().by_collateral(backing, asset.id);
    view.objects(ids, limit)
}

/// What makes an asset a SmartCoin; refused if it is none.
pub(crate) fn market_issued(asset: &AssetObject) -> Result<AssetBitassetDataId, ApiError> {
    asset.bitasset_data_id.ok_or_else(|| {
        let (symbol, asset) = (asset.symbol.clone(), asset.id);
        ApiRefusal::NoSmartCoin { symbol, asset }.into()
    })
}

fn get_call_orders_by_account(
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Answer, ApiError> {
    let name: String = arguments.get(0)?;
    let (start, limit): (AssetId, u32) = (arguments.get(1)?, arguments.get(2)?);
    let limit = limited(limit, view.settings.limits.get_call_orders)?;
    positions(view, &name, start, limit)
}

fn get_margin_positions(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let limit = view.settings.limits.get_call_orders as usize;
    positions(view, &arguments.get::<String>(0)?, Id(0), limit)
}

fn positions(
    view: &View<'_>,
    name: &str,
    start: AssetId,
    limit: usize,
) -> Result<Answer, ApiError> {
    let account = view.account(name)?.id;
    let ids = view.ledger.tables.call_orders.index().of_account(account, start);
    view.objects(ids, limit)
}

fn get_settle_orders(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let symbol: String = arguments.get(0)?;
    let limit = limited(arguments.get(1)?, view.settings.limits.get_settle_orders)?;
    let asset = view.asset(&symbol)?.id;
    let ids = view.ledger.tables.force_settlements.index().of_asset(asset).map(|(_, id)| id);
    view.objects(ids, limit)
}

fn settle_by_account(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let name: String = arguments.get(0)?;
    let (start, limit): (ForceSettlementId, u32) = (arguments.get(1)?, arguments.get(2)?);
    let limit = limited(limit, view.settings.limits.get_settle_orders)?;
    let account = view.account(&name)?.id;
    let ids = view.ledger.tables.force_settlements.index().of_account(account);
    view.objects(ids.from(start), limit)
}

fn get_collateral_bids(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let symbol: String = arguments.get(0)?;
    let (limit, skip): (u32, u32) = (arguments.get(1)?, arguments.get(2)?);
    let limit = limited(limit, view.settings.limits.get_collateral_bids)?;
    let asset = view.asset(&symbol)?;
    if !asset.is_market_issued() {
        return Err(ApiRefusal::NoBids { asset: asset.id }.into());
    }
    let ids = view.ledger.tables.collateral_bids.index().of_asset(asset.id);
    view.objects(ids.skip(skip as usize), limit)
}
