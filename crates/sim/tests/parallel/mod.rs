//! Seeds that are simulated on all processors. What comes of one does not depend on the others.

use carbyne_sim::{Failure, keep_memory};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// What each seed gives, in their order; all that fail are named.
///
/// `CARBYNE_SEED` says with which seed they begin, the variable of that name how many there are.
pub fn simulate_all<S: Send>(
    name: &str,
    default: u64,
    simulate: impl Fn(u64) -> Result<S, Failure> + Sync,
) -> Vec<S> {
    keep_memory();
    let first = number("CARBYNE_SEED", 1);
    let (next, end) = (AtomicU64::new(first), first + number(name, default));
    let tried = |seed| {
        let panics = |_| Err(format!("seed {seed} panics"));
        let done = catch_unwind(AssertUnwindSafe(|| simulate(seed)));
        done.map_or_else(panics, |done| done.map_err(|failure| failure.to_string()))
    };
    let work = || {
        let seeds = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed < end);
        std::iter::from_fn(seeds).map(|seed| (seed, tried(seed))).collect::<Vec<_>>()
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut all: Vec<(u64, Result<S, String>)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("seeds that end")).collect()
    });
    all.sort_by_key(|(seed, _)| *seed);
    let failures: Vec<&str> =
        all.iter().filter_map(|(_, one)| one.as_ref().err().map(String::as_str)).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    all.into_iter().filter_map(|(_, one)| one.ok()).collect()
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}
