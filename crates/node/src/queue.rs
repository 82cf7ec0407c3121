//! What waits for the core: two lanes, so that nothing waits behind a heap of transactions.
//!
//! Invariant: each lane is bounded, and within a lane what came first goes first. This file must
//! never know what waits.

use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Where something waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Before everything in the other lane: blocks, and what operators ask for.
    First,
    /// Transactions.
    Last,
}

/// Why something cannot wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The lane is full.
    Full,
    /// Nobody takes anything out any more.
    Closed,
}

struct Lanes<T> {
    first: VecDeque<T>,
    last: VecDeque<T>,
    is_closed: bool,
}

/// The sending side.
pub struct Queue<T> {
    lanes: Mutex<Lanes<T>>,
    came: Condvar,
    /// Most things in each lane.
    length_max: usize,
}

/// The receiving side; closes the queue when it goes.
pub struct Taker<T>(Arc<Queue<T>>);

/// A queue for `length_max` things in each lane.
pub fn queue<T>(length_max: usize) -> (Arc<Queue<T>>, Taker<T>) {
    let lanes = Lanes { first: VecDeque::new(), last: VecDeque::new(), is_closed: false };
    let queue = Arc::new(Queue { lanes: Mutex::new(lanes), came: Condvar::new(), length_max });
    (queue.clone(), Taker(queue))
}

impl<T> Queue<T> {
    /// Lets something wait.
    pub fn push(&self, lane: Lane, one: T) -> Result<(), Refusal> {
        let mut lanes = self.lanes.lock();
        if lanes.is_closed {
            return Err(Refusal::Closed);
        }
        let waiting = match lane {
            Lane::First => &mut lanes.first,
            Lane::Last => &mut lanes.last,
        };
        if waiting.len() >= self.length_max {
            return Err(Refusal::Full);
        }
        waiting.push_back(one);
        drop(lanes);
        self.came.notify_one();
        Ok(())
    }

    /// Wakes the taker, though nothing came.
    pub fn wake(&self) {
        self.came.notify_one();
    }
}

impl<T> Taker<T> {
    /// What is next; nothing if that takes longer than `limit`, or if somebody woke the taker.
    pub fn take(&self, limit: Duration) -> Option<T> {
        let mut lanes = self.0.lanes.lock();
        if let Some(one) = next(&mut lanes) {
            return Some(one);
        }
        self.0.came.wait_until(&mut lanes, Instant::now() + limit);
        next(&mut lanes)
    }
}

impl<T> Drop for Taker<T> {
    fn drop(&mut self) {
        let mut lanes = self.0.lanes.lock();
        lanes.is_closed = true;
        (lanes.first, lanes.last) = Default::default();
    }
}

fn next<T>(lanes: &mut Lanes<T>) -> Option<T> {
    lanes.first.pop_front().or_else(|| lanes.last.pop_front())
}

#[cfg(test)]
mod tests {
    use super::{Lane, Refusal, queue};
    use std::time::Duration;

    #[test]
    fn blocks_go_before_transactions_and_each_in_the_order_they_came() {
        let (queue, taker) = queue(3);
        for (lane, one) in [(Lane::Last, 1), (Lane::First, 2), (Lane::Last, 3), (Lane::First, 4)] {
            queue.push(lane, one).unwrap();
        }
        let taken: Vec<i32> = std::iter::from_fn(|| taker.take(Duration::ZERO)).collect();
        assert_eq!(taken, [2, 4, 1, 3]);
    }

    #[test]
    fn a_full_lane_leaves_the_other_open_and_nothing_comes_after_the_end() {
        let (queue, taker) = queue(1);
        queue.push(Lane::Last, 1).unwrap();
        assert_eq!(queue.push(Lane::Last, 2), Err(Refusal::Full));
        queue.push(Lane::First, 3).unwrap();
        drop(taker);
        assert_eq!(queue.push(Lane::First, 4), Err(Refusal::Closed));
    }
}
