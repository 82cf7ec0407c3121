//! Bonds, told as tables. Accounts have 10,000 of each asset; 1.2.9 issues them. 1.2.1 lends 1.3.1
//! against 1.3.2.

use crate::Ledger;
use crate::ops::contract_sandbox::Step::{At, Do, Has, Rows, Then};
use crate::ops::contract_sandbox::{Step, at, blacklist, check, open_chain};
use crate::ops::sandbox::{amount, op, price, with};
use carbyne_objects::{AssetBitassetData, BondOffer};
use carbyne_protocol::ids::*;
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::asset::options::flag;
use carbyne_wire::{Id, Value};
use serde_json::json;

const DAY: u32 = 86_400;

/// Three of the collateral for two of the principal, a hundred days, a thousandth a day.
fn terms(changes: Value) -> Value {
    let terms = json!({
        "ratio": price(amount(3, 2), amount(2, 1)), "term_sec": 100 * DAY,
        "min_term_sec": 10 * DAY, "apr_bps": 3_650, "callable": false, "auto_claim": false,
    });
    with(terms, changes)
}

fn lend(changes: Value) -> Operation {
    let offer = json!({
        "creator": "1.2.1", "side": "lend", "amount": amount(1_000, 1),
        "terms": terms(json!({})), "min_take": 100, "expiry": at(DAY),
    });
    op("bond_offer_create", with(offer, changes))
}

/// 1.2.2 wants to borrow against 1,000 of the collateral.
fn borrow(changes: Value) -> Operation {
    let offer = json!({
        "creator": "1.2.2", "side": "borrow", "amount": amount(1_000, 2),
        "terms": terms(json!({})), "min_take": 100, "expiry": at(DAY),
    });
    op("bond_offer_create", with(offer, changes))
}

fn take(units: i64, changes: Value) -> Operation {
    let take = json!({
        "taker": "1.2.2", "offer": "16.3.0", "terms": terms(json!({})),
        "amount": amount(units, 1), "auto_repay": false,
    });
    op("bond_offer_take", with(take, changes))
}

fn repay(payer: &str, units: i64) -> Operation {
    op("bond_repay", json!({"payer": payer, "bond": "16.4.0", "amount": units}))
}

fn claim(lender: &str) -> Operation {
    op("bond_claim", json!({"lender": lender, "bond": "16.4.0"}))
}

fn amend(changes: Value) -> Operation {
    let amend = json!({
        "borrower": "1.2.2", "lender": "1.2.1", "bond": "16.4.0", "due": at(100 * DAY),
        "min_until": at(10 * DAY), "apr_bps": 3_650, "collateral": 450,
    });
    op("bond_amend", with(amend, changes))
}

fn close(to_lender: i64) -> Operation {
    let close = json!({
        "borrower": "1.2.2", "lender": "1.2.1", "bond": "16.4.0", "to_lender": to_lender,
    });
    op("bond_close", close)
}

fn transfer(lender: &str, to: &str) -> Operation {
    op("bond_transfer", json!({"lender": lender, "bond": "16.4.0", "to": to}))
}

#[track_caller]
fn story(steps: &[Step]) {
    check(&mut open_chain(10_000), steps);
}

/// 1.2.2 borrowed 300 against 450, and nothing of the offer is left.
#[track_caller]
fn lent(changes: Value, auto_repay: bool, steps: Vec<Step>) {
    let agreed = json!({"terms": changes});
    let offer = with(json!({"amount": amount(300, 1)}), agreed.clone());
    let mut all = vec![
        Do(lend(offer), "ok"),
        Do(take(300, with(agreed, json!({"auto_repay": auto_repay}))), "ok"),
        Has(1, 1, 9_700),
        Has(2, 1, 10_300),
        Has(2, 2, 9_550),
        Rows(1),
    ];
    all.extend(steps);
    story(&all);
}

#[test]
fn an_offer_is_refused_at_its_edges() {
    let refused = |changes, reason| Do(lend(changes), reason);
    let changed = |changes| json!({"terms": changes});
    let itself = price(amount(3, 1), amount(2, 1));
    let nothing = price(amount(0, 2), amount(2, 1));
    let many: Vec<String> = (0..11).map(|account| format!("1.2.{account}")).collect();
    story(&[
        refused(json!({"fee": amount(-1, 0)}), "ContractRefusal::NegativeFee"),
        refused(json!({"amount": amount(0, 1)}), "ContractRefusal::NoAmount"),
        refused(json!({"amount": amount(1_000, 2)}), "ContractRefusal::Unfitting"),
        refused(json!({"min_take": 0}), "ContractRefusal::NoAmount"),
        refused(json!({"min_take": 1_001}), "ContractRefusal::Unfitting"),
        refused(json!({"auto_repay": true}), "ContractRefusal::Unfitting"),
        refused(json!({"allowed": many}), "ContractRefusal::OutOfRange"),
        refused(json!({"allowed": ["1.2.77"]}), "LedgerRefusal::UnknownObject"),
        refused(json!({"expiry": at(0)}), "ContractRefusal::OutOfTime"),
        refused(json!({"expiry": at(32_832_001)}), "ContractRefusal::OutOfTime"),
        refused(changed(json!({"ratio": itself})), "MoneyRefusal::PriceOfItself"),
        refused(changed(json!({"ratio": nothing})), "MoneyRefusal::PriceNotPositive"),
        refused(changed(json!({"term_sec": DAY - 1})), "ContractRefusal::OutOfRange"),
        refused(changed(json!({"term_sec": 315_360_001})), "ContractRefusal::BeyondLimit"),
        refused(changed(json!({"min_term_sec": 101 * DAY})), "ContractRefusal::OutOfRange"),
        refused(changed(json!({"apr_bps": 10_001})), "ContractRefusal::OutOfRange"),
        // One of the collateral is worth less than one of the principal.
        Do(borrow(json!({"min_take": 1})), "ContractRefusal::NoAmount"),
        Do(borrow(json!({"min_take": 2})), "ok"),
        refused(json!({"amount": amount(10_001, 1)}), "ContractRefusal::TooLittle"),
        refused(json!({"amount": amount(10_000, 1)}), "ok"),
        Has(1, 1, 0),
        Rows(2),
    ]);
}

#[test]
fn an_offer_to_lend_is_taken_in_parts_and_what_is_too_small_returns() {
    story(&[
        Do(lend(json!({})), "ok"),
        Has(1, 1, 9_000),
        Do(take(99, json!({})), "ContractRefusal::BelowLeast"),
        Do(take(1_001, json!({})), "ContractRefusal::MoreThanLeft"),
        // 301 times three halves is 451.5.
        Do(take(301, json!({})), "ok"),
        Has(2, 1, 10_301),
        Has(2, 2, 9_548),
        Do(take(700, json!({})), "ContractRefusal::MoreThanLeft"),
        Do(take(600, json!({"taker": "1.2.3"})), "ok"),
        // 99 are left, which nobody could take.
        Has(1, 1, 9_099),
        Rows(2),
        Do(take(99, json!({})), "LedgerRefusal::UnknownObject"),
    ]);
}

#[test]
fn an_offer_to_borrow_gives_no_more_than_it_has() {
    let lends = |units| take(units, json!({"taker": "1.2.1", "amount": amount(units, 2)}));
    story(&[
        Do(borrow(json!({})), "ok"),
        Has(2, 2, 9_000),
        // 100 is worth 66.67: 66 are lent, and 99 locked for them.
        Do(lends(100), "ok"),
        Has(1, 1, 9_934),
        Has(2, 1, 10_066),
        Do(lends(902), "ContractRefusal::MoreThanLeft"),
        Do(lends(901), "ok"),
        // 600 for 900; one is left and returns.
        Has(1, 1, 9_334),
        Has(2, 2, 9_001),
        Rows(2),
    ]);
}

#[test]
fn a_taker_takes_what_he_agreed_to() {
    let other = json!({"terms": {"apr_bps": 3_649}});
    let cheaper = json!({"terms": {"ratio": price(amount(4, 2), amount(2, 1))}});
    let equal = json!({"terms": {"ratio": price(amount(6, 2), amount(4, 1))}});
    story(&[
        Do(lend(json!({"allowed": ["1.2.2", "1.2.1"]})), "ok"),
        Do(take(300, other), "ContractRefusal::OtherTerms"),
        Do(take(300, cheaper), "ContractRefusal::OtherTerms"),
        Do(take(300, json!({"amount": amount(300, 2)})), "ContractRefusal::OtherTerms"),
        Do(take(300, json!({"taker": "1.2.1"})), "ContractRefusal::SameAccount"),
        Do(take(300, json!({"taker": "1.2.3"})), "ContractRefusal::NotParty"),
        Do(take(300, json!({"offer": "16.3.1"})), "LedgerRefusal::UnknownObject"),
        // The same price in other numbers is the same price.
        Do(take(300, equal), "ok"),
        At(DAY),
        Has(1, 1, 9_700),
        Rows(1),
    ]);
}

#[test]
fn an_offer_ends() {
    let cancel = |creator| op("bond_offer_cancel", json!({"creator": creator, "offer": "16.3.0"}));
    story(&[
        Do(lend(json!({})), "ok"),
        Do(cancel("1.2.2"), "ContractRefusal::NotParty"),
        At(DAY - 1),
        Do(cancel("1.2.1"), "ok"),
        Has(1, 1, 10_000),
        Do(lend(json!({})), "ok"),
        At(DAY),
        Has(1, 1, 10_000),
        Rows(0),
    ]);
}

#[test]
fn interest_is_rounded_up_once_and_not_day_by_day() {
    lent(
        json!({"callable": true}),
        false,
        vec![
            // A day has begun: 0.3, which is 1.
            Do(repay("1.2.2", 302), "ContractRefusal::MoreThanLeft"),
            Do(repay("1.2.2", 1), "ok"),
            Has(1, 1, 9_701),
            At(3 * DAY - 1),
            // Three days are 0.9, and 1 is paid.
            Do(repay("1.2.2", 301), "ContractRefusal::MoreThanLeft"),
            At(3 * DAY),
            Do(repay("1.2.2", 302), "ContractRefusal::MoreThanLeft"),
            Do(repay("1.2.2", 301), "ok"),
            Has(1, 1, 10_002),
            Has(2, 2, 10_000),
            Rows(0),
        ],
    );
    // Not touched before, it owes the same: 1.2 is 2.
    lent(
        json!({"callable": true}),
        false,
        vec![
            At(3 * DAY),
            Do(repay("1.2.2", 303), "ContractRefusal::MoreThanLeft"),
            Do(repay("1.2.2", 302), "ok"),
            Has(1, 1, 10_002),
        ],
    );
}

#[test]
fn part_of_the_principal_frees_part_of_the_collateral() {
    lent(
        json!({"callable": true}),
        false,
        vec![
            // 1 of interest and 100 of 300: 150 of 450.
            Do(repay("1.2.2", 101), "ok"),
            Has(2, 2, 9_700),
            // 1 of 200 frees 1.5 of 300, which is 1.
            Do(repay("1.2.2", 1), "ok"),
            Has(2, 2, 9_701),
            Do(repay("1.2.2", 199), "ok"),
            Has(2, 2, 10_000),
            Has(2, 1, 9_999),
            Rows(0),
        ],
    );
}

#[test]
fn anybody_pays_and_the_borrower_is_freed() {
    lent(
        json!({"callable": true}),
        false,
        vec![
            Do(repay("1.2.3", 301), "ok"),
            Has(3, 1, 9_699),
            Has(1, 1, 10_001),
            Has(2, 2, 10_000),
            Has(3, 2, 10_000),
            Rows(0),
        ],
    );
}

#[test]
fn what_is_not_callable_waits_for_its_time() {
    lent(
        json!({}),
        false,
        vec![
            Do(repay("1.2.2", 2), "ContractRefusal::NotNow"),
            Do(repay("1.2.2", 1), "ok"),
            At(10 * DAY - 1),
            Do(repay("1.2.2", 100), "ContractRefusal::NotNow"),
            At(10 * DAY),
            // Eleven days are 3.3, so 4, and 1 is paid.
            Do(repay("1.2.2", 303), "ok"),
            Has(1, 1, 10_004),
            Rows(0),
        ],
    );
}

#[test]
fn after_the_term_the_first_of_claim_and_payment_wins() {
    lent(
        json!({}),
        false,
        vec![
            Do(claim("1.2.1"), "ContractRefusal::NotNow"),
            At(100 * DAY - 1),
            Do(claim("1.2.1"), "ContractRefusal::NotNow"),
            At(100 * DAY),
            Rows(1),
            Do(claim("1.2.3"), "ContractRefusal::NotParty"),
            Do(claim("1.2.1"), "ok"),
            Has(1, 2, 10_450),
            Has(2, 1, 10_300),
            Rows(0),
        ],
    );
    lent(
        json!({}),
        false,
        vec![
            At(101 * DAY),
            // Interest goes on: 102 days are 30.6.
            Do(repay("1.2.2", 331), "ok"),
            Has(1, 1, 10_031),
            Has(2, 2, 10_000),
            Do(claim("1.2.1"), "LedgerRefusal::UnknownObject"),
        ],
    );
}

#[test]
fn the_chain_claims_or_repays_when_it_was_agreed() {
    lent(json!({"auto_claim": true}), false, vec![At(100 * DAY), Has(1, 2, 10_450), Rows(0)]);
    lent(
        json!({"auto_claim": true}),
        true,
        vec![
            At(100 * DAY),
            // 101 days are 30.3.
            Has(1, 1, 10_031),
            Has(2, 1, 9_969),
            Has(2, 2, 10_000),
            Rows(0),
        ],
    );
    let all = json!({"from": "1.2.2", "to": "1.2.3", "amount": amount(10_000, 1)});
    lent(
        json!({}),
        true,
        vec![
            Do(op("transfer", all), "ok"),
            At(100 * DAY),
            Has(2, 1, 300),
            Rows(1),
            Do(claim("1.2.1"), "ok"),
            Has(1, 2, 10_450),
        ],
    );
}

/// What is due in one block is done in order of time: what returns later pays nothing earlier.
#[test]
fn a_bond_is_not_repaid_from_an_offer_that_ended_after_it() {
    let all = |expiry: u32| {
        lend(json!({"creator": "1.2.2", "amount": amount(10_300, 1), "expiry": at(expiry)}))
    };
    lent(
        json!({}),
        true,
        vec![
            Do(all(100 * DAY + 1), "ok"),
            At(100 * DAY + 1),
            Has(2, 1, 10_300),
            Rows(1),
            Do(claim("1.2.1"), "ok"),
            Has(1, 2, 10_450),
        ],
    );
    lent(json!({}), true, vec![Do(all(100 * DAY), "ok"), At(100 * DAY), Has(2, 1, 9_969), Rows(0)]);
}

/// The chain comes to nothing that is due.
fn stall(ledger: &mut Ledger) {
    let settings: FeatureSettingsId = Id(0);
    ledger.modify(settings, |settings| settings.current.limits.due_per_block = 0).unwrap();
}

#[test]
fn between_the_end_and_the_queue_nothing_changes_hands() {
    lent(
        json!({"auto_claim": true}),
        false,
        vec![
            Then(stall),
            At(100 * DAY),
            Rows(1),
            Do(repay("1.2.2", 331), "ContractRefusal::Over"),
            Do(amend(json!({"due": at(200 * DAY)})), "ContractRefusal::Over"),
            Do(close(0), "ContractRefusal::Over"),
            Do(transfer("1.2.1", "1.2.3"), "ContractRefusal::Over"),
        ],
    );
    // Where the chain is to repay, the lender waits until it has tried.
    lent(
        json!({}),
        true,
        vec![
            Then(stall),
            At(100 * DAY),
            Do(claim("1.2.1"), "ContractRefusal::NotNow"),
            Do(repay("1.2.2", 331), "ok"),
            Rows(0),
        ],
    );
}

#[test]
fn both_agree_on_something_else() {
    lent(
        json!({}),
        false,
        vec![
            Do(amend(json!({"lender": "1.2.3"})), "ContractRefusal::NotParty"),
            Do(amend(json!({"borrower": "1.2.3"})), "ContractRefusal::NotParty"),
            Do(amend(json!({"due": at(0), "min_until": at(0)})), "ContractRefusal::OutOfTime"),
            Do(amend(json!({"due": at(315_360_001)})), "ContractRefusal::OutOfTime"),
            Do(amend(json!({"min_until": at(101 * DAY)})), "ContractRefusal::Unfitting"),
            Do(amend(json!({"collateral": 0})), "ContractRefusal::NoAmount"),
            At(5 * DAY),
            // Six days at a thousandth are 1.8; from the seventh on a day is 3.
            Do(amend(json!({"apr_bps": 36_500 / 10, "collateral": 500})), "ok"),
            Has(2, 2, 9_500),
            Do(amend(json!({"apr_bps": 10_000, "collateral": 400, "min_until": at(0)})), "ok"),
            Has(2, 2, 9_600),
            At(6 * DAY),
            // 1.8 and 300 x 10,000 / 3,650,000 = 0.82: in all 2.62.
            Do(repay("1.2.2", 304), "ContractRefusal::MoreThanLeft"),
            Do(repay("1.2.2", 303), "ok"),
            Has(2, 2, 10_000),
            Rows(0),
        ],
    );
}

#[test]
fn an_overdue_bond_is_given_more_time() {
    lent(
        json!({}),
        false,
        vec![
            At(100 * DAY),
            Do(amend(json!({"due": at(120 * DAY)})), "ok"),
            Do(claim("1.2.1"), "ContractRefusal::NotNow"),
            At(120 * DAY),
            Do(claim("1.2.1"), "ok"),
            Rows(0),
        ],
    );
}

#[test]
fn both_part_the_collateral() {
    lent(
        json!({}),
        false,
        vec![
            Do(close(451), "ContractRefusal::MoreThanLeft"),
            Do(close(-1), "ContractRefusal::NoAmount"),
            Do(close(200), "ok"),
            Has(1, 2, 10_200),
            Has(2, 2, 9_800),
            Has(2, 1, 10_300),
            Rows(0),
        ],
    );
}

#[test]
fn a_claim_goes_to_somebody_else_or_ends_with_the_borrower() {
    lent(
        json!({"callable": true}),
        false,
        vec![
            Do(transfer("1.2.2", "1.2.3"), "ContractRefusal::NotParty"),
            Do(transfer("1.2.1", "1.2.1"), "ContractRefusal::SameAccount"),
            Do(transfer("1.2.1", "1.2.3"), "ok"),
            Do(repay("1.2.2", 301), "ok"),
            Has(3, 1, 10_301),
            Has(1, 1, 9_700),
        ],
    );
    lent(
        json!({}),
        false,
        vec![Do(transfer("1.2.1", "1.2.2"), "ok"), Has(2, 2, 10_000), Has(2, 1, 10_300), Rows(0)],
    );
}

#[test]
fn a_delisted_lender_stops_no_debtor_and_is_paid_what_was_promised() {
    lent(
        json!({"callable": true}),
        false,
        vec![
            Then(|ledger| blacklist(ledger, 1, 1..3)),
            Do(repay("1.2.2", 101), "ok"),
            Has(1, 1, 9_801),
            Do(lend(json!({})), "ContractRefusal::MayNotHold"),
            At(100 * DAY),
            Do(claim("1.2.1"), "ok"),
            Has(1, 2, 10_300),
        ],
    );
    // A delisted payer does not pay; somebody else may.
    lent(
        json!({"callable": true}),
        true,
        vec![
            Then(|ledger| blacklist(ledger, 2, 1..3)),
            Do(repay("1.2.2", 101), "ContractRefusal::MayNotHold"),
            Do(repay("1.2.3", 101), "ok"),
            Do(amend(json!({"collateral": 500})), "ContractRefusal::MayNotHold"),
            // What the chain was told to do it does.
            At(100 * DAY),
            Has(2, 2, 10_000),
            Rows(0),
        ],
    );
}

#[test]
fn market_lists_of_either_asset_count() {
    let refuse = |ledger: &mut Ledger| {
        let collateral: AssetId = Id(2);
        let refuse = |asset: &mut carbyne_objects::AssetObject| {
            asset.options.blacklist_markets.insert(Id(1));
        };
        ledger.modify(collateral, refuse).unwrap();
    };
    story(&[
        Do(lend(json!({})), "ok"),
        Then(refuse),
        Do(lend(json!({})), "ContractRefusal::NoMarket"),
        Do(take(300, json!({})), "ContractRefusal::NoMarket"),
    ]);
}

#[test]
fn a_restricted_asset_is_lent_by_its_issuer_only() {
    let restrict = |ledger: &mut Ledger| {
        let asset: AssetId = Id(1);
        let restrict = |asset: &mut carbyne_objects::AssetObject| {
            asset.options.flags |= flag::TRANSFER_RESTRICTED;
        };
        ledger.modify(asset, restrict).unwrap();
    };
    story(&[
        Do(lend(json!({})), "ok"),
        Then(restrict),
        Do(take(300, json!({})), "ContractRefusal::Restricted"),
        Rows(1),
    ]);
}

/// All of 1.3.1 is settled at three of what backs it for each.
fn settle_all(ledger: &mut Ledger) {
    let coin: AssetId = Id(1);
    let settlement_price = Price::new(Asset::new(2, coin), Asset::new(5, Id(3)));
    let data: AssetBitassetDataId = ledger.create(AssetBitassetData {
        asset_id: coin,
        settlement_price,
        ..AssetBitassetData::default()
    });
    ledger.modify(coin, |asset| asset.bitasset_data_id = Some(data)).unwrap();
}

#[test]
fn a_debt_in_a_settled_coin_is_paid_in_its_backing() {
    let in_backing = |units: i64| {
        let repay =
            json!({"payer": "1.2.2", "bond": "16.4.0", "amount": units, "in_backing": true});
        op("bond_repay", repay)
    };
    lent(
        json!({"callable": true}),
        false,
        vec![
            Do(lend(json!({})), "ok"),
            Do(in_backing(101), "ContractRefusal::NotNow"),
            Then(settle_all),
            Do(lend(json!({})), "ContractRefusal::Settled"),
            Do(take(300, json!({"offer": "16.3.1"})), "ContractRefusal::Settled"),
            // 101 times two and a half is 252.5.
            Do(in_backing(101), "ok"),
            Has(2, 3, 9_747),
            Has(1, 3, 10_253),
            Has(2, 2, 9_700),
            Do(repay("1.2.2", 200), "ok"),
            Has(2, 2, 10_000),
        ],
    );
}

#[test]
fn a_fork_switch_lends_to_nobody_on_other_terms() {
    let other_offer = |ledger: &mut Ledger| {
        let offer: BondOfferId = Id(0);
        ledger.modify(offer, |offer: &mut BondOffer| offer.terms.apr_bps = 9_000).unwrap();
    };
    story(&[
        Do(lend(json!({})), "ok"),
        Then(other_offer),
        Do(take(300, json!({})), "ContractRefusal::OtherTerms"),
    ]);
}
