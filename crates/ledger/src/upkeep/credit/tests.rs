//! How deals and offers end in a small chain.

use super::*;
use crate::ops::sandbox::{START, check, check_supplies, ledger};
use carbyne_protocol::ids::{AccountId, AssetId, CreditOfferId};
use carbyne_protocol::money::Price;
use carbyne_protocol::ops::credit::{CreditOfferAccept, CreditOfferCreate};
use carbyne_wire::Id;

const ANN: AccountId = Id(5);
const BOB: AccountId = Id(6);
const GOLD: AssetId = Id(1);
const SILVER: AssetId = Id(2);
const OFFER: CreditOfferId = Id(0);

/// Bob owes Ann 300 gold for 1,000 silver, at a fee rate in millionths, and has so much gold when
/// the deal ends.
fn deal(auto_repay: u8, fee_rate: u32, balance: i64) -> Ledger {
    let mut ledger = ledger(5_000);
    let price = Price::new(Asset::new(1, GOLD), Asset::new(1, SILVER));
    let offer = CreditOfferCreate {
        owner_account: ANN,
        asset_type: GOLD,
        balance: 1_000,
        fee_rate,
        max_duration_seconds: 100,
        enabled: true,
        auto_disable_time: START.wrapping_add(50),
        acceptable_collateral: [(SILVER, price)].into_iter().collect(),
        ..Default::default()
    };
    let mut accept = CreditOfferAccept {
        borrower: BOB,
        borrow_amount: Asset::new(300, GOLD),
        collateral: Asset::new(1_000, SILVER),
        max_fee_rate: fee_rate,
        ..Default::default()
    };
    accept.extensions.auto_repay = Some(auto_repay);
    check(&mut ledger, &[(offer.into(), "ok"), (accept.into(), "ok")]);
    let rest = ledger.balance(BOB, GOLD) - balance;
    ledger.adjust_balance(BOB, Asset::new(-rest, GOLD)).unwrap();
    ledger.adjust_balance(Id(7), Asset::new(rest, GOLD)).unwrap();
    ledger
}

fn pass(ledger: &mut Ledger, seconds: u32) {
    ledger.modify_dynamic(|dynamic| dynamic.time = START.wrapping_add(seconds)).unwrap();
    update_credit_offers_and_deals(ledger).unwrap();
    check_supplies(ledger);
}

/// The end of a deal leaves Bob so much gold and silver more, and Ann's offer so much in total.
#[track_caller]
fn check_end(mut ledger: Ledger, gold: i64, silver: i64, total: i64) {
    pass(&mut ledger, 99);
    assert_eq!(ledger.tables.credit_deals.len(), 1, "the deal stands");
    pass(&mut ledger, 100);
    assert!(
        ledger.tables.credit_deals.is_empty() && ledger.tables.credit_deal_summaries.is_empty()
    );
    assert_eq!(ledger.balance(BOB, GOLD), gold);
    assert_eq!(ledger.balance(BOB, SILVER), 4_000 + silver);
    assert_eq!(ledger.balance(ANN, SILVER), 5_000 + 1_000 - silver);
    let offer = ledger.get(OFFER).unwrap();
    assert_eq!((offer.total_balance, offer.current_balance), (total, total));
}

#[test]
fn an_offer_is_disabled_in_time() {
    let mut ledger = deal(auto_repayment::NONE, 10_000, 0);
    pass(&mut ledger, 49);
    assert!(ledger.get(OFFER).unwrap().enabled);
    pass(&mut ledger, 50);
    assert!(!ledger.get(OFFER).unwrap().enabled);
}

#[test]
fn a_deal_without_repayment_costs_the_collateral() {
    check_end(deal(auto_repayment::NONE, 10_000, 5_000), 5_000, 0, 700);
}

#[test]
fn a_full_repayment_needs_the_whole_debt_and_fee() {
    check_end(deal(auto_repayment::ONLY_FULL, 10_000, 303), 0, 1_000, 1_003);
    check_end(deal(auto_repayment::ONLY_FULL, 10_000, 302), 302, 0, 700);
    check_end(deal(auto_repayment::ALLOW_PARTIAL, 10_000, 303), 0, 1_000, 1_003);
}

#[test]
fn a_partial_repayment_takes_what_is_there() {
    check_end(deal(auto_repayment::ALLOW_PARTIAL, 10_000, 101), 0, 333, 801);
    check_end(deal(auto_repayment::ALLOW_PARTIAL, 10_000, 0), 0, 0, 700);
}

#[test]
fn absurd_fee_rates_end_a_deal_without_repayment() {
    let wraps_to_zero = u32::MAX - FEE_RATE_DENOM + 1;
    for fee_rate in [wraps_to_zero, wraps_to_zero + 1, u32::MAX] {
        check_end(deal(auto_repayment::ALLOW_PARTIAL, fee_rate, 101), 101, 0, 700);
    }
}

#[test]
fn a_repayment_that_is_refused_leaves_no_trace() {
    let mut ledger = deal(auto_repayment::ONLY_FULL, 10_000, 302);
    pass(&mut ledger, 100);
    let recorded = &ledger.run.operations;
    let names: Vec<_> = recorded.iter().map(|applied| applied.op.stateless().name()).collect();
    assert_eq!(names.last(), Some(&"credit_deal_expired"));
    assert!(!names.contains(&"credit_deal_repay"));
}
