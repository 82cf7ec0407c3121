//! One file of the block log: a head, then records of consecutive blocks.
//!
//! Invariant: a segment's file has a whole head from the moment it has its name, and all its
//! records are on the disk before the next segment is created. So only the last segment can be
//! torn.
//! This file must never know which segments there are besides.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};

use super::LoggedBlock;
use super::record::{self, HEADER_LEN, Header};
use crate::disk::{Access, Disk, DiskFile, publish, read_up_to, write_all_at};
use crate::error::{Damage, StoreError};
use crate::identity::{BlockId, ChainIdentity, FileKind, HEAD_LEN, Head};

const KIND: FileKind = FileKind { magic: *b"CARBLOGS", version: 1 };

/// Bytes read at once while scanning.
const WINDOW_LEN: usize = 1 << 20;

/// Bytes of records that are read together by who wants many, about.
const RUN_LEN: u64 = 256 << 10;

/// How far ahead of a bad record's number a record may be that says it was durable.
const PROOF_DISTANCE_MAX: u32 = 1 << 20;

/// The file name of the segment whose first block is `first`.
pub(super) fn file_name(first: u32) -> String {
    format!("blocks-{first:010}.log")
}

/// The first block of the segment with this file name, if it is one.
pub(super) fn first_of(name: &str) -> Option<u32> {
    let first = name.strip_prefix("blocks-")?.strip_suffix(".log")?.parse().ok()?;
    (file_name(first) == name).then_some(first)
}

/// Whether a file of this name is a segment whose creation was interrupted.
pub(super) fn is_temporary(name: &str) -> bool {
    name.strip_suffix("tmp").is_some_and(|stem| first_of(&format!("{stem}log")).is_some())
}

/// An open segment and the places of its records: eight bytes of memory for each.
pub(super) struct Segment {
    /// Number of its first block.
    pub(super) first: u32,
    /// Its file's path.
    pub(super) path: PathBuf,
    /// Its file.
    pub(super) file: Box<dyn DiskFile>,
    /// Where its records end, in bytes from the start of the file.
    pub(super) end: u64,
    /// The checksum of its last record; 0 while it has none.
    pub(super) last_checksum: u32,
    offsets: Vec<u64>,
}

/// What [`Segment::scan`] found.
pub(super) struct Scan {
    /// The segment with its good records, up to the first bad one.
    pub(super) segment: Segment,
    /// Number and id of the last good record.
    pub(super) last: Option<(u32, BlockId)>,
    /// What follows the last good record, if the file does not end there.
    pub(super) bad: Option<BadRecord>,
}

/// Bytes that are no good record.
pub(super) struct BadRecord {
    /// Bytes from there to the end of the file.
    pub(super) length: u64,
    pub(super) damage: Damage,
    /// A later record says that this one was on the disk: it is damaged, not torn.
    pub(super) was_durable: bool,
}

impl Segment {
    /// Creates an empty segment under a temporary name and renames it, so that its head is whole.
    /// `SyncFailed` means that it may or may not be there after a power cut.
    pub(super) fn create(
        disk: &dyn Disk,
        dir: &Path,
        identity: &ChainIdentity,
        first: u32,
    ) -> Result<Segment, StoreError> {
        let path = dir.join(file_name(first));
        let head = KIND.encode(&Head { chain_id: identity.chain_id, number: first });
        let file = publish(disk, &path, &path.with_extension("tmp"), |file| {
            write_all_at(file, 0, &head).map_err(StoreError::io("write", &path))
        })?;
        Ok(Segment::empty(first, path, file))
    }

    fn empty(first: u32, path: PathBuf, file: Box<dyn DiskFile>) -> Segment {
        let offsets = Vec::new();
        Segment { first, path, file, end: HEAD_LEN as u64, last_checksum: 0, offsets }
    }

    /// Opens a segment, refusing one of another chain or a newer format, and reads its records.
    pub(super) fn scan(
        disk: &dyn Disk,
        dir: &Path,
        identity: &ChainIdentity,
        first: u32,
        access: Access,
    ) -> Result<Scan, StoreError> {
        let path = dir.join(file_name(first));
        let file = disk.open(&path, access).map_err(StoreError::io("open", &path))?;
        let mut segment = Segment::empty(first, path, file);
        segment.check_head(identity)?;
        let scanned = scan_records(&*segment.file, first);
        let found = scanned.map_err(StoreError::io("read", &segment.path))?;
        (segment.end, segment.offsets) = (found.end, found.offsets);
        segment.last_checksum = found.last.map_or(0, |header| header.checksum);
        let last = found.last.map(|header| (header.number, header.id));
        Ok(Scan { segment, last, bad: found.bad })
    }

    fn check_head(&self, identity: &ChainIdentity) -> Result<(), StoreError> {
        let mut bytes = [0; HEAD_LEN];
        let count =
            read_up_to(&*self.file, 0, &mut bytes).map_err(StoreError::io("read", &self.path))?;
        let damage = match KIND.decode(bytes.get(..count).unwrap_or_default()) {
            Ok(head) if head.number == self.first => {
                return identity.expect(head.chain_id, &self.path);
            }
            Ok(head) => Damage::Number { expected: self.first, found: head.number },
            Err(bad) => KIND.refuse(bad, &self.path)?,
        };
        Err(self.damaged(0, damage))
    }

    /// Bytes of the record of this block, if it is in this segment.
    pub(super) fn length_of(&self, number: u32) -> Option<u64> {
        let index = number.checked_sub(self.first)? as usize;
        let begin = self.offsets.get(index)?;
        Some(self.offsets.get(index + 1).unwrap_or(&self.end) - begin)
    }

    /// How many records it has.
    pub(super) fn count(&self) -> usize {
        self.offsets.len()
    }

    /// The number that its next record has.
    pub(super) fn next_number(&self) -> u32 {
        self.first.saturating_add(self.offsets.len() as u32)
    }

    /// Writes a record behind the last one. After an error there may be a part of it.
    pub(super) fn write(&self, record: &[u8]) -> io::Result<()> {
        write_all_at(&*self.file, self.end, record)
    }

    /// Cuts the file behind the last record.
    pub(super) fn cut(&self) -> io::Result<()> {
        self.file.set_length(self.end)
    }

    /// Notes a record that was written behind the last one.
    pub(super) fn push(&mut self, length: usize, checksum: u32) {
        self.offsets.push(self.end);
        self.end += length as u64;
        self.last_checksum = checksum;
    }

    /// Forgets the records from block `next` on; gives the last block that is left. The file keeps
    /// its length.
    pub(super) fn forget_from(&mut self, next: u32) -> Result<Option<(u32, BlockId)>, StoreError> {
        let count = next.saturating_sub(self.first) as usize;
        if let Some(offset) = self.offsets.get(count) {
            self.end = *offset;
            self.offsets.truncate(count);
        }
        let last = self.next_number().checked_sub(1);
        let header = last.map(|last| self.record(last)).transpose()?.flatten();
        self.last_checksum = header.as_ref().map_or(0, |(header, _)| header.checksum);
        Ok(header.map(|(header, _)| (header.number, header.id)))
    }

    /// The block with this number; `None` if it is not in this segment.
    pub(super) fn read(&self, number: u32) -> Result<Option<LoggedBlock>, StoreError> {
        let record = self.record(number)?;
        Ok(record.map(|(header, mut bytes)| {
            bytes.drain(..HEADER_LEN);
            LoggedBlock { number, id: header.id, bytes }
        }))
    }

    /// The blocks from this number on that one reading brings, one at least; `None` if it is not in
    /// this segment. A damaged one ends them, unless it is the first.
    pub(super) fn read_run(
        &self,
        number: u32,
    ) -> Result<Option<VecDeque<LoggedBlock>>, StoreError> {
        let (places, bytes) = self.bytes_from(number, RUN_LEN)?;
        let Some(&begin) = places.first() else { return Ok(None) };
        let mut run = VecDeque::new();
        for (number, &offset) in (number..).zip(places) {
            let record = bytes.get((offset - begin) as usize..).unwrap_or_default();
            match record::decode_block(record, number) {
                Ok((header, payload)) => {
                    let bytes = payload.to_vec();
                    run.push_back(LoggedBlock { number, id: header.id, bytes });
                }
                Err(damage) if run.is_empty() => return Err(self.damaged(offset, damage)),
                Err(_) => break,
            }
        }
        Ok(Some(run))
    }

    /// The id of the block with this number; `None` if it is not in this segment.
    pub(super) fn id(&self, number: u32) -> Result<Option<BlockId>, StoreError> {
        let index = number.checked_sub(self.first).map(|index| index as usize);
        let Some(&offset) = index.and_then(|index| self.offsets.get(index)) else {
            return Ok(None);
        };
        let mut bytes = [0; HEADER_LEN];
        read_up_to(&*self.file, offset, &mut bytes).map_err(StoreError::io("read", &self.path))?;
        let header = Header::decode(&bytes).filter(|header| header.number == number);
        let id = header.map(|header| header.id);
        id.map(Some).ok_or_else(|| self.damaged(offset, Damage::Cut))
    }

    /// The ids of the blocks from this number on that lie within so many bytes, with one read: at
    /// least one, if it is in this segment.
    pub(super) fn run_of_ids(
        &self,
        number: u32,
        bytes_max: u64,
    ) -> Result<Vec<BlockId>, StoreError> {
        let (places, bytes) = self.bytes_from(number, bytes_max)?;
        let Some(&begin) = places.first() else { return Ok(Vec::new()) };
        let read = |(number, &offset): (u32, &u64)| {
            let record = bytes.get((offset - begin) as usize..).unwrap_or_default();
            let header = Header::decode(record).filter(|header| header.number == number);
            let id = header.map(|header| header.id);
            id.ok_or_else(|| self.damaged(offset, Damage::Cut))
        };
        (number..).zip(places).map(read).collect()
    }

    /// Where the records from this block on lie that end within so many bytes, or the first of
    /// them, and these bytes.
    fn bytes_from(&self, number: u32, bytes_max: u64) -> Result<(&[u64], Vec<u8>), StoreError> {
        let index = number.checked_sub(self.first).map_or(usize::MAX, |index| index as usize);
        let rest = self.offsets.get(index..).unwrap_or_default();
        let Some(&begin) = rest.first() else { return Ok((&[], Vec::new())) };
        let end_of = |place: usize| rest.get(place + 1).copied().unwrap_or(self.end);
        let count = rest.partition_point(|offset| *offset - begin <= bytes_max);
        let is_whole = end_of(count - 1) - begin <= bytes_max;
        let count = if is_whole { count } else { count.saturating_sub(1).max(1) };
        let mut bytes = vec![0; (end_of(count - 1) - begin) as usize];
        let came = read_up_to(&*self.file, begin, &mut bytes)
            .map_err(StoreError::io("read", &self.path))?;
        bytes.truncate(came);
        Ok((rest.get(..count).unwrap_or_default(), bytes))
    }

    /// The header and all bytes of a block's record.
    fn record(&self, number: u32) -> Result<Option<(Header, Vec<u8>)>, StoreError> {
        let Some(index) = number.checked_sub(self.first).map(|index| index as usize) else {
            return Ok(None);
        };
        let Some(&offset) = self.offsets.get(index) else {
            return Ok(None);
        };
        let next = self.offsets.get(index + 1).copied().unwrap_or(self.end);
        let mut bytes = vec![0; (next - offset) as usize];
        let count = read_up_to(&*self.file, offset, &mut bytes)
            .map_err(StoreError::io("read", &self.path))?;
        bytes.truncate(count);
        let (header, _) =
            record::decode_block(&bytes, number).map_err(|damage| self.damaged(offset, damage))?;
        Ok(Some((header, bytes)))
    }

    /// The error that says this segment is damaged.
    pub(super) fn damaged(&self, offset: u64, damage: Damage) -> StoreError {
        StoreError::DamagedLog { segment: self.path.clone(), offset, damage }
    }
}

/// The records of a file up to the first bad one.
struct Records {
    offsets: Vec<u64>,
    end: u64,
    last: Option<Header>,
    bad: Option<BadRecord>,
}

/// Reads the records of a segment's file, in which the first block is `first`.
fn scan_records(file: &dyn DiskFile, first: u32) -> io::Result<Records> {
    let length = file.length()?;
    let mut window = Window::new(file, length);
    let end = HEAD_LEN as u64;
    let mut found = Records { offsets: Vec::new(), end, last: None, bad: None };
    while found.end < length {
        let number = first.saturating_add(found.offsets.len() as u32);
        let follows = found.last.map_or(0, |last| last.checksum);
        let damage = match window.record(found.end, number)? {
            Ok(header) if header.follows == follows => {
                found.offsets.push(found.end);
                found.end += HEADER_LEN as u64 + u64::from(header.length);
                found.last = Some(header);
                continue;
            }
            Ok(_) => Damage::Order,
            Err(damage) => damage,
        };
        let was_durable = window.proves_durable(found.end + 1, number)?;
        found.bad = Some(BadRecord { length: length - found.end, damage, was_durable });
        break;
    }
    Ok(found)
}

/// A file read from front to back through one buffer.
struct Window<'a> {
    file: &'a dyn DiskFile,
    length: u64,
    start: u64,
    bytes: Vec<u8>,
}

impl<'a> Window<'a> {
    fn new(file: &'a dyn DiskFile, length: u64) -> Window<'a> {
        Window { file, length, start: 0, bytes: Vec::new() }
    }

    /// The `count` bytes from `offset`, fewer only at the end of the file.
    fn get(&mut self, offset: u64, count: usize) -> io::Result<&[u8]> {
        let count = (self.length.saturating_sub(offset)).min(count as u64) as usize;
        let buffered = self.start..self.start + self.bytes.len() as u64;
        if offset < buffered.start || offset + count as u64 > buffered.end {
            let left = self.length.saturating_sub(offset).min(WINDOW_LEN as u64) as usize;
            self.fill(offset, count.max(left))?;
        }
        let from = (offset - self.start) as usize;
        let bytes = self.bytes.get(from..).unwrap_or_default();
        Ok(bytes.get(..count).unwrap_or(bytes))
    }

    fn fill(&mut self, offset: u64, count: usize) -> io::Result<()> {
        self.start = offset;
        self.bytes.resize(count, 0);
        let filled = read_up_to(self.file, offset, &mut self.bytes)?;
        self.bytes.truncate(filled);
        Ok(())
    }

    /// The header of the good record of block `number` at `offset`, or what is wrong there.
    fn record(&mut self, offset: u64, number: u32) -> io::Result<Result<Header, Damage>> {
        let Some(header) = Header::decode(self.get(offset, HEADER_LEN)?) else {
            return Ok(Err(Damage::Cut));
        };
        let payload_len = match header.payload_len() {
            Ok(length) => length,
            Err(damage) => return Ok(Err(damage)),
        };
        let bytes = self.get(offset, HEADER_LEN + payload_len)?;
        Ok(record::decode_block(bytes, number).map(|(header, _)| header))
    }

    /// Whether a good record at or behind `from` says that block `number` was on the disk. The bad
    /// record's length cannot be trusted, so every place is tried; few look like a header.
    fn proves_durable(&mut self, from: u64, number: u32) -> io::Result<bool> {
        for offset in from..self.length.saturating_sub(HEADER_LEN as u64 - 1) {
            let Some(header) = Header::decode(self.get(offset, HEADER_LEN)?) else {
                return Ok(false);
            };
            let near = header.number.saturating_sub(number) <= PROOF_DISTANCE_MAX;
            let claims = number <= header.durable_through && header.durable_through < header.number;
            if near && claims && self.record(offset, header.number)?.is_ok() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
