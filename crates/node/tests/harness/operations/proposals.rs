//! Proposals that are carried out, fail and are taken back; what is asserted, and what means
//! nothing to the chain.

use super::{Situation, Turn};
use serde_json::{Value, json};

pub const TURNS: &[Turn] = &[
    &[("proposal_create", |s| propose(s, vec![false_predicate(s)]))],
    &[("proposal_update", approve)],
    &[("proposal_create", |s| propose(s, true_predicates(s)))],
    &[("proposal_update", approve)],
    &[("proposal_create", |s| propose(s, vec![false_predicate(s)]))],
    &[("proposal_delete", |s| {
        json!({
            "fee_paying_account": s.me, "proposal": s.id(1, 10),
            "using_owner_authority": false,
        })
    })],
    &[("proposal_create", nobody_must_approve)],
    &[("assert", |s| assert(s, true_predicates(s)))],
    &[("custom", |s| json!({"payer": s.me, "id": 7, "data": "beef"}))],
];

fn true_predicates(s: &Situation<'_>) -> Vec<Value> {
    vec![
        json!([0, {"account_id": "1.2.0", "name": "committee-account"}]),
        json!([1, {"asset_id": "1.3.0", "symbol": "BTS"}]),
        json!([2, {"id": s.head}]),
    ]
}

fn false_predicate(s: &Situation<'_>) -> Value {
    json!([0, {"account_id": s.me, "name": "nobody"}])
}

fn assert(s: &Situation<'_>, predicates: Vec<Value>) -> Value {
    json!({"fee_paying_account": s.me, "predicates": predicates})
}

/// A transfer that must be left undone if what is asserted is false.
fn propose(s: &Situation<'_>, predicates: Vec<Value>) -> Value {
    let transfer = json!({"from": s.me, "to": s.other, "amount": s.core(777)});
    json!({
        "fee_paying_account": s.me,
        "expiration_time": s.after(3_600),
        "proposed_ops": [
            {"op": s.tagged("assert", assert(s, predicates))},
            {"op": s.tagged("transfer", transfer)},
        ],
    })
}

/// The last account that a number can name, which no chain will ever have, must approve.
fn nobody_must_approve(s: &Situation<'_>) -> Value {
    let transfer = json!({"from": "1.2.281474976710655", "to": s.me, "amount": s.core(1)});
    json!({
        "fee_paying_account": s.me,
        "expiration_time": s.after(3_600),
        "proposed_ops": [{"op": s.tagged("transfer", transfer)}],
    })
}

fn approve(s: &Situation<'_>) -> Value {
    json!({
        "fee_paying_account": s.me, "proposal": s.id(1, 10), "active_approvals_to_add": [s.me],
    })
}
