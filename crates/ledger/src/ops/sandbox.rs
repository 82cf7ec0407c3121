//! A small chain for tests of operations: ten accounts, five assets issued by account 9, no fees.
//!
//! Accounts have the ids 1.2.0 to 1.2.9, assets 1.3.0 to 1.3.4. Invariant checked after every
//! operation: what exists of an asset is where the tables say it is. Operations come as packed
//! transactions, as those of users do; only signatures and TaPoS are not asked for.

use crate::audit::audit;
use crate::{Ledger, Questions, Record, Trust};
use carbyne_objects::*;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::{Operation, OperationResult};
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_protocol::{Recover, RecoveredTransaction, Rejected};
use carbyne_wire::{Dialect, Digest, Id, JsonIn, Pack, Tags, TimePointSec, Value, unpack_exact};
use serde_json::json;

/// Who issues every asset.
pub(crate) const ISSUER: AccountId = Id(9);
/// The dialect of the chain, in which it may be told also of what it does not know.
pub(crate) const DIALECT: Dialect = Dialect::REFERENCE.knowing(Tags::All);
/// The time at which the chain starts.
pub(crate) const START: TimePointSec = TimePointSec(1_000_000);
const CHAIN_ID: Digest<32> = Digest([0; 32]);

/// The chain, on which every account below the issuer has `each` of every asset except the last,
/// which has no supply.
pub(crate) fn ledger(each: i64) -> Ledger {
    let mut ledger = Ledger::default();
    let witnesses = [Id(1) as WitnessId].into_iter().collect();
    let mut global = GlobalProperty { active_witnesses: witnesses, ..GlobalProperty::default() };
    global.parameters.current_fees.scale = 0;
    ledger.create::<GlobalPropertyId>(global);
    let dynamic = DynamicGlobalProperty { time: START, ..DynamicGlobalProperty::default() };
    ledger.create::<DynamicGlobalPropertyId>(dynamic);
    for number in 0..10 {
        let name = format!("account-{number}").into();
        let account = Account { name, statistics: Id(number), ..Account::default() };
        ledger.create::<AccountId>(account);
        ledger.create::<AccountStatisticsId>(AccountStatistics::default());
    }
    for number in 0..5 {
        create_asset(&mut ledger, Id(number), each);
    }
    for _ in 0..3 {
        ledger.create::<FbaAccumulatorId>(FbaAccumulator::default());
    }
    ledger
}

fn create_asset(ledger: &mut Ledger, id: AssetId, each: i64) {
    let asset = AssetObject {
        symbol: format!("ASSET{}", id.0).into(),
        issuer: ISSUER,
        dynamic_asset_data_id: Id(id.0),
        ..AssetObject::default()
    };
    ledger.create::<AssetId>(asset);
    let holders = if id.0 < 4 { 9 } else { 0 };
    ledger.create::<AssetDynamicDataId>(AssetDynamicData {
        current_supply: each * holders as i64,
        ..AssetDynamicData::default()
    });
    for holder in 0..holders {
        ledger.adjust_balance(Id(holder), Asset::new(each, id)).unwrap();
    }
}

/// What is not asked about a transaction that nobody signed and that may come again.
const UNSIGNED: Trust =
    Trust::Except(Questions::SIGNATURES.and(Questions::REFERENCE_BLOCK).and(Questions::DUPLICATES));

/// Pushes a packed transaction with one operation; a refused one leaves nothing behind.
pub(crate) fn apply(
    ledger: &mut Ledger,
    operation: impl Into<Operation>,
) -> Result<OperationResult, Rejected> {
    let results = push(ledger, vec![operation.into()])?;
    Ok(results.into_iter().next().unwrap())
}

/// Pushes a packed transaction; a refused one leaves nothing behind.
pub(crate) fn push(
    ledger: &mut Ledger,
    operations: Vec<Operation>,
) -> Result<Vec<OperationResult>, Rejected> {
    push_with(ledger, operations, UNSIGNED)
}

/// Pushes a packed transaction that somebody vouches for.
pub(crate) fn push_with(
    ledger: &mut Ledger,
    operations: Vec<Operation>,
    trust: Trust,
) -> Result<Vec<OperationResult>, Rejected> {
    let expiration = ledger.head_time()?;
    let operations = operations.into();
    let transaction = SignedTransaction { expiration, operations, ..Default::default() };
    let transaction = unpack_exact(&transaction.to_bytes(), Tags::All).unwrap();
    let transaction = RecoveredTransaction::new(transaction, &CHAIN_ID, Recover::Nothing);
    ledger.begin();
    let results = ledger.apply_transaction(&transaction, trust, Record::Operations);
    if results.is_ok() {
        ledger.merge()
    } else {
        ledger.undo()
    }
    check_supplies(ledger);
    results
}

/// Applies operations one after the other; each says `ok` or the reason why it is refused.
#[track_caller]
pub(crate) fn check(ledger: &mut Ledger, steps: &[(Operation, &str)]) {
    for (at, (operation, expected)) in steps.iter().enumerate() {
        let outcome = apply(ledger, operation.clone());
        let reason = outcome.map_or_else(|refusal| refusal.reason(), |_| "ok");
        assert_eq!(reason, *expected, "step {at}: {operation:?}");
    }
}

/// All that is held of every asset is its supply.
#[track_caller]
pub(crate) fn check_supplies(ledger: &Ledger) {
    for line in audit(ledger).unwrap() {
        assert!(line.is_balanced(), "{line:?}");
    }
}

/// The operation of that name, its members as they are without a word about them except for those
/// in `members`.
pub(crate) fn op(name: &str, members: Value) -> Operation {
    let mut known = Operation::TABLE.iter().chain(Operation::PROMISED);
    let (tag, ..) = known.find(|(_, known, _)| *known == name).unwrap();
    Operation::from_json_in(&json!([tag, members]), DIALECT).unwrap()
}

/// An amount of an asset, as JSON.
pub(crate) fn amount(amount: i64, asset: u64) -> Value {
    json!({"amount": amount, "asset_id": format!("1.3.{asset}")})
}

/// A price, as JSON.
pub(crate) fn price(base: Value, quote: Value) -> Value {
    json!({"base": base, "quote": quote})
}

/// `value` with the members of `changes`, those of objects inside it taken one by one.
pub(crate) fn with(mut value: Value, changes: Value) -> Value {
    match (&mut value, changes) {
        (Value::Object(members), Value::Object(changes)) => {
            for (name, change) in changes {
                let old = members.remove(&name).unwrap_or(Value::Null);
                members.insert(name, with(old, change));
            }
            value
        }
        (_, changes) => changes,
    }
}
