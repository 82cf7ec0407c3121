//! The state as bytes, as a snapshot holds it: every table of the ledger as it was at a block that
//! cannot be undone.
//!
//! ```text
//! format, number of tables                      u32 each, least significant byte first
//! for each table: next instance number          u64
//!   for each piece: number of rows, of bytes    u32 each; then the packed rows
//!   0, 0
//! ```
//!
//! Invariant: what is written is one block's state, though blocks are applied meanwhile; what is
//! read is that state or an error. This file must never know what the rows mean, nor where the
//! bytes are kept.

use crate::snapshots::Source;
use crate::stream;
use anyhow::{Context, Result, anyhow, ensure};
use carbyne_chain::Chain;
use carbyne_graph::Job;
use carbyne_ledger::Ledger;
use carbyne_ledger::base::BaseCursor;
use carbyne_ledger::tables::{AnyPart, AnyTable, Unpack};
use carbyne_wire::{Dialect, Hash160, Reader, Tags};
use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

/// The form of the state; counts up whenever an object's packed form or the list of tables changes.
const FORMAT: u32 = 2;
/// Bytes that are packed while the core waits, about: less than a millisecond's work.
const PIECE_BYTES: usize = 128 * 1024;
/// More than a piece ever has: a piece ends behind the row that filled it.
const PIECE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The state at a block.
pub struct State {
    /// The objects.
    pub ledger: Ledger,
    /// The block's number; 0 for the genesis.
    pub number: u32,
}

fn tables(chain: &Chain) -> Vec<&dyn AnyTable> {
    let mut tables = Vec::new();
    chain.ledger().tables.each(&mut |_, table| tables.push(table));
    tables
}

/// Writes the state of the held base of the chain, piece by piece, letting the core work between
/// two pieces. Gives the longest time for which the core had to wait.
pub fn write(
    home: &dyn Source,
    out: &mut dyn Write,
    is_stopped: &dyn Fn() -> bool,
) -> io::Result<Duration> {
    let mut look = Look { home, longest: Duration::ZERO };
    let count = look.at(|tables| tables.len());
    out.write_all(&FORMAT.to_le_bytes())?;
    out.write_all(&(count as u32).to_le_bytes())?;
    let mut bytes = Vec::with_capacity(2 * PIECE_BYTES);
    for index in 0..count {
        let next = look.at(|tables| tables[index].base_next_number());
        out.write_all(&next.to_le_bytes())?;
        let mut cursor = BaseCursor::default();
        let mut is_last = false;
        while !is_last {
            if is_stopped() {
                return Err(io::Error::other("the node stops"));
            }
            bytes.clear();
            let piece =
                look.at(|tables| tables[index].pack_base(&mut cursor, PIECE_BYTES, &mut bytes));
            if piece.rows > 0 {
                write_piece(out, piece.rows, &bytes)?;
            }
            is_last = piece.is_last;
        }
        write_piece(out, 0, &[])?;
    }
    Ok(look.longest)
}

fn write_piece(out: &mut dyn Write, rows: u32, bytes: &[u8]) -> io::Result<()> {
    out.write_all(&rows.to_le_bytes())?;
    out.write_all(&(bytes.len() as u32).to_le_bytes())?;
    out.write_all(bytes)
}

/// Looks at the tables and measures how long that keeps the core waiting.
struct Look<'a> {
    home: &'a dyn Source,
    longest: Duration,
}

impl Look<'_> {
    fn at<R: Default>(&mut self, mut look: impl FnMut(&[&dyn AnyTable]) -> R) -> R {
        let mut result = R::default();
        self.home.look_at(&mut |chain| {
            let started = Instant::now();
            result = look(&tables(chain));
            self.longest = self.longest.max(started.elapsed());
        });
        result
    }
}

/// Reads the state of the block with that number and id, on several threads.
pub fn read(input: impl Read + Send, number: u32, id: Hash160) -> Result<State> {
    read_by(input, number, id, |pieces, unpack, tables| {
        stream::work_ahead(pieces, unpack, |parts| {
            stream::work_beside(|give| fill_all(tables, parts, give))
        })
    })
}

/// The same on this thread alone.
pub fn read_alone(input: impl Read, number: u32, id: Hash160) -> Result<State> {
    read_by(input, number, id, |pieces, unpack, tables| {
        fill_all(tables, &mut pieces.map(unpack), &mut |job| job())
    })
}

type TableList<'a> = Vec<&'a mut dyn AnyTable>;

/// Reads a state; `fill` fills the tables with what is unpacked of the pieces.
fn read_by<R: Read>(
    mut input: R,
    number: u32,
    id: Hash160,
    fill: impl FnOnce(Pieces<R>, &Unpacking, TableList<'_>) -> Result<()>,
) -> Result<State> {
    let mut state = State { ledger: Ledger::default(), number };
    let count = read_count(&mut input, &mut state)?;
    let mut tables: TableList<'_> = Vec::new();
    state.ledger.tables.each_mut(&mut |_, table| tables.push(table));
    tables.truncate(count as usize);
    let unpackers: Vec<Unpack> = tables.iter().map(|table| table.unpacker()).collect();
    let pieces = Pieces { input, tables: unpackers.into_iter(), table: None, is_over: false };
    fill(pieces, &unpack, tables)?;
    let known = count_known(&state);
    ensure!(count == known, "the snapshot has {count} tables, its chain has {known}");
    state.ledger = state.ledger.speaking(Dialect::REFERENCE);
    let head = state.ledger.dynamic().map_err(|rejected| anyhow!("{rejected}"))?;
    ensure!(
        (head.head_block_number, head.head_block_id) == (number, id),
        "the snapshot says block {number}, but holds the state of block {}",
        head.head_block_number
    );
    Ok(state)
}

/// Reads how many tables a snapshot has: those of contracts only if its chain opted in to such,
/// which the state says once it is read.
fn read_count(input: &mut impl Read, state: &mut State) -> Result<u32> {
    let (format, count) = (read_u32(input)?, read_u32(input)?);
    let (plain, all) = (count_known(state), count_all(state));
    ensure!(
        format == FORMAT && [plain, all].contains(&count),
        "the snapshot has form {format} with {count} tables, this program reads form {FORMAT} with \
         {plain}, or {all} of a chain with contracts: use the carbyne that made it, or let the \
         node begin with its blocks"
    );
    Ok(count)
}

/// How many tables the chain of a state has.
fn count_known(state: &State) -> u32 {
    let mut count = 0;
    state.ledger.tables.each(&mut |_, _| count += 1);
    count
}

/// How many a chain can have.
fn count_all(state: &mut State) -> u32 {
    let mut count = 0;
    state.ledger.tables.each_mut(&mut |_, _| count += 1);
    count
}

/// A piece of a table.
enum Piece<R> {
    Rows(R),
    /// The table ends; the number that its next object gets.
    End(u64),
}

/// Packed rows.
struct Packed {
    rows: u32,
    bytes: Vec<u8>,
    unpacker: Unpack,
}

type Unpacking = dyn Fn(Result<Piece<Packed>>) -> Result<Piece<AnyPart>> + Sync;

/// The pieces of a state, one after the other, up to the first error.
struct Pieces<R> {
    input: R,
    /// What unpacks the tables that are yet to come.
    tables: std::vec::IntoIter<Unpack>,
    /// The table at work, and the number that its next object gets.
    table: Option<(Unpack, u64)>,
    is_over: bool,
}

impl<R: Read> Iterator for Pieces<R> {
    type Item = Result<Piece<Packed>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let piece = self.read().transpose();
        self.is_over = !matches!(piece, Some(Ok(_)));
        piece
    }
}

impl<R: Read> Pieces<R> {
    fn read(&mut self) -> Result<Option<Piece<Packed>>> {
        if self.table.is_none() {
            let Some(unpacker) = self.tables.next() else {
                // Only the end of the stream says that its last hash was right.
                let is_all = self.input.read(&mut [0])? == 0;
                ensure!(is_all, "the snapshot goes on after its last table");
                return Ok(None);
            };
            let mut next = [0; 8];
            self.input.read_exact(&mut next)?;
            self.table = Some((unpacker, u64::from_le_bytes(next)));
        }
        let Some((unpacker, next)) = self.table else { return Ok(None) };
        let (rows, length) = (read_u32(&mut self.input)?, read_u32(&mut self.input)? as usize);
        if rows == 0 {
            self.table = None;
            return Ok(Some(Piece::End(next)));
        }
        let bytes = read_bytes(&mut self.input, length)?;
        Ok(Some(Piece::Rows(Packed { rows, bytes, unpacker })))
    }
}

/// Reads the bytes of a piece.
fn read_bytes(input: &mut impl Read, length: usize) -> Result<Vec<u8>> {
    ensure!(length <= PIECE_BYTES_MAX, "the snapshot has a piece of {length} bytes");
    // What a piece says of its length is not believed before its bytes are there.
    let mut bytes = Vec::with_capacity(length.min(2 * PIECE_BYTES));
    input.take(length as u64).read_to_end(&mut bytes)?;
    ensure!(bytes.len() == length, "the snapshot ends within a piece");
    Ok(bytes)
}

/// Unpacks a piece; that needs nothing but its bytes.
fn unpack(piece: Result<Piece<Packed>>) -> Result<Piece<AnyPart>> {
    let Packed { rows, bytes, unpacker } = match piece? {
        Piece::End(next) => return Ok(Piece::End(next)),
        Piece::Rows(packed) => packed,
    };
    let mut input = Reader::new(&bytes, Tags::All);
    let part = unpacker(rows, &mut input)
        .context("an object of the snapshot cannot be read; another version made it")?;
    ensure!(input.remaining() == 0, "the snapshot holds objects of another form");
    Ok(Piece::Rows(part))
}

/// Fills the tables, one after the other; `give` is given what makes the indexes of each that has
/// all its rows.
fn fill_all<'a>(
    tables: TableList<'a>,
    parts: &mut dyn Iterator<Item = Result<Piece<AnyPart>>>,
    give: &mut dyn FnMut(Job<'a>),
) -> Result<()> {
    for table in tables {
        fill(table, parts)?;
        table.indexing().into_iter().for_each(&mut *give);
    }
    // There is no more, unless it is an error.
    for part in parts {
        part?;
    }
    Ok(())
}

fn fill(
    table: &mut dyn AnyTable,
    parts: &mut dyn Iterator<Item = Result<Piece<AnyPart>>>,
) -> Result<()> {
    let next = loop {
        match parts.next().context("the snapshot ends within a table")?? {
            Piece::Rows(part) => ensure!(table.load(part), "rows of another table"),
            Piece::End(next) => break next,
        }
    };
    // The number after the last object may be higher than what the objects show: some are gone.
    ensure!(
        table.base_next_number() <= next,
        "the snapshot holds an object behind number {next}, at which its table ends"
    );
    table.set_next_number(next);
    Ok(())
}

fn read_u32(input: &mut impl Read) -> Result<u32> {
    let mut bytes = [0; 4];
    input.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}
