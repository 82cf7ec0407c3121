//! `carbyne check`: walks the genesis, the block log, the snapshots and the history of a data
//! directory and says what is wrong.
//!
//! Invariant: it changes nothing, so that what was found can be looked at again, and copied.

use crate::cli::CheckArgs;
use crate::home::{check_genesis, identity_of, kept_genesis, progress, read_state};
use crate::in_line::replay_from_genesis;
use crate::losses;
use crate::output::{describe, line};
use anyhow::{Context, Result, anyhow, bail, ensure};
use carbyne_index::History;
use carbyne_protocol::transaction::SignedBlock;
use carbyne_store::{
    BlockLog, BlockReader, ChainIdentity, DataDir, Disk, LoggedBlock, RealDisk, SnapshotStore,
    TornTail,
};
use carbyne_wire::{Digest, Hash160, Tags, unpack_exact};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// What is wrong, and what was found right.
#[derive(Default)]
struct Findings {
    wrong: usize,
    /// State hashes of good snapshots by the number of their block.
    states: BTreeMap<u32, Digest<32>>,
}

impl Findings {
    fn add(&mut self, what: &str, result: Result<String>) -> Result<()> {
        match result {
            Ok(found) => line(format_args!("ok     {what}: {found}")),
            Err(error) => {
                self.wrong += 1;
                line(format_args!("WRONG  {what}: {}", describe(&error)))
            }
        }
    }
}

/// Checks.
pub fn run(args: &CheckArgs) -> Result<()> {
    let dir = &args.data_dir;
    let identity = identity_of(dir)?;
    let data = DataDir::look_on(&RealDisk, dir, &identity)?;
    let mut findings = Findings::default();
    findings.add("chain", Ok(Digest(identity.chain_id).to_string()))?;
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    match BlockLog::look(disk, &data.blocks(), &identity) {
        Err(error) => findings.add("blocks", Err(error.into()))?,
        Ok((log, recovery)) => {
            findings.add("genesis", genesis(dir, &identity, &log))?;
            findings.add("blocks", blocks(&data, &log, recovery.torn.as_ref()))?;
            files(&data, &identity, &log, &mut findings)?;
            if args.replay {
                findings.add("replay", replay(dir, &log, &findings.states))?;
            }
        }
    }
    match findings.wrong {
        0 => Ok(()),
        1 => bail!("1 thing is wrong in {}", dir.display()),
        wrong => bail!("{wrong} things are wrong in {}", dir.display()),
    }
}

/// The genesis is that of the chain; without blocks from the first on nothing needs it.
fn genesis(dir: &Path, identity: &ChainIdentity, log: &BlockReader) -> Result<String> {
    let kept = kept_genesis(dir)?;
    check_genesis(dir, kept.as_deref(), identity)?;
    let is_needed = log.first().is_some_and(|first| first == 1);
    ensure!(
        kept.is_some() || !is_needed,
        "{} is missing: put a copy there",
        dir.join("genesis.json").display()
    );
    Ok(if kept.is_some() { "that of the chain" } else { "none, it began with a snapshot" }.into())
}

fn files(
    data: &DataDir,
    identity: &ChainIdentity,
    log: &BlockReader,
    findings: &mut Findings,
) -> Result<()> {
    let store = SnapshotStore::look(&data.snapshots(), identity);
    for path in store.paths()? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let loss = losses::of_snapshot(&path, log, &store);
        let state = loss.map_or(Ok(()), |loss| Err(lost(loss)));
        if is_before(&path, log, &store) {
            findings.add(&name, Ok("before the blocks that are there, of no use".into()))?;
            continue;
        }
        let state = state.and_then(|()| read_state(&store, &path, log));
        let found = state.map(|state| {
            let hash = state.ledger.state_hash();
            findings.states.insert(state.number, hash);
            format!("state {hash}")
        });
        findings.add(&name, found)?;
    }
    let newest = findings.states.keys().next_back().copied().unwrap_or_default();
    findings.add("history", history(data, log, newest))
}

/// Whether a snapshot is so old that the blocks behind it are not there.
fn is_before(path: &Path, log: &BlockReader, store: &SnapshotStore) -> bool {
    let number = store.open_file(path).map(|(number, _, _)| number);
    number.is_ok_and(|number| log.first().is_some_and(|first| number.saturating_add(1) < first))
}

fn lost(loss: losses::Loss) -> anyhow::Error {
    anyhow!("blocks are lost: {loss}")
}

/// Reads every operation and what leads to it, and compares the transactions with the blocks.
fn history(data: &DataDir, log: &BlockReader, newest_state: u32) -> Result<String> {
    let is_there = std::fs::read_dir(data.history()).is_ok_and(|mut dir| dir.next().is_some());
    if !is_there {
        return Ok("none".to_owned());
    }
    let history = History::look(&data.history(), Default::default());
    if let Some(why) = history.failure() {
        bail!("{why}");
    }
    let (head, id) = history.head();
    if head == 0 {
        return Ok("empty".to_owned());
    }
    losses::of_log(data, log, &history)
        .into_iter()
        .next()
        .map_or(Ok(()), |loss| Err(lost(loss)))?;
    let last = log.head().map_or(newest_state, |(last, _)| last);
    ensure!(head <= last, lost(losses::Loss::History { head: last, number: head }));
    ensure!(
        head >= newest_state,
        "it stands at block {head}, behind the newest snapshot, of block {newest_state}: `carbyne \
         history rebuild` makes it anew"
    );
    let logged = log.block(head)?;
    ensure!(
        logged.is_none_or(|logged| logged.id == id.0),
        "it stands at block {head} {id}, which is not that of the block log"
    );
    let bar = progress(history.next_number(1, 11).unwrap_or(0), "checking");
    let found = history.verify(&mut || bar.inc(1)).map_err(|why| anyhow!(why))?;
    bar.finish_and_clear();
    let transactions = transactions(&history, log, head)?;
    Ok(format!(
        "blocks {} to {head}, {} operations, {} entries of {} accounts, \
         {transactions} transactions",
        history.first_block(),
        found.operations,
        found.entries,
        found.accounts
    ))
}

/// Compares the places of transactions with the blocks that hold them.
fn transactions(history: &History, log: &BlockReader, head: u32) -> Result<u64> {
    let mut compared = 0;
    for logged in log.blocks_from(history.first_block()) {
        let logged = logged?;
        if logged.number > head {
            break;
        }
        let block: SignedBlock = unpack_exact(&logged.bytes, Tags::All)
            .with_context(|| format!("block {} of the log cannot be read", logged.number))?;
        for (place, processed) in block.transactions.iter().enumerate() {
            let id = processed.transaction.id();
            let found = history.transaction(&id);
            let found = found.map(|found| (found.block_num, usize::from(found.trx_in_block)));
            ensure!(
                found == Some((logged.number, place)),
                "transaction {id} of block {} is not found there",
                logged.number
            );
            compared += 1;
        }
    }
    Ok(compared)
}

/// Reads every block and compares it with its place in the chain.
fn blocks(data: &DataDir, log: &BlockReader, torn: Option<&TornTail>) -> Result<String> {
    let began = data.marks().first_block.filter(|first| *first > 0);
    let (Some(first), Some((head, _))) = (log.first(), log.head()) else {
        return match began {
            Some(first) => Err(lost(losses::Loss::Log { first })),
            None => Ok("none".to_owned()),
        };
    };
    if let Some(began) = began.filter(|began| *began < first) {
        bail!("blocks {began} to {} are missing: they were there", first - 1);
    }
    let bar = progress(u64::from(head - first) + 1, "checking");
    let mut previous: Option<Hash160> = None;
    for logged in log.blocks_from(first) {
        let logged = logged?;
        previous = Some(block(&logged, previous)?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let torn = torn.map(|torn| {
        format!(
            ", behind them {} bytes of one that was not finished, which the next start cuts off",
            torn.bytes
        )
    });
    Ok(format!("{first} to {head}{}", torn.unwrap_or_default()))
}

/// Checks a block of the log; gives its id.
fn block(logged: &LoggedBlock, previous: Option<Hash160>) -> Result<Hash160> {
    let number = logged.number;
    let block: SignedBlock = unpack_exact(&logged.bytes, Tags::All)
        .with_context(|| format!("block {number} of the log cannot be read"))?;
    let id = block.id();
    ensure!(id.0 == logged.id, "block {number} has id {id}, the log says {}", Digest(logged.id));
    let link = block.header().previous;
    ensure!(
        previous.is_none_or(|previous| previous == link),
        "block {number} follows {link}, which is not the block before it"
    );
    Ok(id)
}

/// Applies every block from the genesis on and compares the state with that of each snapshot.
fn replay(dir: &Path, log: &BlockReader, states: &BTreeMap<u32, Digest<32>>) -> Result<String> {
    if log.first() != Some(1) {
        return Ok("not possible, the first block is not there".to_owned());
    }
    let genesis = kept_genesis(dir)?.context("the genesis is missing")?;
    let mut compared = 0;
    let chain = replay_from_genesis(&genesis, log, &mut |number, ledger| {
        let Some(expected) = states.get(&number) else { return Ok(()) };
        let found = ledger.state_hash();
        ensure!(
            found == *expected,
            "the state of block {number} is {found}, that of the snapshot {expected}"
        );
        compared += 1;
        Ok(())
    })?;
    let state = chain.ledger().state_hash();
    Ok(format!("to block {}, state {state}, equal to {compared} snapshots", chain.head_number()))
}
