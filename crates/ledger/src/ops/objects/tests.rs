//! Owned objects and listings, told as tables. Accounts have 1,000 of each asset; 1.2.9 issues
//! them. 1.2.1 makes and sells, what is paid with is 1.3.1.

use crate::Ledger;
use crate::ops::contract_sandbox::Step::{At, Do, Has, Rows, Then};
use crate::ops::contract_sandbox::{Step, at, blacklist, check, open_chain};
use crate::ops::sandbox::{amount, op, price, with};
use carbyne_objects::AssetObject;
use carbyne_protocol::ids::*;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::asset::options::flag;
use carbyne_wire::{Id, Value};
use serde_json::json;

const HOUR: u32 = 3_600;
const DAY: u32 = 86_400;

fn create(changes: Value) -> Operation {
    let object = json!({
        "owner": "1.2.1", "kind": "picture", "data": "c0ffee", "transferable": true,
        "mutable": true, "royalty_bps": 0,
    });
    op("object_create", with(object, changes))
}

fn update(owner: &str, data: &str) -> Operation {
    op("object_update", json!({"owner": owner, "object": "16.8.0", "data": data}))
}

fn give(owner: &str, to: &str) -> Operation {
    op("object_transfer", json!({"owner": owner, "object": "16.8.0", "to": to}))
}

fn destroy(owner: &str) -> Operation {
    op("object_destroy", json!({"owner": owner, "object": "16.8.0"}))
}

/// At a price of 100.
fn fixed(changes: Value) -> Operation {
    let listing = json!({
        "seller": "1.2.1", "items": ["16.8.0"], "pay_asset": "1.3.1", "kind": "fixed", "min": 0,
        "buy_now": 100, "expiry": at(DAY), "anti_snipe_sec": 0,
    });
    op("listing_create", with(listing, changes))
}

/// From 100 on, and sold at once for 500.
fn english(changes: Value) -> Operation {
    let bids = json!({"kind": "english", "min": 100, "buy_now": 500, "anti_snipe_sec": 600});
    fixed(with(bids, changes))
}

fn buy(buyer: &str, most: i64) -> Operation {
    op(
        "listing_buy",
        json!({
            "buyer": buyer, "listing": "16.9.0", "items": ["16.8.0"], "max_price": amount(most, 1),
        }),
    )
}

fn bid(bidder: &str, units: i64) -> Operation {
    op(
        "listing_bid",
        json!({
            "bidder": bidder, "listing": "16.9.0", "items": ["16.8.0"], "amount": amount(units, 1),
        }),
    )
}

fn cancel(seller: &str) -> Operation {
    op("listing_cancel", json!({"seller": seller, "listing": "16.9.0"}))
}

#[track_caller]
fn story(steps: Vec<Step>) {
    check(&mut open_chain(1_000), &steps);
}

/// An object that is for sale.
#[track_caller]
fn listed(listing: Operation, steps: Vec<Step>) {
    let mut all = vec![Do(create(json!({"royalty_bps": 2_000})), "ok"), Do(listing, "ok")];
    all.extend(steps);
    story(all);
}

#[test]
fn an_object_is_its_owner_s() {
    story(vec![
        Do(create(json!({"fee": amount(-1, 0)})), "ContractRefusal::NegativeFee"),
        Do(create(json!({"kind": "k".repeat(64)})), "ContractRefusal::OutOfRange"),
        Do(create(json!({"royalty_bps": 2_001})), "ContractRefusal::OutOfRange"),
        Do(create(json!({"data": "00".repeat(4_097)})), "ContractRefusal::BeyondLimit"),
        Do(create(json!({})), "ok"),
        Do(update("1.2.2", "00"), "ContractRefusal::NotParty"),
        Do(update("1.2.1", "00"), "ok"),
        Do(give("1.2.2", "1.2.3"), "ContractRefusal::NotParty"),
        Do(give("1.2.1", "1.2.1"), "ContractRefusal::SameAccount"),
        Do(give("1.2.1", "1.2.77"), "LedgerRefusal::UnknownObject"),
        Do(give("1.2.1", "1.2.2"), "ok"),
        Do(update("1.2.1", "01"), "ContractRefusal::NotParty"),
        Do(destroy("1.2.1"), "ContractRefusal::NotParty"),
        Do(destroy("1.2.2"), "ok"),
        Do(destroy("1.2.2"), "LedgerRefusal::UnknownObject"),
        Rows(0),
    ]);
}

#[test]
fn data_is_limited_for_new_content_only() {
    let lower = |ledger: &mut Ledger| {
        let settings: FeatureSettingsId = Id(0);
        ledger.modify(settings, |settings| settings.current.limits.object_max_bytes = 2).unwrap();
    };
    story(vec![
        Do(create(json!({})), "ok"),
        Then(lower),
        Do(create(json!({})), "ContractRefusal::BeyondLimit"),
        Do(update("1.2.1", "c0ffee"), "ContractRefusal::BeyondLimit"),
        Do(update("1.2.1", "c0fe"), "ok"),
    ]);
}

#[test]
fn what_does_not_change_or_move_stays() {
    story(vec![
        Do(create(json!({"mutable": false, "transferable": false})), "ok"),
        Do(update("1.2.1", "00"), "ContractRefusal::NotNow"),
        Do(give("1.2.1", "1.2.2"), "ContractRefusal::NotNow"),
        Do(fixed(json!({})), "ContractRefusal::NotNow"),
        Do(destroy("1.2.1"), "ok"),
    ]);
}

#[test]
fn a_listing_is_refused_at_its_edges() {
    let refused = |changes, reason| Do(fixed(changes), reason);
    let bids = |changes, reason| Do(english(changes), reason);
    let many: Vec<String> = (0..17).map(|item| format!("16.8.{item}")).collect();
    story(vec![
        Do(create(json!({})), "ok"),
        refused(json!({"items": []}), "ContractRefusal::OutOfRange"),
        refused(json!({"items": many}), "ContractRefusal::OutOfRange"),
        refused(json!({"items": ["16.8.0", "16.8.0"]}), "ContractRefusal::Unfitting"),
        refused(json!({"items": ["1.3.0"]}), "LedgerRefusal::UnknownObject"),
        refused(json!({"items": ["16.8.9"]}), "LedgerRefusal::UnknownObject"),
        refused(json!({"seller": "1.2.2"}), "ContractRefusal::NotParty"),
        refused(json!({"buy_now": null}), "ContractRefusal::Unfitting"),
        refused(json!({"buy_now": 0}), "ContractRefusal::NoAmount"),
        refused(json!({"min": 1}), "ContractRefusal::OutOfRange"),
        refused(json!({"anti_snipe_sec": 300}), "ContractRefusal::OutOfRange"),
        refused(json!({"expiry": at(0)}), "ContractRefusal::OutOfTime"),
        refused(json!({"expiry": at(7_776_001)}), "ContractRefusal::OutOfTime"),
        bids(json!({"min": 0}), "ContractRefusal::OutOfRange"),
        bids(json!({"buy_now": 100}), "ContractRefusal::NoAmount"),
        bids(json!({"anti_snipe_sec": 299}), "ContractRefusal::OutOfRange"),
        bids(json!({"anti_snipe_sec": 3_601}), "ContractRefusal::OutOfRange"),
        bids(json!({"buy_now": null}), "ok"),
        // In a second listing it is not.
        refused(json!({}), "ContractRefusal::NotNow"),
    ]);
}

#[test]
fn what_is_listed_is_frozen() {
    listed(
        fixed(json!({})),
        vec![
            Do(update("1.2.1", "00"), "ContractRefusal::NotNow"),
            Do(give("1.2.1", "1.2.2"), "ContractRefusal::NotNow"),
            Do(destroy("1.2.1"), "ContractRefusal::NotNow"),
            Do(cancel("1.2.2"), "ContractRefusal::NotParty"),
            Do(cancel("1.2.1"), "ok"),
            Do(update("1.2.1", "00"), "ok"),
            Rows(1),
        ],
    );
    listed(
        fixed(json!({})),
        vec![
            At(DAY),
            Do(buy("1.2.2", 100), "LedgerRefusal::UnknownObject"),
            Do(give("1.2.1", "1.2.2"), "ok"),
            Rows(1),
        ],
    );
}

#[test]
fn a_fixed_price_is_paid() {
    let other = json!({
        "buyer": "1.2.2", "listing": "16.9.0", "items": ["16.8.1"], "max_price": amount(100, 1),
    });
    let other_asset = json!({
        "buyer": "1.2.2", "listing": "16.9.0", "items": ["16.8.0"], "max_price": amount(100, 2),
    });
    listed(
        fixed(json!({})),
        vec![
            Do(buy("1.2.1", 100), "ContractRefusal::SameAccount"),
            Do(buy("1.2.2", 99), "ContractRefusal::MoreThanLeft"),
            Do(op("listing_buy", other), "ContractRefusal::OtherTerms"),
            Do(op("listing_buy", other_asset), "ContractRefusal::OtherTerms"),
            Do(bid("1.2.2", 100), "ContractRefusal::NotNow"),
            Do(buy("1.2.2", 150), "ok"),
            Has(2, 1, 900),
            // Who made it sells it, and gets all.
            Has(1, 1, 1_100),
            Do(give("1.2.2", "1.2.3"), "ok"),
            Rows(1),
        ],
    );
}

#[test]
fn a_dutch_price_falls_in_a_straight_line() {
    let falls = || fixed(json!({"kind": "dutch", "min": 10, "buy_now": 100}));
    listed(
        falls(),
        vec![
            At(DAY / 4),
            // A quarter of 90 is 22.5, of which 22 have fallen.
            Do(buy("1.2.2", 77), "ContractRefusal::MoreThanLeft"),
            Do(buy("1.2.2", 78), "ok"),
            Has(2, 1, 922),
        ],
    );
    listed(falls(), vec![At(DAY - 1), Do(buy("1.2.2", 11), "ok"), Has(2, 1, 989)]);
    listed(falls(), vec![Do(buy("1.2.2", 1_000), "ok"), Has(2, 1, 900)]);
}

#[test]
fn who_is_outbid_has_his_money_at_once() {
    listed(
        english(json!({})),
        vec![
            Do(bid("1.2.1", 100), "ContractRefusal::SameAccount"),
            Do(bid("1.2.2", 99), "ContractRefusal::BelowLeast"),
            Do(buy("1.2.2", 500), "ContractRefusal::NotNow"),
            Do(bid("1.2.2", 101), "ok"),
            Has(2, 1, 899),
            Do(cancel("1.2.1"), "ContractRefusal::NotNow"),
            // A hundredth of 101 is 1.01, which is 2.
            Do(bid("1.2.3", 102), "ContractRefusal::BelowLeast"),
            Do(bid("1.2.3", 103), "ok"),
            Has(2, 1, 1_000),
            Has(3, 1, 897),
            Do(bid("1.2.3", 499), "ok"),
            Has(3, 1, 501),
            // As much as it costs at once buys it, though it is no hundredth more.
            Do(bid("1.2.4", 700), "ok"),
            Has(3, 1, 1_000),
            Has(4, 1, 500),
            Has(1, 1, 1_500),
            Rows(1),
        ],
    );
}

#[test]
fn at_the_end_the_best_bid_wins_or_the_item_thaws() {
    listed(
        english(json!({})),
        vec![
            Do(bid("1.2.2", 200), "ok"),
            At(DAY - 1),
            Rows(2),
            At(DAY),
            Has(1, 1, 1_200),
            Do(give("1.2.2", "1.2.5"), "ok"),
            Rows(1),
        ],
    );
    listed(english(json!({})), vec![At(DAY), Do(give("1.2.1", "1.2.5"), "ok"), Rows(1)]);
}

#[test]
fn a_late_bid_leaves_time_for_another_but_not_without_end() {
    let mut steps = vec![
        At(DAY - 600),
        // Ten minutes are enough.
        Do(bid("1.2.2", 100), "ok"),
        At(DAY - 599),
        Do(bid("1.2.3", 110), "ok"),
        At(DAY),
        Rows(2),
        At(DAY + 1),
        Rows(1),
    ];
    listed(english(json!({})), steps);
    // An hour each time, and after a day it is over.
    steps = vec![At(DAY - HOUR / 2), Do(bid("1.2.2", 100), "ok")];
    let mut units = 100;
    for number in 0..50_u32 {
        let time = DAY + HOUR / 4 + number * HOUR / 2;
        if time >= 2 * DAY {
            break;
        }
        units += 5;
        let who = if number % 2 == 0 { "1.2.3" } else { "1.2.2" };
        steps.extend([At(time), Do(bid(who, units), "ok")]);
    }
    steps.extend([At(2 * DAY - 1), Rows(2), At(2 * DAY), Rows(1)]);
    listed(english(json!({"anti_snipe_sec": HOUR})), steps);
}

/// A tenth of what sellers get is the market's.
fn charge(ledger: &mut Ledger) {
    let asset: AssetId = Id(1);
    let charge = |asset: &mut AssetObject| {
        asset.options.flags |= flag::CHARGE_MARKET_FEE;
        (asset.options.market_fee_percent, asset.options.max_market_fee) = (1_000, 1_000_000);
    };
    ledger.modify(asset, charge).unwrap();
}

#[test]
fn a_creator_has_a_part_of_what_the_market_leaves() {
    story(vec![
        Do(create(json!({"royalty_bps": 2_000})), "ok"),
        Do(create(json!({"royalty_bps": 0})), "ok"),
        Do(give("1.2.1", "1.2.2"), "ok"),
        Then(charge),
        Do(
            op("object_transfer", json!({"owner": "1.2.1", "object": "16.8.1", "to": "1.2.2"})),
            "ok",
        ),
        // A bundle does not thin the part.
        Do(fixed(json!({"seller": "1.2.2", "items": ["16.8.1", "16.8.0"]})), "ok"),
        Do(
            op(
                "listing_buy",
                json!({
                    "buyer": "1.2.3", "listing": "16.9.0", "items": ["16.8.1", "16.8.0"],
                    "max_price": amount(100, 1),
                }),
            ),
            "ok",
        ),
        Has(3, 1, 900),
        Has(1, 1, 1_018),
        Has(2, 1, 1_072),
    ]);
}

#[test]
fn items_with_royalty_have_one_creator() {
    story(vec![
        Do(create(json!({"royalty_bps": 2_000})), "ok"),
        Do(create(json!({"owner": "1.2.2", "royalty_bps": 1})), "ok"),
        Do(
            op("object_transfer", json!({"owner": "1.2.2", "object": "16.8.1", "to": "1.2.1"})),
            "ok",
        ),
        Do(fixed(json!({"items": ["16.8.0", "16.8.1"]})), "ContractRefusal::OtherTerms"),
        Do(fixed(json!({"items": ["16.8.1"]})), "ok"),
    ]);
}

#[test]
fn a_refund_is_stopped_by_no_list() {
    listed(
        english(json!({})),
        vec![
            Do(bid("1.2.2", 100), "ok"),
            Then(|ledger| blacklist(ledger, 2, 1..3)),
            Do(bid("1.2.2", 200), "ContractRefusal::MayNotHold"),
            Do(bid("1.2.3", 200), "ok"),
            Has(2, 1, 1_000),
        ],
    );
}

/// 1.2.1 lent 100 of 1.3.1 against 100 of 1.3.2 to 1.2.2, for a day, without interest.
fn lend(auto_claim: bool) -> Vec<Step> {
    let terms = json!({
        "ratio": price(amount(1, 2), amount(1, 1)), "term_sec": DAY, "min_term_sec": 0,
        "apr_bps": 0, "callable": true, "auto_claim": auto_claim,
    });
    let offer = json!({
        "creator": "1.2.1", "side": "lend", "amount": amount(100, 1), "terms": terms,
        "min_take": 1, "expiry": at(DAY),
    });
    let take = json!({
        "taker": "1.2.2", "offer": "16.3.0", "terms": terms, "amount": amount(100, 1),
    });
    vec![Do(op("bond_offer_create", offer), "ok"), Do(op("bond_offer_take", take), "ok")]
}

fn bond_listing() -> Operation {
    fixed(json!({"items": ["16.4.0"], "pay_asset": "1.3.3", "buy_now": 50, "expiry": at(5 * DAY)}))
}

fn buy_bond(buyer: &str) -> Operation {
    op(
        "listing_buy",
        json!({
            "buyer": buyer, "listing": "16.9.0", "items": ["16.4.0"], "max_price": amount(50, 3),
        }),
    )
}

fn bond_op(name: &str, members: Value) -> Operation {
    op(name, with(json!({"bond": "16.4.0"}), members))
}

#[test]
fn a_bond_is_sold_with_what_it_got_meanwhile() {
    let mut steps = lend(false);
    let repay = |units: i64| bond_op("bond_repay", json!({"payer": "1.2.2", "amount": units}));
    steps.extend([
        Do(fixed(json!({"seller": "1.2.2", "items": ["16.4.0"]})), "ContractRefusal::NotParty"),
        Do(bond_listing(), "ok"),
        Do(bond_listing(), "ContractRefusal::NotNow"),
        Do(
            bond_op("bond_transfer", json!({"lender": "1.2.1", "to": "1.2.3"})),
            "ContractRefusal::NotNow",
        ),
        Do(
            bond_op("bond_close", json!({"borrower": "1.2.2", "lender": "1.2.1", "to_lender": 0})),
            "ContractRefusal::NotNow",
        ),
        // The borrower may still pay; it is held for who has the claim in the end.
        Do(repay(40), "ok"),
        Has(1, 1, 900),
        Has(2, 2, 940),
        Do(buy_bond("1.2.3"), "ok"),
        Has(3, 1, 1_040),
        Has(3, 3, 950),
        Has(1, 3, 1_050),
        Do(repay(60), "ok"),
        Has(3, 1, 1_100),
        Rows(0),
    ]);
    story(steps);
}

#[test]
fn a_bond_that_is_paid_off_stays_until_the_listing_ends() {
    let mut steps = lend(false);
    steps.extend([
        Do(bond_listing(), "ok"),
        Do(bond_op("bond_repay", json!({"payer": "1.2.2", "amount": 100})), "ok"),
        Rows(2),
        Do(
            bond_op("bond_repay", json!({"payer": "1.2.2", "amount": 1})),
            "ContractRefusal::NotNow",
        ),
        Do(cancel("1.2.1"), "ok"),
        Has(1, 1, 1_000),
        Rows(0),
    ]);
    story(steps);
}

#[test]
fn what_the_chain_claims_meanwhile_is_the_buyer_s() {
    let mut steps = lend(true);
    steps.extend([
        Do(bond_listing(), "ok"),
        At(DAY),
        Has(1, 2, 1_000),
        Do(buy_bond("1.2.3"), "ok"),
        Has(3, 2, 1_100),
        Rows(0),
    ]);
    story(steps);
    // A bond that the chain was to claim is sold no more.
    let mut steps = lend(true);
    steps.extend([
        Then(|ledger| {
            let settings: FeatureSettingsId = Id(0);
            ledger.modify(settings, |one| one.current.limits.due_per_block = 0).unwrap();
        }),
        At(DAY),
        Do(bond_listing(), "ContractRefusal::Over"),
    ]);
    story(steps);
}

/// What the chain told of bonds: whom and how much of what.
fn told_of_bonds(ledger: &Ledger) -> Vec<(AccountId, i64)> {
    let events = ledger.run.operations.iter().filter_map(|done| match &done.op {
        Operation::BondEvent(event) => Some(&event.moved),
        _ => None,
    });
    events.flatten().map(|(account, amount)| (*account, amount.amount)).collect()
}

#[test]
fn what_is_held_is_told_as_nobody_s() {
    for is_listed in [true, false] {
        let mut ledger = open_chain(1_000);
        let mut steps = lend(true);
        if is_listed {
            steps.push(Do(bond_listing(), "ok"));
        }
        check(&mut ledger, &steps);
        ledger.run.operations.clear();
        check(&mut ledger, &[At(DAY)]);
        let told = told_of_bonds(&ledger);
        let expected: &[(AccountId, i64)] = if is_listed { &[] } else { &[(Id(1), 100)] };
        assert!(told.chunks(expected.len().max(1)).all(|one| one == expected), "{told:?}");
    }
}

#[test]
fn a_claim_is_sold_to_who_may_hold_it_and_ends_with_the_borrower() {
    let mut steps = lend(false);
    steps.extend([
        Do(bond_listing(), "ok"),
        Then(|ledger| blacklist(ledger, 3, 1..3)),
        Do(buy_bond("1.2.3"), "ContractRefusal::MayNotHold"),
        Do(buy_bond("1.2.2"), "ok"),
        Has(2, 2, 1_000),
        Has(2, 1, 1_100),
        Has(2, 3, 950),
        Rows(0),
    ]);
    story(steps);
}
