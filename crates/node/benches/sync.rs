//! How fast a node that knows nothing gets a chain from another over a socket, beside how fast the
//! same blocks are imported from a file: `cargo bench -p carbyne --bench sync -- SCALE`; prints one
//! JSON line.
//!
//! Three chains are made, with no, one and 1,000 transfers a block; SCALE (1) times as many blocks
//! as the table below says. Both ways check everything and keep history. Both nodes share the
//! machine. Files go to the folder for temporary files (`TMPDIR`).

#[path = "../tests/harness/chain.rs"]
#[allow(dead_code)]
mod chain;
#[path = "../tests/harness/mod.rs"]
#[allow(dead_code)]
mod harness;

use carbyne_core::{Input, Now, Production};
use carbyne_ledger::Trust;
use carbyne_node::home::{Home, KeepHistory};
use harness::Dev;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Transfers in a block, and how many blocks of them.
const CHAINS: [(usize, usize); 3] = [(0, 20_000), (1, 20_000), (1_000, 100)];
/// Blocks that share a write to the disk while a chain is made.
const AT_ONCE: usize = 100;
/// How often it is looked whether everything came.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Makes a chain; gives its length.
fn make(dir: &Path, per_block: usize, blocks: usize) -> u64 {
    let genesis = chain::genesis_with(86_400);
    let mut home = Home::open(dir, Some(genesis), KeepHistory::Not).expect("a chain");
    chain::produce(&mut home).expect("the first block");
    home.core.set_producers(chain::witness_keys(), Production::None);
    for block in 0..blocks {
        let head = (home.chain().head_number(), home.chain().head_id());
        let time = home.chain().ledger().head_time().expect("a time");
        for n in 0..per_block {
            let amount = (block * per_block + n) as i64 + 1;
            let transfer = chain::transfer(&home, amount).expect("a transfer");
            let id = *home.chain().chain_id();
            let signed = chain::signed(transfer, head, time, &chain::account_key(), &id);
            let input = Input::Transaction(Arc::new(signed), Trust::Nobody);
            home.advance(Now(0), input).expect("accepted");
        }
        home.advance(Now(0), Input::Produce { seconds: 0 }).expect("a block");
        if block % AT_ONCE == 0 {
            home.settle().expect("on disk");
        }
    }
    home.settle().expect("on disk");
    home.chain().head_number().into()
}

fn carbyne(arguments: &[&str], files: &[&Path]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carbyne"));
    let output = command.args(arguments).args(files).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Seconds that an import of the chain in a folder takes.
fn import(folder: &Path, source: &Path) -> f64 {
    let file = folder.join("blocks");
    carbyne(&["export", "--data-dir"], &[source, &file]);
    let genesis = source.join("genesis.json");
    let started = Instant::now();
    let target = folder.join("imported");
    let command = ["import", "--genesis", genesis.to_str().expect("a path"), "--data-dir"];
    carbyne(&command, &[&target, &file]);
    started.elapsed().as_secs_f64()
}

fn node(data: &Path, genesis: &Path, peers: &str) -> Dev {
    let config = format!(
        "data_dir = {data:?}\ngenesis = {genesis:?}\n[api]\nlisten = \"127.0.0.1:0\"\n\
         [p2p]\nlisten = \"127.0.0.1:0\"\n{peers}\n"
    );
    Dev::start_configured(data, &config)
}

/// Seconds that a node takes to get the chain in a folder from another that has it.
fn sync(folder: &Path, source: &Path, length: u64) -> f64 {
    let genesis = source.join("genesis.json");
    let mut first = node(source, &genesis, "");
    let place = first.p2p();
    let started = Instant::now();
    let second = node(&folder.join("synced"), &genesis, &format!("seeds = [\"{place}\"]"));
    let client = second.client();
    loop {
        let told = client.call("database", "get_dynamic_global_properties", json!([]));
        let head = told.ok().and_then(|told| told["result"]["head_block_number"].as_u64());
        if head.is_some_and(|head| head >= length) {
            return started.elapsed().as_secs_f64();
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn main() {
    let scale = std::env::args().find_map(|text| text.parse::<usize>().ok()).unwrap_or(1);
    let mut found = Map::new();
    for (per_block, blocks) in CHAINS {
        let folder = tempfile::tempdir().expect("a folder");
        let blocks = blocks * scale;
        let source = folder.path().join("source");
        let length = make(&source, per_block, blocks);
        let imported = import(folder.path(), &source);
        let synced = sync(folder.path(), &source, length);
        let rate = |seconds: f64| json!((blocks as f64 / seconds).round());
        found.insert(format!("import_blocks_per_second_{per_block}"), rate(imported));
        found.insert(format!("sync_blocks_per_second_{per_block}"), rate(synced));
    }
    println!("{}", Value::Object(found));
}
