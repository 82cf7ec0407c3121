//! `carbyne check`: walks the block log, the snapshots and the history of a data directory and says
//! what is wrong.
//!
//! It repairs nothing; only a torn tail of the block log is cut off, as at every start.

use crate::cli::CheckArgs;
use crate::home::{Home, identity_of, progress, read_state};
use anyhow::{Context, Result, anyhow, bail, ensure};
use carbyne_index::History;
use carbyne_ledger::transaction::SignedBlock;
use carbyne_store::{BlockLog, ChainIdentity, DataDir, LoggedBlock, SnapshotStore};
use carbyne_wire::{Digest, Hash160, unpack_exact};
use std::collections::BTreeMap;
use std::path::Path;

/// What is wrong, and what was found right.
#[derive(Default)]
struct Findings {
    wrong: usize,
    /// State hashes of good snapshots by the number of their block.
    states: BTreeMap<u32, Digest<32>>,
}

impl Findings {
    fn add(&mut self, what: &str, result: Result<String>) {
        match result {
            Ok(found) => println!("ok     {what}: {found}"),
            Err(error) => {
                self.wrong += 1;
                println!("WRONG  {what}: {error:#}");
            }
        }
    }
}

/// Checks.
pub fn run(args: &CheckArgs) -> Result<()> {
    let identity = identity_of(&args.data_dir)?;
    let mut findings = Findings::default();
    findings.add("chain", Ok(Digest(identity.chain_id).to_string()));
    files(&args.data_dir, &identity, &mut findings)?;
    if args.replay {
        let replayed = replay(&args.data_dir, &findings.states);
        findings.add("replay", replayed);
    }
    match findings.wrong {
        0 => Ok(()),
        wrong => bail!("{wrong} things are wrong in {}", args.data_dir.display()),
    }
}

fn files(dir: &Path, identity: &ChainIdentity, findings: &mut Findings) -> Result<()> {
    let data = DataDir::open(dir, identity)?;
    let (log, recovery) = match BlockLog::open(&data.blocks(), identity) {
        Ok(opened) => opened,
        Err(error) => {
            findings.add("blocks", Err(error.into()));
            return Ok(());
        }
    };
    if let Some(torn) = recovery.torn {
        println!("cut    {} bytes of an unfinished block", torn.bytes);
    }
    findings.add("blocks", blocks(&log));
    let store = SnapshotStore::open(&data.snapshots(), identity)?;
    for path in store.paths()? {
        let state = read_state(&store, &path, &log);
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let found = state.map(|state| {
            let hash = state.ledger.state_hash();
            findings.states.insert(state.number, hash);
            format!("state {hash}")
        });
        findings.add(&name, found);
    }
    findings.add("history", history(&data, &log));
    Ok(())
}

/// Reads every operation and what leads to it, and compares the transactions with the blocks.
fn history(data: &DataDir, log: &BlockLog) -> Result<String> {
    if std::fs::read_dir(data.history())?.next().is_none() {
        return Ok("none".to_owned());
    }
    let history = History::open(&data.history(), Default::default());
    if let Some(why) = history.failure() {
        bail!("{why}");
    }
    let (head, id) = history.head();
    if head == 0 {
        return Ok("empty".to_owned());
    }
    let logged = log.reader().block(head)?;
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
fn transactions(history: &History, log: &BlockLog, head: u32) -> Result<u64> {
    let mut compared = 0;
    for logged in log.blocks_from(history.first_block()) {
        let logged = logged?;
        if logged.number > head {
            break;
        }
        let block: SignedBlock = unpack_exact(&logged.bytes)
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
fn blocks(log: &BlockLog) -> Result<String> {
    let reader = log.reader();
    let (Some(first), Some((head, _))) = (reader.first(), log.head()) else {
        return Ok("none".to_owned());
    };
    let bar = progress(u64::from(head - first) + 1, "checking");
    let mut previous: Option<Hash160> = None;
    for logged in log.blocks_from(first) {
        let logged = logged?;
        previous = Some(block(&logged, previous)?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(format!("{first} to {head}"))
}

/// Checks a block of the log; gives its id.
fn block(logged: &LoggedBlock, previous: Option<Hash160>) -> Result<Hash160> {
    let number = logged.number;
    let block: SignedBlock = unpack_exact(&logged.bytes)
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
fn replay(dir: &Path, states: &BTreeMap<u32, Digest<32>>) -> Result<String> {
    let mut compared = 0;
    let home = Home::replayed(dir, &mut |number, ledger| {
        let Some(expected) = states.get(&number) else { return Ok(()) };
        let found = ledger.state_hash();
        ensure!(
            found == *expected,
            "the state of block {number} is {found}, that of the snapshot {expected}"
        );
        compared += 1;
        Ok(())
    })?;
    let state = home.chain.ledger().state_hash();
    Ok(format!(
        "to block {}, state {state}, equal to {compared} snapshots",
        home.chain.head_number()
    ))
}
