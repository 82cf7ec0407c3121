//! Escrows, told as tables. Accounts have 1,000 of each asset; 1.2.9 issues them. 1.2.1 gives,
//! 1.2.2 is to receive, 1.2.3 is the agent.

use crate::Ledger;
use crate::ops::contract_sandbox::Step::{At, Do, Has, Rows, Then};
use crate::ops::contract_sandbox::{Step, at, blacklist, check, open_chain};
use crate::ops::sandbox::{amount, op, with};
use carbyne_protocol::ids::*;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::asset::options::flag;
use carbyne_wire::{Id, Value};
use serde_json::json;

const DAY: u32 = 86_400;
const HASH: &str = "0100000000000000000000000000000000000000000000000000000000000000";

/// 100 of one asset and 30 of another, 10 for the agent, to be delivered in ten days.
fn create(changes: Value) -> Operation {
    let escrow = json!({
        "from": "1.2.1", "to": "1.2.2", "agent": "1.2.3",
        "amounts": [amount(100, 1), amount(30, 2)], "agent_fee": amount(10, 1),
        "agreement_hash": HASH, "ratify_by": at(DAY), "deliver_by": at(10 * DAY),
        "review_sec": 2 * DAY, "default_bps": 2_500,
    });
    op("escrow_create", with(escrow, changes))
}

/// The same without an agent.
fn plain() -> Operation {
    create(json!({"agent": null, "agent_fee": amount(0, 1), "review_sec": 0}))
}

fn ratify(who: &str, approve: bool) -> Operation {
    let ratify =
        json!({"who": who, "escrow": "16.2.0", "agreement_hash": HASH, "approve": approve});
    op("escrow_ratify", ratify)
}

fn release(who: &str, amounts: Value) -> Operation {
    op("escrow_release", json!({"who": who, "escrow": "16.2.0", "amounts": amounts}))
}

fn split(to_receiver: Value, to_sender: Value) -> Operation {
    op(
        "escrow_split",
        json!({
            "from": "1.2.1", "to": "1.2.2", "escrow": "16.2.0", "to_receiver": to_receiver,
            "to_sender": to_sender,
        }),
    )
}

fn dispute(who: &str) -> Operation {
    op("escrow_dispute", json!({"who": who, "escrow": "16.2.0"}))
}

fn rule(agent: &str, to_receiver: Value) -> Operation {
    op("escrow_rule", json!({"agent": agent, "escrow": "16.2.0", "to_receiver": to_receiver}))
}

fn amend(changes: Value) -> Operation {
    let amend = json!({"from": "1.2.1", "to": "1.2.2", "escrow": "16.2.0", "agent": "1.2.3"});
    op("escrow_amend", with(amend, changes))
}

/// An escrow that everybody approved, and what follows.
#[track_caller]
fn story(steps: Vec<Step>) {
    let mut all = vec![
        Do(create(json!({})), "ok"),
        Do(ratify("1.2.2", true), "ok"),
        Do(ratify("1.2.3", true), "ok"),
    ];
    all.extend(steps);
    check(&mut open_chain(1_000), &all);
}

#[test]
fn an_escrow_is_refused_at_its_edges() {
    let refused = |changes, reason| Do(create(changes), reason);
    let nine: Vec<Value> = (0..9).map(|asset| amount(1, asset)).collect();
    check(
        &mut open_chain(1_000),
        &[
            refused(json!({"fee": amount(-1, 0)}), "ContractRefusal::NegativeFee"),
            refused(json!({"to": "1.2.1"}), "ContractRefusal::SameAccount"),
            refused(json!({"agent": "1.2.2"}), "ContractRefusal::SameAccount"),
            refused(json!({"amounts": []}), "ContractRefusal::OutOfRange"),
            refused(json!({"amounts": nine}), "ContractRefusal::OutOfRange"),
            refused(json!({"amounts": [amount(0, 1)]}), "ContractRefusal::NoAmount"),
            refused(json!({"amounts": [amount(1, 1), amount(2, 1)]}), "ContractRefusal::SameAsset"),
            refused(json!({"agent_fee": amount(-1, 1)}), "ContractRefusal::NoAmount"),
            refused(json!({"agent": null, "review_sec": 0}), "ContractRefusal::Unfitting"),
            refused(
                json!({"agent": null, "agent_fee": amount(0, 1)}),
                "ContractRefusal::OutOfRange",
            ),
            refused(json!({"review_sec": DAY - 1}), "ContractRefusal::OutOfRange"),
            refused(json!({"review_sec": 30 * DAY + 1}), "ContractRefusal::OutOfRange"),
            refused(json!({"uri": "u".repeat(257)}), "ContractRefusal::OutOfRange"),
            refused(json!({"default_bps": 10_001}), "ContractRefusal::OutOfRange"),
            refused(json!({"ratify_by": at(11 * DAY)}), "ContractRefusal::Unfitting"),
            refused(json!({"ratify_by": at(0)}), "ContractRefusal::OutOfTime"),
            refused(json!({"deliver_by": at(157_680_001)}), "ContractRefusal::OutOfTime"),
            refused(json!({"agent": "1.2.77"}), "LedgerRefusal::UnknownObject"),
            refused(json!({"amounts": [amount(991, 1)]}), "ContractRefusal::TooLittle"),
            refused(json!({"amounts": [amount(990, 1)], "uri": "u".repeat(256)}), "ok"),
            Has(1, 1, 0),
            Rows(1),
        ],
    );
}

#[test]
fn who_refuses_or_comes_too_late_returns_everything_the_fee_too() {
    for who in ["1.2.2", "1.2.3"] {
        check(
            &mut open_chain(1_000),
            &[
                Do(create(json!({})), "ok"),
                Has(1, 1, 890),
                Has(1, 2, 970),
                Do(ratify(who, false), "ok"),
                Has(1, 1, 1_000),
                Has(1, 2, 1_000),
                Rows(0),
            ],
        );
    }
    check(
        &mut open_chain(1_000),
        &[
            Do(create(json!({})), "ok"),
            Do(ratify("1.2.2", true), "ok"),
            At(DAY - 1),
            Rows(1),
            At(DAY),
            Rows(0),
            Has(1, 1, 1_000),
            Has(3, 1, 1_000),
            Do(ratify("1.2.3", true), "LedgerRefusal::UnknownObject"),
        ],
    );
}

#[test]
fn each_approves_once_what_was_agreed() {
    let other = json!({"who": "1.2.2", "escrow": "16.2.0", "approve": true});
    check(
        &mut open_chain(1_000),
        &[
            Do(create(json!({})), "ok"),
            Do(ratify("1.2.4", true), "ContractRefusal::NotParty"),
            Do(ratify("1.2.1", true), "ContractRefusal::NotParty"),
            Do(op("escrow_ratify", other), "ContractRefusal::OtherTerms"),
            Do(release("1.2.1", json!([amount(1, 1)])), "ContractRefusal::NotNow"),
            Do(dispute("1.2.1"), "ContractRefusal::NotNow"),
            Do(ratify("1.2.2", true), "ok"),
            Do(ratify("1.2.2", true), "ContractRefusal::NotNow"),
            Do(split(json!([amount(1, 1)]), json!([])), "ContractRefusal::NotNow"),
            Do(ratify("1.2.3", true), "ok"),
            Do(ratify("1.2.3", false), "ContractRefusal::NotNow"),
            Rows(1),
        ],
    );
}

#[test]
fn each_gives_to_the_other_and_the_agent_is_paid_at_the_close() {
    story(vec![
        Do(release("1.2.3", json!([amount(1, 1)])), "ContractRefusal::NotParty"),
        Do(release("1.2.1", json!([amount(101, 1)])), "ContractRefusal::MoreThanLeft"),
        Do(release("1.2.1", json!([amount(1, 3)])), "ContractRefusal::MoreThanLeft"),
        Do(release("1.2.1", json!([])), "ContractRefusal::OutOfRange"),
        Do(release("1.2.1", json!([amount(60, 1)])), "ok"),
        Has(2, 1, 1_060),
        Do(release("1.2.1", json!([amount(41, 1)])), "ContractRefusal::MoreThanLeft"),
        Do(release("1.2.2", json!([amount(40, 1), amount(10, 2)])), "ok"),
        Has(1, 1, 930),
        Has(1, 2, 980),
        Has(3, 1, 1_000),
        Do(release("1.2.1", json!([amount(20, 2)])), "ok"),
        Has(3, 1, 1_010),
        Has(2, 2, 1_020),
        Rows(0),
    ]);
}

#[test]
fn both_together_part_it_as_they_wish() {
    story(vec![
        Do(split(json!([]), json!([])), "ContractRefusal::Unfitting"),
        Do(split(json!([amount(60, 1)]), json!([amount(41, 1)])), "ContractRefusal::MoreThanLeft"),
        Has(1, 1, 890),
        Do(split(json!([amount(60, 1)]), json!([amount(40, 1)])), "ok"),
        Has(1, 1, 930),
        Has(2, 1, 1_060),
        Rows(1),
        Do(split(json!([]), json!([amount(30, 2)])), "ok"),
        Has(3, 1, 1_010),
        Rows(0),
    ]);
}

#[test]
fn at_the_end_the_rest_is_parted_as_agreed_rounded_down() {
    story(vec![
        Do(release("1.2.1", json!([amount(1, 1)])), "ok"),
        At(10 * DAY - 1),
        Rows(1),
        At(10 * DAY),
        // Of 99 a quarter is 24, of 30 it is 7.
        Has(2, 1, 1_025),
        Has(2, 2, 1_007),
        Has(1, 1, 965),
        Has(1, 2, 993),
        Has(3, 1, 1_010),
        Rows(0),
    ]);
}

#[test]
fn an_agent_rules_in_a_dispute_only() {
    story(vec![
        Do(rule("1.2.3", json!([amount(100, 1)])), "ContractRefusal::NotNow"),
        Do(dispute("1.2.3"), "ContractRefusal::NotParty"),
        Do(dispute("1.2.2"), "ok"),
        Do(dispute("1.2.1"), "ContractRefusal::NotNow"),
        Do(rule("1.2.4", json!([])), "ContractRefusal::NotParty"),
        Do(rule("1.2.3", json!([amount(101, 1)])), "ContractRefusal::MoreThanLeft"),
        Do(release("1.2.1", json!([amount(10, 1)])), "ok"),
        Do(rule("1.2.3", json!([amount(45, 1)])), "ok"),
        Has(1, 1, 935),
        Has(2, 1, 1_055),
        Has(1, 2, 1_000),
        Has(3, 1, 1_010),
        Rows(0),
    ]);
}

#[test]
fn a_dispute_never_shortens_and_begins_in_the_last_second_too() {
    // Early: it ends when it was to be delivered.
    story(vec![
        Do(dispute("1.2.1"), "ok"),
        At(3 * DAY),
        Rows(1),
        At(10 * DAY - 1),
        Rows(1),
        At(10 * DAY),
        Rows(0),
    ]);
    // Late: the agent has his time.
    story(vec![
        At(10 * DAY - 1),
        Do(dispute("1.2.1"), "ok"),
        At(12 * DAY - 2),
        Rows(1),
        Do(rule("1.2.3", json!([])), "ok"),
        Has(1, 1, 990),
        Has(3, 1, 1_010),
        Rows(0),
    ]);
}

#[test]
fn an_agent_who_says_nothing_is_not_paid() {
    story(vec![
        Do(dispute("1.2.1"), "ok"),
        At(10 * DAY),
        Has(3, 1, 1_000),
        Has(2, 1, 1_025),
        Has(1, 1, 975),
        Rows(0),
    ]);
    // Nor if the parties agree before he speaks.
    story(vec![
        Do(dispute("1.2.1"), "ok"),
        Do(split(json!([amount(100, 1), amount(30, 2)]), json!([])), "ok"),
        Has(3, 1, 1_000),
        Has(1, 1, 900),
        Rows(0),
    ]);
}

#[test]
fn nobody_takes_all_between_the_end_and_the_queue() {
    let mut ledger = open_chain(1_000);
    let settings: FeatureSettingsId = Id(0);
    ledger.modify(settings, |settings| settings.current.limits.due_per_block = 0).unwrap();
    check(
        &mut ledger,
        &[
            Do(create(json!({})), "ok"),
            Do(ratify("1.2.2", true), "ok"),
            Do(ratify("1.2.3", true), "ok"),
            At(10 * DAY),
            Rows(1),
            Do(release("1.2.2", json!([amount(1, 1)])), "ContractRefusal::Over"),
            Do(release("1.2.1", json!([amount(1, 1)])), "ContractRefusal::Over"),
            Do(split(json!([amount(1, 1)]), json!([])), "ContractRefusal::Over"),
            Do(dispute("1.2.1"), "ContractRefusal::Over"),
            Do(amend(json!({"deliver_by": at(20 * DAY)})), "ContractRefusal::Over"),
        ],
    );
}

#[test]
fn the_old_agent_rules_no_more() {
    story(vec![
        Do(dispute("1.2.1"), "ok"),
        Do(amend(json!({})), "ContractRefusal::NotNow"),
        Do(amend(json!({"agent": null})), "ContractRefusal::NotNow"),
        Do(amend(json!({"agent": "1.2.2"})), "ContractRefusal::SameAccount"),
        Do(amend(json!({"to": "1.2.5"})), "ContractRefusal::NotParty"),
        At(9 * DAY),
        Do(amend(json!({"agent": "1.2.4", "deliver_by": at(20 * DAY)})), "ContractRefusal::NotNow"),
        Do(amend(json!({"agent": "1.2.4"})), "ok"),
        Do(rule("1.2.3", json!([])), "ContractRefusal::NotParty"),
        // The new one has his time: two days from now.
        At(11 * DAY - 1),
        Do(rule("1.2.4", json!([amount(100, 1)])), "ok"),
        Has(3, 1, 1_000),
        Has(4, 1, 1_010),
        Rows(0),
    ]);
}

#[test]
fn more_time_is_only_later() {
    story(vec![
        Do(amend(json!({"deliver_by": at(10 * DAY)})), "ContractRefusal::OutOfTime"),
        Do(amend(json!({"deliver_by": at(157_680_001)})), "ContractRefusal::OutOfTime"),
        Do(amend(json!({"deliver_by": at(12 * DAY)})), "ok"),
        At(10 * DAY),
        Rows(1),
        Do(dispute("1.2.1"), "ok"),
        Do(amend(json!({"deliver_by": at(13 * DAY)})), "ContractRefusal::NotNow"),
        At(12 * DAY),
        Rows(0),
    ]);
}

#[test]
fn without_an_agent_nobody_rules() {
    check(
        &mut open_chain(1_000),
        &[
            Do(plain(), "ok"),
            Do(ratify("1.2.2", true), "ok"),
            Do(dispute("1.2.1"), "ContractRefusal::NotNow"),
            Do(amend(json!({})), "ContractRefusal::NotNow"),
            Do(amend(json!({"agent": null, "deliver_by": at(11 * DAY)})), "ok"),
            At(11 * DAY),
            Has(2, 1, 1_025),
            Has(1, 1, 975),
            Rows(0),
        ],
    );
}

#[test]
fn a_list_stops_new_parties_but_no_promise() {
    check(
        &mut open_chain(1_000),
        &[
            Do(create(json!({})), "ok"),
            Then(|ledger| blacklist(ledger, 2, 1..2)),
            Do(create(json!({})), "ContractRefusal::MayNotHold"),
            Do(ratify("1.2.2", true), "ContractRefusal::MayNotHold"),
            Do(ratify("1.2.2", false), "ok"),
        ],
    );
    // The winner was delisted, and gets what was promised.
    story(vec![
        Do(dispute("1.2.2"), "ok"),
        Then(|ledger| blacklist(ledger, 2, 1..2)),
        Do(rule("1.2.3", json!([amount(100, 1)])), "ok"),
        Has(2, 1, 1_100),
    ]);
}

#[test]
fn a_restricted_asset_needs_its_issuer() {
    let restrict = |ledger: &mut Ledger| {
        let asset: AssetId = Id(1);
        let restrict = |asset: &mut carbyne_objects::AssetObject| {
            asset.options.flags |= flag::TRANSFER_RESTRICTED;
        };
        ledger.modify(asset, restrict).unwrap();
    };
    let fee = json!({"to": "1.2.9", "agent_fee": amount(10, 2)});
    check(
        &mut open_chain(1_000),
        &[
            Then(restrict),
            Do(create(json!({})), "ContractRefusal::Restricted"),
            Do(create(json!({"to": "1.2.9"})), "ContractRefusal::Restricted"),
            Do(create(fee), "ok"),
        ],
    );
}

#[test]
fn locked_core_counts_for_its_giver() {
    let core_of = |ledger: &Ledger| ledger.statistics(Id(1)).unwrap().total_core_in_orders;
    let mut ledger = open_chain(1_000);
    let change = json!({"amounts": [amount(100, 0)], "agent_fee": amount(5, 0)});
    check(
        &mut ledger,
        &[
            Do(create(change), "ok"),
            Do(ratify("1.2.2", true), "ok"),
            Do(ratify("1.2.3", true), "ok"),
            Do(release("1.2.1", json!([amount(40, 0)])), "ok"),
        ],
    );
    assert_eq!(core_of(&ledger), 65);
    check(&mut ledger, &[At(10 * DAY), Has(2, 0, 1_055), Has(3, 0, 1_005), Has(1, 0, 940)]);
    assert_eq!(core_of(&ledger), 0);
}
