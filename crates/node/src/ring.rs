//! What happened lately, for connections to take at their own pace.
//!
//! Invariant: what is kept is bounded in number and bytes, however slow a reader is; who falls
//! behind what is kept is told that it missed something, and nobody waits for it. This file must
//! never know what happened.

use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// What may be kept.
#[derive(Clone, Copy, Debug)]
pub struct RingLimits {
    /// Events.
    pub events: usize,
    /// Bytes of them, about.
    pub bytes: usize,
}

impl Default for RingLimits {
    fn default() -> Self {
        Self { events: 16_384, bytes: 64 << 20 }
    }
}

/// Why there is no next event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    /// It is not kept any more.
    Lagged,
    /// There will be none.
    Closed,
}

struct Kept<T> {
    events: VecDeque<(Arc<T>, usize)>,
    /// Number of the first of them.
    first: u64,
    bytes: usize,
}

impl<T> Kept<T> {
    fn next_number(&self) -> u64 {
        self.first + self.events.len() as u64
    }
}

/// The newest events.
pub struct Ring<T> {
    limits: RingLimits,
    kept: Mutex<Kept<T>>,
    /// Number of the next event.
    arrived: watch::Sender<u64>,
    readers: AtomicUsize,
    /// Numbers up to which readers have read, the slowest of which `wait_for_readers` waits for.
    positions: Mutex<Vec<(u64, u64)>>,
    next_reader: AtomicUsize,
}

impl<T> Ring<T> {
    /// A ring without events.
    pub fn new(limits: RingLimits) -> Arc<Self> {
        let kept = Kept { events: VecDeque::new(), first: 0, bytes: 0 };
        Arc::new(Self {
            limits,
            kept: Mutex::new(kept),
            arrived: watch::Sender::new(0),
            readers: AtomicUsize::new(0),
            positions: Mutex::default(),
            next_reader: AtomicUsize::new(0),
        })
    }

    /// Whether anybody reads.
    pub fn has_readers(&self) -> bool {
        self.readers.load(Ordering::Relaxed) > 0
    }

    /// Adds an event of about `bytes` bytes; the oldest go when there are too many.
    pub fn push(&self, event: T, bytes: usize) {
        self.push_all([(event, bytes)]);
    }

    /// Adds several, each with its bytes, and wakes readers once.
    pub fn push_all(&self, events: impl IntoIterator<Item = (T, usize)>) {
        if !self.has_readers() {
            return;
        }
        let mut kept = self.kept.lock();
        for (event, bytes) in events {
            kept.events.push_back((Arc::new(event), bytes));
            kept.bytes += bytes;
        }
        while kept.events.len() > self.limits.events
            || (kept.bytes > self.limits.bytes && kept.events.len() > 1)
        {
            let Some((_, bytes)) = kept.events.pop_front() else { break };
            kept.bytes -= bytes;
            kept.first += 1;
        }
        let next = kept.next_number();
        drop(kept);
        self.arrived.send_replace(next);
    }

    /// Reads what happens from now on.
    pub fn read(self: &Arc<Self>) -> RingReader<T> {
        self.readers.fetch_add(1, Ordering::Relaxed);
        let number = self.next_reader.fetch_add(1, Ordering::Relaxed) as u64;
        let next = self.kept.lock().next_number();
        self.positions.lock().push((number, next));
        RingReader { ring: self.clone(), arrived: self.arrived.subscribe(), number, next }
    }

    /// Waits until no reader is more than half of what is kept behind, for `limit` at most.
    pub fn wait_for_readers(&self, limit: Duration) {
        const PAUSE: Duration = Duration::from_millis(1);
        let deadline = Instant::now() + limit;
        while self.is_crowded() && Instant::now() < deadline {
            std::thread::sleep(PAUSE);
        }
    }

    fn is_crowded(&self) -> bool {
        let Some(slowest) = self.positions.lock().iter().map(|(_, next)| *next).min() else {
            return false;
        };
        let kept = self.kept.lock();
        let read = slowest.saturating_sub(kept.first) as usize;
        let unread = kept.events.iter().skip(read);
        let (count, bytes) =
            unread.fold((0, 0), |(count, bytes), (_, more)| (count + 1, bytes + more));
        count > self.limits.events / 2 || bytes > self.limits.bytes / 2
    }
}

/// Where one connection stands.
pub struct RingReader<T> {
    ring: Arc<Ring<T>>,
    arrived: watch::Receiver<u64>,
    number: u64,
    next: u64,
}

impl<T> RingReader<T> {
    /// The next event, if it has happened.
    pub fn try_next(&mut self) -> Result<Option<Arc<T>>, Missed> {
        let kept = self.ring.kept.lock();
        let Some(at) = self.next.checked_sub(kept.first) else { return Err(Missed::Lagged) };
        let Some((event, _)) = kept.events.get(at as usize) else { return Ok(None) };
        let event = event.clone();
        drop(kept);
        self.next += 1;
        let mut positions = self.ring.positions.lock();
        if let Some(position) = positions.iter_mut().find(|(number, _)| *number == self.number) {
            position.1 = self.next;
        }
        Ok(Some(event))
    }

    /// The next event, when it happens.
    pub async fn next(&mut self) -> Result<Arc<T>, Missed> {
        loop {
            if let Some(event) = self.try_next()? {
                return Ok(event);
            }
            self.arrived.changed().await.map_err(|_| Missed::Closed)?;
        }
    }
}

impl<T> Drop for RingReader<T> {
    fn drop(&mut self) {
        let mut positions = self.ring.positions.lock();
        positions.retain(|(number, _)| *number != self.number);
        let was_last = self.ring.readers.fetch_sub(1, Ordering::Relaxed) == 1;
        drop(positions);
        if was_last {
            let mut kept = self.ring.kept.lock();
            kept.first = kept.next_number();
            kept.events = VecDeque::new();
            kept.bytes = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Missed, Ring, RingLimits};
    use std::time::Duration;

    const LIMITS: RingLimits = RingLimits { events: 4, bytes: 100 };

    fn all(reader: &mut super::RingReader<u32>) -> Result<Vec<u32>, Missed> {
        let mut found = Vec::new();
        while let Some(event) = reader.try_next()? {
            found.push(*event);
        }
        Ok(found)
    }

    #[test]
    fn nothing_is_kept_for_nobody() {
        let ring = Ring::new(LIMITS);
        ring.push(1, 10);
        let mut reader = ring.read();
        assert_eq!(all(&mut reader), Ok(vec![]));
        ring.push(2, 10);
        assert_eq!(all(&mut reader), Ok(vec![2]));
        drop(reader);
        assert_eq!(ring.kept.lock().events.len(), 0);
    }

    #[test]
    fn who_is_too_slow_is_told_so_and_the_others_are_not() {
        for (count, bytes) in [(5, 1), (3, 60)] {
            let ring = Ring::new(LIMITS);
            let (mut slow, mut quick) = (ring.read(), ring.read());
            for event in 0..count {
                ring.push(event, bytes);
                assert_eq!(all(&mut quick), Ok(vec![event]));
            }
            assert_eq!(all(&mut slow), Err(Missed::Lagged));
            assert!(ring.kept.lock().bytes <= LIMITS.bytes);
        }
    }

    #[test]
    fn one_event_that_is_too_large_is_kept_alone() {
        let ring = Ring::new(LIMITS);
        let mut reader = ring.read();
        ring.push(1, 1_000);
        assert_eq!(all(&mut reader), Ok(vec![1]));
        ring.push(2, 1_000);
        assert_eq!(all(&mut reader), Ok(vec![2]));
    }

    #[test]
    fn readers_are_waited_for_while_too_much_is_unread() {
        let ring = Ring::new(LIMITS);
        let mut reader = ring.read();
        (0..3).for_each(|event| ring.push(event, 1));
        assert!(ring.is_crowded());
        ring.wait_for_readers(Duration::from_millis(5));
        all(&mut reader).unwrap();
        assert!(!ring.is_crowded());
    }
}
