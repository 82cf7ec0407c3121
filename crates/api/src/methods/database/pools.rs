//! Liquidity pools, with what happened in the last 24 hours if that is wished.

use crate::answer::Answer;
use crate::limits::limited;
use crate::methods::{Method, call, gather};
use crate::{ApiError, Arguments, Session, View};
use carbyne_answers::ExtendedLiquidityPool;
use carbyne_objects::LiquidityPool;
use carbyne_protocol::ids::{AssetId, LiquidityPoolId};
use carbyne_wire::ObjectId;
use serde_json::Value;

pub(super) const METHODS: &[Method] = &[
    gather(
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
    gather(
        "get_liquidity_pools_by_asset_a(asset_symbol_or_id: symbol|1.3.x, \
         limit: uint32<=get_liquidity_pools = most, start_id: 1.19.x = 1.19.0, \
         with_statistics: bool = false) -> [extended_liquidity_pool_object]",
        "Pools by their first asset.",
        |view, arguments| {
            let asset = arguments.asset(view, 0)?.id;
            let index = view.ledger.tables.liquidity_pools.index();
            let page = Page::read(view, arguments, 1)?;
            page.answer(view, index.of_asset_a(asset).from(page.start))
        },
    ),
    gather(
        "get_liquidity_pools_by_asset_b(asset_symbol_or_id: symbol|1.3.x, \
         limit: uint32<=get_liquidity_pools = most, start_id: 1.19.x = 1.19.0, \
         with_statistics: bool = false) -> [extended_liquidity_pool_object]",
        "Pools by their second asset.",
        |view, arguments| {
            let asset = arguments.asset(view, 0)?.id;
            let index = view.ledger.tables.liquidity_pools.index();
            let page = Page::read(view, arguments, 1)?;
            page.answer(view, index.of_asset_b(asset).from(page.start))
        },
    ),
    gather(
        "get_liquidity_pools_by_one_asset(asset_symbol_or_id: symbol|1.3.x, \
         limit: uint32<=get_liquidity_pools = most, start_id: 1.19.x = 1.19.0, \
         with_statistics: bool = false) -> [extended_liquidity_pool_object]",
        "Pools by one of their assets.",
        by_one_asset,
    ),
    gather(
        "get_liquidity_pools_by_both_assets(asset_symbol_or_id_a: symbol|1.3.x, \
         asset_symbol_or_id_b: symbol|1.3.x, limit: uint32<=get_liquidity_pools = most, \
         start_id: 1.19.x = 1.19.0, with_statistics: bool = false) \
         -> [extended_liquidity_pool_object]",
        "Pools by both assets.",
        by_both_assets,
    ),
    call(
        "get_liquidity_pools(ids: [1.19.x]<=get_liquidity_pools, subscribe: bool = null, \
         with_statistics: bool = false) -> [extended_liquidity_pool_object?]",
        "Pools by id, null where there is none.",
        get_liquidity_pools,
    ),
    call(
        "get_liquidity_pools_by_share_asset(asset_symbols_or_ids: \
         [symbol|1.3.x]<=get_liquidity_pools, \
         subscribe: bool = null, with_statistics: bool = false) \
         -> [extended_liquidity_pool_object?]",
        "Pools by their share assets.",
        by_share_asset,
    ),
    gather(
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
    ) -> Result<Answer, ApiError> {
        let pools = ids.take(self.limit).filter_map(|id| view.ledger.find(id));
        view.list(pools.map(|pool| extend_pool(view, pool, self.with_statistics)))
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
) -> Result<Answer, ApiError> {
    let statistics = with_statistics.then(|| view.history.pools().ticker(pool.id)).flatten();
    view.row(ExtendedLiquidityPool { pool: pool.clone(), statistics })
}

fn by_one_asset(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let name: String = arguments.get(0)?;
    let page = Page::read(view, arguments, 1)?;
    let asset = view.asset(&name)?.id;
    page.answer(view, pools_of_one_asset(view, asset, page.start, page.limit).into_iter())
}

/// The pools of which an asset is either, in order of id, from one on; all, or `most` at least.
pub(crate) fn pools_of_one_asset(
    view: &View<'_>,
    asset: AssetId,
    first: LiquidityPoolId,
    most: usize,
) -> Vec<LiquidityPoolId> {
    let index = view.ledger.tables.liquidity_pools.index();
    let as_first = index.of_asset_a(asset).from(first).take(most);
    let ids = as_first.chain(index.of_asset_b(asset).from(first).take(most));
    let mut ids: Vec<LiquidityPoolId> = ids.collect();
    ids.sort_unstable();
    ids
}

fn by_both_assets(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let (a, b) = (arguments.asset(view, 0)?.id, arguments.asset(view, 1)?.id);
    let index = view.ledger.tables.liquidity_pools.index();
    let page = Page::read(view, arguments, 2)?;
    page.answer(view, index.of_assets(a.min(b), a.max(b)).from(page.start))
}

/// The pools that are found, each followed if that is wished.
fn found(
    session: &mut Session,
    view: &View<'_>,
    arguments: &Arguments<'_>,
    ids: Vec<Option<LiquidityPoolId>>,
) -> Result<Answer, ApiError> {
    let follow = session.subscriptions.wants(arguments.optional(1)?);
    let with_statistics = arguments.or(2, false)?;
    view.list(ids.into_iter().map(|id| {
        let Some(pool) = id.and_then(|id| view.ledger.find(id)) else {
            return Ok(Value::Null.into());
        };
        if follow {
            session.subscriptions.follow(pool.id);
            if with_statistics && view.object(ticker_id(pool.id))?.is_some() {
                session.subscriptions.follow(ticker_id(pool.id));
            }
        }
        extend_pool(view, pool, with_statistics)
    }))
}

fn get_liquidity_pools(
    session: &mut Session,
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Answer, ApiError> {
    let ids: Vec<LiquidityPoolId> = arguments.get(0)?;
    found(session, view, arguments, ids.into_iter().map(Some).collect())
}

fn by_share_asset(
    session: &mut Session,
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Answer, ApiError> {
    let names: Vec<String> = arguments.get(0)?;
    let mut ids = Vec::with_capacity(names.len());
    for name in names {
        ids.push(view.find_asset(&name)?.and_then(|asset| asset.for_liquidity_pool));
    }
    found(session, view, arguments, ids)
}

fn by_owner(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
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
