//! What a wallet remembers: in the open accounts and labels, under the password keys and receipts.

use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_protocol::authority::Authority;
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::confidential::{CommitmentBytes, StealthConfirmation};
use carbyne_wire::{Dialect, Digest, Json, JsonError, JsonIn, Text, TimePointSec, Value, Wire};
use serde_json::json;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// Keys by their public keys, in the order of their bytes. Wiped when dropped.
pub type Keys = BTreeMap<[u8; 33], PrivateKey>;

/// A label of a key (reference: `key_label`).
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct KeyLabel {
    /// The label.
    pub label: Text,
    /// The key.
    pub key: PublicKey,
}

/// What a confidential transfer tells its receiver (reference: `stealth_confirmation::memo_data`).
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct StealthMemo {
    /// Who sends, if it is told.
    pub from: Option<PublicKey>,
    /// How much.
    pub amount: Asset,
    /// What hides the amount.
    pub blinding_factor: Digest<32>,
    /// The commitment.
    pub commitment: CommitmentBytes,
    /// The first bytes of the shared secret.
    pub check: u32,
}

/// A blinded balance that somebody received (reference: `blind_receipt`).
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BlindReceipt {
    /// When the receipt was taken in.
    pub date: TimePointSec,
    /// Key of the sender.
    pub from_key: PublicKey,
    /// Its label.
    pub from_label: Text,
    /// Key of the receiver.
    pub to_key: PublicKey,
    /// Its label.
    pub to_label: Text,
    /// How much.
    pub amount: Asset,
    /// A note.
    pub memo: Text,
    /// Who may spend it.
    pub control_authority: Authority,
    /// What the transfer told.
    pub data: StealthMemo,
    /// Whether it is spent.
    pub used: bool,
    /// What was handed over.
    pub conf: StealthConfirmation,
}

/// An output as the reference confirms it (reference: `blind_confirmation::output`).
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct ConfirmedOutput {
    /// Label of the receiver.
    pub label: Text,
    /// Its key.
    pub pub_key: PublicKey,
    /// What it is told.
    pub decrypted_memo: StealthMemo,
    /// What is handed over.
    pub confirmation: StealthConfirmation,
    /// Who may spend it.
    pub auth: Authority,
    /// The same as text.
    pub confirmation_receipt: Text,
}

/// Keys of accounts and witnesses that were asked for and may not be on the chain yet.
#[derive(Clone, Debug, Default)]
pub struct Pending {
    /// By name of the account.
    pub accounts: BTreeMap<String, Vec<PrivateKey>>,
    /// By name of the witness.
    pub witnesses: BTreeMap<String, PrivateKey>,
}

impl Pending {
    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty() && self.witnesses.is_empty()
    }
}

/// What is in the open.
#[derive(Clone, Debug, Default)]
pub struct Public {
    /// The chain, once it is known.
    pub chain_id: Digest<32>,
    /// Ids and names of accounts with keys here.
    pub accounts: BTreeMap<AccountId, String>,
    /// Keys that were imported for accounts.
    pub extra_keys: BTreeMap<AccountId, Vec<PublicKey>>,
    /// Labels of keys.
    pub labels: Vec<KeyLabel>,
}

/// What is under the password.
#[derive(Clone, Debug, Default)]
pub struct Data {
    /// Keys.
    pub keys: Keys,
    /// Keys that wait for their accounts.
    pub pending: Pending,
    /// Blinded balances.
    pub receipts: Vec<BlindReceipt>,
    /// Accounts of others that were paid, so that one that looks like them is noticed.
    pub known: BTreeMap<AccountId, String>,
}

fn pairs<K: ToString, V>(map: &BTreeMap<K, V>, value: impl Fn(&V) -> Value) -> Value {
    map.iter().map(|(key, one)| json!([key.to_string(), value(one)])).collect()
}

fn read_pairs<T>(
    value: &Value,
    read: impl Fn(&str, &Value) -> Result<T, JsonError>,
) -> Result<Vec<T>, JsonError> {
    let pairs = value.as_array().map(Vec::as_slice).unwrap_or_default();
    pairs.iter().map(|pair| read(pair[0].as_str().unwrap_or_default(), &pair[1])).collect()
}

fn account_id(text: &str) -> Result<AccountId, JsonError> {
    AccountId::from_json(&Value::from(text))
}

fn named(id: &str, name: &Value) -> Result<(AccountId, String), JsonError> {
    Ok((account_id(id)?, name.as_str().unwrap_or_default().to_owned()))
}

/// A private key from its text; what is wrong with it does not show it.
pub(super) fn read_key(value: &Value) -> Result<PrivateKey, JsonError> {
    let key = PrivateKey::from_wif(value.as_str().unwrap_or_default());
    key.map_err(|error| JsonError::assert(format!("a private key: {error}")))
}

impl Public {
    /// As JSON, with keys as the dialect says.
    pub fn to_json(&self, dialect: Dialect) -> Value {
        json!({
            "chain_id": self.chain_id.to_string(),
            "accounts": pairs(&self.accounts, |name| name.as_str().into()),
            "extra_keys": pairs(&self.extra_keys, |keys| keys.to_json_in(dialect)),
            "labels": self.labels.to_json_in(dialect),
        })
    }

    /// From JSON, with keys as the dialect says.
    pub fn from_json(value: &Value, dialect: Dialect) -> Result<Self, JsonError> {
        let keys =
            |id: &str, keys: &Value| Ok((account_id(id)?, JsonIn::from_json_in(keys, dialect)?));
        Ok(Self {
            chain_id: Digest::from_json(&value["chain_id"])?,
            accounts: read_pairs(&value["accounts"], named)?.into_iter().collect(),
            extra_keys: read_pairs(&value["extra_keys"], keys)?.into_iter().collect(),
            labels: Vec::from_json_in(&value["labels"], dialect)?,
        })
    }
}

impl Data {
    /// As text to be encrypted.
    pub fn to_text(&self, dialect: Dialect) -> Zeroizing<String> {
        let wif = |key: &PrivateKey| Value::String(key.to_wif());
        let keys: Vec<Value> = self.keys.values().map(wif).collect();
        let wifs = |keys: &Vec<PrivateKey>| -> Value { keys.iter().map(wif).collect() };
        let data = json!({
            "keys": keys,
            "pending_accounts": pairs(&self.pending.accounts, wifs),
            "pending_witnesses": pairs(&self.pending.witnesses, wif),
            "receipts": self.receipts.to_json_in(dialect),
            "known": pairs(&self.known, |name| name.as_str().into()),
        });
        let text = Zeroizing::new(data.to_string());
        wipe(data);
        text
    }

    /// From the text that was encrypted.
    pub fn from_text(text: &str, dialect: Dialect) -> Result<Self, JsonError> {
        let value: Value = serde_json::from_str(text)
            .map_err(|_| JsonError::assert("what was encrypted is no wallet"))?;
        let read = Self::read(&value, dialect);
        wipe(value);
        read
    }

    fn read(value: &Value, dialect: Dialect) -> Result<Self, JsonError> {
        let mut data = Self::default();
        for key in value["keys"].as_array().map(Vec::as_slice).unwrap_or_default() {
            data.add(read_key(key)?);
        }
        let accounts = |name: &str, wifs: &Value| Ok((name.to_owned(), read_keys(wifs)?));
        let witness = |name: &str, wif: &Value| Ok((name.to_owned(), read_key(wif)?));
        let accounts = read_pairs(&value["pending_accounts"], accounts)?;
        data.pending.accounts = accounts.into_iter().collect();
        let witnesses = read_pairs(&value["pending_witnesses"], witness)?;
        data.pending.witnesses = witnesses.into_iter().collect();
        data.receipts = Vec::from_json_in(&value["receipts"], dialect)?;
        // Files of version 1 have none.
        data.known = read_pairs(&value["known"], named)?.into_iter().collect();
        Ok(data)
    }

    /// Adds a key; its public key.
    pub fn add(&mut self, key: PrivateKey) -> PublicKey {
        let public = key.public_key();
        self.keys.insert(public.0, key);
        public
    }
}

pub(super) fn read_keys(value: &Value) -> Result<Vec<PrivateKey>, JsonError> {
    value.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(read_key).collect()
}

/// Wipes the texts of JSON.
pub(super) fn wipe(value: Value) {
    match value {
        Value::String(text) => drop(Zeroizing::new(text)),
        Value::Array(values) => values.into_iter().for_each(wipe),
        Value::Object(members) => members.into_iter().for_each(|(_, value)| wipe(value)),
        _ => {}
    }
}
