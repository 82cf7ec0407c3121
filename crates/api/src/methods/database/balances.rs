//! Balances: of accounts, vesting, and those of the genesis that nobody claimed yet.

use crate::answer::{list, objects};
use crate::methods::{Method, read};
use crate::{ApiError, Arguments, View};
use carbyne_crypto::Address;
use carbyne_ledger::ids::{AssetId, BalanceId};
use carbyne_ledger::money::Asset;
use carbyne_ledger::objects::CommitmentBytes;
use carbyne_wire::{FlatSet, Json};
use serde_json::Value;

pub(super) const METHODS: &[Method] = &[
    read(
        "get_account_balances(account_name_or_id: name|1.2.x, assets: [1.3.x]) -> [asset]",
        "What an account has of some or all assets.",
        of_account,
    ),
    read(
        "get_named_account_balances(name: name|1.2.x, assets: [1.3.x]) -> [asset]",
        "Balances of an account by its name.",
        of_account,
    ),
    read(
        "get_balance_objects(addrs: [address]) -> [balance_object]",
        "Balances of the genesis by address.",
        get_balance_objects,
    ),
    read(
        "get_vested_balances(objs: [1.15.x]) -> [asset]",
        "What can be claimed of such balances.",
        get_vested_balances,
    ),
    read(
        "get_blinded_balances(commitments: [commitment]) -> [blinded_balance_object]",
        "Blinded balances by commitment.",
        |view, arguments| {
            let commitments: FlatSet<CommitmentBytes> = arguments.get(0)?;
            let index = view.ledger.tables.blinded_balances.index();
            let ids = commitments.iter().filter_map(|commitment| index.find(commitment));
            Ok(objects(view.ledger, ids, usize::MAX))
        },
    ),
    read(
        "get_vesting_balances(account_name_or_id: name|1.2.x) -> [vesting_balance_object]",
        "The vesting balances of an account.",
        |view, arguments| {
            let account = arguments.account(view, 0)?.id;
            let ids = view.ledger.tables.vesting_balances.index().of_account(account);
            Ok(objects(view.ledger, ids, usize::MAX))
        },
    ),
];

fn get_balance_objects(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let owners: Vec<Address> = arguments.get(0)?;
    let index = view.ledger.tables.claims.index();
    let ids = owners.into_iter().flat_map(|owner| index.of_owner(owner));
    Ok(objects(view.ledger, ids, usize::MAX))
}

fn get_vested_balances(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let ids: Vec<BalanceId> = arguments.get(0)?;
    let now = view.ledger.head_time()?;
    let mut amounts = Vec::with_capacity(ids.len());
    for id in ids {
        amounts.push(view.ledger.get(id)?.available(now)?.to_json());
    }
    Ok(Value::Array(amounts))
}

fn of_account(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let name: String = arguments.get(0)?;
    let assets: FlatSet<AssetId> = arguments.get(1)?;
    let (account, balances) = (view.account(&name)?.id, &view.ledger.tables.balances);
    let balance = |asset: AssetId| Asset::new(view.ledger.balance(account, asset), asset);
    if assets.is_empty() {
        let holdings = balances.index().of_account(account);
        return Ok(list(holdings.iter().map(|(asset, _)| balance(*asset)), usize::MAX));
    }
    Ok(list(assets.iter().map(|asset| balance(*asset)), usize::MAX))
}
