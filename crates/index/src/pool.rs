//! What happens in liquidity pools: operations per pool, totals and the last 24 hours (reference:
//! `market_history_plugin.cpp`).
//!
//! Amounts are in smallest units of the pool's assets a and b and of its share asset.

use crate::keys::{Key, Kind};
use crate::rows::row;
use crate::store::Store;
use crate::window::Window;
use crate::{OperationHistory, Settings};
use carbyne_protocol::ids::LiquidityPoolId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::{ExchangeResult, Operation, OperationResult};
use carbyne_wire::{Id, Json, JsonError, Pack, PackError, Reader, TimePointSec, Value, Wire};

/// An operation on a pool (reference: `liquidity_pool_history_object`).
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct LiquidityPoolHistory {
    /// Id.
    pub id: Id<5, 4>,
    /// The pool.
    pub pool: LiquidityPoolId,
    /// Counts the operations of the pool; its creation is number 1.
    pub sequence: u64,
    /// Time of the block.
    pub time: TimePointSec,
    /// Which kind of operation.
    pub op_type: i64,
    /// The operation; its id is not set.
    pub op: OperationHistory,
}

/// Where the 24 hours begin (reference: `lp_ticker_meta_object`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Wire)]
pub struct PoolTickerMeta {
    /// Id.
    pub id: Id<5, 5>,
    /// The oldest operation that counts, or the newest that does not.
    pub rolling_min_lp_his_id: Id<5, 4>,
    /// Whether that operation does not count any more.
    pub skip_min_lp_his_id: bool,
}

/// Defines the sums with how they add up, subtract and look in JSON under a prefix.
macro_rules! sums {
    ($($name:ident: $type:ty),* $(,)?) => {
        /// What was put into a pool, taken out of it and exchanged, and how often.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Wire)]
        #[allow(missing_docs)]
        pub struct PoolSums { $(pub $name: $type),* }

        impl PoolSums {
            fn add(&mut self, other: &Self) {
                $(self.$name = self.$name.wrapping_add(other.$name);)*
            }

            fn take(&mut self, other: &Self) {
                $(self.$name = self.$name.wrapping_sub(other.$name);)*
            }

            /// The names of its members in the ticker, behind those of the 24 hours and of all
            /// time.
            const MEMBERS: &'static [(&'static str, &'static str)] = &[$((
                concat!("_24h_", stringify!($name)),
                concat!("total_", stringify!($name)),
            )),*];
        }
    };
}
sums! {
    deposit_count: u64,
    deposit_amount_a: u128,
    deposit_amount_b: u128,
    deposit_share_amount: u128,
    withdrawal_count: u64,
    withdrawal_amount_a: u128,
    withdrawal_amount_b: u128,
    withdrawal_share_amount: u128,
    withdrawal_fee_a: u128,
    withdrawal_fee_b: u128,
    exchange_a2b_count: u64,
    exchange_a2b_amount_a: u128,
    exchange_a2b_amount_b: u128,
    exchange_b2a_count: u64,
    exchange_b2a_amount_a: u128,
    exchange_b2a_amount_b: u128,
    exchange_fee_a: u128,
    exchange_fee_b: u128,
}

/// The sums of a pool (reference: `liquidity_pool_ticker_object`); its instance number is the
/// pool's.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LiquidityPoolTicker {
    /// Id.
    pub id: Id<5, 6>,
    /// Of the last 24 hours.
    pub day: PoolSums,
    /// By how much the balance of asset a grew in the last 24 hours.
    pub day_balance_delta_a: i64,
    /// By how much the balance of asset b grew in the last 24 hours.
    pub day_balance_delta_b: i64,
    /// Of all time.
    pub total: PoolSums,
}

const DELTA_A: &str = "_24h_balance_delta_a";
const DELTA_B: &str = "_24h_balance_delta_b";

/// The members of one object: the sums stand in it side by side, told apart by the beginnings of
/// their names.
impl Json for LiquidityPoolTicker {
    fn to_json(&self) -> Value {
        let values = |sums: &PoolSums| {
            let json = sums.to_json();
            json.as_object().into_iter().flatten().map(|(_, value)| value.clone()).collect()
        };
        let (day, total): (Vec<Value>, Vec<Value>) = (values(&self.day), values(&self.total));
        let names = PoolSums::MEMBERS.iter();
        let mut members = vec![("id", self.id.to_json())];
        members.extend(names.clone().zip(day).map(|((name, _), value)| (*name, value)));
        members.push((DELTA_A, self.day_balance_delta_a.to_json()));
        members.push((DELTA_B, self.day_balance_delta_b.to_json()));
        members.extend(names.zip(total).map(|((_, name), value)| (*name, value)));
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn from_json(value: &Value) -> Result<Self, JsonError> {
        let sums = |prefix: &str| {
            let members = value.as_object().into_iter().flatten();
            let own = members.filter_map(|(name, v)| Some((name.strip_prefix(prefix)?, v.clone())));
            PoolSums::from_json(&own.map(|(name, v)| (name.to_owned(), v)).collect())
        };
        let delta = |name: &str| value.get(name).map_or(Ok(0), i64::from_json);
        Ok(Self {
            id: value.get("id").map_or(Ok(Id(0)), Json::from_json)?,
            day: sums("_24h_")?,
            day_balance_delta_a: delta(DELTA_A)?,
            day_balance_delta_b: delta(DELTA_B)?,
            total: sums("total_")?,
        })
    }
}

impl Pack for LiquidityPoolTicker {
    fn pack(&self, out: &mut Vec<u8>) {
        self.id.pack(out);
        self.day.pack(out);
        self.day_balance_delta_a.pack(out);
        self.day_balance_delta_b.pack(out);
        self.total.pack(out);
    }

    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        Ok(Self {
            id: Pack::unpack(input)?,
            day: Pack::unpack(input)?,
            day_balance_delta_a: Pack::unpack(input)?,
            day_balance_delta_b: Pack::unpack(input)?,
            total: Pack::unpack(input)?,
        })
    }
}

row!(LiquidityPoolHistory, PoolOperation, |row| [
    place(row.pool, None, row.sequence),
    place(row.pool, Some(row.op_type), row.sequence),
]);
row!(PoolTickerMeta, PoolTickerMeta);
row!(LiquidityPoolTicker, PoolTicker);

/// Where an operation stands among those of its pool, or among those of one type.
fn place(pool: LiquidityPoolId, op_type: Option<i64>, sequence: u64) -> Key {
    let key = match op_type {
        None => Key::new(Kind::PoolPlace).number(pool.0),
        Some(op_type) => Key::new(Kind::PoolTypePlace).number(pool.0).signed(op_type),
    };
    key.number(sequence)
}

/// What one operation adds to the sums of its pool.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Step {
    sums: PoolSums,
    delta_a: i64,
    delta_b: i64,
}

fn amount(asset: Option<&Asset>) -> i64 {
    asset.map_or(0, |asset| asset.amount)
}

fn wide(amount: i64) -> u128 {
    amount.unsigned_abs().into()
}

impl Step {
    /// Of an operation with its result; nothing if it moves nothing.
    fn of(operation: &OperationHistory) -> Option<Self> {
        let OperationResult::Exchange(result) = &operation.result else { return None };
        match &operation.op {
            Operation::LiquidityPoolDeposit(_) => Some(Self::deposit(result)),
            Operation::LiquidityPoolWithdraw(withdraw) => {
                Some(Self::withdrawal(result, withdraw.share_amount.amount))
            }
            Operation::LiquidityPoolExchange(exchange) => {
                let (sold, bought) = (exchange.amount_to_sell, exchange.min_to_receive);
                Some(Self::exchange(result, sold, sold.asset_id < bought.asset_id))
            }
            _ => None,
        }
    }

    fn deposit(result: &ExchangeResult) -> Self {
        let (a, b) = (amount(result.paid.first()), amount(result.paid.last()));
        let sums = PoolSums {
            deposit_count: 1,
            deposit_amount_a: wide(a),
            deposit_amount_b: wide(b),
            deposit_share_amount: wide(amount(result.received.first())),
            ..PoolSums::default()
        };
        Self { sums, delta_a: a, delta_b: b }
    }

    fn withdrawal(result: &ExchangeResult, shares: i64) -> Self {
        let (a, b) = (amount(result.received.first()), amount(result.received.last()));
        let sums = PoolSums {
            withdrawal_count: 1,
            withdrawal_amount_a: wide(a),
            withdrawal_amount_b: wide(b),
            withdrawal_share_amount: wide(shares),
            withdrawal_fee_a: wide(amount(result.fees.first())),
            withdrawal_fee_b: wide(amount(result.fees.last())),
            ..PoolSums::default()
        };
        Self { sums, delta_a: -a, delta_b: -b }
    }

    /// The fees are the maker's and the taker's market fee and the pool's; the market fees never
    /// enter the pool.
    fn exchange(result: &ExchangeResult, sold: Asset, sells_a: bool) -> Self {
        let into = sold.amount.saturating_sub(amount(result.fees.first()));
        let out = amount(result.received.first()).saturating_add(amount(result.fees.get(1)));
        let fee = wide(amount(result.fees.last()));
        if sells_a {
            let sums = PoolSums {
                exchange_a2b_count: 1,
                exchange_a2b_amount_a: wide(into),
                exchange_a2b_amount_b: wide(out),
                exchange_fee_b: fee,
                ..PoolSums::default()
            };
            Self { sums, delta_a: into, delta_b: -out }
        } else {
            let sums = PoolSums {
                exchange_b2a_count: 1,
                exchange_b2a_amount_a: wide(out),
                exchange_b2a_amount_b: wide(into),
                exchange_fee_a: fee,
                ..PoolSums::default()
            };
            Self { sums, delta_a: -out, delta_b: into }
        }
    }
}

impl LiquidityPoolTicker {
    fn add(&mut self, step: &Step) {
        self.day.add(&step.sums);
        self.total.add(&step.sums);
        self.day_balance_delta_a = self.day_balance_delta_a.wrapping_add(step.delta_a);
        self.day_balance_delta_b = self.day_balance_delta_b.wrapping_add(step.delta_b);
    }

    fn take(&mut self, step: &Step) {
        self.day.take(&step.sums);
        self.day_balance_delta_a = self.day_balance_delta_a.wrapping_sub(step.delta_a);
        self.day_balance_delta_b = self.day_balance_delta_b.wrapping_sub(step.delta_b);
    }
}

/// The pool that an operation concerns.
fn pool_of(operation: &OperationHistory) -> Option<LiquidityPoolId> {
    match &operation.op {
        Operation::LiquidityPoolCreate(_) => match &operation.result {
            OperationResult::Generic(result) => {
                let first = result.new_objects.iter().next().copied()?;
                LiquidityPoolId::try_from(first).ok()
            }
            _ => None,
        },
        Operation::LiquidityPoolDelete(delete) => Some(delete.pool),
        Operation::LiquidityPoolUpdate(update) => Some(update.pool),
        Operation::LiquidityPoolDeposit(deposit) => Some(deposit.pool),
        Operation::LiquidityPoolWithdraw(withdraw) => Some(withdraw.pool),
        Operation::LiquidityPoolExchange(exchange) => Some(exchange.pool),
        _ => None,
    }
}

/// Everything about pools.
#[derive(Clone, Copy)]
pub struct Pools<'a>(pub(crate) &'a Store);

impl<'a> Pools<'a> {
    /// The operations of a pool, of one type or all, with sequences up to `last`; the newest first.
    pub fn newest_first(
        self,
        pool: LiquidityPoolId,
        op_type: Option<i64>,
        last: u64,
    ) -> impl Iterator<Item = LiquidityPoolHistory> + use<'a> {
        self.0.rows_at_back(place(pool, op_type, 0)..=place(pool, op_type, last))
    }

    /// The sequence of an operation of a pool behind which all are later than `time`; of those up
    /// to it only the last may be.
    pub fn last_until(self, pool: LiquidityPoolId, time: TimePointSec) -> u64 {
        let at = |sequence| self.newest_first(pool, None, sequence).next();
        let mut all = self.0.rows_at(place(pool, None, 0)..=place(pool, None, u64::MAX));
        let oldest: Option<LiquidityPoolHistory> = all.next();
        let Some((newest, oldest)) = at(u64::MAX).zip(oldest) else { return 0 };
        if newest.time <= time {
            return newest.sequence;
        }
        let (mut last, mut later) = (oldest.sequence, newest.sequence);
        while later - last > 1 {
            let middle = last + (later - last) / 2;
            let is_later = at(middle).is_some_and(|row| row.time > time);
            if is_later { later = middle } else { last = middle }
        }
        last
    }

    /// The sums of a pool.
    pub fn ticker(self, pool: LiquidityPoolId) -> Option<LiquidityPoolTicker> {
        self.0.row(pool.0)
    }
}

/// Takes in an operation, if it concerns a pool.
pub(crate) fn add(
    store: &mut Store,
    operation: &OperationHistory,
    now: TimePointSec,
    settings: &Settings,
) {
    let Some(pool) = pool_of(operation) else { return };
    let is_creation = matches!(operation.op, Operation::LiquidityPoolCreate(_));
    let before = Pools(store).newest_first(pool, None, u64::MAX).next().map(|row| row.sequence);
    let sequence =
        if is_creation { 1 } else { before.map_or(2, |before| before.saturating_add(1)) };
    let row = store.create(LiquidityPoolHistory {
        id: Id(0),
        pool,
        sequence,
        time: now,
        op_type: i64::try_from(operation.op.tag()).unwrap_or(i64::MAX),
        op: OperationHistory { id: Id(0), ..operation.clone() },
    });
    if store.row::<PoolTickerMeta>(0).is_none() {
        store.create(PoolTickerMeta { rolling_min_lp_his_id: row.id, ..Default::default() });
    }
    forget_old(store, pool, sequence, now, settings);
    if is_creation {
        while store.next_number::<LiquidityPoolTicker>() <= pool.0 {
            store.create(LiquidityPoolTicker::default());
        }
    } else if let Some(step) = Step::of(operation) {
        step_ticker(store, pool, |ticker| ticker.add(&step));
    }
}

fn step_ticker(
    store: &mut Store,
    pool: LiquidityPoolId,
    step: impl FnOnce(&mut LiquidityPoolTicker),
) {
    if let Some(mut ticker) = Pools(store).ticker(pool) {
        step(&mut ticker);
        store.replace(&ticker);
    }
}

/// Operations go when they are neither among the newest nor young.
fn forget_old(
    store: &mut Store,
    pool: LiquidityPoolId,
    newest: u64,
    now: TimePointSec,
    settings: &Settings,
) {
    let Some(last) = newest.checked_sub(settings.trades_kept.into()) else { return };
    let youngest_to_go = TimePointSec(now.0.saturating_sub(settings.trades_kept_seconds));
    // From the oldest on: there is nothing to do unless the first is old.
    let beyond = store.rows_at(place(pool, None, 0)..=place(pool, None, last));
    let old: Vec<LiquidityPoolHistory> =
        beyond.take_while(|row: &LiquidityPoolHistory| row.time <= youngest_to_go).collect();
    for row in &old {
        store.remove(row);
    }
}

/// Takes operations older than a day out of the tickers.
pub(crate) fn roll(store: &mut Store, now: TimePointSec) {
    let Some(mut meta) = store.row::<PoolTickerMeta>(0) else { return };
    let first = meta.rolling_min_lp_his_id.0;
    let window = Window { first, skips_first: meta.skip_min_lp_his_id };
    let rows = store.rows_from::<LiquidityPoolHistory>(first).map(|row| (row.id.0, row.time));
    let (next, left) = window.roll(now, rows);
    for number in left {
        let Some(row) = store.row::<LiquidityPoolHistory>(number) else { continue };
        if let Some(step) = Step::of(&row.op) {
            step_ticker(store, row.pool, |ticker| ticker.take(&step));
        }
    }
    if next != window {
        meta.rolling_min_lp_his_id = Id(next.first);
        meta.skip_min_lp_his_id = next.skips_first;
        store.replace(&meta);
    }
}
