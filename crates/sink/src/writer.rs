//! One step of writing: a transaction that brings the database nearer to the source.
//!
//! Invariant: the row of `position` is locked from the first look to the commit, and the next block
//! goes on from the block it names. So of several writers one writes a block and the others find it
//! there. This file must never know about time, threads or lost connections.

use crate::rows::Rows;
use crate::{Error, Settings, SinkBlock, Source, State, schema};
use carbyne_wire::{Digest, Hash160};
use postgres::{Client, Transaction};
use std::sync::mpsc::{SyncSender, sync_channel};

/// Bytes of blocks that one transaction brings, about.
const BATCH_BYTES: usize = 16 << 20;
/// Operations that are copied at once, about.
const CHUNK_OPERATIONS: usize = 5_000;
/// Chunks that may wait to be copied. With the bytes of a batch it bounds the memory.
const CHUNKS_AHEAD: usize = 2;
/// The indexes for queries are made when the database is less than so many blocks behind.
const INDEX_BEHIND_MAX: u32 = 100;
/// Blocks compared at once when a branch is left.
const COMPARED: i64 = 100;

/// Number and id of a block.
pub(crate) type Place = (u32, Hash160);

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Where the database stands now.
    pub position: Place,
    /// How that compares with the head of the source.
    pub state: State,
    /// Blocks written.
    pub blocks: u64,
    /// Operations written.
    pub operations: u64,
    /// Blocks deleted before.
    pub rolled_back: u64,
}

/// Takes one step towards `head`, the head of the source.
pub fn step(
    client: &mut Client,
    source: &impl Source,
    settings: &Settings,
    head: Place,
) -> Result<Outcome, Error> {
    let mut transaction = client.transaction()?;
    schema::check(&mut transaction, &settings.schema)?;
    let (found, is_indexed) = lock(&mut transaction)?;
    claim(&mut transaction, source.chain_id())?;
    let mut outcome = Outcome {
        position: found,
        state: State::Waiting,
        blocks: 0,
        operations: 0,
        rolled_back: 0,
    };
    if !goes_on(source, found, head)? {
        if head.0 <= found.0 {
            return Ok(outcome);
        }
        outcome.position = roll_back(&mut transaction, source, found)?;
        outcome.rolled_back = u64::from(found.0.saturating_sub(outcome.position.0));
    }
    append(&mut transaction, source, settings, &mut outcome)?;
    outcome.state = if outcome.position == head { State::Following } else { State::CatchingUp };
    if !is_indexed && head.0.saturating_sub(outcome.position.0) < INDEX_BEHIND_MAX {
        tracing::info!("PostgreSQL has caught up, indexes are made");
        transaction.batch_execute(schema::INDEXES)?;
        transaction.execute("UPDATE position SET is_indexed = true", &[])?;
    }
    transaction.commit()?;
    Ok(outcome)
}

/// Whether the branch of the source holds the database's block.
fn goes_on(source: &impl Source, found: Place, head: Place) -> Result<bool, Error> {
    if found.0 == 0 || found == head {
        return Ok(true);
    }
    match source.block_id(found.0)? {
        Some(id) => Ok(id == found.1),
        None if found.0 < head.0 => Err(Error::MissingBlock(found.0)),
        None => Ok(false),
    }
}

fn lock(transaction: &mut Transaction<'_>) -> Result<(Place, bool), Error> {
    let row =
        transaction.query_opt("SELECT block, id, is_indexed FROM position FOR UPDATE", &[])?;
    let row = row.ok_or(Error::Damaged("table position is empty"))?;
    Ok(((number(row.get(0))?, id(row.get(1))?), row.get(2)))
}

/// Refuses a schema that holds another chain; an empty one holds ours from now on.
fn claim(transaction: &mut Transaction<'_>, ours: Digest<32>) -> Result<(), Error> {
    let row = transaction.query_one("SELECT chain_id FROM meta", &[])?;
    let kept: Option<&[u8]> = row.get(0);
    match kept {
        None => {
            transaction.execute("UPDATE meta SET chain_id = $1", &[&ours.0.as_slice()])?;
            Ok(())
        }
        Some(kept) if kept == ours.0 => Ok(()),
        Some(kept) => Err(Error::OtherChain { found: chain_id(kept)?, ours }),
    }
}

/// Deletes the blocks that the source does not have; the newest that both have comes out.
fn roll_back(
    transaction: &mut Transaction<'_>,
    source: &impl Source,
    found: Place,
) -> Result<Place, Error> {
    let common = common_ancestor(transaction, source, found)?;
    let first = "SELECT min(first_operation) FROM blocks WHERE number > $1";
    let above = i64::from(common.0);
    let first: Option<i64> = transaction.query_one(first, &[&above])?.get(0);
    if let Some(first) = first {
        for delete in [
            "DELETE FROM operations WHERE id >= $1",
            "DELETE FROM account_operations WHERE operation >= $1",
            "DELETE FROM asset_operations WHERE operation >= $1",
            "DELETE FROM fills WHERE operation >= $1",
        ] {
            transaction.execute(delete, &[&first])?;
        }
    }
    transaction.execute("DELETE FROM transactions WHERE block > $1", &[&above])?;
    transaction.execute("DELETE FROM blocks WHERE number > $1", &[&above])?;
    put(transaction, common)?;
    Ok(common)
}

fn common_ancestor(
    transaction: &mut Transaction<'_>,
    source: &impl Source,
    found: Place,
) -> Result<Place, Error> {
    let older = transaction
        .prepare("SELECT number, id FROM blocks WHERE number < $1 ORDER BY number DESC LIMIT $2")?;
    let mut below = i64::from(found.0);
    loop {
        let rows = transaction.query(&older, &[&below, &COMPARED])?;
        if rows.is_empty() {
            return Ok((0, Hash160::default()));
        }
        for row in rows {
            below = row.get(0);
            let place = (number(below)?, id(row.get(1))?);
            match source.block_id(place.0)? {
                None => return Err(Error::MissingBlock(place.0)),
                Some(ours) if ours == place.1 => return Ok(place),
                Some(_) => {}
            }
        }
    }
}

/// Writes the blocks after the position, as many as make a batch; the next ones are read meanwhile.
fn append(
    transaction: &mut Transaction<'_>,
    source: &impl Source,
    settings: &Settings,
    outcome: &mut Outcome,
) -> Result<(), Error> {
    let (sender, chunks) = sync_channel(CHUNKS_AHEAD);
    let (from, operations_max) = (outcome.position, settings.batch_operations);
    std::thread::scope(|scope| {
        scope.spawn(move || read(source, from, operations_max, &sender));
        for chunk in chunks {
            let (rows, end) = chunk?;
            rows.copy(transaction)?;
            outcome.blocks += rows.blocks.len() as u64;
            outcome.operations += rows.operations.len() as u64;
            outcome.position = end;
        }
        if outcome.blocks > 0 { put(transaction, outcome.position) } else { Ok(()) }
    })
}

/// Blocks as rows, and the last of them.
type Chunk = Result<(Rows, Place), Error>;

/// Reads the blocks of a batch chunk by chunk, until nobody wants more.
fn read(source: &impl Source, from: Place, operations_max: usize, chunks: &SyncSender<Chunk>) {
    let mut end = from;
    let mut left = Left { operations: operations_max, bytes: BATCH_BYTES };
    loop {
        let chunk = read_chunk(source, &mut end, &mut left);
        let is_last = chunk.as_ref().map_or(true, |(rows, _)| rows.blocks.is_empty());
        if chunks.send(chunk).is_err() || is_last {
            return;
        }
    }
}

/// What a batch still has room for.
struct Left {
    operations: usize,
    bytes: usize,
}

/// Reads the blocks after `end`, which moves along; no rows if there is no block or no room.
fn read_chunk(source: &impl Source, end: &mut Place, left: &mut Left) -> Chunk {
    let mut rows = Rows { dialect: source.dialect(), ..Rows::default() };
    while left.operations > 0 && left.bytes > 0 && rows.operations.len() < CHUNK_OPERATIONS {
        let Some(block) = next_block(source, *end)? else { break };
        rows.add(&block);
        left.operations = left.operations.saturating_sub(block.operations.len());
        left.bytes = left.bytes.saturating_sub(block.bytes);
        *end = (block.number, block.id);
    }
    Ok((rows, *end))
}

/// The block after a position; none if there is none, or if the source has just left the branch.
fn next_block(source: &impl Source, position: Place) -> Result<Option<SinkBlock>, Error> {
    let number = position.0.saturating_add(1);
    match source.block(number)? {
        Some(block) => Ok((block.previous == position.1).then_some(block)),
        None if source.head()?.is_some_and(|(head, _)| number < head) => {
            Err(Error::MissingBlock(number))
        }
        None => Ok(None),
    }
}

fn put(transaction: &mut Transaction<'_>, position: Place) -> Result<(), Error> {
    let block = i64::from(position.0);
    transaction
        .execute("UPDATE position SET block = $1, id = $2", &[&block, &position.1.0.as_slice()])?;
    Ok(())
}

/// The number of a block from its column.
pub(crate) fn number(column: i64) -> Result<u32, Error> {
    u32::try_from(column).map_err(|_| Error::Damaged("the number of a block is none"))
}

/// The id of a block from its column.
pub(crate) fn id(column: &[u8]) -> Result<Hash160, Error> {
    let bytes = column.try_into().map_err(|_| Error::Damaged("the id of a block is none"))?;
    Ok(Digest(bytes))
}

/// The id of a chain from its column.
pub(crate) fn chain_id(column: &[u8]) -> Result<Digest<32>, Error> {
    let bytes = column.try_into().map_err(|_| Error::Damaged("the id of the chain is none"))?;
    Ok(Digest(bytes))
}
