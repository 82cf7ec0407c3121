//! What happened in each block, in order: rows in files that only grow.
//!
//! A row is one operation with its entries in the histories of accounts. The rows of a block stand
//! one behind the other in a record, behind them their offsets and the ids of the block's
//! transactions. A mark of fixed length for each record leads to it: blocks, times, operations and
//! entries only grow, so that of any of them the mark is found by halving.
//!
//! Invariant: the place and the bytes of a row depend on the blocks alone, and never change. Blocks
//! that can be taken back, and those that are not in the files yet, are in memory; without files
//! all are. This file must never know what a row says.

use crate::activity::Counters;
use crate::operations::BlockOperations;
use carbyne_protocol::ids::AccountId;
use carbyne_wire::{Digest, Hash160, TimePointSec};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Error, ErrorKind};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

/// The folder of the files beside those of the tree.
pub(crate) const FOLDER: &str = "record";
/// Bytes of a mark.
const MARK_LEN: usize = 56;
/// Bytes of a row in front of what it says: their number and their checksum.
const ROW_HEAD_LEN: usize = 8;
/// Bytes of the offset of a row.
const OFFSET_LEN: usize = 4;
/// Bytes that are read of a row before its length is known; most have fewer.
const GUESS: usize = 256;

/// Bytes that a transaction needs in a record, about.
const ROOM: usize = 192;

/// Where a row is: bytes from the beginning of all records.
pub(crate) type Place = u64;

/// What leads to the record of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Number of the block.
    pub(crate) block: u32,
    /// Its operations, one a row.
    pub(crate) operations: BlockOperations,
    /// How many transactions it has.
    pub(crate) transactions: u32,
    /// Where the record begins, and its bytes.
    place: Place,
    length: u64,
    /// CRC-32C of the record.
    checksum: u32,
}

impl Mark {
    fn to_bytes(self) -> [u8; MARK_LEN] {
        let mut bytes = Vec::with_capacity(MARK_LEN);
        let Self { block, operations, transactions, place, length, checksum } = self;
        bytes.extend(block.to_le_bytes());
        bytes.extend(operations.time.0.to_le_bytes());
        for number in [operations.first, operations.count, operations.first_entry, place, length] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(transactions.to_le_bytes());
        bytes.extend((checksum ^ crc32c::crc32c(&bytes)).to_le_bytes());
        bytes.try_into().unwrap_or([0; MARK_LEN])
    }

    fn from_bytes(bytes: &[u8; MARK_LEN]) -> Self {
        let short = |at| u32::from_le_bytes(part(bytes, at));
        let long = |at| u64::from_le_bytes(part(bytes, at));
        let time = TimePointSec(short(4));
        let operations =
            BlockOperations { first: long(8), count: long(16), first_entry: long(24), time };
        Self {
            block: short(0),
            operations,
            transactions: short(48),
            place: long(32),
            length: long(40),
            checksum: short(52) ^ crc32c::crc32c(&bytes[..52]),
        }
    }

    /// Where its record ends.
    fn end(&self) -> Place {
        self.place.saturating_add(self.length)
    }

    /// Where the offset of a row of the record stands.
    fn place_of_offset(&self, row: u64) -> Option<Place> {
        let ids = u64::from(self.transactions) * size_of::<Hash160>() as u64;
        let offsets = self.operations.count.checked_sub(row)?.checked_mul(OFFSET_LEN as u64)?;
        let behind = offsets.checked_add(ids)?;
        self.length.checked_sub(behind)?.checked_add(self.place)
    }
}

fn part<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..at + N).and_then(|part| part.try_into().ok()).unwrap_or([0; N])
}

/// The record of a block, while it is in memory.
#[derive(Default)]
pub(crate) struct Record {
    pub(crate) mark: Mark,
    bytes: Vec<u8>,
    offsets: Vec<u32>,
    /// The accounts that got entries, and what they came to with each, in order.
    pub(crate) heads: Vec<(AccountId, Counters)>,
    /// The ids of the block's transactions, in order.
    pub(crate) transactions: Vec<Hash160>,
}

impl Record {
    /// Puts what leads to its parts behind the rows.
    fn close(&mut self) {
        self.mark.operations.count = self.offsets.len() as u64;
        self.mark.transactions = self.transactions.len() as u32;
        self.offsets.iter().for_each(|offset| self.bytes.extend(offset.to_le_bytes()));
        self.transactions.iter().for_each(|id| self.bytes.extend(id.0));
        self.mark.length = self.bytes.len() as u64;
        self.mark.checksum = crc32c::crc32c(&self.bytes);
    }

    /// Where it ends.
    pub(crate) fn end(&self) -> Place {
        self.mark.end()
    }

    /// Where its rows are, in order.
    pub(crate) fn places(&self) -> impl Iterator<Item = Place> {
        let offsets = self.offsets.iter().map(|offset| u64::from(*offset));
        offsets.map(|offset| self.mark.place.saturating_add(offset))
    }

    /// What its rows say, in order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        let rows = self.offsets.iter().map(|offset| self.bytes.get(*offset as usize..));
        rows.map_while(|bytes| checked(bytes?))
    }
}

/// The bytes of a row behind its head, if they are those that were written.
fn checked(bytes: &[u8]) -> Option<&[u8]> {
    let (length, checksum) = row_head(bytes);
    let row = bytes.get(ROW_HEAD_LEN..)?.get(..length)?;
    (crc32c::crc32c(row) == checksum).then_some(row)
}

fn row_head(bytes: &[u8]) -> (usize, u32) {
    (u32::from_le_bytes(part(bytes, 0)) as usize, u32::from_le_bytes(part(bytes, 4)))
}

/// The records of all blocks that did something.
#[derive(Default)]
pub(crate) struct Records {
    /// The newest.
    recent: VecDeque<Arc<Record>>,
    /// How many are in the files only.
    kept: u64,
    /// Where the next begins.
    end: Place,
    files: Option<Arc<Files>>,
}

impl Records {
    /// Those in files: how many, and where the last ends.
    pub(crate) fn on(files: Arc<Files>, (kept, end): (u64, Place)) -> Self {
        Self { recent: VecDeque::new(), kept, end, files: Some(files) }
    }

    /// Begins the record of the next block.
    pub(crate) fn begin(&mut self, block: u32, operations: BlockOperations, ids: Vec<Hash160>) {
        let mark = Mark { block, operations, place: self.end, ..Mark::default() };
        // As many as there will be, or a few more.
        let (bytes, offsets) =
            (Vec::with_capacity(ids.len() * ROOM), Vec::with_capacity(ids.len()));
        let record = Record { mark, bytes, offsets, transactions: ids, heads: Vec::new() };
        self.recent.push_back(Arc::new(record));
    }

    /// The newest record, while nobody else has it.
    fn newest_mut(&mut self) -> Option<&mut Record> {
        self.recent.back_mut().and_then(Arc::get_mut)
    }

    /// Where the next row of the newest record will be.
    pub(crate) fn next_place(&self) -> Place {
        let newest = self.recent.back();
        newest.map_or(self.end, |newest| newest.mark.place + newest.bytes.len() as u64)
    }

    /// Puts a row into the newest record, and notes what accounts come to with it.
    pub(crate) fn push(&mut self, row: &[u8], heads: impl Iterator<Item = (AccountId, Counters)>) {
        let Some(record) = self.newest_mut() else { return };
        record.offsets.push(u32::try_from(record.bytes.len()).unwrap_or(u32::MAX));
        record.bytes.extend(u32::try_from(row.len()).unwrap_or(u32::MAX).to_le_bytes());
        record.bytes.extend(crc32c::crc32c(row).to_le_bytes());
        record.bytes.extend(row);
        record.heads.extend(heads);
    }

    /// Ends the newest record; there is none of a block that did nothing.
    pub(crate) fn close(&mut self) {
        let Some(record) = self.newest_mut() else { return };
        record.close();
        let end = record.mark.end();
        if end == record.mark.place {
            self.recent.pop_back();
        }
        self.end = end;
    }

    /// The record of the block with this number, if it is the newest.
    pub(crate) fn newest(&self, block: u32) -> Option<&Arc<Record>> {
        self.recent.back().filter(|record| record.mark.block == block)
    }

    /// Takes the record of the newest block back, if it has one.
    pub(crate) fn undo(&mut self, block: u32) {
        if self.newest(block).is_some()
            && let Some(record) = self.recent.pop_back()
        {
            self.end = record.mark.place;
        }
    }

    /// Those in memory of blocks with numbers within bounds.
    pub(crate) fn of_blocks(&self, blocks: Range<u32>) -> impl Iterator<Item = &Arc<Record>> {
        let before = |number| self.recent.partition_point(|record| record.mark.block < number);
        let (from, to) = (before(blocks.start), before(blocks.end));
        self.recent.range(from..to.max(from))
    }

    /// Lets those go from memory that are of blocks before this number: they are in the files.
    pub(crate) fn let_go(&mut self, before: u32) {
        if self.files.is_none() {
            return;
        }
        while self.recent.pop_front_if(|record| record.mark.block < before).is_some() {
            self.kept += 1;
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        self.kept + self.recent.len() as u64
    }

    /// A mark by its place among all.
    pub(crate) fn mark(&self, number: u64) -> io::Result<Option<Mark>> {
        match (number.checked_sub(self.kept), &self.files) {
            (Some(number), _) => Ok(self.recent.get(number as usize).map(|record| record.mark)),
            (None, Some(files)) => files.mark(number).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// The last mark for which this holds; it holds for all before that.
    pub(crate) fn last_mark(&self, holds: impl Fn(&Mark) -> bool) -> io::Result<Option<Mark>> {
        let (mut low, mut high) = (0, self.count());
        // Who asks most often asks about what is new.
        if self.recent.front().is_some_and(|record| holds(&record.mark)) {
            low = self.kept;
        }
        while low < high {
            let middle = low + (high - low) / 2;
            let is_before = self.mark(middle)?.is_some_and(|mark| holds(&mark));
            if is_before { low = middle + 1 } else { high = middle }
        }
        low.checked_sub(1).map_or(Ok(None), |last| self.mark(last))
    }

    /// What the row at a place says.
    pub(crate) fn row(&self, place: Place) -> io::Result<Cow<'_, [u8]>> {
        if let Some(record) = self.recent_at(place) {
            let bytes = record.bytes.get((place - record.mark.place) as usize..);
            return bytes.and_then(checked).map(Cow::Borrowed).ok_or_else(damaged);
        }
        let files = self.files.as_ref().ok_or_else(damaged)?;
        files.row(place, self.end_of_kept()).map(Cow::Owned)
    }

    /// Where the row of a record with this number is.
    pub(crate) fn place_of_row(&self, mark: &Mark, row: u64) -> io::Result<Option<Place>> {
        if row >= mark.operations.count {
            return Ok(None);
        }
        let offset = match self.recent_at(mark.place) {
            Some(record) => record.offsets.get(row as usize).copied(),
            None => {
                let at = mark.place_of_offset(row).ok_or_else(damaged)?;
                let files = self.files.as_ref().ok_or_else(damaged)?;
                let mut bytes = [0; OFFSET_LEN];
                files.rows.read_exact_at(&mut bytes, at)?;
                Some(u32::from_le_bytes(bytes))
            }
        };
        Ok(offset.map(|offset| mark.place.saturating_add(offset.into())))
    }

    /// The whole record that a mark leads to.
    pub(crate) fn record(&self, mark: &Mark) -> io::Result<Arc<Record>> {
        match self.recent_at(mark.place) {
            Some(record) => Ok(record.clone()),
            None => self.files.as_ref().ok_or_else(damaged)?.record(mark).map(Arc::new),
        }
    }

    fn recent_at(&self, place: Place) -> Option<&Arc<Record>> {
        let behind = self.recent.partition_point(|record| record.mark.place <= place);
        behind.checked_sub(1).and_then(|last| self.recent.get(last))
    }

    fn end_of_kept(&self) -> Place {
        self.recent.front().map_or(self.end, |record| record.mark.place)
    }
}

pub(crate) fn damaged() -> Error {
    Error::new(ErrorKind::InvalidData, "the record of operations is damaged")
}

/// The files of records.
pub(crate) struct Files {
    rows: File,
    marks: File,
}

impl Files {
    /// Opens those of a directory or makes them; cuts off what is behind the marks and bytes that
    /// count.
    pub(crate) fn open(dir: &Path, (marks, end): (u64, Place)) -> io::Result<Self> {
        let folder = dir.join(FOLDER);
        fs::create_dir_all(&folder)?;
        let open = |name| {
            let mut options = File::options();
            options.read(true).write(true).create(true).truncate(false).open(folder.join(name))
        };
        let files = Self { rows: open("rows")?, marks: open("marks")? };
        files.check_lengths(marks, end)?;
        files.rows.set_len(end)?;
        files.marks.set_len(marks * MARK_LEN as u64)?;
        File::open(&folder)?.sync_all()?;
        Ok(files)
    }

    /// Opens those of a directory and changes nothing.
    pub(crate) fn look(dir: &Path, (marks, end): (u64, Place)) -> io::Result<Self> {
        let open = |name| File::open(dir.join(FOLDER).join(name));
        let files = Self { rows: open("rows")?, marks: open("marks")? };
        files.check_lengths(marks, end)?;
        Ok(files)
    }

    fn check_lengths(&self, marks: u64, end: Place) -> io::Result<()> {
        let is_there = self.rows.metadata()?.len() >= end
            && self.marks.metadata()?.len() >= marks.saturating_mul(MARK_LEN as u64);
        if is_there { Ok(()) } else { Err(damaged()) }
    }

    /// Writes records behind so many others; they are safe from a loss of power then.
    pub(crate) fn append(&self, count: u64, records: &[Arc<Record>]) -> io::Result<()> {
        let Some(first) = records.first() else { return Ok(()) };
        let parts: Vec<&[u8]> = records.iter().map(|record| record.bytes.as_slice()).collect();
        let marks: Vec<u8> = records.iter().flat_map(|record| record.mark.to_bytes()).collect();
        self.rows.write_all_at(&parts.concat(), first.mark.place)?;
        self.marks.write_all_at(&marks, count * MARK_LEN as u64)?;
        self.rows.sync_data()?;
        self.marks.sync_data()
    }

    /// The number of the block of the last of so many records.
    pub(crate) fn last_block(&self, count: u64) -> io::Result<Option<u32>> {
        let last = count.checked_sub(1).map(|last| self.mark(last)).transpose()?;
        Ok(last.map(|mark| mark.block))
    }

    /// A mark by its place among all.
    fn mark(&self, number: u64) -> io::Result<Mark> {
        let mut bytes = [0; MARK_LEN];
        self.marks.read_exact_at(&mut bytes, number.saturating_mul(MARK_LEN as u64))?;
        Ok(Mark::from_bytes(&bytes))
    }

    /// What the row at a place says; all records end at `end`.
    fn row(&self, place: Place, end: Place) -> io::Result<Vec<u8>> {
        let most = end.saturating_sub(place);
        let mut bytes = vec![0; most.min(GUESS as u64) as usize];
        self.rows.read_exact_at(&mut bytes, place)?;
        let length = row_head(&bytes).0.saturating_add(ROW_HEAD_LEN);
        if length as u64 > most {
            return Err(damaged());
        }
        if length > bytes.len() {
            bytes.resize(length, 0);
            self.rows.read_exact_at(&mut bytes, place)?;
        }
        checked(&bytes).ok_or_else(damaged)?;
        bytes.truncate(length);
        bytes.drain(..ROW_HEAD_LEN);
        Ok(bytes)
    }

    /// The record that a mark leads to; without what accounts come to.
    fn record(&self, mark: &Mark) -> io::Result<Record> {
        if mark.end() > self.rows.metadata()?.len() {
            return Err(damaged());
        }
        let mut bytes = vec![0; mark.length as usize];
        self.rows.read_exact_at(&mut bytes, mark.place)?;
        if crc32c::crc32c(&bytes) != mark.checksum {
            return Err(damaged());
        }
        let table = mark.place_of_offset(0).map(|at| (at - mark.place) as usize);
        let ids = mark.place_of_offset(mark.operations.count).map(|at| (at - mark.place) as usize);
        let (Some(table), Some(ids)) = (table, ids) else { return Err(damaged()) };
        let offsets = bytes[table..ids].chunks_exact(OFFSET_LEN);
        let offsets = offsets.map(|bytes| u32::from_le_bytes(part(bytes, 0))).collect();
        let transactions = bytes[ids..].chunks_exact(size_of::<Hash160>());
        let transactions = transactions.map(|id| Digest(part(id, 0))).collect();
        Ok(Record { mark: *mark, bytes, offsets, heads: Vec::new(), transactions })
    }
}
