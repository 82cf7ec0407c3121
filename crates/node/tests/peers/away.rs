//! A node that was away for very many blocks comes back while others go on, and one that knows
//! nothing and is only told of by that one gets through it too.
//!
//! The blocks that are missed are made beforehand, in a time that passes as quickly as they are
//! made: 2,000, or as many as `CARBYNE_AWAY` says.

use super::network::{Network, ago, wait, wait_for};
use super::{chain, filled, harness};
use carbyne_node::snapshots::Snapshots;
use parking_lot::RwLock;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Blocks that the one that comes back has.
const KNOWN: usize = 20;
/// How old the chain is when the first node makes a block of it, more than making it takes.
const MARGIN: u32 = 900;
/// Nodes that make blocks, with one witness each.
const PRODUCERS: usize = 3;
/// Blocks a second that a node takes in at least, on a machine that does much else.
const RATE_MIN: usize = 200;
/// How long the end of a making may take.
const PATIENCE: Duration = Duration::from_secs(120);

fn missed() -> usize {
    let wished = std::env::var("CARBYNE_AWAY").ok().and_then(|text| text.parse().ok());
    wished.unwrap_or(2_000)
}

/// Makes the same chain again, in a folder, up to so many blocks; gives the number of the last.
fn make(data: &Path, genesis: &[u8], blocks: usize) -> u64 {
    let home = filled::make_on(data, genesis.to_vec(), 1, blocks);
    let number = home.chain().head_number();
    // Else each node begins with what it has to do again.
    Snapshots::new(Arc::new(RwLock::new(home)), 1).finish(PATIENCE);
    number.into()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("a file");
        let target = to.join(entry.file_name());
        match entry.file_type().expect("a kind").is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).expect("copied")),
        }
    }
}

/// Whether a node makes blocks that the first one has, with a number above that one.
fn makes_blocks(network: &Network, witness: usize, above: u64) -> bool {
    let id = format!("1.6.{}", witness + 1);
    let found = network.call(0, "database", "get_objects", json!([[id]]));
    found[0]["last_confirmed_block_num"].as_u64().is_some_and(|number| number > above)
}

/// A network whose chain has so many blocks already, and all of whose producers are at work.
fn founded(missed: usize) -> (Network, u64) {
    let seconds = u32::try_from(missed).expect("a number") + MARGIN;
    let genesis = chain::genesis_of(ago(seconds / 5 * 5), 1, 86_400);
    let mut network = Network::of(&genesis, chain::witness_keys());
    make(&network.data("away"), &genesis, KNOWN);
    let source = network.data("producer0");
    let length = make(&source, &genesis, missed);
    (1..PRODUCERS).for_each(|n| copy(&source, &network.data(&format!("producer{n}"))));
    for witness in 0..PRODUCERS {
        let before: Vec<usize> = (0..witness).collect();
        network.add_witness(&format!("producer{witness}"), &before, witness);
    }
    wait("all make blocks", || (0..PRODUCERS).all(|n| makes_blocks(&network, n, length)));
    (network, length)
}

#[test]
fn a_node_that_was_away_for_very_many_blocks_comes_back() {
    let missed = missed();
    let (mut network, length) = founded(missed);
    let patience = Duration::from_secs(60 + (missed / RATE_MIN) as u64);
    let begin = network.head(0);
    let away = network.add("away", &[1, 2], false);
    // Its only peer has nothing yet.
    let behind = network.add("behind", &[away], false);
    let head = |network: &Network| network.head(0);
    let took = wait_for(patience, "it is in step", || network.head(away) + 1 >= head(&network));
    let memory = [away, behind].map(|node| harness::memory(network.process(node).id()));
    let made = head(&network) - begin;
    let rate = length as f64 / took.as_secs_f64();
    println!(
        "{length} blocks in {:.1} s ({rate:.0}/s), MiB {memory:?}, {made} blocks made meanwhile",
        took.as_secs_f64()
    );
    assert!(made * 2 >= took.as_secs(), "{made} blocks in {took:?}");
    let rest = wait_for(patience, "who is behind it has all", || {
        network.head(behind) + 1 >= head(&network)
    });
    println!("who knew only that one was in step {:.1} s later", rest.as_secs_f64());
    let all: Vec<usize> = (0..=behind).collect();
    let height = all.iter().map(|node| network.head(*node)).min().expect("nodes");
    let block = network.block(0, height);
    assert!(all.iter().all(|node| network.block(*node, height) == block), "they differ");
    for node in all {
        let reasons = network.reasons(node);
        assert!(reasons.iter().all(|reason| reason.contains("already connected")), "{reasons:?}");
    }
}
