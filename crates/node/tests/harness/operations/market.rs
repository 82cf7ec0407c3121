//! Orders in the market of the newest asset, the fees they leave, and the end of its issuer's part.

use super::{Situation, Turn};
use serde_json::{Value, json};

pub const TURNS: &[Turn] = &[
    &[("limit_order_create", |s| {
        let mut order = order(s, s.me, s.of_newest(100), s.core(1_000));
        order["extensions"] = json!({"on_fill": [[0, {
            "fee_asset_id": "1.3.0", "spread_percent": 100, "size_percent": 10_000,
            "expiration_seconds": 3_600, "repeat": false,
        }]]});
        order
    })],
    &[("limit_order_update", |s| {
        json!({
            "seller": s.me, "order": s.id(1, 7), "new_price": s.price(100, 900),
            "delta_amount_to_sell": s.of_newest(100), "new_expiration": s.after(3_600),
        })
    })],
    // Fills a part of the other.
    &[("limit_order_create", |s| order(s, &s.friend(), s.core(500), s.of_newest(50)))],
    &[("limit_order_create", |s| order(s, s.me, s.of_newest(10), s.core(1_000_000)))],
    &[("limit_order_cancel", |s| json!({"fee_paying_account": s.me, "order": s.id(1, 7)}))],
    &[("asset_claim_fees", |s| json!({"issuer": s.me, "amount_to_claim": s.of_newest(1)}))],
    &[(
        "asset_update_issuer",
        |s| json!({"issuer": s.me, "asset_to_update": s.asset(), "new_issuer": s.friend()}),
    )],
];

fn order(s: &Situation<'_>, seller: &str, sells: Value, receives: Value) -> Value {
    json!({
        "seller": seller, "amount_to_sell": sells, "min_to_receive": receives,
        "expiration": s.after(3_600), "fill_or_kill": false,
    })
}
