//! Liquidity pools, with what happened in the last 24 hours if that is wished.

use crate::answer::append;
use crate::limits::{at_most, limited};
use crate::methods::{Method, call, read};
use crate::refusal::ApiRefusal;
use crate::{ApiError, Arguments, Session, View};
use carbyne_ledger::ids::{AssetId, LiquidityPoolId};
use carbyne_ledger::objects::LiquidityPool;
use carbyne_wire::{Json, ObjectId};
use serde_json::Value;

pub(super) const METHODS: &[Method] = &[
    read(
        "list_liquidity_pools(limit: uint32<=get_liquidity_pools = most, \
         start_id: 1.19.x = 1.19.0, with_statistics: bool = false) \
         -> [extended_liquidity_pool_object]",
        "All pools from an id on.",
        |view, arguments| {
            let page = Page::read(view, arguments, 0)?;
            let pools = view.ledger.tables.liquidity_pools.iter_from(page.start.0);
            page.answer(view, pools.map(|pool| pool.id))
        },
    ),
    read(
        "get_liquidity_pools_by_asset_a(asset_symbol_or_id: symbol|1.3.x, \
         limit: uint32<=get_liquidity_pools = most, start_id: 1.19.x = 1.19.0, \
         with_statistics: bool = false) -> [extended_liquidity_pool_object]",
        "Pools by their first asset.",
        |view, arguments| {
            let asset = arguments.asset(view, 0)?.id;
            let index = view.ledger.tables.liquidity_pools.index();
            Page::read(view, arguments, 1)?.answer(view, index.of_asset_a(asset))
        },
    ),
    read(
        "get_liquidity_pools_by_asset_b(asset_symbol_or_id: symbol|1.3.x, \
         limit: uint32<=get_liquidity_pools = most, start_id: 1.19.x = 1.19.0, \
         with_statistics: bool = false) -> [extended_liquidity_pool_object]",
        "Pools by their second asset.",
        |view, arguments| {
            let asset = arguments.asset(view, 0)?.id;
            let index = view.ledger.tables.liquidity_pools.index();
            Page::read(view, arguments, 1)?.answer(view, index.of_asset_b(asset))
        },
    ),
    read(
        "get_liquidity_pools_by_one_asset(asset_symbol_or_id: symbol|1.3.x, \
         limit: uint32<=get_liquidity_pools = most, start_id: 1.19.x = 1.19.0, \
         with_statistics: bool = false) -> [extended_liquidity_pool_object]",
        "Pools by one of their assets.",
        by_one_asset,
    ),
    read(
        "get_liquidity_pools_by_both_assets(asset_symbol_or_id_a: symbol|1.3.x, \
         asset_symbol_or_id_b: symbol|1.3.x, limit: uint32<=get_liquidity_pools = most, \
         start_id: 1.19.x = 1.19.0, with_statistics: bool = false) \
         -> [extended_liquidity_pool_object]",
        "Pools by both assets.",
        by_both_assets,
    ),
    call(
        "get_liquidity_pools(ids: [1.19.x], subscribe: bool = null, \
         with_statistics: bool = false) -> [extended_liquidity_pool_object?]",
        "Pools by id, null where there is none.",
        get_liquidity_pools,
    ),
    call(
        "get_liquidity_pools_by_share_asset(asset_symbols_or_ids: [symbol|1.3.x], \
         subscribe: bool = null, with_statistics: bool = false) \
         -> [extended_liquidity_pool_object?]",
        "Pools by their share assets.",
        by_share_asset,
    ),
    read(
        "get_liquidity_pools_by_owner(account_name_or_id: name|1.2.x, \
         limit: uint32<=get_liquidity_pools = most, start_id: 1.3.x = 1.3.0, \
         with_statistics: bool = false) -> [extended_liquidity_pool_object]",
        "Pools of an owner.",
        by_owner,
    ),
];

/// The last arguments of a question: how many, from which, and whether with statistics.
struct Page {
    limit: usize,
    start: LiquidityPoolId,
    with_statistics: bool,
}

impl Page {
    fn read(view: &View<'_>, arguments: &Arguments<'_>, first: usize) -> Result<Self, ApiError> {
        let most = view.settings.limits.get_liquidity_pools;
        let limit = arguments.or(first, most)?;
        let start = arguments.or(first + 1, LiquidityPoolId::default())?;
        let with_statistics = arguments.or(first + 2, false)?;
        Ok(Self { limit: limited(limit, most)?, start, with_statistics })
    }

    fn answer(
        &self,
        view: &View<'_>,
        ids: impl Iterator<Item = LiquidityPoolId>,
    ) -> Result<Value, ApiError> {
        let wanted = ids.skip_while(|id| *id < self.start).take(self.limit);
        let pools = wanted.filter_map(|id| view.ledger.find(id));
        let pools = pools.map(|pool| extend_pool(view, pool, self.with_statistics));
        pools.collect::<Result<Vec<Value>, ApiError>>().map(Value::Array)
    }
}

/// The object that counts the last 24 hours of a pool.
fn ticker_id(pool: LiquidityPoolId) -> ObjectId {
    ObjectId::new(5, 6, pool.0)
}

/// A pool, with what happened in the last 24 hours if that is wished.
pub(crate) fn extend_pool(
    view: &View<'_>,
    pool: &LiquidityPool,
    with_statistics: bool,
) -> Result<Value, ApiError> {
    let mut json = pool.to_json();
    if with_statistics && let Some(ticker) = view.object(ticker_id(pool.id))? {
        append(&mut json, "statistics", ticker);
    }
    Ok(json)
}

fn by_one_asset(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let name: String = arguments.get(0)?;
    let page = Page::read(view, arguments, 1)?;
    let asset = view.asset(&name)?.id;
    page.answer(view, pools_of_one_asset(view, asset).into_iter())
}

/// The pools of which an asset is either, in order of id.
pub(crate) fn pools_of_one_asset(view: &View<'_>, asset: AssetId) -> Vec<LiquidityPoolId> {
    let index = view.ledger.tables.liquidity_pools.index();
    let ids = index.of_asset_a(asset).chain(index.of_asset_b(asset));
    let mut ids: Vec<LiquidityPoolId> = ids.collect();
    ids.sort_unstable();
    ids
}

fn by_both_assets(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let (a, b) = (arguments.asset(view, 0)?.id, arguments.asset(view, 1)?.id);
    let index = view.ledger.tables.liquidity_pools.index();
    Page::read(view, arguments, 2)?.answer(view, index.of_assets(a.min(b), a.max(b)))
}

/// The pools that are found, each followed if that is wished.
fn found(
    session: &mut Session,
    view: &View<'_>,
    arguments: &Arguments<'_>,
    ids: Vec<Option<LiquidityPoolId>>,
) -> Result<Value, ApiError> {
    let most = view.settings.limits.get_liquidity_pools;
    at_most(ids.len(), most, |count, most| ApiRefusal::TooManyIds { count, most })?;
    let follow = session.subscriptions.wants(arguments.optional(1)?);
    let with_statistics = arguments.or(2, false)?;
    let mut pools = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(pool) = id.and_then(|id| view.ledger.find(id)) else {
            pools.push(Value::Null);
            continue;
        };
        let json = extend_pool(view, pool, with_statistics)?;
        if follow {
            session.subscriptions.follow(pool.id);
            if json.get("statistics").is_some() {
                session.subscriptions.follow(ticker_id(pool.id));
            }
        }
        pools.push(json);
    }
    Ok(Value::Array(pools))
}

fn get_liquidity_pools(
    session: &mut Session,
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Value, ApiError> {
    let ids: Vec<LiquidityPoolId> = arguments.get(0)?;
    found(session, view, arguments, ids.into_iter().map(Some).collect())
}

fn by_share_asset(
    session: &mut Session,
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Value, ApiError> {
    let names: Vec<String> = arguments.get(0)?;
    let most = view.settings.limits.get_liquidity_pools;
    at_most(names.len(), most, |count, most| ApiRefusal::TooManyAssets { count, most })?;
    let mut ids = Vec::with_capacity(names.len());
    for name in names {
        ids.push(view.find_asset(&name)?.and_then(|asset| asset.for_liquidity_pool));
    }
    found(session, view, arguments, ids)
}

fn by_owner(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let name: String = arguments.get(0)?;
    let most = view.settings.limits.get_liquidity_pools;
    let limit = arguments.or(1, most)?;
    let start = arguments.or(2, AssetId::default())?;
    let with_statistics = arguments.or(3, false)?;
    let page = Page { limit: limited(limit, most)?, start: Default::default(), with_statistics };
    let owner = view.account(&name)?.id;
    let issued = view.ledger.tables.assets.index().of_issuer(owner, start);
    let assets = issued.filter_map(|id| view.ledger.find(id));
    page.answer(view, assets.filter_map(|asset| asset.for_liquidity_pool))
}
