//! What a connection wants to be told, and the notices that a block or a pending transaction makes
//! of it.
//!
//! Order of notices of a block: the block, confirmations, fills, then created, changed and removed
//! objects.

use crate::event::{BlockEvent, EventGroup, EventObject, Market};
use carbyne_protocol::ids::AccountId;
use carbyne_wire::{Hash160, ObjectId};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Most objects a connection can follow one by one.
const OBJECTS_MAX: usize = 100_000;

/// The subscriptions of one connection.
#[derive(Clone, Debug)]
pub struct Subscriptions {
    /// Callback for objects.
    objects: Option<u64>,
    /// Whether everything created and removed is told.
    all_created_and_removed: bool,
    /// Whether objects that are asked for are followed from then on.
    automatic: bool,
    followed: BTreeSet<ObjectId>,
    accounts: BTreeSet<AccountId>,
    /// Callback for blocks.
    pub blocks: Option<u64>,
    /// Callback for transactions that become pending.
    pub pending: Option<u64>,
    markets: BTreeMap<Market, u64>,
    transactions: BTreeMap<Hash160, u64>,
}

impl Default for Subscriptions {
    fn default() -> Self {
        Self {
            objects: None,
            all_created_and_removed: false,
            automatic: true,
            followed: BTreeSet::new(),
            accounts: BTreeSet::new(),
            blocks: None,
            pending: None,
            markets: BTreeMap::new(),
            transactions: BTreeMap::new(),
        }
    }
}

impl Subscriptions {
    /// Starts over with a callback for objects.
    pub fn set_objects(&mut self, callback: u64, all_created_and_removed: bool) {
        self.followed.clear();
        self.accounts.clear();
        self.objects = Some(callback);
        self.all_created_and_removed = all_created_and_removed;
    }

    /// Whether objects that are asked for are followed from then on.
    pub fn set_automatic(&mut self, automatic: bool) {
        self.automatic = automatic;
    }

    /// How many callbacks there are: for objects, blocks, pending transactions, each market and
    /// each transaction that is waited for. The objects that are followed have a limit of their
    /// own.
    pub fn count(&self) -> usize {
        let single = [self.objects, self.blocks, self.pending].iter().flatten().count();
        single + self.markets.len() + self.transactions.len()
    }

    /// Ends the subscriptions to objects and markets.
    pub fn cancel_all(&mut self) {
        self.objects = None;
        self.all_created_and_removed = false;
        self.followed.clear();
        self.accounts.clear();
        self.markets.clear();
    }

    /// Whether a question that says `wish` (or nothing) makes its objects followed.
    pub fn wants(&self, wish: Option<bool>) -> bool {
        self.objects.is_some() && wish.unwrap_or(self.automatic)
    }

    /// Follows an object.
    pub fn follow(&mut self, id: impl Into<ObjectId>) {
        if self.followed.len() < OBJECTS_MAX {
            self.followed.insert(id.into());
        }
    }

    /// Follows every object that concerns an account, unless it follows `most` accounts already.
    pub fn follow_account(&mut self, account: AccountId, most: usize) {
        if self.accounts.len() < most {
            self.accounts.insert(account);
            self.follow(account);
        }
    }

    /// Follows the fills and orders of a market.
    pub fn follow_market(&mut self, market: Market, callback: u64) {
        self.markets.insert(market, callback);
    }

    /// Ends that.
    pub fn leave_market(&mut self, market: Market) {
        self.markets.remove(&market);
    }

    /// Tells when a transaction is in a block.
    pub fn await_transaction(&mut self, id: Hash160, callback: u64) {
        self.transactions.insert(id, callback);
    }

    /// Forgets a transaction that was refused.
    pub fn forget_transaction(&mut self, id: &Hash160) {
        self.transactions.remove(id);
    }

    /// The notice of a transaction that became pending.
    pub fn pending_notice(&self, transaction: &Value) -> Option<Value> {
        self.pending.map(|callback| notice(callback, transaction.clone()))
    }

    /// The notices of a block.
    pub fn block_notices(&mut self, event: &BlockEvent) -> Vec<Value> {
        let mut notices = Vec::new();
        if let Some(callback) = self.blocks {
            notices.push(notice(callback, json!(event.block_id().to_string())));
        }
        for confirmation in &event.confirmations {
            if let Some(callback) = self.transactions.remove(&confirmation.id) {
                notices.push(notice(callback, confirmation.json().clone()));
            }
        }
        for (market, callback) in &self.markets {
            let fills: Vec<&Value> =
                event.fills.iter().filter(|(of, _)| of == market).map(|(_, fill)| fill).collect();
            if !fills.is_empty() {
                notices.push(notice(*callback, json!(fills)));
            }
        }
        self.group_notices(&event.created, self.all_created_and_removed, &mut notices);
        self.group_notices(&event.changed, false, &mut notices);
        self.group_notices(&event.removed, self.all_created_and_removed, &mut notices);
        notices
    }

    fn group_notices(&self, group: &EventGroup, everything: bool, notices: &mut Vec<Value>) {
        if let Some(callback) = self.objects {
            let everything = everything || group.accounts.iter().any(|a| self.accounts.contains(a));
            let objects: Vec<&Value> = group
                .objects
                .iter()
                .filter(|object| everything || self.followed.contains(&object.id))
                .map(EventObject::json)
                .collect();
            if !objects.is_empty() {
                notices.push(notice(callback, json!(objects)));
            }
        }
        for (market, callback) in &self.markets {
            let orders: Vec<&Value> = group
                .objects
                .iter()
                .filter(|object| object.market == Some(*market))
                .map(EventObject::json)
                .collect();
            if !orders.is_empty() {
                notices.push(notice(*callback, json!(orders)));
            }
        }
    }
}

fn notice(callback: u64, argument: Value) -> Value {
    json!({ "method": "notice", "params": [callback, [argument]] })
}
