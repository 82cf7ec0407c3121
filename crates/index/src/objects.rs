//! The types of objects that only history knows, by space and type, and what a block did to them.

use crate::account::AccountHistory;
use crate::disk::Bytes;
use crate::keys::{Kind, last_number};
use crate::market::{Bucket, MarketTicker, OrderHistory, TickerMeta};
use crate::operations::{OperationHistory, OperationRow};
use crate::pool::{LiquidityPoolHistory, PoolTickerMeta};
use crate::rows::Row;
use crate::storage::AccountStorage;
use crate::store::Store;
use carbyne_answers::LiquidityPoolTicker;
use carbyne_protocol::ids::AccountId;
use carbyne_wire::{Dialect, FlatSet, JsonIn, ObjectId, Tags, Value, unpack_exact};
use std::sync::Arc;

/// Space and type of operations.
pub(crate) const OPERATION: (u8, u8) = (1, 11);
/// Space and type of entries of accounts, which are kept with their operations.
pub(crate) const ENTRY: (u8, u8) = (2, 9);

/// A type of object that is kept in rows.
pub(crate) struct Objects {
    space: u8,
    type_: u8,
    pub(crate) kind: Kind,
    pub(crate) json: fn(&Store, u64, Dialect) -> Option<Value>,
    pub(crate) numbers: fn(&Store, u64, usize) -> Vec<u64>,
    read: fn(&[u8], Dialect) -> Option<Value>,
}

/// Every such type but operations and entries.
pub(crate) const OBJECTS: [Objects; 8] = [
    rows::<OrderHistory>(5, 0),
    rows::<Bucket>(5, 1),
    rows::<MarketTicker>(5, 2),
    rows::<TickerMeta>(5, 3),
    rows::<LiquidityPoolHistory>(5, 4),
    rows::<PoolTickerMeta>(5, 5),
    rows::<LiquidityPoolTicker>(5, 6),
    rows::<AccountStorage>(7, 0),
];

const fn rows<T: Row>(space: u8, type_: u8) -> Objects {
    Objects {
        space,
        type_,
        kind: T::KIND,
        json: |store, number, dialect| store.row::<T>(number).map(|row| row.to_json_in(dialect)),
        numbers: |store, first, most| store.numbers_from::<T>(first).take(most).collect(),
        read: |bytes, dialect| {
            unpack_exact::<T>(bytes, Tags::All).ok().map(|row| row.to_json_in(dialect))
        },
    }
}

impl Objects {
    pub(crate) fn is_of(&self, kind: (u8, u8)) -> bool {
        (self.space, self.type_) == kind
    }
}

/// An object that only history knows, to become JSON when somebody wants that.
#[derive(Clone, Debug)]
pub struct KeptObject(Kept);

#[derive(Clone, Debug)]
enum Kept {
    Operation(Arc<OperationHistory>),
    Entry(AccountHistory),
    Row(Bytes, fn(&[u8], Dialect) -> Option<Value>),
}

impl KeptObject {
    /// The object as clients of a chain with that dialect see it.
    pub fn json(&self, dialect: Dialect) -> Value {
        match &self.0 {
            Kept::Operation(operation) => operation.to_json_in(dialect),
            Kept::Entry(entry) => entry.to_json_in(dialect),
            Kept::Row(bytes, read) => read(bytes, dialect).unwrap_or_default(),
        }
    }
}

/// What a block did to an object that only history knows.
#[derive(Clone, Debug)]
pub struct HistoryChange {
    /// The object.
    pub id: ObjectId,
    /// Whether the block created it.
    pub is_new: bool,
    /// Now; none if it was removed.
    pub new: Option<KeptObject>,
    /// Accounts that it concerns.
    pub accounts: FlatSet<AccountId>,
}

/// What a block did to the objects that are kept under a key; `was_there` says whether anything was
/// kept there before.
pub(crate) fn changes(
    key: &[u8],
    was_there: impl FnOnce() -> bool,
    now: Option<Bytes>,
) -> Vec<HistoryChange> {
    let is_of = |objects: &&Objects| key.first() == Some(&(objects.kind as u8));
    let Some(objects) = OBJECTS.iter().find(is_of) else {
        return Vec::new();
    };
    let new = now.map(|bytes| KeptObject(Kept::Row(bytes, objects.read)));
    let id = ObjectId::new(objects.space, objects.type_, last_number(key));
    vec![HistoryChange { id, is_new: !was_there(), new, accounts: FlatSet::new() }]
}

/// The operation of a row and its entries, which never change.
pub(crate) fn created(row: &[u8]) -> Vec<HistoryChange> {
    let Ok(row) = unpack_exact::<OperationRow>(row, Tags::All) else { return Vec::new() };
    let change = |id, new, accounts| {
        let new = Some(KeptObject(new));
        HistoryChange { id, is_new: true, new, accounts }
    };
    let entries = row.objects().map(|entry| {
        let accounts = [entry.account].into_iter().collect();
        change(entry.id.into(), Kept::Entry(entry), accounts)
    });
    let mut changes: Vec<_> = entries.collect();
    let (id, mut touched) = (row.operation.id.into(), FlatSet::new());
    row.operation.op.stateless().touch(&mut touched);
    changes.push(change(id, Kept::Operation(Arc::new(row.operation)), touched));
    changes
}
