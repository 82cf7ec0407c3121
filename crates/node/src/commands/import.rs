//! `carbyne import`: applies the blocks of a file with full checks; goes on where it stopped.

use crate::cli::ImportArgs;
use crate::home::{Home, KeepHistory, Wish, holds_chain, progress, read_genesis};
use crate::output;
use crate::snapshots::Snapshots;
use anyhow::{Context, Result, anyhow, ensure};
use carbyne_ledger::Trust;
use carbyne_protocol::recovered::{Recover, RecoveredBlock};
use carbyne_protocol::transaction::SignedBlock;
use carbyne_store::RealDisk;
use carbyne_wire::unpack_exact;
use parking_lot::RwLock;
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader};
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
    for (n, line) in open()?.lines().enumerate() {
        let place = || format!("line {} of {}", n + 1, args.file.display());
        let block = line.map_err(Into::into).and_then(|line| read_line(&line));
        let block = block.with_context(place)?;
        let taken = take_in(&mut home.write(), block, args.trust);
        applied += u32::from(taken.with_context(place)?);
        bar.inc(1);
        if n % BATCH == 0 {
            follow(&mut home.write())?;
            snapshots.begin_if_due();
        }
    }
    follow(&mut home.write())?;
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
    let wish = Wish { genesis, history, accept_loss, is_disposable: false };
    Home::open_as_wished(Arc::new(RealDisk), &args.data_dir, wish)
}

/// Applies a block, unless it is in the chain already.
fn take_in(home: &mut Home, block: SignedBlock, trust: bool) -> Result<bool> {
    let (number, head) = (block.block_num(), home.chain.head_number());
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
    let (recover, trust) = if trust {
        (Recover::Nothing, Trust::OurLog)
    } else {
        (Recover::Signatures, Trust::Nobody)
    };
    let recovered = RecoveredBlock::new(block, home.chain.chain_id(), recover);
    home.chain
        .push_block(Arc::new(recovered), trust)
        .map_err(|rejected| anyhow!("block {number} is refused: {rejected}"))?;
    Ok(true)
}

fn follow(home: &mut Home) -> Result<()> {
    let events = home.chain.take_events();
    home.follow(&events)
}

fn print(home: &Home, applied: u32, time: Duration) -> Result<()> {
    let seconds = time.as_secs_f64();
    output::line(format_args!(
        "applied {applied} blocks in {seconds:.2} s ({:.0} blocks/s); head {} {}",
        f64::from(applied) / seconds.max(0.001),
        home.chain.head_number(),
        home.chain.head_id(),
    ))
}

fn read_line(line: &str) -> Result<SignedBlock> {
    let value: Value = serde_json::from_str(line).context("it is not JSON")?;
    let hex = value.get("hex").and_then(Value::as_str).context("it has no `hex`")?;
    let bytes = hex::decode(hex).context("its `hex` is not hexadecimal")?;
    let block: SignedBlock = unpack_exact(&bytes).context("its `hex` is no block")?;
    let id = value.get("id").and_then(Value::as_str);
    ensure!(id.is_none_or(|id| id == block.id().to_string()), "its `id` is not that of the block");
    Ok(block)
}
