//! Recurring payments, told as tables. Accounts have 1,000 of each asset; 1.2.9 issues them.

use crate::Ledger;
use crate::evaluate::{Mode, evaluate_one};
use crate::ops::contract_sandbox::Step::{At, Do, Has, Rows, Then};
use crate::ops::contract_sandbox::{Step, at, blacklist, check, end_block, open_chain};
use crate::ops::sandbox::{DIALECT, amount, apply, op, with};
use carbyne_objects::FeatureSettings;
use carbyne_protocol::features::Family;
use carbyne_protocol::ids::*;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::asset::options::flag;
use carbyne_wire::{Id, Value};
use serde_json::json;

const HOUR: u32 = 3_600;
const DAY: u32 = 86_400;

/// 1.2.1 pays 100 to 1.2.2 three times, an hour apart, from a day after the start on.
fn create(changes: Value) -> Operation {
    let order = json!({
        "from": "1.2.1", "to": "1.2.2", "amount": amount(100, 1), "interval_sec": HOUR,
        "times": 3, "start": at(DAY),
    });
    op("recurring_create", with(order, changes))
}

fn update(changes: Value) -> Operation {
    let order = json!({
        "from": "1.2.1", "recurring": "16.1.0", "amount": amount(100, 1), "interval_sec": HOUR,
    });
    op("recurring_update", with(order, changes))
}

fn cancel(account: &str) -> Operation {
    op("recurring_cancel", json!({"account": account, "recurring": "16.1.0"}))
}

#[track_caller]
fn story(steps: &[Step]) {
    check(&mut open_chain(1_000), steps);
}

#[test]
fn an_order_is_refused_at_its_edges() {
    let refused = |changes, reason| Do(create(changes), reason);
    story(&[
        refused(json!({"fee": amount(-1, 0)}), "ContractRefusal::NegativeFee"),
        refused(json!({"to": "1.2.1"}), "ContractRefusal::SameAccount"),
        refused(json!({"amount": amount(0, 1)}), "ContractRefusal::NoAmount"),
        refused(json!({"times": 0}), "ContractRefusal::OutOfRange"),
        refused(json!({"times": 1_001}), "ContractRefusal::BeyondLimit"),
        refused(json!({"interval_sec": HOUR - 1}), "ContractRefusal::OutOfTime"),
        refused(json!({"interval_sec": 367 * DAY}), "ContractRefusal::OutOfRange"),
        refused(json!({"times": 200, "interval_sec": 366 * DAY}), "ContractRefusal::OutOfRange"),
        refused(json!({"start": "1970-01-12T13:46:39"}), "ContractRefusal::OutOfTime"),
        refused(json!({"start": at(32_832_001)}), "ContractRefusal::OutOfTime"),
        refused(json!({"to": "1.2.77"}), "LedgerRefusal::UnknownObject"),
        refused(json!({"start": at(32_832_000)}), "ok"),
        refused(json!({"start": at(0), "interval_sec": 366 * DAY, "times": 130}), "ok"),
        refused(json!({"times": 1_000}), "ok"),
        Rows(3),
    ]);
}

#[test]
fn it_is_paid_so_many_times_and_then_gone() {
    story(&[
        Do(create(json!({})), "ok"),
        At(DAY - 1),
        Has(2, 1, 1_000),
        At(DAY),
        Has(1, 1, 900),
        Has(2, 1, 1_100),
        At(DAY + HOUR - 1),
        Has(2, 1, 1_100),
        At(DAY + HOUR),
        Has(2, 1, 1_200),
        Rows(1),
        At(DAY + 2 * HOUR + 7),
        Has(2, 1, 1_300),
        Has(1, 1, 700),
        Rows(0),
    ]);
}

#[test]
fn one_that_starts_now_is_paid_with_the_next_block() {
    story(&[
        Do(create(json!({"start": at(0), "times": 1})), "ok"),
        At(5),
        Has(2, 1, 1_100),
        Rows(0),
    ]);
}

#[test]
fn a_standstill_is_neither_used_up_nor_made_up_for() {
    story(&[
        Do(create(json!({})), "ok"),
        // Two and a half intervals late: one payment, and the next where it would have been.
        At(DAY + 2 * HOUR + HOUR / 2),
        Has(2, 1, 1_100),
        At(DAY + 3 * HOUR - 1),
        Has(2, 1, 1_100),
        At(DAY + 3 * HOUR),
        Has(2, 1, 1_200),
        At(DAY + 4 * HOUR),
        Has(2, 1, 1_300),
        Rows(0),
    ]);
}

#[test]
fn what_cannot_be_paid_is_used_up() {
    story(&[
        Do(create(json!({"amount": amount(600, 1), "times": 4})), "ok"),
        At(DAY),
        Has(1, 1, 400),
        At(DAY + HOUR),
        Has(1, 1, 400),
        Do(op("transfer", json!({"from": "1.2.3", "to": "1.2.1", "amount": amount(300, 1)})), "ok"),
        At(DAY + 2 * HOUR),
        Has(1, 1, 100),
        Has(2, 1, 2_200),
        Rows(1),
        At(DAY + 3 * HOUR),
        Rows(0),
        Has(1, 1, 100),
    ]);
}

#[test]
fn the_tenth_failure_in_a_row_is_the_end() {
    let mut steps = vec![Do(create(json!({"amount": amount(1_001, 1), "times": 100})), "ok")];
    steps.extend((0..9).map(|hour| At(DAY + hour * HOUR)));
    steps.extend([Rows(1), At(DAY + 9 * HOUR), Rows(0), Has(1, 1, 1_000)]);
    story(&steps);
}

#[test]
fn a_payment_between_failures_counts_them_anew() {
    let give = |more| {
        let given = json!({"from": "1.2.3", "to": "1.2.1", "amount": amount(more, 1)});
        Do(op("transfer", given), "ok")
    };
    let mut steps = vec![Do(create(json!({"amount": amount(1_001, 1), "times": 100})), "ok")];
    steps.extend((0..9).map(|hour| At(DAY + hour * HOUR)));
    steps.extend([give(1), At(DAY + 9 * HOUR), Has(1, 1, 0), Has(2, 1, 2_001)]);
    steps.extend((10..19).map(|hour| At(DAY + hour * HOUR)));
    steps.extend([Rows(1), At(DAY + 19 * HOUR), Rows(0)]);
    story(&steps);
}

#[test]
fn an_update_makes_nothing_due_now() {
    story(&[
        Do(create(json!({})), "ok"),
        At(DAY - 100),
        // Another interval counts from now, though the next payment was a hundred seconds away.
        Do(update(json!({"interval_sec": 2 * HOUR, "amount": amount(50, 1)})), "ok"),
        At(DAY),
        Has(2, 1, 1_000),
        At(DAY - 100 + 2 * HOUR - 1),
        Has(2, 1, 1_000),
        At(DAY - 100 + 2 * HOUR),
        Has(2, 1, 1_050),
        // The same interval leaves the next payment where it is.
        Do(update(json!({"interval_sec": 2 * HOUR, "add_times": 1})), "ok"),
        At(DAY - 100 + 4 * HOUR),
        Has(2, 1, 1_150),
        At(DAY - 100 + 6 * HOUR),
        At(DAY - 100 + 8 * HOUR),
        Has(2, 1, 1_350),
        Rows(0),
    ]);
}

#[test]
fn an_update_is_refused_at_its_edges() {
    let refused = |changes, reason| Do(update(changes), reason);
    story(&[
        refused(json!({}), "LedgerRefusal::UnknownObject"),
        Do(create(json!({})), "ok"),
        refused(json!({"from": "1.2.2"}), "ContractRefusal::NotParty"),
        refused(json!({"amount": amount(100, 2)}), "ContractRefusal::OtherTerms"),
        refused(json!({"amount": amount(0, 1)}), "ContractRefusal::NoAmount"),
        refused(json!({"interval_sec": 60}), "ContractRefusal::OutOfTime"),
        refused(json!({"add_times": 998}), "ContractRefusal::BeyondLimit"),
        refused(json!({"add_times": u32::MAX}), "ContractRefusal::BeyondLimit"),
        refused(json!({"add_times": 997}), "ok"),
        refused(json!({"interval_sec": 366 * DAY}), "ContractRefusal::BeyondLimit"),
    ]);
}

#[test]
fn either_side_ends_it_and_nobody_else() {
    for account in ["1.2.1", "1.2.2"] {
        story(&[
            Do(create(json!({})), "ok"),
            Do(cancel("1.2.3"), "ContractRefusal::NotParty"),
            At(DAY),
            Do(cancel(account), "ok"),
            Do(cancel(account), "LedgerRefusal::UnknownObject"),
            At(DAY + HOUR),
            Has(2, 1, 1_100),
            Rows(0),
        ]);
    }
}

fn limit(ledger: &mut Ledger, change: impl FnOnce(&mut FeatureSettings)) {
    ledger.modify(Id(0) as FeatureSettingsId, change).unwrap();
}

#[test]
fn an_order_from_before_a_limit_was_lowered_keeps_what_it_has() {
    story(&[
        Do(create(json!({"times": 1_000})), "ok"),
        Then(|ledger| {
            limit(ledger, |settings| {
                settings.current.limits.recurring_max_times = 2;
                settings.current.limits.recurring_min_interval_sec = DAY;
            });
        }),
        Do(create(json!({"interval_sec": DAY})), "ContractRefusal::BeyondLimit"),
        Do(update(json!({"amount": amount(7, 1)})), "ok"),
        Do(update(json!({"add_times": 1})), "ContractRefusal::BeyondLimit"),
        Do(update(json!({"interval_sec": 2 * HOUR})), "ContractRefusal::OutOfTime"),
        At(DAY),
        Has(2, 1, 1_007),
        At(DAY + HOUR),
        Has(2, 1, 1_014),
    ]);
}

#[test]
fn what_is_due_is_over_even_before_the_chain_comes_to_it() {
    let mut ledger = open_chain(1_000);
    limit(&mut ledger, |settings| settings.current.limits.due_per_block = 1);
    check(
        &mut ledger,
        &[
            Do(create(json!({"from": "1.2.3"})), "ok"),
            Do(create(json!({})), "ok"),
            At(DAY),
            Has(2, 1, 1_100),
            Do(
                op("recurring_cancel", json!({"account": "1.2.1", "recurring": "16.1.1"})),
                "ContractRefusal::Over",
            ),
            Do(
                update(json!({"recurring": "16.1.1", "interval_sec": 2 * HOUR})),
                "ContractRefusal::Over",
            ),
            At(DAY + 5),
            Has(2, 1, 1_200),
            Do(op("recurring_cancel", json!({"account": "1.2.1", "recurring": "16.1.1"})), "ok"),
        ],
    );
}

/// The issuer lets only itself give and get the asset.
fn restrict(ledger: &mut Ledger) {
    ledger
        .modify(Id(1) as AssetId, |asset| asset.options.flags |= flag::TRANSFER_RESTRICTED)
        .unwrap();
}

#[test]
fn lists_are_asked_as_a_transfer_would_be_at_every_payment() {
    story(&[
        Do(create(json!({"times": 10})), "ok"),
        At(DAY),
        Then(|ledger| blacklist(ledger, 2, 1..2)),
        Do(create(json!({})), "ContractRefusal::MayNotHold"),
        At(DAY + HOUR),
        Has(2, 1, 1_100),
        Has(1, 1, 900),
        Rows(1),
    ]);
    story(&[
        Do(create(json!({"times": 10})), "ok"),
        Then(restrict),
        Do(create(json!({})), "ContractRefusal::Restricted"),
        Do(create(json!({"to": "1.2.9"})), "ok"),
        At(DAY),
        Has(2, 1, 1_000),
        Has(1, 1, 900),
        Has(9, 1, 100),
    ]);
}

/// A proposal of it.
fn nested(operation: Operation) -> Operation {
    let operation = carbyne_wire::JsonIn::to_json_in(&operation, DIALECT);
    let proposal = json!({"expiration_time": at(100), "proposed_ops": [{"op": operation}]});
    op("proposal_create", proposal)
}

#[test]
fn a_chain_says_what_it_does_not_have() {
    let terms = |change: fn(&mut FeatureSettings), operation: Operation, reason| {
        let mut ledger = open_chain(1_000);
        limit(&mut ledger, change);
        let refusal = apply(&mut ledger, operation).unwrap_err();
        assert_eq!(refusal.reason(), reason);
    };
    let closed = |settings: &mut FeatureSettings| settings.current.open.clear();
    terms(closed, create(json!({})), "FeatureRefusal::NotOpen");
    let paused = |settings: &mut FeatureSettings| {
        settings.current.paused.insert(Family::Recurring);
    };
    terms(paused, create(json!({})), "FeatureRefusal::Paused");
    terms(paused, cancel("1.2.1"), "LedgerRefusal::UnknownObject");
    let mut without = open_chain(1_000);
    without.remove(Id(0) as FeatureSettingsId).unwrap();
    for operation in [create(json!({})), nested(create(json!({}))), nested(nested(cancel("1.2.1")))]
    {
        let refusal = apply(&mut without, operation).unwrap_err();
        assert_eq!(refusal.reason(), "FeatureRefusal::UnknownOperation");
    }
    end_block(&mut without, DAY);
}

#[test]
fn nothing_that_is_closed_is_proposed_however_deep() {
    let mut ledger = open_chain(1_000);
    limit(&mut ledger, |settings| settings.current.open.clear());
    let outer = nested(nested(create(json!({}))));
    assert_eq!(apply(&mut ledger, outer).unwrap_err().reason(), "FeatureRefusal::NotOpen");
}

#[test]
fn the_committee_opens_pauses_and_limits_from_the_next_maintenance_on() {
    let mut ledger = open_chain(1_000);
    limit(&mut ledger, |settings| settings.current.open.clear());
    let set = op(
        "carbyne_set",
        json!({
            "open": ["recurring"], "pause": ["escrow"], "limits": {"recurring_max_times": 2},
        }),
    );
    let alone = apply(&mut ledger, set.clone()).unwrap_err();
    assert_eq!(alone.reason(), "UpdateGlobalParametersRefusal::NotProposed");
    let Operation::CarbyneSet(content) = &set else { panic!("{set:?}") };
    evaluate_one(&**content, &set, &mut ledger, Mode::Proposed).unwrap();
    let early = apply(&mut ledger, create(json!({}))).unwrap_err();
    assert_eq!(early.reason(), "FeatureRefusal::NotOpen");
    crate::features::update_settings(&mut ledger).unwrap();
    let many = apply(&mut ledger, create(json!({}))).unwrap_err();
    assert_eq!(many.reason(), "ContractRefusal::BeyondLimit");
    apply(&mut ledger, create(json!({"times": 2}))).unwrap();
    let wild = op("carbyne_set", json!({"limits": {"due_per_block": 99}}));
    assert_eq!(apply(&mut ledger, wild).unwrap_err().reason(), "ContractRefusal::OutOfRange");
}

#[test]
fn nobody_sends_what_the_chain_records() {
    story(&[Do(op("recurring_event", json!({})), "ContractRefusal::Virtual")]);
}
