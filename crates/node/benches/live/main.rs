//! How near a node comes to what the recovery of signatures allows: signed transfers a second
//! through pending, production and disk, history on, against raw recovery of the same signatures on
//! all processors in the same run; and what the core's thread works for one of them while nobody,
//! one, or a hundred connections are told everything. Then how long the state is locked for a
//! block.
//!
//! `cargo bench -p carbyne --bench live -- SECONDS`; prints one JSON line. SECONDS are those with
//! no subscriber; turns of raw recovery stand between its parts. Transfers are signed beforehand
//! and come packed, from as many clients as wait for each other; they are counted from the end of
//! one block to that of another. Times are in microseconds, of threads their processor time.

#[path = "../../tests/harness/chain.rs"]
#[allow(dead_code)]
mod chain;
#[path = "../../tests/harness/crowd.rs"]
mod crowd;
mod feed;
mod lock;
#[path = "../read_load/readers.rs"]
mod readers;
#[path = "../read_load/times.rs"]
mod times;
mod transfers;
mod usage;
#[path = "../read_load/world.rs"]
mod world;

use carbyne_api::Settings;
use carbyne_node::core::{Node, Production, Storage, start};
use carbyne_node::metrics::Stage;
use carbyne_node::run;
use feed::{Feed, Subscribers};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use transfers::World;
use usage::Usage;

const ACCOUNTS: u64 = 100_000;
/// Signatures that raw recovery goes through again and again.
const SIGNATURES: usize = 20_000;
/// How much faster than raw recovery a node may be, at most.
const BEYOND_RECOVERY: f64 = 3.0;
/// Seconds after the start of a turn until its first block, and after its last one.
const MARGIN: u64 = 4;

/// Where a node stood at the end of a block.
struct Mark {
    at: Instant,
    transactions: u64,
    usage: Usage,
    pending: Duration,
}

/// What a turn with transfers gave.
struct Turn {
    per_second: f64,
    threads: BTreeMap<String, f64>,
    pending_us: f64,
}

struct Bench {
    runtime: Runtime,
    node: Arc<Node>,
    world: World,
    /// Most transfers a second that may be needed.
    rate_max: f64,
}

impl Bench {
    /// Keys a second that all processors recover from the signatures of transfers.
    fn recoveries(&mut self, time: Duration) -> f64 {
        let sample = self.world.transfers(SIGNATURES as u64, 1);
        let signed = self.world.signed(&sample);
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let (done, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
        let started = Instant::now();
        std::thread::scope(|scope| {
            for number in 0..threads {
                let (signed, done, is_over) = (&signed, &done, &is_over);
                scope.spawn(move || {
                    let from = number * signed.len() / threads;
                    for (digest, signature) in signed.iter().cycle().skip(from) {
                        carbyne_crypto::recover(digest, signature).expect("a key");
                        done.fetch_add(1, Ordering::Relaxed);
                        if is_over.load(Ordering::Relaxed) {
                            break;
                        }
                    }
                });
            }
            std::thread::sleep(time);
            is_over.store(true, Ordering::Relaxed);
        });
        let rate = done.into_inner() as f64 / started.elapsed().as_secs_f64();
        self.rate_max = self.rate_max.max(rate * BEYOND_RECOVERY);
        rate
    }

    /// Waits for the end of a block.
    fn mark(&self) -> Mark {
        let metrics = &self.node.metrics;
        let blocks = metrics.blocks.get();
        while metrics.blocks.get() == blocks {
            std::thread::sleep(Duration::from_millis(1));
        }
        Mark {
            at: Instant::now(),
            transactions: metrics.transactions.get(),
            usage: Usage::now(),
            pending: metrics.time_of(Stage::Pending),
        }
    }

    /// Sends transfers for so many blocks.
    fn turn(&mut self, blocks: u64) -> Turn {
        let count = (blocks + MARGIN) as f64 * self.rate_max;
        let valid = 60 + blocks + MARGIN + (count / 10_000.0) as u64;
        let transfers = self.world.transfers(count as u64, valid as u32);
        let feed = Feed::start(&self.runtime, &self.node, transfers);
        self.mark();
        let before = self.mark();
        let after = (0..blocks).fold(None, |_, _| Some(self.mark())).expect("a block");
        feed.finish(&self.runtime);
        while self.node.pending().is_some_and(|(count, _)| count > 0) {
            self.mark();
        }
        let transactions = after.transactions - before.transactions;
        let time = after.at - before.at;
        let pending = after.pending - before.pending;
        Turn {
            per_second: transactions as f64 / time.as_secs_f64(),
            threads: after.usage.since(&before.usage, transactions),
            pending_us: pending.as_secs_f64() * 1e6 / transactions as f64,
        }
    }

    /// Sends transfers while some want to be told everything.
    fn turn_with(&mut self, subscribers: usize, blocks: u64) -> (Turn, Value) {
        let account = self.world.account();
        let listening = Subscribers::start(&self.runtime, &self.node, account, subscribers);
        let turn = self.turn(blocks);
        let (told, fell_behind) = listening.finish();
        let told = json!({
            "signed_per_second": turn.per_second,
            "notices": told,
            "fell_behind": fell_behind,
            "threads_us": turn.threads,
        });
        (turn, told)
    }

    fn figures(&mut self, seconds: u64) -> Value {
        let rounds = (seconds / 10).max(2);
        let blocks = (seconds / rounds).max(2);
        let pause = Duration::from_secs_f64((blocks as f64 / 3.0).min(3.0));
        let mut recoveries = vec![self.recoveries(pause)];
        let mut turns = Vec::new();
        for _ in 0..rounds {
            turns.push(self.turn(blocks));
            recoveries.push(self.recoveries(pause));
        }
        let (one, told_one) = self.turn_with(1, blocks);
        let (hundred, told_hundred) = self.turn_with(100, blocks);
        let ratios = turns.iter().zip(recoveries.windows(2));
        let ratios = ratios.map(|(turn, raw)| turn.per_second / mean(raw.iter().copied()));
        let ratios: Vec<f64> = ratios.collect();
        json!({
            "signed_per_second": mean(turns.iter().map(|turn| turn.per_second)),
            "recoveries_per_second": mean(recoveries.iter().copied()),
            "ratio": mean(ratios.iter().copied()),
            "ratios": ratios,
            "core_us": mean(turns.iter().map(Turn::core_us)),
            "core_us_1_subscriber": one.core_us(),
            "core_us_100_subscribers": hundred.core_us(),
            "pending_push_us": mean(turns.iter().map(|turn| turn.pending_us)),
            "threads_us": turns.pop().map(|turn| turn.threads),
            "with_1_subscriber": told_one,
            "with_100_subscribers": told_hundred,
        })
    }
}

impl Turn {
    fn core_us(&self) -> f64 {
        self.threads.get("core").copied().unwrap_or_default()
    }
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

fn main() {
    carbyne_bench::tune_allocator();
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(plan) = readers::Plan::of_arguments(&arguments) {
        return readers::read(plan);
    }
    let seconds = arguments.iter().find_map(|text| text.parse().ok()).unwrap_or(4);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (home, world) = World::open(&folder.path().join("data"), ACCOUNTS);
    let storage = Storage { snapshot_every: 0, ..Storage::default() };
    let (keys, settings) = (chain::witness_keys(), Settings::default());
    let (node, core) =
        start(home, keys, Production::ByTheClock, settings, storage, |_| {}).expect("threads");
    let thread = std::thread::Builder::new().name("core".into());
    let core = thread.spawn(move || core.run()).expect("a thread");
    let runtime = run::threads().expect("threads");
    let mut bench = Bench { runtime, node, world, rate_max: 0.0 };
    bench.mark();
    let mut figures = bench.figures(seconds);
    bench.node.stop();
    core.join().expect("no bug").expect("the core worked");
    let locked = lock::figures(&folder.path().join("lock"), &bench.runtime, seconds as usize * 2);
    if let (Value::Object(all), Value::Object(more)) = (&mut figures, locked) {
        all.extend(more);
    }
    println!("{figures}");
}
