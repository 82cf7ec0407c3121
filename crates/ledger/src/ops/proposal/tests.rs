//! Proposals in a small chain.

use crate::Trust;
use crate::ops::sandbox::{DIALECT, START, amount, check, ledger, op, push, push_with, with};
use carbyne_crypto::PrivateKey;
use carbyne_protocol::constants::CORE;
use carbyne_protocol::ids::ProposalId;
use carbyne_protocol::ops::Operation;
use carbyne_wire::{Id, Json, JsonIn, TimePointSec, Value};
use serde_json::json;

fn after_start(seconds: u32) -> Value {
    TimePointSec(START.0 + seconds).to_json()
}

/// Account 1.2.1 proposes a transfer of 1.2.2 to it, for a minute.
fn create(changes: Value) -> Operation {
    let transfer = json!({"from": "1.2.2", "to": "1.2.1", "amount": amount(1, 0)});
    let plain = json!({
        "fee_paying_account": "1.2.1",
        "expiration_time": after_start(60),
        "proposed_ops": [{"op": [0, transfer]}],
    });
    op("proposal_create", with(plain, changes))
}

fn propose(operations: &[Operation]) -> Operation {
    let operations: Vec<Value> =
        operations.iter().map(|operation| json!({"op": operation.to_json_in(DIALECT)})).collect();
    create(json!({"proposed_ops": operations}))
}

fn update(changes: Value) -> Operation {
    let plain = json!({"fee_paying_account": "1.2.1", "proposal": "1.10.0"});
    op("proposal_update", with(plain, changes))
}

fn approve() -> Operation {
    update(json!({"active_approvals_to_add": ["1.2.2"]}))
}

fn delete(changes: Value) -> Operation {
    let plain = json!({"fee_paying_account": "1.2.1", "proposal": "1.10.0"});
    op("proposal_delete", with(plain, changes))
}

#[test]
fn a_proposal_has_an_end_and_something_that_accounts_can_approve() {
    let key = PrivateKey::from_seed("holder").public_key().to_json_in(DIALECT);
    let claim = op("balance_claim", json!({"balance_owner_key": key}));
    let review = |seconds: u32| create(json!({"review_period_seconds": seconds}));
    check(
        &mut ledger(1_000),
        &[
            (propose(&[]), "ProposalCreateRefusal::Empty"),
            (create(json!({"expiration_time": after_start(0)})), "ProposalCreateRefusal::Expired"),
            (
                create(json!({"expiration_time": after_start(60 * 60 * 24 * 28 + 1)})),
                "ProposalCreateRefusal::TooFar",
            ),
            (review(60), "ProposalCreateRefusal::ReviewTooLong"),
            (propose(&[approve(), approve()]), "ProposalCreateRefusal::TwoUpdates"),
            (propose(&[claim]), "ProposalCreateRefusal::OtherAuthorities"),
            (propose(&[approve()]), "ProposalCreateRefusal::FutureProposal"),
            (review(59), "ok"),
        ],
    );
}

/// What a proposal does must not depend on who vouches for the transaction that approves it, or
/// that comes before its end.
#[test]
fn a_proposal_that_asserts_what_is_false_fails_whoever_vouches_for_its_approval() {
    for trust in [Trust::Nobody, Trust::OurLog, Trust::Unsigned] {
        let mut ledger = ledger(1_000);
        let wrong_name = json!({"predicates": [[0, {"account_id": "1.2.2", "name": "nobody"}]]});
        let asserts = op("assert", with(json!({"fee_paying_account": "1.2.2"}), wrong_name));
        let transfer = json!({"from": "1.2.2", "to": "1.2.1", "amount": amount(777, 0)});
        let proposal = propose(&[asserts, op("transfer", transfer)]);
        check(&mut ledger, &[(proposal, "ok")]);
        let approval = match trust {
            // Whoever is asked would have to sign.
            Trust::Nobody => push(&mut ledger, vec![approve()]),
            trust => push_with(&mut ledger, vec![approve()], trust),
        };
        approval.unwrap();
        let kept = ledger.get(Id(0) as ProposalId).unwrap();
        assert!(kept.fail_reason.to_string().contains("name"), "{trust:?}: {}", kept.fail_reason);
        assert_eq!(ledger.balance(Id(1), CORE), 1_000, "{trust:?}");
    }
}

#[test]
fn an_approval_is_added_or_taken_back_before_the_review() {
    let key = PrivateKey::from_seed("holder").public_key().to_json_in(DIALECT);
    let take_back = || update(json!({"active_approvals_to_remove": ["1.2.2"]}));
    let both = json!({
        "active_approvals_to_add": ["1.2.2"],
        "active_approvals_to_remove": ["1.2.2"],
    });
    let both_of_key =
        json!({"key_approvals_to_add": [key.clone()], "key_approvals_to_remove": [key]});
    let mut ledger = ledger(1_000);
    check(
        &mut ledger,
        &[
            (create(json!({"review_period_seconds": 30})), "ok"),
            (update(json!({})), "ProposalUpdateRefusal::Empty"),
            (update(both), "ProposalUpdateRefusal::AccountTwice"),
            (update(both_of_key), "ProposalUpdateRefusal::KeyTwice"),
            (take_back(), "ProposalUpdateRefusal::NotApproved"),
            (approve(), "ok"),
            (take_back(), "ok"),
            (delete(json!({"fee_paying_account": "1.2.3"})), "ProposalDeleteRefusal::NotRequired"),
        ],
    );
    ledger.modify_dynamic(|dynamic| dynamic.time.0 += 30).unwrap();
    check(&mut ledger, &[(approve(), "ProposalUpdateRefusal::InReview")]);
}
