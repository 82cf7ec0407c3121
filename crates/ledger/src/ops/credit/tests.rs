//! Credit offers and deals in a small chain.

use super::*;
use crate::ops::sandbox::{START, apply, check, ledger};
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::credit::{
    CreditDealRepay, CreditDealUpdate, CreditOfferAccept, CreditOfferCreate, CreditOfferDelete,
    CreditOfferUpdate, MAX_CREDIT_DEAL_SECS,
};
use carbyne_protocol::ops::{Operation, OperationResult};
use carbyne_wire::{FlatMap, Id};

const ANN: AccountId = Id(5);
const BOB: AccountId = Id(6);
const GOLD: AssetId = Id(1);
const SILVER: AssetId = Id(2);
const DAY: u32 = SECONDS_PER_DAY;

fn price(gold: i64, silver: i64) -> Price {
    Price::new(Asset::new(gold, GOLD), Asset::new(silver, SILVER))
}

/// Ann lends 1,000 gold for three silver each, for a day at 1 %, to Bob no more than 600.
fn offer() -> CreditOfferCreate {
    CreditOfferCreate {
        owner_account: ANN,
        asset_type: GOLD,
        balance: 1_000,
        fee_rate: 10_000,
        max_duration_seconds: DAY,
        min_deal_amount: 10,
        enabled: true,
        auto_disable_time: START.wrapping_add(DAY),
        acceptable_collateral: [(SILVER, price(1, 3))].into_iter().collect(),
        acceptable_borrowers: [(BOB, 600)].into_iter().collect(),
        ..Default::default()
    }
}

fn changed(change: impl FnOnce(&mut CreditOfferCreate)) -> Operation {
    let mut offer = offer();
    change(&mut offer);
    offer.into()
}

fn update(change: impl FnOnce(&mut CreditOfferUpdate)) -> Operation {
    let mut update = CreditOfferUpdate { owner_account: ANN, ..Default::default() };
    change(&mut update);
    update.into()
}

fn accept(borrow: i64, collateral: i64) -> CreditOfferAccept {
    CreditOfferAccept {
        borrower: BOB,
        borrow_amount: Asset::new(borrow, GOLD),
        collateral: Asset::new(collateral, SILVER),
        max_fee_rate: 10_000,
        min_duration_seconds: DAY,
        ..Default::default()
    }
}

fn repay(amount: i64, fee: i64) -> CreditDealRepay {
    CreditDealRepay {
        account: BOB,
        repay_amount: Asset::new(amount, GOLD),
        credit_fee: Asset::new(fee, GOLD),
        ..Default::default()
    }
}

/// A chain with the offer.
fn market() -> Ledger {
    let mut ledger = ledger(5_000);
    check(&mut ledger, &[(offer().into(), "ok")]);
    ledger
}

#[test]
fn an_offer_has_terms_that_can_be_met() {
    let no_collateral = changed(|offer| offer.acceptable_collateral = FlatMap::new());
    let wrong_base = changed(|offer| offer.asset_type = Id(3));
    let wrong_quote = changed(|offer| {
        offer.acceptable_collateral = [(Id(3), price(1, 3))].into_iter().collect();
    });
    let no_price = changed(|offer| {
        offer.acceptable_collateral = [(SILVER, price(0, 3))].into_iter().collect();
    });
    let dear = changed(|offer| {
        let price = price(carbyne_protocol::constants::MAX_SHARE_SUPPLY + 1, 3);
        offer.acceptable_collateral = [(SILVER, price)].into_iter().collect();
    });
    let negative_limit =
        changed(|offer| offer.acceptable_borrowers = [(BOB, -1)].into_iter().collect());
    let stranger =
        changed(|offer| offer.acceptable_borrowers = [(Id(77), 1)].into_iter().collect());
    check(
        &mut ledger(5_000),
        &[
            (changed(|offer| offer.balance = 0), "CreditRefusal::AmountNotPositive"),
            (changed(|offer| offer.balance = 5_001), "BalanceRefusal::Insufficient"),
            (changed(|offer| offer.min_deal_amount = -1), "CreditRefusal::MinDealAmount"),
            (
                changed(|offer| offer.max_duration_seconds = MAX_CREDIT_DEAL_SECS + 1),
                "CreditRefusal::DurationTooLong",
            ),
            (changed(|offer| offer.auto_disable_time = START), "CreditRefusal::DisabledAlready"),
            (
                changed(|offer| {
                    offer.auto_disable_time = START.wrapping_add(MAX_CREDIT_OFFER_SECS + 1);
                }),
                "CreditRefusal::DisabledTooLate",
            ),
            (no_collateral, "CreditRefusal::NoCollateral"),
            (wrong_base, "CreditRefusal::CollateralBase"),
            (wrong_quote, "CreditRefusal::CollateralQuote"),
            (no_price, "MoneyRefusal::PriceNotPositive"),
            (dear, "MoneyRefusal::PriceTooLarge"),
            (negative_limit, "CreditRefusal::BorrowerLimit"),
            (stranger, "LedgerRefusal::UnknownObject"),
            (changed(|offer| (offer.enabled, offer.auto_disable_time) = (false, START)), "ok"),
        ],
    );
}

#[test]
fn an_update_changes_something_and_leaves_something() {
    let delta =
        |amount, asset| update(|update| update.delta_amount = Some(Asset::new(amount, asset)));
    let stranger =
        CreditOfferUpdate { owner_account: BOB, fee_rate: Some(1), ..Default::default() };
    let other_price = [(SILVER, Price::new(Asset::new(1, Id(3)), Asset::new(1, SILVER)))];
    check(
        &mut market(),
        &[
            (update(|_| {}), "CreditRefusal::NothingToUpdate"),
            (delta(0, GOLD), "CreditRefusal::DeltaIsZero"),
            (delta(1, SILVER), "CreditRefusal::AssetMismatch"),
            (delta(-1_000, GOLD), "CreditRefusal::NothingLeft"),
            (delta(i64::MIN, GOLD), "MoneyRefusal::Overflow"),
            (accept(600, 1_800).into(), "ok"),
            (delta(-401, GOLD), "CreditRefusal::InsufficientBalance"),
            (delta(-400, GOLD), "ok"),
            (stranger.into(), "CreditRefusal::NotOwner"),
            (
                update(|update| update.auto_disable_time = Some(START)),
                "CreditRefusal::DisabledAlready",
            ),
            (
                update(|update| {
                    update.acceptable_collateral = Some(other_price.into_iter().collect());
                }),
                "CreditRefusal::AssetMismatch",
            ),
            (
                update(|update| {
                    (update.enabled, update.auto_disable_time) = (Some(false), Some(START));
                }),
                "ok",
            ),
            (accept(10, 30).into(), "CreditRefusal::NotEnabled"),
            (
                CreditOfferDelete { owner_account: ANN, ..Default::default() }.into(),
                "CreditRefusal::Unpaid",
            ),
            (repay(600, 6).into(), "ok"),
            (
                CreditOfferDelete { owner_account: BOB, ..Default::default() }.into(),
                "CreditRefusal::NotOwner",
            ),
            (CreditOfferDelete { owner_account: ANN, ..Default::default() }.into(), "ok"),
        ],
    );
}

#[test]
fn a_deal_is_within_the_terms_of_both_sides() {
    let terms = |max_fee_rate, min_duration_seconds| {
        CreditOfferAccept { max_fee_rate, min_duration_seconds, ..accept(10, 30) }.into()
    };
    let mut other_collateral = accept(10, 30);
    other_collateral.collateral.asset_id = Id(3);
    let mut other_asset = accept(10, 30);
    other_asset.borrow_amount.asset_id = Id(3);
    let mut unknown_repayment = accept(10, 30);
    unknown_repayment.extensions.auto_repay = Some(3);
    let carl = CreditOfferAccept { borrower: Id(7), ..accept(10, 30) };
    check(
        &mut market(),
        &[
            (accept(0, 30).into(), "CreditRefusal::AmountNotPositive"),
            (accept(10, 0).into(), "CreditRefusal::AmountNotPositive"),
            (unknown_repayment.into(), "CreditRefusal::UnknownAutoRepay"),
            (other_asset.into(), "CreditRefusal::AssetMismatch"),
            (accept(1_001, 3_003).into(), "CreditRefusal::InsufficientBalance"),
            (accept(9, 30).into(), "CreditRefusal::BelowMinDeal"),
            (terms(9_999, DAY), "CreditRefusal::FeeRateTooHigh"),
            (terms(10_000, DAY + 1), "CreditRefusal::DurationTooShort"),
            (other_collateral.into(), "CreditRefusal::CollateralNotAcceptable"),
            (accept(10, 29).into(), "CreditRefusal::InsufficientCollateral"),
            (carl.into(), "CreditRefusal::BorrowerNotAcceptable"),
            (accept(601, 1_803).into(), "CreditRefusal::BorrowsTooMuch"),
            (accept(500, 1_500).into(), "ok"),
            (accept(101, 303).into(), "CreditRefusal::BorrowsTooMuch"),
            (accept(100, 300).into(), "ok"),
        ],
    );
}

#[test]
fn a_deal_that_would_end_at_once_is_not_made() {
    let mut ledger = ledger(5_000);
    let no_time = changed(|offer| offer.max_duration_seconds = 0);
    let hurry = CreditOfferAccept { min_duration_seconds: 0, ..accept(10, 30) };
    let refused = "CreditRefusal::RepayTimeNotInFuture";
    check(&mut ledger, &[(no_time, "ok"), (hurry.into(), refused)]);
}

#[test]
fn a_repayment_releases_its_part_of_the_collateral_rounded_down() {
    let mut ledger = market();
    let stranger = CreditDealRepay { account: ANN, ..repay(1, 1) };
    let mut other_fee = repay(1, 1);
    other_fee.credit_fee.asset_id = SILVER;
    check(
        &mut ledger,
        &[
            (accept(300, 1_000).into(), "ok"),
            (repay(0, 1).into(), "CreditRefusal::AmountNotPositive"),
            (repay(1, -1).into(), "CreditRefusal::NegativeCreditFee"),
            (other_fee.into(), "CreditRefusal::CreditFeeAsset"),
            (stranger.into(), "CreditRefusal::NotBorrower"),
            (repay(301, 4).into(), "CreditRefusal::RepaysTooMuch"),
            (repay(101, 1).into(), "CreditRefusal::InsufficientCreditFee"),
        ],
    );
    let released = |ledger: &mut Ledger, repay: CreditDealRepay| {
        let result = apply(ledger, repay).unwrap();
        let OperationResult::Extendable(result) = result else { panic!("{result:?}") };
        (result.received.unwrap(), result.removed_objects.is_some())
    };
    let silver = |amount| vec![Asset::new(amount, SILVER)];
    assert_eq!(released(&mut ledger, repay(101, 2)), (silver(336), false));
    assert_eq!(released(&mut ledger, repay(199, 2)), (silver(664), true));
    assert!(ledger.tables.credit_deal_summaries.is_empty());
    let offer = ledger.get(Id(0) as CreditOfferId).unwrap();
    assert_eq!((offer.total_balance, offer.current_balance), (1_004, 1_004));
}

#[test]
fn a_borrower_chooses_how_a_deal_ends() {
    let choose =
        |account, auto_repay| CreditDealUpdate { account, auto_repay, ..Default::default() }.into();
    check(
        &mut market(),
        &[
            (accept(300, 1_000).into(), "ok"),
            (choose(BOB, 3), "CreditRefusal::UnknownAutoRepay"),
            (choose(ANN, 1), "CreditRefusal::NotBorrower"),
            (choose(BOB, 0), "CreditRefusal::SameAutoRepay"),
            (choose(BOB, 2), "ok"),
        ],
    );
}
