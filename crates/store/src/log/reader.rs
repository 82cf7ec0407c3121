//! Reading the block log, from any thread, while it grows.
//!
//! Invariant: memory does not grow with the chain. Only the segment that is written to keeps the
//! places of its records all the time; those of a few older ones are kept as they are asked for.
//! This file must never know how blocks get into the log.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::LoggedBlock;
use super::segment::{Scan, Segment};
use crate::disk::{Access, Disk};
use crate::error::{Damage, StoreError};
use crate::identity::{BlockId, ChainIdentity};

/// Older segments whose index stays in memory: 32 x 100,000 records x 8 bytes = 26 MB at most.
const CACHED_SEGMENTS_MAX: usize = 32;

/// Bytes of a record up to which the ids of blocks are read together with what is between them, and
/// how much is read at once.
const SMALL_RECORD: u64 = 1 << 10;
const IDS_WINDOW: u64 = 64 << 10;

/// Reads blocks of the log. Clones share everything; cheap to pass to other threads.
#[derive(Clone)]
pub struct BlockReader {
    shared: Arc<Shared>,
}

struct Shared {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    identity: ChainIdentity,
    view: RwLock<View>,
    /// Older segments that were read from, the latest last.
    cache: Mutex<Vec<Arc<Segment>>>,
}

/// What the log holds.
#[derive(Default)]
pub(super) struct View {
    /// The first block of every segment before the active one, ascending.
    pub(super) sealed: Vec<u32>,
    /// The last segment, to which blocks are appended.
    pub(super) active: Option<Segment>,
    /// Number and id of the last block.
    pub(super) head: Option<(u32, BlockId)>,
    /// How often blocks were taken out of the log; older places of records are void.
    pub(super) generation: u64,
}

impl View {
    /// The first block of the sealed segment that would hold block `number`, and of the one after
    /// it.
    fn sealed_around(&self, number: u32) -> Option<(u32, u32)> {
        let after = self.sealed.partition_point(|first| *first <= number);
        let first = *self.sealed.get(after.checked_sub(1)?)?;
        let next = self.sealed.get(after).copied();
        Some((first, next.or(self.active.as_ref().map(|active| active.first))?))
    }
}

impl BlockReader {
    pub(super) fn new(
        disk: Arc<dyn Disk>,
        dir: PathBuf,
        identity: ChainIdentity,
        view: View,
    ) -> BlockReader {
        let view = RwLock::new(view);
        let cache = Mutex::default();
        BlockReader { shared: Arc::new(Shared { disk, dir, identity, view, cache }) }
    }

    /// Number and id of the last block; `None` while the log is empty.
    pub fn head(&self) -> Option<(u32, BlockId)> {
        self.view().head
    }

    /// Number of the first block; `None` while the log is empty.
    pub fn first(&self) -> Option<u32> {
        let view = self.view();
        view.head?;
        view.sealed.first().copied().or(view.active.as_ref().map(|active| active.first))
    }

    /// The bytes of the block with this number; `None` if the log does not hold it.
    pub fn read(&self, number: u32) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.block(number)?.map(|block| block.bytes))
    }

    /// The id of the block with this number; `None` if the log does not hold it. Its bytes are not
    /// read.
    pub fn id(&self, number: u32) -> Result<Option<BlockId>, StoreError> {
        self.look_up(number, Segment::id)
    }

    /// The bytes of the block with this id; `None` if the log does not hold it.
    ///
    /// An id begins with its block's number, so no index of ids is kept.
    pub fn read_by_id(&self, id: &BlockId) -> Result<Option<Vec<u8>>, StoreError> {
        let [a, b, c, d, ..] = *id;
        let block = self.block(u32::from_be_bytes([a, b, c, d]))?;
        Ok(block.filter(|block| block.id == *id).map(|block| block.bytes))
    }

    /// The block with this number; `None` if the log does not hold it.
    pub fn block(&self, number: u32) -> Result<Option<LoggedBlock>, StoreError> {
        self.look_up(number, Segment::read)
    }

    /// The blocks from this number on that one reading brings; at least one, if the log holds it.
    pub fn run(&self, number: u32) -> Result<VecDeque<LoggedBlock>, StoreError> {
        Ok(self.look_up(number, Segment::read_run)?.unwrap_or_default())
    }

    /// The ids of the blocks from this number on, `count` at most: with a read for many where
    /// blocks are small.
    pub fn ids(&self, number: u32, count: usize) -> Result<Vec<BlockId>, StoreError> {
        let mut ids = Vec::new();
        while ids.len() < count {
            let next = number.saturating_add(ids.len() as u32);
            let read = |segment: &Segment, number| match segment.length_of(number) {
                Some(length) if length <= SMALL_RECORD => {
                    segment.run_of_ids(number, IDS_WINDOW).map(Some)
                }
                _ => Ok(segment.id(number)?.map(|id| vec![id])),
            };
            let Some(more) = self.look_up(next, read)?.filter(|more| !more.is_empty()) else {
                break;
            };
            ids.extend(more);
        }
        ids.truncate(count);
        Ok(ids)
    }

    fn look_up<R>(
        &self,
        number: u32,
        read: impl Fn(&Segment, u32) -> Result<Option<R>, StoreError>,
    ) -> Result<Option<R>, StoreError> {
        loop {
            let view = self.view();
            if let Some(active) = view.active.as_ref().filter(|active| number >= active.first) {
                return read(active, number);
            }
            let Some((first, next)) = view.sealed_around(number) else {
                return Ok(None);
            };
            let generation = view.generation;
            // The writer need not wait while a segment is scanned.
            drop(view);
            let block = self.sealed(first, next, generation).and_then(|found| read(&found, number));
            if block.is_ok() || self.view().generation == generation {
                return block;
            }
        }
    }

    /// The blocks from this number on, up to the head at the time each is read.
    pub fn blocks_from(&self, number: u32) -> Blocks {
        let (reader, next) = (self.clone(), Some(number));
        Blocks { reader, next, run: VecDeque::new(), generation: 0 }
    }

    /// The sealed segment that begins with block `first` and ends before block `next`.
    fn sealed(&self, first: u32, next: u32, generation: u64) -> Result<Arc<Segment>, StoreError> {
        if let Some(segment) = self.cached(first) {
            return Ok(segment);
        }
        let segment = Arc::new(self.scan_sealed(first, next, Access::Read)?);
        let view = self.view();
        if view.generation == generation {
            let mut cache = self.cache();
            if cache.len() >= CACHED_SEGMENTS_MAX {
                cache.remove(0);
            }
            cache.push(segment.clone());
        }
        Ok(segment)
    }

    fn cached(&self, first: u32) -> Option<Arc<Segment>> {
        let mut cache = self.cache();
        let at = cache.iter().position(|segment| segment.first == first)?;
        let segment = cache.remove(at);
        cache.push(segment.clone());
        Some(segment)
    }

    /// Reads the index of a sealed segment, in which nothing may be wrong or missing.
    pub(super) fn scan_sealed(
        &self,
        first: u32,
        next: u32,
        access: Access,
    ) -> Result<Segment, StoreError> {
        let shared = &*self.shared;
        let scan = Segment::scan(&*shared.disk, &shared.dir, &shared.identity, first, access)?;
        whole(scan, next)
    }

    /// Voids the blocks and places of records that readers remember; the caller holds the view for
    /// writing.
    pub(super) fn forget_read(&self, view: &mut View) {
        view.generation += 1;
        self.cache().clear();
    }

    pub(super) fn disk(&self) -> &dyn Disk {
        &*self.shared.disk
    }

    pub(super) fn dir(&self) -> &PathBuf {
        &self.shared.dir
    }

    pub(super) fn identity(&self) -> &ChainIdentity {
        &self.shared.identity
    }

    // A thread that panicked while it held one of these locks left nothing half changed that the
    // checks on every read would not notice, so the log stays usable.

    pub(super) fn view(&self) -> RwLockReadGuard<'_, View> {
        self.shared.view.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn view_mut(&self) -> RwLockWriteGuard<'_, View> {
        self.shared.view.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn cache(&self) -> MutexGuard<'_, Vec<Arc<Segment>>> {
        self.shared.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Refuses a sealed segment that does not reach up to the next one, which begins with block `next`.
pub(super) fn whole(scan: Scan, next: u32) -> Result<Segment, StoreError> {
    let segment = scan.segment;
    let damage = match scan.bad {
        Some(bad) => bad.damage,
        None if segment.next_number() < next => Damage::Cut,
        None if segment.next_number() > next => Damage::Trailing,
        None => return Ok(segment),
    };
    Err(segment.damaged(segment.end, damage))
}

/// Blocks in order; made by [`BlockReader::blocks_from`]. Ends after an error.
pub struct Blocks {
    reader: BlockReader,
    next: Option<u32>,
    /// Blocks that were read together; void when others were taken out of the log since.
    run: VecDeque<LoggedBlock>,
    generation: u64,
}

impl Blocks {
    fn take(&mut self, number: u32) -> Result<Option<LoggedBlock>, StoreError> {
        let generation = self.reader.view().generation;
        if self.run.is_empty() || self.generation != generation {
            self.generation = generation;
            self.run = self.reader.run(number)?;
        }
        Ok(self.run.pop_front())
    }
}

impl Iterator for Blocks {
    type Item = Result<LoggedBlock, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let number = self.next.take()?;
        let block = self.take(number).transpose()?;
        if block.is_ok() {
            self.next = number.checked_add(1);
        }
        Some(block)
    }
}
