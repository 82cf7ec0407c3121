//! Makes a genesis file in the reference's JSON format: witnesses that are also the committee, and
//! one account that can claim the whole core supply. The format has no other way to give anybody
//! anything: balances belong to keys until they are claimed.

use carbyne_crypto::PublicKey;
use carbyne_protocol::constants::MAX_SHARE_SUPPLY;
use carbyne_protocol::features::Family;
use carbyne_protocol::genesis::FEATURES_MEMBER;
use carbyne_protocol::parameters::ChainParameters;
use carbyne_wire::{Dialect, Json, JsonIn, Tags, TimePointSec};
use serde_json::{Value, json};

/// What a genesis is made from.
pub struct Recipe<'a> {
    /// How its keys are written.
    pub dialect: Dialect,
    /// When the chain begins.
    pub time: TimePointSec,
    /// Signing key of each witness.
    pub witnesses: &'a [PublicKey],
    /// Name of the funded account.
    pub account: &'a str,
    /// Key of the funded account.
    pub account_key: PublicKey,
    /// Further accounts and their keys.
    pub others: &'a [(String, PublicKey)],
    /// Seconds between blocks.
    pub block_interval: u8,
    /// Seconds between maintenances.
    pub maintenance_interval: u32,
    /// Families of contracts that are open, on a chain that opts in to such.
    pub features: Option<&'a [Family]>,
}

/// The text of the genesis file.
pub fn make(recipe: &Recipe<'_>) -> String {
    let prefix = recipe.dialect.prefix();
    let names: Vec<String> = (0..recipe.witnesses.len()).map(witness_name).collect();
    let account = |name: &str, key: &PublicKey| {
        let key = key.to_text(prefix);
        json!({ "name": name, "owner_key": key, "active_key": key, "is_lifetime_member": true })
    };
    let mut accounts: Vec<Value> =
        names.iter().zip(recipe.witnesses).map(|(name, key)| account(name, key)).collect();
    accounts.push(account(recipe.account, &recipe.account_key));
    accounts.extend(recipe.others.iter().map(|(name, key)| account(name, key)));
    let witnesses: Vec<Value> = names
        .iter()
        .zip(recipe.witnesses)
        .map(|(name, key)| json!({ "owner_name": name, "block_signing_key": key.to_text(prefix) }))
        .collect();
    let committee: Vec<Value> = names.iter().map(|name| json!({ "owner_name": name })).collect();
    let count = recipe.witnesses.len();
    let mut genesis = json!({
        "initial_timestamp": recipe.time.to_string(),
        "max_core_supply": MAX_SHARE_SUPPLY.to_string(),
        "initial_parameters": parameters(recipe).to_json_in(recipe.dialect),
        "initial_accounts": accounts,
        "initial_assets": [],
        "initial_balances": [{
            "owner": recipe.account_key.address().to_text(prefix),
            "asset_symbol": "BTS",
            "amount": MAX_SHARE_SUPPLY.to_string(),
        }],
        "initial_vesting_balances": [],
        "initial_active_witnesses": count,
        "initial_witness_candidates": witnesses,
        "initial_committee_candidates": committee,
        "initial_worker_candidates": [],
        "immutable_parameters": {
            "min_committee_member_count": count.min(11),
            "min_witness_count": count.min(11),
            "num_special_accounts": 0,
            "num_special_assets": 0,
        },
    });
    if let Some(open) = recipe.features {
        genesis[FEATURES_MEMBER] = open.iter().map(Json::to_json).collect();
    }
    format!("{genesis:#}\n")
}

/// Which choices the chain of a genesis knows.
pub fn tags_of(genesis: &[u8]) -> Tags {
    let name = FEATURES_MEMBER.as_bytes();
    // Most do not opt in, and some are large.
    if !genesis.windows(name.len()).any(|window| window == name) {
        return Tags::Reference;
    }
    let read: Result<Value, _> = serde_json::from_slice(genesis);
    let is_member = |value: Value| value.get(FEATURES_MEMBER).is_some_and(|open| !open.is_null());
    if read.is_ok_and(is_member) { Tags::All } else { Tags::Reference }
}

/// The name of the account of a witness, counted from 0.
pub fn witness_name(number: usize) -> String {
    format!("init{number}")
}

fn parameters(recipe: &Recipe<'_>) -> ChainParameters {
    ChainParameters {
        block_interval: recipe.block_interval,
        maintenance_interval: recipe.maintenance_interval,
        maximum_transaction_size: 100_000,
        ..ChainParameters::default()
    }
}
