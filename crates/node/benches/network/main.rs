//! How quickly blocks and transactions go from node to node, over real sockets.
//!
//! `cargo bench -p carbyne --bench network -- BLOCKS`; prints one JSON line. Nodes share the
//! process and the machine, each with its own threads, files and history. With the usual five
//! blocks it ends within two minutes, or says what it waited for. With `relay` or `propagation`
//! behind it only that is done.
//!
//! Propagation: five nodes, each connected to the two before it; transfers come in at the last, and
//! when 10 or 3,000 of them wait at every node, the first is told to make a block. Times are from
//! the moment when the block is told of at the node that made it until it is told of at another
//! (applied, on disk and in history there), in milliseconds, over all nodes and BLOCKS (5) blocks;
//! with blocks in short form and as bitshares-core sends them.
//!
//! Relay: transfers go in at the first of three nodes in a line, and come to the last, which makes
//! a block a second; counted over BLOCKS blocks, whether they are included already or wait at the
//! last: a block holds what one message of the protocol does, about 19,000. Raw recovery of the
//! same signatures, on one core, stands before and after it.

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

use carbyne_node::core::Node;
use carbyne_wire::{Tags, unpack_exact};
use feed::Feed;
use mesh::{Mesh, Producer, Speech};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use transfers::{Packed, World};

/// So few that each has sent something before anything is measured.
const ACCOUNTS: u64 = 5_000;
/// Transfers in a block.
const SIZES: [u64; 2] = [10, 3_000];
/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long all of it may take, and how much longer for each block.
const LIMIT: Duration = Duration::from_secs(90);
const LIMIT_OF_A_BLOCK: Duration = Duration::from_secs(5);
/// How long raw recovery is measured.
const RECOVERY: Duration = Duration::from_secs(2);
/// Signatures that raw recovery goes through again and again.
const SIGNATURES: u64 = 5_000;
/// Blocks until a line of nodes works at its pace.
const WARM_UP: u64 = 3;
/// Blocks with which nodes begin that are told when to make one.
const FIRST_BLOCKS: u32 = 3;
/// So many times as one core recovers keys, a line of nodes relays transfers at most, for each
/// processor: fewer are made beforehand.
const RELAY_MAX: f64 = 0.75;

/// Transactions that are at the first node of a line and not at the last until no more come in: a
/// node remembers only so many that it was offered.
const ON_THE_WAY_MAX: usize = 10_000;

/// What is being done, for who waits for it in vain.
static DOING: Mutex<String> = Mutex::new(String::new());

fn doing(what: String) {
    *DOING.lock().expect("no bug") = what;
}

/// Ends the process when all of it takes too long, whatever hangs.
fn end_after(limit: Duration) {
    std::thread::spawn(move || {
        std::thread::sleep(limit);
        let what = DOING.lock().map(|what| what.clone()).unwrap_or_default();
        eprintln!("not done after {limit:?}: {what}");
        std::process::exit(1);
    });
}

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

/// Milliseconds from the node that made a block to each other, for blocks of each size.
fn propagation(speech: Speech, blocks: u64) -> Vec<Value> {
    doing(format!("nodes that speak like {speech:?} are started"));
    let folder = tempfile::tempdir().expect("a folder");
    let how = (speech, ACCOUNTS, PATIENCE);
    let (mesh, mut world) = Mesh::start(folder.path(), 5, Producer::WhenTold, how);
    for number in 0..FIRST_BLOCKS {
        mesh.make_block(0);
        mesh.wait_until_in_step(number);
    }
    let found = SIZES.map(|size| {
        let (mut times, before) = (Vec::new(), mesh.bytes_sent());
        for block in 0..blocks {
            doing(format!("{speech:?}, block {block} of {size} transfers: they travel"));
            send(&mesh, 4, world.transfers(size, 300));
            mesh.wait_for_pending(size as usize);
            doing(format!("{speech:?}, block {block} of {size} transfers: it travels"));
            let block = mesh.make_block(0);
            assert_eq!(block.transactions as u64, size);
            let arrivals = (1..5).map(|node| mesh.arrival(node, block.number));
            times.extend(arrivals.map(|at| (at - block.at).as_secs_f64() * 1e3));
            mesh.wait_until_in_step(block.number - 1);
        }
        let [p50, p99] = [50, 99].map(|percent| share(&mut times, percent));
        let bytes = mesh.bytes_sent() - before;
        json!({ "p50_ms": p50, "p99_ms": p99, "samples": times.len(), "sent_bytes": bytes })
    });
    mesh.stop();
    found.into()
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
    doing("a line of nodes is started".to_owned());
    let folder = tempfile::tempdir().expect("a folder");
    let how = (Speech::Carbyne, ACCOUNTS, PATIENCE);
    let (mesh, mut world) = Mesh::start(folder.path(), 3, Producer::ByTheClock(2), how);
    mesh.wait_until_in_step(FIRST_BLOCKS);
    doing("transfers for a line of nodes are made".to_owned());
    let before = recoveries(&mut world);
    let seconds = blocks + WARM_UP + 5;
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let most = before * RELAY_MAX * processors as f64;
    let transfers = world.transfers(most as u64 * seconds, 60 + seconds as u32 * 3);
    let waiting = |node: &Node| node.pending().map_or(0, |(count, _)| count);
    let (first, last) = (mesh.node(0).clone(), mesh.node(2).clone());
    let room =
        move || ON_THE_WAY_MAX.saturating_sub(waiting(&first).saturating_sub(waiting(&last)));
    let feed = Feed::start_while(&mesh.runtime, mesh.node(0), transfers, room);
    for block in 0..WARM_UP {
        doing(format!("block {block} of a line of nodes that warms up"));
        mesh.next_block(2);
    }
    let last = mesh.node(2).clone();
    let (begin, mut count) = (Instant::now(), 0);
    let waited = waiting(&last);
    for block in 0..blocks {
        doing(format!("block {block} of a line of nodes"));
        count += mesh.next_block(2).transactions;
    }
    let (included, waits) = (count, waiting(&last));
    let rate = (included + waits).saturating_sub(waited) as f64 / begin.elapsed().as_secs_f64();
    doing("what waits in a line of nodes is answered".to_owned());
    feed.finish(&mesh.runtime);
    mesh.stop();
    let raw = (before + recoveries(&mut world)) / 2.0;
    json!({
        "per_second": rate,
        "included": included,
        "waiting": [waited, waits],
        "recoveries_per_second_of_a_core": raw,
        "ratio": rate / raw,
    })
}

fn main() {
    let blocks = std::env::args().find_map(|text| text.parse().ok()).unwrap_or(5);
    end_after(LIMIT + LIMIT_OF_A_BLOCK * u32::try_from(blocks).unwrap_or(u32::MAX));
    let is_wanted = |name: &str| {
        let others = ["relay", "propagation"].into_iter().filter(|other| *other != name);
        !others.into_iter().any(|other| std::env::args().any(|text| text == other))
    };
    let mut found = BTreeMap::new();
    if is_wanted("propagation") {
        for (speech, like) in [(Speech::Carbyne, ""), (Speech::Reference, "_like_the_reference")] {
            for (size, value) in SIZES.into_iter().zip(propagation(speech, blocks)) {
                found.insert(format!("propagation_{size}{like}"), value);
            }
        }
    }
    if is_wanted("relay") {
        found.insert("relay".to_owned(), relay(blocks));
    }
    println!("{}", json!(found));
}
