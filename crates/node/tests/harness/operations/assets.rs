//! Assets without a price feed: made, issued, taken back, and paid for with.

use super::{Situation, Turn};
use serde_json::{Value, json};

/// Trades are charged a market fee, and the issuer may take back what others hold.
const FLAGS: u16 = 0x05;
/// All that an asset without a price feed may have.
const PERMISSIONS: u16 = 0x4f;

pub const TURNS: &[Turn] = &[
    &[("asset_create", create)],
    &[("asset_issue", |s| issue(s, s.me, 1_000_000))],
    &[("asset_issue", |s| issue(s, &s.friend(), 1_000))],
    &[("override_transfer", |s| {
        json!({
            "issuer": s.me, "from": s.friend(), "to": s.other, "amount": s.of_newest(10),
        })
    })],
    &[(
        "asset_fund_fee_pool",
        |s| json!({"from_account": s.me, "asset_id": s.asset(), "amount": 500}),
    )],
    &[(
        "asset_claim_pool",
        |s| json!({"issuer": s.me, "asset_id": s.asset(), "amount_to_claim": s.core(5)}),
    )],
    &[("asset_reserve", |s| json!({"payer": s.me, "amount_to_reserve": s.of_newest(10)}))],
    &[("asset_update", |s| {
        let mut options = options(s, &s.asset());
        options["description"] = json!("changed");
        json!({"issuer": s.me, "asset_to_update": s.asset(), "new_options": options})
    })],
];

/// A new asset with market fees.
pub fn create(s: &Situation<'_>) -> Value {
    json!({
        "issuer": s.me, "symbol": s.letters(), "precision": 2,
        // This number stands for the new one.
        "common_options": options(s, "1.3.1"), "is_prediction_market": false,
    })
}

/// Issues so much of the newest asset.
pub fn issue(s: &Situation<'_>, to: &str, amount: i64) -> Value {
    json!({"issuer": s.me, "asset_to_issue": s.of_newest(amount), "issue_to_account": to})
}

fn options(s: &Situation<'_>, asset: &str) -> Value {
    json!({
        "max_supply": 1_000_000_000_i64, "market_fee_percent": 1_000, "max_market_fee": 1_000,
        "issuer_permissions": PERMISSIONS, "flags": FLAGS,
        "core_exchange_rate": {"base": s.core(1), "quote": s.amount(1, asset)},
    })
}
