//! Lists of what happened: operations, trades, candles, stored values.

use super::{List, list};
use crate::answer::Answer;
use crate::event::market;
use crate::methods::carbyne::page::{Down, Page, answer};
use crate::methods::custom_operations::name_of_values;
use crate::methods::database::{describe_ticker, market_assets, trades_from};
use crate::{ApiError, Arguments, View};
use carbyne_index::market::BucketKey;
use carbyne_index::storage::AccountStorageId;
use carbyne_index::{OperationHistory, Step, Wanted};
use carbyne_protocol::ids::{AccountId, LiquidityPoolId, OperationHistoryId};
use carbyne_wire::{Id, JsonIn, TimePointSec, VarUint};

pub(super) const LISTS: &[List] = &[
    list(
        "get_account_history(account_name_or_id: name|1.2.x) -> operation_history_object",
        of_account,
    ),
    list(
        "get_account_history_by_time(account_name_or_id: name|1.2.x) -> operation_history_object",
        of_account,
    ),
    list(
        "get_relative_account_history(account_name_or_id: name|1.2.x) -> operation_history_object",
        of_account,
    ),
    list(
        "get_account_history_operations(account_name_or_id: name|1.2.x, operation_type: int64) \
         -> operation_history_object",
        |view, of, page| {
            let (account, last) = (known(view, of)?, newest(page)?);
            let kind = u64::try_from(of.get::<i64>(1)?).ok().map(VarUint);
            let Some((account, kind)) = account.zip(kind) else {
                return Ok(answer(Answer::List(Vec::new()), None));
            };
            let wanted = Wanted { tags: [kind].into_iter().collect(), ..Wanted::default() };
            let found = view.history.search(account, last, &wanted);
            operations(
                view,
                page,
                found.filter_map(|step| match step {
                    Step::Found(operation) => Some(*operation),
                    Step::PassedOver(_) => None,
                }),
            )
        },
    ),
    list(
        "get_block_operation_history(block_num: uint32, trx_in_block: uint16 = null) \
         -> operation_history_object",
        of_block,
    ),
    list(
        "get_block_operations_by_time(start: time) -> operation_history_object",
        |view, of, page| {
            let block = view.past()?.block_until(of.or(0, TimePointSec::MAX)?);
            let numbers = block.into_iter().flat_map(|block| block.numbers().rev());
            let history = view.history;
            operations(view, page, numbers.map_while(|number| history.operation(Id(number))))
        },
    ),
    list(
        "get_fill_order_history(a: symbol|1.3.x, b: symbol|1.3.x) -> order_history_object",
        |view, of, page| {
            let (base, quote) = market(of.asset(view, 0)?.id, of.asset(view, 1)?.id);
            let first = page.first()?.unwrap_or(i64::MIN);
            let fills = view.past()?.markets().fills_of(base, quote, first);
            page.of(view, fills.map(|fill| (fill.key.sequence, fill)), |fill| {
                Ok(fill.to_json_in(view.ledger.dialect))
            })
        },
    ),
    list(
        "get_trade_history(base: symbol|1.3.x, quote: symbol|1.3.x) -> market_trade",
        |view, of, page| {
            let (base, quote): (String, String) = (of.get(0)?, of.get(1)?);
            let pair = market_assets(view, &base, &quote)?;
            let first = page.first()?.unwrap_or(i64::MIN);
            page.of(view, trades_from(view, pair, first)?, |trade| view.row(trade?))
        },
    ),
    list(
        "get_market_history(a: symbol|1.3.x, b: symbol|1.3.x, bucket_seconds: uint32) \
         -> bucket_object",
        |view, of, page| {
            let (base, quote) = market(of.asset(view, 0)?.id, of.asset(view, 1)?.id);
            let open = page.first()?.unwrap_or_default();
            let key = BucketKey { base, quote, seconds: of.get(2)?, open };
            let candles = view.past()?.markets().buckets_of(key, open..=TimePointSec::MAX);
            page.of(view, candles.map(|candle| (candle.key.open, candle)), |candle| {
                Ok(candle.to_json_in(view.ledger.dialect))
            })
        },
    ),
    list("get_top_markets() -> market_ticker", |view, _, page| {
        let first = page.first()?.unwrap_or(Down((u128::MAX, Id(u64::MAX))));
        let tickers = view.past()?.markets().by_volume(first.0);
        let tickers = tickers.map(|ticker| (Down((ticker.base_volume, ticker.id)), ticker));
        page.of(view, tickers, |ticker| describe_ticker(view, &ticker))
    }),
    list(
        "get_liquidity_pool_history(pool_id: 1.19.x, operation_type: int64 = null) \
         -> liquidity_pool_history_object",
        of_pool,
    ),
    list(
        "get_liquidity_pool_history_by_sequence(pool_id: 1.19.x, operation_type: int64 = null) \
         -> liquidity_pool_history_object",
        of_pool,
    ),
    list(
        "get_storage_info(account_name_or_id: name|1.2.x = null, catalog: string = null, \
         key: string = null) -> account_storage_object",
        |view, of, page| {
            let name = name_of_values(view, of)?;
            let first: AccountStorageId = page.first()?.unwrap_or_default();
            let values = view.past()?.stored(&name, first.0);
            page.of(view, values.map(|value| (value.id, value)), |value| {
                Ok(value.to_json_in(view.ledger.dialect))
            })
        },
    ),
];

/// The newest operation of a page.
fn newest(page: &Page) -> Result<OperationHistoryId, ApiError> {
    let first: Option<OperationHistoryId> = page.first()?;
    Ok(first.unwrap_or(Id(u64::MAX)))
}

/// The account that the first argument names, if there is one.
fn known(view: &View<'_>, of: &Arguments<'_>) -> Result<Option<AccountId>, ApiError> {
    view.past()?;
    Ok(of.account(view, 0).ok().map(|account| account.id))
}

/// Operations that come with the newest first.
fn operations(
    view: &View<'_>,
    page: &Page,
    found: impl Iterator<Item = OperationHistory>,
) -> Result<Answer, ApiError> {
    page.of(view, found.map(|operation| (Down(operation.id), operation)), |one| {
        Ok(one.to_json_in(view.ledger.dialect))
    })
}

fn of_account(view: &View<'_>, of: &Arguments<'_>, page: &Page) -> Result<Answer, ApiError> {
    let (account, last) = (known(view, of)?, newest(page)?);
    let history = view.history;
    let all = account.into_iter().flat_map(|account| history.operations_until(account, last));
    operations(view, page, all)
}

/// In the order in which they happened.
fn of_block(view: &View<'_>, of: &Arguments<'_>, page: &Page) -> Result<Answer, ApiError> {
    let (number, place): (u32, Option<u16>) = (of.get(0)?, of.optional(1)?);
    let history = view.past()?;
    let all = history.block(number).into_iter().flat_map(|block| history.operations(block));
    let wanted = all.filter(|one| place.is_none_or(|place| one.trx_in_block == place));
    page.of(view, wanted.map(|operation| (operation.id, operation)), |one| {
        Ok(one.to_json_in(view.ledger.dialect))
    })
}

fn of_pool(view: &View<'_>, of: &Arguments<'_>, page: &Page) -> Result<Answer, ApiError> {
    let (pool, kind): (LiquidityPoolId, Option<i64>) = (of.get(0)?, of.optional(1)?);
    let first: Option<Down<u64>> = page.first()?;
    let last = first.map_or(u64::MAX, |Down(sequence)| sequence);
    let rows = view.past()?.pools().newest_first(pool, kind, last);
    page.of(view, rows.map(|row| (Down(row.sequence), row)), |row| {
        Ok(row.to_json_in(view.ledger.dialect))
    })
}
