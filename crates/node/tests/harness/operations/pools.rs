//! A liquidity pool of core and a new asset, from the first deposit to its end.

use super::{Turn, assets};
use serde_json::json;

pub const TURNS: &[Turn] = &[
    &[("asset_create", assets::create)],
    &[("asset_issue", |s| assets::issue(s, s.me, 1_000_000))],
    // Its shares.
    &[("asset_create", assets::create)],
    &[("liquidity_pool_create", |s| {
        json!({
            "account": s.me, "asset_a": "1.3.0", "asset_b": s.asset_before(),
            "share_asset": s.asset(), "taker_fee_percent": 30, "withdrawal_fee_percent": 0,
        })
    })],
    &[("liquidity_pool_deposit", |s| {
        json!({
            "account": s.me, "pool": s.id(1, 19), "amount_a": s.core(10_000),
            "amount_b": s.amount(5_000, &s.asset_before()),
        })
    })],
    &[("liquidity_pool_exchange", |s| {
        json!({
            "account": s.friend(), "pool": s.id(1, 19), "amount_to_sell": s.core(100),
            "min_to_receive": s.amount(1, &s.asset_before()),
        })
    })],
    &[(
        "liquidity_pool_update",
        |s| json!({"account": s.me, "pool": s.id(1, 19), "taker_fee_percent": 50}),
    )],
    &[("liquidity_pool_withdraw", |s| {
        json!({
            "account": s.me, "pool": s.id(1, 19), "share_amount": s.of_newest(10_000),
        })
    })],
    &[("liquidity_pool_delete", |s| json!({"account": s.me, "pool": s.id(1, 19)}))],
];
