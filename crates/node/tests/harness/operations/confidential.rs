//! An amount that is hidden, passed on and shown again, one balance at a time: the balances then
//! have the same blinding factor, and no proof of range is needed.

use super::{Situation, Turn};
use carbyne_crypto::commitment::{BlindingFactor, blind};
use carbyne_crypto::hash::sha256;
use carbyne_wire::{Digest, Json};
use serde_json::{Value, json};

/// What is hidden, in smallest units of core.
const HIDDEN: i64 = 10_000_000;
/// What each further step takes of it as its fee.
const FEE: i64 = 2_000_000;

pub const TURNS: &[Turn] = &[
    &[("transfer_to_blind", |s| {
        json!({
            "amount": s.core(HIDDEN), "from": s.me, "blinding_factor": Digest(factor(s)).to_json(),
            "outputs": [balance(s, HIDDEN)],
        })
    })],
    &[("blind_transfer", |s| {
        json!({
            "fee": s.core(FEE), "inputs": [balance(s, HIDDEN)],
            "outputs": [balance(s, HIDDEN - FEE)],
        })
    })],
    &[("transfer_from_blind", |s| {
        json!({
            "fee": s.core(FEE), "amount": s.core(HIDDEN - FEE - FEE), "to": s.me,
            "blinding_factor": Digest(factor(s)).to_json(),
            "inputs": [balance(s, HIDDEN - FEE)],
        })
    })],
];

/// Another one each round: no commitment is made twice.
fn factor(s: &Situation<'_>) -> BlindingFactor {
    sha256(&s.round().to_le_bytes())
}

/// A hidden balance of ours, spent or made.
fn balance(s: &Situation<'_>, amount: i64) -> Value {
    let commitment = blind(&factor(s), amount as u64).expect("a commitment");
    json!({ "commitment": Digest(commitment.0).to_json(), "owner": s.authority() })
}
