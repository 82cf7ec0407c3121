//! Keys and values on disk: an LSM tree, the record of operations beside it, and the thread that
//! writes both.
//!
//! Invariant: what is on disk is what the first so many blocks wrote, whole blocks only, whatever
//! stops the program: the record is safe before the tree says how far it goes. Errors are kept, not
//! thrown: after the first one nothing that is read counts. The only file that knows which database
//! it is.

use crate::activity::Counters;
use crate::keys::{Key, Kind};
use crate::record::{FOLDER, Files, Place, Record, Records, damaged};
use crate::rows::packed;
use crate::unindexed::Unindexed;
use carbyne_protocol::ids::AccountId;
use carbyne_wire::{Tags, Wire, unpack_exact};
use fjall::config::{FilterPolicy, PinningPolicy};
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use std::fs;
use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A key or a value.
pub(crate) type Bytes = fjall::Slice;

/// Bytes of blocks of the tree that are kept for reading.
const CACHE_BYTES: u64 = 8 << 20;
/// Bytes written that are collected in memory before they go into a file of the tree.
const MEMTABLE_BYTES: u64 = 8 << 20;
/// Bytes written that are in memory at most, more or less; the writer waits for files then.
const MEMTABLES_BYTES: u64 = 16 << 20;
/// Threads that write files of the tree and merge them.
const WORKERS: usize = 3;
/// How long the writer waits for them at most.
const WAIT_MAX: Duration = Duration::from_secs(10);
/// Bytes of the journal after which what it holds is brought into the tree.
const JOURNAL_BYTES: u64 = 128 << 20;
/// Heaps of blocks that may wait to be written; history waits for the disk then.
const HEAPS_WAITING: usize = 16;
/// Keys and records written at once, about.
const KEYS_AT_ONCE: usize = 12_288;
const RECORDS_AT_ONCE: usize = 4_096;
/// Files of the tree that are kept open.
const FILES_OPEN: usize = 128;
/// The directories of the tree whose files never change.
const TABLES: &str = "tables";
/// How often somebody who waits for the writer looks.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// What some blocks wrote.
pub(crate) struct Writes {
    /// The last of them, counted from 1.
    pub(crate) block: u64,
    /// Keys with their new values; no value for those to be removed. In any order, each once.
    pub(crate) pairs: Vec<(Bytes, Option<Bytes>)>,
    /// What stands in the record of operations.
    pub(crate) records: Vec<Arc<Record>>,
}

/// Reads what accounts came to with the operations of a record; none if it cannot be read.
pub(crate) type ReadHeads = fn(&Record) -> Option<Vec<(AccountId, Counters)>>;

/// How far the record of operations goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Wire)]
struct Extent {
    /// How many blocks have a record.
    records: u64,
    /// Where the last ends.
    end: Place,
    /// To how many of them the tree leads from accounts and transactions.
    indexed: u64,
}

fn extent_key() -> Key {
    Key::new(Kind::Record)
}

/// The disk.
pub(crate) struct Disk {
    shared: Shared,
    blocks: Option<SyncSender<Writes>>,
    writer: Option<JoinHandle<()>>,
    scratch: Option<Scratch>,
}

/// A directory that is there as long as it is looked at.
struct Scratch(PathBuf);

/// What the writer and the readers share.
#[derive(Clone)]
pub(crate) struct Shared {
    database: Database,
    tree: Keyspace,
    files: Arc<Files>,
    /// How many blocks are on disk.
    written: Arc<AtomicU64>,
    /// The number of the last block to whose record the tree leads.
    indexed: Arc<AtomicU32>,
    failure: Arc<OnceLock<String>>,
}

impl Disk {
    /// Opens what is in a directory, or makes it; gives it with the record of operations.
    pub(crate) fn open(dir: &Path, heads: ReadHeads) -> Result<(Self, Records), String> {
        Self::open_with(dir, heads, Files::open).map_err(|error| error.to_string())
    }

    /// Opens what is in a directory and changes nothing there: the database cannot open anything
    /// without writing, so it is given a copy of the little that it would write to.
    pub(crate) fn look(dir: &Path, heads: ReadHeads) -> Result<(Self, Records), String> {
        let scratch = Scratch::of(dir).map_err(|error| format!("cannot copy it: {error}"))?;
        let files = |_: &Path, extent| Files::look(dir, extent);
        let opened = Self::open_with(&scratch.0, heads, files);
        let (mut disk, records) = opened.map_err(|error| error.to_string())?;
        disk.scratch = Some(scratch);
        Ok((disk, records))
    }

    fn open_with(
        dir: &Path,
        heads: ReadHeads,
        files: impl FnOnce(&Path, (u64, Place)) -> io::Result<Files>,
    ) -> fjall::Result<(Self, Records)> {
        let (database, tree) = open_tree(dir)?;
        let extent = tree.get(extent_key().as_bytes())?;
        let extent = extent.and_then(|bytes| unpack_exact::<Extent>(&bytes, Tags::All).ok());
        let extent = extent.unwrap_or_default();
        let files = Arc::new(files(dir, (extent.records, extent.end))?);
        let records = Records::on(files.clone(), (extent.records, extent.end));
        let (written, indexed, failure) = Default::default();
        let shared = Shared { database, tree, files, written, indexed, failure };
        let mut writer = Writer { shared: shared.clone(), extent, unindexed: Unindexed::default() };
        writer.index_rest(&records, heads)?;
        let (sender, blocks) = sync_channel(HEAPS_WAITING);
        let writer = std::thread::Builder::new()
            .name("history".into())
            .spawn(move || writer.write_all(&blocks))?;
        Ok((Self { shared, blocks: Some(sender), writer: Some(writer), scratch: None }, records))
    }

    /// Why it cannot be used any more.
    pub(crate) fn failure(&self) -> Option<&str> {
        self.shared.failure.get().map(String::as_str)
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &[u8]) -> Option<Bytes> {
        self.shared.kept(self.shared.tree.get(key)).flatten()
    }

    /// Keys within bounds and their values.
    pub(crate) fn range(
        &self,
        keys: RangeInclusive<Bytes>,
    ) -> impl DoubleEndedIterator<Item = (Bytes, Bytes)> {
        let pairs = self.shared.tree.range(keys);
        pairs.filter_map(|pair| self.shared.kept(pair.into_inner()))
    }

    /// The number of the last block to whose record the tree leads from accounts and transactions.
    pub(crate) fn indexed(&self) -> u32 {
        self.shared.indexed.load(Ordering::Acquire)
    }

    /// Has blocks written; waits while too many wait.
    pub(crate) fn write(&self, writes: Writes) {
        if let Some(blocks) = &self.blocks {
            let _the_failure_says_why = blocks.send(writes);
        }
    }

    /// How many blocks are on disk.
    pub(crate) fn written(&self) -> u64 {
        self.shared.written.load(Ordering::Acquire)
    }

    /// A hold on the disk to wait for what was written.
    pub(crate) fn shared(&self) -> Shared {
        self.shared.clone()
    }
}

impl Scratch {
    fn of(dir: &Path) -> io::Result<Self> {
        static LOOKS: AtomicU64 = AtomicU64::new(0);
        let look = LOOKS.fetch_add(1, Ordering::Relaxed);
        let name = format!("carbyne-history-{}-{look}", std::process::id());
        let scratch = Self(std::env::temp_dir().join(name));
        mirror(&fs::canonicalize(dir)?, &scratch.0)?;
        Ok(scratch)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _it_is_in_the_way_of_nobody = fs::remove_dir_all(&self.0);
    }
}

/// Copies a directory but for the record of operations, and only links the files that never change.
fn mirror(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_name() == FOLDER {
            continue;
        }
        if entry.file_type()?.is_dir() {
            mirror(&source, &target)?;
        } else if from.ends_with(TABLES) {
            std::os::unix::fs::symlink(&source, &target)?;
        } else {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}

impl Drop for Disk {
    /// Waits until the blocks that were given are on disk.
    fn drop(&mut self) {
        self.blocks = None;
        if let Some(writer) = self.writer.take() {
            let _a_bug_of_the_writer_ended_it = writer.join();
        }
    }
}

fn open_tree(dir: &Path) -> fjall::Result<(Database, Keyspace)> {
    let database = Database::builder(dir)
        .cache_size(CACHE_BYTES)
        .max_journaling_size(JOURNAL_BYTES)
        .max_cached_files(Some(FILES_OPEN))
        .manual_journal_persist(true)
        .worker_threads(WORKERS)
        .open()?;
    let tree = database.keyspace("history", || {
        // Filters and indexes of the tree grow with it: they are read through the cache.
        KeyspaceCreateOptions::default()
            .max_memtable_size(MEMTABLE_BYTES)
            .manual_journal_persist(true)
            .filter_policy(FilterPolicy::disabled())
            .filter_block_pinning_policy(PinningPolicy::all(false))
            .index_block_pinning_policy(PinningPolicy::all(false))
    })?;
    Ok((database, tree))
}

/// What the writer has.
struct Writer {
    shared: Shared,
    /// What of the record is in the files.
    extent: Extent,
    unindexed: Unindexed,
}

impl Writer {
    fn write_all(mut self, blocks: &Receiver<Writes>) {
        while let Ok(mut writes) = blocks.recv() {
            while writes.pairs.len() < KEYS_AT_ONCE
                && writes.records.len() < RECORDS_AT_ONCE
                && let Ok(next) = blocks.try_recv()
            {
                writes.add(next);
            }
            let last = writes.block;
            if self.shared.failure.get().is_none() {
                let done = self.write(writes).and_then(|()| self.index_if_enough());
                if self.shared.kept(done).is_some() {
                    self.shared.written.store(last, Ordering::Release);
                }
            }
        }
        if self.shared.failure.get().is_none() {
            let done = self.index();
            self.shared.kept(done);
        }
        self.shared.kept(self.shared.database.persist(PersistMode::SyncAll));
    }

    /// Writes what blocks did: their records, then the rest.
    fn write(&mut self, writes: Writes) -> fjall::Result<()> {
        let Shared { database, tree, files, .. } = &self.shared;
        files.append(self.extent.records, &writes.records)?;
        for record in &writes.records {
            self.unindexed.add(record, &record.heads);
            self.extent.end = record.end();
        }
        self.extent.records += writes.records.len() as u64;
        let mut batch = database.batch();
        for (key, value) in writes.pairs {
            match value {
                Some(value) => batch.insert(tree, key, value),
                None => batch.remove(tree, key),
            }
        }
        batch.insert(tree, extent_key().as_bytes(), packed(&self.extent));
        batch.commit()?;
        let started = Instant::now();
        while database.write_buffer_size() > MEMTABLES_BYTES && started.elapsed() < WAIT_MAX {
            std::thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }

    fn index_if_enough(&mut self) -> fjall::Result<()> {
        if self.unindexed.is_enough() { self.index() } else { Ok(()) }
    }

    /// Has the tree lead to all records.
    fn index(&mut self) -> fjall::Result<()> {
        if self.extent.indexed == self.extent.records {
            return Ok(());
        }
        let Shared { database, tree, .. } = &self.shared;
        // What comes in below outlasts a loss of power at once: it must not lead behind the extent.
        database.persist(PersistMode::SyncAll)?;
        let mut pairs = self.unindexed.take().peekable();
        if pairs.peek().is_some() {
            let mut ingestion = tree.start_ingestion()?;
            pairs.try_for_each(|(key, value)| ingestion.write(key, value))?;
            ingestion.finish()?;
        }
        self.extent.indexed = self.extent.records;
        tree.insert(extent_key().as_bytes(), packed(&self.extent))?;
        if let Some(last) = self.shared.files.last_block(self.extent.records)? {
            self.shared.indexed.store(last, Ordering::Release);
        }
        Ok(())
    }

    /// Has the tree lead to the records that were written when the program ended.
    fn index_rest(&mut self, records: &Records, heads: ReadHeads) -> fjall::Result<()> {
        for number in self.extent.indexed..self.extent.records {
            let Some(mark) = records.mark(number)? else { break };
            let record = records.record(&mark)?;
            let heads = heads(&record).ok_or_else(damaged)?;
            self.unindexed.add(&record, &heads);
        }
        self.index()
    }
}

impl Writes {
    /// Takes in what the blocks behind these wrote: of what was written under one key the last
    /// counts.
    fn add(&mut self, next: Self) {
        self.block = next.block;
        self.records.extend(next.records);
        self.pairs.extend(next.pairs);
        self.pairs.reverse();
        self.pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
        self.pairs.dedup_by(|(one, _), (other, _)| one == other);
    }
}

impl Shared {
    /// Waits until so many blocks are safe from a loss of power.
    pub(crate) fn sync(&self, blocks: u64) -> Result<(), String> {
        while self.written.load(Ordering::Acquire) < blocks && self.failure.get().is_none() {
            std::thread::sleep(LOOK_EVERY);
        }
        self.kept(self.database.persist(PersistMode::SyncAll));
        self.failure.get().map_or(Ok(()), |failure| Err(failure.clone()))
    }

    /// What was done, unless it failed.
    fn kept<T>(&self, result: fjall::Result<T>) -> Option<T> {
        result.map_err(|error| self.failure.set(error.to_string())).ok()
    }
}
