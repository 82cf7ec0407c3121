//! Transactions in files: made on one machine, signed on others that may have no network, joined
//! and sent.
//!
//! A file carries the names that its transaction needs, so that who signs without a node reads it;
//! the ids beside them are what is signed.

use super::{Command, own};
use crate::arguments::Arguments;
use crate::error::{Result, WalletError};
use crate::node::same_chain;
use crate::review::Send;
use crate::store::{read, write_atomically};
use crate::wallet::Wallet;
use crate::words::Looking;
use carbyne_crypto::PublicKey;
use carbyne_protocol::required::required_authorities;
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Dialect, Digest, FlatSet, Json, JsonIn};
use serde_json::{Value, json};
use std::path::Path;

const FORMAT: &str = "carbyne transaction";
/// How long a transaction that goes from hand to hand may wait, seconds of the chain's clock.
const LIFETIME: u32 = 20 * 3_600;

pub(super) const COMMANDS: &[Command] = &[
    own(
        "export_transaction(filename: file, operations: json)",
        "Writes a transaction that others sign: an operation, a list of them, or a transaction.",
        "export_transaction pay.json @operations.json",
        export,
    ),
    own(
        "show_transaction_file(filename: file)",
        "What a transaction in a file does, who signed it, and what is missing if a node is there.",
        "show_transaction_file pay.json",
        |wallet, arguments| show(wallet, &Carried::read(&arguments.text(0)?, wallet.dialect)?),
    ),
    own(
        "sign_transaction_file(filename: file, keys: [key] = [])",
        "Signs a transaction in a file; without a node with all keys it asks for, or with these.",
        "sign_transaction_file pay.json",
        sign,
    ),
    own(
        "join_transaction_files(filename: file, others: [file])",
        "Puts the signatures of other files with the same transaction into the first.",
        "join_transaction_files pay.json pay-ann.json,pay-bob.json",
        join,
    ),
    own(
        "broadcast_transaction_file(filename: file)",
        "Sends a transaction in a file.",
        "broadcast_transaction_file pay.json",
        |wallet, arguments| {
            let carried = Carried::read(&arguments.text(0)?, wallet.dialect)?;
            same_chain(wallet.node()?.chain_id(), carried.chain_id)?;
            wallet.send(&carried.transaction, Send::Broadcast)?;
            Ok(carried.transaction.id().to_json())
        },
    ),
];

/// What a file carries.
struct Carried {
    chain_id: Digest<32>,
    transaction: SignedTransaction,
    /// What it does, in words, as who made it saw it.
    does: Vec<String>,
    /// Keys that could sign it.
    keys: Vec<PublicKey>,
}

impl Carried {
    fn read(file: &str, dialect: Dialect) -> Result<Self> {
        let wrong = |why: &str| WalletError::argument("filename", format!("{file}: {why}"));
        let text = read(Path::new(file))?.ok_or_else(|| wrong("is not there"))?;
        let value: Value =
            serde_json::from_str(&text).map_err(|error| wrong(&format!("no JSON: {error}")))?;
        if value["format"] != FORMAT || value["version"] != 1 {
            return Err(wrong("is no transaction of this version"));
        }
        Ok(Self {
            chain_id: Json::from_json(&value["chain_id"])?,
            transaction: JsonIn::from_json_in(&value["transaction"], dialect)?,
            does: Json::from_json(&value["does"])?,
            keys: JsonIn::from_json_in(&value["keys"], dialect)?,
        })
    }

    fn write(&self, file: &str, dialect: Dialect) -> Result<()> {
        let value = json!({
            "format": FORMAT,
            "version": 1,
            "chain_id": self.chain_id.to_json(),
            "does": self.does,
            "keys": self.keys.to_json_in(dialect),
            "transaction": self.transaction.to_json_in(dialect),
        });
        let file = Path::new(file);
        let there = crate::store::digest_of(read(file)?.as_deref());
        write_atomically(file, &format!("{value:#}\n"), there)
    }

    fn signers(&self) -> Result<FlatSet<PublicKey>> {
        let keys = self.transaction.signature_keys(&self.chain_id);
        let keys = keys.map_err(|error| WalletError::argument("signatures", error.to_string()))?;
        Ok(keys.into_iter().collect())
    }
}

/// A transaction of what somebody gave: itself, an operation, or a list of them.
fn transaction_of(wallet: &Wallet, given: &Value) -> Result<SignedTransaction> {
    if given.get("operations").is_some() {
        return Ok(JsonIn::from_json_in(given, wallet.dialect)?);
    }
    let is_one = given[0].is_number();
    let list = if is_one { vec![given.clone()] } else { Json::from_json(given)? };
    let operations: Vec<_> = list
        .iter()
        .map(|one: &Value| Ok(carbyne_protocol::ops::Operation::from_json_in(one, wallet.dialect)?))
        .collect::<Result<_>>()?;
    let node = wallet.node()?;
    let draft = carbyne_client::Draft::of_all(operations).waiting(LIFETIME);
    node.wait(node.client().prepare(draft))
}

fn export(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let transaction = transaction_of(wallet, &arguments.value(1))?;
    crate::finish::check(&transaction)?;
    let node = wallet.node()?;
    let looking = Looking { node, keys: None };
    let operations = &transaction.operations;
    let does = operations
        .iter()
        .map(|op| looking.describe(op, &carbyne_protocol::ops::OperationResult::Void).0);
    let can = json!([transaction.to_json_in(wallet.dialect)]);
    let carried = Carried {
        chain_id: node.chain_id(),
        does: does.collect(),
        keys: node.ask("get_potential_signatures", can)?,
        transaction,
    };
    carried.write(&arguments.text(0)?, wallet.dialect)?;
    show(wallet, &carried)
}

/// What a file carries, for people and for programs.
fn show(wallet: &Wallet, carried: &Carried) -> Result<Value> {
    let transaction = &carried.transaction;
    let needed = required_authorities(&transaction.operations);
    let mut shown = json!({
        "chain_id": carried.chain_id.to_json(),
        "id": transaction.id().to_json(),
        "expiration": transaction.expiration.to_json(),
        "operations": transaction.operations.to_json_in(wallet.dialect),
        "accounts_that_sign": needed.active.to_json(),
        "owners_that_sign": needed.owner.to_json(),
        "signed_by": carried.signers()?.to_json_in(wallet.dialect),
    });
    if wallet.node().is_err() {
        // Nobody vouches for these words; the operations beside them are what is signed.
        shown["its_maker_says"] = json!(carried.does);
    }
    if let Ok(node) = wallet.node() {
        same_chain(node.chain_id(), carried.chain_id)?;
        let looking = Looking { node, keys: wallet.data().ok().map(|data| &data.keys) };
        let does: Vec<String> =
            transaction.operations.iter().map(|op| looking.sentence(op).0).collect();
        shown["does"] = json!(does);
        shown["missing"] = json!(wallet.missing(transaction)?);
    }
    Ok(shown)
}

fn sign(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let file = arguments.text(0)?;
    let mut carried = Carried::read(&file, wallet.dialect)?;
    if wallet.chain_id() != Digest::default() {
        same_chain(wallet.chain_id(), carried.chain_id)?;
    }
    let chosen: Vec<PublicKey> = arguments.get(1)?;
    if wallet.node().is_ok() && chosen.is_empty() {
        carried.transaction = wallet.cosigned(carried.transaction.clone())?;
    } else {
        let there = carried.signers()?;
        let wanted = if chosen.is_empty() { carried.keys.clone() } else { chosen };
        let keys = &wallet.data()?.keys;
        let own = wanted.iter().filter(|key| !there.contains(key));
        let own: Vec<_> = own.filter_map(|key| keys.get(&key.0)).collect();
        if own.is_empty() {
            return Err(WalletError::impossible("no key of this wallet is needed"));
        }
        own.into_iter().for_each(|key| carried.transaction.sign(key, &carried.chain_id));
    }
    carried.write(&file, wallet.dialect)?;
    show(wallet, &carried)
}

fn join(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let file = arguments.text(0)?;
    let mut carried = Carried::read(&file, wallet.dialect)?;
    for other in arguments.texts(1)? {
        let other_file = Carried::read(&other, wallet.dialect)?;
        same_chain(carried.chain_id, other_file.chain_id)?;
        if other_file.transaction.id() != carried.transaction.id() {
            let why = format!("{other} is another transaction");
            return Err(WalletError::argument("others", why));
        }
        let there = carried.signers()?;
        let keys = other_file.transaction.signature_keys(&other_file.chain_id);
        let keys = keys.map_err(|error| WalletError::argument("others", error.to_string()))?;
        for (key, signature) in keys.iter().zip(&other_file.transaction.signatures) {
            if !there.contains(key) {
                carried.transaction.signatures.push(*signature);
            }
        }
    }
    carried.write(&file, wallet.dialect)?;
    show(wallet, &carried)
}
