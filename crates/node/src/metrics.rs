//! What the node counts while it works, and the page of it in the text format of Prometheus.
//!
//! Invariant: counting never waits for the chain and never fails. This file must never know what is
//! counted means, nor how the page travels.

use crate::sinks;
use carbyne_sink::Progress;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// The parts of the work on a block or a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Finding the keys that signed a block.
    Recover,
    /// Waiting until readers let the state be changed.
    Wait,
    /// Applying a transaction to the pending state.
    Pending,
    /// Applying a block to the state.
    Apply,
    /// Bringing blocks to disk.
    Store,
    /// Taking a block into history and gathering what is told of it.
    Tell,
}

impl Stage {
    const ALL: [(Self, &str); 6] = [
        (Self::Recover, "recover"),
        (Self::Wait, "wait"),
        (Self::Pending, "pending"),
        (Self::Apply, "apply"),
        (Self::Store, "store"),
        (Self::Tell, "tell"),
    ];
}

/// A number that goes up and down.
#[derive(Debug, Default)]
pub struct Gauge(AtomicU64);

impl Gauge {
    /// Goes from a part of `old` to one of `new`.
    pub fn change(&self, old: usize, new: usize) {
        // Wraps around on the way down, and back.
        self.0.fetch_add((new as u64).wrapping_sub(old as u64), Ordering::Relaxed);
    }

    /// The number now.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A number that goes up.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Goes up.
    pub fn add(&self, count: usize) {
        self.0.fetch_add(count as u64, Ordering::Relaxed);
    }

    /// The number now.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How often something was done, and for how long in all.
#[derive(Debug, Default)]
struct Work {
    times: AtomicU64,
    nanoseconds: AtomicU64,
}

impl Work {
    fn add(&self, time: Duration, times: usize) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.times.fetch_add(times as u64, Ordering::Relaxed);
        self.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }
}

/// The calls of a method.
#[derive(Clone, Copy, Debug, Default)]
struct Calls {
    calls: u64,
    errors: u64,
    time: Duration,
}

/// What the node has counted since it started.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Blocks applied.
    pub blocks: Counter,
    /// Transactions of those blocks.
    pub transactions: Counter,
    /// Operations of those blocks, virtual ones included.
    pub operations: Counter,
    /// WebSocket connections that are open.
    pub connections: Gauge,
    /// What they are subscribed to.
    pub subscriptions: Gauge,
    /// Connections that were ended because their client did not keep up.
    pub slow_readers: Counter,
    /// Connections and requests that were refused by a limit.
    pub refused_by_limit: Counter,
    /// Slots of ours without a block of ours, for each reason.
    missed: Mutex<BTreeMap<&'static str, u64>>,
    postgres: OnceLock<Arc<Progress>>,
    stages: [Work; Stage::ALL.len()],
    methods: Mutex<BTreeMap<(&'static str, &'static str), Calls>>,
}

impl Metrics {
    /// Does a part of the work and counts its time.
    pub fn timed<R>(&self, stage: Stage, work: impl FnOnce() -> R) -> R {
        let started = Instant::now();
        let result = work();
        self.took(stage, started.elapsed());
        result
    }

    /// Counts the time of a part of the work.
    pub fn took(&self, stage: Stage, time: Duration) {
        self.took_together(stage, time, 1);
    }

    /// Counts the time of the same work done several times.
    pub fn took_together(&self, stage: Stage, time: Duration, times: usize) {
        self.stages[stage as usize].add(time, times);
    }

    /// The time of all work of a stage.
    pub fn time_of(&self, stage: Stage) -> Duration {
        Duration::from_nanos(self.stages[stage as usize].nanoseconds.load(Ordering::Relaxed))
    }

    /// Counts slots of ours without a block of ours.
    pub fn missed(&self, reason: &'static str, slots: usize) {
        *self.missed.lock().entry(reason).or_default() += slots as u64;
    }

    /// Shows what is counted of PostgreSQL as well, from now on.
    pub fn count_postgres(&self, progress: Arc<Progress>) {
        let _once_only = self.postgres.set(progress);
    }

    /// Counts a call of a method of an API.
    pub fn called(&self, method: (&'static str, &'static str), time: Duration, is_error: bool) {
        let mut methods = self.methods.lock();
        let calls = methods.entry(method).or_default();
        calls.calls += 1;
        calls.errors += u64::from(is_error);
        calls.time = calls.time.saturating_add(time);
    }

    /// Appends everything counted.
    pub fn write(&self, page: &mut Page) {
        page.single("carbyne_blocks_total", COUNTER, "Blocks applied.", self.blocks.get());
        let transactions = self.transactions.get();
        page.single("carbyne_transactions_total", COUNTER, "Transactions in blocks.", transactions);
        let operations = self.operations.get();
        page.single("carbyne_operations_total", COUNTER, "Operations in blocks.", operations);
        let connections = self.connections.get();
        page.single(
            "carbyne_connections",
            GAUGE,
            "WebSocket connections that are open.",
            connections,
        );
        let subscriptions = self.subscriptions.get();
        page.single("carbyne_subscriptions", GAUGE, "Subscriptions of connections.", subscriptions);
        let what = "Connections ended because the client did not keep up.";
        page.single("carbyne_slow_readers_total", COUNTER, what, self.slow_readers.get());
        let what = "Connections and requests refused by a limit.";
        page.single("carbyne_refused_by_limit_total", COUNTER, what, self.refused_by_limit.get());
        if let Some(progress) = self.postgres.get() {
            sinks::write(page, progress);
        }
        self.write_missed(page);
        self.write_stages(page);
        self.write_methods(page);
    }

    fn write_missed(&self, page: &mut Page) {
        let what = "Slots of this node's witnesses that went by without a block, by reason.";
        page.family("carbyne_slots_missed_total", COUNTER, what);
        for (reason, slots) in &*self.missed.lock() {
            page.sample("carbyne_slots_missed_total", &[("reason", reason)], slots);
        }
    }

    fn write_stages(&self, page: &mut Page) {
        let name = "carbyne_stage_seconds";
        page.family(name, "summary", "Time for each stage of blocks and transactions.");
        for (stage, label) in Stage::ALL {
            let work = &self.stages[stage as usize];
            let time = self.time_of(stage);
            let labels = [("stage", label)];
            page.sample("carbyne_stage_seconds_sum", &labels, time.as_secs_f64());
            let times = work.times.load(Ordering::Relaxed);
            page.sample("carbyne_stage_seconds_count", &labels, times);
        }
    }

    fn write_methods(&self, page: &mut Page) {
        let methods = self.methods.lock().clone();
        let labels = |(api, method)| [("api", api), ("method", method)];
        page.family("carbyne_api_seconds", "summary", "Time for each API method.");
        for (method, calls) in &methods {
            let labels = labels(*method);
            page.sample("carbyne_api_seconds_sum", &labels, calls.time.as_secs_f64());
            page.sample("carbyne_api_seconds_count", &labels, calls.calls);
        }
        page.family("carbyne_api_errors_total", COUNTER, "Calls of each API method that failed.");
        for (method, calls) in &methods {
            page.sample("carbyne_api_errors_total", &labels(*method), calls.errors);
        }
    }
}

/// A family of numbers that only go up.
pub const COUNTER: &str = "counter";
/// A family of numbers that go up and down.
pub const GAUGE: &str = "gauge";

/// A page in the text format of Prometheus.
#[derive(Debug, Default)]
pub struct Page(String);

impl Page {
    /// Begins a family of numbers.
    pub fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _never_fails = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// A number of the family that was begun. Labels must need no escapes.
    pub fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<_> =
            labels.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
        let braced =
            if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _never_fails = writeln!(self.0, "{name}{braced} {value}");
    }

    /// A family of one number.
    pub fn single(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }

    /// The text.
    pub fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_on_the_page() {
        let metrics = Metrics::default();
        metrics.connections.change(0, 3);
        metrics.connections.change(2, 0);
        metrics.called(("database", "get_objects"), Duration::from_millis(1500), true);
        metrics.took(Stage::Apply, Duration::from_millis(250));
        metrics.missed("not_asked", 2);
        let mut page = Page::default();
        metrics.write(&mut page);
        let text = page.into_text();
        for line in [
            "# TYPE carbyne_connections gauge\ncarbyne_connections 1\n",
            "carbyne_slots_missed_total{reason=\"not_asked\"} 2\n",
            "carbyne_stage_seconds_sum{stage=\"apply\"} 0.25\n",
            "carbyne_api_seconds_sum{api=\"database\",method=\"get_objects\"} 1.5\n",
            "carbyne_api_errors_total{api=\"database\",method=\"get_objects\"} 1\n",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn stages_are_where_the_page_looks_for_them() {
        for (place, (stage, _)) in Stage::ALL.into_iter().enumerate() {
            assert_eq!(stage as usize, place);
        }
    }
}
