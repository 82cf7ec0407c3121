//! Whether reads delay blocks: the time to apply blocks of 1,000 transfers without reads and with
//! 5,000 reads a second from 200 connections, by turns in one run.
//!
//! `cargo bench -p carbyne --bench read_load -- BLOCKS`; prints one JSON line. BLOCKS are those of
//! each turn; there are two turns without reads and two with them. Blocks come at a steady pace,
//! signed and with known keys; from the moment the core has one it is timed until the block is
//! applied, what it waits for readers included. The node is real but for its main function; the
//! readers are another process on the same machine, whose processor time is told apart. Times are
//! in milliseconds, of readers from the moment a request was due.

#[path = "../../tests/harness/chain.rs"]
#[allow(dead_code)]
mod chain;
#[path = "../../tests/harness/crowd.rs"]
mod crowd;
mod readers;
mod times;
mod world;

use carbyne_api::Settings;
use carbyne_api::methods::ApiSet;
use carbyne_crypto::PrivateKey;
use carbyne_node::core::{Node, Production, Storage, start};
use carbyne_node::guard::SocketLimits;
use carbyne_node::metrics::Stage;
use carbyne_node::{run, server};
use carbyne_protocol::recovered::RecoveredBlock;
use readers::{Plan, Readers};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use times::{process_time, spread};
use tokio::net::TcpListener;

const PAUSE: Duration = Duration::from_millis(250);
const ACCOUNTS: u64 = 10_000;
const PER_BLOCK: usize = 1_000;
const TURNS: usize = 4;
/// Readers may start before the first block and end after the last one.
const MARGIN: Duration = Duration::from_secs(1);

/// What one block took.
struct Taken {
    /// Until readers let the core change the state.
    wait: Duration,
    apply: Duration,
    /// Bringing it to disk and to history, and making notices.
    after: Duration,
    /// From the moment it was given away to the answer, the ways between threads included.
    answered: Duration,
}

impl Taken {
    fn applied(&self) -> Duration {
        self.wait + self.apply
    }

    /// All work of the core.
    fn core(&self) -> Duration {
        self.wait + self.apply + self.after
    }
}

/// Blocks made in one turn, and what else was measured in it.
struct Turn {
    blocks: Vec<Taken>,
    seconds: f64,
    node_cpu: Duration,
    readers: Option<Value>,
}

async fn push(node: &Node, block: RecoveredBlock) -> Taken {
    let stages = [Stage::Wait, Stage::Apply, Stage::Store, Stage::Tell];
    let times = || stages.map(|stage| node.metrics.time_of(stage));
    let (started, before) = (Instant::now(), times());
    node.push_recovered_block(block).await.expect("it applies");
    let (answered, after) = (started.elapsed(), times());
    let [wait, apply, store, tell] = std::array::from_fn(|n| after[n] - before[n]);
    Taken { wait, apply, after: store + tell, answered }
}

/// Pushes blocks at a steady pace.
async fn push_all(node: &Node, blocks: Vec<RecoveredBlock>) -> Vec<Taken> {
    let mut ticks = tokio::time::interval(PAUSE);
    let mut taken = Vec::new();
    for block in blocks {
        ticks.tick().await;
        taken.push(push(node, block).await);
    }
    taken
}

async fn turn(node: &Node, blocks: Vec<RecoveredBlock>, plan: Option<&Plan>) -> Turn {
    let time = PAUSE * blocks.len() as u32 + 2 * MARGIN;
    let readers = plan.map(|plan| Readers::start(Plan { time, ..*plan }));
    tokio::time::sleep(MARGIN).await;
    let (started, cpu) = (Instant::now(), process_time());
    let blocks = push_all(node, blocks).await;
    let (seconds, node_cpu) = (started.elapsed().as_secs_f64(), process_time() - cpu);
    let readers = tokio::task::block_in_place(|| readers.map(Readers::finish));
    Turn { blocks, seconds, node_cpu, readers }
}

fn summary(turns: &[&Turn]) -> Value {
    let blocks = || turns.iter().flat_map(|turn| &turn.blocks);
    let seconds: f64 = turns.iter().map(|turn| turn.seconds).sum();
    let cpu: f64 = turns.iter().map(|turn| turn.node_cpu.as_secs_f64()).sum();
    json!({
        "blocks": blocks().count(),
        "seconds": seconds,
        "applied_ms": spread(blocks().map(Taken::applied)),
        "wait_ms": spread(blocks().map(|block| block.wait)),
        "apply_ms": spread(blocks().map(|block| block.apply)),
        "core_ms": spread(blocks().map(Taken::core)),
        "answered_ms": spread(blocks().map(|block| block.answered)),
        "node_processors": cpu / seconds,
        "readers": turns.iter().filter_map(|turn| turn.readers.clone()).collect::<Vec<_>>(),
    })
}

/// Serves the node, and makes blocks by turns without and with reads.
async fn measure(home: carbyne_node::home::Home, blocks: Vec<RecoveredBlock>) -> Value {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let settings = Settings { open: ApiSet::DEFAULT.to_vec(), ..Settings::default() };
    let storage = Storage { snapshot_every: 0, ..Storage::default() };
    let (node, core) =
        start(home, Vec::<PrivateKey>::new(), Production::ByTheClock, settings, storage, |_| {})
            .expect("threads");
    let core = std::thread::spawn(move || core.run());
    let limits = SocketLimits { is_behind_proxy: true, ..SocketLimits::default() };
    tokio::spawn(server::serve(listener, node.clone(), limits, std::future::pending()));
    let plan = Plan { address, accounts: ACCOUNTS, time: Duration::ZERO };
    let turns = take_turns(&node, blocks, &plan).await;
    node.stop();
    tokio::task::block_in_place(|| core.join().expect("no bug").expect("the core worked"));
    figures(&turns)
}

async fn take_turns(node: &Arc<Node>, blocks: Vec<RecoveredBlock>, plan: &Plan) -> Vec<Turn> {
    let each = blocks.len() / TURNS;
    let mut blocks = blocks.into_iter();
    let mut turns = Vec::new();
    for number in 0..TURNS {
        let part = blocks.by_ref().take(each).collect();
        turns.push(turn(node, part, (number % 2 == 1).then_some(plan)).await);
    }
    turns
}

fn figures(turns: &[Turn]) -> Value {
    let (with, without): (Vec<_>, Vec<_>) = turns.iter().partition(|turn| turn.readers.is_some());
    let (without, with) = (summary(&without), summary(&with));
    let ratio = |name: &str| {
        let of = |summary: &Value| summary.pointer(name).and_then(Value::as_f64).expect("a time");
        of(&with) / of(&without)
    };
    json!({
        "applied_p99_ratio": ratio("/applied_ms/p99"),
        "applied_p50_ratio": ratio("/applied_ms/p50"),
        "core_p99_ratio": ratio("/core_ms/p99"),
        "without_reads": without,
        "with_reads": with,
    })
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(plan) = Plan::of_arguments(&arguments) {
        return readers::read(plan);
    }
    let each = arguments.iter().find_map(|text| text.parse().ok()).unwrap_or(100);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (home, blocks) = world::make(folder.path(), ACCOUNTS, PER_BLOCK, each * TURNS);
    let runtime = run::threads().expect("threads");
    println!(
        "{}",
        runtime.block_on(async { tokio::spawn(measure(home, blocks)).await.expect("no bug") })
    );
}
