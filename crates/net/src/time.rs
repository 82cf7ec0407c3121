//! The present, as an argument.

use carbyne_wire::TimePointSec;

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;

/// The present: microseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Now(pub i64);

impl Now {
    /// The whole seconds of it.
    pub fn seconds(self) -> TimePointSec {
        let seconds = self.0.checked_div(SECOND).unwrap_or_default();
        TimePointSec(u32::try_from(seconds.max(0)).unwrap_or(u32::MAX))
    }

    /// The moment so many seconds later.
    pub fn after(self, seconds: u32) -> Self {
        Self(self.0.saturating_add(i64::from(seconds).saturating_mul(SECOND)))
    }

    /// Whether more than so many seconds passed since `then`, or the clock was set back by as many:
    /// nobody waits for hours because a clock was wrong.
    pub fn is_past(self, then: Self, seconds: u32) -> bool {
        let passed = self.0.saturating_sub(then.0).saturating_abs();
        passed > i64::from(seconds).saturating_mul(SECOND)
    }
}
