//! JSON in texts, as the reference's parser reads it but for escapes, which are read as RFC 8259
//! says.
//!
//! Rows without escapes were given to the reference's parser (fc/json.cpp, `legacy_parser`), and
//! 23,000 random ones beside them agreed. That the first of equal members counts and that text
//! behind the value does not is recorded as well (`testdata/api/frames`).

use carbyne_wire::JsonTextError::{End, Malformed, TooMany};
use carbyne_wire::{Json, Text, Value, as_written, parse_json, parse_json_within};
use proptest::prelude::*;
use serde_json::{Map, json};

fn check(text: &str, wanted: Value) {
    assert_eq!(parse_json(text.as_bytes()), Ok(wanted), "{text}");
}

fn check_refused(text: &str) {
    let error = parse_json(text.as_bytes());
    assert!(matches!(error, Err(Malformed(_))), "{text}: {error:?}");
}

fn check_cut_off(text: &str) {
    assert_eq!(parse_json(text.as_bytes()), Err(End), "{text}");
}

#[test]
fn standard_json_is_read_as_everywhere() {
    check(
        r#" {"a" : [1, -2, 2.5, "x", null, true, false, {}]} "#,
        json!({"a": [1, -2, 2.5, "x", null, true, false, {}]}),
    );
    check("[]", json!([]));
    check("\t\r\n 5", json!(5));
    check("\"\u{7f}\u{1}é\"", json!("\u{7f}\u{1}é"));
}

#[test]
fn the_first_member_counts_and_trailing_text_does_not() {
    check(r#"{"id":1,"id":2} trailing"#, json!({"id": 1}));
    check("5 5", json!(5));
    check("5_a", json!(5));
    check("[]]", json!([]));
}

#[test]
fn commas_may_be_missing_or_too_many() {
    check("[1 2,,3,]", json!([1, 2, 3]));
    check("[,]", json!([]));
    check("{,}", json!({}));
    check("{\"a\":1 \"b\":2}", json!({"a": 1, "b": 2}));
    check("[1-2]", json!([1, -2]));
    check("[1\"a\"[]]", json!([1, "a", []]));
}

#[test]
fn words_need_no_quotes_if_their_first_letter_may_begin_a_value() {
    check("[note:1/2 no 1e5]", json!(["note:1/2", "no", "1e5"]));
    check("nullable", json!("nullable"));
    check("nullx", json!(null));
    check("true1", json!(true));
    check("[truefalse tru nan 12true]", json!(["truefalse", "tru", "nan", "12true"]));
    check("not json", json!("not"));
    check("tr\\", json!("tr"));
    for text in ["x", "@", "{a:1}", "[e5]", "'a'", "\0", "[1\u{0}2]", "\u{b}5"] {
        check_refused(text);
    }
}

#[test]
fn numbers_have_64_bits_or_a_decimal_point() {
    check("18446744073709551615", json!(u64::MAX));
    check("-9223372036854775808", json!(i64::MIN));
    check("00012", json!(12));
    check("[-0 -00 5. .5 -.5]", json!([0, 0, 5.0, 0.5, -0.5]));
    check("[1e5 -1e5 1.5e3 0x10 5x -a]", json!(["1e5", "-1e5", "1.5e3", "0x10", "5x", "-a"]));
    for text in [".", "-", "-.", "..", "1..2", "1.2.3", "--5", "+5", "[5_a]"] {
        check_refused(text);
    }
    check_refused("18446744073709551616");
    check_refused("-9223372036854775809");
    check_refused(&format!("{}.0", "9".repeat(400)));
}

#[test]
fn what_ends_too_early_is_refused() {
    for text in ["", "  ", "[1", "[", "[[]", "\"a", "\"\\", "\u{4}", "[\u{4}]", "\"\\u12"] {
        check_cut_off(text);
    }
    for text in ["{", "{\"a\"", "{\"a\":", "{\"a\":1", "\"\u{4}\"", "{\"a\" 1}", "{bad", "[1}"] {
        check_refused(text);
    }
}

#[test]
fn escapes_are_read_as_the_standard_says() {
    check(r#""\"\\\/\b\f\n\r\t""#, json!("\"\\/\u{8}\u{c}\n\r\t"));
    check(r#""\u0061\u00e9\u20AC\u0000\u0004\u005c\u0022""#, json!("aé€\0\u{4}\\\""));
    check(r#""\\u0061""#, json!("\\u0061"));
    check(r#"{"\u0069d":1,"id":2}"#, json!({"id": 1}));
    // Not of the standard: the letter stands for itself, as in the reference.
    check(r#""\a\v\0\'""#, json!("av0'"));
    check("t\\u0041", json!("tA"));
    for text in
        [r#""\u""#, r#""\u12g4""#, r#""\u+123""#, r#""\uD83D\uzzzz""#, r#""\u 123""#, r#""\u12""#]
    {
        check_refused(text);
    }
}

#[test]
fn pairs_of_surrogates_are_a_character_and_single_ones_are_replaced() {
    check(r#""\ud83d\ude00\uDBFF\uDFFF""#, json!("\u{1f600}\u{10ffff}"));
    check(r#""\ud83d""#, json!("\u{fffd}"));
    check(r#""\ude00\ud83d""#, json!("\u{fffd}\u{fffd}"));
    check(r#""\ud83d\ud83d\ude00""#, json!("\u{fffd}\u{1f600}"));
    check(r#""\ud83da\ud83d\u0061\ud83d\n""#, json!("\u{fffd}a\u{fffd}a\u{fffd}\n"));
    assert_eq!(
        parse_json(b"\"a\xff\xed\xa0\x80\""),
        Ok(json!("a\u{fffd}\u{fffd}\u{fffd}\u{fffd}"))
    );
}

#[test]
fn values_stand_200_deep_in_each_other_and_no_deeper() {
    let arrays = |depth: usize| parse_json(&[b"[".repeat(depth), b"]".repeat(depth)].concat());
    let objects = |depth: usize| {
        parse_json(&[b"{\"a\":".repeat(depth), b"1".to_vec(), b"}".repeat(depth)].concat())
    };
    let too_deep = Err(Malformed("Too many nested items in JSON input!"));
    assert!(arrays(200).is_ok() && objects(199).is_ok());
    assert_eq!(arrays(201), too_deep);
    assert_eq!(objects(200), too_deep);
    assert_eq!(parse_json(&b"[".repeat(10_000_000)), too_deep);
    assert_eq!(parse_json(&b"{\"\":".repeat(3_000_000)), too_deep);
}

#[test]
fn large_numbers_are_written_as_text() {
    let value = json!({"a": [1, 5_000_000_000_u64, 1.5, -1]});
    let wanted = json!({"a": [1, "5000000000", "1.50000000000000000", -1]});
    assert_eq!(as_written(value), wanted);
}

/// What answers are made of.
fn answers() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<u32>().prop_map(Value::from),
        any::<i64>().prop_map(|number| number.to_json()),
        any::<Vec<u8>>().prop_map(|bytes| Text::from(bytes).to_json()),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..8)
                .prop_map(|members| Value::Object(Map::from_iter(members))),
        ]
    })
}

proptest! {
    #[test]
    fn what_we_write_we_read_back(value in answers()) {
        prop_assert_eq!(parse_json(value.to_string().as_bytes()), Ok(value.clone()));
        let indented = serde_json::to_string_pretty(&value).unwrap();
        prop_assert_eq!(parse_json(indented.as_bytes()), Ok(value));
    }

    #[test]
    fn any_bytes_in_a_text_are_read_back_as_they_are_shown(bytes: Vec<u8>) {
        let shown = Text::from(bytes).to_json();
        let read = parse_json(shown.to_string().as_bytes()).unwrap();
        prop_assert_eq!(&read, &shown);
        prop_assert_eq!(Text::from_json(&read).unwrap().to_json(), shown);
    }

    #[test]
    fn what_others_escape_is_read_as_others_read_it(text: String) {
        let escaped: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        prop_assert_eq!(parse_json(format!("\"{escaped}\"").as_bytes()), Ok(Value::from(text)));
    }

    #[test]
    fn any_bytes_are_read_or_refused(
        bytes: Vec<u8>,
        close in "[\\[\\]{}\",:\\\\u0-9a-f .-]{0,60}",
    ) {
        let _ = (parse_json(&bytes), parse_json(close.as_bytes()));
    }
}

#[test]
fn a_text_is_read_up_to_so_many_values() {
    let text = br#"{"a":[1,{"b":2}]} 5"#;
    assert!(parse_json_within(text, 5).is_ok());
    assert_eq!(parse_json_within(text, 4), Err(TooMany(4)));
}
