//! Accounts, and who may take what from them. The account that is registered here is the second
//! party of all that follows.

use super::{Situation, Turn};
use crate::founding::{CLAIM, CLAIMS};
use serde_json::{Value, json};

pub const TURNS: &[Turn] = &[
    &[("account_create", |s| {
        json!({
            "registrar": s.me, "referrer": s.me, "referrer_percent": 0,
            "name": format!("a{}1", s.letters().to_lowercase()),
            "owner": s.authority(), "active": s.authority(),
            "options": {"memo_key": s.key, "voting_account": "1.2.5"},
        })
    })],
    &[("transfer", |s| transfer(s, &s.friend(), 50_000_000_000))],
    &[("transfer", |s| transfer(s, s.other, 5))],
    // The committee pays for what it decides.
    &[("transfer", |s| transfer(s, "1.2.0", 2_000_000_000))],
    // Without votes nobody is the committee.
    &[("account_update", |s| {
        json!({
            "account": s.me,
            "new_options": {"memo_key": s.key, "voting_account": "1.2.5", "votes": s.votes},
        })
    })],
    &[(
        "account_upgrade",
        |s| json!({"account_to_upgrade": s.friend(), "upgrade_to_lifetime_member": true}),
    )],
    &[("account_whitelist", |s| {
        json!({
            "authorizing_account": s.me, "account_to_list": s.other,
            "new_listing": s.round() % 4,
        })
    })],
    &[("balance_claim", claim)],
    &[("withdraw_permission_create", |s| {
        json!({
            "withdraw_from_account": s.me, "authorized_account": s.friend(),
            "withdrawal_limit": s.core(10), "withdrawal_period_sec": 3_600,
            "periods_until_expiration": 5, "period_start_time": s.after(600),
        })
    })],
    &[("withdraw_permission_update", |s| {
        json!({
            "withdraw_from_account": s.me, "authorized_account": s.friend(),
            "permission_to_update": s.id(1, 12), "withdrawal_limit": s.core(20),
            "withdrawal_period_sec": 1_800, "periods_until_expiration": 5,
            "period_start_time": s.after(1),
        })
    })],
    &[("withdraw_permission_claim", |s| {
        json!({
            "withdraw_permission": s.id(1, 12), "withdraw_from_account": s.me,
            "withdraw_to_account": s.friend(), "amount_to_withdraw": s.core(15),
        })
    })],
    &[("withdraw_permission_delete", |s| {
        json!({
            "withdraw_from_account": s.me, "authorized_account": s.friend(),
            "withdrawal_permission": s.id(1, 12),
        })
    })],
    &[("custom_authority_create", |s| {
        json!({
            "account": s.me, "enabled": true, "operation_type": 0,
            "valid_from": s.after(0), "valid_to": s.after(3_600),
            "auth": {"weight_threshold": 1, "account_auths": [[s.friend(), 1]]},
            // The transfer is to that account.
            "restrictions": [
                {"member_index": 2, "restriction_type": 0, "argument": [7, s.other]},
            ],
        })
    })],
    &[(
        "custom_authority_update",
        |s| json!({"account": s.me, "authority_to_update": s.id(1, 17), "new_enabled": false}),
    )],
    &[(
        "custom_authority_delete",
        |s| json!({"account": s.me, "authority_to_delete": s.id(1, 17)}),
    )],
];

fn transfer(s: &Situation<'_>, to: &str, amount: i64) -> Value {
    json!({"from": s.me, "to": to, "amount": s.core(amount)})
}

/// Claims the last of the balances of the genesis: each start of `carbyne dev` claims the first.
fn claim(s: &Situation<'_>) -> Value {
    json!({
        "fee": s.core(0), "deposit_to_account": s.me, "balance_owner_key": s.key,
        "balance_to_claim": format!("1.15.{}", CLAIMS.saturating_sub(s.round())),
        "total_claimed": s.core(CLAIM),
    })
}
