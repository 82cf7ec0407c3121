//! The tables of history and their step from block to block.

use crate::account::{AccountActivity, AccountHistory};
use crate::market::Markets;
use crate::operations::{OperationHistory, concerned_accounts};
use carbyne_graph::{Change, Table};
use carbyne_ledger::applied::AppliedOperation;
use carbyne_ledger::ids::AccountId;
use carbyne_ledger::ops::Operation;
use carbyne_ledger::tables::{AnyTable, ObjectChange};
use carbyne_wire::{Hash160, Json, ObjectId, TimePointSec};
use serde_json::Value;
use std::collections::VecDeque;

/// What is kept, and how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Widths of the candles of each market, in seconds.
    pub bucket_seconds: Vec<u32>,
    /// Candles kept per market and width.
    pub buckets_kept: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            bucket_seconds: vec![60, 300, 900, 3_600, 14_400, 86_400, 604_800],
            buckets_kept: 1_500,
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
    heads: VecDeque<Hash160>,
}

impl History {
    /// An empty history.
    pub fn new(settings: Settings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// Takes in the operations of the next block.
    pub fn apply(&mut self, block: Hash160, time: TimePointSec, operations: Vec<AppliedOperation>) {
        self.operations.begin();
        self.entries.begin();
        self.activity.begin();
        self.markets.begin();
        self.heads.push_back(std::mem::replace(&mut self.head, block));
        for operation in operations {
            if let Operation::FillOrder(fill) = &operation.op {
                self.markets.add(fill, time, &self.settings);
            }
            self.add(operation.into());
        }
        self.markets.roll(time);
    }

    /// Takes the newest block back.
    pub fn undo(&mut self) {
        self.operations.undo();
        self.entries.undo();
        self.activity.undo();
        self.markets.undo();
        if let Some(head) = self.heads.pop_back() {
            self.head = head;
        }
    }

    /// Forgets how to take back all but the newest `undoable` blocks.
    pub fn commit(&mut self, undoable: usize) {
        while self.heads.len() > undoable {
            self.heads.pop_front();
            self.operations.commit_oldest();
            self.entries.commit_oldest();
            self.activity.commit_oldest();
            self.markets.commit_oldest();
        }
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
        let tables: [&dyn AnyTable; 6] = [
            &self.operations,
            &self.entries,
            &self.markets.fills,
            &self.markets.buckets,
            &self.markets.tickers,
            &self.markets.meta,
        ];
        tables.into_iter().flat_map(AnyTable::changed).collect()
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
            (1, 11) => Some(self.operations.get(id.instance).map(Json::to_json)),
            (2, 9) => Some(self.entries.get(id.instance).map(Json::to_json)),
            // The reference has room there for accounts whose oldest entries it dropped.
            (4, 0) => Some(None),
            (5, 0) => Some(self.markets.fills.get(id.instance).map(Json::to_json)),
            (5, 1) => Some(self.markets.buckets.get(id.instance).map(Json::to_json)),
            (5, 2) => Some(self.markets.tickers.get(id.instance).map(Json::to_json)),
            (5, 3) => Some(self.markets.meta.get(id.instance).map(Json::to_json)),
            _ => None,
        }
    }

    /// The number the next such object gets: none if the type is kept elsewhere.
    pub fn next_number(&self, space: u8, type_: u8) -> Option<u64> {
        match (space, type_) {
            (1, 11) => Some(self.operations.next_instance()),
            (2, 9) => Some(self.entries.next_instance()),
            (5, 0) => Some(self.markets.fills.next_instance()),
            (5, 1) => Some(self.markets.buckets.next_instance()),
            (5, 2) => Some(self.markets.tickers.next_instance()),
            (5, 3) => Some(self.markets.meta.next_instance()),
            _ => None,
        }
    }
}
