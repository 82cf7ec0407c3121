//! Dates as the reference reads them: `2030-03-17T17:50:00`, `20300317T175000`, and what else its
//! library takes (fc/time.cpp; Boost 1.74, `date_parsing.hpp`, `time_parsing.hpp`).
//!
//! A zone is never applied: where the library overlooks one, in the fourth place of a time, it is
//! taken for a fraction of a second. Never knows what a date is for.

// The parts of a date have few digits.
#![allow(clippy::arithmetic_side_effects)]

use crate::json::Foreign;
use std::str::FromStr;

const MICROSECONDS: i64 = 1_000_000;
/// Digits of a fraction that count.
const FRACTION_DIGITS: usize = 6;

/// Words that the library takes for a date, and the seconds that the reference makes of them.
const WORDS: [(&str, u32); 5] = [
    ("not-a-date-time", 2_077_252_342),
    ("-infinity", 2_217_714_954),
    ("+infinity", 2_077_252_342),
    ("minimum-date-time", 3_487_393_280),
    ("maximum-date-time", 4_294_197_631),
];

/// English names of months, of which three letters or all are taken.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Seconds since 1970 modulo 2^32.
pub(super) fn seconds(text: &str) -> Result<u32, Foreign> {
    let text = text.as_bytes();
    let is_delimited = text.get(4) == Some(&b'-');
    if let (false, Some(seconds)) = (is_delimited, word(text)) {
        return Ok(seconds);
    }
    let mut halves = text.splitn(2, |byte| *byte == b'T');
    let (date, time) = (halves.next().unwrap_or_default(), halves.next().unwrap_or_default());
    let (days, microseconds) = match is_delimited {
        true => (delimited_date(date)?, delimited_time(time)?),
        false => (compact_date(date)?, compact_time(time)?),
    };
    let microseconds = days * 86_400 * MICROSECONDS + microseconds;
    Ok((microseconds / MICROSECONDS) as u32)
}

/// What a word at the beginning means. Its first letter must be a small one.
fn word(text: &[u8]) -> Option<u32> {
    let begins = |word: &str| {
        let beginning = text.get(..word.len())?;
        Some(
            beginning.first() == word.as_bytes().first()
                && beginning.eq_ignore_ascii_case(word.as_bytes()),
        )
    };
    let found = WORDS.iter().find(|(word, _)| begins(word) == Some(true));
    found.map(|(_, seconds)| *seconds)
}

/// Year, month and day in three parts; more parts do not count.
fn delimited_date(date: &[u8]) -> Result<i64, Foreign> {
    let mut parts = parts(date, b",-. /");
    let mut next = |read: fn(&[u8]) -> Result<u16, Foreign>| parts.next().map_or(Ok(0), read);
    let (year, month, day) = (next(unsigned)?, next(month)?, next(unsigned)?);
    days(year, month, day)
}

/// Eight digits, of which the last may be missing.
fn compact_date(date: &[u8]) -> Result<i64, Foreign> {
    let [year, month, day] = cut(date, [4, 2, 2]).map(|(part, missing)| match part {
        // So much of it that the library takes it for the part.
        part if !part.is_empty() && missing <= 1 => unsigned(part),
        _ => Ok(0),
    });
    days(year?, month?, day?)
}

/// Hours, minutes, seconds and a fraction; more parts do not count.
fn delimited_time(time: &[u8]) -> Result<i64, Foreign> {
    let mut parts = parts(time, b"-:,.");
    let hours = parts.next().map_or(Ok(0), number::<i32>)?;
    let minutes = parts.next().map_or(Ok(0), unsigned)?;
    let seconds = parts.next().map_or(Ok(0), unsigned)?;
    let fraction = parts.next().map_or(Ok(0), fraction)?;
    let first = time.first().ok_or(Foreign::EmptyText)?;
    let whole = duration([hours.into(), minutes.into(), seconds.into()], fraction);
    Ok(if *first == b'-' { -whole } else { whole })
}

/// Six digits and a fraction behind any byte; what is missing is 0.
fn compact_time(time: &[u8]) -> Result<i64, Foreign> {
    let first = time.first().ok_or(Foreign::EmptyText)?;
    let digits = time.strip_prefix(b"-").unwrap_or(time);
    let [hours, minutes, seconds, rest] = cut(digits, [2, 2, 2, 1 + FRACTION_DIGITS]);
    let whole = [hours, minutes, seconds].map(|(part, _)| match part {
        [] => Ok(0),
        part => number::<i64>(part),
    });
    let [hours, minutes, seconds] = whole;
    let fraction = fraction(rest.0.get(1..).unwrap_or_default())?;
    let whole = duration([hours?, minutes?, seconds?], fraction);
    Ok(if *first == b'-' { -whole } else { whole })
}

/// Microseconds. One negative part makes all of it negative.
fn duration([hours, minutes, seconds]: [i64; 3], fraction: i64) -> i64 {
    let parts = [hours * 3_600, minutes * 60, seconds].map(|part| part * MICROSECONDS);
    let is_negative = parts.iter().any(|part| *part < 0) || fraction < 0;
    let sum = parts.iter().map(|part| part.abs()).sum::<i64>() + fraction.abs();
    if is_negative { -sum } else { sum }
}

/// Microseconds of the digits behind the point.
fn fraction(digits: &[u8]) -> Result<i64, Foreign> {
    let digits = digits.get(..FRACTION_DIGITS).unwrap_or(digits);
    let scale = (digits.len()..FRACTION_DIGITS).fold(1, |scale, _| scale * 10);
    if digits.is_empty() { Ok(0) } else { Ok(number::<i64>(digits)? * scale) }
}

/// The pieces between separators; empty ones do not count.
fn parts<'a>(text: &'a [u8], separators: &'static [u8]) -> impl Iterator<Item = &'a [u8]> {
    text.split(|byte| separators.contains(byte)).filter(|part| !part.is_empty())
}

/// The beginning cut into pieces of these lengths, and how much each lacks of its length.
fn cut<const N: usize>(mut text: &[u8], lengths: [usize; N]) -> [(&[u8], usize); N] {
    lengths.map(|length| {
        let (part, rest) = text.split_at(length.min(text.len()));
        text = rest;
        (part, length - part.len())
    })
}

fn number<T: FromStr>(text: &[u8]) -> Result<T, Foreign> {
    let text = std::str::from_utf8(text).map_err(|_| Foreign::BadNumber)?;
    text.parse().map_err(|_| Foreign::BadNumber)
}

/// A number without a sign; what has one is taken all the same, modulo 2^16.
fn unsigned(text: &[u8]) -> Result<u16, Foreign> {
    match text.split_first() {
        Some((b'-', digits)) if digits.first().is_some_and(u8::is_ascii_digit) => {
            number::<u16>(digits).map(u16::wrapping_neg)
        }
        _ => number(text),
    }
}

/// A month by number or name; 13 if there is none of that name.
fn month(text: &[u8]) -> Result<u16, Foreign> {
    if text.first().is_some_and(u8::is_ascii_digit) {
        return unsigned(text);
    }
    let is_called = |name: &&str| {
        let name = name.as_bytes();
        text.eq_ignore_ascii_case(name)
            || name.get(..3).is_some_and(|short| text.eq_ignore_ascii_case(short))
    };
    let before = MONTHS.iter().take_while(|name| !is_called(name)).count();
    Ok(1 + before as u16)
}

/// Days from 1970-01-01 to a date, which must be there. The last part is looked at first.
fn days(year: u16, month: u16, day: u16) -> Result<i64, Foreign> {
    if !(1..=31).contains(&day) {
        return Err(Foreign::BadDay);
    }
    if !(1..=12).contains(&month) {
        return Err(Foreign::BadMonth);
    }
    if !(1_400..=9_999).contains(&year) {
        return Err(Foreign::BadYear);
    }
    let is_leap_year = year.is_multiple_of(if year.is_multiple_of(100) { 400 } else { 4 });
    let last = match month {
        2 => 28 + u16::from(is_leap_year),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if day > last {
        return Err(Foreign::BadDayOfMonth);
    }
    Ok(days_from_civil(year.into(), month.into(), day.into()))
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, by counting from March of 400-year
/// eras.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}
