//! History: what accounts did, what blocks held, what markets traded.

use super::{Method, read};
use crate::answer::list;
use crate::limits::limited;
use crate::{ApiError, Arguments, View};
use carbyne_index::OperationHistory;
use carbyne_index::market::BucketKey;
use carbyne_index::pool::LiquidityPoolHistory;
use carbyne_ledger::ids::{AccountId, LiquidityPoolId, OperationHistoryId};
use carbyne_wire::{FlatSet, Id, Json, TimePointSec};
use serde_json::{Value, json};
use std::ops::{Bound, RangeInclusive};

pub(super) const METHODS: &[Method] = &[
    read("get_account_history", "Operations of an account, newest first.", get_account_history),
    read(
        "get_account_history_by_time",
        "Operations of an account back from a time.",
        get_account_history_by_time,
    ),
    read(
        "get_account_history_by_operations",
        "Operations of an account of some kinds.",
        by_operations,
    ),
    read("get_account_history_operations", "Operations of an account of one kind.", of_one_kind),
    read(
        "get_relative_account_history",
        "Operations of an account by their count.",
        get_relative_account_history,
    ),
    read("get_block_operation_history", "Operations of a block.", get_block_operation_history),
    read("get_block_operations_by_time", "Operations of the block at a time.", block_by_time),
    read("get_fill_order_history", "Fills of a market, newest first.", get_fill_order_history),
    read("get_market_history", "Candles of a market.", get_market_history),
    read("get_liquidity_pool_history", "Operations of a pool, newest first.", pool_history),
    read(
        "get_liquidity_pool_history_by_sequence",
        "Operations of a pool by their count.",
        pool_by_sequence,
    ),
    read("get_market_history_buckets", "Widths of candles, in seconds.", |view, _| {
        let widths: FlatSet<u32> = view.history.settings.bucket_seconds.iter().copied().collect();
        Ok(widths.to_json())
    }),
];

/// The account that a history is asked of; questions about nobody are answered with nothing.
fn who(view: &View<'_>, name: &str) -> Option<AccountId> {
    view.account(name).ok().map(|account| account.id)
}

/// The operations of an account with these counts, newest first.
pub(super) fn newest_first<'a>(
    view: &View<'a>,
    account: AccountId,
    sequences: RangeInclusive<u64>,
) -> impl Iterator<Item = &'a OperationHistory> {
    let history = view.history;
    let entries = history.entries.index().range(account, sequences).rev();
    let operations = entries.filter_map(|entry| history.entries.get(entry));
    operations.filter_map(|entry| history.operations.get(entry.operation_id.0))
}

/// The operations of an account up to one of them, newest first.
fn back_from<'a>(
    view: &View<'a>,
    account: AccountId,
    last: OperationHistoryId,
) -> impl Iterator<Item = &'a OperationHistory> {
    newest_first(view, account, 1..=entries_up_to(view, account, last))
}

/// How many operations an account has up to one of them. Entries are in the order of operations, so
/// that is found by halving.
pub(super) fn entries_up_to(view: &View<'_>, account: AccountId, last: OperationHistoryId) -> u64 {
    let is_beyond = |sequence| {
        newest_first(view, account, sequence..=sequence).any(|operation| operation.id > last)
    };
    let (mut low, mut high) = (0, view.history.activity(account).total_ops);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if is_beyond(middle) { high = middle - 1 } else { low = middle }
    }
    low
}

fn get_account_history(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let name: String = arguments.get(0)?;
    let (stop, limit): (OperationHistoryId, u32) = (arguments.get(1)?, arguments.get(2)?);
    let start: OperationHistoryId = arguments.get(3)?;
    let limit = limited(limit, view.settings.limits.get_account_history)?;
    let start = if start == Id(0) { Id(u64::MAX) } else { start };
    let Some(account) = who(view, &name).filter(|_| start >= stop) else { return Ok(json!([])) };
    // Operation 0 stands for "no end": as an end it is part of the answer, any other is not.
    let is_wanted = |operation: &&OperationHistory| operation.id > stop || stop == Id(0);
    let operations = back_from(view, account, start).take_while(is_wanted);
    Ok(list(operations.cloned(), limit))
}

fn get_account_history_by_time(
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Value, ApiError> {
    let name: String = arguments.get(0)?;
    let most = view.settings.limits.get_account_history;
    let limit = arguments.or(1, most)?;
    let start = arguments.or(2, TimePointSec::MAX)?;
    let limit = limited(limit, most)?;
    let index = view.history.operations.index();
    let Some((account, block)) = who(view, &name).zip(index.back_from(start).next()) else {
        return Ok(json!([]));
    };
    let last = Id(block.first + block.count - 1);
    Ok(list(back_from(view, account, last).cloned(), limit))
}

fn of_one_kind(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let (name, kind): (String, i64) = (arguments.get(0)?, arguments.get(1)?);
    let (start, stop): (OperationHistoryId, OperationHistoryId) =
        (arguments.get(2)?, arguments.get(3)?);
    let most = view.settings.limits.get_account_history_operations;
    let limit = limited(arguments.get(4)?, most)?;
    let Some(account) = who(view, &name) else { return Ok(json!([])) };
    let start = if start == Id(0) { Id(u64::MAX) } else { start };
    let operations = back_from(view, account, start)
        .take_while(|operation| operation.id > stop || stop == Id(0))
        .filter(|operation| i64::try_from(operation.op.tag()) == Ok(kind));
    Ok(list(operations.cloned(), limit))
}

/// Operations of an account with counts from `stop` to `start`, 0 for the newest.
fn relative<'a>(
    view: &View<'a>,
    name: &str,
    stop: u64,
    start: u64,
) -> impl Iterator<Item = &'a OperationHistory> {
    let account = who(view, name);
    let total = account.map_or(0, |account| view.history.activity(account).total_ops);
    let start = if start == 0 { total } else { start.min(total) };
    account.into_iter().flat_map(move |account| newest_first(view, account, stop..=start))
}

fn get_relative_account_history(
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Value, ApiError> {
    let (name, stop): (String, u64) = (arguments.get(0)?, arguments.get(1)?);
    let (limit, start): (u32, u64) = (arguments.get(2)?, arguments.get(3)?);
    let limit = limited(limit, view.settings.limits.get_relative_account_history)?;
    Ok(list(relative(view, &name, stop, start).cloned(), limit))
}

fn by_operations(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let (name, kinds): (String, FlatSet<u16>) = (arguments.get(0)?, arguments.get(1)?);
    let (start, limit): (u32, u32) = (arguments.get(2)?, arguments.get(3)?);
    let most = view.settings.limits.get_account_history_by_operations;
    let count = limited(limit, most)?;
    // The numbers wrap as the reference's do.
    let last = limit.wrapping_add(start).wrapping_sub(1);
    let operations: Vec<&OperationHistory> =
        relative(view, &name, start.into(), last.into()).take(count).collect();
    let is_wanted = |operation: &&&OperationHistory| {
        kinds.is_empty()
            || u16::try_from(operation.op.tag()).is_ok_and(|kind| kinds.contains(&kind))
    };
    Ok(json!({
        "total_count": operations.len(),
        "operation_history_objs":
            operations.iter().filter(is_wanted).map(|one| one.to_json()).collect::<Vec<_>>(),
    }))
}

fn get_block_operation_history(
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Value, ApiError> {
    let (number, place): (u32, Option<u16>) = (arguments.get(0)?, arguments.optional(1)?);
    let block = view.history.operations.index().of_block(number);
    Ok(operations_of(view, block, place))
}

fn operations_of(
    view: &View<'_>,
    block: Option<carbyne_index::BlockOperations>,
    place: Option<u16>,
) -> Value {
    let Some(block) = block else { return json!([]) };
    let operations = view.history.operations.iter_from(block.first).take(block.count as usize);
    let is_wanted = |one: &&OperationHistory| place.is_none_or(|place| one.trx_in_block == place);
    Value::Array(operations.filter(is_wanted).map(Json::to_json).collect())
}

fn block_by_time(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let start = arguments.or(0, TimePointSec::MAX)?;
    let block = view.history.operations.index().back_from(start).next();
    let mut operations = operations_of(view, block, None);
    if let Some(operations) = operations.as_array_mut() {
        operations.reverse();
    }
    Ok(operations)
}

fn get_fill_order_history(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let (a, b): (String, String) = (arguments.get(0)?, arguments.get(1)?);
    let limit: u32 = arguments.get(2)?;
    let (base, quote) = crate::event::market(view.asset(&a)?.id, view.asset(&b)?.id);
    Ok(list(view.history.markets.fills_of(base, quote).cloned(), limit as usize))
}

fn get_market_history(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let (a, b): (String, String) = (arguments.get(0)?, arguments.get(1)?);
    let seconds: u32 = arguments.get(2)?;
    let (start, end): (TimePointSec, TimePointSec) = (arguments.get(3)?, arguments.get(4)?);
    let (base, quote) = crate::event::market(view.asset(&a)?.id, view.asset(&b)?.id);
    if start > end {
        return Ok(json!([]));
    }
    let key = |open| Bound::Included(BucketKey { base, quote, seconds, open });
    let buckets = &view.history.markets.buckets;
    let found = buckets.index().range(key(start), key(end));
    let found = found.filter_map(|(_, bucket)| buckets.get(bucket)).copied();
    Ok(list(found, view.settings.limits.get_market_history as usize))
}

/// The last arguments of a question about a pool: when to stop, how many, and of which kind.
struct PoolPage {
    stop: Option<TimePointSec>,
    limit: usize,
    kind: Option<i64>,
}

impl PoolPage {
    fn read(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Self, ApiError> {
        let most = view.settings.limits.get_liquidity_pool_history;
        let (stop, limit) = (arguments.optional(2)?, arguments.or(3, most)?);
        let kind = arguments.optional(4)?;
        Ok(Self { stop, limit: limited(limit, most)?, kind })
    }

    /// The operations that are later than the stop, from where `operations` begins.
    fn answer<'a>(&self, operations: impl Iterator<Item = &'a LiquidityPoolHistory>) -> Value {
        let is_wanted = |row: &&LiquidityPoolHistory| self.stop.is_none_or(|stop| row.time > stop);
        list(operations.take_while(is_wanted).cloned(), self.limit)
    }
}

fn pool_history(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let pool: LiquidityPoolId = arguments.get(0)?;
    let start: Option<TimePointSec> = arguments.optional(1)?;
    let page = PoolPage::read(view, arguments)?;
    let operations = view.history.pools.newest_first(pool, page.kind, u64::MAX);
    let is_later = |row: &&LiquidityPoolHistory| start.is_some_and(|start| row.time > start);
    Ok(page.answer(operations.skip_while(is_later)))
}

fn pool_by_sequence(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let pool: LiquidityPoolId = arguments.get(0)?;
    let start = arguments.or(1, u64::MAX)?;
    let page = PoolPage::read(view, arguments)?;
    Ok(page.answer(view.history.pools.newest_first(pool, page.kind, start)))
}
