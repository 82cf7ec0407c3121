//! Dates in texts, as the reference reads them.
//!
//! The values come from the reference: every row was given to its `time_point_sec::from_iso_string`
//! (built with Boost 1.74), and 18,000 random ones beside them agreed. That `x` is refused for its
//! day is recorded as well (`history.get_block_operations_by_time`).

use carbyne_wire::Foreign::{self, BadDay, BadDayOfMonth, BadMonth, BadNumber, BadYear, EmptyText};
use carbyne_wire::{Json, JsonErrorKind, TimePointSec, Value};
use proptest::prelude::*;

fn check(text: &str, wanted: Result<u32, Foreign>) {
    assert_eq!(TimePointSec::parse(text).map(|time| time.0), wanted, "{text}");
    let got = TimePointSec::from_json(&Value::from(text));
    let wanted = wanted.map_err(JsonErrorKind::Foreign);
    assert_eq!(got.map(|time| time.0).map_err(|error| error.kind), wanted, "{text}");
}

#[test]
fn the_form_that_is_written_and_the_one_without_marks() {
    check("2030-03-17T17:50:00", Ok(1_900_000_200));
    check("2000-02-29T00:00:00", Ok(951_782_400));
    check("20261130T170147", Ok(1_796_058_107));
    check("20261130T1701", Ok(1_796_058_060));
    check("20261130T17", Ok(1_796_058_000));
    check("20261130T1", Ok(1_796_000_400));
    check("20261130T17014", Ok(1_796_058_064));
}

#[test]
fn parts_may_be_missing_short_or_long() {
    check("2026-11-30T17:01", Ok(1_796_058_060));
    check("2026-11-30T17", Ok(1_796_058_000));
    check("2026-1-3T1:2:3", Ok(1_767_402_123));
    check("2026-011-030T017:01:07", Ok(1_796_058_067));
    check("2026113T000000", Ok(1_793_664_000));
    check("2026--11--30T01::5", Ok(1_796_000_700));
    check("2026-11-30T:01:00", Ok(1_796_000_400));
    check("2026-11-30T:", Ok(1_795_996_800));
    check("2026-11/30T01:00:00", Ok(1_796_000_400));
    check("2026-11 30T01:00:00", Ok(1_796_000_400));
    check("2026-11,30T01:00:00", Ok(1_796_000_400));
    check("2026-11.30T01:00:00", Ok(1_796_000_400));
    check("2026-Nov-30T17:01:47", Ok(1_796_058_107));
    check("2026-NOVEMBER-30T17:01:47", Ok(1_796_058_107));
}

#[test]
fn what_is_too_much_is_carried_over_or_does_not_count() {
    check("2026-11-30T24:00:00", Ok(1_796_083_200));
    check("2026-11-30T99:99:99", Ok(1_796_359_239));
    check("2026-11-30T00:65535:65535", Ok(1_799_994_435));
    check("2026-11-30T99999999:00:00", Ok(1_018_740_336));
    check("2026-11-30T2147483647:00:00", Ok(1_795_993_200));
    check("20261130T999999", Ok(1_796_359_239));
    check("2026-11-30-99T01:00:00", Ok(1_796_000_400));
    check("2026113099T000000", Ok(1_795_996_800));
    check("2026-11-30T17:01:47.1.x.y", Ok(1_796_058_107));
}

#[test]
fn fractions_of_a_second_are_cut() {
    check("2026-11-30T17:01:47.999999", Ok(1_796_058_107));
    check("2026-11-30T17:01:47.99999999999999999999x", Ok(1_796_058_107));
    check("2026-11-30T17:01:47,5", Ok(1_796_058_107));
    check("2026-11-30T17:01:47.", Ok(1_796_058_107));
    check("20261130T170147.5", Ok(1_796_058_107));
    check("20261130T170147x5", Ok(1_796_058_107));
    check("1969-12-31T23:59:59.5", Ok(0));
    check("1970-01-01T-00:00:01.5", Ok(4_294_967_295));
}

#[test]
fn signs_count_backwards_where_they_are_none_between_parts() {
    check("2026-11-30T-01:00:00", Ok(1_795_993_200));
    check("2026-11-30T+01:00:00", Ok(1_796_000_400));
    check("2026-11-30T01:-5", Ok(1_796_000_700));
    check("2026-11-30T01:+5", Ok(1_796_000_700));
    check("2026-11-30T-", Ok(1_795_996_800));
    check("20261130T-170147", Ok(1_795_935_493));
    check("20261130T--1", Ok(1_796_000_400));
    check("20261130T00-100", Ok(1_795_996_740));
    check("20261130T+1+1+1", Ok(1_796_000_461));
    check("2026+1+1T000000", Ok(1_767_225_600));
}

#[test]
fn a_zone_is_refused_or_taken_for_a_fraction() {
    check("2026-11-30T17:01:47Z", Err(BadNumber));
    check("2026-11-30T17:01:47+02:00", Err(BadNumber));
    check("2026-11-30T17:01:47.5Z", Err(BadNumber));
    check("2026-11-30T17:01Z", Err(BadNumber));
    check("2026-11-30T17:01:47-05:00", Ok(1_796_058_107));
    check("20261130T170147Z", Ok(1_796_058_107));
    check("20261130T170147-0200", Ok(1_796_058_107));
}

#[test]
fn seconds_count_modulo_32_bits() {
    check("1970-01-01T00:00:00", Ok(0));
    check("1969-12-31T23:59:59", Ok(4_294_967_295));
    check("19691231T235959", Ok(4_294_967_295));
    check("2106-02-07T06:28:15", Ok(4_294_967_295));
    check("2106-02-07T06:28:16", Ok(0));
    check("1400-01-01T00:00:00", Ok(3_487_393_280));
    check("9999-12-31T23:59:59", Ok(4_294_197_631));
}

#[test]
fn days_that_there_are_not() {
    check("2026-02-30T00:00:00", Err(BadDayOfMonth));
    check("2026-02-29T00:00:00", Err(BadDayOfMonth));
    check("2100-02-29T00:00:00", Err(BadDayOfMonth));
    check("2024-02-29T00:00:00", Ok(1_709_164_800));
    check("2026-04-31T00:00:00", Err(BadDayOfMonth));
    check("20260230T000000", Err(BadDayOfMonth));
    check("2026-01-00T00:00:00", Err(BadDay));
    check("2026-01-32T00:00:00", Err(BadDay));
    check("2026-13-01T00:00:00", Err(BadMonth));
    check("2026-00-01T00:00:00", Err(BadMonth));
    check("2026-Sept-30T00:00:00", Err(BadMonth));
    check("2026-OCT-30T00:00:00", Err(BadDay));
    check("1399-12-31T00:00:00", Err(BadYear));
    check("0202-11-30T00:00:00", Err(BadYear));
    check("10000101T000000", Err(BadYear));
    check("2026-13-32T00:00:00", Err(BadDay));
    check("1399-13-01T00:00:00", Err(BadMonth));
}

#[test]
fn what_is_no_date() {
    check("", Err(BadDay));
    check("T", Err(BadDay));
    check(" ", Err(BadDay));
    check("x", Err(BadDay));
    check("soon", Err(BadNumber));
    check("2026", Err(BadDay));
    check("2026-", Err(BadDay));
    check("1796058107", Err(BadDay));
    check("2026-11-30", Err(EmptyText));
    check("2026-11-30T", Err(EmptyText));
    check("20261130", Err(EmptyText));
    check("20261130T", Err(EmptyText));
    check("2026-11-30 17:01:47", Err(EmptyText));
    check("2026/11/30T01:00:00", Err(BadNumber));
    check("2026-11-30t00:00:00", Err(BadNumber));
    check(" 2026-11-30T17:01:47", Err(BadNumber));
    check("2026-11-30T17:01:47 ", Err(BadNumber));
    check("2026-11-30T 1:00:00", Err(BadNumber));
    check("2026-11-30xT01:00:00", Err(BadNumber));
    check("12026-11-30T00:00:00", Err(BadNumber));
    check("20261130T17:01:47", Err(BadNumber));
    check("202a1130T000000", Err(BadNumber));
    check("2026-11-30T00:00:00\0", Err(BadNumber));
    check("2026-11-30T2147483648:00:00", Err(BadNumber));
    check("2026-11-30T00:65536:00", Err(BadNumber));
    check("20261130T170147.x", Err(BadNumber));
    check("é026-11-30T00:00:00", Err(BadNumber));
    check("2026é1130T000000", Err(BadNumber));
}

#[test]
fn words_of_the_library() {
    check("not-a-date-time", Ok(2_077_252_342));
    check("not-a-date-time, really", Ok(2_077_252_342));
    check("nOT-A-DATE-TIME", Ok(2_077_252_342));
    check("Not-a-date-time", Err(BadNumber));
    check("+infinity", Ok(2_077_252_342));
    check("-infinity", Ok(2_217_714_954));
    check("infinity", Err(BadNumber));
    check("minimum-date-time", Ok(3_487_393_280));
    check("maximum-date-time", Ok(4_294_197_631));
    check("min", Err(BadNumber));
}

#[test]
fn refusals_have_the_code_and_the_words_of_the_reference() {
    let refused = |value: Value| TimePointSec::from_json(&value).unwrap_err();
    let error = refused(Value::from("2026-02-30T00:00:00"));
    assert_eq!(error.code(), 13);
    assert_eq!(error.message, "unable to convert ISO-formatted string to fc::time_point_sec");
    assert_eq!(BadDayOfMonth.what(), "Day of month is not valid for year");
    assert_eq!(refused(Value::Null).kind, JsonErrorKind::Foreign(BadDay));
    assert_eq!(refused(Value::from(1_796_058_107)).kind, JsonErrorKind::Foreign(BadDay));
    assert_eq!(refused(Value::Array(Vec::new())).kind, JsonErrorKind::BadCast);
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(seconds: u32) {
        let text = TimePointSec(seconds).to_string();
        prop_assert_eq!(TimePointSec::parse(&text), Ok(TimePointSec(seconds)));
        let without_marks = text.replace(['-', ':'], "");
        prop_assert_eq!(TimePointSec::parse(&without_marks), Ok(TimePointSec(seconds)));
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".*", close in "[-0-9:T.,/ +A-z]{0,40}") {
        let _ = (TimePointSec::parse(&text), TimePointSec::parse(&close));
    }
}
