//! What requests of an address may cost: a bucket that fills with time and that answers empty.
//!
//! One unit of cost is a microsecond of processor time or `BYTES_PER_UNIT` bytes of answer. What
//! a request costs is known only when it is answered, so a bucket may go below zero once; then its
//! address waits. Invariant: over any time an address gets at most the burst, what it earned in
//! that time, and the requests that were in work when the bucket was empty. This file must never
//! know what a request asks for, nor read a clock other than that of the processor.

use rustix::time::{ClockId, clock_gettime};
use std::cell::Cell;
use std::pin::pin;
use std::time::{Duration, Instant};

/// Bytes of an answer that cost as much as a microsecond of work.
const BYTES_PER_UNIT: usize = 100;
const NANOSECONDS: u128 = 1_000_000_000;

/// What every address may spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Units that an address earns in a second; 0 for no limit.
    pub per_second: u64,
    /// Units that an address may spend at once after a time of rest.
    pub burst: u64,
}

/// What one address has spent: the moment when its bucket is full again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    full_at: Option<Instant>,
}

impl Budget {
    /// How long it takes to earn so many units.
    fn time_to_earn(&self, units: u64) -> Duration {
        let nanoseconds = (u128::from(units) * NANOSECONDS).checked_div(self.per_second.into());
        Duration::from_nanos(u64::try_from(nanoseconds.unwrap_or(0)).unwrap_or(u64::MAX))
    }

    /// How long an address must wait before it may ask; none if it may now.
    pub fn wait(&self, spent: Spent, now: Instant) -> Option<Duration> {
        let until_full = spent.full_at?.saturating_duration_since(now);
        let wait = until_full.checked_sub(self.time_to_earn(self.burst))?;
        (!wait.is_zero()).then_some(wait)
    }

    /// Has an address pay.
    pub fn charge(&self, spent: &mut Spent, units: u64, now: Instant) {
        let from = spent.full_at.map_or(now, |full_at| full_at.max(now));
        // A time that cannot be told is far away: nothing is added to it.
        spent.full_at = from.checked_add(self.time_to_earn(units)).or(spent.full_at);
    }
}

impl Spent {
    /// How long it takes until everything is earned again.
    pub fn debt(&self, now: Instant) -> Duration {
        self.full_at.map_or(Duration::ZERO, |full_at| full_at.saturating_duration_since(now))
    }

    /// Whether nothing has to be remembered of the address.
    pub fn is_paid(&self, now: Instant) -> bool {
        self.full_at.is_none_or(|full_at| full_at <= now)
    }
}

/// Units for work and for the bytes of its answer.
pub fn units(work: Duration, bytes: usize) -> u64 {
    let work = u64::try_from(work.as_micros()).unwrap_or(u64::MAX);
    work.saturating_add((bytes / BYTES_PER_UNIT) as u64)
}

/// Does some work and says how much processor time that took, without the time it waited.
pub async fn metered<R>(work: impl Future<Output = R>) -> (R, Duration) {
    let mut work = pin!(work);
    let mut spent = Duration::ZERO;
    let result = std::future::poll_fn(|context| {
        let before = thread_time();
        ELSEWHERE.set(Duration::ZERO);
        let polled = work.as_mut().poll(context);
        spent += thread_time().saturating_sub(before) + ELSEWHERE.take();
        polled
    })
    .await;
    (result, spent)
}

thread_local! {
    /// What other threads worked for the future that is polled on this one.
    static ELSEWHERE: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// Adds what another thread worked to what the future that is polled on this one spends.
pub fn worked_elsewhere(time: Duration) {
    ELSEWHERE.set(ELSEWHERE.get() + time);
}

/// Processor time that this thread has used.
pub(crate) fn thread_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BUDGET: Budget = Budget { per_second: 1_000, burst: 5_000 };

    fn after(start: Instant, milliseconds: u64) -> Instant {
        start + Duration::from_millis(milliseconds)
    }

    #[test]
    fn who_spends_more_than_the_burst_waits_until_it_is_earned() {
        let (start, mut spent) = (Instant::now(), Spent::default());
        BUDGET.charge(&mut spent, 5_000, start);
        assert_eq!(BUDGET.wait(spent, start), None);
        BUDGET.charge(&mut spent, 250, start);
        assert_eq!(BUDGET.wait(spent, start), Some(Duration::from_millis(250)));
        assert_eq!(BUDGET.wait(spent, after(start, 249)), Some(Duration::from_millis(1)));
        assert_eq!(BUDGET.wait(spent, after(start, 250)), None);
        assert!(!spent.is_paid(after(start, 5_249)) && spent.is_paid(after(start, 5_250)));
    }

    #[test]
    fn zero_is_no_limit() {
        let (start, mut spent) = (Instant::now(), Spent::default());
        let free = Budget { per_second: 0, burst: 0 };
        free.charge(&mut spent, u64::MAX, start);
        assert_eq!(free.wait(spent, start), None);
        assert!(spent.is_paid(start));
    }

    #[test]
    fn bytes_cost_too_and_nothing_overflows() {
        assert_eq!(units(Duration::from_micros(7), 250), 9);
        assert_eq!(units(Duration::MAX, usize::MAX), u64::MAX);
        let (start, mut spent) = (Instant::now(), Spent::default());
        for _ in 0..3 {
            Budget { per_second: 1, burst: 1 }.charge(&mut spent, u64::MAX, start);
        }
        assert!(!spent.is_paid(start));
    }

    #[tokio::test]
    async fn waiting_costs_nothing() {
        let ((), spent) = metered(tokio::time::sleep(Duration::from_millis(300))).await;
        assert!(spent < Duration::from_millis(100), "{spent:?}");
    }

    #[tokio::test]
    async fn what_others_work_costs_too() {
        let ((), spent) = metered(async {
            tokio::task::yield_now().await;
            worked_elsewhere(Duration::from_secs(7));
            tokio::task::yield_now().await;
        })
        .await;
        assert!(spent >= Duration::from_secs(7) && spent < Duration::from_secs(8), "{spent:?}");
    }

    proptest! {
        #[test]
        fn nobody_gets_more_than_the_burst_and_what_was_earned(
            requests in prop::collection::vec((0_u64..500, 0_u64..3_000), 1..200)
        ) {
            let (start, mut spent) = (Instant::now(), Spent::default());
            let (mut now, mut served, mut dearest) = (0, 0, 0);
            for (pause, units) in requests {
                now += pause;
                if BUDGET.wait(spent, after(start, now)).is_none() {
                    BUDGET.charge(&mut spent, units, after(start, now));
                    served += units;
                    dearest = dearest.max(units);
                }
            }
            // A thousand units in a second are one in a millisecond.
            prop_assert!(served <= BUDGET.burst + now + dearest);
        }

        #[test]
        fn who_waits_as_told_may_ask(units in 0_u64..1_000_000) {
            let (start, mut spent) = (Instant::now(), Spent::default());
            BUDGET.charge(&mut spent, units, start);
            let wait = BUDGET.wait(spent, start).unwrap_or_default();
            prop_assert_eq!(BUDGET.wait(spent, start + wait), None);
        }
    }
}
