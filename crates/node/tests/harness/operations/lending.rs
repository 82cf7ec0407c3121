//! Credit offers against the newest asset, and SameT funds, whose debts end with the transaction.

use super::Turn;
use serde_json::json;

pub const TURNS: &[Turn] = &[
    &[("credit_offer_create", |s| {
        json!({
            "owner_account": s.me, "asset_type": "1.3.0", "balance": 1_000, "fee_rate": 100,
            "max_duration_seconds": 3_600, "min_deal_amount": 1, "enabled": false,
            "auto_disable_time": s.after(0),
            "acceptable_collateral": [
                [s.asset(), {"base": s.core(1), "quote": s.of_newest(1)}],
            ],
            "acceptable_borrowers": [],
        })
    })],
    &[("credit_offer_update", |s| {
        json!({
            "owner_account": s.me, "offer_id": s.id(1, 21), "delta_amount": s.core(500),
            "fee_rate": 1_000, "enabled": true, "auto_disable_time": s.after(3_600),
        })
    })],
    &[("credit_offer_accept", |s| {
        json!({
            "borrower": s.friend(), "offer_id": s.id(1, 21), "borrow_amount": s.core(100),
            "collateral": s.of_newest(150), "max_fee_rate": 1_000, "min_duration_seconds": 60,
        })
    })],
    &[(
        "credit_deal_update",
        |s| json!({"account": s.friend(), "deal_id": s.id(1, 22), "auto_repay": 1}),
    )],
    &[("credit_deal_repay", |s| {
        json!({
            "account": s.friend(), "deal_id": s.id(1, 22), "repay_amount": s.core(100),
            "credit_fee": s.core(1),
        })
    })],
    &[("credit_offer_delete", |s| json!({"owner_account": s.me, "offer_id": s.id(1, 21)}))],
    &[("samet_fund_create", |s| {
        json!({
            "owner_account": s.me, "asset_type": "1.3.0", "balance": 1_000, "fee_rate": 100,
        })
    })],
    &[("samet_fund_update", |s| {
        json!({
            "owner_account": s.me, "fund_id": s.id(1, 20), "delta_amount": s.core(500),
            "new_fee_rate": 200,
        })
    })],
    &[
        ("samet_fund_borrow", |s| {
            json!({
                "borrower": s.friend(), "fund_id": s.id(1, 20), "borrow_amount": s.core(1_200),
            })
        }),
        ("samet_fund_repay", |s| {
            json!({
                "account": s.friend(), "fund_id": s.id(1, 20), "repay_amount": s.core(1_200),
                "fund_fee": s.core(1),
            })
        }),
    ],
    &[("samet_fund_delete", |s| json!({"owner_account": s.me, "fund_id": s.id(1, 20)}))],
];
