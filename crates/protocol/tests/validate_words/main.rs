//! What the reference says to operations that no state could make valid: every question of every
//! operation's own validation, in the reference's order and words.
//!
//! Of two faults the one that is asked about first is told, so every two rows of an operation that
//! change different members are tried together as well.

mod accounts;
mod assets;
mod governance;
mod lending;
mod markets;
mod others;

use carbyne_protocol::ops::Operation;
use carbyne_wire::{Dialect, JsonIn};
use serde_json::{Map, Value, json};

/// Changes of members, and what the reference says to them.
type Rows = Vec<(Value, &'static str)>;

/// An operation's name, its valid members, and what is refused.
struct Case {
    name: &'static str,
    valid: Value,
    rows: Rows,
}

/// A case whose operation pays a fee, which may not be negative: the row for it comes first.
fn case(name: &'static str, valid: Value, rows: Rows) -> Case {
    let fee = (json!({"fee": {"amount": -1}}), "fee.amount >= 0: ");
    Case { name, valid, rows: [vec![fee], rows].concat() }
}

/// A case whose rows say where the fee is asked about.
fn in_order(name: &'static str, valid: Value, rows: Rows) -> Case {
    Case { name, valid, rows }
}

fn negative_fee(words: &'static str) -> (Value, &'static str) {
    (json!({"fee": {"amount": -1}}), words)
}

fn amount(amount: i64, asset: u64) -> Value {
    json!({"amount": amount, "asset_id": format!("1.3.{asset}")})
}

fn price(base: Value, quote: Value) -> Value {
    json!({"base": base, "quote": quote})
}

/// Replaces the members that the changes name, member by member of inner objects.
fn merge(into: &mut Value, changes: &Value) {
    match (into, changes) {
        (Value::Object(into), Value::Object(changes)) => {
            for (name, change) in changes {
                merge(into.entry(name).or_insert(Value::Null), change);
            }
        }
        (into, change) => *into = change.clone(),
    }
}

fn answer(name: &str, members: &Value) -> String {
    let (tag, ..) = Operation::TABLE.iter().find(|(_, known, _)| *known == name).expect(name);
    let operation =
        Operation::from_json_in(&json!([tag, members]), Dialect::REFERENCE).expect(name);
    match operation.stateless().check_stateless() {
        Ok(()) => "valid".to_owned(),
        Err(rejected) => rejected.reference_words(),
    }
}

fn members(change: &Value) -> &Map<String, Value> {
    change.as_object().expect("an object")
}

fn check(case: &Case) {
    let Case { name, valid, rows } = case;
    let told = |changes: &[&Value]| {
        let mut changed = valid.clone();
        changes.iter().for_each(|change| merge(&mut changed, change));
        answer(name, &changed)
    };
    for (at, (first, words)) in rows.iter().enumerate() {
        assert_eq!(told(&[first]), *words, "{name} {first}");
        for (second, _) in rows.iter().skip(at + 1) {
            let is_apart = members(first).keys().all(|name| !members(second).contains_key(name));
            if is_apart {
                assert_eq!(told(&[first, second]), *words, "{name} {first} before {second}");
            }
        }
    }
}

fn cases() -> Vec<Case> {
    [
        accounts::cases(),
        assets::cases(),
        governance::cases(),
        lending::cases(),
        markets::cases(),
        others::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn every_question_is_asked_in_the_reference_s_order_and_words() {
    cases().iter().for_each(check);
}

#[test]
fn every_operation_is_in_the_table() {
    let cases = cases();
    for (_, name, _) in Operation::TABLE {
        assert!(cases.iter().any(|case| case.name == *name), "{name} is missing");
    }
}

#[test]
fn what_the_rows_change_is_valid() {
    // Commitments that add up are in the recordings.
    let is_made_here = |case: &&Case| !case.name.contains("blind");
    for Case { name, valid, .. } in cases().iter().filter(is_made_here) {
        let told = answer(name, valid);
        let is_virtual = told.contains("irtual operation") || told == "false: ";
        assert!(told == "valid" || is_virtual, "{name}: {told}");
    }
}
