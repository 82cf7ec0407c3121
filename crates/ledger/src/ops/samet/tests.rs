//! SameT funds in a small chain.

use super::*;
use crate::ops::sandbox::{check, ledger, push};
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::samet::{
    SametFundBorrow, SametFundCreate, SametFundDelete, SametFundRepay, SametFundUpdate,
};
use carbyne_wire::Id;

const ANN: AccountId = Id(5);
const BOB: AccountId = Id(6);
const GOLD: AssetId = Id(1);
const FUND: SametFundId = Id(0);

fn create(balance: i64, fee_rate: u32) -> Operation {
    let (owner_account, asset_type) = (ANN, GOLD);
    SametFundCreate { owner_account, asset_type, balance, fee_rate, ..Default::default() }.into()
}

fn delete(owner_account: AccountId) -> Operation {
    SametFundDelete { owner_account, ..Default::default() }.into()
}

fn update(delta: Option<(i64, AssetId)>, new_fee_rate: Option<u32>) -> Operation {
    let delta_amount = delta.map(|(amount, asset)| Asset::new(amount, asset));
    let owner_account = ANN;
    SametFundUpdate { owner_account, delta_amount, new_fee_rate, ..Default::default() }.into()
}

fn borrow(amount: i64, asset: AssetId) -> Operation {
    let borrow_amount = Asset::new(amount, asset);
    SametFundBorrow { borrower: BOB, borrow_amount, ..Default::default() }.into()
}

fn repay(amount: i64, fund_fee: i64) -> Operation {
    SametFundRepay {
        account: BOB,
        repay_amount: Asset::new(amount, GOLD),
        fund_fee: Asset::new(fund_fee, GOLD),
        ..Default::default()
    }
    .into()
}

/// A fund of 1,000 gold at a fee of 1 %.
fn fund() -> Ledger {
    let mut ledger = ledger(5_000);
    check(&mut ledger, &[(create(1_000, 10_000), "ok")]);
    ledger
}

#[test]
fn a_fund_is_never_empty_and_changes_only_for_its_owner() {
    let stranger =
        SametFundUpdate { owner_account: BOB, new_fee_rate: Some(5), ..Default::default() };
    check(
        &mut fund(),
        &[
            (create(0, 0), "SametFundRefusal::AmountNotPositive"),
            (create(4_001, 0), "BalanceRefusal::Insufficient"),
            (update(None, None), "SametFundRefusal::NothingToUpdate"),
            (update(Some((0, GOLD)), None), "SametFundRefusal::DeltaIsZero"),
            (update(Some((1, Id(2))), None), "SametFundRefusal::AssetMismatch"),
            (update(Some((-1_000, GOLD)), None), "SametFundRefusal::InsufficientBalance"),
            (update(Some((i64::MIN, GOLD)), None), "MoneyRefusal::Overflow"),
            (update(None, Some(10_000)), "SametFundRefusal::SameFeeRate"),
            (stranger.into(), "SametFundRefusal::NotOwner"),
            (update(Some((-999, GOLD)), Some(7)), "ok"),
            (update(Some((4_999, GOLD)), None), "ok"),
            (delete(BOB), "SametFundRefusal::NotOwner"),
            (delete(ANN), "ok"),
        ],
    );
}

#[test]
fn what_is_borrowed_is_repaid_with_a_fee_rounded_up() {
    let mut ledger = fund();
    check(
        &mut ledger,
        &[
            (borrow(0, GOLD), "SametFundRefusal::AmountNotPositive"),
            (borrow(1, Id(2)), "SametFundRefusal::AssetMismatch"),
            (borrow(1_001, GOLD), "SametFundRefusal::InsufficientBalance"),
            (borrow(i64::MAX, GOLD), "SametFundRefusal::InsufficientBalance"),
        ],
    );
    for (then, reason) in [
        (vec![], "SametFundRefusal::UnpaidDebt"),
        (vec![borrow(i64::MAX, GOLD)], "MoneyRefusal::Overflow"),
        (vec![borrow(101, GOLD)], "SametFundRefusal::InsufficientBalance"),
        (vec![delete(ANN)], "SametFundRefusal::Unpaid"),
        (vec![update(Some((1, GOLD)), None)], "SametFundRefusal::Unpaid"),
        (vec![repay(901, 10)], "SametFundRefusal::RepaysTooMuch"),
        (vec![repay(801, 8)], "SametFundRefusal::InsufficientFundFee"),
        (vec![repay(801, -1)], "SametFundRefusal::NegativeFundFee"),
        (vec![repay(801, 9)], "SametFundRefusal::UnpaidDebt"),
        (vec![repay(801, 9), repay(99, 1)], "ok"),
    ] {
        let together = [vec![borrow(900, GOLD)], then].concat();
        let outcome = push(&mut ledger, together.clone());
        let got = outcome.map_or_else(|refusal| refusal.reason(), |_| "ok");
        assert_eq!(got, reason, "{together:?}");
    }
    assert_eq!(ledger.get(FUND).unwrap().balance, 1_010);
}

#[test]
fn the_fee_of_a_fund_is_in_its_asset() {
    let mut odd = SametFundRepay { account: BOB, ..Default::default() };
    odd.repay_amount = Asset::new(1, GOLD);
    check(&mut fund(), &[(odd.into(), "SametFundRefusal::FundFeeAsset")]);
}

#[test]
fn the_owner_hears_of_what_others_do_with_the_fund() {
    let results = push(&mut fund(), vec![borrow(1, GOLD), repay(1, 1)]).unwrap();
    for result in results {
        let OperationResult::Extendable(result) = result else { panic!("{result:?}") };
        assert_eq!(result.impacted_accounts.unwrap().as_slice(), [ANN]);
    }
}
