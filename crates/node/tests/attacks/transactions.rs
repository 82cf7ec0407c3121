//! Transactions that cost a node more than they look.

use crate::attacker::Chain;
use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::misc::custom::Custom;
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Dialect, Digest, Json, JsonIn, TimePointSec};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// What a custom operation costs with the fees of a genesis that is made, and more.
const FEE: i64 = 10_000_000;
/// Seconds until they expire: all that a chain allows, less what clocks may differ.
const LIFE: u32 = 86_000;

/// So many different keys.
pub fn keys(count: usize) -> Vec<PrivateKey> {
    (0..count).map(|n| PrivateKey::from_seed(&format!("attacker {n}"))).collect()
}

pub fn text_of(key: &PublicKey) -> String {
    key.to_text("BTS")
}

/// A valid transaction with so many bytes; each number gives another.
pub fn custom(chain: &Chain, attacker: usize, number: usize, bytes: usize) -> Value {
    let payer = AccountId::from_json(&json!(chain.payer)).expect("an account");
    let mut data = format!("{attacker} {number}").into_bytes();
    data.resize(bytes, b' ');
    let fee = Asset::core(FEE);
    let custom = Custom { fee, payer, data: carbyne_wire::Bytes(data), ..Custom::default() };
    let operation = Operation::from(custom);
    let key = PrivateKey::from_wif(&chain.key).expect("a key");
    let transaction = SignedTransaction { operations: [operation].into(), ..expiring() };
    signed(transaction, &[key], chain).to_json_in(Dialect::REFERENCE)
}

/// A transfer whose owner names so many addresses, signed by so many keys.
pub fn dear(chain: &Chain, addresses: usize, signatures: usize) -> Value {
    let keys = keys(addresses);
    let address = |key: &PrivateKey| json!([key.public_key().address().to_text("BTS"), 1]);
    let owner = json!({
        "weight_threshold": addresses, "account_auths": [], "key_auths": [],
        "address_auths": keys.iter().map(address).collect::<Vec<_>>(),
    });
    let input = json!({ "commitment": "02".repeat(33), "owner": owner });
    let fee = json!({ "amount": FEE, "asset_id": "1.3.0" });
    let operation = json!([40, { "fee": fee, "inputs": [input], "outputs": [] }]);
    let operation = Operation::from_json_in(&operation, Dialect::REFERENCE).expect("an operation");
    let transaction = SignedTransaction { operations: [operation].into(), ..expiring() };
    signed(transaction, &keys[..signatures], chain).to_json_in(Dialect::REFERENCE)
}

fn expiring() -> SignedTransaction {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time").as_secs();
    let expiration = TimePointSec(u32::try_from(now).expect("a time before 2106") + LIFE);
    SignedTransaction { expiration, ..SignedTransaction::default() }
}

fn signed(
    mut transaction: SignedTransaction,
    keys: &[PrivateKey],
    chain: &Chain,
) -> SignedTransaction {
    let mut id = [0; 32];
    hex::decode_to_slice(&chain.id, &mut id).expect("a chain id");
    (transaction.ref_block_num, transaction.ref_block_prefix) = chain.reference;
    keys.iter().for_each(|key| transaction.sign(key, &Digest(id)));
    transaction
}
