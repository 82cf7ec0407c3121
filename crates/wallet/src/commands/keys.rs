//! Keys: made, taken in, shown when asked, and what belongs to them.

use super::{Command, command, own, send};
use crate::arguments::Arguments;
use crate::error::{Result, WalletError};
use crate::review::Send;
use crate::wallet::Wallet;
use carbyne_crypto::hash::sha512;
use carbyne_crypto::{Address, PrivateKey, PublicKey, aes512, brain};
use carbyne_objects::{Account, Balance};
use carbyne_protocol::ids::AssetId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::balance::BalanceClaim;
use carbyne_wire::{Bytes, Dialect, Json, JsonIn};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// Words of a suggested brain key: 11 bits each.
const BRAIN_KEY_WORDS: usize = 16;
/// Claims in a transaction, as the reference's.
const CLAIMS_MAX: usize = 30;
/// Largest file of exported keys, bytes.
const FILE_MAX: usize = 16 << 20;

pub(super) const COMMANDS: &[Command] = &[
    command(
        "import_key(account_name_or_id: account, wif_key: secret)",
        "Takes in a private key of an account, which is asked for; whether it is one of its keys.",
        "import_key ann",
        import_key,
    ),
    own(
        "add_key(wif_key: secret)",
        "Takes in a private key that is asked for, whosever it is; needs no node.",
        "add_key",
        |wallet, arguments| {
            let key = private_key(&Zeroizing::new(arguments.text(0)?))?;
            let public = wallet.data_mut()?.add(key);
            wallet.save()?;
            Ok(public.to_json_in(arguments.dialect))
        },
    ),
    command(
        "import_accounts(filename: file, password: secret)",
        "Takes in the keys of all accounts in an exported file.",
        "import_accounts keys.json",
        import_accounts,
    ),
    command(
        "import_account_keys(filename: file, password: secret, src_account_name: name, \
         dest_account_name: account)",
        "Takes in the keys of one account in an exported file for one of mine.",
        "import_account_keys keys.json - ann ann",
        import_account_keys,
    ),
    command(
        "import_balance(account_name_or_id: account, wif_keys: [secret], broadcast: bool = false)",
        "Claims what the genesis gives to private keys; `*` stands for those of the account.",
        "import_balance ann @key.txt true",
        import_balance,
    ),
    command(
        "suggest_brain_key()",
        "Makes up a phrase, with the key that follows from it. Write it down.",
        "suggest_brain_key",
        |_, arguments| suggest(arguments.dialect),
    ),
    command(
        "derive_owner_keys_from_brain_key(brain_key: secret, number_of_desired_keys: uint = 1)",
        "The keys that follow from a phrase.",
        "derive_owner_keys_from_brain_key @phrase.txt 2",
        |_, arguments| derive(&arguments.text(0)?, arguments.get(1)?, arguments.dialect),
    ),
    command(
        "normalize_brain_key(s: text)",
        "A phrase the way it is hashed.",
        "normalize_brain_key 'my  brain key'",
        |_, arguments| Ok(brain::normalize_brain_key(&arguments.text(0)?).into()),
    ),
    command(
        "is_public_key_registered(public_key: key)",
        "Whether some account names a key.",
        "is_public_key_registered BTS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV",
        |wallet, arguments| {
            let key = json!([arguments.text(0)?]);
            wallet.node()?.call("database", "is_public_key_registered", key)
        },
    ),
    command(
        "get_key_references(keys: [key])",
        "The accounts that name each of these keys.",
        "get_key_references BTS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV",
        |wallet, arguments| {
            let keys = json!([arguments.texts(0)?]);
            wallet.node()?.call("database", "get_key_references", keys)
        },
    ),
    command(
        "get_private_key(pubkey: key)",
        "Shows the private key of a public one. Whoever has it has what it controls.",
        "get_private_key BTS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV",
        |wallet, arguments| Ok(wallet.key(&arguments.get(0)?)?.to_wif().into()),
    ),
    command(
        "dump_private_keys()",
        "Shows all private keys. Whoever has them has everything.",
        "dump_private_keys",
        |wallet, _| {
            let keys = wallet.data()?.keys.iter();
            Ok(keys
                .map(|(key, wif)| json!([PublicKey(*key).to_json_in(wallet.dialect), wif.to_wif()]))
                .collect())
        },
    ),
];

/// A private key from its text, in which nothing of it is repeated.
pub(super) fn private_key(text: &str) -> Result<PrivateKey> {
    let text = text.trim();
    PrivateKey::from_wif(text).map_err(|error| WalletError::argument("wif_key", error.to_string()))
}

fn import_key(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    wallet.data()?;
    let key = private_key(&Zeroizing::new(arguments.text(1)?))?;
    let account = wallet.node()?.account(&arguments.text(0)?)?;
    let is_key = wallet.import(&account, key)?;
    wallet.save()?;
    Ok(is_key.into())
}

/// Keys of accounts, as the reference exports them.
struct Exported {
    password_hash: Zeroizing<[u8; 64]>,
    accounts: Vec<Value>,
}

impl Exported {
    fn read(file: &str, password: &str) -> Result<Self> {
        let failed = |error| WalletError::File { what: "read", file: file.into(), error };
        let bytes = std::fs::read(file).map_err(failed)?;
        if bytes.len() > FILE_MAX {
            return Err(WalletError::argument("filename", "is too large"));
        }
        let value: Value = serde_json::from_slice(&bytes)
            .map_err(|error| WalletError::argument("filename", error.to_string()))?;
        let password_hash = Zeroizing::new(sha512(password.as_bytes()));
        if value["password_checksum"] != hex::encode(sha512(&*password_hash)) {
            return Err(WalletError::WrongPassword);
        }
        let accounts = value["account_keys"].as_array().cloned().unwrap_or_default();
        Ok(Self { password_hash, accounts })
    }

    fn keys(&self, account: &Value) -> Vec<PrivateKey> {
        let list = account["encrypted_private_keys"].as_array().cloned().unwrap_or_default();
        let open = |hidden: &Value| {
            let hidden = Bytes::from_json(hidden).ok()?;
            let plain = Zeroizing::new(aes512::decrypt(&self.password_hash, &hidden)?);
            PrivateKey::from_bytes(plain.as_slice().try_into().ok()?).ok()
        };
        list.iter().filter_map(open).collect()
    }
}

fn names_one(account: &Account, keys: &Value, dialect: Dialect) -> bool {
    let keys: Vec<PublicKey> = JsonIn::from_json_in(keys, dialect).unwrap_or_default();
    keys.iter().any(|key| {
        account.owner.key_auths.contains_key(key) || account.active.key_auths.contains_key(key)
    })
}

fn import_accounts(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    wallet.data()?;
    let exported = Exported::read(&arguments.text(0)?, &arguments.text(1)?)?;
    let mut done = Vec::new();
    for item in &exported.accounts {
        let name = item["account_name"].as_str().unwrap_or_default();
        let account = wallet.node()?.account(name).ok();
        let account =
            account.filter(|account| names_one(account, &item["public_keys"], wallet.dialect));
        done.push(json!([name, account.is_some()]));
        for key in account.iter().flat_map(|_| exported.keys(item)) {
            if let Some(account) = &account {
                wallet.import(account, key)?;
            }
        }
    }
    wallet.save()?;
    Ok(done.into())
}

fn import_account_keys(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    wallet.data()?;
    let (source, target) = (arguments.text(2)?, arguments.text(3)?);
    if !wallet.public.accounts.values().any(|name| *name == target) {
        return Err(WalletError::argument("dest_account_name", "is not in this wallet"));
    }
    let exported = Exported::read(&arguments.text(0)?, &arguments.text(1)?)?;
    let mut items = exported.accounts.iter();
    let item = items.find(|item| item["account_name"] == *source);
    let item = item.ok_or_else(|| WalletError::argument("src_account_name", "is not in it"))?;
    let account = wallet.node()?.account(&target)?;
    for key in exported.keys(item) {
        wallet.import(&account, key)?;
    }
    wallet.save()?;
    Ok(true.into())
}

/// Keys with the addresses by which a genesis may know them.
fn claimants(wallet: &Wallet, arguments: &Arguments) -> Result<BTreeMap<[u8; 20], PrivateKey>> {
    let account = wallet.node()?.account(&arguments.text(0)?)?;
    let mut keys = BTreeMap::new();
    for text in arguments.texts(1)?.into_iter().map(Zeroizing::new) {
        let found = match text.as_str() {
            "*" => {
                let of_account = wallet.public.extra_keys.get(&account.id);
                let own = of_account.into_iter().flatten();
                own.filter_map(|public| wallet.key(public).ok().cloned()).collect()
            }
            text => vec![private_key(text)?],
        };
        for key in found {
            keys.extend(key.public_key().addresses().map(|Address(bytes)| (bytes, key.clone())));
        }
    }
    Ok(keys)
}

fn import_balance(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    wallet.data()?;
    let keys = claimants(wallet, arguments)?;
    let node = wallet.node()?;
    let deposit_to_account = node.account(&arguments.text(0)?)?.id;
    let addresses: Vec<String> =
        keys.keys().map(|bytes| Address(*bytes).to_text(wallet.dialect.prefix())).collect();
    let mut balances: Vec<Balance> = node.ask("get_balance_objects", json!([addresses]))?;
    balances.sort_by_key(|balance| (balance.balance.asset_id, balance.id));
    let ids: Vec<String> = balances.iter().map(|balance| balance.id.to_string()).collect();
    let vested: Vec<Asset> = node.ask("get_vested_balances", json!([ids]))?;
    let claims: Vec<(BalanceClaim, &PrivateKey)> = balances
        .iter()
        .zip(vested)
        .filter(|(_, total)| total.amount > 0)
        .filter_map(|(balance, total_claimed)| {
            let key = keys.get(&balance.owner.0)?;
            let (fee, balance_to_claim) = (Asset::new(0, AssetId::default()), balance.id);
            let balance_owner_key = key.public_key();
            let claim = BalanceClaim {
                fee,
                deposit_to_account,
                balance_to_claim,
                balance_owner_key,
                total_claimed,
            };
            Some((claim, key))
        })
        .collect();
    let mut done = Vec::new();
    for part in claims.chunks(CLAIMS_MAX) {
        done.push(claim(wallet, part, send(arguments, 2)?)?);
    }
    Ok(done.into())
}

fn claim(wallet: &mut Wallet, claims: &[(BalanceClaim, &PrivateKey)], send: Send) -> Result<Value> {
    let operations = claims.iter().map(|(claim, _)| claim.clone().into()).collect();
    let transaction = wallet.prepare(operations)?;
    let mut transaction = wallet.signed(transaction, &[])?;
    let mut signed = transaction.signature_keys(&wallet.chain_id()).unwrap_or_default();
    for (_, key) in claims {
        if !signed.contains(&key.public_key()) {
            signed.push(key.public_key());
            transaction.sign(key, &wallet.chain_id());
        }
    }
    wallet.send(&transaction, send)?;
    Ok(transaction.to_json_in(wallet.dialect))
}

fn derived(phrase: &str, number: u32, dialect: Dialect) -> Value {
    let key = brain::derive_private_key(phrase, number);
    json!({
        "brain_priv_key": phrase,
        "wif_priv_key": key.to_wif(),
        "pub_key": key.public_key().to_json_in(dialect),
    })
}

fn derive(phrase: &str, count: u32, dialect: Dialect) -> Result<Value> {
    const MOST: u32 = 10_000;
    if !(1..=MOST).contains(&count) {
        return Err(WalletError::argument("number_of_desired_keys", format!("1 to {MOST}")));
    }
    let phrase = brain::normalize_brain_key(phrase);
    Ok((0..count).map(|number| derived(&phrase, number, dialect)).collect())
}

fn suggest(dialect: Dialect) -> Result<Value> {
    let words = bip39::Language::English.word_list();
    let mut random = Zeroizing::new([0_u8; 2 * BRAIN_KEY_WORDS]);
    let filled = getrandom::fill(&mut *random);
    filled.map_err(|_| WalletError::impossible("the system gives no random numbers"))?;
    // 2^16 is a multiple of the number of words, so each is as likely as another.
    let word =
        |pair: &[u8]| words[usize::from(u16::from_le_bytes([pair[0], pair[1]])) % words.len()];
    let phrase: Vec<&str> = random.chunks_exact(2).map(word).collect();
    Ok(derived(&brain::normalize_brain_key(&phrase.join(" ")), 0, dialect))
}
