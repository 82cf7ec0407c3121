//! What waits for the core: two lanes, so that nothing waits behind a heap of transactions.
//!
//! Invariant: each lane is bounded, within a lane what came first goes first, and what is in the
//! first lane goes before everything in the last. This file must never know what waits.

use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Why something cannot wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The lane is full.
    Full,
    /// Nobody takes anything out any more.
    Closed,
}

struct Lanes<F, L> {
    first: VecDeque<F>,
    last: VecDeque<L>,
    is_closed: bool,
}

/// The sending side: `F` goes before all `L`.
pub struct Queue<F, L> {
    lanes: Mutex<Lanes<F, L>>,
    came: Condvar,
    /// There is room in the last lane again.
    left: Condvar,
    /// Most things in each lane.
    length_max: usize,
}

/// The receiving side; closes the queue when it goes.
pub struct Taker<F, L>(Arc<Queue<F, L>>);

/// What was taken out.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken<F, L> {
    /// What was next in the first lane.
    First(F),
    /// What came first in the last lane, at least one.
    Last(Vec<L>),
}

/// A queue for `length_max` things in each lane.
pub fn queue<F, L>(length_max: usize) -> (Arc<Queue<F, L>>, Taker<F, L>) {
    let lanes = Lanes { first: VecDeque::new(), last: VecDeque::new(), is_closed: false };
    let (lanes, came, left) = (Mutex::new(lanes), Condvar::new(), Condvar::new());
    let queue = Arc::new(Queue { lanes, came, left, length_max });
    (queue.clone(), Taker(queue))
}

impl<F, L> Queue<F, L> {
    /// Lets something wait in the first lane.
    pub fn push_first(&self, one: F) -> Result<(), Refusal> {
        let mut lanes = self.lanes.lock();
        if lanes.is_closed {
            return Err(Refusal::Closed);
        }
        if lanes.first.len() >= self.length_max {
            return Err(Refusal::Full);
        }
        lanes.first.push_back(one);
        drop(lanes);
        self.came.notify_one();
        Ok(())
    }

    /// Lets several wait in the first lane, in order; gives back those for which there is no room.
    pub fn push_all_first(&self, several: impl IntoIterator<Item = F>) -> Vec<F> {
        let mut several = several.into_iter();
        let mut lanes = self.lanes.lock();
        if !lanes.is_closed {
            let room = self.length_max.saturating_sub(lanes.first.len());
            lanes.first.extend(several.by_ref().take(room));
        }
        drop(lanes);
        self.came.notify_one();
        several.collect()
    }

    /// Lets several wait in the last lane, in order, when there is room for one of them; drops them
    /// if nobody takes anything out any more.
    pub fn push_all_last(&self, several: impl IntoIterator<Item = L>) {
        let mut lanes = self.lanes.lock();
        while lanes.last.len() >= self.length_max && !lanes.is_closed {
            self.left.wait(&mut lanes);
        }
        if lanes.is_closed {
            return;
        }
        lanes.last.extend(several);
        drop(lanes);
        self.came.notify_one();
    }

    /// Wakes the taker, though nothing came.
    pub fn wake(&self) {
        self.came.notify_one();
    }
}

impl<F, L> Taker<F, L> {
    /// Whether something waits in the first lane.
    pub fn has_first(&self) -> bool {
        !self.0.lanes.lock().first.is_empty()
    }

    /// What is next, of the last lane `most` things at most; nothing if that takes longer than
    /// `limit`, or if somebody woke the taker.
    pub fn take(&self, limit: Duration, most: usize) -> Option<Taken<F, L>> {
        let mut lanes = self.0.lanes.lock();
        if lanes.first.is_empty() && lanes.last.is_empty() {
            self.0.came.wait_until(&mut lanes, Instant::now() + limit);
        }
        if let Some(one) = lanes.first.pop_front() {
            return Some(Taken::First(one));
        }
        let waiting = lanes.last.len();
        let taken: Vec<L> = lanes.last.drain(..waiting.min(most)).collect();
        drop(lanes);
        if waiting >= self.0.length_max {
            self.0.left.notify_all();
        }
        (!taken.is_empty()).then_some(Taken::Last(taken))
    }
}

impl<F, L> Drop for Taker<F, L> {
    fn drop(&mut self) {
        let mut lanes = self.0.lanes.lock();
        lanes.is_closed = true;
        (lanes.first, lanes.last) = Default::default();
        self.0.left.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::{Refusal, Taken, queue};
    use std::time::Duration;

    #[test]
    fn blocks_go_before_transactions_and_each_in_the_order_they_came() {
        let (queue, taker) = queue(3);
        queue.push_all_last([1]);
        queue.push_first("a").unwrap();
        queue.push_all_last([2, 3]);
        queue.push_first("b").unwrap();
        let taken: Vec<_> = std::iter::from_fn(|| taker.take(Duration::ZERO, 2)).collect();
        let last = [vec![1, 2], vec![3]].map(Taken::Last);
        let expected: Vec<_> = ["a", "b"].map(Taken::First).into_iter().chain(last).collect();
        assert_eq!(taken, expected);
    }

    #[test]
    fn a_full_lane_leaves_the_other_open_and_nothing_comes_after_the_end() {
        let (queue, taker) = queue(1);
        queue.push_all_last([1]);
        queue.push_first(3).unwrap();
        assert_eq!(queue.push_first(4), Err(Refusal::Full));
        drop(taker);
        assert_eq!(queue.push_first(4), Err(Refusal::Closed));
        queue.push_all_last([5]);
    }

    #[test]
    fn who_may_wait_for_room_waits() {
        let (queue, taker) = queue::<(), _>(2);
        queue.push_all_last([1, 2]);
        std::thread::scope(|scope| {
            scope.spawn(|| queue.push_all_last([3]));
            let mut taken = Vec::new();
            while taken.len() < 3 {
                match taker.take(Duration::from_secs(10), 8) {
                    Some(Taken::Last(more)) => taken.extend(more),
                    other => panic!("{other:?} was taken"),
                }
            }
            assert_eq!(taken, [1, 2, 3]);
        });
    }
}
