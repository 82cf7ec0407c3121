//! What waits for time or a secret: hashed time-lock contracts, tickets, vesting balances.

use super::{Situation, Turn};
use carbyne_crypto::hash::sha256;
use carbyne_wire::{Digest, Json};
use serde_json::{Value, json};

/// What redeems a contract.
const SECRET: &[u8] = b"the secret of the contract";

pub const TURNS: &[Turn] = &[
    &[("vesting_balance_create", |s| {
        json!({
            "creator": s.me, "owner": s.me, "amount": s.core(1_000),
            "policy": [1, {"start_claim": s.after(0), "vesting_seconds": 10}],
        })
    })],
    &[(
        "vesting_balance_withdraw",
        |s| json!({"vesting_balance": s.id(1, 13), "owner": s.me, "amount": s.core(1)}),
    )],
    // Nobody redeems it in time.
    &[("htlc_create", |s| lock(s, 20))],
    &[("htlc_create", |s| lock(s, 3_600))],
    &[(
        "htlc_extend",
        |s| json!({"htlc_id": s.id(1, 16), "update_issuer": s.me, "seconds_to_add": 60}),
    )],
    &[("htlc_redeem", |s| {
        json!({
            "htlc_id": s.id(1, 16), "redeemer": s.friend(), "preimage": hex_of(SECRET),
        })
    })],
    &[("ticket_create", |s| json!({"account": s.me, "target_type": 1, "amount": s.core(100)}))],
    &[("ticket_update", |s| {
        json!({
            "account": s.me, "ticket": s.id(1, 18), "target_type": 2,
            "amount_for_new_target": s.core(40),
        })
    })],
];

fn lock(s: &Situation<'_>, claim_period_seconds: u32) -> Value {
    json!({
        "from": s.me, "to": s.friend(), "amount": s.core(3),
        "preimage_hash": [2, Digest(sha256(SECRET)).to_json()], "preimage_size": SECRET.len(),
        "claim_period_seconds": claim_period_seconds,
    })
}

fn hex_of(bytes: &[u8]) -> Value {
    carbyne_wire::Bytes(bytes.to_vec()).to_json()
}
