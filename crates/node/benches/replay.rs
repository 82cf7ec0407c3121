//! How fast the blocks of a log are applied again when a node starts, with history made anew:
//! `cargo bench -p carbyne --bench replay -- SCALE`; prints one JSON line.
//!
//! Three chains are made, with no, one and 1,000 transfers a block; SCALE (1) times as many blocks
//! as the table below says. Measured is the time until the node could answer, history included, and
//! until history is on disk. Files go to the folder for temporary files (`TMPDIR`).

#[path = "../tests/harness/chain.rs"]
#[allow(dead_code)]
mod chain;

use carbyne_core::{Input, Now, Production};
use carbyne_ledger::Trust;
use carbyne_node::home::{Home, KeepHistory};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Transfers in a block, and how many blocks of them.
const CHAINS: [(usize, usize); 3] = [(0, 20_000), (1, 20_000), (1_000, 100)];
/// Blocks that share a write to the disk while a chain is made.
const AT_ONCE: usize = 100;

/// Makes a chain; gives its state hash.
fn make(dir: &Path, per_block: usize, blocks: usize) -> String {
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
    home.chain().ledger().state_hash().to_string()
}

/// Starts as a node whose history is gone; gives the seconds until it answers, and until history
/// is on disk.
fn start(dir: &Path, state: &str) -> (f64, f64) {
    let _none_yet = std::fs::remove_dir_all(dir.join("history"));
    let started = Instant::now();
    let home = Home::open(dir, None, KeepHistory::OnDisk).expect("it starts");
    let answers = started.elapsed();
    home.history.sync()().expect("on disk");
    let durable = started.elapsed();
    assert_eq!(home.history.failure(), None);
    assert_eq!(home.chain().ledger().state_hash().to_string(), state);
    (answers.as_secs_f64(), durable.as_secs_f64())
}

fn main() {
    let scale = std::env::args().find_map(|text| text.parse::<usize>().ok()).unwrap_or(1);
    let mut found = Map::new();
    for (per_block, blocks) in CHAINS {
        let dir = tempfile::tempdir().expect("a folder");
        let blocks = blocks * scale;
        let state = make(dir.path(), per_block, blocks);
        let (answers, durable) = start(dir.path(), &state);
        let rate = |seconds: f64| (blocks as f64 / seconds).round();
        found.insert(format!("blocks_per_second_{per_block}"), json!(rate(answers)));
        found.insert(format!("blocks_per_second_{per_block}_on_disk"), json!(rate(durable)));
    }
    println!("{}", Value::Object(found));
}
