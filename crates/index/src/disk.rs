//! Keys and values on disk: an LSM tree, and the thread that writes it.
//!
//! Invariant: what is on disk is what the first so many blocks wrote, whole blocks only, whatever
//! stops the program. Errors are kept, not thrown: after the first one nothing that is read counts.
//! The only file that knows which database it is.

use fjall::config::{FilterPolicy, PinningPolicy};
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
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
/// Blocks that may wait to be written; the core waits for the disk then.
const BLOCKS_WAITING: usize = 4;
/// Keys written at once, about.
const KEYS_AT_ONCE: usize = 12_288;
/// Files of the tree that are kept open.
const FILES_OPEN: usize = 128;
/// The directories of the tree whose files never change.
const TABLES: &str = "tables";
/// How often somebody who waits for the writer looks.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// What one block wrote.
pub(crate) struct Writes {
    /// Counts blocks from 1.
    pub(crate) block: u64,
    /// Keys with their new values; no value for those to be removed.
    pub(crate) pairs: Vec<(Bytes, Option<Bytes>)>,
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
    /// How many blocks are on disk.
    written: Arc<AtomicU64>,
    failure: Arc<OnceLock<String>>,
}

impl Disk {
    /// Opens the tree in a directory, or makes it.
    pub(crate) fn open(dir: &Path) -> Result<Self, String> {
        let shared = Shared::open(dir).map_err(|error| error.to_string())?;
        let (sender, blocks) = sync_channel(BLOCKS_WAITING);
        let writing = shared.clone();
        let writer = std::thread::Builder::new()
            .name("history".into())
            .spawn(move || writing.write_all(&blocks))
            .map_err(|error| error.to_string())?;
        Ok(Self { shared, blocks: Some(sender), writer: Some(writer), scratch: None })
    }

    /// Opens what is in a directory and changes nothing there: the database cannot open anything
    /// without writing, so it is given a copy of the little that it would write to.
    pub(crate) fn look(dir: &Path) -> Result<Self, String> {
        let scratch = Scratch::of(dir).map_err(|error| format!("cannot copy it: {error}"))?;
        let mut disk = Self::open(&scratch.0)?;
        disk.scratch = Some(scratch);
        Ok(disk)
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

    /// Has a block written; waits while too many wait.
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

/// Copies a directory, but only links the files that never change.
fn mirror(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
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

impl Shared {
    fn open(dir: &Path) -> fjall::Result<Self> {
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
        Ok(Self { database, tree, written: Arc::default(), failure: Arc::default() })
    }

    fn write_all(&self, blocks: &Receiver<Writes>) {
        while let Ok(first) = blocks.recv() {
            let mut last = first.block;
            // Of what several blocks wrote under one key the last counts.
            let mut pairs: BTreeMap<_, _> = first.pairs.into_iter().collect();
            while pairs.len() < KEYS_AT_ONCE
                && let Ok(next) = blocks.try_recv()
            {
                last = next.block;
                pairs.extend(next.pairs);
            }
            if self.failure.get().is_none() && self.kept(self.write(pairs)).is_some() {
                self.written.store(last, Ordering::Release);
            }
        }
        self.kept(self.database.persist(PersistMode::SyncAll));
    }

    fn write(&self, pairs: BTreeMap<Bytes, Option<Bytes>>) -> fjall::Result<()> {
        let mut batch = self.database.batch();
        for (key, value) in pairs {
            match value {
                Some(value) => batch.insert(&self.tree, key, value),
                None => batch.remove(&self.tree, key),
            }
        }
        batch.commit()?;
        let started = Instant::now();
        while self.database.write_buffer_size() > MEMTABLES_BYTES && started.elapsed() < WAIT_MAX {
            std::thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }

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
