//! Whose work is done next.
//!
//! Invariant: never more work at once than there are places in its lane; who has spent least goes
//! first, then who has least in work, then who came first. So whoever asks seldom waits for the end
//! of a piece of work that has begun, and never in line behind somebody who asks all the time.

use super::Guard;
use parking_lot::Mutex;
use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::oneshot::{Receiver, Sender, channel};

/// Where work is done: long requests do not stand in the way of short ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Requests of a few bytes.
    Short,
    /// Requests that take long to read alone; one at a time.
    Long,
}

/// Who waits, and since when.
#[derive(Debug)]
struct Waiting {
    number: u64,
    turn: Sender<Turn>,
}

#[derive(Debug)]
struct Places {
    free: usize,
    came: u64,
    waiting: BTreeMap<IpAddr, VecDeque<Waiting>>,
    working: BTreeMap<IpAddr, usize>,
}

impl Places {
    fn new(free: usize) -> Mutex<Self> {
        Mutex::new(Self { free, came: 0, waiting: BTreeMap::new(), working: BTreeMap::new() })
    }

    fn begin(&mut self, address: IpAddr) {
        *self.working.entry(address).or_default() += 1;
    }

    fn end(&mut self, address: IpAddr) {
        if let Some(working) = self.working.get_mut(&address) {
            *working -= 1;
            if *working == 0 {
                self.working.remove(&address);
            }
        }
    }

    /// Takes out who is next; those who do not wait any more are forgotten.
    fn next(&mut self, guard: &Guard, now: Instant) -> Option<(IpAddr, Sender<Turn>)> {
        self.waiting.retain(|_, line| {
            line.retain(|waiting| !waiting.turn.is_closed());
            !line.is_empty()
        });
        let used = guard.used.lock();
        let rank = |address: &IpAddr, line: &VecDeque<Waiting>| {
            let spent = used.addresses.get(address).map(|used| used.spent).unwrap_or_default();
            let working = self.working.get(address).copied().unwrap_or_default();
            (spent.debt(now), working, line.front().map(|first| first.number))
        };
        let (address, _) = self.waiting.iter().min_by_key(|(address, line)| rank(address, line))?;
        let address = *address;
        drop(used);
        let line = self.waiting.get_mut(&address)?;
        let first = line.pop_front()?;
        if line.is_empty() {
            self.waiting.remove(&address);
        }
        self.begin(address);
        Some((address, first.turn))
    }
}

/// Places where work is done, and who waits for them.
#[derive(Debug)]
pub(super) struct Turns {
    short: Mutex<Places>,
    long: Mutex<Places>,
}

impl Turns {
    pub(super) fn new() -> Self {
        Self { short: Places::new(short_places()), long: Places::new(1) }
    }

    fn lane(&self, lane: Lane) -> &Mutex<Places> {
        match lane {
            Lane::Short => &self.short,
            Lane::Long => &self.long,
        }
    }
}

/// Places for short work: one for every processor.
fn short_places() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Threads that are enough for all places, with one left for the sockets.
pub fn threads() -> usize {
    short_places() + 2
}

/// The right to work, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    guard: Arc<Guard>,
    address: IpAddr,
    lane: Lane,
}

/// Waits for the turn of an address.
pub(super) async fn turn(guard: Arc<Guard>, address: IpAddr, lane: Lane) -> Turn {
    let waiting = {
        let mut places = guard.turns.lane(lane).lock();
        if places.free > 0 {
            places.free -= 1;
            places.begin(address);
            None
        } else {
            Some(line_up(&mut places, address))
        }
    };
    let turn = match waiting {
        Some(waiting) => waiting.await.ok(),
        None => None,
    };
    // Not made unless it is needed: dropped, it would give a place away.
    turn.unwrap_or_else(|| Turn { guard, address, lane })
}

fn line_up(places: &mut Places, address: IpAddr) -> Receiver<Turn> {
    let (turn, waiting) = channel();
    let number = places.came;
    places.came += 1;
    places.waiting.entry(address).or_default().push_back(Waiting { number, turn });
    waiting
}

impl Drop for Turn {
    /// Hands the place on to who is next.
    fn drop(&mut self) {
        let next = {
            let mut places = self.guard.turns.lane(self.lane).lock();
            places.end(self.address);
            let next = places.next(&self.guard, Instant::now());
            places.free += usize::from(next.is_none());
            next
        };
        if let Some((address, sender)) = next {
            let turn = Self { guard: self.guard.clone(), address, lane: self.lane };
            // Dropped by who does not wait any more, it goes on to the next.
            let _gone = sender.send(turn);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::SocketLimits;
    use super::*;
    use std::time::Duration;

    const ADDRESSES: [&str; 3] = ["192.0.2.1", "192.0.2.2", "192.0.2.3"];

    fn address(number: usize) -> IpAddr {
        ADDRESSES[number].parse().expect("an address")
    }

    /// Takes the only place of the long lane, has addresses line up, and says in which order they
    /// get it.
    async fn order(guard: &Arc<Guard>, line: &[usize]) -> Vec<usize> {
        let first = guard.turn(address(0), Lane::Long).await;
        let (sender, mut order) = tokio::sync::mpsc::unbounded_channel();
        for number in line.iter().copied() {
            let (guard, sender) = (guard.clone(), sender.clone());
            tokio::spawn(async move {
                let _turn = guard.turn(address(number), Lane::Long).await;
                sender.send(number).expect("somebody counts");
            });
            tokio::task::yield_now().await;
        }
        drop((first, sender));
        let mut seen = Vec::new();
        while let Some(number) = order.recv().await {
            seen.push(number);
        }
        seen
    }

    #[tokio::test]
    async fn who_spent_least_goes_first_and_then_who_came_first() {
        let guard = Arc::new(Guard::new(SocketLimits::default()));
        assert_eq!(order(&guard, &[2, 0, 1, 2]).await, [2, 0, 1, 2]);
        guard.charge(address(0), 3_000_000, Instant::now());
        guard.charge(address(1), 1_000_000, Instant::now());
        assert_eq!(order(&guard, &[0, 1, 0, 2, 1]).await, [2, 1, 1, 0, 0]);
    }

    #[tokio::test]
    async fn a_place_is_not_lost_with_who_waits_for_it() {
        let guard = Arc::new(Guard::new(SocketLimits::default()));
        let first = guard.turn(address(0), Lane::Long).await;
        let waiting = guard.turn(address(1), Lane::Long);
        tokio::time::timeout(Duration::from_millis(10), waiting).await.expect_err("no place");
        drop(first);
        assert_eq!(order(&guard, &[1]).await, [1]);
        assert!(guard.turns.long.lock().working.is_empty());
    }

    #[tokio::test]
    async fn short_work_does_not_wait_for_long_work() {
        let guard = Arc::new(Guard::new(SocketLimits::default()));
        let _long = guard.turn(address(0), Lane::Long).await;
        let _short = guard.turn(address(0), Lane::Short).await;
    }
}
