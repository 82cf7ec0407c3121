//! A small chain for tests of operations: ten accounts, five assets issued by account 9, no fees.
//!
//! Accounts have the ids 1.2.0 to 1.2.9, assets 1.3.0 to 1.3.4. Invariant checked after every
//! operation: what exists of an asset is where the tables say it is.

use crate::constants::CORE;
use crate::evaluate::Mode;
use crate::ids::{AccountId, AssetId, FbaAccumulatorId, WitnessId};
use crate::money::Asset;
use crate::objects::*;
use crate::ops::{Operation, OperationResult};
use crate::{Ledger, Rejected};
use carbyne_wire::{Id, TimePointSec};

/// Who issues every asset.
pub(crate) const ISSUER: AccountId = Id(9);
/// The time at which the chain starts.
pub(crate) const START: TimePointSec = TimePointSec(1_000_000);

/// The chain, on which every account below the issuer has `each` of every asset except the last,
/// which has no supply.
pub(crate) fn ledger(each: i64) -> Ledger {
    let mut ledger = Ledger::default();
    let witnesses = [Id(1) as WitnessId].into_iter().collect();
    ledger
        .tables
        .global_properties
        .create(GlobalProperty { active_witnesses: witnesses, ..GlobalProperty::default() });
    let dynamic = DynamicGlobalProperty { time: START, ..DynamicGlobalProperty::default() };
    ledger.tables.dynamic_properties.create(dynamic);
    for number in 0..10 {
        let name = format!("account-{number}").into();
        let account = Account { name, statistics: Id(number), ..Account::default() };
        ledger.create::<AccountId>(account);
        ledger.tables.statistics.create(AccountStatistics::default());
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
    ledger.tables.asset_dynamic_data.create(AssetDynamicData {
        current_supply: each * holders as i64,
        ..AssetDynamicData::default()
    });
    for holder in 0..holders {
        ledger.adjust_balance(Id(holder), Asset::new(each, id)).unwrap();
    }
}

/// Validates and applies an operation without a fee; a refused one leaves nothing behind.
pub(crate) fn apply(
    ledger: &mut Ledger,
    operation: impl Into<Operation>,
) -> Result<OperationResult, Rejected> {
    let operation = operation.into();
    operation.stateless().check_stateless()?;
    ledger.begin();
    let result = ledger.apply_operation(&operation, Mode::Free, false);
    if result.is_ok() {
        ledger.merge();
    } else {
        ledger.undo();
    }
    check_supplies(ledger);
    result
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

/// What the tables of these families say where each asset is.
#[track_caller]
pub(crate) fn check_supplies(ledger: &Ledger) {
    let tables = &ledger.tables;
    let mut found = [0_i64; 5];
    let mut add = |asset: AssetId, amount: i64| found[asset.index()] += amount;
    tables.balances.iter().for_each(|row| add(row.asset_type, row.balance));
    for pool in tables.liquidity_pools.iter() {
        add(pool.asset_a, pool.balance_a);
        add(pool.asset_b, pool.balance_b);
    }
    tables.samet_funds.iter().for_each(|row| add(row.asset_type, row.balance - row.unpaid_amount));
    tables.credit_offers.iter().for_each(|row| add(row.asset_type, row.current_balance));
    tables.credit_deals.iter().for_each(|row| add(row.collateral_asset, row.collateral_amount));
    tables.vesting_balances.iter().for_each(|row| add(row.balance.asset_id, row.balance.amount));
    for (data, asset) in tables.asset_dynamic_data.iter().zip(tables.assets.iter()) {
        add(asset.id, data.confidential_supply + data.accumulated_fees);
    }
    let fees = tables.statistics.iter().map(|row| row.pending_fees + row.pending_vested_fees);
    add(
        CORE,
        fees.sum::<i64>()
            + tables.fba_accumulators.iter().map(|fba| fba.accumulated_fba_fees).sum::<i64>(),
    );
    let supplies = tables.asset_dynamic_data.iter().map(|data| data.current_supply);
    assert_eq!(found.to_vec(), supplies.collect::<Vec<_>>(), "what exists of each asset");
}
