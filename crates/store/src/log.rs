//! The block log: the packed blocks of the current best chain, one record each, in segment files.
//!
//! Invariant: what [`BlockLog::sync`] acknowledged is there after any stop, and the log never holds
//! anything but a run of blocks as they were appended. Bytes that were never acknowledged may be
//! torn by a power cut; the next start cuts them off and says so. Bytes that were acknowledged and
//! are bad are damage, which only a person can decide about.
//! This file must never know what is inside a block.
//!
//! A failed `fdatasync` leaves open what is on the disk, and asking again proves nothing. The log
//! then goes back to its last acknowledged block and stays closed until it is opened again.

mod reader;
mod record;
mod recovery;
mod segment;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::{Access, Disk, DiskLock, RealDisk, ensure_dir};
use crate::error::StoreError;
use crate::identity::{BlockId, ChainIdentity};

use reader::View;
pub use reader::{BlockReader, Blocks};
use record::{Header, PAYLOAD_LEN_MAX};
use recovery::Found;
use segment::Segment;

/// Whether a file of this name in the log's directory was written by the log.
pub(crate) fn owns(name: &str) -> bool {
    segment::first_of(name).is_some() || segment::is_temporary(name)
}

/// When a segment is full. Only the last segment is read at the start.
#[derive(Debug, Clone, Copy)]
pub struct LogOptions {
    /// Bytes from which on a segment takes no more blocks.
    pub segment_bytes_max: u64,
    /// Blocks from which on a segment takes no more.
    pub segment_blocks_max: u32,
}

impl Default for LogOptions {
    fn default() -> LogOptions {
        LogOptions { segment_bytes_max: 256 << 20, segment_blocks_max: 100_000 }
    }
}

/// A block as it was appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedBlock {
    /// Its number.
    pub number: u32,
    /// Its id.
    pub id: BlockId,
    /// Its packed bytes.
    pub bytes: Vec<u8>,
}

/// What opening the log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// Number and id of the last block.
    pub head: Option<(u32, BlockId)>,
    /// The tail that was cut off, for a warning.
    pub torn: Option<TornTail>,
}

/// Bytes behind the last whole block that an unclean stop left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TornTail {
    /// The segment file.
    pub segment: PathBuf,
    /// Where the bytes began, from the start of the file.
    pub offset: u64,
    /// How many bytes were cut off.
    pub bytes: u64,
}

/// The block log, open for writing. One at a time in all processes.
pub struct BlockLog {
    reader: BlockReader,
    options: LogOptions,
    /// Number and id of the last block that is known to be on the disk.
    durable: Option<(u32, BlockId)>,
    /// A failed append may have left bytes behind the last record.
    tail_is_dirty: bool,
    closed: bool,
    _lock: Box<dyn DiskLock>,
}

impl BlockLog {
    /// Opens the log in `dir` on this machine's disk, creating it if missing.
    pub fn open(dir: &Path, identity: &ChainIdentity) -> Result<(BlockLog, Recovery), StoreError> {
        BlockLog::open_on(Arc::new(RealDisk), dir, identity, LogOptions::default())
    }

    /// Opens the log in `dir` on a disk, creating it if missing.
    pub fn open_on(
        disk: Arc<dyn Disk>,
        dir: &Path,
        identity: &ChainIdentity,
        options: LogOptions,
    ) -> Result<(BlockLog, Recovery), StoreError> {
        ensure_dir(&*disk, dir).map_err(StoreError::io("create", dir))?;
        let lock = crate::data_dir::lock(&*disk, dir)?;
        let mut found = Found::look(&*disk, dir, identity)?;
        found.put_in_order(&*disk, dir)?;
        let Found { view, torn, .. } = found;
        let head = view.head;
        let reader = BlockReader::new(disk, dir.into(), *identity, view);
        let log = BlockLog {
            reader,
            options,
            durable: head,
            tail_is_dirty: false,
            closed: false,
            _lock: lock,
        };
        Ok((log, Recovery { head, torn }))
    }

    /// Looks at the log in `dir` on a disk and changes nothing: what it holds, and what opening it
    /// would cut off. For who holds the data directory, or does not mind that the log changes.
    pub fn look(
        disk: Arc<dyn Disk>,
        dir: &Path,
        identity: &ChainIdentity,
    ) -> Result<(BlockReader, Recovery), StoreError> {
        let Found { view, torn, .. } = Found::look(&*disk, dir, identity)?;
        let head = view.head;
        Ok((BlockReader::new(disk, dir.into(), *identity, view), Recovery { head, torn }))
    }

    /// A handle that reads this log from any thread.
    pub fn reader(&self) -> BlockReader {
        self.reader.clone()
    }

    /// Number and id of the last block; `None` while the log is empty.
    pub fn head(&self) -> Option<(u32, BlockId)> {
        self.reader.head()
    }

    /// Number and id of the last block that [`BlockLog::sync`] acknowledged.
    pub fn durable(&self) -> Option<(u32, BlockId)> {
        self.durable
    }

    /// The bytes of the block with this number; `None` if the log does not hold it.
    pub fn read(&self, number: u32) -> Result<Option<Vec<u8>>, StoreError> {
        self.reader.read(number)
    }

    /// The bytes of the block with this id; `None` if the log does not hold it.
    pub fn read_by_id(&self, id: &BlockId) -> Result<Option<Vec<u8>>, StoreError> {
        self.reader.read_by_id(id)
    }

    /// The blocks from this number on, up to the head at the time each is read.
    pub fn blocks_from(&self, number: u32) -> Blocks {
        self.reader.blocks_from(number)
    }

    /// Appends a block, which must follow the head; an empty log takes any number from 1 on.
    ///
    /// It is not acknowledged before [`BlockLog::sync`]. After an error the log is as it was: with
    /// [`StoreError::DiskFull`] the same block can be appended again when there is room.
    pub fn append(&mut self, number: u32, id: &BlockId, bytes: &[u8]) -> Result<(), StoreError> {
        self.refuse_if_closed()?;
        self.check_next(number, id, bytes)?;
        self.start_segment_if_due(number)?;
        let durable_through = self.durable.map_or(0, |(number, _)| number);
        let follows = self.reader.view().active.as_ref().map_or(0, |active| active.last_checksum);
        let header = Header::new(number, id, durable_through, follows);
        let (record, checksum) = record::encode(header, bytes);
        self.write_tail(&record)?;
        let mut view = self.reader.view_mut();
        if let Some(active) = view.active.as_mut() {
            active.push(record.len(), checksum);
        }
        view.head = Some((number, *id));
        Ok(())
    }

    /// Brings all appended blocks to the disk: from here on they survive any stop.
    pub fn sync(&mut self) -> Result<(), StoreError> {
        self.refuse_if_closed()?;
        let view = self.reader.view();
        let Some(active) = view.active.as_ref().filter(|_| view.head != self.durable) else {
            return Ok(());
        };
        let synced = active.file.sync();
        let path = active.path.clone();
        let head = view.head;
        drop(view);
        match synced {
            Ok(()) => {
                self.durable = head;
                Ok(())
            }
            Err(source) => {
                self.fall_back();
                Err(StoreError::SyncFailed { path, source })
            }
        }
    }

    /// Takes all blocks above `number` out of the log, and brings that and all blocks before to the
    /// disk: a later block must never stand behind one of a branch that was left.
    pub fn truncate_after(&mut self, number: u32) -> Result<(), StoreError> {
        self.refuse_if_closed()?;
        if self.head().is_none_or(|(head, _)| head <= number) {
            return Ok(());
        }
        // First, so that should bringing the cut to the disk fail, only the cut is in doubt.
        self.sync()?;
        let cut = self.cut_after(number);
        if cut.is_err() {
            self.closed = true;
        }
        cut
    }

    fn refuse_if_closed(&self) -> Result<(), StoreError> {
        if self.closed {
            return Err(StoreError::Closed { dir: self.reader.dir().clone() });
        }
        Ok(())
    }

    fn check_next(&self, number: u32, id: &BlockId, bytes: &[u8]) -> Result<(), StoreError> {
        let head = self.head().map(|(head, _)| head);
        let expected = head.map_or(number.max(1), |head| head.saturating_add(1));
        if number != expected || head == Some(number) {
            return Err(StoreError::OutOfOrder { expected, found: number });
        }
        if !id.starts_with(&number.to_be_bytes()) {
            return Err(StoreError::WrongId { number, id: *id });
        }
        if bytes.len() > PAYLOAD_LEN_MAX {
            return Err(StoreError::TooLarge { length: bytes.len(), limit: PAYLOAD_LEN_MAX });
        }
        Ok(())
    }

    /// Starts a segment with block `number` if there is none or the last one is full. The full one
    /// is brought to the disk first, so that no other segment than the last can be torn.
    fn start_segment_if_due(&mut self, number: u32) -> Result<(), StoreError> {
        self.remove_misnamed(number)?;
        let full = self.reader.view().active.as_ref().is_none_or(|active| {
            active.end >= self.options.segment_bytes_max
                || active.count() >= self.options.segment_blocks_max as usize
        });
        if !full {
            return Ok(());
        }
        self.sync()?;
        let reader = &self.reader;
        let created = Segment::create(reader.disk(), reader.dir(), reader.identity(), number);
        if let Err(StoreError::SyncFailed { .. }) = created {
            self.closed = true;
        }
        let mut view = self.reader.view_mut();
        let before = view.active.replace(created?);
        view.sealed.extend(before.map(|segment| segment.first));
        Ok(())
    }

    /// Removes the segment that a failed append to an empty log left, if another block comes first
    /// now.
    fn remove_misnamed(&self, number: u32) -> Result<(), StoreError> {
        let mut view = self.reader.view_mut();
        match view.active.take_if(|active| active.next_number() != number) {
            Some(active) => {
                recovery::remove_segment(self.reader.disk(), self.reader.dir(), &active.path)
            }
            None => Ok(()),
        }
    }

    /// Writes a record behind the last one, or leaves no trace of it.
    fn write_tail(&mut self, record: &[u8]) -> Result<(), StoreError> {
        let view = self.reader.view();
        let Some(active) = view.active.as_ref() else {
            return Err(StoreError::Closed { dir: self.reader.dir().clone() });
        };
        if self.tail_is_dirty {
            active.cut().map_err(StoreError::io("cut", &active.path))?;
            self.tail_is_dirty = false;
        }
        active.write(record).map_err(|error| {
            self.tail_is_dirty = active.cut().is_err();
            StoreError::io("write", &active.path)(error)
        })
    }

    /// Goes back to the last acknowledged block and closes the log, after a sync that failed: what
    /// came after that block may read back well now and be gone after a power cut.
    fn fall_back(&mut self) {
        self.closed = true;
        let mut view = self.reader.view_mut();
        self.reader.forget_read(&mut view);
        view.head = self.durable;
        let next = self.durable.map_or(0, |(number, _)| number.saturating_add(1));
        if let Some(active) = view.active.as_mut() {
            // If these fail too, the next opening finds blocks that were never acknowledged.
            let _ = active.forget_from(next);
            let _ = active.cut();
        }
    }

    /// Removes whole segments from the last one back, then the end of the one that stays.
    fn cut_after(&mut self, number: u32) -> Result<(), StoreError> {
        let reader = self.reader.clone();
        let mut view = reader.view_mut();
        reader.forget_read(&mut view);
        while let Some(last) = view.active.take_if(|active| active.first > number) {
            recovery::remove_segment(reader.disk(), reader.dir(), &last.path)?;
            if let Some(first) = view.sealed.pop() {
                view.active = Some(reader.scan_sealed(first, last.first, Access::Write)?);
            }
        }
        view.head = cut_segment(&mut view, number)?;
        self.durable = view.head;
        self.tail_is_dirty = false;
        Ok(())
    }
}

/// Cuts the blocks above `number` off the last segment; gives the block that is the head then.
fn cut_segment(view: &mut View, number: u32) -> Result<Option<(u32, BlockId)>, StoreError> {
    let Some(active) = view.active.as_mut() else {
        return Ok(None);
    };
    let head = active.forget_from(number.saturating_add(1))?;
    active.cut().map_err(StoreError::io("cut", &active.path))?;
    let synced = active.file.sync();
    synced.map_err(|source| StoreError::SyncFailed { path: active.path.clone(), source })?;
    Ok(head)
}
