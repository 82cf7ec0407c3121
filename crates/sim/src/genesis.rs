//! The chain that is simulated: a few witnesses, a few people with money, one key for all of them.

use anyhow::{Context, Result};
use carbyne_crypto::PrivateKey;
use carbyne_node::core::public_keys;
use carbyne_node::genesis::{Recipe, make};
use carbyne_protocol::constants::MAX_SHARE_SUPPLY;
use carbyne_protocol::features::Family;
use carbyne_wire::{Dialect, Tags, TimePointSec};
use serde_json::{Value, json};

/// How the chain writes and reads values: it is open to contracts.
pub(crate) const DIALECT: Dialect = Dialect::REFERENCE.knowing(Tags::All);
/// When the chain begins.
const BEGIN: TimePointSec = TimePointSec(1_700_000_000);
/// Seconds between blocks: few, so that much happens in little time.
const BLOCK_INTERVAL: u8 = 1;
/// Seconds between maintenances.
const MAINTENANCE_INTERVAL: u32 = 15;
/// Who has money, besides the account that a genesis always has.
const PEOPLE: [&str; 4] = ["ann0", "bob0", "cid0", "dan0"];

/// A chain that can begin.
pub struct Founded {
    /// The genesis file.
    pub genesis: Vec<u8>,
    /// When it begins.
    pub time: TimePointSec,
    /// Signing keys of its witnesses.
    pub witnesses: Vec<PrivateKey>,
    /// The key that can sign for everybody.
    pub key: PrivateKey,
}

/// A chain with so many witnesses.
pub fn found(witnesses: usize) -> Result<Founded> {
    let named = |n: usize| PrivateKey::from_seed(&format!("simulated witness {n}"));
    let witnesses: Vec<PrivateKey> = (0..witnesses).map(named).collect();
    let key = PrivateKey::from_seed("simulated people");
    let text = make(&Recipe {
        dialect: DIALECT,
        time: BEGIN,
        witnesses: &public_keys(&witnesses),
        account: "eve0",
        account_key: key.public_key(),
        others: &[],
        block_interval: BLOCK_INTERVAL,
        maintenance_interval: MAINTENANCE_INTERVAL,
        features: Some(&Family::ALL),
    });
    let mut genesis: Value = serde_json::from_str(&text).context("a genesis is JSON")?;
    people(&mut genesis, &key);
    parameters(&mut genesis["initial_parameters"]);
    let genesis = serde_json::to_vec(&genesis).context("a genesis is JSON")?;
    Ok(Founded { genesis, time: BEGIN, witnesses, key })
}

/// Gives every account the same key, and money to as many as there are people.
fn people(genesis: &mut Value, key: &PrivateKey) {
    let prefix = DIALECT.prefix();
    let text = key.public_key().to_text(prefix);
    let account = |name: &str| json!({ "name": name, "is_lifetime_member": true });
    if let Some(accounts) = genesis["initial_accounts"].as_array_mut() {
        accounts.extend(PEOPLE.map(account));
        for account in accounts {
            account["owner_key"] = json!(text);
            account["active_key"] = json!(text);
        }
    }
    let shares = genesis["initial_accounts"].as_array().map_or(1, Vec::len);
    let balance = json!({
        "owner": key.public_key().address().to_text(prefix),
        "asset_symbol": "BTS",
        "amount": (MAX_SHARE_SUPPLY / (shares as i64 + 1)).to_string(),
    });
    genesis["initial_balances"] = Value::from(vec![balance; shares]);
}

/// Opens what must be opened first, and lets the committee decide soon.
fn parameters(parameters: &mut Value) {
    parameters["max_predicate_opcode"] = json!(3);
    parameters["committee_proposal_review_period"] = json!(5);
    parameters["extensions"] = json!({
        "updatable_htlc_options": { "max_timeout_secs": 86_400, "max_preimage_size": 1_024 },
        "custom_authority_options": {
            "max_custom_authority_lifetime_seconds": 86_400,
            "max_custom_authorities_per_account": 10,
            "max_custom_authorities_per_account_op": 3,
            "max_custom_authority_restrictions": 10,
        },
    });
}
