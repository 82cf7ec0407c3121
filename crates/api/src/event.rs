//! What a block changed, as subscribers see it: built once per block, whatever the number of
//! subscribers.

use crate::view::add_activity;
use carbyne_chain::AppliedBlock;
use carbyne_index::History;
use carbyne_ledger::Ledger;
use carbyne_ledger::applied::AppliedOperation;
use carbyne_ledger::ids::{AccountId, AssetId};
use carbyne_ledger::ops::{Operation, OperationResult};
use carbyne_ledger::tables::ObjectChange;
use carbyne_ledger::transaction::ProcessedTransaction;
use carbyne_wire::{FlatSet, Hash160, Json, ObjectId};
use serde_json::{Value, json};

/// The two assets of a market, the smaller id first.
pub type Market = (AssetId, AssetId);

/// An object that a block created, changed or removed.
#[derive(Clone, Debug, PartialEq)]
pub struct EventObject {
    /// Which.
    pub id: ObjectId,
    /// What subscribers get: the object, or its id if it was removed.
    pub json: Value,
    /// The market it is an order of.
    pub market: Option<Market>,
}

/// Objects that a block treated alike, and the accounts they concern.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventGroup {
    /// The objects.
    pub objects: Vec<EventObject>,
    /// Accounts that any of them concerns.
    pub accounts: FlatSet<AccountId>,
}

impl EventGroup {
    /// Adds an object: `json` is what is sent, `about` the value that says whom it concerns.
    pub fn add(&mut self, id: ObjectId, json: Value, about: &Value, ledger: &Ledger) {
        concerned(id, about, &mut self.accounts);
        let market = market_of(id, about, ledger);
        self.objects.push(EventObject { id, json, market });
    }
}

/// A transaction of a block, for those who wait for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirmation {
    /// Its id.
    pub id: Hash160,
    /// What they get.
    pub json: Value,
}

/// All that a block did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockEvent {
    /// Id of the block.
    pub block_id: Hash160,
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
}

impl BlockEvent {
    /// What a block did; history has taken it in and nothing after it.
    pub fn of(applied: &AppliedBlock, ledger: &Ledger, history: &History) -> Self {
        let fills = applied.operations.iter().filter_map(fill);
        let mut event = Self {
            block_id: applied.block.id(),
            confirmations: confirmations(applied),
            fills: fills.collect(),
            ..Self::default()
        };
        event.add_changes(&applied.changes, ledger, history);
        event.add_changes(&history.changes(), ledger, history);
        event.add_activity(&applied.changes, ledger, history);
        event
    }

    /// Adds the statistics of accounts about which only history knows more.
    fn add_activity(&mut self, told: &[ObjectChange], ledger: &Ledger, history: &History) {
        for account in history.active_accounts() {
            let Some(statistics) = ledger.find(account).map(|account| account.statistics) else {
                continue;
            };
            let id = ObjectId::from(statistics);
            let is_told = told.binary_search_by_key(&id, |change| change.id).is_ok();
            if let (false, Some(object)) = (is_told, ledger.find(statistics)) {
                let mut json = object.to_json();
                add_activity(history, &mut json);
                self.changed.add(id, json.clone(), &json, ledger);
            }
        }
    }

    /// Sorts the changes of a block into the three groups.
    fn add_changes(&mut self, changes: &[ObjectChange], ledger: &Ledger, history: &History) {
        for change in changes {
            let shown = |new: &Value| {
                let mut json = new.clone();
                if (change.id.space, change.id.type_) == (2, 6) {
                    add_activity(history, &mut json);
                }
                json
            };
            match (&change.old, &change.new) {
                (None, Some(new)) => self.created.add(change.id, shown(new), new, ledger),
                (Some(old), Some(new)) => self.changed.add(change.id, shown(new), old, ledger),
                (Some(old), None) => {
                    self.removed.add(change.id, Value::from(change.id.to_string()), old, ledger);
                }
                (None, None) => {}
            }
        }
    }
}

/// The transactions of a block with the results of their operations.
fn confirmations(applied: &AppliedBlock) -> Vec<Confirmation> {
    let block = applied.block.block();
    let mut results: Vec<Vec<OperationResult>> = vec![Vec::new(); block.transactions.len()];
    for operation in applied.operations.iter().filter(|operation| !operation.is_virtual) {
        if let Some(results) = results.get_mut(usize::from(operation.trx_in_block)) {
            results.push(operation.result.clone());
        }
    }
    let transactions = block.transactions.iter().zip(results).enumerate();
    transactions
        .map(|(number, (processed, operation_results))| {
            let transaction = processed.transaction.clone();
            let id = transaction.id();
            let processed = ProcessedTransaction { transaction, operation_results };
            let json = json!({
                "id": id.to_string(),
                "block_num": block.block_num(),
                "trx_num": number,
                "trx": processed.to_json(),
            });
            Confirmation { id, json }
        })
        .collect()
}

/// The market of a fill and what its subscribers get.
fn fill(applied: &AppliedOperation) -> Option<(Market, Value)> {
    let Operation::FillOrder(fill) = &applied.op else { return None };
    let market = market(fill.pays.asset_id, fill.receives.asset_id);
    Some((market, json!([applied.op.to_json(), applied.result.to_json()])))
}

/// Members of objects that name accounts (reference: `get_relevant_accounts` in `db_notify.cpp`).
fn account_members(id: ObjectId) -> &'static [&'static str] {
    match (id.space, id.type_) {
        (1, 2) => &["/id"],
        (1, 3) => &["/issuer"],
        (1, 4) | (1, 13) | (2, 5) | (2, 6) => &["/owner"],
        (1, 5) => &["/committee_member_account"],
        (1, 6) => &["/witness_account"],
        (1, 7) => &["/seller"],
        (1, 8) => &["/borrower"],
        (1, 12) => &["/withdraw_from_account", "/authorized_account"],
        (1, 14) => &["/worker_account"],
        (1, 16) => &["/transfer/from", "/transfer/to"],
        (1, 17) | (1, 18) | (2, 9) => &["/account"],
        (1, 20) | (1, 21) => &["/owner_account"],
        (1, 22) | (2, 18) => &["/offer_owner", "/borrower"],
        (2, 17) => &["/bidder"],
        _ => &[],
    }
}

fn concerned(id: ObjectId, object: &Value, accounts: &mut FlatSet<AccountId>) {
    for member in account_members(id) {
        accounts.extend(object.pointer(member).and_then(|v| AccountId::from_json(v).ok()));
    }
    match (id.space, id.type_) {
        (1, 10) => touched_by_transaction(object.get("proposed_transaction"), accounts),
        (1, 11) => touched_by(object.get("op"), accounts),
        (1, 17) => account_auths(object.get("auth"), accounts),
        (2, 7) => touched_by_transaction(object.get("trx"), accounts),
        (2, 10) => account_auths(object.get("owner"), accounts),
        _ => {}
    }
}

fn touched_by(operation: Option<&Value>, accounts: &mut FlatSet<AccountId>) {
    if let Some(Ok(operation)) = operation.map(Operation::from_json) {
        operation.stateless().touch(accounts);
    }
}

fn touched_by_transaction(transaction: Option<&Value>, accounts: &mut FlatSet<AccountId>) {
    let operations = transaction.and_then(|t| t.get("operations")).and_then(Value::as_array);
    operations.into_iter().flatten().for_each(|operation| touched_by(Some(operation), accounts));
}

fn account_auths(authority: Option<&Value>, accounts: &mut FlatSet<AccountId>) {
    let pairs = authority.and_then(|a| a.get("account_auths")).and_then(Value::as_array);
    let ids =
        pairs.into_iter().flatten().filter_map(|pair| AccountId::from_json(pair.get(0)?).ok());
    accounts.extend(ids);
}

/// The market an order belongs to, if the object is one.
fn market_of(id: ObjectId, object: &Value, ledger: &Ledger) -> Option<Market> {
    let asset = |path: &str| AssetId::from_json(object.pointer(path)?).ok();
    let (a, b) = match (id.space, id.type_) {
        (1, 7) => (asset("/sell_price/base/asset_id")?, asset("/sell_price/quote/asset_id")?),
        (1, 8) => (asset("/call_price/base/asset_id")?, asset("/call_price/quote/asset_id")?),
        (1, 4) => {
            let settled = asset("/balance/asset_id")?;
            (settled, backing_asset(settled, ledger)?)
        }
        _ => return None,
    };
    Some(market(a, b))
}

/// The market of two assets.
pub fn market(a: AssetId, b: AssetId) -> Market {
    (a.min(b), a.max(b))
}

fn backing_asset(asset: AssetId, ledger: &Ledger) -> Option<AssetId> {
    let bitasset = ledger.find(asset)?.bitasset_data_id?;
    let object = ledger.tables.any(2, 4)?.json(bitasset.0)?;
    AssetId::from_json(object.pointer("/options/short_backing_asset")?).ok()
}
