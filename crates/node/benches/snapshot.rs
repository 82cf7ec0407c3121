//! What snapshots cost and save: the pause of the core while one is written, and the time until a
//! node works again, with a given number of accounts and blocks of 1,000 transfers.
//!
//! `cargo bench -p carbyne --bench snapshot -- ACCOUNTS`; prints one JSON line. Times are in
//! seconds, pauses and blocks in milliseconds. Files go to the folder for temporary files
//! (`TMPDIR`).

#[path = "../tests/harness/chain.rs"]
#[allow(dead_code)]
mod chain;
#[path = "../tests/harness/crowd.rs"]
mod crowd;

use carbyne_core::{Input, Now};
use carbyne_ledger::Trust;
use carbyne_node::home::{Home, KeepHistory};
use carbyne_node::snapshots::{Held, Snapshots, Written};
use carbyne_protocol::recovered::RecoveredTransaction;
use carbyne_store::{ChainIdentity, DataDir, SnapshotStore};
use carbyne_wire::Id;
use parking_lot::RwLock;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const PER_BLOCK: usize = 1_000;
const BLOCKS: usize = 40;

/// The transactions of one block, ready to be applied.
type Block = Vec<Arc<RecoveredTransaction>>;

fn transfers(home: &Home, first: u64, accounts: u64) -> Vec<Block> {
    let head = (home.chain().head_number(), home.chain().head_id());
    let time = home.chain().ledger().head_time().expect("a time");
    let one = |n: usize| {
        let from = (n as u64).wrapping_mul(6_364_136_223_846_793_005) % accounts;
        let to = (from + 1) % accounts;
        let operation = chain::a_transfer(Id(first + from), Id(first + to), 1 + n as i64);
        let key = crowd::key(from);
        Arc::new(chain::signed(operation, head, time, &key, home.chain().chain_id()))
    };
    (0..BLOCKS)
        .map(|block| (block * PER_BLOCK..(block + 1) * PER_BLOCK).map(one).collect())
        .collect()
}

/// Makes a block like the core does; gives how long it waited for the lock and how long all took.
fn make(home: &RwLock<Home>, block: Block) -> (Duration, Duration) {
    let started = Instant::now();
    let mut home = home.write();
    let waited = started.elapsed();
    for transaction in block {
        let input = Input::Transaction(transaction, Trust::Nobody);
        home.step(Now(0), input).expect("accepted");
    }
    chain::produce(&mut home).expect("a block");
    (waited, started.elapsed())
}

fn milliseconds(times: impl Iterator<Item = Duration>) -> Value {
    let mut times: Vec<f64> = times.map(|time| time.as_secs_f64() * 1_000.0).collect();
    times.sort_by(f64::total_cmp);
    json!({ "median": times[times.len() / 2], "longest": times[times.len() - 1] })
}

fn summary(blocks: &[(Duration, Duration)]) -> Value {
    json!({
        "blocks": blocks.len(),
        "wait_for_lock_ms": milliseconds(blocks.iter().map(|block| block.0)),
        "block_ms": milliseconds(blocks.iter().map(|block| block.1)),
    })
}

/// Makes blocks until the snapshot is written; gives both.
fn make_beside_snapshot(
    home: &Arc<RwLock<Home>>,
    blocks: &mut impl Iterator<Item = Block>,
) -> (Vec<(Duration, Duration)>, Written) {
    let (held, is_done) = (Held::new(home.clone()), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            let written = held.write(&|| false).expect("a snapshot");
            is_done.store(true, Ordering::Relaxed);
            written
        });
        let mut made = Vec::new();
        while !is_done.load(Ordering::Relaxed) {
            match blocks.next() {
                Some(block) => made.push(make(home, block)),
                None => break,
            }
        }
        (made, writing.join().expect("no bug"))
    })
}

fn timed<R>(work: impl FnOnce() -> R) -> (R, f64) {
    let started = Instant::now();
    let result = work();
    (result, started.elapsed().as_secs_f64())
}

/// Brings the snapshot into a new directory and opens it there; gives the seconds of both.
fn fresh_node(from: &Path, to: &Path, identity: &ChainIdentity) -> (f64, f64) {
    let file = to.with_extension("carb");
    SnapshotStore::look(&from.join("snapshots"), identity).export(&file).expect("exported");
    let ((), importing) = timed(|| {
        let data = DataDir::open(to, identity).expect("a directory");
        let store = SnapshotStore::open(&data.snapshots(), identity).expect("a directory");
        store.import(&file).expect("imported");
    });
    let (home, opening) = timed(|| Home::open(to, None, KeepHistory::OnDisk).expect("it starts"));
    assert!(home.began_at > 0);
    (importing, opening)
}

fn main() {
    let accounts = std::env::args().find_map(|text| text.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let mut home =
        Home::open(&data, Some(chain::genesis_with(86_400)), KeepHistory::OnDisk).expect("a chain");
    let first = crowd::add_accounts(home.core.chain.ledger_mut(), accounts);
    for _ in 0..12 {
        chain::produce(&mut home).expect("a block");
    }
    let mut blocks = transfers(&home, first, accounts).into_iter();
    let identity = ChainIdentity::new(home.chain().chain_id().0);
    let home = Arc::new(RwLock::new(home));
    let alone: Vec<_> = blocks.by_ref().take(BLOCKS / 2).map(|block| make(&home, block)).collect();
    let (beside, written) = make_beside_snapshot(&home, &mut blocks);
    let file = std::fs::read_dir(data.join("snapshots")).expect("a directory").next();
    let bytes = file.expect("a file").expect("a file").metadata().expect("its length").len();
    let hash = home.read().chain().ledger().state_hash();
    drop(home);
    let (home, recovery) =
        timed(|| Home::open(&data, None, KeepHistory::OnDisk).expect("it starts"));
    assert_eq!(home.chain().ledger().state_hash(), hash, "the state is another after the start");
    let replayed = home.chain().head_number() - home.began_at;
    let home = Arc::new(RwLock::new(home));
    let ((), exit) = timed(|| {
        Snapshots::new(home.clone(), 1).finish(Duration::from_secs(5));
        drop(home);
    });
    let (importing, opening) = fresh_node(&data, &folder.path().join("fresh"), &identity);
    let figures = json!({
        "accounts": accounts,
        "snapshot_bytes": bytes,
        "snapshot_seconds": written.time.as_secs_f64(),
        "longest_pause_ms": written.longest_pause.as_secs_f64() * 1_000.0,
        "blocks_without_snapshot": summary(&alone),
        "blocks_beside_snapshot": summary(&beside),
        "recovery_seconds": recovery,
        "recovery_blocks": replayed,
        "exit_seconds": exit,
        "fresh_import_seconds": importing,
        "fresh_open_seconds": opening,
    });
    println!("{figures}");
}
