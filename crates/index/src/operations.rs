//! Every operation that was applied, as object 1.11.N in the order in which it happened, and the
//! keys that lead to it.

use crate::account::AccountHistory;
use crate::entries::EntryPlace;
use crate::keys::{Key, Kind};
use crate::rows::packed;
use crate::store::Store;
use carbyne_ledger::run::AppliedOperation;
use carbyne_protocol::ids::{AccountHistoryId, AccountId, AssetId, OperationHistoryId};
use carbyne_protocol::ops::{Operation, OperationResult};
use carbyne_wire::{FlatSet, Id, Reflect, TimePointSec, VarUint, View, Wire};

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

    /// Its key.
    pub(crate) fn key(number: u64) -> Key {
        Key::new(Kind::Operation).number(number)
    }

    /// Its entries, and what is kept of each with its account.
    pub(crate) fn places(&self) -> impl Iterator<Item = (&EntryOfAccount, EntryPlace)> {
        let (tag, assets) = (VarUint(self.operation.op.tag()), named_assets(&self.operation));
        self.entries.iter().zip(self.first_entry..).map(move |(entry, number)| {
            let (operation, assets) = (self.operation.id, assets.clone());
            (entry, EntryPlace { operation, entry: Id(number), tag, assets })
        })
    }

    /// Keeps it, with every key that leads to it.
    pub(crate) fn keep(&self, store: &mut Store) {
        for (entry, place) in self.places() {
            place.keep(entry, store);
        }
        store.put(&Self::key(self.operation.id.0), Some(packed(self)));
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

    /// Keeps them.
    pub(crate) fn keep(&self, block: u32, store: &mut Store) {
        let value = packed(self);
        store.put(&Key::new(Kind::Block).short(block), Some(value.clone()));
        store.put(&Key::new(Kind::Time).short(self.time.0).short(block), Some(value.clone()));
        store.put(&Key::new(Kind::EntryBlock).number(self.first_entry), Some(value));
    }

    /// Those of the block with a number.
    pub(crate) fn of(block: u32, store: &Store) -> Option<Self> {
        store.value(&Key::new(Kind::Block).short(block))
    }

    /// Those of the newest block that has any and is not later than `time`.
    pub(crate) fn until(time: TimePointSec, store: &Store) -> Option<Self> {
        let first = Key::new(Kind::Time);
        let last = first.clone().short(time.0).short(u32::MAX);
        let (_, value) = store.range_back(first..=last).next()?;
        store.unpacked(&value)
    }

    /// Those of the block that has an entry.
    pub(crate) fn of_entry(entry: u64, store: &Store) -> Option<Self> {
        let first = Key::new(Kind::EntryBlock);
        let last = first.clone().number(entry);
        let (_, value) = store.range_back(first..=last).next()?;
        store.unpacked(&value)
    }
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
