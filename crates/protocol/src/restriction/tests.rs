//! Restrictions against operations: what fits, and what complies.

use super::{Restriction, check, complies, count};
use crate::ops::Operation;
use carbyne_wire::{Dialect, JsonIn, Pack, Tags, Value, unpack_exact};

/// Restrictions from lists `[member, function, argument]`, the short form of these tests.
fn restrictions(text: &str) -> Vec<Restriction> {
    let value: Value = serde_json::from_str(text).expect("the test is JSON");
    value.as_array().expect("a list of restrictions").iter().map(restriction).collect()
}

fn restriction(short: &Value) -> Restriction {
    let long = serde_json::json!({
        "member_index": short[0],
        "restriction_type": short[1],
        "argument": argument(&short[2]),
    });
    Restriction::from_json_in(&long, Dialect::REFERENCE).expect("a restriction")
}

/// Arguments that hold restrictions have these in the short form too.
fn argument(short: &Value) -> Value {
    let long = |list: &Value| {
        let list = list.as_array().expect("a list of restrictions");
        Value::Array(
            list.iter().map(|short| restriction(short).to_json_in(Dialect::REFERENCE)).collect(),
        )
    };
    match short[0].as_u64() {
        Some(39) => serde_json::json!([39, long(&short[1])]),
        Some(40) => {
            let branches = short[1].as_array().expect("a list of branches");
            serde_json::json!([40, branches.iter().map(long).collect::<Vec<_>>()])
        }
        Some(41) => serde_json::json!([41, [short[1][0], long(&short[1][1])]]),
        _ => short.clone(),
    }
}

fn operation(tag: u64, content: &str) -> Operation {
    let content: Value = serde_json::from_str(content).expect("the test is JSON");
    Operation::from_json_in(&serde_json::json!([tag, content]), Dialect::REFERENCE)
        .expect("an operation")
}

/// Whether such restrictions can be asked of an operation, or why not. They come packed, as users
/// send them.
fn fits(tag: u64, text: &str) -> &'static str {
    let packed = restrictions(text).to_bytes();
    let unpacked: Vec<Restriction> =
        unpack_exact(&packed, Tags::Reference).expect("what was packed");
    check(&unpacked, tag).map_or_else(|refusal| refusal.reason(), |()| "ok")
}

/// Restrictions that fit, and whether an operation complies with them.
fn asks(operation: &Operation, text: &str, expected: bool) {
    assert!(check(&restrictions(text), operation.tag()).is_ok(), "{text}");
    assert_eq!(complies(operation, &restrictions(text)), expected, "{text}");
}

fn transfer() -> Operation {
    operation(
        0,
        r#"{"from": "1.2.16", "to": "1.2.17", "amount": {"amount": 100, "asset_id": "1.3.5"}}"#,
    )
}

fn with_memo() -> Operation {
    let key = carbyne_crypto::PublicKey::NULL.to_json_in(Dialect::REFERENCE);
    let memo = serde_json::json!({"from": key, "to": key, "nonce": "18446744073709551615",
        "message": "01ff41"});
    let transfer = serde_json::json!([0, {"from": "1.2.16", "to": "1.2.17", "memo": memo}]);
    Operation::from_json_in(&transfer, Dialect::REFERENCE).expect("a transfer")
}

fn witness_update() -> Operation {
    operation(21, r#"{"witness": "1.6.1", "witness_account": "1.2.16", "new_url": "http"}"#)
}

fn producers() -> Operation {
    operation(
        13,
        r#"{"issuer": "1.2.16", "asset_to_update": "1.3.5",
            "new_feed_producers": ["1.2.3", "1.2.5", "1.2.9"]}"#,
    )
}

#[test]
fn a_restriction_must_fit_the_operation() {
    let table = [
        (0, "[]", "ok"),
        (4, "[]", "RestrictionRefusal::UnsupportedOperation"),
        (22, "[]", "RestrictionRefusal::UnsupportedOperation"),
        (78, "[]", "RestrictionRefusal::UnknownOperation"),
        (0, "[[1, 0, [7, \"1.2.3\"]]]", "ok"),
        (0, "[[1, 0, [8, \"1.3.3\"]]]", "RestrictionRefusal::WrongTypes"),
        (0, "[[1, 0, [0, {}]]]", "RestrictionRefusal::WrongTypes"),
        (0, "[[4, 0, [0, {}]]]", "ok"),
        (0, "[[6, 0, [0, {}]]]", "RestrictionRefusal::UnknownMember"),
        (0, "[[1, 13, [0, {}]]]", "RestrictionRefusal::UnknownFunction"),
        (0, "[[1, 4294967296, [7, \"1.2.3\"]]]", "ok"),
        (0, "[[1, 4294967307, [40, [[], []]]]]", "RestrictionRefusal::UnknownFunction"),
        (0, "[[3, 10, [39, []]]]", "RestrictionRefusal::Empty"),
        (0, "[[3, 10, [39, [[0, 5, [2, 7]]]]]]", "ok"),
        (0, "[[3, 10, [39, [[0, 5, [3, \"7\"]]]]]]", "RestrictionRefusal::WrongTypes"),
        (0, "[[1, 10, [39, [[0, 5, [2, 7]]]]]]", "RestrictionRefusal::NoMembers"),
        (0, "[[1, 10, [2, 7]]]", "RestrictionRefusal::WrongArgument"),
        (0, "[[1, 0, [39, []]]]", "RestrictionRefusal::UnsupportedArgument"),
        (0, "[[1, 2, [26, []]]]", "RestrictionRefusal::UnsupportedArgument"),
        (0, "[[1, 6, [7, \"1.2.3\"]]]", "RestrictionRefusal::UnsupportedArgument"),
        (0, "[[0, 11, [40, [[]]]]]", "RestrictionRefusal::TooFewBranches"),
        (0, "[[0, 11, [40, [[], []]]]]", "RestrictionRefusal::Empty"),
        (0, "[[0, 11, [39, []]]]", "RestrictionRefusal::WrongArgument"),
        (0, "[[0, 12, [39, []]]]", "RestrictionRefusal::WrongArgument"),
        (0, "[[1, 12, [41, [0, []]]]]", "RestrictionRefusal::NotAChoice"),
        (49, "[[4, 12, [41, [3, []]]]]", "ok"),
        (49, "[[4, 12, [41, [4, []]]]]", "RestrictionRefusal::UnknownChoice"),
        (49, "[[4, 12, [41, [-1, []]]]]", "RestrictionRefusal::NegativeChoice"),
        (49, "[[4, 12, [41, [2, [[0, 0, [2, 1]]]]]]]", "RestrictionRefusal::NoMembers"),
        (13, "[[3, 8, [26, []]]]", "ok"),
        (13, "[[3, 0, [26, []]]]", "ok"),
        (13, "[[3, 2, [26, []]]]", "RestrictionRefusal::UnsupportedArgument"),
        (13, "[[3, 8, [27, []]]]", "RestrictionRefusal::WrongTypes"),
        (13, "[[1, 8, [26, []]]]", "RestrictionRefusal::WrongTypes"),
        (21, "[[3, 6, [22, []]]]", "ok"),
        (21, "[[3, 6, [21, []]]]", "RestrictionRefusal::WrongTypes"),
        (21, "[[3, 0, [2, 4]]]", "RestrictionRefusal::WrongTypes"),
    ];
    for (tag, text, expected) in table {
        assert_eq!(fits(tag, text), expected, "{tag} {text}");
    }
}

#[test]
fn numbers_and_ids_are_compared() {
    for (text, expected) in [
        ("[[1, 0, [7, \"1.2.16\"]]]", true),
        ("[[1, 1, [7, \"1.2.16\"]]]", false),
        ("[[1, 2, [7, \"1.2.17\"]]]", true),
        ("[[1, 4, [7, \"1.2.15\"]]]", true),
        ("[[1, 6, [26, [\"1.2.9\", \"1.2.16\"]]]]", true),
        ("[[1, 7, [26, [\"1.2.9\", \"1.2.16\"]]]]", false),
        ("[[3, 10, [39, [[0, 2, [2, 101]], [1, 0, [8, \"1.3.5\"]]]]]]", true),
        ("[[3, 10, [39, [[0, 2, [2, 100]], [1, 0, [8, \"1.3.5\"]]]]]]", false),
        ("[[3, 10, [39, [[0, 3, [2, 100]], [0, 5, [2, 100]], [0, 4, [2, -1]]]]]]", true),
        ("[[0, 11, [40, [[[1, 0, [7, \"1.2.1\"]]], [[2, 0, [7, \"1.2.17\"]]]]]]]", true),
        ("[[0, 11, [40, [[[1, 0, [7, \"1.2.1\"]]], [[2, 0, [7, \"1.2.1\"]]]]]]]", false),
        ("[[5, 0, [2, 0]]]", true),
    ] {
        asks(&transfer(), text, expected);
    }
}

#[test]
fn what_is_not_there_equals_only_nothing() {
    asks(&transfer(), "[[4, 0, [0, {}]]]", true);
    asks(&transfer(), "[[4, 1, [0, {}]]]", false);
    asks(&transfer(), "[[4, 10, [39, [[3, 0, [2, 3]]]]]]", false);
    asks(&with_memo(), "[[4, 0, [0, {}]]]", false);
    let silent = operation(21, r#"{"witness": "1.6.1", "witness_account": "1.2.16"}"#);
    for (text, expected) in [
        ("[[3, 0, [3, \"http\"]]]", false),
        ("[[3, 1, [3, \"http\"]]]", true),
        ("[[3, 2, [3, \"http\"]]]", false),
        ("[[3, 3, [3, \"http\"]]]", true),
        ("[[3, 5, [3, \"http\"]]]", true),
        ("[[3, 6, [22, [\"http\"]]]]", false),
        ("[[3, 7, [22, [\"http\"]]]]", true),
        ("[[3, 8, [21, []]]]", false),
        ("[[3, 9, [21, []]]]", false),
    ] {
        asks(&silent, text, expected);
    }
    asks(&witness_update(), "[[3, 0, [3, \"http\"]]]", true);
    asks(&witness_update(), "[[3, 2, [3, \"http\"]]]", false);
}

#[test]
fn bytes_are_small_numbers_with_a_sign() {
    for (text, expected) in [
        ("[[3, 0, [2, 3]]]", true),
        ("[[3, 0, [2, 4]]]", false),
        ("[[3, 6, [21, [-1, 1, 65, 70]]]]", true),
        ("[[3, 6, [21, [1, 65, 255]]]]", false),
        ("[[3, 7, [21, [2, 3]]]]", true),
        ("[[3, 8, [21, [-1, 65]]]]", true),
        ("[[3, 8, [21, [-1, 66]]]]", false),
        ("[[3, 9, [21, [2, 3]]]]", true),
        ("[[3, 9, [21, [1]]]]", false),
        // The largest number without a sign is -1 with one, but only inside sets.
        ("[[2, 6, [21, [-1]]]]", true),
        ("[[2, 0, [2, -1]]]", false),
        ("[[2, 4, [2, 9223372036854775807]]]", true),
    ] {
        asks(&with_memo(), &format!("[[4, 10, [39, {text}]]]"), expected);
    }
}

#[test]
fn sets_are_compared_with_sets() {
    for (text, expected) in [
        ("[[3, 0, [2, 3]]]", true),
        ("[[3, 0, [26, [\"1.2.9\", \"1.2.5\", \"1.2.3\"]]]]", true),
        ("[[3, 0, [26, [\"1.2.9\", \"1.2.5\"]]]]", false),
        ("[[3, 6, [26, [\"1.2.3\", \"1.2.4\", \"1.2.5\", \"1.2.9\"]]]]", true),
        ("[[3, 6, [26, [\"1.2.3\", \"1.2.4\"]]]]", false),
        ("[[3, 7, [26, [\"1.2.4\"]]]]", true),
        ("[[3, 7, [26, [\"1.2.5\"]]]]", false),
        ("[[3, 8, [26, [\"1.2.3\", \"1.2.9\"]]]]", true),
        ("[[3, 8, [26, [\"1.2.3\", \"1.2.4\"]]]]", false),
        ("[[3, 9, [26, [\"1.2.4\"]]]]", true),
        ("[[3, 9, [26, [\"1.2.4\", \"1.2.5\"]]]]", false),
    ] {
        asks(&producers(), text, expected);
    }
}

#[test]
fn a_choice_is_known_by_its_tag() {
    let hash = r#"{"from": "1.2.16", "to": "1.2.17", "preimage_hash":
        [1, "0000000000000000000000000000000000000000"]}"#;
    asks(&operation(49, hash), "[[4, 12, [41, [1, []]]]]", true);
    asks(&operation(49, hash), "[[4, 12, [41, [0, []]]]]", false);
}

#[test]
fn restrictions_inside_others_count_too() {
    let text = "[[3, 10, [39, [[0, 2, [2, 9]], [1, 0, [8, \"1.3.5\"]]]]],
        [0, 11, [40, [[[1, 0, [7, \"1.2.1\"]]], [[2, 0, [7, \"1.2.1\"]]]]]],
        [4, 12, [41, [1, [[0, 0, [2, 1]]]]]]]";
    assert_eq!(count(&restrictions(text)), 8);
}
