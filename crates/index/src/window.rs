//! The last 24 hours of a growing list of rows: which of them have left since the last block.
//!
//! Invariant: what was counted once is taken out once. Knows rows only by number and time.

use carbyne_wire::TimePointSec;

/// Seconds that tickers look back.
const DAY: u32 = 86_400;

/// Where the 24 hours begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    /// Number of the oldest row that counts, or of the newest that does not.
    pub(crate) first: u64,
    /// Whether that row does not count any more.
    pub(crate) skips_first: bool,
}

impl Window {
    /// Moves to the 24 hours before `now`. `rows` gives number and time of each row from `first`
    /// on; what is answered is the new window and the numbers of the rows that left.
    pub(crate) fn roll(
        self,
        now: TimePointSec,
        rows: impl Iterator<Item = (u64, TimePointSec)>,
    ) -> (Self, Vec<u64>) {
        let yesterday = TimePointSec(now.0.saturating_sub(DAY));
        let mut newest_out = self.first;
        let mut left = Vec::new();
        for (number, time) in rows {
            if time >= yesterday {
                let skips_first = self.skips_first && number == self.first;
                return (Self { first: number, skips_first }, left);
            }
            if !(self.skips_first && number == self.first) {
                left.push(number);
            }
            newest_out = number;
        }
        (Self { first: newest_out, skips_first: true }, left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows 0, 1, 2 … of these days; the window begins at row `first`, at the end of day `now`.
    fn check(first: u64, skips_first: bool, days: &[u32], now: u32, wanted: (u64, bool, &[u64])) {
        let rows = days.iter().enumerate();
        let rows = rows.map(|(number, day)| (number as u64, TimePointSec(day * DAY)));
        let rows = rows.skip_while(|(number, _)| *number < first);
        let (window, left) = Window { first, skips_first }.roll(TimePointSec(now * DAY), rows);
        assert_eq!((window.first, window.skips_first, left.as_slice()), wanted);
    }

    #[test]
    fn rows_leave_once_after_a_day() {
        check(0, false, &[0, 0, 1], 1, (0, false, &[]));
        check(0, false, &[0, 0, 1], 2, (2, false, &[0, 1]));
        check(2, false, &[0, 0, 1], 9, (2, true, &[2]));
        check(2, true, &[0, 0, 1, 8], 9, (3, false, &[]));
    }
}
