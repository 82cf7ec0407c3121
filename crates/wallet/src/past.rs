//! How long ago, in the reference's words.

use carbyne_wire::TimePointSec;

/// The distance of a time from another, as the reference's `get_approximate_relative_time_string`
/// says it; `ago` stands behind what has passed.
pub fn relative(time: TimePointSec, now: TimePointSec, ago: &str) -> String {
    let passed = now.since(time);
    let ago = if passed < 0 { " in the future" } else { ago };
    let seconds = passed.unsigned_abs();
    let say =
        |count: u64, unit: &str| format!("{count} {unit}{}{ago}", if count > 1 { "s" } else { "" });
    let minutes = (seconds + 30) / 60;
    let hours = (minutes + 30) / 60;
    let days = (hours + 12) / 24;
    let (weeks, months) = ((days + 3) / 7, (days + 15) / 30);
    match () {
        () if seconds < 90 => say(seconds, "second"),
        () if minutes < 90 => say(minutes, "minute"),
        () if hours < 90 => say(hours, "hour"),
        () if days < 90 => say(days, "day"),
        () if weeks < 70 => say(weeks, "week"),
        () if months < 30 => say(months, "month"),
        () => say(days / 365, "year"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_told_in_one_unit() {
        let now = TimePointSec(1_000_000_000);
        let check = |seconds: i64, wanted: &str| {
            let time = TimePointSec((i64::from(now.0) - seconds) as u32);
            assert_eq!(relative(time, now, " ago"), wanted);
        };
        check(0, "0 second ago");
        check(89, "89 seconds ago");
        check(90, "2 minutes ago");
        check(-7_200, "2 hours in the future");
        check(86_400 * 30, "30 days ago");
        check(86_400 * 400, "57 weeks ago");
        check(86_400 * 365 * 5, "5 years ago");
    }
}
