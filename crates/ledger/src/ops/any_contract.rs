//! Operations about contracts as nobody should send them: extreme amounts, terms, times and ids,
//! against contracts that stand. Whatever comes, nothing panics and no money is made.

use super::contract_sandbox::{at, cases, end_block, open_chain};
use super::sandbox::{DIALECT, START, amount, apply, op, price};
use crate::Ledger;
use carbyne_crypto::PrivateKey;
use carbyne_objects::Recurring;
use carbyne_protocol::ids::{FeatureSettingsId, RecurringId};
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_wire::{Id, JsonIn, Value};
use proptest::prelude::*;
use serde_json::json;
use std::time::Instant;

const DAY: u32 = 86_400;

fn terms() -> Value {
    json!({
        "ratio": price(amount(3, 2), amount(2, 1)), "term_sec": DAY, "min_term_sec": 0,
        "apr_bps": 1_000, "callable": true, "auto_claim": false,
    })
}

fn option_terms() -> Value {
    json!({
        "underlying": "1.3.1", "quote": "1.3.2", "strike": 30, "contract_size": 10,
        "kind": "call", "style": "american", "expiry": at(324_800),
    })
}

/// Recurring payments and escrows, each of which is taken after the one before.
fn payments() -> Vec<(&'static str, Value)> {
    let hash = "00".repeat(32);
    vec![
        (
            "recurring_create",
            json!({
                "from": "1.2.1", "to": "1.2.2", "amount": amount(5, 1), "interval_sec": 3_600,
                "times": 3, "start": at(60),
            }),
        ),
        (
            "recurring_update",
            json!({
                "from": "1.2.1", "recurring": "16.1.0", "amount": amount(6, 1),
                "interval_sec": 7_200,
                "add_times": 1,
            }),
        ),
        (
            "escrow_create",
            json!({
                "from": "1.2.1", "to": "1.2.2", "agent": "1.2.3", "amounts": [amount(50, 1)],
                "agent_fee": amount(5, 1), "agreement_hash": hash, "uri": "here",
                "ratify_by": at(DAY),
                "deliver_by": at(2 * DAY), "review_sec": DAY, "default_bps": 5_000,
            }),
        ),
        (
            "escrow_ratify",
            json!({
                "who": "1.2.2", "escrow": "16.2.0", "agreement_hash": hash, "approve": true,
            }),
        ),
        (
            "escrow_ratify",
            json!({
                "who": "1.2.3", "escrow": "16.2.0", "agreement_hash": hash, "approve": true,
            }),
        ),
        (
            "escrow_release",
            json!({
                "who": "1.2.1", "escrow": "16.2.0", "amounts": [amount(1, 1)],
            }),
        ),
        (
            "escrow_amend",
            json!({
                "from": "1.2.1", "to": "1.2.2", "escrow": "16.2.0", "agent": "1.2.4",
                "deliver_by": at(3 * DAY),
            }),
        ),
        (
            "escrow_split",
            json!({
                "from": "1.2.1", "to": "1.2.2", "escrow": "16.2.0", "to_receiver": [amount(1, 1)],
                "to_sender": [amount(1, 1)],
            }),
        ),
        ("escrow_dispute", json!({"who": "1.2.1", "escrow": "16.2.0"})),
    ]
}

/// Bonds and listings, each of which is taken after the one before.
fn deals() -> Vec<(&'static str, Value)> {
    vec![
        (
            "bond_offer_create",
            json!({
                "creator": "1.2.1", "side": "lend", "amount": amount(100, 1), "terms": terms(),
                "min_take": 1, "allowed": [], "auto_repay": false, "expiry": at(DAY),
            }),
        ),
        (
            "bond_offer_take",
            json!({
                "taker": "1.2.2", "offer": "16.3.0", "terms": terms(), "amount": amount(40, 1),
                "auto_repay": true,
            }),
        ),
        (
            "bond_repay",
            json!({"payer": "1.2.2", "bond": "16.4.0", "amount": 5, "in_backing": false}),
        ),
        (
            "bond_amend",
            json!({
                "borrower": "1.2.2", "lender": "1.2.1", "bond": "16.4.0", "due": at(3 * DAY),
                "min_until": at(0), "apr_bps": 3_000, "collateral": 70, "auto_repay": false,
            }),
        ),
        ("bond_transfer", json!({"lender": "1.2.1", "bond": "16.4.0", "to": "1.2.3"})),
        (
            "object_create",
            json!({
                "owner": "1.2.1", "kind": "thing", "data": "00", "transferable": true,
                "mutable": true,
                "royalty_bps": 100,
            }),
        ),
        ("object_update", json!({"owner": "1.2.1", "object": "16.8.0", "data": "0011"})),
        (
            "listing_create",
            json!({
                "seller": "1.2.1", "items": ["16.8.0"], "pay_asset": "1.3.1", "kind": "english",
                "min": 5, "buy_now": 100, "expiry": at(DAY), "anti_snipe_sec": 600,
            }),
        ),
        (
            "listing_bid",
            json!({
                "bidder": "1.2.2", "listing": "16.9.0", "items": ["16.8.0"],
                "amount": amount(10, 1),
            }),
        ),
    ]
}

/// Options, each operation taken after the one before.
fn options() -> Vec<(&'static str, Value)> {
    vec![
        ("option_series_create", json!({"creator": "1.2.1", "terms": option_terms()})),
        (
            "option_write",
            json!({
                "writer": "1.2.1", "series": "16.5.0", "terms": option_terms(), "contracts": 5,
            }),
        ),
        (
            "option_exercise",
            json!({
                "holder": "1.2.1", "series": "16.5.0", "contracts": 1, "pays": amount(30, 2),
                "gets": amount(10, 1),
            }),
        ),
    ]
}

/// The sale of an account.
fn titles() -> Vec<(&'static str, Value)> {
    vec![(
        "title_offer",
        json!({
            "account": "1.2.7", "price": amount(7, 1), "payout": "1.2.4", "buyer": "1.2.3",
            "expiry": at(DAY),
        }),
    )]
}

/// Operations that are taken one after the other.
fn valid() -> Vec<(&'static str, Value)> {
    payments().into_iter().chain(deals()).chain(options()).chain(titles()).collect()
}

/// Those that end what stands.
fn last() -> Vec<(&'static str, Value)> {
    vec![
        ("recurring_cancel", json!({"account": "1.2.2", "recurring": "16.1.0"})),
        (
            "escrow_rule",
            json!({"agent": "1.2.4", "escrow": "16.2.0", "to_receiver": [amount(1, 1)]}),
        ),
        ("bond_offer_cancel", json!({"creator": "1.2.1", "offer": "16.3.0"})),
        (
            "bond_close",
            json!({
                "borrower": "1.2.2", "lender": "1.2.3", "bond": "16.4.0", "to_lender": 7,
            }),
        ),
        ("bond_claim", json!({"lender": "1.2.3", "bond": "16.4.0"})),
        ("object_transfer", json!({"owner": "1.2.1", "object": "16.8.0", "to": "1.2.2"})),
        ("object_destroy", json!({"owner": "1.2.1", "object": "16.8.0"})),
        (
            "listing_buy",
            json!({
                "buyer": "1.2.3", "listing": "16.9.0", "items": ["16.8.0"],
                "max_price": amount(100, 1),
            }),
        ),
        ("listing_cancel", json!({"seller": "1.2.1", "listing": "16.9.0"})),
        (
            "option_close",
            json!({
                "writer": "1.2.1", "series": "16.5.0", "tranche": "16.11.0", "contracts": 1,
            }),
        ),
        (
            "title_accept",
            json!({
                "buyer": "1.2.3", "offer": "16.10.0", "account": "1.2.7", "price": amount(7, 1),
                "owner": {"weight_threshold": 1, "account_auths": [["1.2.3", 1]]},
                "active": {"weight_threshold": 1, "account_auths": [["1.2.3", 1]]},
                "memo_key": PrivateKey::from_seed("new").public_key().to_json_in(DIALECT),
            }),
        ),
        ("title_withdraw", json!({"account": "1.2.7", "offer": "16.10.0"})),
        ("option_redeem", json!({"writer": "1.2.1", "series": "16.5.0", "tranche": "16.11.0"})),
    ]
}

fn standing() -> Ledger {
    let mut ledger = open_chain(1_000);
    for (name, members) in valid() {
        let outcome = apply(&mut ledger, op(name, members));
        assert!(outcome.is_ok(), "{name}: {outcome:?}");
    }
    ledger
}

/// What a leaf may become.
fn strange(leaf: &Value, choice: usize) -> Value {
    let numbers = [0, 1, 2, -1, 86_400, 1_000_000_000_000_000, i64::MAX, i64::MIN, 4_294_967_295];
    let text = leaf.as_str().unwrap_or_default();
    let number = numbers[choice % numbers.len()];
    if text.contains('T') {
        let times = ["1970-01-01T00:00:00", "2106-02-07T06:28:15", "1970-01-12T13:46:40"];
        return times[choice % times.len()].into();
    }
    if let Some((kind, _)) = text.rsplit_once('.') {
        return format!("{kind}.{}", choice % 10).into();
    }
    match leaf {
        Value::Number(_) => number.into(),
        Value::Bool(is) => Value::Bool(!is),
        Value::Null => number.into(),
        _ => leaf.clone(),
    }
}

/// Changes the leaf at `place` of all that are below a value.
fn change(value: &mut Value, place: &mut usize, choice: usize) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(|member| change(member, place, choice));
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter_mut().for_each(|item| change(item, place, choice));
        }
        leaf => {
            if *place == 0 {
                *leaf = strange(leaf, choice);
            }
            *place = place.wrapping_sub(1);
        }
    }
}

fn strange_operation(which: usize, changes: &[(usize, usize)]) -> Option<Operation> {
    let all: Vec<_> = valid().into_iter().chain(last()).collect();
    let (name, members) = all.get(which % all.len())?;
    let mut json = op(name, members.clone()).to_json_in(DIALECT);
    for (place, choice) in changes {
        let mut place = place % 14;
        change(&mut json[1], &mut place, *choice);
    }
    Operation::from_json_in(&json, DIALECT).ok()
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn nothing_that_anybody_sends_panics_or_makes_money(
        steps in proptest::collection::vec(
            (
                any::<usize>(),
                proptest::collection::vec((any::<usize>(), any::<usize>()), 0..3),
                0..DAY,
            ),
            1..8,
        ),
    ) {
        let mut ledger = standing();
        let mut now = 0;
        for (which, changes, seconds) in steps {
            if let Some(operation) = strange_operation(which, &changes) {
                let _refused = apply(&mut ledger, operation).err();
            }
            now += seconds;
            end_block(&mut ledger, now);
        }
        // In the end of all times.
        end_block(&mut ledger, u32::MAX - 1_000_000);
        end_block(&mut ledger, u32::MAX - 1_000_000);
    }
}

/// An operation with one leaf changed; none if it has no such leaf, or cannot be read with it.
fn extreme(name: &str, members: &Value, (place, choice): (usize, usize)) -> Option<Operation> {
    let mut json = op(name, members.clone()).to_json_in(DIALECT);
    let before = json.clone();
    change(&mut json[1], &mut { place }, choice);
    (json != before).then(|| Operation::from_json_in(&json, DIALECT).ok()).flatten()
}

/// Not by chance: each member of each operation alone, then the next weeks and the end of all
/// times.
#[test]
fn every_member_at_every_extreme_panics_nowhere_and_makes_no_money() {
    let mut ledger = standing();
    let (mut tried, mut taken) = (0, 0);
    for (name, members) in valid().into_iter().chain(last()) {
        for change in (0..24).flat_map(|place| (0..10).map(move |choice| (place, choice))) {
            let Some(operation) = extreme(name, &members, change) else { continue };
            ledger.begin();
            tried += 1;
            taken += usize::from(apply(&mut ledger, operation).is_ok());
            for seconds in [DAY, 5 * DAY, 40 * DAY, u32::MAX - 1_000_000] {
                end_block(&mut ledger, seconds);
            }
            ledger.undo();
        }
    }
    println!("{tried} operations with an extreme member, of which {taken} were taken");
    assert!(tried > 500 && taken > 20, "{tried} {taken}");
}

/// Microseconds for each recurring payment of so many that are due in one block.
fn measure(count: u32) -> f64 {
    let mut ledger = open_chain(1_000);
    let settings: FeatureSettingsId = Id(0);
    ledger.modify(settings, |one| one.current.limits.due_per_block = count).unwrap();
    for number in 0..count {
        let (from, to) = (Id(1 + u64::from(number) % 4), Id(5 + u64::from(number) % 4));
        let (amount, next) = (Asset::new(1, Id(1)), START);
        let (interval_sec, times_left) = (3_600, 3);
        let order =
            Recurring { from, to, amount, interval_sec, times_left, next, ..Default::default() };
        ledger.create::<RecurringId>(order);
    }
    ledger.begin();
    let started = Instant::now();
    end_block(&mut ledger, 5);
    let micros = started.elapsed().as_secs_f64() * 1e6 / f64::from(count);
    let index = ledger.tables.recurring.index();
    let first: Option<(_, RecurringId)> = index.by_due((START, Id(0))).next();
    assert!(first.unwrap().0 > START, "all of them came to their turn");
    micros
}

/// Work is in proportion to what is due, however much that is.
#[test]
fn ten_thousand_due_contracts_cost_what_ten_times_a_thousand_cost() {
    let (few, many) = (measure(1_000), measure(10_000));
    println!("{few:.1} us for each of 1,000 that are due in one block, {many:.1} of 10,000");
    assert!(many < 5.0 * few + 50.0, "{few} {many}");
}
