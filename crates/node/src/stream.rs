//! Working ahead and beside each other: threads of their own get items and work on them, while
//! another takes what came of those before.
//!
//! Invariant: results come in the order of their items; how many items and results wait is bounded.
//! This file must never know what an item is.

use parking_lot::Mutex;
use std::iter;
use std::num::NonZero;
use std::sync::mpsc::{channel, sync_channel};
use std::thread;

/// Threads that work, at most.
const THREADS_MAX: usize = 4;
/// Items that wait for each of them, and results of each, at most.
const WAITING: usize = 1;

/// Gets items on a thread, works on them on others, and has the results taken.
pub(crate) fn work_ahead<I, D: Send, R>(
    items: impl Iterator<Item = I> + Send,
    work: impl Fn(I) -> D + Sync,
    take: impl FnOnce(&mut dyn Iterator<Item = D>) -> R,
) -> R
where
    I: Send,
{
    let work = &work;
    thread::scope(|scope| {
        let (mut wanted, mut done) = (Vec::new(), Vec::new());
        for _ in 0..threads() {
            let (sender, items) = sync_channel(WAITING);
            let (finished, results) = sync_channel(WAITING);
            // Ends when there is no more, or when nobody wants more.
            scope.spawn(move || items.into_iter().try_for_each(|item| finished.send(work(item))));
            wanted.push(sender);
            done.push(results);
        }
        scope.spawn(move || {
            let mut turns = items.zip(wanted.iter().cycle());
            turns.try_for_each(|(item, thread)| thread.send(item))
        });
        let mut turns = done.iter().cycle();
        take(&mut iter::from_fn(|| turns.next()?.recv().ok()))
    })
}

/// Has jobs done on threads while they are given one after the other; returns when all are done.
pub(crate) fn work_beside<J: FnOnce() + Send, R>(give: impl FnOnce(&mut dyn FnMut(J)) -> R) -> R {
    let (sender, jobs) = channel::<J>();
    let jobs = Mutex::new(jobs);
    let next = || jobs.lock().recv().ok();
    thread::scope(|scope| {
        for _ in 0..threads() {
            scope.spawn(|| {
                while let Some(job) = next() {
                    job();
                }
            });
        }
        let given = give(&mut |job| {
            // They end after this thread only.
            let _always_there = sender.send(job);
        });
        drop(sender);
        given
    })
}

fn threads() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get).min(THREADS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn everything_comes_in_order_and_no_more() {
        for count in [0, 1, 2, 3, 1_000_u64] {
            let work = |item: u64| {
                if item.is_multiple_of(7) {
                    thread::sleep(Duration::from_micros(50));
                }
                item + 1
            };
            let all: Vec<u64> = work_ahead(0..count, work, |results| results.collect());
            assert!(all.into_iter().eq(1..=count));
        }
    }

    #[test]
    fn all_jobs_are_done() {
        let mut numbers = [0; 100];
        work_beside(|give| {
            for (n, number) in numbers.iter_mut().enumerate() {
                give(move || *number = n);
            }
        });
        assert!(numbers.into_iter().eq(0..100));
    }

    #[test]
    fn who_wants_no_more_need_not_take_the_rest() {
        let first: Vec<u64> = work_ahead(0.., |item| item, |results| results.take(3).collect());
        assert_eq!(first, [0, 1, 2]);
    }
}
