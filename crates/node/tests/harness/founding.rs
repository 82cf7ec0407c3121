//! A chain for `carbyne dev` on which every operation can be sent: with the options that the
//! committee of a new chain has not set yet, and balances that nobody has claimed.

use carbyne_crypto::PrivateKey;
use carbyne_node::core::public_keys;
use carbyne_node::genesis::{Recipe, make, witness_name};
use carbyne_wire::{Dialect, TimePointSec};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// Witnesses, who are the committee too: so many that irreversible blocks stay behind the head.
const WITNESSES: usize = 11;
/// Number of the last of the balances that wait to be claimed.
pub const CLAIMS: u64 = 999;
/// How much each of them has but the first, in smallest units of core.
pub const CLAIM: i64 = 1_000;
/// A genesis begins at a multiple of so many seconds.
const EVEN: u32 = 5;
/// Seconds, so that there are many maintenances.
const MAINTENANCE_INTERVAL: u32 = 60;

/// The keys of the witnesses, and that of the account: the accounts that it registers become
/// witnesses with it.
pub fn producer_keys() -> Vec<PrivateKey> {
    let mut keys = witness_keys();
    keys.push(account_key());
    keys
}

/// The keys of the witnesses.
pub fn witness_keys() -> Vec<PrivateKey> {
    (0..WITNESSES).map(|n| PrivateKey::from_seed(&format!("founding witness {n}"))).collect()
}

/// Names of the accounts of the committee.
pub fn committee() -> Vec<String> {
    (0..WITNESSES).map(witness_name).collect()
}

/// By which `carbyne dev` knows the account whose balances it claims.
fn account_key() -> PrivateKey {
    PrivateKey::from_seed("carbyne dev account")
}

/// The text of the genesis, whose first block is due.
pub fn genesis() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let text = make(&Recipe {
        dialect: Dialect::REFERENCE,
        time: TimePointSec(now as u32 / EVEN * EVEN - EVEN),
        witnesses: &public_keys(&witness_keys()),
        account: "dev",
        account_key: account_key().public_key(),
        others: &[],
        block_interval: 1,
        maintenance_interval: MAINTENANCE_INTERVAL,
        features: None,
    });
    let mut genesis: Value = serde_json::from_str(&text).expect("JSON");
    allow_everything(&mut genesis["initial_parameters"]);
    divide_balance(&mut genesis["initial_balances"]);
    genesis.to_string()
}

fn allow_everything(parameters: &mut Value) {
    parameters["max_predicate_opcode"] = json!(3);
    parameters["committee_proposal_review_period"] = json!(10);
    parameters["extensions"]["updatable_htlc_options"] =
        json!({ "max_timeout_secs": 86_400, "max_preimage_size": 1_024 });
    parameters["extensions"]["custom_authority_options"] = json!({
        "max_custom_authority_lifetime_seconds": 86_400,
        "max_custom_authorities_per_account": 1_000,
        "max_custom_authorities_per_account_op": 1_000,
        "max_custom_authority_restrictions": 10,
    });
}

/// Takes many small balances out of the only one.
fn divide_balance(balances: &mut Value) {
    let all: i64 = balances[0]["amount"].as_str().expect("an amount").parse().expect("a number");
    let mut small = balances[0].clone();
    small["amount"] = json!(CLAIM.to_string());
    balances[0]["amount"] = json!((all - CLAIM * CLAIMS as i64).to_string());
    let balances = balances.as_array_mut().expect("a list");
    balances.extend((0..CLAIMS).map(|_| small.clone()));
}
