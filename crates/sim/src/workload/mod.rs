//! Operations of every kind that one key can sign, made for the state that they find: some fit,
//! some are refused, and each kind fits now and then.
//!
//! Operations on hidden amounts are left out: their proofs are made elsewhere, and recordings have
//! them. This file must never know what happens to machines.

mod assets;
mod contracts;
mod credit;
mod governance;
mod market;
mod people;

use crate::genesis::DIALECT;
use anyhow::{Result, anyhow};
use carbyne_chain::Chain;
use carbyne_crypto::PrivateKey;
use carbyne_ledger::Ledger;
use carbyne_objects::AccountBalance;
use carbyne_protocol::ids::{AccountId, AssetId};
use carbyne_protocol::ops::Operation;
use carbyne_protocol::transaction::{SignedTransaction, ref_block_prefix};
use carbyne_store::simulated::Chance;
use carbyne_wire::{Id, Json, JsonIn, TimePointSec};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// More than any operation costs.
const FEE: i64 = 1_000_000_000;
/// Seconds for which a transaction may wait.
const LIFETIME: u64 = 30;

/// Makes the members of an operation, without its fee; none if the state has nothing for it.
type Maker = fn(&mut Draft<'_>) -> Option<Value>;
/// Name of an operation, and who makes it.
type Kind = (&'static str, Maker);

/// Who sends transactions.
pub struct Workload {
    key: PrivateKey,
    text: String,
    /// Keys that a witness may sign with.
    witnesses: Vec<String>,
}

impl Workload {
    /// What people with this key do; whoever becomes a witness signs with one of the others.
    pub fn new(key: PrivateKey, witnesses: Vec<PrivateKey>) -> Self {
        let text = |key: &PrivateKey| key.public_key().to_text(DIALECT.prefix());
        let witnesses = witnesses.iter().map(text).collect();
        Self { text: text(&key), key, witnesses }
    }

    /// A transaction for the state of a chain; none if the state has nothing for it.
    pub fn transaction(
        &self,
        chain: &Chain,
        chance: &mut Chance,
    ) -> Result<Option<SignedTransaction>> {
        let ledger = chain.ledger();
        let now = ledger.head_time().map_err(|rejected| anyhow!("{rejected}"))?;
        let mut draft = Draft { ledger, now, key: &self.text, witnesses: &self.witnesses, chance };
        let operations = draft.operations()?;
        if operations.is_empty() {
            return Ok(None);
        }
        let (head, lifetime) = (chain.head_id(), 2 + chance.below(LIFETIME));
        let mut transaction = SignedTransaction {
            ref_block_num: chain.head_number() as u16,
            ref_block_prefix: ref_block_prefix(&head),
            expiration: now.wrapping_add(lifetime as u32),
            operations: operations.into(),
            ..SignedTransaction::default()
        };
        transaction.sign(&self.key, chain.chain_id());
        Ok(Some(transaction))
    }
}

/// What is known when an operation is made.
struct Draft<'a> {
    ledger: &'a Ledger,
    /// Time of the head block.
    now: TimePointSec,
    /// The key of everybody.
    key: &'a str,
    witnesses: &'a [String],
    chance: &'a mut Chance,
}

impl<'a> Draft<'a> {
    fn operations(&mut self) -> Result<Vec<Operation>> {
        let claims = self.ledger.tables.claims.len() as u64;
        let kinds = self.kinds();
        let kind = if self.below(2 + claims) > 2 { people::CLAIM } else { *self.pick(&kinds) };
        let op = self.with_fee(kind);
        let repaid = op.as_ref().and_then(|op| credit::repaid(self, op));
        let read = |op: Value| {
            Operation::from_json_in(&op, DIALECT)
                .map_err(|error| anyhow!("{}: {error}: {op}", kind.0))
        };
        op.into_iter().chain(repaid).map(read).collect()
    }

    fn kinds(&self) -> Vec<Kind> {
        let families = [
            people::KINDS,
            assets::KINDS,
            market::KINDS,
            credit::KINDS,
            governance::KINDS,
            contracts::KINDS,
        ];
        families.concat()
    }

    /// An operation of a kind as JSON.
    fn with_fee(&mut self, (name, make): Kind) -> Option<Value> {
        let members = make(self)?;
        self.described(name, members)
    }

    /// The operation with these members and a fee.
    fn described(&self, name: &str, mut members: Value) -> Option<Value> {
        // Who claims may have nothing else.
        members["fee"] = self.core(if name == people::CLAIM.0 { 0 } else { FEE });
        let mut known = Operation::TABLE.iter().chain(Operation::PROMISED);
        let (tag, _, _) = known.find(|(_, known, _)| *known == name)?;
        Some(json!([tag, members]))
    }

    fn below(&mut self, end: u64) -> u64 {
        self.chance.below(end.max(1))
    }

    fn one_of(&mut self, most: u64) -> bool {
        self.below(most) == 0
    }

    fn pick<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        let at = self.below(all.len() as u64) as usize;
        &all[at]
    }

    /// One of some things, if there are any.
    fn any<T>(&mut self, things: impl Iterator<Item = T>) -> Option<T> {
        let mut things: Vec<T> = things.collect();
        match things.len() {
            0 => None,
            count => Some(things.swap_remove(self.below(count as u64) as usize)),
        }
    }

    /// An account that the key can sign for and that can pay.
    fn me(&mut self) -> Option<AccountId> {
        let ledger = self.ledger;
        let rich = ledger.tables.balances.iter().filter(|one| is_rich(one));
        let signing = rich.filter(|one| signs(ledger, one.owner));
        self.any(signing.map(|one| one.owner))
    }

    /// An account that the key can sign for, however poor.
    fn anybody(&mut self) -> Option<AccountId> {
        let ledger = self.ledger;
        let accounts = ledger.tables.accounts.iter().map(|account| account.id);
        self.any(accounts.filter(|id| signs(ledger, *id)))
    }

    /// An account that the key can sign for and that cannot pay.
    fn poor(&mut self) -> Option<AccountId> {
        let ledger = self.ledger;
        let balances = ledger.tables.balances.iter();
        let rich: BTreeSet<AccountId> =
            balances.filter(|one| is_rich(one)).map(|one| one.owner).collect();
        let accounts = ledger.tables.accounts.iter().map(|account| account.id);
        self.any(accounts.filter(|id| signs(ledger, *id) && !rich.contains(id)))
    }

    /// The core asset, or any other.
    fn asset(&mut self) -> Option<AssetId> {
        let ledger = self.ledger;
        match self.one_of(3) {
            true => Some(Id(0)),
            false => self.any(ledger.tables.assets.iter().map(|asset| asset.id)),
        }
    }

    /// An asset that an account has, and how much of it.
    fn owned(&mut self, account: AccountId) -> Option<(AssetId, i64)> {
        let ledger = self.ledger;
        let balances = ledger.tables.balances.iter();
        let owned = balances.filter(|one| one.owner == account && one.balance > 0);
        self.any(owned.map(|one| (one.asset_type, one.balance)))
    }

    fn amount(&self, amount: i64, asset: AssetId) -> Value {
        json!({ "amount": amount, "asset_id": asset.to_json() })
    }

    fn core(&self, amount: i64) -> Value {
        self.amount(amount, Id(0))
    }

    /// Up to so much of an asset.
    fn some(&mut self, most: u64, asset: AssetId) -> Value {
        let amount = 1 + self.below(most) as i64;
        self.amount(amount, asset)
    }

    /// A time between now and so many seconds later.
    fn within(&mut self, seconds: u64) -> Value {
        let seconds = 1 + self.below(seconds) as u32;
        self.after(seconds)
    }

    fn after(&self, seconds: u32) -> Value {
        self.now.wrapping_add(seconds).to_json()
    }

    /// Letters for a name or symbol that nothing has yet.
    fn letters(&mut self) -> String {
        (0..9).map(|_| char::from(b'A' + self.below(26) as u8)).collect()
    }

    fn authority(&self) -> Value {
        json!({
            "weight_threshold": 1,
            "account_auths": [],
            "key_auths": [[self.key, 1]],
            "address_auths": [],
        })
    }
}

/// Whether a balance pays for a few operations.
fn is_rich(balance: &AccountBalance) -> bool {
    balance.asset_type == Id(0) && balance.balance > 10 * FEE
}

/// Whether the key of everybody can sign for an account.
fn signs(ledger: &Ledger, account: AccountId) -> bool {
    ledger.find(account).is_some_and(|account| !account.active.key_auths.is_empty())
}
