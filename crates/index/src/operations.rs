//! Every operation that was applied, as object 1.11.N in the order in which it happened, and what
//! leads to it.

use crate::account::AccountHistory;
use crate::activity::Counters;
use crate::record::{Mark, Place, Record};
use crate::store::Store;
use carbyne_ledger::run::AppliedOperation;
use carbyne_protocol::ids::{AccountHistoryId, AccountId, AssetId, OperationHistoryId};
use carbyne_protocol::ops::{Operation, OperationResult};
use carbyne_wire::{FlatSet, Id, Reflect, Tags, TimePointSec, View, Wire, unpack_exact};
use std::io;
use std::sync::Arc;

/// An operation that was applied (reference: `operation_history_object`).
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct OperationHistory {
    /// Id.
    pub id: OperationHistoryId,
    /// The operation.
    pub op: Operation,
    /// What it gave back.
    pub result: OperationResult,
    /// Number of the block.
    pub block_num: u32,
    /// Which transaction of the block caused it.
    pub trx_in_block: u16,
    /// Which operation of the transaction caused it.
    pub op_in_trx: u16,
    /// How many operations the same operation had caused before.
    pub virtual_op: u32,
    /// Whether it was caused, not sent.
    pub is_virtual: bool,
    /// Time of the block.
    pub block_time: TimePointSec,
}

impl From<AppliedOperation> for OperationHistory {
    fn from(applied: AppliedOperation) -> Self {
        Self {
            id: Id(0),
            op: applied.op,
            result: applied.result,
            block_num: applied.block_num,
            trx_in_block: applied.trx_in_block,
            op_in_trx: applied.op_in_trx,
            virtual_op: applied.virtual_op,
            is_virtual: applied.is_virtual,
            block_time: applied.block_time,
        }
    }
}

/// An operation as it is kept: with the entries it has in the histories of accounts.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub(crate) struct OperationRow {
    pub(crate) operation: OperationHistory,
    /// The number of the first of `entries`.
    pub(crate) first_entry: u64,
    /// One for each account it concerns.
    pub(crate) entries: Vec<EntryOfAccount>,
}

/// An entry as it is kept with its operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Wire)]
pub(crate) struct EntryOfAccount {
    pub(crate) account: AccountId,
    pub(crate) sequence: u64,
    pub(crate) next: AccountHistoryId,
    /// Where the row of `next` is, if there is one before.
    pub(crate) previous: Place,
}

impl OperationRow {
    /// Its entries as objects.
    pub(crate) fn objects(&self) -> impl Iterator<Item = AccountHistory> {
        self.entries.iter().zip(self.first_entry..).map(|(entry, number)| AccountHistory {
            id: Id(number),
            account: entry.account,
            operation_id: self.operation.id,
            sequence: entry.sequence,
            next: entry.next,
        })
    }

    /// What its accounts come to with it, which is at that place.
    pub(crate) fn heads(&self, place: Place) -> impl Iterator<Item = (AccountId, Counters)> {
        self.entries.iter().zip(self.first_entry..).map(move |(entry, newest)| {
            (entry.account, Counters { newest, total: entry.sequence, place })
        })
    }
}

/// The operations of one block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Wire)]
pub struct BlockOperations {
    /// Number of the first.
    pub first: u64,
    /// How many; never none.
    pub count: u64,
    /// Number of the first entry of an account.
    pub first_entry: u64,
    /// Time of the block.
    pub time: TimePointSec,
}

impl BlockOperations {
    /// The numbers of its operations.
    pub fn numbers(&self) -> std::ops::Range<u64> {
        self.first..self.first.saturating_add(self.count)
    }

    /// The number of its last operation.
    pub fn last(&self) -> u64 {
        self.first.saturating_add(self.count).saturating_sub(1)
    }
}

impl Store {
    /// What was read from the record of operations; an error ends the use of the store.
    fn recorded<T>(&self, read: io::Result<T>) -> Option<T> {
        read.map_err(|error| self.fail(error.to_string())).ok()
    }

    /// The row at a place.
    pub(crate) fn row_at_place(&self, place: Place) -> Option<OperationRow> {
        let bytes = self.recorded(self.records.row(place))?;
        self.unpacked(&bytes)
    }

    /// The last mark for which this holds; it holds for all before that.
    fn last_mark(&self, holds: impl Fn(&Mark) -> bool) -> Option<Mark> {
        self.recorded(self.records.last_mark(holds)).flatten()
    }

    /// The row of a block's operation, counted from 0.
    pub(crate) fn row_of(&self, mark: &Mark, row: u64) -> Option<OperationRow> {
        let place = self.recorded(self.records.place_of_row(mark, row)).flatten()?;
        self.row_at_place(place)
    }

    /// The record of the block that has an operation.
    pub(crate) fn mark_of_operation(&self, number: u64) -> Option<Mark> {
        let mark = self.last_mark(|mark| mark.operations.first <= number)?;
        mark.operations.numbers().contains(&number).then_some(mark)
    }

    /// The record of the block that has an entry, if any has.
    pub(crate) fn mark_of_entry(&self, number: u64) -> Option<Mark> {
        self.last_mark(|mark| mark.operations.first_entry <= number)
    }

    /// The record of a block.
    pub(crate) fn mark_of_block(&self, block: u32) -> Option<Mark> {
        self.last_mark(|mark| mark.block <= block).filter(|mark| mark.block == block)
    }

    /// The record of the newest block that is not later than `time`.
    pub(crate) fn mark_until(&self, time: TimePointSec) -> Option<Mark> {
        self.last_mark(|mark| mark.operations.time <= time)
    }

    /// A mark by its place among all.
    pub(crate) fn mark(&self, number: u64) -> Option<Mark> {
        self.recorded(self.records.mark(number)).flatten()
    }

    /// The whole record that a mark leads to.
    pub(crate) fn record(&self, mark: &Mark) -> Option<Arc<Record>> {
        self.recorded(self.records.record(mark))
    }
}

/// What accounts come to with the operations of a record, in order; none if it cannot be read.
pub(crate) fn heads(record: &Record) -> Option<Vec<(AccountId, Counters)>> {
    let mut heads = Vec::new();
    for (place, row) in record.places().zip(record.rows()) {
        let row: OperationRow = unpack_exact(row, Tags::All).ok()?;
        heads.extend(row.heads(place));
    }
    Some(heads)
}

/// The accounts in whose history an operation appears (reference: `account_history_plugin.cpp`).
pub fn concerned_accounts(operation: &OperationHistory) -> FlatSet<AccountId> {
    carbyne_ledger::run::concerned_accounts(&operation.op, &operation.result)
}

/// The assets that an operation or its result names anywhere.
pub fn named_assets(operation: &OperationHistory) -> FlatSet<AssetId> {
    let mut assets = FlatSet::default();
    collect_assets(&operation.op.view(), &mut assets);
    collect_assets(&operation.result.view(), &mut assets);
    assets
}

fn collect_assets(view: &View<'_>, assets: &mut FlatSet<AssetId>) {
    match view {
        View::Id(id) => assets.extend(AssetId::try_from(*id)),
        View::Optional(Some(value)) | View::Choice(_, value) => {
            collect_assets(&value.dyn_view(), assets);
        }
        View::Sequence(values) => {
            values.iter().for_each(|value| collect_assets(&value.dyn_view(), assets));
        }
        View::Struct(members) => {
            let members = (0..).map_while(|index| members.member(index));
            members.for_each(|member| collect_assets(&member, assets));
        }
        _ => {}
    }
}
