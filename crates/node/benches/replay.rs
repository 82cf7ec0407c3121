//! How fast the blocks of a log are applied again when a node starts, with history made anew:
//! `cargo bench -p carbyne --bench replay -- SCALE`; prints one JSON line.
//!
//! Three chains are made, with no, one and 1,000 transfers a block; SCALE (1) times as many blocks
//! as the table in `filled` says. Measured is the time until the node could answer, without and
//! with history, and until history is on disk. Files go to the folder for temporary files
//! (`TMPDIR`).

#[path = "../tests/harness/chain.rs"]
#[allow(dead_code)]
mod chain;
mod filled;

use carbyne_node::home::{Home, KeepHistory};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::time::Instant;

/// Starts as a node that keeps no history, or whose history is gone; gives the seconds until it
/// answers, and until history is on disk.
fn start(dir: &Path, state: &str, keep: KeepHistory) -> (f64, f64) {
    let _none_yet = std::fs::remove_dir_all(dir.join("history"));
    let is_kept = !matches!(keep, KeepHistory::Not);
    let started = Instant::now();
    let home = Home::open(dir, None, keep).expect("it starts");
    let answers = started.elapsed();
    if is_kept {
        home.history.sync()().expect("on disk");
        assert_eq!(home.history.failure(), None);
    }
    let durable = started.elapsed();
    assert_eq!(home.chain().ledger().state_hash().to_string(), state);
    (answers.as_secs_f64(), durable.as_secs_f64())
}

fn main() {
    let scale = std::env::args().find_map(|text| text.parse::<usize>().ok()).unwrap_or(1);
    let mut found = Map::new();
    for (per_block, blocks) in filled::CHAINS {
        let dir = tempfile::tempdir().expect("a folder");
        let blocks = blocks * scale;
        let made = filled::make(dir.path(), per_block, blocks);
        let state = made.chain().ledger().state_hash().to_string();
        drop(made);
        let (alone, _) = start(dir.path(), &state, KeepHistory::Not);
        let (answers, durable) = start(dir.path(), &state, KeepHistory::OnDisk);
        let rate = |seconds: f64| (blocks as f64 / seconds).round();
        let name = format!("blocks_per_second_{per_block}");
        found.insert(format!("{name}_without_history"), json!(rate(alone)));
        found.insert(name.clone(), json!(rate(answers)));
        found.insert(format!("{name}_on_disk"), json!(rate(durable)));
    }
    println!("{}", Value::Object(found));
}
