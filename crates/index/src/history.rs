//! History and its step from block to block.
//!
//! Invariant: history is what the blocks up to [`History::head`] did, those of the present branch
//! only. Should that become impossible it says so ([`History::failure`]) and must not be asked any
//! more; it never stops the chain.

use crate::account::{AccountActivity, AccountHistory};
use crate::activity::{Activities, Counters};
use crate::disk::Disk;
use crate::entries::{Step, Wanted};
use crate::keys::{Key, Kind};
use crate::market::Markets;
use crate::objects::{HistoryChange, OBJECTS};
use crate::operations::{
    BlockOperations, EntryOfAccount, OperationHistory, OperationRow, concerned_accounts,
};
use crate::pool::Pools;
use crate::rows::{Numbers, packed};
use crate::storage::{AccountStorage, Name};
use crate::store::Store;
use crate::transactions::TransactionPlace;
use crate::{entries, market, objects, pool, storage, transactions};
use carbyne_ledger::run::AppliedOperation;
use carbyne_protocol::RecoveredBlock;
use carbyne_protocol::ids::{AccountId, OperationHistoryId};
use carbyne_protocol::ops::Operation;
use carbyne_wire::{Dialect, Hash160, Id, JsonIn, ObjectId, TimePointSec, Value, Wire};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// The form of what is on disk; counts up whenever a key or a value changes its form.
const FORMAT: u32 = 2;
/// The form without markets by volume, which the next block adds.
const WITHOUT_VOLUMES: u32 = 1;

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
        }
    }
}

/// Where history stands, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
struct Head {
    format: u32,
    /// The newest block.
    number: u32,
    id: Hash160,
    /// The first block whose operations are there.
    first: u32,
    numbers: Vec<u64>,
}

/// What is done with the next block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stand {
    /// It is taken in.
    #[default]
    Following,
    /// Nothing: the chain has not come to where history stands yet.
    Ahead,
    /// Nothing: no history is kept.
    Off,
}

/// What happened, to be asked.
#[derive(Default)]
pub struct History {
    /// What is kept, and how long.
    pub settings: Settings,
    store: Store,
    head: Head,
    /// What `head` was before the first block that was taken in since the program started.
    base: Head,
    stand: Stand,
    /// Counters of accounts, as far as the program has seen them change.
    activity: Activities,
    /// Where it is on disk.
    dir: Option<PathBuf>,
}

/// What opens a history again whose disk failed.
pub struct Again {
    dir: PathBuf,
    settings: Settings,
}

impl Again {
    /// The history as it is on disk; one that says why if that cannot be read.
    pub fn open(self) -> History {
        History::open(&self.dir, self.settings)
    }
}

impl History {
    /// An empty history that stays in memory.
    pub fn new(settings: Settings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// No history.
    pub fn off() -> Self {
        Self { stand: Stand::Off, ..Self::default() }
    }

    /// The history in a directory, or a new one there; one that says why if it cannot be read.
    pub fn open(dir: &Path, settings: Settings) -> Self {
        Self { dir: Some(dir.to_owned()), ..Self::on(Disk::open(dir), dir, settings) }
    }

    /// What opens it again, if it is on disk and failed; to be used when this one is gone.
    pub fn again(&self) -> Option<Again> {
        self.failure()?;
        Some(Again { dir: self.dir.clone()?, settings: self.settings.clone() })
    }

    /// Whether it is on disk, or would be.
    pub fn is_on_disk(&self) -> bool {
        self.dir.is_some()
    }

    /// A history in its place that can only say why it must not be asked.
    pub fn failed(why: &str) -> Self {
        let history = Self::default();
        history.store.fail(why.into());
        history
    }

    /// Says why it must not be asked any more.
    pub fn fail(&self, why: &str) {
        self.store.fail(why.into());
    }

    /// The number of the newest block that is on disk, and whatever stops the program stays there;
    /// that of the newest at all for a history that is in memory.
    pub fn on_disk(&self) -> u32 {
        self.head.number.saturating_sub(self.store.unwritten() as u32)
    }

    /// The history in a directory, in which nothing is changed; one that says why if it cannot be
    /// read.
    pub fn look(dir: &Path, settings: Settings) -> Self {
        Self::on(Disk::look(dir), dir, settings)
    }

    fn on(disk: Result<Disk, String>, dir: &Path, settings: Settings) -> Self {
        let mut history = Self::new(settings);
        let opened = disk.and_then(|disk| {
            history.store = Store::on(disk);
            history.load()
        });
        if let Err(why) = opened {
            history.store.fail(format!(
                "{}: {why}; if it does not pass, `carbyne history rebuild` makes it anew",
                dir.display()
            ));
        }
        history
    }

    /// Reads where it stands.
    fn load(&mut self) -> Result<(), String> {
        if let Some(head) = self.store.value::<Head>(&head_key()) {
            if !matches!(head.format, WITHOUT_VOLUMES | FORMAT) {
                return Err(format!("it has form {}, this program reads {FORMAT}", head.format));
            }
            self.stand_at(head);
        }
        self.failure().map_or(Ok(()), |failure| Err(failure.to_owned()))
    }

    fn stand_at(&mut self, head: Head) {
        self.store.numbers = Numbers::from(&head.numbers);
        self.head = head;
    }

    /// Says where the chain stands whose blocks will come. History that is ahead of it waits; if it
    /// is behind, what it misses is gone.
    pub fn begin_at(&mut self, number: u32) {
        if self.stand == Stand::Off {
            return;
        }
        if self.head.number == 0 {
            (self.head.number, self.head.first) = (number, number.saturating_add(1));
            self.base = self.head.clone();
        }
        if self.head.number > number {
            self.stand = Stand::Ahead;
        } else if self.head.number < number {
            self.store.fail(format!(
                "history stands at block {}, the state begins at block {number}: \
                 `carbyne history rebuild` makes it anew",
                self.head.number
            ));
        }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Whether history is to be kept.
    pub fn is_kept(&self) -> bool {
        self.stand != Stand::Off
    }

    /// Why it must not be asked.
    pub fn failure(&self) -> Option<&str> {
        match self.stand {
            Stand::Off => Some("this node keeps no history"),
            _ => self.store.failure(),
        }
    }

    /// The newest block it holds: number, 0 for none, and id.
    pub fn head(&self) -> (u32, Hash160) {
        (self.head.number, self.head.id)
    }

    /// The number of the first block it holds.
    pub fn first_block(&self) -> u32 {
        self.head.first
    }

    /// Takes in the next block and its operations.
    pub fn apply(&mut self, block: &RecoveredBlock, operations: &[AppliedOperation]) {
        if self.failure().is_some() || self.is_there(block) {
            return;
        }
        self.store.begin();
        self.activity.begin();
        if self.head.format == WITHOUT_VOLUMES {
            market::keep_volumes(&mut self.store);
        }
        let time = block.block().header().timestamp;
        transactions::add(&mut self.store, block);
        let first = self.store.numbers.next(Kind::Operation);
        let first_entry = self.store.numbers.next(Kind::EntryBlock);
        for operation in operations {
            let operation = OperationHistory::from(operation.clone());
            self.follow(&operation, time);
            self.add(operation);
        }
        market::roll(&mut self.store, time);
        pool::roll(&mut self.store, time);
        if !operations.is_empty() {
            let operations =
                BlockOperations { first, first_entry, count: operations.len() as u64, time };
            operations.keep(block.number(), &mut self.store);
        }
        self.move_head(block);
    }

    /// Whether history has the block already, or cannot have it.
    fn is_there(&mut self, block: &RecoveredBlock) -> bool {
        let (number, head) = (block.number(), self.head.number);
        let failure = match self.stand {
            Stand::Ahead if number < head => return true,
            Stand::Ahead if block.id() == self.head.id => {
                self.stand = Stand::Following;
                return true;
            }
            Stand::Ahead => format!("history has another block {head} than the chain"),
            _ if number == head.saturating_add(1) => return false,
            _ => format!("after block {head} came block {number}"),
        };
        self.store.fail(format!("{failure}: `carbyne history rebuild` makes it anew"));
        true
    }

    fn move_head(&mut self, block: &RecoveredBlock) {
        let (number, id) = (block.number(), block.id());
        let first = if self.head.first == 0 { number } else { self.head.first };
        self.head =
            Head { format: FORMAT, number, id, first, numbers: self.store.numbers.to_vec() };
        self.store.put(&head_key(), Some(packed(&self.head)));
    }

    /// What an operation means for trades, pools and stored data.
    fn follow(&mut self, operation: &OperationHistory, time: TimePointSec) {
        let store = &mut self.store;
        match &operation.op {
            Operation::FillOrder(fill) => market::add(store, fill, time, &self.settings),
            Operation::Custom(custom) => {
                if operation.block_num >= self.settings.storage_from_block {
                    storage::add(store, custom);
                }
            }
            _ => pool::add(store, operation, time, &self.settings),
        }
    }

    fn add(&mut self, mut operation: OperationHistory) {
        let accounts = concerned_accounts(&operation);
        operation.id = Id(self.store.numbers.take(Kind::Operation));
        let first_entry = self.store.numbers.next(Kind::EntryBlock);
        let entries = accounts.iter().map(|account| self.count(*account)).collect();
        OperationRow { operation, first_entry, entries }.keep(&mut self.store);
    }

    /// Counts an operation of an account.
    fn count(&mut self, account: AccountId) -> EntryOfAccount {
        let before = self.activity(account);
        let sequence = before.total_ops.saturating_add(1);
        let newest = self.store.numbers.take(Kind::EntryBlock);
        self.activity.set(account, Counters { newest, total: sequence });
        EntryOfAccount { account, sequence, next: before.most_recent_op }
    }

    /// Takes the newest block back.
    pub fn undo(&mut self) {
        if self.failure().is_some() {
            return;
        }
        self.store.undo();
        self.activity.undo();
        let head = self.store.value::<Head>(&head_key());
        self.stand_at(head.unwrap_or_else(|| self.base.clone()));
    }

    /// Forgets how to take back all but the newest `undoable` blocks, which can go to disk then.
    pub fn commit(&mut self, undoable: usize) {
        self.activity.commit(undoable);
        self.store.commit(undoable);
    }

    /// What brings everything to disk that cannot be undone, wherever it is called; nothing for a
    /// history in memory. Fails if its disk could not be opened.
    pub fn sync(&self) -> impl FnOnce() -> Result<(), String> + Send + use<> {
        let disk = self.store.disk().map(|disk| (disk.shared(), self.store.given()));
        let failure = self.store.failure().map(str::to_owned);
        move || match (disk, failure) {
            (Some((disk, given)), _) => disk.sync(given),
            (None, Some(failure)) => Err(failure),
            (None, None) => Ok(()),
        }
    }

    /// An operation.
    pub fn operation(&self, id: OperationHistoryId) -> Option<OperationHistory> {
        self.operation_row(id).map(|row| row.operation)
    }

    pub(crate) fn operation_row(&self, id: OperationHistoryId) -> Option<OperationRow> {
        self.store.value(&OperationRow::key(id.0))
    }

    /// An entry of an account.
    pub fn entry(&self, number: u64) -> Option<AccountHistory> {
        let block = BlockOperations::of_entry(number, &self.store)?;
        // The last operation whose first entry is not behind the one that is asked for.
        let (mut low, mut high) = (block.first, block.last());
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            let first = self.operation_row(Id(middle))?.first_entry;
            if first > number { high = middle - 1 } else { low = middle }
        }
        // An operation without entries has the number of the one behind it.
        let numbers = (block.first..=low).rev();
        let rows = numbers.map_while(|number| self.operation_row(Id(number)));
        let row = rows.into_iter().find(|row| !row.entries.is_empty())?;
        row.objects().find(|entry| entry.id == Id(number))
    }

    /// The operations of a block; none if there are none.
    pub fn block(&self, number: u32) -> Option<BlockOperations> {
        BlockOperations::of(number, &self.store)
    }

    /// The operations of the newest block that has any and is not later than `time`.
    pub fn block_until(&self, time: TimePointSec) -> Option<BlockOperations> {
        BlockOperations::until(time, &self.store)
    }

    /// The operations of a block, in order.
    pub fn operations(&self, block: BlockOperations) -> impl Iterator<Item = OperationHistory> {
        block.numbers().map_while(|number| self.operation(Id(number)))
    }

    /// The operations of an account with these counts, the newest first.
    pub fn operations_of(
        &self,
        account: AccountId,
        counts: RangeInclusive<u64>,
    ) -> impl Iterator<Item = OperationHistoryId> {
        entries::back(&self.store, account, counts).map(|place| place.operation)
    }

    /// Looks for operations of an account up to one of them, the newest first.
    pub fn search<'a>(
        &'a self,
        account: AccountId,
        last: OperationHistoryId,
        wanted: &'a Wanted,
    ) -> impl Iterator<Item = Step> + 'a {
        entries::search(&self.store, account, self.count_until(account, last), wanted)
    }

    /// How many operations an account has up to one of them. Counts are in the order of operations,
    /// so that is found by halving.
    pub fn count_until(&self, account: AccountId, last: OperationHistoryId) -> u64 {
        let is_beyond =
            |count| self.operations_of(account, count..=count).any(|operation| operation > last);
        let (mut low, mut high) = (0, self.activity(account).total_ops);
        if last == Id(u64::MAX) {
            return high;
        }
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            if is_beyond(middle) { high = middle - 1 } else { low = middle }
        }
        low
    }

    /// Trades.
    pub fn markets(&self) -> Markets<'_> {
        Markets(&self.store)
    }

    /// What happened in pools.
    pub fn pools(&self) -> Pools<'_> {
        Pools(&self.store)
    }

    /// The stored values with these parts of a name and numbers from `first` on.
    pub fn stored(&self, name: &Name, first: u64) -> impl Iterator<Item = AccountStorage> {
        storage::values(&self.store, name, first)
    }

    /// Where a transaction stands.
    pub fn transaction(&self, id: &Hash160) -> Option<TransactionPlace> {
        TransactionPlace::of(id, &self.store)
    }

    /// How much history an account has.
    pub fn activity(&self, account: AccountId) -> AccountActivity {
        match self.activity.get(account) {
            Some(Counters { newest, total }) => {
                AccountActivity { account, most_recent_op: Id(newest), total_ops: total }
            }
            None => entries::activity(&self.store, account),
        }
    }

    /// What the newest block changed among the objects that only history knows.
    pub fn changes(&self) -> Vec<HistoryChange> {
        let newest = self.store.newest();
        let changes = newest.flat_map(|(key, now)| {
            objects::changes(key, || self.store.was_before_newest(key), now)
        });
        let mut changes: Vec<HistoryChange> = changes.collect();
        changes.sort_by_key(|change| change.id);
        changes
    }

    /// The accounts to whose history the newest block added.
    pub fn active_accounts(&self) -> Vec<AccountId> {
        self.activity.newest()
    }

    /// An object that only history knows: none if the id is of a type kept elsewhere.
    pub fn object(&self, id: ObjectId, dialect: Dialect) -> Option<Option<Value>> {
        match (id.space, id.type_) {
            // The reference has room there for accounts whose oldest entries it dropped.
            (4, 0) => Some(None),
            objects::OPERATION => {
                Some(self.operation(Id(id.instance)).map(|row| row.to_json_in(dialect)))
            }
            objects::ENTRY => Some(self.entry(id.instance).map(|entry| entry.to_json_in(dialect))),
            kind => {
                let objects = OBJECTS.iter().find(|objects| objects.is_of(kind))?;
                Some((objects.json)(&self.store, id.instance, dialect))
            }
        }
    }

    /// The number the next object of a type gets, if only history knows the type.
    pub fn next_number(&self, space: u8, type_: u8) -> Option<u64> {
        let kind = match (space, type_) {
            objects::OPERATION => Kind::Operation,
            objects::ENTRY => Kind::EntryBlock,
            kind => OBJECTS.iter().find(|objects| objects.is_of(kind))?.kind,
        };
        Some(self.store.numbers.next(kind))
    }

    /// The numbers of objects of a type from `first` on, in order, `most` at most, if only history
    /// knows the type.
    pub fn numbers_from(&self, space: u8, type_: u8, first: u64, most: usize) -> Option<Vec<u64>> {
        if matches!((space, type_), objects::OPERATION | objects::ENTRY) {
            let end = self.next_number(space, type_)?;
            return Some((first..end).take(most).collect());
        }
        let objects = OBJECTS.iter().find(|objects| objects.is_of((space, type_)))?;
        Some((objects.numbers)(&self.store, first, most))
    }
}

fn head_key() -> Key {
    Key::new(Kind::Head)
}
