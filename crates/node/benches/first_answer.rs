//! How long a new node takes from its start to its first useful answer, with the state of another
//! node: `cargo bench -p carbyne --bench first_answer -- ACCOUNTS`; prints one JSON line.
//!
//! A chain with ACCOUNTS (1,000,000) accounts is made, and a snapshot of it; a node gives that, and
//! a process is started that takes it (`--snapshot-from HOST:PORT`). The answer is that about the
//! last account. Beside it: the same from a file. The nodes share the machine; files go to the
//! folder for temporary files (`TMPDIR`).

#[path = "../tests/harness/chain.rs"]
#[allow(dead_code)]
mod chain;
#[path = "../tests/harness/crowd.rs"]
#[allow(dead_code)]
mod crowd;
#[path = "../tests/harness/mod.rs"]
#[allow(dead_code)]
mod harness;

use carbyne_node::home::{Home, KeepHistory};
use carbyne_node::snapshots::Snapshots;
use harness::Dev;
use parking_lot::RwLock;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const ACCOUNTS: u64 = 1_000_000;
/// Blocks until the state is of a block that cannot be undone.
const BLOCKS: usize = 12;
/// How long a last snapshot may take.
const PATIENCE: Duration = Duration::from_secs(300);
/// How often it is asked.
const ASK_EVERY: Duration = Duration::from_millis(5);

/// Makes the chain; gives the id of its last account.
fn make(data: &Path, accounts: u64) -> String {
    let genesis = chain::genesis_with(86_400);
    let mut home = Home::open(data, Some(genesis), KeepHistory::Not).expect("a chain");
    let first = crowd::add_accounts(home.core.chain.ledger_mut(), accounts);
    for _ in 0..BLOCKS {
        chain::produce(&mut home).expect("a block");
    }
    Snapshots::new(Arc::new(RwLock::new(home)), 1).finish(PATIENCE);
    format!("1.2.{}", first + accounts - 1)
}

fn config(data: &Path, genesis: &Path) -> String {
    format!(
        "data_dir = {data:?}\ngenesis = {genesis:?}\n[api]\nlisten = \"127.0.0.1:0\"\n\
         [p2p]\nlisten = \"127.0.0.1:0\"\nstate_kib_per_second = 4000000\n\
         [history]\nenabled = false\n"
    )
}

/// Seconds from the start of a new node to its answer.
fn answer(data: &Path, genesis: &Path, from: &str, account: &str) -> f64 {
    let started = Instant::now();
    let node = Dev::start_configured_with(data, &config(data, genesis), &["--snapshot-from", from]);
    let client = node.client();
    loop {
        let told = client.call("database", "get_objects", json!([[account]]));
        if told.is_ok_and(|told| told["result"][0]["id"] == account) {
            return started.elapsed().as_secs_f64();
        }
        std::thread::sleep(ASK_EVERY);
    }
}

fn snapshot_of(data: &Path) -> PathBuf {
    let entries = std::fs::read_dir(data.join("snapshots")).expect("a folder").flatten();
    let paths = entries.map(|entry| entry.path());
    paths.max().expect("a snapshot")
}

fn main() {
    let accounts = std::env::args().find_map(|text| text.parse().ok()).unwrap_or(ACCOUNTS);
    let folder = tempfile::tempdir().expect("a folder");
    let [giving, by_peer, by_file] =
        ["giving", "by_peer", "by_file"].map(|name| folder.path().join(name));
    let account = make(&giving, accounts);
    let genesis = giving.join("genesis.json");
    let file = snapshot_of(&giving);
    let bytes = file.metadata().expect("a file").len();
    let mut giver = Dev::start_configured(&giving, &config(&giving, &genesis));
    let place = giver.p2p();
    let from_peer = answer(&by_peer, &genesis, &place, &account);
    drop(giver);
    let from_file = answer(&by_file, &genesis, file.to_str().expect("a path"), &account);
    let figures: Value = json!({
        "accounts": accounts,
        "snapshot_mib": bytes as f64 / f64::from(1 << 20),
        "first_answer_from_a_peer_seconds": from_peer,
        "first_answer_from_a_file_seconds": from_file,
    });
    println!("{figures}");
}
