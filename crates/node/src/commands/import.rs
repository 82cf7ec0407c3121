//! `carbyne import`: applies the blocks of a file with full checks; goes on where it stopped.

use crate::ahead::ahead;
use crate::cli::ImportArgs;
use crate::home::{Home, KeepHistory, Wish, holds_chain, progress, read_genesis};
use crate::output;
use crate::signers::Seers;
use crate::snapshots::Snapshots;
use anyhow::{Context, Result, anyhow, ensure};
use carbyne_ledger::Trust;
use carbyne_protocol::recovered::{Recover, RecoveredBlock};
use carbyne_protocol::transaction::SignedBlock;
use carbyne_store::RealDisk;
use carbyne_wire::{Dialect, Digest, Tags, unpack_exact};
use parking_lot::RwLock;
use serde_json::Value;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Blocks between two writes to disk.
const BATCH: usize = 100;

/// Blocks between two snapshots: an import that is interrupted need not apply all blocks again.
const SNAPSHOT_EVERY: u32 = 10_000;

/// How long the snapshot after the last block may take.
const SNAPSHOT_LIMIT: Duration = Duration::from_secs(600);

/// Applies the blocks.
pub fn run(args: &ImportArgs) -> Result<()> {
    let unreadable = || format!("cannot read {}", args.file.display());
    let open = || File::open(&args.file).map(BufReader::new).with_context(unreadable);
    let lines = open()?.split(b'\n').count();
    let home = Arc::new(RwLock::new(home(args)?));
    let mut snapshots = Snapshots::new(home.clone(), SNAPSHOT_EVERY);
    let bar = progress(lines as u64, "importing");
    let (started, mut applied) = (Instant::now(), 0_u32);
    let chain_id = *home.read().chain().chain_id();
    let signers = (!args.trust).then(Seers::default);
    let make = |(n, line)| prepare(args, n, line, (&chain_id, signers.as_ref()));
    let sized = open()?.lines().enumerate().map(|(n, line)| {
        let size = line.as_ref().map_or(0, String::len);
        (size, (n, line))
    });
    ahead(sized, make, |prepared| {
        let Prepared { line, block } = prepared?;
        let taken =
            take_in(&mut home.write(), block, args.trust).with_context(|| place(args, line));
        applied += u32::from(taken?);
        bar.inc(1);
        if line % BATCH == 1 {
            home.write().settle()?;
            snapshots.begin_if_due();
        }
        Ok(())
    })?;
    home.write().settle()?;
    bar.finish_and_clear();
    let printed = print(&home.read(), applied, started.elapsed());
    snapshots.finish(SNAPSHOT_LIMIT);
    printed
}

fn home(args: &ImportArgs) -> Result<Home> {
    let genesis = read_genesis(args.genesis.as_deref())?;
    ensure!(
        genesis.is_some() || holds_chain(&args.data_dir),
        "there is no chain in {}: give the --genesis of the one that is to begin there",
        args.data_dir.display()
    );
    let (history, accept_loss) = (KeepHistory::OnDisk, args.accept_loss);
    let wish =
        Wish { genesis, dialect: Dialect::REFERENCE, history, accept_loss, is_disposable: false };
    Home::open_as_wished(Arc::new(RealDisk), &args.data_dir, wish)
}

/// A block that needs nothing but the state.
struct Prepared {
    /// Its line in the file, from 1 on.
    line: usize,
    block: Arc<RecoveredBlock>,
}

fn place(args: &ImportArgs, line: usize) -> String {
    format!("line {line} of {}", args.file.display())
}

fn prepare(
    args: &ImportArgs,
    n: usize,
    line: io::Result<String>,
    (chain_id, signers): (&Digest<32>, Option<&Seers>),
) -> Result<Prepared> {
    let block = line.map_err(Into::into).and_then(|line| read_line(&line));
    let block = block.with_context(|| place(args, n + 1))?;
    let block = Arc::new(match signers {
        Some(signers) => RecoveredBlock::with_signers(block, chain_id, signers),
        None => RecoveredBlock::new(block, chain_id, Recover::Nothing),
    });
    Ok(Prepared { line: n + 1, block })
}

/// Applies a block, unless it is in the chain already.
fn take_in(home: &mut Home, block: Arc<RecoveredBlock>, trust: bool) -> Result<bool> {
    let (number, head) = (block.number(), home.chain().head_number());
    ensure!(
        number <= head.saturating_add(1),
        "block {number} does not follow the head, block {head}: blocks are missing between them"
    );
    if number <= head {
        let known = home.kept.log.reader().block(number)?;
        let is_of_chain = known.is_none_or(|known| known.id == block.id().0);
        ensure!(is_of_chain, "block {number} is not that of the chain in the directory");
        return Ok(false);
    }
    let trust = if trust { Trust::OurLog } else { Trust::Nobody };
    let taken = home.take_in(block, trust);
    taken.map_err(|refused| anyhow!("block {number} is refused: {}", refused.rejected))?;
    Ok(true)
}

fn print(home: &Home, applied: u32, time: Duration) -> Result<()> {
    let seconds = time.as_secs_f64();
    output::line(format_args!(
        "applied {applied} blocks in {seconds:.2} s ({:.0} blocks/s); head {} {}",
        f64::from(applied) / seconds.max(0.001),
        home.chain().head_number(),
        home.chain().head_id(),
    ))
}

fn read_line(line: &str) -> Result<SignedBlock> {
    let value: Value = serde_json::from_str(line).context("it is not JSON")?;
    let hex = value.get("hex").and_then(Value::as_str).context("it has no `hex`")?;
    let bytes = hex::decode(hex).context("its `hex` is not hexadecimal")?;
    let block: SignedBlock = unpack_exact(&bytes, Tags::All).context("its `hex` is no block")?;
    let id = value.get("id").and_then(Value::as_str);
    ensure!(id.is_none_or(|id| id == block.id().to_string()), "its `id` is not that of the block");
    Ok(block)
}
