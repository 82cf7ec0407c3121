//! What a block changed, as subscribers see it: gathered once per block, whatever the number of
//! subscribers; written down when the first of them wants it.

use crate::view::add_activity;
use carbyne_chain::AppliedBlock;
use carbyne_index::{AccountActivity, History, HistoryChange, KeptObject};
use carbyne_ledger::run::AppliedOperation;
use carbyne_ledger::tables::ObjectChange;
use carbyne_objects::{AccountStatistics, AnyObject};
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::ops::{Operation, OperationResult};
use carbyne_protocol::transaction::ProcessedTransaction;
use carbyne_wire::{Dialect, FlatSet, Hash160, Json, JsonIn, ObjectId};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

pub use carbyne_objects::{Market, market};

/// What is sent about an object.
#[derive(Debug)]
enum Content {
    /// The object.
    Object(Arc<dyn AnyObject>),
    /// The statistics of an account, and what history adds.
    Statistics(Arc<dyn AnyObject>, AccountActivity),
    /// An object of history.
    Kept(KeptObject),
    /// It is gone.
    Removed,
}

/// An object that a block created, changed or removed.
#[derive(Debug)]
pub struct EventObject {
    /// Which.
    pub id: ObjectId,
    /// The market it is an order of.
    pub market: Option<Market>,
    content: Content,
    dialect: Dialect,
    json: OnceLock<Value>,
}

impl EventObject {
    fn new(id: ObjectId, market: Option<Market>, content: Content, dialect: Dialect) -> Self {
        Self { id, market, content, dialect, json: OnceLock::new() }
    }

    /// What subscribers get: the object, or its id if it was removed.
    pub fn json(&self) -> &Value {
        self.json.get_or_init(|| match &self.content {
            Content::Object(object) => object.json(self.dialect),
            Content::Statistics(object, activity) => {
                let mut json = object.json(self.dialect);
                add_activity(activity, &mut json);
                json
            }
            Content::Kept(object) => object.json(self.dialect),
            Content::Removed => Value::from(self.id.to_string()),
        })
    }
}

/// Objects that a block treated alike, and the accounts they concern.
#[derive(Debug, Default)]
pub struct EventGroup {
    /// The objects.
    pub objects: Vec<EventObject>,
    /// Accounts that any of them concerns.
    pub accounts: BTreeSet<AccountId>,
}

impl EventGroup {
    fn add(&mut self, object: EventObject, accounts: FlatSet<AccountId>) {
        self.objects.push(object);
        self.accounts.extend(accounts);
    }
}

/// A transaction of a block, for those who wait for it.
#[derive(Debug)]
pub struct Confirmation {
    /// Its id.
    pub id: Hash160,
    applied: Arc<AppliedBlock>,
    number: usize,
    dialect: Dialect,
    json: OnceLock<Value>,
}

impl Confirmation {
    /// What they get: the transaction with the results of its operations, and its place.
    pub fn json(&self) -> &Value {
        self.json.get_or_init(|| {
            let block = self.applied.block.block();
            let transaction = block.transactions.get(self.number).map(|one| &one.transaction);
            let processed = ProcessedTransaction {
                transaction: transaction.cloned().unwrap_or_default(),
                operation_results: results(&self.applied, self.number),
            };
            json!({
                "id": self.id.to_string(),
                "block_num": block.block_num(),
                "trx_num": self.number,
                "trx": processed.to_json_in(self.dialect),
            })
        })
    }
}

/// What the operations of a transaction gave back.
fn results(applied: &AppliedBlock, transaction: usize) -> Vec<OperationResult> {
    let first =
        applied.operations.partition_point(|one| usize::from(one.trx_in_block) < transaction);
    let operations = applied.operations.iter().skip(first);
    operations
        .take_while(|one| usize::from(one.trx_in_block) == transaction)
        .filter(|one| !one.is_virtual)
        .map(|one| one.result.clone())
        .collect()
}

/// All that a block did.
#[derive(Debug)]
pub struct BlockEvent {
    /// The block.
    pub applied: Arc<AppliedBlock>,
    /// Its transactions, in order.
    pub confirmations: Vec<Confirmation>,
    /// Its fills, in order, each a pair of operation and result.
    pub fills: Vec<(Market, Value)>,
    /// Objects created.
    pub created: EventGroup,
    /// Objects changed.
    pub changed: EventGroup,
    /// Objects removed.
    pub removed: EventGroup,
    dialect: Dialect,
}

impl BlockEvent {
    /// What a block of a chain with that dialect did; history has taken it in and nothing after it.
    pub fn of(applied: &Arc<AppliedBlock>, history: &History, dialect: Dialect) -> Self {
        let fills = applied.operations.iter().filter_map(|applied| fill(applied, dialect));
        let mut event = Self {
            applied: applied.clone(),
            confirmations: confirmations(applied, dialect),
            fills: fills.collect(),
            created: EventGroup::default(),
            changed: EventGroup::default(),
            removed: EventGroup::default(),
            dialect,
        };
        for change in &applied.changes {
            event.add_change(change, history);
        }
        for change in history.changes() {
            event.add_kept(change);
        }
        event.add_activity(history);
        event
    }

    /// Id of the block.
    pub fn block_id(&self) -> Hash160 {
        self.applied.block.id()
    }

    /// Bytes that it takes, about.
    pub fn bytes(&self) -> usize {
        const PER_OBJECT: usize = 700;
        let groups = [&self.created, &self.changed, &self.removed];
        let objects: usize = groups.iter().map(|group| group.objects.len()).sum();
        let about = objects.saturating_add(self.applied.operations.len());
        self.applied.block.size().saturating_mul(4).saturating_add(about * PER_OBJECT)
    }

    /// Adds an object of the state to its group.
    fn add_change(&mut self, change: &ObjectChange, history: &History) {
        let mut accounts = FlatSet::new();
        let about = change.old.as_ref().or(change.new.as_ref());
        about.inspect(|object| object.concerns(&mut accounts));
        let content = match &change.new {
            Some(object) if (change.id.space, change.id.type_) == (2, 6) => {
                let activity = accounts.first().map(|owner| history.activity(*owner));
                Content::Statistics(object.clone(), activity.unwrap_or_default())
            }
            Some(object) => Content::Object(object.clone()),
            None => Content::Removed,
        };
        let object = EventObject::new(change.id, change.market, content, self.dialect);
        self.group(change.is_new, change.new.is_none()).add(object, accounts);
    }

    /// Adds an object of history to its group.
    fn add_kept(&mut self, change: HistoryChange) {
        let is_gone = change.new.is_none();
        let content = change.new.map_or(Content::Removed, Content::Kept);
        let object = EventObject::new(change.id, None, content, self.dialect);
        self.group(change.is_new, is_gone).add(object, change.accounts);
    }

    fn group(&mut self, is_new: bool, is_gone: bool) -> &mut EventGroup {
        match (is_new, is_gone) {
            (_, true) => &mut self.removed,
            (true, false) => &mut self.created,
            (false, false) => &mut self.changed,
        }
    }

    /// Adds the statistics of accounts about which only history knows more.
    fn add_activity(&mut self, history: &History) {
        let applied = self.applied.clone();
        let told = &applied.changes;
        for account in history.active_accounts() {
            let Some(statistics) = of_account(&applied.statistics, account) else { continue };
            let id = ObjectId::from(statistics.id);
            if told.binary_search_by_key(&id, |change| change.id).is_err() {
                let content = Content::Statistics(statistics.clone(), history.activity(account));
                let object = EventObject::new(id, None, content, self.dialect);
                self.changed.add(object, [account].into_iter().collect());
            }
        }
    }
}

/// The statistics of an account, of some in order of account.
fn of_account(
    statistics: &[Arc<AccountStatistics>],
    account: AccountId,
) -> Option<&Arc<AccountStatistics>> {
    let at = statistics.binary_search_by_key(&account, |one| one.owner).ok()?;
    statistics.get(at)
}

/// The transactions of a block.
fn confirmations(applied: &Arc<AppliedBlock>, dialect: Dialect) -> Vec<Confirmation> {
    let ids = applied.block.transaction_ids().enumerate();
    ids.map(|(number, id)| {
        let applied = applied.clone();
        Confirmation { id, applied, number, dialect, json: OnceLock::new() }
    })
    .collect()
}

/// The market of a fill and what its subscribers get.
fn fill(applied: &AppliedOperation, dialect: Dialect) -> Option<(Market, Value)> {
    let Operation::FillOrder(fill) = &applied.op else { return None };
    let market = market(fill.pays.asset_id, fill.receives.asset_id);
    Some((market, json!([applied.op.to_json_in(dialect), applied.result.to_json()])))
}
