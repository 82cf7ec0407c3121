//! History: what accounts did, what blocks held, what markets traded.

use super::{Method, gather, read};
use crate::answer::Answer;
use crate::limits::limited;
use crate::{ApiError, Arguments, View};
use carbyne_index::market::BucketKey;
use carbyne_index::pool::LiquidityPoolHistory;
use carbyne_index::{BlockOperations, OperationHistory, Step, Wanted};
use carbyne_protocol::ids::{AccountId, LiquidityPoolId, OperationHistoryId};
use carbyne_wire::{FlatSet, Id, Json, TimePointSec, VarUint};
use serde_json::json;

pub(super) const METHODS: &[Method] = &[
    gather(
        "get_account_history(account_name_or_id: name|1.2.x, stop: 1.11.x, \
         limit: uint32<=get_account_history, start: 1.11.x) -> [operation_history_object]",
        "Operations of an account, newest first.",
        get_account_history,
    ),
    gather(
        "get_account_history_by_time(account_name_or_id: name|1.2.x, \
         limit: uint32<=get_account_history = most, start: time = now) \
         -> [operation_history_object]",
        "Operations of an account back from a time.",
        get_account_history_by_time,
    ),
    gather(
        "get_account_history_by_operations(account_name_or_id: name|1.2.x, \
         operation_types: [uint16]<=operation_types, start: uint32, \
         limit: uint32<=get_account_history_by_operations) -> history_operation_detail",
        "Operations of an account of some kinds.",
        by_operations,
    ),
    gather(
        "get_account_history_operations(account_name_or_id: name|1.2.x, operation_type: int64, \
         start: 1.11.x, stop: 1.11.x, limit: uint32<=get_account_history_operations) \
         -> [operation_history_object]",
        "Operations of an account of one kind.",
        of_one_kind,
    ),
    gather(
        "get_relative_account_history(account_name_or_id: name|1.2.x, stop: uint64, \
         limit: uint32<=get_relative_account_history, start: uint64) -> [operation_history_object]",
        "Operations of an account by their count.",
        get_relative_account_history,
    ),
    gather(
        "get_block_operation_history(block_num: uint32, trx_in_block: uint16 = null) \
         -> [operation_history_object]",
        "Operations of a block.",
        get_block_operation_history,
    ),
    gather(
        "get_block_operations_by_time(start: time = now) -> [operation_history_object]",
        "Operations of the block at a time.",
        block_by_time,
    ),
    gather(
        "get_fill_order_history(a: symbol|1.3.x, b: symbol|1.3.x, limit: uint32) \
         -> [order_history_object]",
        "Fills of a market, newest first.",
        get_fill_order_history,
    ),
    gather(
        "get_market_history(a: symbol|1.3.x, b: symbol|1.3.x, bucket_seconds: uint32, \
         start: time, end: time) -> [bucket_object]",
        "Candles of a market.",
        get_market_history,
    ),
    gather(
        "get_liquidity_pool_history(pool_id: 1.19.x, start: time = now, stop: time = null, \
         limit: uint32<=get_liquidity_pool_history = most, operation_type: int64 = null) \
         -> [liquidity_pool_history_object]",
        "Operations of a pool, newest first.",
        pool_history,
    ),
    gather(
        "get_liquidity_pool_history_by_sequence(pool_id: 1.19.x, start: uint64 = newest, \
         stop: time = null, limit: uint32<=get_liquidity_pool_history = most, \
         operation_type: int64 = null) -> [liquidity_pool_history_object]",
        "Operations of a pool by their count.",
        pool_by_sequence,
    ),
    read(
        "get_market_history_buckets() -> [uint32]",
        "Widths of candles, in seconds.",
        |view, _| {
            let widths: FlatSet<u32> =
                view.history.settings.bucket_seconds.iter().copied().collect();
            Ok(widths.to_json())
        },
    ),
];

/// The account that a history is asked of; questions about nobody are answered with nothing.
fn who(view: &View<'_>, name: &str) -> Option<AccountId> {
    view.account(name).ok().map(|account| account.id)
}

fn get_account_history(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let name: String = arguments.get(0)?;
    let (stop, limit): (OperationHistoryId, u32) = (arguments.get(1)?, arguments.get(2)?);
    let start: OperationHistoryId = arguments.get(3)?;
    let limit = limited(limit, view.settings.limits.get_account_history)?;
    let start = if start == Id(0) { Id(u64::MAX) } else { start };
    let Some(account) = who(view, &name).filter(|_| start >= stop) else {
        return Ok(json!([]).into());
    };
    // Operation 0 stands for "no end": as an end it is part of the answer, any other is not.
    let is_wanted = |operation: &OperationHistory| operation.id > stop || stop == Id(0);
    let operations = view.past()?.operations_until(account, start).take_while(is_wanted);
    view.rows(operations, limit)
}

fn get_account_history_by_time(
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Answer, ApiError> {
    let name: String = arguments.get(0)?;
    let most = view.settings.limits.get_account_history;
    let limit = arguments.or(1, most)?;
    let start = arguments.or(2, TimePointSec::MAX)?;
    let limit = limited(limit, most)?;
    let history = view.past()?;
    let Some((account, block)) = who(view, &name).zip(history.block_until(start)) else {
        return Ok(json!([]).into());
    };
    view.rows(history.operations_until(account, Id(block.last())), limit)
}

fn of_one_kind(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let (name, kind): (String, i64) = (arguments.get(0)?, arguments.get(1)?);
    let (start, stop): (OperationHistoryId, OperationHistoryId) =
        (arguments.get(2)?, arguments.get(3)?);
    let most = view.settings.limits.get_account_history_operations;
    let limit = limited(arguments.get(4)?, most)?;
    let Some(account) = who(view, &name) else { return Ok(json!([]).into()) };
    let start = if start == Id(0) { Id(u64::MAX) } else { start };
    let history = view.past()?;
    let Ok(kind) = u64::try_from(kind).map(VarUint) else { return Ok(json!([]).into()) };
    let wanted = Wanted { tags: [kind].into_iter().collect(), ..Wanted::default() };
    let operations = history
        .search(account, start, &wanted)
        .take_while(|step| step.operation() > stop || stop == Id(0))
        .filter_map(|step| match step {
            Step::Found(operation) => Some(*operation),
            Step::PassedOver(_) => None,
        });
    view.rows(operations, limit)
}

/// Operations of an account with counts from `stop` to `start`, 0 for the newest.
fn relative<'a>(
    view: &View<'a>,
    name: &str,
    stop: u64,
    start: u64,
) -> Result<impl Iterator<Item = OperationHistory> + use<'a>, ApiError> {
    let history = view.past()?;
    let account = who(view, name);
    let total = account.map_or(0, |account| history.activity(account).total_ops);
    let start = if start == 0 { total } else { start.min(total) };
    let account = account.into_iter();
    Ok(account.flat_map(move |account| history.operations_of(account, stop..=start)))
}

fn get_relative_account_history(
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Answer, ApiError> {
    let (name, stop): (String, u64) = (arguments.get(0)?, arguments.get(1)?);
    let (limit, start): (u32, u64) = (arguments.get(2)?, arguments.get(3)?);
    let limit = limited(limit, view.settings.limits.get_relative_account_history)?;
    view.rows(relative(view, &name, stop, start)?, limit)
}

fn by_operations(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let (name, kinds): (String, FlatSet<u16>) = (arguments.get(0)?, arguments.get(1)?);
    let (start, limit): (u32, u32) = (arguments.get(2)?, arguments.get(3)?);
    let most = view.settings.limits.get_account_history_by_operations;
    let count = limited(limit, most)?;
    // The numbers wrap as the reference's do.
    let last = limit.wrapping_add(start).wrapping_sub(1);
    let operations: Vec<OperationHistory> =
        relative(view, &name, start.into(), last.into())?.take(count).collect();
    let is_wanted = |operation: &OperationHistory| {
        kinds.is_empty()
            || u16::try_from(operation.op.tag()).is_ok_and(|kind| kinds.contains(&kind))
    };
    let total = Answer::Json(operations.len().into());
    let wanted = view.rows(operations.into_iter().filter(is_wanted), count)?;
    Ok(Answer::Members(vec![("total_count", total), ("operation_history_objs", wanted)]))
}

fn get_block_operation_history(
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Answer, ApiError> {
    let (number, place): (u32, Option<u16>) = (arguments.get(0)?, arguments.optional(1)?);
    let history = view.past()?;
    operations_of(view, history.block(number), place)
}

fn operations_of(
    view: &View<'_>,
    block: Option<BlockOperations>,
    place: Option<u16>,
) -> Result<Answer, ApiError> {
    let operations = block.into_iter().flat_map(|block| view.history.operations(block));
    let is_wanted = |one: &OperationHistory| place.is_none_or(|place| one.trx_in_block == place);
    view.rows(operations.filter(is_wanted), usize::MAX)
}

fn block_by_time(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let start = arguments.or(0, TimePointSec::MAX)?;
    let history = view.past()?;
    let mut operations = operations_of(view, history.block_until(start), None)?;
    if let Answer::List(operations) = &mut operations {
        operations.reverse();
    }
    Ok(operations)
}

fn get_fill_order_history(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let (a, b): (String, String) = (arguments.get(0)?, arguments.get(1)?);
    let limit: u32 = arguments.get(2)?;
    let (base, quote) = crate::event::market(view.asset(&a)?.id, view.asset(&b)?.id);
    let fills = view.past()?.markets().fills_of(base, quote, i64::MIN);
    view.rows(fills, limit as usize)
}

fn get_market_history(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let (a, b): (String, String) = (arguments.get(0)?, arguments.get(1)?);
    let seconds: u32 = arguments.get(2)?;
    let (start, end): (TimePointSec, TimePointSec) = (arguments.get(3)?, arguments.get(4)?);
    let (base, quote) = crate::event::market(view.asset(&a)?.id, view.asset(&b)?.id);
    if start > end {
        return Ok(json!([]).into());
    }
    let market = BucketKey { base, quote, seconds, open: start };
    let found = view.past()?.markets().buckets_of(market, start..=end);
    view.rows(found, view.settings.limits.get_market_history as usize)
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
    fn answer(
        &self,
        view: &View<'_>,
        operations: impl Iterator<Item = LiquidityPoolHistory>,
    ) -> Result<Answer, ApiError> {
        let is_wanted = |row: &LiquidityPoolHistory| self.stop.is_none_or(|stop| row.time > stop);
        view.rows(operations.take_while(is_wanted), self.limit)
    }
}

fn pool_history(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let pool: LiquidityPoolId = arguments.get(0)?;
    let start: Option<TimePointSec> = arguments.optional(1)?;
    let page = PoolPage::read(view, arguments)?;
    let pools = view.past()?.pools();
    let last = start.map_or(u64::MAX, |start| pools.last_until(pool, start));
    let operations = pools.newest_first(pool, page.kind, last);
    let is_later = |row: &LiquidityPoolHistory| start.is_some_and(|start| row.time > start);
    page.answer(view, operations.skip_while(is_later))
}

fn pool_by_sequence(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let pool: LiquidityPoolId = arguments.get(0)?;
    let start = arguments.or(1, u64::MAX)?;
    let page = PoolPage::read(view, arguments)?;
    page.answer(view, view.past()?.pools().newest_first(pool, page.kind, start))
}
