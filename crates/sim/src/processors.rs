//! Numbers that are worked off on all processors; for the program and the tests, since the room
//! itself knows no thread. What comes of one number must not depend on the others.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// What the work gives for each number below `count`, in their order.
pub fn on_all_processors<S: Send>(count: u64, work: impl Fn(u64) -> S + Sync) -> Vec<S> {
    let next = AtomicU64::new(0);
    let take = || {
        let numbers = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|one| *one < count);
        std::iter::from_fn(numbers).map(|one| (one, work(one))).collect::<Vec<_>>()
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut all: Vec<(u64, S)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(take)).collect();
        let gave = workers.into_iter().map(|worker| worker.join());
        gave.flat_map(|gave| gave.unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    all.sort_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, gave)| gave).collect()
}
