//! Global settlement of a SmartCoin that is principal, collateral, underlying, quote, escrowed,
//! bid, paid again and again, or the price of a name: nothing is converted, every claim on the fund
//! stays, and in the end the fund pays each of them.

use super::*;
use crate::Ledger;
use crate::ops::contract_sandbox::Step::{At, Has, Then};
use crate::ops::contract_sandbox::{check, open_chain};
use carbyne_objects::AssetBitassetData;
use carbyne_protocol::ids::AssetBitassetDataId;
use carbyne_protocol::ops::asset::options::flag;

/// The SmartCoin; the longs of series come after it.
const MARK: u64 = 5;

fn marks(units: i64) -> Value {
    amount(units, MARK)
}

fn rate(marks: i64, core: i64) -> Value {
    price(amount(marks, MARK), amount(core, 0))
}

fn publish(marks: i64, core: i64) -> Operation {
    let price = rate(marks, core);
    let feed = json!({"settlement_price": price, "core_exchange_rate": price});
    let members = json!({"publisher": "1.2.9", "asset_id": format!("1.3.{MARK}"), "feed": feed});
    op("asset_publish_feed", members)
}

/// A coin at parity to core, of which 1.2.1 owes 500 and gave 100 to 1.2.3.
fn coin() -> Vec<Operation> {
    let permissions = flag::DEFAULT_UIA_PERMISSIONS | flag::GLOBAL_SETTLE;
    let options = json!({
        "core_exchange_rate": price(amount(1, 1), amount(1, 0)), "issuer_permissions": permissions,
    });
    vec![
        op(
            "asset_create",
            json!({
                "issuer": "1.2.9", "symbol": "MARK", "common_options": options,
                "bitasset_opts": {},
            }),
        ),
        op(
            "asset_update_feed_producers",
            json!({
                "issuer": "1.2.9", "asset_to_update": format!("1.3.{MARK}"),
                "new_feed_producers": ["1.2.9"],
            }),
        ),
        publish(1, 1),
        op(
            "call_order_update",
            json!({
                "funding_account": "1.2.1", "delta_debt": marks(500),
                "delta_collateral": amount(1_500, 0),
            }),
        ),
        transfer("1.2.1", "1.2.3", marks(100)),
    ]
}

/// The coin in every role that a contract has.
fn contracts() -> Vec<Operation> {
    vec![
        // Principal, then collateral.
        lend("1.2.1", amount(100, 1), marks(100)),
        take("1.2.2", 0, amount(100, 1), marks(100)),
        lend("1.2.2", marks(100), amount(50, 1)),
        take("1.2.1", 1, marks(100), amount(50, 1)),
        // One that nobody takes.
        lend("1.2.1", amount(10, 1), marks(10)),
        // Underlying, then quote.
        series(MARK, 2, 30),
        write(0, option_terms(MARK, 2, 30), 3),
        series(1, MARK, 10),
        write(1, option_terms(1, MARK, 10), 2),
        escrow(marks(40)),
        ratify("1.2.2"),
        ratify("1.2.3"),
        recurring(marks(5)),
        object("c0ffee"),
        auction(MARK),
        bid("1.2.1", marks(20)),
        title(marks(7)),
    ]
}

fn settle_all() -> Operation {
    let members = json!({
        "issuer": "1.2.9", "asset_to_settle": format!("1.3.{MARK}"), "settle_price": rate(1, 1),
    });
    op("asset_global_settle", members)
}

fn settle(account: &str, units: i64) -> Operation {
    op("asset_settle", json!({"account": account, "amount": marks(units)}))
}

fn all_ok(operations: Vec<Operation>) -> Vec<Step> {
    operations.into_iter().map(|operation| Do(operation, "ok")).collect()
}

/// The coin is settled while it is in all of them, and then this.
#[track_caller]
fn story(steps: Vec<Step>) {
    let mut all = all_ok(coin());
    all.extend(all_ok(contracts()));
    // 400 less 100 lent, 100 for a loan, 10 offered, 30 written, 40 locked, 20 bid.
    all.extend([Has(1, MARK, 100), Do(settle_all(), "ok"), Has(1, MARK, 100)]);
    all.extend(steps);
    check(&mut open_chain(10_000), &all);
}

fn state(ledger: &Ledger) -> &AssetBitassetData {
    ledger.get(Id(0) as AssetBitassetDataId).unwrap()
}

#[test]
fn nothing_new_is_agreed_in_a_settled_coin() {
    story(vec![
        Do(lend("1.2.1", amount(1, 1), marks(1)), "ContractRefusal::Settled"),
        Do(lend("1.2.1", marks(1), amount(1, 1)), "ContractRefusal::Settled"),
        Do(take("1.2.3", 2, amount(10, 1), marks(10)), "ContractRefusal::Settled"),
        Do(series(MARK, 2, 31), "ContractRefusal::Settled"),
        Do(series(2, MARK, 31), "ContractRefusal::Settled"),
        Do(write(0, option_terms(MARK, 2, 30), 1), "ContractRefusal::Settled"),
        Do(write(1, option_terms(1, MARK, 10), 1), "ContractRefusal::Settled"),
        Do(op("bond_offer_cancel", json!({"creator": "1.2.1", "offer": "16.3.2"})), "ok"),
        Has(1, MARK, 110),
    ]);
}

#[test]
fn a_debt_in_it_is_paid_in_either_and_a_claim_brings_the_coin() {
    story(vec![
        // Part in what backs it, part in the coin: nobody loses by the choice.
        Do(repay("1.2.2", 0, 40, true), "ok"),
        Has(2, 0, 9_960),
        Has(2, MARK, 100),
        Do(repay("1.2.2", 0, 60, false), "ok"),
        Has(2, 1, 9_950),
        Do(repay("1.2.1", 1, 1, true), "ContractRefusal::NotNow"),
        At(10 * DAY),
        Do(claim("1.2.2", 1), "ok"),
        // 40 of the loan, 100 of the claim, a payment, and a quarter of what was locked.
        Do(settle("1.2.2", 155), "ok"),
        Has(2, MARK, 0),
        Has(2, 0, 10_115),
    ]);
}

#[test]
fn what_was_written_is_exercised_in_either_leg() {
    story(vec![
        Do(exercise("1.2.1", 0, (amount(30, 2), marks(10))), "ok"),
        Do(exercise("1.2.1", 1, (marks(10), amount(10, 1))), "ok"),
        Has(1, MARK, 100),
        At(WINDOW),
        Do(redeem(0, 0), "ok"),
        Do(redeem(1, 1), "ok"),
        // A payment went, an offer came back, and both pools were shared out: 20 and 10.
        Has(1, MARK, 135),
        Has(1, 1, 10_050),
    ]);
}

#[test]
fn what_is_locked_or_bid_is_paid_as_it_was_promised() {
    story(vec![
        Do(release("1.2.1", marks(30)), "ok"),
        Do(bid("1.2.3", marks(25)), "ok"),
        Has(1, MARK, 120),
        Has(2, MARK, 130),
        Do(accept("1.2.3", marks(7)), "ok"),
        Has(4, MARK, 7),
        At(3 * DAY),
        Has(4, MARK, 32),
        Do(settle("1.2.4", 32), "ok"),
        Has(4, 0, 10_032),
        At(10 * DAY),
        // Of ten that were left a quarter, and two payments for the days that passed.
        Has(2, MARK, 142),
    ]);
}

/// Fund and supply are equal at parity: no claim is without its cover.
fn is_covered(ledger: &mut Ledger) {
    let supply = ledger.get(Id(MARK) as carbyne_protocol::ids::AssetDynamicDataId).unwrap();
    assert_eq!(state(ledger).settlement_fund, supply.current_supply);
}

#[test]
fn in_the_end_the_fund_pays_every_claim_and_nothing_is_left_of_either() {
    story(vec![
        Then(is_covered),
        At(WINDOW),
        Do(redeem(0, 0), "ok"),
        Do(redeem(1, 1), "ok"),
        At(10 * DAY),
        Then(is_covered),
        Do(claim("1.2.1", 0), "ok"),
        Do(claim("1.2.2", 1), "ok"),
        Then(|ledger| {
            for number in 1..=4_u64 {
                let units = ledger.balance(Id(number), Id(MARK));
                if units > 0 {
                    let sells = settle(&format!("1.2.{number}"), units);
                    crate::ops::sandbox::apply(ledger, sells).unwrap();
                }
            }
            is_covered(ledger);
            assert_eq!(state(ledger).settlement_fund, 0);
        }),
    ]);
}

#[test]
fn a_coin_that_revives_is_lent_again_and_old_contracts_never_noticed() {
    story(vec![
        Do(lend("1.2.1", amount(1, 1), marks(1)), "ContractRefusal::Settled"),
        // What is in the fund covers it twice: the coin is alive again.
        Do(publish(2, 1), "ok"),
        Then(|ledger| assert!(!state(ledger).is_globally_settled())),
        Do(lend("1.2.1", amount(1, 1), marks(1)), "ok"),
        Do(repay("1.2.2", 0, 40, true), "ContractRefusal::NotNow"),
        Do(repay("1.2.2", 0, 100, false), "ok"),
        Do(take("1.2.3", 2, amount(10, 1), marks(10)), "ok"),
        Do(exercise("1.2.1", 0, (amount(30, 2), marks(10))), "ok"),
        At(10 * DAY),
        Do(claim("1.2.2", 1), "ok"),
    ]);
}
