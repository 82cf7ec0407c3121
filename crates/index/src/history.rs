//! History and its step from block to block.
//!
//! Invariant: history is what the blocks up to [`History::head`] did, those of the present branch
//! only. Should that become impossible it says so ([`History::failure`]) and must not be asked any
//! more; it never stops the chain.

use crate::account::{AccountActivity, AccountHistory};
use crate::activity::{Activities, Counters};
use crate::disk::Disk;
use crate::entries::{Entries, Step, Unfinished, Wanted};
use crate::keys::Kind;
use crate::market::Markets;
use crate::objects::{HistoryChange, OBJECTS};
use crate::operations::{
    BlockOperations, EntryOfAccount, OperationHistory, OperationRow, concerned_accounts, heads,
};
use crate::pool::Pools;
use crate::record::{Mark, Place, Records};
use crate::rows::{Numbers, packed};
use crate::storage::{AccountStorage, Name};
use crate::store::Store;
use crate::transactions::{Places, TransactionPlace};
use crate::{activity, market, objects, pool, storage};
use carbyne_ledger::run::AppliedOperation;
use carbyne_protocol::RecoveredBlock;
use carbyne_protocol::ids::{AccountId, OperationHistoryId};
use carbyne_protocol::ops::Operation;
use carbyne_wire::{Dialect, Hash160, Id, JsonIn, ObjectId, Pack, TimePointSec, Value, Wire};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// The form of what is on disk; counts up whenever a key or a value changes its form.
const FORMAT: u32 = 3;

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
    /// What accounts did lately, to be summed up.
    unfinished: Unfinished,
    /// Where the newest transactions stand.
    places: Places,
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
        Self { dir: Some(dir.to_owned()), ..Self::on(Disk::open(dir, heads), dir, settings) }
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
        Self::on(Disk::look(dir, heads), dir, settings)
    }

    fn on(disk: Result<(Disk, Records), String>, dir: &Path, settings: Settings) -> Self {
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
        if let Some(head) = self.kept_head() {
            if head.format != FORMAT {
                return Err(format!("it has form {}, this program reads {FORMAT}", head.format));
            }
            self.stand_at(head);
        }
        self.failure().map_or(Ok(()), |failure| Err(failure.to_owned()))
    }

    /// Where the store says that history stands.
    fn kept_head(&self) -> Option<Head> {
        self.store.unpacked(&self.store.head()?)
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
        self.begin(block);
        let time = block.block().header().timestamp;
        let mut row = Vec::new();
        for operation in operations {
            let operation = OperationHistory::from(operation.clone());
            self.follow(&operation, time);
            self.add(operation, &mut row);
        }
        market::roll(&mut self.store, time);
        pool::roll(&mut self.store, time);
        self.store.records.close();
        self.move_head(block);
    }

    fn begin(&mut self, block: &RecoveredBlock) {
        let (number, time) = (block.number(), block.block().header().timestamp);
        let first = self.store.numbers.next(Kind::Operation);
        let first_entry = self.store.numbers.next(Kind::Entry);
        let operations = BlockOperations { first, first_entry, count: 0, time };
        let ids: Vec<Hash160> = block.transaction_ids().collect();
        self.places.add((number, time), &ids);
        self.store.begin(number);
        self.store.records.begin(number, operations, ids);
        self.activity.begin();
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
        self.store.end(packed(&self.head));
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

    /// Keeps an operation; `bytes` are for who packs it.
    fn add(&mut self, mut operation: OperationHistory, bytes: &mut Vec<u8>) {
        let accounts = concerned_accounts(&operation);
        operation.id = Id(self.store.numbers.take(Kind::Operation));
        let first_entry = self.store.numbers.next(Kind::Entry);
        let place = self.store.records.next_place();
        let entries = accounts.iter().map(|account| self.count(*account, place)).collect();
        let row = OperationRow { operation, first_entry, entries };
        bytes.clear();
        row.pack(bytes);
        self.store.records.push(bytes, row.heads(place));
        self.unfinished.add(&mut self.store, &row, place);
    }

    /// Counts an operation of an account, whose row will be at a place.
    fn count(&mut self, account: AccountId, place: Place) -> EntryOfAccount {
        let before = self.newest_of(account).unwrap_or_default();
        let sequence = before.total.saturating_add(1);
        let newest = self.store.numbers.take(Kind::Entry);
        self.activity.set(account, Counters { newest, total: sequence, place });
        EntryOfAccount { account, sequence, next: Id(before.newest), previous: before.place }
    }

    /// The counters of an account, if it has entries.
    pub(crate) fn newest_of(&self, account: AccountId) -> Option<Counters> {
        let known = self.activity.get(account);
        known.or_else(|| self.store.value(&activity::key(account)))
    }

    /// Takes the newest block back.
    pub fn undo(&mut self) {
        if self.failure().is_some() {
            return;
        }
        if let Some(record) = self.store.records.newest(self.head.number) {
            self.places.remove(&record.transactions);
        }
        self.store.undo();
        self.activity.undo();
        self.unfinished.forget();
        let head = self.kept_head();
        self.stand_at(head.unwrap_or_else(|| self.base.clone()));
    }

    /// Forgets how to take back all but the newest `undoable` blocks, which can go to disk then.
    pub fn commit(&mut self, undoable: usize) {
        self.activity.commit(undoable);
        self.store.commit(undoable);
        self.places.forget(self.store.disk().map_or(0, Disk::indexed));
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
        let mark = self.store.mark_of_operation(id.0)?;
        let row = self.store.row_of(&mark, id.0.checked_sub(mark.operations.first)?);
        row.map(|row| row.operation)
    }

    /// An entry of an account.
    pub fn entry(&self, number: u64) -> Option<AccountHistory> {
        let mark = self.store.mark_of_entry(number)?;
        // The last operation whose first entry is not behind the one that is asked for.
        let (mut low, mut high) = (0, mark.operations.count.checked_sub(1)?);
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            let first = self.store.row_of(&mark, middle)?.first_entry;
            if first > number { high = middle - 1 } else { low = middle }
        }
        // An operation without entries has the number of the one behind it.
        let rows = (0..=low).rev().map_while(|row| self.store.row_of(&mark, row));
        let row = rows.into_iter().find(|row| !row.entries.is_empty())?;
        row.objects().find(|entry| entry.id == Id(number))
    }

    /// The operations of a block; none if there are none.
    pub fn block(&self, number: u32) -> Option<BlockOperations> {
        self.store.mark_of_block(number).and_then(|mark| any_of(&mark))
    }

    /// The operations of the newest block that has any and is not later than `time`.
    pub fn block_until(&self, time: TimePointSec) -> Option<BlockOperations> {
        self.store.mark_until(time).and_then(|mark| any_of(&mark))
    }

    /// The operations of a block, in order.
    pub fn operations(&self, block: BlockOperations) -> impl Iterator<Item = OperationHistory> {
        let mark = self.store.mark_of_operation(block.first);
        let rows = mark.into_iter().flat_map(move |mark| {
            (0..mark.operations.count).map_while(move |row| self.store.row_of(&mark, row))
        });
        rows.map(|row| row.operation)
    }

    /// The entries of an account; none if it has none.
    fn entries(&self, account: AccountId) -> Option<Entries<'_>> {
        let newest = self.newest_of(account)?;
        Some(Entries { store: &self.store, account, newest })
    }

    /// The operations of an account with these counts, the newest first.
    pub fn operations_of(
        &self,
        account: AccountId,
        counts: RangeInclusive<u64>,
    ) -> impl Iterator<Item = OperationHistory> {
        let entries = self.entries(account).into_iter();
        entries.flat_map(move |entries| entries.back(counts.clone())).map(|(row, _)| row.operation)
    }

    /// The operations of an account up to one of them, the newest first.
    pub fn operations_until(
        &self,
        account: AccountId,
        last: OperationHistoryId,
    ) -> impl Iterator<Item = OperationHistory> {
        self.entries(account).into_iter().flat_map(move |entries| entries.until(last))
    }

    /// Looks for operations of an account up to one of them, the newest first.
    pub fn search<'a>(
        &'a self,
        account: AccountId,
        last: OperationHistoryId,
        wanted: &'a Wanted,
    ) -> impl Iterator<Item = Step> + 'a {
        self.entries(account).into_iter().flat_map(move |entries| entries.search(last, wanted))
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
        self.places.of(id, &self.store)
    }

    /// How much history an account has.
    pub fn activity(&self, account: AccountId) -> AccountActivity {
        let newest = self.newest_of(account).unwrap_or_default();
        let (most_recent_op, total_ops) = (Id(newest.newest), newest.total);
        AccountActivity { account, most_recent_op, total_ops }
    }

    /// What the newest block changed among the objects that only history knows.
    pub fn changes(&self) -> Vec<HistoryChange> {
        let newest = self.store.newest();
        let changes = newest.flat_map(|(key, now)| {
            objects::changes(key, || self.store.was_before_newest(key), now)
        });
        let record = self.store.records.newest(self.head.number).into_iter();
        let created = record.flat_map(|record| record.rows()).flat_map(objects::created);
        let mut changes: Vec<HistoryChange> = changes.chain(created).collect();
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
            objects::ENTRY => Kind::Entry,
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

/// The operations of a block, if it has any.
fn any_of(mark: &Mark) -> Option<BlockOperations> {
    Some(mark.operations).filter(|operations| operations.count > 0)
}
