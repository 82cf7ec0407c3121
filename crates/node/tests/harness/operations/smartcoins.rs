//! A SmartCoin from its first feed to its global settlement, and its revival.

use super::{Situation, Turn, assets};
use serde_json::{Value, json};

/// As of other assets, and to settle by force and globally.
const PERMISSIONS: u16 = 0x7f;

pub const TURNS: &[Turn] = &[
    &[("asset_create", |s| {
        let mut create = assets::create(s);
        create["common_options"]["issuer_permissions"] = json!(PERMISSIONS);
        create["bitasset_opts"] = options(90);
        create
    })],
    &[(
        "asset_update_bitasset",
        |s| json!({"issuer": s.me, "asset_to_update": s.asset(), "new_options": options(60)}),
    )],
    &[(
        "asset_update_feed_producers",
        |s| json!({"issuer": s.me, "asset_to_update": s.asset(), "new_feed_producers": [s.me]}),
    )],
    &[("asset_publish_feed", |s| feed(s, 10))],
    &[("call_order_update", |s| borrow(s, s.me, 40_000, 1_000))],
    &[("call_order_update", |s| borrow(s, &s.friend(), 60_000, 1_000))],
    &[("call_order_update", |s| borrow(s, s.me, 1_000, -10))],
    // Waits for its time.
    &[("asset_settle", settle)],
    &[(
        "asset_global_settle",
        |s| json!({"issuer": s.me, "asset_to_settle": s.asset(), "settle_price": s.price(1, 20)}),
    )],
    &[("bid_collateral", |s| {
        json!({
            "bidder": s.friend(), "additional_collateral": s.core(500),
            "debt_covered": s.of_newest(100),
        })
    })],
    // Is paid at once.
    &[("asset_settle", settle)],
    // The fund is worth so much more than the debt that the coin goes on.
    &[("asset_publish_feed", |s| feed(s, 5))],
];

fn options(force_settlement_delay_sec: u32) -> Value {
    json!({
        "feed_lifetime_sec": 86_400, "minimum_feeds": 1,
        "force_settlement_delay_sec": force_settlement_delay_sec,
        "force_settlement_offset_percent": 0, "maximum_force_settlement_volume": 2_000,
        "short_backing_asset": "1.3.0",
    })
}

fn feed(s: &Situation<'_>, core: i64) -> Value {
    json!({
        "publisher": s.me, "asset_id": s.asset(),
        "feed": {
            "settlement_price": s.price(1, core), "maintenance_collateral_ratio": 1_750,
            "maximum_short_squeeze_ratio": 1_100, "core_exchange_rate": s.price(1, core),
        },
    })
}

fn borrow(s: &Situation<'_>, who: &str, collateral: i64, debt: i64) -> Value {
    json!({
        "funding_account": who, "delta_collateral": s.core(collateral),
        "delta_debt": s.of_newest(debt),
    })
}

fn settle(s: &Situation<'_>) -> Value {
    json!({"account": s.me, "amount": s.of_newest(10)})
}
