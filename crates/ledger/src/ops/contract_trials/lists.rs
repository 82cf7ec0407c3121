//! Lists and restrictions that come after the deal: they stop who becomes a party or pays anew,
//! and turn no money to the other side.

use super::*;
use crate::Ledger;
use crate::ops::contract_sandbox::Step::{At, Has, Rows, Then};
use crate::ops::contract_sandbox::{blacklist, check, end_block, open_chain};
use crate::ops::sandbox::apply;
use carbyne_protocol::ids::{AssetId, RecurringId};
use carbyne_protocol::ops::asset::options::flag;

/// The issuer lets only itself give and get 1.3.1.
fn restrict(ledger: &mut Ledger) {
    let asset: AssetId = Id(1);
    ledger.modify(asset, |asset| asset.options.flags |= flag::TRANSFER_RESTRICTED).unwrap();
}

/// All families stand, then this.
#[track_caller]
fn story(steps: Vec<Step>) {
    let mut all = one_of_each();
    all.extend(steps);
    check(&mut open_chain(1_000), &all);
}

fn transfer_bond() -> Operation {
    op("bond_transfer", json!({"lender": "1.2.1", "bond": "16.4.0", "to": "1.2.3"}))
}

fn amend_bond(collateral: i64) -> Operation {
    let members = json!({
        "borrower": "1.2.2", "lender": "1.2.1", "bond": "16.4.0", "due": at(10 * DAY),
        "min_until": at(0), "apr_bps": 0, "collateral": collateral,
    });
    op("bond_amend", members)
}

#[test]
fn an_issuer_who_revokes_transfers_stops_what_is_new() {
    story(vec![
        Then(restrict),
        Do(transfer("1.2.1", "1.2.2", amount(1, 1)), "TransferRefusal::Restricted"),
        Do(recurring(amount(5, 1)), "ContractRefusal::Restricted"),
        Do(escrow(amount(5, 1)), "ContractRefusal::Restricted"),
        Do(take("1.2.2", 1, amount(10, 2), amount(10, 1)), "ContractRefusal::Restricted"),
        Do(transfer_bond(), "ContractRefusal::Restricted"),
        Do(series(1, 2, 31), "ContractRefusal::Restricted"),
        Do(write(0, option_terms(1, 2, 30), 1), "ContractRefusal::Restricted"),
        Do(bid("1.2.2", amount(500, 1)), "ContractRefusal::Restricted"),
        Do(accept("1.2.3", amount(7, 1)), "ContractRefusal::Restricted"),
    ]);
}

#[test]
fn an_issuer_who_revokes_transfers_stops_nothing_that_was_promised() {
    story(vec![
        Then(restrict),
        Do(release("1.2.1", amount(10, 1)), "ok"),
        Has(2, 1, 1_110),
        Do(repay("1.2.2", 0, 40, false), "ok"),
        // 800 after locking, lending and covering, and 40 back.
        Has(1, 1, 800),
        Do(amend_bond(60), "ok"),
        Do(exercise("1.2.3", 0, (amount(30, 2), amount(10, 1))), "ok"),
        Has(3, 1, 980),
        Do(op("bond_offer_cancel", json!({"creator": "1.2.3", "offer": "16.3.1"})), "ok"),
        Has(3, 1, 990),
        At(3 * DAY),
        // The bid that stood is paid; a payment to come is a transfer of its moment, and fails.
        Has(4, 1, 1_020),
        Has(2, 1, 1_070),
        At(WINDOW),
        Do(redeem(0, 0), "ok"),
        Has(1, 1, 830),
        Has(1, 2, 1_030),
        At(10 * DAY),
        // A quarter of ninety.
        Has(2, 1, 1_092),
        Has(1, 1, 898),
        Do(claim("1.2.1", 0), "ok"),
        Has(1, 2, 1_090),
        // The object, the series that is over, and two payments that are still to come.
        Rows(3),
    ]);
}

/// What everybody has when all that stands has come to its end by time alone.
fn at_the_end(listed: Option<u64>) -> Vec<i64> {
    let mut ledger = open_chain(1_000);
    for step in one_of_each() {
        let Do(operation, _) = step else { continue };
        apply(&mut ledger, operation).unwrap();
    }
    // A payment is a transfer of its moment, which a list does stop.
    ledger.remove(Id(0) as RecurringId).unwrap();
    if let Some(account) = listed {
        blacklist(&mut ledger, account, 1..3);
    }
    for day in 1..=12 {
        end_block(&mut ledger, day * DAY);
    }
    for last in [redeem(0, 0), claim("1.2.1", 0)] {
        apply(&mut ledger, last).unwrap();
    }
    let pairs = (1..=6_u64).flat_map(|account| [(account, 1_u64), (account, 2)]);
    pairs.map(|(account, asset)| ledger.balance(Id(account), Id(asset))).collect()
}

#[test]
fn whoever_is_delisted_in_the_middle_everybody_has_the_same_in_the_end() {
    let expected = at_the_end(None);
    for party in 1..=6 {
        assert_eq!(at_the_end(Some(party)), expected, "1.2.{party} is delisted");
    }
}

#[test]
fn who_is_delisted_begins_nothing_in_any_family() {
    story(vec![
        Then(|ledger| blacklist(ledger, 3, 1..3)),
        Do(take("1.2.3", 1, amount(10, 2), amount(10, 1)), "ContractRefusal::SameAccount"),
        Do(lend("1.2.3", amount(1, 2), amount(1, 1)), "ContractRefusal::MayNotHold"),
        Do(take("1.2.2", 1, amount(10, 2), amount(10, 1)), "ContractRefusal::MayNotHold"),
        Do(transfer_bond(), "ContractRefusal::MayNotHold"),
        Do(exercise("1.2.3", 0, (amount(30, 2), amount(10, 1))), "ContractRefusal::MayNotHold"),
        Do(bid("1.2.3", amount(500, 1)), "ContractRefusal::MayNotHold"),
        Do(accept("1.2.3", amount(7, 1)), "ContractRefusal::MayNotHold"),
        // He is outbid, and his money is where it was.
        Do(bid("1.2.2", amount(30, 1)), "ok"),
        Has(3, 1, 990),
    ]);
}

/// Markets of both assets are closed to each other after the deal.
#[test]
fn a_market_that_is_closed_later_ends_no_bond_and_no_option() {
    let close = |ledger: &mut Ledger| {
        let asset: AssetId = Id(2);
        ledger.modify(asset, |asset| asset.options.blacklist_markets.insert(Id(1))).unwrap();
    };
    story(vec![
        Then(close),
        Do(write(0, option_terms(1, 2, 30), 1), "ContractRefusal::NoMarket"),
        Do(take("1.2.2", 1, amount(10, 2), amount(10, 1)), "ContractRefusal::NoMarket"),
        Do(exercise("1.2.3", 0, (amount(30, 2), amount(10, 1))), "ok"),
        Do(repay("1.2.2", 0, 100, false), "ok"),
        Has(2, 2, 1_000),
    ]);
}
