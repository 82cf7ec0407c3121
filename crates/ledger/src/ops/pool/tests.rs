//! Pools in a small chain: what each refuses, and that exchanges never cost the pool anything.

use super::*;
use crate::ops::sandbox::{ISSUER, apply, check, ledger};
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::asset::options::flag;
use carbyne_protocol::ops::pool::{
    LiquidityPoolCreate, LiquidityPoolDelete, LiquidityPoolDeposit, LiquidityPoolExchange,
    LiquidityPoolUpdate, LiquidityPoolWithdraw,
};
use carbyne_protocol::ops::{ExchangeResult, Operation, OperationResult};
use carbyne_wire::Id;

const A: AssetId = Id(1);
const B: AssetId = Id(2);
const SHARE: AssetId = Id(4);
const ANN: AccountId = Id(5);
const POOL: LiquidityPoolId = Id(0);

fn create(taker_fee_percent: u16, withdrawal_fee_percent: u16) -> Operation {
    LiquidityPoolCreate {
        account: ISSUER,
        asset_a: A,
        asset_b: B,
        share_asset: SHARE,
        taker_fee_percent,
        withdrawal_fee_percent,
        ..Default::default()
    }
    .into()
}

fn delete() -> Operation {
    LiquidityPoolDelete { account: ISSUER, ..Default::default() }.into()
}

fn update(taker_fee_percent: Option<u16>, withdrawal_fee_percent: Option<u16>) -> Operation {
    let account = ISSUER;
    let extensions = Default::default();
    let (fee, pool) = (Asset::core(0), POOL);
    let update = LiquidityPoolUpdate {
        fee,
        account,
        pool,
        taker_fee_percent,
        withdrawal_fee_percent,
        extensions,
    };
    update.into()
}

fn deposit(account: AccountId, a: i64, b: i64) -> Operation {
    let (amount_a, amount_b) = (Asset::new(a, A), Asset::new(b, B));
    LiquidityPoolDeposit { account, amount_a, amount_b, ..Default::default() }.into()
}

fn withdraw(shares: i64) -> Operation {
    let share_amount = Asset::new(shares, SHARE);
    LiquidityPoolWithdraw { account: ISSUER, share_amount, ..Default::default() }.into()
}

fn exchange(sell: (i64, AssetId), min: (i64, AssetId)) -> Operation {
    LiquidityPoolExchange {
        account: ANN,
        amount_to_sell: Asset::new(sell.0, sell.1),
        min_to_receive: Asset::new(min.0, min.1),
        ..Default::default()
    }
    .into()
}

/// A pool of 1,000 A and 4,000 B, put in by the issuer.
fn pool(taker_fee_percent: u16, withdrawal_fee_percent: u16) -> Ledger {
    let mut ledger = ledger(1_000_000);
    for asset in [A, B] {
        ledger.adjust_balance(Id(0), Asset::new(-100_000, asset)).unwrap();
        ledger.adjust_balance(ISSUER, Asset::new(100_000, asset)).unwrap();
    }
    let steps = [
        (create(taker_fee_percent, withdrawal_fee_percent), "ok"),
        (deposit(ISSUER, 1_000, 4_000), "ok"),
    ];
    check(&mut ledger, &steps);
    ledger
}

/// Applies an operation that gives these amounts: paid, received, fees.
#[track_caller]
fn check_amounts(ledger: &mut Ledger, operation: Operation, amounts: [&[(i64, AssetId)]; 3]) {
    let [paid, received, fees] = amounts
        .map(|list| list.iter().map(|(amount, asset)| Asset::new(*amount, *asset)).collect());
    let expected = OperationResult::Exchange(Box::new(ExchangeResult { paid, received, fees }));
    assert_eq!(apply(ledger, operation).unwrap(), expected);
}

#[test]
fn a_pool_needs_two_assets_in_order_and_a_share_asset_of_its_own() {
    let mut odd =
        LiquidityPoolCreate { account: ISSUER, asset_a: B, asset_b: A, ..Default::default() };
    let order = odd.clone().into();
    (odd.asset_a, odd.asset_b, odd.share_asset) = (A, B, B);
    let inside = odd.clone().into();
    (odd.share_asset, odd.account) = (SHARE, ANN);
    let stranger = odd.clone().into();
    (odd.share_asset, odd.account) = (Id(3), ISSUER);
    let issued = odd.clone().into();
    odd.share_asset = Id(99);
    let unknown = odd.into();
    check(
        &mut ledger(10),
        &[
            (order, "LiquidityPoolRefusal::AssetOrder"),
            (inside, "LiquidityPoolRefusal::ShareAssetInPool"),
            (stranger, "LiquidityPoolRefusal::NotOwner"),
            (issued, "LiquidityPoolRefusal::ShareSupplyNotZero"),
            (unknown, "LedgerRefusal::UnknownObject"),
            (create(10_001, 0), "LiquidityPoolRefusal::PercentTooLarge"),
            (create(0, 10_001), "LiquidityPoolRefusal::PercentTooLarge"),
            (create(10_000, 10_000), "ok"),
            (create(0, 0), "LiquidityPoolRefusal::ShareAssetBound"),
            (delete(), "ok"),
            (delete(), "LedgerRefusal::UnknownObject"),
        ],
    );
}

#[test]
fn only_the_owner_deletes_an_empty_pool() {
    let stranger = LiquidityPoolDelete { account: ANN, ..Default::default() };
    check(
        &mut pool(0, 0),
        &[
            (delete(), "LiquidityPoolRefusal::NotEmpty"),
            (withdraw(4_000), "ok"),
            (stranger.into(), "LiquidityPoolRefusal::NotOwner"),
            (delete(), "ok"),
        ],
    );
}

#[test]
fn a_withdrawal_fee_can_only_go_away_and_goes_before_a_taker_fee_comes() {
    check(
        &mut pool(0, 50),
        &[
            (update(None, None), "LiquidityPoolRefusal::NothingToUpdate"),
            (update(None, Some(1)), "LiquidityPoolRefusal::WithdrawalFeeNotZero"),
            (update(Some(10_001), None), "LiquidityPoolRefusal::PercentTooLarge"),
            (update(Some(7), None), "LiquidityPoolRefusal::WithdrawalFeeStands"),
            (update(Some(7), Some(0)), "ok"),
            (update(Some(8), None), "ok"),
        ],
    );
}

#[test]
fn a_deposit_takes_no_more_than_the_ratio_and_its_shares_round_down() {
    let mut ledger = pool(0, 0);
    check(
        &mut ledger,
        &[
            (deposit(ANN, 0, 5), "LiquidityPoolRefusal::AmountNotPositive"),
            (deposit(ANN, 5, -1), "LiquidityPoolRefusal::AmountNotPositive"),
        ],
    );
    let shares: &[_] = &[(400, SHARE)];
    check_amounts(&mut ledger, deposit(ANN, 100, 900), [&[(100, A), (400, B)], shares, &[]]);
    check_amounts(&mut ledger, deposit(ANN, 1, 3), [&[(1, A), (3, B)], &[(3, SHARE)], &[]]);
}

#[test]
fn a_pool_starts_with_its_owner_and_within_the_supply_of_its_shares() {
    let mut ledger = ledger(1_000_000);
    ledger.modify(SHARE, |share| share.options.max_supply = 500).unwrap();
    check(
        &mut ledger,
        &[
            (create(0, 0), "ok"),
            (deposit(ANN, 1, 1), "LiquidityPoolRefusal::NotOwner"),
            (deposit(ISSUER, 1, 501), "LiquidityPoolRefusal::InitialDepositTooLarge"),
            (withdraw(1), "LiquidityPoolRefusal::Empty"),
            (exchange((1, A), (1, B)), "LiquidityPoolRefusal::Empty"),
        ],
    );
    ledger.modify(SHARE, |share| share.options.flags = flag::DISABLE_NEW_SUPPLY).unwrap();
    check(&mut ledger, &[(deposit(ISSUER, 1, 1), "LiquidityPoolRefusal::NoNewSupply")]);
}

#[test]
fn the_withdrawal_fee_stays_except_for_the_last_shares() {
    let mut ledger = pool(0, 100);
    check(
        &mut ledger,
        &[
            (withdraw(4_001), "LiquidityPoolRefusal::SharesAboveSupply"),
            (withdraw(0), "LiquidityPoolRefusal::AmountNotPositive"),
        ],
    );
    let amounts: [&[_]; 3] = [&[(2_000, SHARE)], &[(495, A), (1_980, B)], &[(5, A), (20, B)]];
    check_amounts(&mut ledger, withdraw(2_000), amounts);
    let amounts: [&[_]; 3] = [&[(2_000, SHARE)], &[(505, A), (2_020, B)], &[(0, A), (0, B)]];
    check_amounts(&mut ledger, withdraw(2_000), amounts);
}

#[test]
fn shares_too_small_to_be_worth_anything_are_not_taken() {
    let mut ledger = pool(0, 10_000);
    check(&mut ledger, &[(withdraw(1), "LiquidityPoolRefusal::ZeroOutcome")]);
}

#[test]
fn an_exchange_keeps_the_product_and_the_fee_of_the_pool() {
    let mut ledger = pool(100, 0);
    check(
        &mut ledger,
        &[
            (exchange((1, A), (1, A)), "LiquidityPoolRefusal::SameAsset"),
            (exchange((0, A), (1, B)), "LiquidityPoolRefusal::AmountNotPositive"),
            (exchange((1, A), (0, B)), "LiquidityPoolRefusal::AmountNotPositive"),
            (exchange((1, A), (1, Id(3))), "LiquidityPoolRefusal::MarketMismatch"),
            (exchange((1_000, A), (1_981, B)), "LiquidityPoolRefusal::UnfillablePrice"),
            (exchange((1, B), (1, A)), "LiquidityPoolRefusal::UnfillablePrice"),
        ],
    );
    let before = ledger.get(POOL).unwrap().virtual_value;
    let fees: &[_] = &[(0, A), (0, B), (20, B)];
    let amounts = [&[(1_000, A)], &[(1_980, B)], fees];
    check_amounts(&mut ledger, exchange((1_000, A), (1_980, B)), amounts);
    assert!(ledger.get(POOL).unwrap().virtual_value > before);
}

#[test]
fn issuers_take_their_market_fees_on_both_sides() {
    let mut ledger = pool(0, 0);
    for asset in [A, B] {
        let charge = |asset: &mut carbyne_objects::AssetObject| {
            asset.options.flags = flag::CHARGE_MARKET_FEE;
            asset.options.market_fee_percent = 1_000;
            asset.options.max_market_fee = 1_000_000;
        };
        ledger.modify(asset, charge).unwrap();
    }
    let fees: &[_] = &[(100, A), (189, B), (0, B)];
    let amounts = [&[(1_000, A)], &[(1_705, B)], fees];
    check_amounts(&mut ledger, exchange((1_000, A), (1, B)), amounts);
    ledger.modify(A, |asset| asset.options.market_fee_percent = 10_000).unwrap();
    let refused = "LiquidityPoolRefusal::MakerFeeTooLarge";
    let too_large = "MarketFeeRefusal::PartTooLarge";
    check(
        &mut ledger,
        &[(exchange((1_000, A), (1, B)), refused), (exchange((i64::MAX, A), (1, B)), too_large)],
    );
}

#[test]
fn an_asset_decides_what_it_is_traded_for_and_by_whom() {
    let mut ledger = pool(0, 0);
    let step = exchange((100, A), (1, B));
    let mut refuse =
        |reason, change: fn(&mut carbyne_protocol::ops::asset::options::AssetOptions)| {
            let old = ledger.get(B).unwrap().options.clone();
            ledger.modify(B, |asset| change(&mut asset.options)).unwrap();
            check(&mut ledger, &[(step.clone(), reason)]);
            ledger.modify(B, |asset| asset.options = old).unwrap();
        };
    refuse("ok", |options| options.whitelist_markets = [A].into_iter().collect());
    refuse("LiquidityPoolRefusal::MarketNotWhitelisted", |options| {
        options.whitelist_markets = [Id(3)].into_iter().collect();
    });
    refuse("LiquidityPoolRefusal::MarketBlacklisted", |options| {
        options.blacklist_markets = [A].into_iter().collect();
    });
    refuse("EvaluateRefusal::Unauthorized", |options| {
        options.whitelist_authorities = [Id(7)].into_iter().collect();
    });
}
