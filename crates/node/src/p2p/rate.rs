//! How many bytes may travel in a second.
//!
//! Invariant: over any long time no more than that; after a rest a second's worth may go at once.
//! This file must never know whose bytes they are.

use parking_lot::Mutex;
use std::time::{Duration, Instant};

/// How much may go at once after a rest.
const BURST: Duration = Duration::from_secs(1);

/// A limit of bytes per second that all connections share.
pub(super) struct Rate {
    /// 0 for no limit.
    per_second: u64,
    /// When everything that went is paid for.
    paid: Mutex<Option<Instant>>,
}

impl Rate {
    pub(super) fn new(per_second: u64) -> Self {
        Self { per_second, paid: Mutex::new(None) }
    }

    /// Waits until so many bytes may go.
    pub(super) async fn take(&self, bytes: usize) {
        let wait = self.owed(bytes, Instant::now());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }

    /// How long so many bytes that go now must wait.
    fn owed(&self, bytes: usize, now: Instant) -> Duration {
        if self.per_second == 0 {
            return Duration::ZERO;
        }
        let nanoseconds = (bytes as u128 * 1_000_000_000) / u128::from(self.per_second);
        let cost = Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX));
        let mut paid = self.paid.lock();
        let earliest = now.checked_sub(BURST).unwrap_or(now);
        let from = paid.map_or(earliest, |paid| paid.max(earliest));
        let next = from.checked_add(cost).unwrap_or(from);
        *paid = Some(next);
        next.saturating_duration_since(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_the_long_run_no_more_goes_than_may() {
        let (rate, now) = (Rate::new(1_000), Instant::now());
        assert_eq!(rate.owed(1_000, now), Duration::ZERO, "a second's worth at once");
        assert_eq!(rate.owed(500, now), Duration::from_millis(500));
        let later = now + Duration::from_secs(60);
        assert_eq!(rate.owed(1_000, later), Duration::ZERO);
        assert_eq!(rate.owed(1, later), Duration::from_millis(1));
        assert_eq!(Rate::new(0).owed(usize::MAX, now), Duration::ZERO);
    }
}
