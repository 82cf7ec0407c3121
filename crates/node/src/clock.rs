//! The time of day: the only place that asks for it.

use carbyne_wire::TimePointSec;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock;

impl Clock {
    fn elapsed() -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    /// The present.
    pub fn now(self) -> TimePointSec {
        TimePointSec(u32::try_from(Self::elapsed().as_secs()).unwrap_or(u32::MAX))
    }

    /// The present in milliseconds since 1970.
    pub fn milliseconds(self) -> i64 {
        i64::try_from(Self::elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// The present in microseconds since 1970.
    pub fn microseconds(self) -> i64 {
        i64::try_from(Self::elapsed().as_micros()).unwrap_or(i64::MAX)
    }

    /// How long it is until `time`; zero if it has passed.
    pub fn until(self, time: TimePointSec) -> Duration {
        Duration::from_secs(time.0.into()).saturating_sub(Self::elapsed())
    }
}
