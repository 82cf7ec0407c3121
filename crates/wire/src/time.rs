//! Points in time, in whole seconds since 1970, written `2030-03-17T17:50:00` without a zone (UTC).

mod read;

use crate::json::Foreign;
use crate::{Json, JsonError, Kind, Pack, PackError, Reader, Reflect, View};
use serde_json::Value;
use std::fmt;

crate::in_every_dialect!([] TimePointSec);

const SECONDS_PER_DAY: u32 = 86_400;

/// A point in time, in seconds since 1970.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimePointSec(pub u32);

impl TimePointSec {
    /// The last representable moment, which stands for never.
    pub const MAX: Self = Self(u32::MAX);

    /// The moment `seconds` later; arithmetic wraps at 32 bits as the reference's does.
    pub const fn wrapping_add(self, seconds: u32) -> Self {
        Self(self.0.wrapping_add(seconds))
    }

    /// The moment `seconds` later, or none past the last one.
    pub const fn checked_add(self, seconds: u32) -> Option<Self> {
        match self.0.checked_add(seconds) {
            Some(later) => Some(Self(later)),
            None => None,
        }
    }

    /// Seconds from `earlier` to this moment; negative if it is later.
    pub const fn since(self, earlier: Self) -> i64 {
        (self.0 as i64).wrapping_sub(earlier.0 as i64)
    }

    /// Reads `2030-03-17T17:50:00`, and what else the reference takes for a date; years before 1970
    /// and after 2106 count modulo 2^32.
    pub fn parse(text: &str) -> Result<Self, Foreign> {
        read::seconds(text).map(Self)
    }
}

/// The date that is `days` after 1970-01-01, as year, month, day.
#[expect(clippy::arithmetic_side_effects, reason = "49,710 days at most")]
fn civil_from_days(days: u32) -> (u32, u32, u32) {
    let days = days + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + u32::from(month <= 2), month, day)
}

impl fmt::Display for TimePointSec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.0 / SECONDS_PER_DAY);
        let second = self.0 % SECONDS_PER_DAY;
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}

impl fmt::Debug for TimePointSec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Pack for TimePointSec {
    #[inline]
    fn pack(&self, out: &mut Vec<u8>) {
        self.0.pack(out);
    }
    #[inline]
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        u32::unpack(input).map(Self)
    }
}

impl Json for TimePointSec {
    fn to_json(&self) -> Value {
        Value::String(self.to_string())
    }
    fn from_json(value: &Value) -> Result<Self, JsonError> {
        let text = String::from_json(value)?;
        Self::parse(&text).map_err(|foreign| {
            let message = "unable to convert ISO-formatted string to fc::time_point_sec";
            JsonError::foreign(foreign, message)
        })
    }
}

impl Reflect for TimePointSec {
    fn kind() -> Kind {
        Kind::Time
    }
    fn view(&self) -> View<'_> {
        View::Time(*self)
    }
}
