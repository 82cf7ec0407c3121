//! The file of the reference's wallet, `wallet.json`: read, and written on request.
//!
//! Its keys are encrypted with AES under the SHA-512 of the password, a single hash: whoever has
//! the file tries passwords as fast as hashes. Receipts and keys that wait for their accounts are
//! in the open there.

use super::data::{BlindReceipt, Data, Keys, Public, read_key, read_keys};
use super::file::not_a_wallet;
use crate::error::{Result, WalletError};
use carbyne_crypto::aes512;
use carbyne_crypto::hash::sha512;
use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_objects::Account;
use carbyne_protocol::ids::AccountId;
use carbyne_wire::{
    Bytes, Dialect, Digest, Json, JsonIn, Pack, PackError, Reader, Tags, Text, Value, pack_varint,
};
use serde_json::json;
use std::path::Path;
use zeroize::Zeroizing;

/// A file of the reference's wallet, opened.
pub struct ReferenceFile {
    /// What is in the open here.
    pub public: Public,
    /// What is under the password here.
    pub data: Data,
}

impl ReferenceFile {
    /// Whether a text looks like one.
    pub fn is_one(text: &str) -> bool {
        let value: Value = serde_json::from_str(text).unwrap_or_default();
        value.get("cipher_keys").is_some() && value.get("chain_id").is_some()
    }

    /// Opens a file of a chain with that dialect with its password.
    pub fn open(text: &str, file: &Path, password: &str, dialect: Dialect) -> Result<Self> {
        let damaged = |error: carbyne_wire::JsonError| not_a_wallet(file, error.to_string());
        let value: Value = serde_json::from_str(text)
            .map_err(|error| not_a_wallet(file, format!("it is no JSON: {error}")))?;
        let cipher_keys = Bytes::from_json(&value["cipher_keys"]).map_err(damaged)?;
        let mut data = Data { keys: decrypt(&cipher_keys, password)?, ..Data::default() };
        let public = read_open(&value, &mut data, dialect).map_err(damaged)?;
        Ok(Self { public, data })
    }

    /// The text of such a file; `accounts` as the chain has them, which has that dialect.
    pub fn write(
        &self,
        accounts: &[Account],
        password: &str,
        (node, dialect): (&str, Dialect),
    ) -> String {
        let wifs = |keys: &Vec<PrivateKey>| keys.iter().map(PrivateKey::to_wif).collect::<Vec<_>>();
        let pending = &self.data.pending;
        let accounts: Vec<Value> = accounts.iter().map(|one| one.to_json_in(dialect)).collect();
        let extra: Vec<Value> = (self.public.extra_keys.iter())
            .map(|(id, keys)| json!([id.to_string(), keys.to_json_in(dialect)]))
            .collect();
        let pending_accounts: Vec<Value> =
            pending.accounts.iter().map(|(name, keys)| json!([name, wifs(keys)])).collect();
        let witnesses: Vec<Value> =
            pending.witnesses.iter().map(|(name, key)| json!([name, key.to_wif()])).collect();
        let file = json!({
            "chain_id": self.public.chain_id.to_string(),
            "my_accounts": accounts,
            "cipher_keys": hex::encode(encrypt(&self.data.keys, password)),
            "extra_keys": extra,
            "pending_account_registrations": pending_accounts,
            "pending_witness_registrations": witnesses,
            "labeled_keys": self.public.labels.to_json_in(dialect),
            "blind_receipts": self.data.receipts.to_json_in(dialect),
            "ws_server": node,
            "ws_user": "",
            "ws_password": "",
        });
        format!("{file:#}\n")
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn read_open(
    value: &Value,
    data: &mut Data,
    dialect: Dialect,
) -> std::result::Result<Public, carbyne_wire::JsonError> {
    let mut public =
        Public { chain_id: Digest::from_json(&value["chain_id"])?, ..Public::default() };
    for account in list(&value["my_accounts"]) {
        let name = Text::from_json(&account["name"])?;
        public.accounts.insert(AccountId::from_json(&account["id"])?, name.to_string());
    }
    for pair in list(&value["extra_keys"]) {
        let keys: Vec<PublicKey> = JsonIn::from_json_in(&pair[1], dialect)?;
        public.extra_keys.insert(AccountId::from_json(&pair[0])?, keys);
    }
    for pair in list(&value["pending_account_registrations"]) {
        let name = String::from_json(&pair[0])?;
        data.pending.accounts.insert(name, read_keys(&pair[1])?);
    }
    for pair in list(&value["pending_witness_registrations"]) {
        data.pending.witnesses.insert(String::from_json(&pair[0])?, read_key(&pair[1])?);
    }
    public.labels = Vec::from_json_in(&value["labeled_keys"], dialect)?;
    data.receipts = Vec::<BlindReceipt>::from_json_in(&value["blind_receipts"], dialect)?;
    Ok(public)
}

/// Keys as the reference packs them: a count, each public key with the text of its private key, and
/// the hash of the password that they were encrypted with.
fn encrypt(keys: &Keys, password: &str) -> Vec<u8> {
    let checksum = Zeroizing::new(sha512(password.as_bytes()));
    let mut plain = Zeroizing::new(Vec::new());
    let mut ordered: Vec<PublicKey> = keys.keys().map(|key| PublicKey(*key)).collect();
    ordered.sort();
    pack_varint(ordered.len() as u64, &mut plain);
    for public in ordered {
        public.pack(&mut plain);
        Text::from(keys[&public.0].to_wif()).pack(&mut plain);
    }
    plain.extend_from_slice(&*checksum);
    aes512::encrypt(&checksum, &plain)
}

fn decrypt(cipher_keys: &[u8], password: &str) -> Result<Keys> {
    let checksum = Zeroizing::new(sha512(password.as_bytes()));
    let plain = aes512::decrypt(&checksum, cipher_keys).ok_or(WalletError::WrongPassword)?;
    let plain = Zeroizing::new(plain);
    let keys = unpack(&plain, &checksum).map_err(|_| WalletError::WrongPassword)?;
    keys.ok_or(WalletError::WrongPassword)
}

fn unpack(plain: &[u8], checksum: &[u8; 64]) -> std::result::Result<Option<Keys>, PackError> {
    let mut input = Reader::new(plain, Tags::Reference);
    let mut keys = Keys::new();
    for _ in 0..input.count()? {
        let public = PublicKey::unpack(&mut input)?;
        let wif = Zeroizing::new(Text::unpack(&mut input)?.to_string());
        let Ok(key) = PrivateKey::from_wif(&wif) else { return Ok(None) };
        keys.insert(public.0, key);
    }
    let is_whole = input.array::<64>()? == *checksum && input.remaining() == 0;
    Ok(is_whole.then_some(keys))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_with_its_password_only() {
        let mut data = Data::default();
        for seed in ["a", "b", "c"] {
            data.add(PrivateKey::from_seed(seed));
        }
        data.pending.accounts.insert("ann".to_owned(), vec![PrivateKey::from_seed("d")]);
        let one = ReferenceFile { public: Public::default(), data };
        let account = Account { name: "bob".into(), ..Account::default() };
        let text = one.write(&[account], "secret", ("ws://localhost:8090", Dialect::REFERENCE));
        assert!(ReferenceFile::is_one(&text));
        let file = Path::new("wallet.json");
        let again = ReferenceFile::open(&text, file, "secret", Dialect::REFERENCE).unwrap();
        assert_eq!(again.data.keys, one.data.keys);
        assert_eq!(again.data.pending.accounts, one.data.pending.accounts);
        assert_eq!(again.public.accounts.values().next().map(String::as_str), Some("bob"));
        assert!(matches!(
            ReferenceFile::open(&text, file, "other", Dialect::REFERENCE),
            Err(WalletError::WrongPassword)
        ));
        for end in 0..text.trim_end().len() {
            assert!(ReferenceFile::open(&text[..end], file, "secret", Dialect::REFERENCE).is_err());
        }
    }
}
