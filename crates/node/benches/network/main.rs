//! How quickly blocks and transactions go from node to node, over real sockets.
//!
//! `cargo bench -p carbyne --bench network -- BLOCKS`; prints one JSON line. Nodes share the
//! process and the machine, each with its own threads, files and history.
//!
//! Propagation: five nodes, each connected to the two before it; the first makes a block a second
//! of 10 and of 3,000 transfers that came in at the last. Times are from the moment when the block
//! is told of at the node that made it until it is told of at another (applied, on disk and in
//! history there), in milliseconds, over all nodes and BLOCKS (5) blocks; with blocks in short form
//! and as bitshares-core sends them.
//!
//! Relay: transfers go in at the first of three nodes in a line, and are included by the last;
//! counted over BLOCKS blocks. Raw recovery of the same signatures, on one core, stands before and
//! after it.

#[path = "../../tests/harness/chain.rs"]
#[allow(dead_code)]
mod chain;
#[path = "../../tests/harness/crowd.rs"]
#[allow(dead_code)]
mod crowd;
#[path = "../live/feed.rs"]
#[allow(dead_code)]
mod feed;
mod mesh;
#[path = "../live/transfers.rs"]
#[allow(dead_code)]
mod transfers;

use carbyne_wire::{Tags, unpack_exact};
use feed::Feed;
use mesh::{Mesh, Speech};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use transfers::{Packed, World};

const ACCOUNTS: u64 = 20_000;
/// Transfers in a block.
const SIZES: [u64; 2] = [10, 3_000];
/// How long a block may take to come to all.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long raw recovery is measured.
const RECOVERY: Duration = Duration::from_secs(2);
/// Signatures that raw recovery goes through again and again.
const SIGNATURES: u64 = 5_000;
/// Blocks until a line of nodes works at its pace.
const WARM_UP: u64 = 3;

fn share(times: &mut [f64], percent: usize) -> f64 {
    times.sort_by(f64::total_cmp);
    times[(times.len() * percent).div_ceil(100).max(1) - 1]
}

/// Sends transfers to a node, which has taken them all when this returns.
fn send(mesh: &Mesh, node: usize, transfers: Vec<Packed>) {
    let node = mesh.node(node);
    mesh.runtime.block_on(async {
        let mut sent = Vec::new();
        for bytes in transfers {
            let node = node.clone();
            let transaction = unpack_exact(&bytes, Tags::Reference).expect("a transaction");
            sent.push(mesh.runtime.spawn(async move { node.push_transaction(transaction).await }));
        }
        for one in sent {
            one.await.expect("no bug").expect("it is accepted");
        }
    });
}

/// Milliseconds from the node that made a block to each other, for blocks of so many transfers.
fn propagation(speech: Speech, size: u64, blocks: u64) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut mesh, mut world) = Mesh::start(folder.path(), 5, 0, speech, ACCOUNTS);
    mesh.wait_until_in_step(PATIENCE);
    let (mut times, mut full) = (Vec::new(), 0);
    while full < blocks {
        send(&mesh, 4, world.transfers(size, 300));
        let block = mesh.next_block(0, PATIENCE);
        // A second may end while they come: those blocks say nothing.
        if block.transactions as u64 == size {
            full += 1;
            let arrivals = (1..5).map(|node| mesh.arrival(node, block.number, PATIENCE));
            times.extend(arrivals.map(|at| (at - block.at).as_secs_f64() * 1e3));
        }
    }
    let bytes = mesh.stop();
    let [p50, p99] = [50, 99].map(|percent| share(&mut times, percent));
    json!({ "p50_ms": p50, "p99_ms": p99, "samples": times.len(), "sent_bytes": bytes })
}

/// Keys a second that one processor recovers from the signatures of transfers.
fn recoveries(world: &mut World) -> f64 {
    let sample = world.transfers(SIGNATURES, 1);
    let signed = world.signed(&sample);
    let (started, mut done) = (Instant::now(), 0u64);
    for (digest, signature) in signed.iter().cycle() {
        carbyne_crypto::recover(digest, signature).expect("a key");
        done += 1;
        if done.is_multiple_of(100) && started.elapsed() > RECOVERY {
            break;
        }
    }
    done as f64 / started.elapsed().as_secs_f64()
}

/// Transactions a second that come in at one end of a line and are included at the other.
fn relay(blocks: u64) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut mesh, mut world) = Mesh::start(folder.path(), 3, 2, Speech::Carbyne, ACCOUNTS);
    mesh.wait_until_in_step(PATIENCE);
    let before = recoveries(&mut world);
    let seconds = blocks + WARM_UP + 5;
    let transfers = world.transfers((before * 3.0) as u64 * seconds, 60 + seconds as u32 * 3);
    let feed = Feed::start(&mesh.runtime, mesh.node(0), transfers);
    for _ in 0..WARM_UP {
        mesh.next_block(2, PATIENCE);
    }
    let (begin, mut count) = (Instant::now(), 0);
    for _ in 0..blocks {
        count += mesh.next_block(2, PATIENCE).transactions;
    }
    let rate = count as f64 / begin.elapsed().as_secs_f64();
    feed.finish(&mesh.runtime);
    mesh.stop();
    let raw = (before + recoveries(&mut world)) / 2.0;
    json!({ "per_second": rate, "recoveries_per_second_of_a_core": raw, "ratio": rate / raw })
}

fn main() {
    let blocks = std::env::args().find_map(|text| text.parse().ok()).unwrap_or(5);
    let mut found = BTreeMap::new();
    for size in SIZES {
        let short = propagation(Speech::Carbyne, size, blocks);
        let whole = propagation(Speech::Reference, size, blocks);
        found.insert(format!("propagation_{size}"), short);
        found.insert(format!("propagation_{size}_like_the_reference"), whole);
    }
    found.insert("relay".to_owned(), relay(blocks));
    println!("{}", json!(found));
}
