//! Funds that lend for the length of a transaction, and offers that lend for longer.

use super::{Draft, Kind};
use carbyne_wire::{Id, Json};
use serde_json::{Value, json};

pub(super) const KINDS: &[Kind] = &[
    ("samet_fund_create", fund_create),
    ("samet_fund_update", fund_update),
    ("samet_fund_delete", fund_delete),
    ("samet_fund_borrow", fund_borrow),
    ("samet_fund_repay", fund_repay),
    ("credit_offer_create", offer_create),
    ("credit_offer_create", offer_create),
    ("credit_offer_update", offer_update),
    ("credit_offer_delete", offer_delete),
    ("credit_offer_accept", offer_accept),
    ("credit_offer_accept", offer_accept),
    ("credit_deal_repay", deal_repay),
    ("credit_deal_update", deal_update),
];

fn fund_create(draft: &mut Draft<'_>) -> Option<Value> {
    Some(json!({
        "owner_account": draft.me()?.to_json(),
        "asset_type": "1.3.0",
        "balance": 1 + draft.below(10_000),
        "fee_rate": draft.below(1_000),
    }))
}

fn fund_update(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let fund = draft.any(ledger.tables.samet_funds.iter())?;
    Some(json!({
        "owner_account": fund.owner_account.to_json(),
        "fund_id": fund.id.to_json(),
        "delta_amount": draft.some(100, fund.asset_type),
    }))
}

fn fund_delete(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let fund = draft.any(ledger.tables.samet_funds.iter())?;
    Some(json!({ "owner_account": fund.owner_account.to_json(), "fund_id": fund.id.to_json() }))
}

/// Refused unless it is repaid at once: see [`repaid`].
fn fund_borrow(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let fund = draft.any(ledger.tables.samet_funds.iter())?;
    Some(json!({
        "borrower": draft.me()?.to_json(),
        "fund_id": fund.id.to_json(),
        "borrow_amount": draft.some(100, fund.asset_type),
    }))
}

/// The operation that repays what an operation borrows for the length of a transaction.
pub(super) fn repaid(draft: &mut Draft<'_>, operation: &Value) -> Option<Value> {
    let borrowed = &operation[1];
    let amount = borrowed.get("borrow_amount").filter(|_| borrowed.get("offer_id").is_none())?;
    let members = json!({
        "account": borrowed["borrower"],
        "fund_id": borrowed["fund_id"],
        "repay_amount": amount,
        "fund_fee": { "amount": 100, "asset_id": amount["asset_id"] },
    });
    draft.described("samet_fund_repay", members)
}

fn fund_repay(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let fund = draft.any(ledger.tables.samet_funds.iter())?;
    Some(json!({
        "account": draft.me()?.to_json(),
        "fund_id": fund.id.to_json(),
        "repay_amount": draft.some(100, fund.asset_type),
        "fund_fee": draft.some(100, fund.asset_type),
    }))
}

fn offer_create(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let assets = ledger.tables.assets.iter().filter(|asset| asset.id != Id(0));
    let collateral = draft.any(assets)?.id;
    Some(json!({
        "owner_account": draft.me()?.to_json(),
        "asset_type": "1.3.0",
        "balance": 1 + draft.below(10_000),
        "fee_rate": draft.below(1_000),
        "max_duration_seconds": 5 + draft.below(60),
        "min_deal_amount": 1,
        "enabled": true,
        "auto_disable_time": draft.within(300),
        "acceptable_collateral": [
            [collateral.to_json(), {
                "base": draft.core(10),
                "quote": draft.amount(1, collateral),
            }],
        ],
        "acceptable_borrowers": [],
    }))
}

fn offer_update(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let offer = draft.any(ledger.tables.credit_offers.iter())?;
    Some(json!({
        "owner_account": offer.owner_account.to_json(),
        "offer_id": offer.id.to_json(),
        "delta_amount": draft.some(100, offer.asset_type),
        "fee_rate": draft.below(1_000),
    }))
}

fn offer_delete(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let offer = draft.any(ledger.tables.credit_offers.iter())?;
    Some(json!({ "owner_account": offer.owner_account.to_json(), "offer_id": offer.id.to_json() }))
}

fn offer_accept(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let offer = draft.any(ledger.tables.credit_offers.iter())?;
    let collateral = draft.any(offer.acceptable_collateral.iter().map(|(asset, _)| *asset))?;
    let balances = ledger.tables.balances.iter();
    let holders = balances.filter(|one| one.asset_type == collateral && one.balance > 0);
    let borrower = draft.any(holders)?.owner;
    Some(json!({
        "borrower": borrower.to_json(),
        "offer_id": offer.id.to_json(),
        "borrow_amount": draft.some(100, offer.asset_type),
        "collateral": draft.amount(10, collateral),
        "max_fee_rate": 1_000,
        "min_duration_seconds": 0,
        "extensions": { "auto_repay": draft.below(3) },
    }))
}

fn deal_repay(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let deal = draft.any(ledger.tables.credit_deals.iter())?;
    Some(json!({
        "account": deal.borrower.to_json(),
        "deal_id": deal.id.to_json(),
        "repay_amount": draft.some(deal.debt_amount as u64, deal.debt_asset),
        "credit_fee": draft.amount(100, deal.debt_asset),
    }))
}

fn deal_update(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let deal = draft.any(ledger.tables.credit_deals.iter())?;
    Some(json!({
        "account": deal.borrower.to_json(),
        "deal_id": deal.id.to_json(),
        "auto_repay": draft.below(3),
    }))
}
