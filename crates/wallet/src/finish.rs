//! From operations to a transaction in a block: fees, signatures, what somebody is shown, sending.

use crate::error::{Result, WalletError};
use crate::review::{Manner, Review, Send};
use crate::store::Data;
use crate::wallet::Wallet;
use crate::words::Looking;
use carbyne_client::{ClientError, Draft, Place};
use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_objects::Account;
use carbyne_protocol::constants::CORE;
use carbyne_protocol::ids::{AccountId, AssetId};
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::required::required_authorities;
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{FlatSet, Json, JsonIn, Value};
use serde_json::json;
use std::collections::BTreeMap;

/// Seconds that a transaction of a program may wait for a block, as the reference's.
const PROGRAM_SECONDS: u32 = 30;
/// Seconds that one of a person may wait: people read before they agree.
const PERSON_SECONDS: u32 = 300;
/// An account that is younger than this, by the chain's clock, is a new one.
const NEW_ACCOUNT_SECONDS: i64 = 3_600;
/// A fee above so many times that of a transfer is unusual.
const UNUSUAL_FEE: i64 = 20;

impl Wallet {
    /// Signs operations and sends them, as asked; the signed transaction.
    pub(crate) fn finish(&mut self, operations: Vec<Operation>, send: Send) -> Result<Value> {
        let dialect = self.dialect;
        self.finish_typed(operations, send).map(|transaction| transaction.to_json_in(dialect))
    }

    /// As [`Wallet::finish`].
    pub(crate) fn finish_typed(
        &mut self,
        operations: Vec<Operation>,
        send: Send,
    ) -> Result<SignedTransaction> {
        let transaction = self.prepare(operations)?;
        let transaction = self.signed(transaction, &[])?;
        self.send(&transaction, send)?;
        Ok(transaction)
    }

    /// A transaction without signatures, with fees in what the payer has.
    pub(crate) fn prepare(&self, operations: Vec<Operation>) -> Result<SignedTransaction> {
        self.data()?;
        let fee_asset = self.fee_asset(&operations)?;
        let mut draft = Draft::of_all(operations).fees_in(fee_asset);
        draft.lifetime = self.lifetime();
        let node = self.node()?;
        let transaction = node.wait(node.client().prepare(draft))?;
        check(&transaction)?;
        Ok(transaction)
    }

    fn lifetime(&self) -> u32 {
        match self.manner {
            Manner::Program => PROGRAM_SECONDS,
            Manner::Person(_) => PERSON_SECONDS,
        }
    }

    /// Core if the payer can pay in it, otherwise the first asset he has whose fee pool pays.
    fn fee_asset(&self, operations: &[Operation]) -> Result<AssetId> {
        let node = self.node()?;
        let Some(first) = operations.first() else { return Ok(CORE) };
        let payer = first.stateless().payer();
        let total = |asset: AssetId| -> Result<i64> {
            let fees = node.wait(node.client().required_fees(operations, asset))?;
            Ok(fees.iter().map(|fee| fee.amount).fold(0, i64::saturating_add))
        };
        let core = total(CORE)?;
        if core == 0 {
            return Ok(CORE);
        }
        let balances = node.wait(node.client().balances(&payer.to_string()))?;
        let has = |asset| balances.iter().find(|one| one.asset_id == asset).map_or(0, |b| b.amount);
        if has(CORE) >= core {
            return Ok(CORE);
        }
        for Asset { asset_id, .. } in &balances {
            let pool = node.asset(&asset_id.to_string())?.asset.dynamic_asset_data_id;
            let pool: Value = node.object(pool)?;
            let pays = i64::from_json(&pool["fee_pool"]).unwrap_or_default() >= core;
            if pays && total(*asset_id).is_ok_and(|fee| has(*asset_id) >= fee) {
                return Ok(*asset_id);
            }
        }
        Ok(CORE)
    }

    /// The keys here that a transaction needs, beside those that signed it already.
    fn needed_keys(&mut self, transaction: &SignedTransaction) -> Result<Vec<PublicKey>> {
        self.derive_dev_keys(transaction)?;
        let node = self.node()?;
        let json = transaction.to_json_in(self.dialect);
        let can: Vec<PublicKey> = node.ask("get_potential_signatures", json!([json]))?;
        let keys = &self.data()?.keys;
        let own: FlatSet<PublicKey> =
            can.into_iter().filter(|key| keys.contains_key(&key.0)).collect();
        node.ask("get_required_signatures", json!([json, own.to_json_in(self.dialect)]))
    }

    /// On a development chain every account that it created has a key that follows from its name.
    fn derive_dev_keys(&mut self, transaction: &SignedTransaction) -> Result<()> {
        if !self.is_dev() {
            return Ok(());
        }
        let needed = required_authorities(&transaction.operations);
        let names: Vec<String> = {
            let node = self.node()?;
            needed.active.iter().chain(needed.owner.iter()).map(|id| node.name(*id)).collect()
        };
        for name in names {
            self.add_dev_key(&name)?;
        }
        Ok(())
    }

    /// The transaction with the signatures of the keys here, and of `explicit` ones.
    pub(crate) fn signed(
        &mut self,
        mut transaction: SignedTransaction,
        explicit: &[PublicKey],
    ) -> Result<SignedTransaction> {
        transaction.signatures.clear();
        let mut keys: FlatSet<PublicKey> = self.needed_keys(&transaction)?.into_iter().collect();
        keys.extend(explicit.iter().copied());
        self.add_signatures(&mut transaction, &keys)?;
        Ok(transaction)
    }

    /// Adds the signatures of the keys here to those that are there.
    pub(crate) fn cosigned(
        &mut self,
        mut transaction: SignedTransaction,
    ) -> Result<SignedTransaction> {
        let there = transaction.signature_keys(&self.chain_id()).unwrap_or_default();
        let keys = self.needed_keys(&transaction)?;
        let keys: FlatSet<PublicKey> =
            keys.into_iter().filter(|key| !there.contains(key)).collect();
        self.add_signatures(&mut transaction, &keys)?;
        Ok(transaction)
    }

    fn add_signatures(
        &self,
        transaction: &mut SignedTransaction,
        keys: &FlatSet<PublicKey>,
    ) -> Result<()> {
        let chain_id = self.chain_id();
        let keys: Vec<&PrivateKey> = keys.iter().map(|key| self.key(key)).collect::<Result<_>>()?;
        keys.into_iter().for_each(|key| transaction.sign(key, &chain_id));
        Ok(())
    }

    /// Sends a signed transaction, if that is wished and whoever is asked agrees.
    pub(crate) fn send(&mut self, transaction: &SignedTransaction, send: Send) -> Result<()> {
        if send == Send::SignOnly {
            return Ok(());
        }
        if let Manner::Program = self.manner {
            let node = self.node()?;
            node.wait(node.client().broadcast(transaction))?;
            self.remember_paid(transaction);
            return Ok(());
        }
        let review = self.review(transaction)?;
        let Manner::Person(reviewer) = &mut self.manner else { return Ok(()) };
        if !reviewer.agrees(&review) {
            return Err(WalletError::Declined);
        }
        if let Some(missing) = &review.missing {
            return Err(WalletError::impossible(format!(
                "signatures are missing: {missing}; `export_transaction` hands it to who has them"
            )));
        }
        let node = self.node()?;
        let place = node.wait(node.client().send(transaction))?;
        self.say(&self.included(&place));
        self.remember_paid(transaction);
        if self.until_final {
            self.wait_until_final(transaction, place)?;
        } else {
            let id = transaction.id();
            self.say(&[format!("not final yet: `carbyne tx {id}` says when, --final waits")]);
        }
        // Whoever sends what others signed need not open a wallet.
        if self.is_locked() { Ok(()) } else { self.claim_pending() }
    }

    /// Remembers accounts of others that were paid: who looks like them is warned of.
    fn remember_paid(&mut self, transaction: &SignedTransaction) {
        let paid = transaction.operations.iter().filter_map(|operation| match operation {
            Operation::Transfer(transfer) => Some(transfer.to),
            _ => None,
        });
        let is_new = |id: &AccountId| {
            let is_known = |data: &Data| data.known.contains_key(id);
            !self.public.accounts.contains_key(id) && self.data().is_ok_and(|data| !is_known(data))
        };
        let new: Vec<AccountId> = paid.filter(is_new).collect();
        let named = |id: AccountId| self.node().ok().map(|node| (id, node.name(id)));
        let named: Vec<(AccountId, String)> = new.into_iter().filter_map(named).collect();
        if named.is_empty() {
            return;
        }
        let Ok(data) = self.data_mut() else { return };
        data.known.extend(named);
        // What was sent is sent, whether or not this can be kept.
        if let Err(error) = self.save() {
            self.say(&[format!("who was paid is not remembered: {error}")]);
        }
    }

    fn say(&mut self, lines: &[String]) {
        if let Manner::Person(reviewer) = &mut self.manner {
            lines.iter().for_each(|line| reviewer.note(line));
        }
    }

    /// Follows what was sent until nothing can undo it; what a fork drops is sent again.
    fn wait_until_final(
        &mut self,
        transaction: &SignedTransaction,
        mut place: Place,
    ) -> Result<()> {
        loop {
            let node = self.node()?;
            if let Some(place) = node.wait(node.client().wait_until_final(place))? {
                self.say(&[format!("final in block {}", place.block_num)]);
                return Ok(());
            }
            place = node.wait(node.client().send(transaction))?;
            let mut said = vec!["a fork dropped it; it was sent again".to_owned()];
            said.extend(self.included(&place));
            self.say(&said);
        }
    }

    fn included(&self, place: &Place) -> Vec<String> {
        let (number, id) = (place.block_num, place.id);
        let mut said = vec![format!("in block {number}, transaction {id}")];
        let created = place.results.iter().filter_map(|result| match result {
            carbyne_protocol::ops::OperationResult::Object(id) => Some(format!("created {id}")),
            _ => None,
        });
        said.extend(created);
        said
    }

    /// What somebody is shown before a transaction is sent.
    pub(crate) fn review(&self, transaction: &SignedTransaction) -> Result<Review> {
        let node = self.node()?;
        let looking = Looking { node, keys: self.data().ok().map(|data| &data.keys) };
        let operations = &transaction.operations;
        let fees = offered_fees(operations);
        let needed = required_authorities(operations);
        let active = needed.active.iter().map(|id| node.name(*id));
        let owner = needed.owner.iter().map(|id| format!("{} (owner)", node.name(*id)));
        let (changes, refusal) = self.simulated(transaction)?;
        Ok(Review {
            does: operations.iter().map(|operation| looking.sentence(operation).0).collect(),
            fees: fees.iter().map(|(id, sum)| node.pretty(Asset::new(*sum, *id))).collect(),
            changes,
            refusal,
            signers: active.chain(owner).collect(),
            missing: self.missing(transaction)?,
            warnings: self.warnings(operations, &fees)?,
            expiration: transaction.expiration.to_string(),
            id: transaction.id().to_string(),
        })
    }

    /// What signatures are missing, in the node's words.
    pub(crate) fn missing(&self, transaction: &SignedTransaction) -> Result<Option<String>> {
        let node = self.node()?;
        match node.call(
            "database",
            "verify_authority",
            json!([transaction.to_json_in(self.dialect)]),
        ) {
            Err(WalletError::Client(ClientError::Refused { refused, .. })) => {
                Ok(Some(refused.explanation().to_owned()))
            }
            asked => asked.map(|_| None),
        }
    }

    /// What would change, and why not, if the node can tell.
    fn simulated(&self, transaction: &SignedTransaction) -> Result<(Vec<String>, Option<String>)> {
        let node = self.node()?;
        match node.wait(node.client().simulate(transaction)) {
            Ok(effects) => Ok((self.effects(&effects), None)),
            Err(WalletError::Client(ClientError::Refused { refused, .. })) => {
                // A node of the reference has no such method.
                let cannot = ["no such", "not found", "api_itr", "Access denied", "unknown"];
                let cannot = cannot.iter().any(|word| refused.message.contains(word));
                let why = refused.explanation().to_owned();
                Ok((Vec::new(), (!cannot).then_some(why)))
            }
            Err(error) => Err(error),
        }
    }

    fn effects(&self, effects: &Value) -> Vec<String> {
        let Ok(node) = self.node() else { return Vec::new() };
        let list = |name: &str| effects[name].as_array().cloned().unwrap_or_default();
        let balance = |object: &Value| -> Option<(AccountId, Asset)> {
            let asset = AssetId::from_json(object.get("asset_type")?).ok()?;
            let owner = AccountId::from_json(object.get("owner")?).ok()?;
            Some((owner, Asset::new(i64::from_json(&object["balance"]).ok()?, asset)))
        };
        let mut lines = Vec::new();
        let mut moved = |new: Option<(AccountId, Asset)>, old: i64| {
            let Some((owner, amount)) = new else { return false };
            let change = Asset::new(amount.amount.saturating_sub(old), amount.asset_id);
            let sign = if change.amount > 0 { "+" } else { "" };
            lines.push(format!("{}: {sign}{}", node.name(owner), node.pretty(change)));
            true
        };
        let mut others = Vec::new();
        for change in list("changed") {
            let old = balance(&change["old"]).map_or(0, |(_, amount)| amount.amount);
            moved(balance(&change["new"]), old);
        }
        for created in list("created") {
            if !moved(balance(&created), 0) && is_worth_telling(&created) {
                others.push(format!("creates {}", created["id"].as_str().unwrap_or_default()));
            }
        }
        for removed in list("removed").iter().filter(|object| is_worth_telling(object)) {
            others.push(format!("removes {}", removed["id"].as_str().unwrap_or_default()));
        }
        lines.extend(others);
        lines
    }

    /// What somebody should think about twice.
    fn warnings(
        &self,
        operations: &[Operation],
        fees: &BTreeMap<AssetId, i64>,
    ) -> Result<Vec<String>> {
        let node = self.node()?;
        let mut warnings = Vec::new();
        for operation in operations {
            let Operation::Transfer(transfer) = operation else { continue };
            if transfer.from == transfer.to {
                warnings.push("this sends to the account it comes from".to_owned());
            }
            let to = node.account(&transfer.to.to_string())?;
            if transfer.memo.is_some() && to.options.memo_key.is_null() {
                warnings.push(format!("{} has no memo key: nobody could read the memo", to.name));
            }
            warnings.extend(self.looks_like_another(&to)?);
        }
        warnings.extend(self.unusual_fees(fees)?);
        Ok(warnings)
    }

    /// A new account whose name is one letter off one that is known.
    fn looks_like_another(&self, to: &Account) -> Result<Option<String>> {
        let head = self.node()?.wait(self.node()?.client().head())?;
        let age = head.time.since(to.creation_time);
        if age > NEW_ACCOUNT_SECONDS || self.public.accounts.contains_key(&to.id) {
            return Ok(None);
        }
        let name = to.name.to_string();
        let paid = self.data().ok().map(|data| &data.known);
        if paid.is_some_and(|paid| paid.contains_key(&to.id)) {
            return Ok(None);
        }
        let mut known =
            self.public.accounts.values().chain(paid.into_iter().flat_map(|p| p.values()));
        let like = known.find(|known| is_one_letter_off(known, &name));
        let minutes = age / 60;
        Ok(like.map(|known| {
            format!("{name} was made {minutes} minutes ago and looks like {known}, which you know")
        }))
    }

    /// Fees that are many times those of a transfer, in whatever they are paid.
    fn unusual_fees(&self, fees: &BTreeMap<AssetId, i64>) -> Result<Vec<String>> {
        let node = self.node()?;
        let mut unusual = Vec::new();
        for (asset, fee) in fees {
            let transfer = [Operation::Transfer(Default::default())];
            let usual = node.wait(node.client().required_fees(&transfer, *asset))?;
            let usual = usual.first().map_or(0, |fee| fee.amount);
            let times = fee.checked_div(usual).unwrap_or(0);
            if times >= UNUSUAL_FEE {
                unusual.push(format!("the fee is {times} times that of a transfer"));
            }
        }
        Ok(unusual)
    }

    /// Takes up keys of accounts that are on the chain by now.
    pub(crate) fn claim_pending(&mut self) -> Result<()> {
        let names: Vec<String> = self.data()?.pending.accounts.keys().cloned().collect();
        for name in names {
            let Ok(account) = self.node()?.account(&name) else { continue };
            let keys = self.data_mut()?.pending.accounts.remove(&name).unwrap_or_default();
            for key in keys {
                self.import(&account, key)?;
            }
            self.save()?;
        }
        let names: Vec<String> = self.data()?.pending.witnesses.keys().cloned().collect();
        for name in names {
            let witness = self.node()?.call("database", "get_witness_by_account", json!([name]))?;
            if !witness.is_null()
                && let Some(key) = self.data_mut()?.pending.witnesses.remove(&name)
            {
                self.data_mut()?.add(key);
                self.save()?;
            }
        }
        Ok(())
    }

    /// Takes in a key of an account; whether it is one of its keys now.
    pub(crate) fn import(&mut self, account: &Account, key: PrivateKey) -> Result<bool> {
        let public = self.data_mut()?.add(key);
        self.public.accounts.insert(account.id, account.name.to_string());
        let extra = self.public.extra_keys.entry(account.id).or_default();
        if !extra.contains(&public) {
            extra.push(public);
        }
        let is_key = |authority: &carbyne_protocol::authority::Authority| {
            authority.key_auths.contains_key(&public)
        };
        Ok(is_key(&account.active) || is_key(&account.owner) || account.options.memo_key == public)
    }
}

/// What operations offer to pay, by asset.
fn offered_fees(operations: &[Operation]) -> BTreeMap<AssetId, i64> {
    let mut fees: BTreeMap<AssetId, i64> = BTreeMap::new();
    for fee in operations.iter().map(|operation| operation.stateless().offered_fee()) {
        let sum = fees.entry(fee.asset_id).or_default();
        *sum = sum.saturating_add(fee.amount);
    }
    fees
}

/// Refuses what no chain would take.
pub(crate) fn check(transaction: &SignedTransaction) -> Result<()> {
    let check = |operation: &Operation| operation.stateless().check_stateless();
    transaction.operations.iter().try_for_each(check).map_err(WalletError::Refused)
}

/// Whether an object says something to people: counters and balances do not.
fn is_worth_telling(object: &Value) -> bool {
    object["id"].as_str().is_some_and(|id| id.starts_with("1."))
}

/// Whether two names differ, and one becomes the other by changing, adding or leaving out a letter.
fn is_one_letter_off(known: &str, name: &str) -> bool {
    if known == name {
        return false;
    }
    let (short, long) = if known.len() <= name.len() { (known, name) } else { (name, known) };
    let same = short.bytes().zip(long.bytes()).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short.as_bytes()[same..], &long.as_bytes()[same..]);
    match long.len() - short.len() {
        0 => short.get(1..) == long.get(1..),
        1 => Some(short) == long.get(1..),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_one_letter_off;

    #[test]
    fn names_that_look_alike_are_one_letter_off() {
        for (known, name) in [("alice", "alyce"), ("alice", "alicee"), ("alice", "lice")] {
            assert!(is_one_letter_off(known, name) && is_one_letter_off(name, known), "{name}");
        }
        for name in ["alice", "alcie", "bob", "alice12", ""] {
            assert!(!is_one_letter_off("alice", name), "{name}");
        }
    }
}
