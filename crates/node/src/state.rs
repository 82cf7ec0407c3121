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
use anyhow::{Context, Result, anyhow, ensure};
use carbyne_chain::Chain;
use carbyne_ledger::Ledger;
use carbyne_ledger::base::BaseCursor;
use carbyne_ledger::tables::AnyTable;
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

/// Reads the state of the block with that number and id.
pub fn read(mut input: impl Read, number: u32, id: Hash160) -> Result<State> {
    let mut state = State { ledger: Ledger::default(), number };
    let count = read_count(&mut input, &mut state)?;
    let mut tables: Vec<&mut dyn AnyTable> = Vec::new();
    state.ledger.tables.each_mut(&mut |_, table| tables.push(table));
    tables.into_iter().take(count as usize).try_for_each(|table| fill(table, &mut input))?;
    // Only the end of the stream says that its last hash was right.
    ensure!(input.read(&mut [0])? == 0, "the snapshot goes on after its last table");
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

fn fill(table: &mut dyn AnyTable, input: &mut impl Read) -> Result<()> {
    let mut next = [0; 8];
    input.read_exact(&mut next)?;
    let next = u64::from_le_bytes(next);
    let mut bytes = Vec::new();
    while let Some(rows) = read_piece(input, &mut bytes)? {
        let mut piece = Reader::new(&bytes, Tags::All);
        let read = table.unpack_rows(rows, &mut piece);
        read.context("an object of the snapshot cannot be read; another version made it")?;
        ensure!(piece.remaining() == 0, "the snapshot holds objects of another form");
    }
    // The number after the last object may be higher than what the objects show: some are gone.
    ensure!(
        table.base_next_number() <= next,
        "the snapshot holds an object behind number {next}, at which its table ends"
    );
    table.set_next_number(next);
    Ok(())
}

/// Reads a piece into `bytes`; gives how many rows it has, none at the end of a table.
fn read_piece(input: &mut impl Read, bytes: &mut Vec<u8>) -> Result<Option<u32>> {
    let (rows, length) = (read_u32(input)?, read_u32(input)? as usize);
    if rows == 0 {
        return Ok(None);
    }
    ensure!(length <= PIECE_BYTES_MAX, "the snapshot has a piece of {length} bytes");
    // What a piece says of its length is not believed before its bytes are there.
    bytes.clear();
    input.take(length as u64).read_to_end(bytes)?;
    ensure!(bytes.len() == length, "the snapshot ends within a piece");
    Ok(Some(rows))
}

fn read_u32(input: &mut impl Read) -> Result<u32> {
    let mut bytes = [0; 4];
    input.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}
