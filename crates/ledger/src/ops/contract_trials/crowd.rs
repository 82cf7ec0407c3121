//! Many contracts at once, and what changes while they stand: fees and limits.

use super::*;
use crate::Ledger;
use crate::ops::contract_sandbox::Step::{At, Has, Rows, Then};
use crate::ops::contract_sandbox::{check, end_block, open_chain};
use crate::ops::sandbox::{START, apply};
use carbyne_objects::{FeatureSettings, Recurring};
use carbyne_protocol::features::ContractLimits;
use carbyne_protocol::fees::FeeSchedule;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::Asset;
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::TimePointSec;

fn limit(ledger: &mut Ledger, change: impl FnOnce(&mut ContractLimits)) {
    let settings: FeatureSettingsId = Id(0);
    let change = |settings: &mut FeatureSettings| change(&mut settings.current.limits);
    ledger.modify(settings, change).unwrap();
}

#[test]
fn a_flood_of_one_family_delays_no_other() {
    let mut ledger = open_chain(1_000);
    limit(&mut ledger, |limits| limits.due_per_block = 1);
    let mut steps: Vec<Step> = (0..5).map(|_| Do(recurring(amount(1, 3)), "ok")).collect();
    steps.extend([
        Do(escrow(amount(10, 1)), "ok"),
        Do(lend("1.2.1", amount(1, 2), amount(10, 1)), "ok"),
        Do(object("00"), "ok"),
        Do(title(amount(7, 1)), "ok"),
        Rows(9),
        At(DAY),
        // One payment, and the escrow, the offer and the title that ended at the same moment.
        Has(2, 3, 1_001),
        Has(1, 1, 1_000),
        Rows(6),
        At(DAY + 5),
        Has(2, 3, 1_002),
    ]);
    check(&mut ledger, &steps);
}

#[test]
fn who_is_due_first_comes_first_and_then_the_older() {
    let mut ledger = open_chain(1_000);
    limit(&mut ledger, |limits| limits.due_per_block = 1);
    let order = |units: i64, start: u32| {
        let members = json!({
            "from": "1.2.1", "to": "1.2.2", "amount": amount(units, 1), "interval_sec": 3_600,
            "times": 1, "start": at(start),
        });
        Do(op("recurring_create", members), "ok")
    };
    let steps = [
        order(1, 20),
        order(10, 10),
        order(100, 10),
        At(30),
        Has(2, 1, 1_010),
        At(31),
        Has(2, 1, 1_110),
        At(32),
        Has(2, 1, 1_111),
    ];
    check(&mut ledger, &steps);
}

/// How many were paid.
fn paid(ledger: &Ledger) -> i64 {
    (5..9).map(|account| ledger.balance(Id(account), Id(1)) - 1_000_000).sum()
}

#[test]
fn a_hundred_thousand_due_in_one_block_are_done_in_as_many_blocks_as_the_limit_says() {
    let mut ledger = open_chain(1_000_000);
    limit(&mut ledger, |limits| limits.due_per_block = 10_000);
    for number in 0..100_000_u64 {
        ledger.create::<RecurringId>(Recurring {
            from: Id(1 + number % 4),
            to: Id(5 + number % 4),
            amount: Asset::new(1, Id(1)),
            interval_sec: 3_600,
            times_left: 1,
            next: START,
            ..Recurring::default()
        });
    }
    for block in 1..=10 {
        end_block(&mut ledger, 5 * block);
        assert_eq!(paid(&ledger), 10_000 * i64::from(block), "so many in a block, and no more");
    }
    assert!(ledger.tables.recurring.is_empty());
    end_block(&mut ledger, 60);
    assert_eq!(paid(&ledger), 100_000);
}

/// The defaults: a core for most of it.
fn raise_fees(ledger: &mut Ledger) {
    let global: GlobalPropertyId = Id(0);
    let raise = |global: &mut carbyne_objects::GlobalProperty| {
        *global.parameters.current_fees = FeeSchedule::with_defaults();
    };
    ledger.modify(global, raise).unwrap();
}

#[test]
fn fees_that_change_while_something_stands_are_those_of_the_day() {
    const CORE: i64 = 100_000;
    let pays = |mut operation: Operation, fee: i64| {
        *operation.fee_mut() = Asset::core(fee);
        operation
    };
    let offer = |expiry: u32| {
        let offer = json!({
            "creator": "1.2.1", "side": "lend", "amount": amount(100, 1), "min_take": 1,
            "terms": terms(amount(100, 2), amount(100, 1)), "expiry": at(expiry),
        });
        op("bond_offer_create", offer)
    };
    let takes = || take("1.2.2", 0, amount(100, 2), amount(100, 1));
    let cancel = || op("bond_offer_cancel", json!({"creator": "1.2.1", "offer": "16.3.1"}));
    let low = "EvaluateRefusal::InsufficientFee";
    let all = 10_000_000;
    let mut steps: Vec<Step> = (0..3).map(|_| Do(offer(DAY), "ok")).collect();
    steps.extend([
        Do(recurring(amount(1, 3)), "ok"),
        Then(raise_fees),
        Do(takes(), low),
        Do(pays(takes(), CORE - 1), low),
        Do(pays(takes(), CORE), "ok"),
        Has(2, 0, all - CORE),
        Do(cancel(), low),
        Do(pays(cancel(), CORE), "ok"),
        Do(pays(offer(DAY), CORE), low),
        // What the chain does costs nothing and fails for no fee, not even without core.
        Do(pays(transfer("1.2.1", "1.2.3", amount(all - 21 * CORE, 0)), 20 * CORE), "ok"),
        Has(1, 0, 0),
        At(DAY),
        Has(1, 1, all - 100),
        Has(2, 3, all + 1),
        Has(1, 0, 0),
    ]);
    check(&mut open_chain(all), &steps);
}

/// The lowest that the committee may set.
fn lowest(limits: &mut ContractLimits) {
    *limits = ContractLimits {
        due_per_block: 100,
        recurring_min_interval_sec: 86_400,
        recurring_max_times: 1,
        escrow_max_sec: 86_400,
        offer_max_sec: 86_400,
        bond_max_term_sec: 86_400,
        option_max_ahead_sec: 604_800,
        title_offer_max_sec: 86_400,
        listing_max_sec: 3_600,
        object_max_bytes: 64,
    };
}

fn lower(ledger: &mut Ledger) {
    limit(ledger, lowest);
}

#[test]
fn limits_that_are_lowered_hold_for_what_is_new() {
    let mut steps = one_of_each();
    steps.extend([
        Then(lower),
        Do(recurring(amount(5, 1)), "ContractRefusal::BeyondLimit"),
        Do(escrow(amount(5, 1)), "ContractRefusal::OutOfTime"),
        Do(lend("1.2.1", amount(1, 2), amount(1, 1)), "ContractRefusal::BeyondLimit"),
        Do(object(&"00".repeat(65)), "ContractRefusal::BeyondLimit"),
        Do(auction(1), "ContractRefusal::OutOfTime"),
    ]);
    check(&mut open_chain(1_000), &steps);
}

fn amend_bond(due: u32, apr_bps: u16) -> Operation {
    let members = json!({
        "borrower": "1.2.2", "lender": "1.2.1", "bond": "16.4.0", "due": at(due),
        "min_until": at(0), "apr_bps": apr_bps, "collateral": 100,
    });
    op("bond_amend", members)
}

fn amend_escrow(deliver_by: Option<u32>, agent: &str) -> Operation {
    let members = json!({
        "from": "1.2.1", "to": "1.2.2", "escrow": "16.2.0", "agent": agent,
        "deliver_by": deliver_by.map(at),
    });
    op("escrow_amend", members)
}

#[test]
fn limits_that_are_lowered_leave_what_stands_as_it_was_agreed() {
    let mut steps = one_of_each();
    steps.extend([
        Then(lower),
        // An agreement that keeps the time keeps it; another one is new.
        Do(amend_bond(10 * DAY, 100), "ok"),
        Do(amend_bond(10 * DAY + 1, 100), "ContractRefusal::OutOfTime"),
        Do(amend_escrow(None, "1.2.5"), "ok"),
        Do(amend_escrow(Some(11 * DAY), "1.2.5"), "ContractRefusal::OutOfTime"),
        // The offer that stands is taken with its term.
        Do(take("1.2.2", 1, amount(10, 2), amount(10, 1)), "ok"),
        Do(write(0, option_terms(1, 2, 30), 1), "ok"),
        Do(accept("1.2.3", amount(7, 1)), "ok"),
        Do(bid("1.2.2", amount(30, 1)), "ok"),
        At(3 * DAY),
        Has(4, 1, 1_037),
        At(9 * DAY),
        Do(claim("1.2.1", 0), "ContractRefusal::NotNow"),
        At(10 * DAY),
        Do(claim("1.2.1", 0), "ok"),
    ]);
    check(&mut open_chain(1_000), &steps);
}

#[test]
fn an_object_from_before_a_limit_moves_and_changes_within_the_new_one() {
    let update = |data: String| {
        op("object_update", json!({"owner": "1.2.4", "object": "16.8.0", "data": data}))
    };
    let give = |from: &str, to: &str| {
        op("object_transfer", json!({"owner": from, "object": "16.8.0", "to": to}))
    };
    let steps = [
        Do(object(&"00".repeat(4_096)), "ok"),
        Then(lower),
        Do(give("1.2.4", "1.2.5"), "ok"),
        Do(give("1.2.5", "1.2.4"), "ok"),
        Do(update("00".repeat(65)), "ContractRefusal::BeyondLimit"),
        Do(update("00".repeat(64)), "ok"),
        Rows(1),
    ];
    check(&mut open_chain(1_000), &steps);
}

/// The bytes of data of the largest object that a transaction of `limit` bytes has room for.
fn fitting(limit: usize) -> usize {
    use carbyne_wire::Pack;
    let size = |bytes: usize| {
        let operations = vec![object(&"00".repeat(bytes))].into();
        let transaction = SignedTransaction { operations, ..Default::default() };
        // The number of signatures does not count.
        transaction.to_bytes().len() - 1
    };
    (0..=limit).rev().find(|bytes| size(*bytes) <= limit).unwrap()
}

#[test]
fn objects_are_as_large_as_a_transaction_and_a_byte_more_is_refused() {
    let mut ledger = open_chain(1_000);
    limit(&mut ledger, |limits| limits.object_max_bytes = 65_536);
    // Before the first block transactions have any size.
    ledger.modify_dynamic(|dynamic| dynamic.head_block_number = 1).unwrap();
    for size in [2_048_u32, 65_535, 65_700] {
        let global: GlobalPropertyId = Id(0);
        let change = |global: &mut carbyne_objects::GlobalProperty| {
            global.parameters.maximum_transaction_size = size;
        };
        ledger.modify(global, change).unwrap();
        let room = fitting(size as usize);
        let most = room.min(65_536);
        apply(&mut ledger, object(&"00".repeat(most))).unwrap();
        let refused = apply(&mut ledger, object(&"00".repeat(most + 1))).unwrap_err();
        let is_fitting = most < room;
        let reason = match is_fitting {
            true => "ContractRefusal::BeyondLimit",
            false => "TransactionRefusal::TooLarge",
        };
        assert_eq!(refused.reason(), reason, "{size}");
    }
}

/// In the last seconds that there are, nothing overflows.
#[test]
fn at_the_end_of_all_times_contracts_end_too() {
    let mut ledger = open_chain(1_000);
    for step in one_of_each() {
        let Do(operation, _) = step else { continue };
        apply(&mut ledger, operation).unwrap();
    }
    for before in [2_u32, 1, 0] {
        let seconds = u32::MAX - before - START.0;
        end_block(&mut ledger, seconds);
        assert_eq!(ledger.head_time().unwrap(), TimePointSec(u32::MAX - before));
        // Whatever is agreed now ends beyond what a time can say.
        for refused in [object("00"), recurring(amount(1, 3)), escrow(amount(1, 3))] {
            let _whatever_it_says = apply(&mut ledger, refused).is_err();
        }
    }
}
