//! The tables of history and their step from block to block.

use crate::account::{AccountActivity, AccountHistory};
use crate::market::Markets;
use crate::operations::{OperationHistory, concerned_accounts};
use crate::pool::Pools;
use crate::storage::{self, AccountStorage};
use crate::transactions::{self, Refusals, TransactionPlace};
use carbyne_graph::{Change, Object, Table};
use carbyne_ledger::RecoveredBlock;
use carbyne_ledger::applied::AppliedOperation;
use carbyne_ledger::ids::AccountId;
use carbyne_ledger::ops::Operation;
use carbyne_ledger::tables::{AnyTable, ObjectChange};
use carbyne_wire::{Hash160, ObjectId, TimePointSec};
use serde_json::Value;
use std::collections::VecDeque;

/// What is kept, and how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Widths of the candles of each market, in seconds.
    pub bucket_seconds: Vec<u32>,
    /// Candles kept per market and width.
    pub buckets_kept: u32,
    /// Trades kept per market, and operations per pool, at least.
    pub trades_kept: u32,
    /// Seconds for which they are kept at least.
    pub trades_kept_seconds: u32,
    /// Number of the first block whose custom operations may store data.
    pub storage_from_block: u32,
    /// Widths of the price groups of orders, in basis points.
    pub tracked_groups: Vec<u16>,
    /// Seconds for which the places of transactions are kept.
    pub transactions_kept_seconds: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            bucket_seconds: vec![60, 300, 900, 3_600, 14_400, 86_400, 604_800],
            buckets_kept: 1_500,
            trades_kept: 1_000,
            trades_kept_seconds: 259_200,
            storage_from_block: 0,
            tracked_groups: vec![10, 100],
            transactions_kept_seconds: 86_400,
        }
    }
}

/// What happened, to be asked.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// What is kept, and how long.
    pub settings: Settings,
    /// The block it stands at.
    pub head: Hash160,
    /// Every operation.
    pub operations: Table<OperationHistory>,
    /// Every entry of every account.
    pub entries: Table<AccountHistory>,
    /// Counters per account.
    pub activity: Table<AccountActivity>,
    /// Trades.
    pub markets: Markets,
    /// What happened in pools.
    pub pools: Pools,
    /// Data stored by custom operations.
    pub storage: Table<AccountStorage>,
    /// Where transactions stand.
    pub transactions: Table<TransactionPlace>,
    /// Why transactions were refused.
    pub refusals: Refusals,
    heads: VecDeque<Hash160>,
}

impl History {
    /// An empty history.
    pub fn new(settings: Settings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// Takes in the next block and its operations.
    pub fn apply(&mut self, block: &RecoveredBlock, operations: Vec<AppliedOperation>) {
        let time = block.block().header().timestamp;
        self.tables().into_iter().for_each(Sessions::begin);
        self.heads.push_back(std::mem::replace(&mut self.head, block.id()));
        transactions::add(&mut self.transactions, block, self.settings.transactions_kept_seconds);
        for operation in operations {
            let operation = OperationHistory::from(operation);
            self.follow(&operation, time);
            self.add(operation);
        }
        self.markets.roll(time);
        self.pools.roll(time);
    }

    /// What an operation means for trades, pools and stored data.
    fn follow(&mut self, operation: &OperationHistory, time: TimePointSec) {
        match &operation.op {
            Operation::FillOrder(fill) => self.markets.add(fill, time, &self.settings),
            Operation::Custom(custom) => {
                if operation.block_num >= self.settings.storage_from_block {
                    storage::add(&mut self.storage, custom);
                }
            }
            _ => self.pools.add(operation, time, &self.settings),
        }
    }

    /// Takes the newest block back.
    pub fn undo(&mut self) {
        self.tables().into_iter().for_each(Sessions::undo);
        if let Some(head) = self.heads.pop_back() {
            self.head = head;
        }
    }

    /// Forgets how to take back all but the newest `undoable` blocks.
    pub fn commit(&mut self, undoable: usize) {
        while self.heads.len() > undoable {
            self.heads.pop_front();
            self.tables().into_iter().for_each(Sessions::commit_oldest);
        }
    }

    /// Every table, to go forward and back block by block.
    fn tables(&mut self) -> [&mut dyn Sessions; 12] {
        [
            &mut self.operations,
            &mut self.entries,
            &mut self.activity,
            &mut self.markets.fills,
            &mut self.markets.buckets,
            &mut self.markets.tickers,
            &mut self.markets.meta,
            &mut self.pools.operations,
            &mut self.pools.meta,
            &mut self.pools.tickers,
            &mut self.storage,
            &mut self.transactions,
        ]
    }

    /// Every table, in a fixed order, for snapshots: with [`History::head`] they are the whole
    /// history.
    pub fn state(&self) -> [&dyn AnyTable; 12] {
        [
            &self.operations,
            &self.entries,
            &self.activity,
            &self.markets.fills,
            &self.markets.buckets,
            &self.markets.tickers,
            &self.markets.meta,
            &self.pools.operations,
            &self.pools.meta,
            &self.pools.tickers,
            &self.storage,
            &self.transactions,
        ]
    }

    /// Every table, to be filled from a snapshot, in the order of [`History::state`].
    pub fn state_mut(&mut self) -> [&mut dyn AnyTable; 12] {
        [
            &mut self.operations,
            &mut self.entries,
            &mut self.activity,
            &mut self.markets.fills,
            &mut self.markets.buckets,
            &mut self.markets.tickers,
            &mut self.markets.meta,
            &mut self.pools.operations,
            &mut self.pools.meta,
            &mut self.pools.tickers,
            &mut self.storage,
            &mut self.transactions,
        ]
    }

    /// The tables that clients see, by space and type.
    fn objects(&self) -> [((u8, u8), &dyn AnyTable); 10] {
        [
            ((1, 11), &self.operations),
            ((2, 9), &self.entries),
            ((5, 0), &self.markets.fills),
            ((5, 1), &self.markets.buckets),
            ((5, 2), &self.markets.tickers),
            ((5, 3), &self.markets.meta),
            ((5, 4), &self.pools.operations),
            ((5, 5), &self.pools.meta),
            ((5, 6), &self.pools.tickers),
            ((7, 0), &self.storage),
        ]
    }

    /// The objects of a type that only history knows.
    pub fn table(&self, space: u8, type_: u8) -> Option<&dyn AnyTable> {
        let mut objects = self.objects().into_iter();
        objects.find(|(kind, _)| *kind == (space, type_)).map(|(_, table)| table)
    }

    fn add(&mut self, operation: OperationHistory) {
        let accounts = concerned_accounts(&operation);
        let operation = self.operations.create(operation);
        for account in accounts {
            self.add_entry(account, operation);
        }
    }

    fn add_entry(&mut self, account: AccountId, operation: u64) {
        let before = self.activity(account);
        let sequence = before.total_ops + 1;
        let entry = self.entries.create(AccountHistory {
            account,
            operation_id: carbyne_wire::Id(operation),
            sequence,
            next: before.most_recent_op,
            ..AccountHistory::default()
        });
        let most_recent_op = carbyne_wire::Id(entry);
        self.activity.put(AccountActivity { account, most_recent_op, total_ops: sequence });
    }

    /// What the newest block changed among the objects that only history knows.
    pub fn changes(&self) -> Vec<ObjectChange> {
        self.objects().into_iter().flat_map(|(_, table)| table.changed()).collect()
    }

    /// The accounts to whose history the newest block added.
    pub fn active_accounts(&self) -> Vec<AccountId> {
        let changes = self.activity.changes().into_iter();
        changes
            .filter_map(|change| match change {
                Change::Created(row) | Change::Changed { new: row, .. } => Some(row.account),
                Change::Removed(_) => None,
            })
            .collect()
    }

    /// How much history an account has.
    pub fn activity(&self, account: AccountId) -> AccountActivity {
        self.activity.get(account.0).copied().unwrap_or_default()
    }

    /// An object that only history knows: none if the id is of a type kept elsewhere.
    pub fn object(&self, id: ObjectId) -> Option<Option<Value>> {
        match (id.space, id.type_) {
            // The reference has room there for accounts whose oldest entries it dropped.
            (4, 0) => Some(None),
            (space, type_) => Some(self.table(space, type_)?.json(id.instance)),
        }
    }
}

/// A table without its type, as far as its sessions go.
trait Sessions {
    fn begin(&mut self);
    fn undo(&mut self);
    fn commit_oldest(&mut self);
}

impl<T: Object> Sessions for Table<T> {
    fn begin(&mut self) {
        Table::begin(self);
    }
    fn undo(&mut self) {
        Table::undo(self);
    }
    fn commit_oldest(&mut self) {
        Table::commit_oldest(self);
    }
}
