//! Asset: who holds an asset.

use super::{Method, read};
use crate::limits::limited;
use crate::refusal::ApiRefusal;
use crate::{ApiError, Arguments, View};
use carbyne_ledger::ids::{AccountId, AssetId};
use carbyne_wire::Json;
use serde_json::{Value, json};
use std::cmp::Reverse;

pub(super) const METHODS: &[Method] = &[
    read(
        "get_asset_holders(asset_symbol_or_id: symbol|1.3.x, start: uint32, \
         limit: uint32<=get_asset_holders) -> [account_asset_balance]",
        "Who holds an asset, the largest first.",
        get_asset_holders,
    ),
    read(
        "get_asset_holders_count(asset_symbol_or_id: symbol|1.3.x) -> int64",
        "How many hold an asset besides one.",
        |view, arguments| {
            let asset = arguments.asset(view, 0)?.id;
            let holders = view.ledger.tables.balances.index().of_asset(asset).count();
            // The reference leaves one out, and counts those whose balance is zero.
            Ok((holders as i64 - 1).to_json())
        },
    ),
    read(
        "get_all_asset_holders() -> [asset_holders]",
        "Always refused, as the reference does.",
        |_, _| Err(ApiRefusal::HoldersOfAll.into()),
    ),
];

/// Who holds an asset, the largest first, of equal ones the account with the smallest id.
pub(super) fn holders(view: &View<'_>, asset: AssetId) -> Vec<(Reverse<i64>, AccountId)> {
    let ids = view.ledger.tables.balances.index().of_asset(asset);
    let balances = ids.filter_map(|id| view.ledger.find(id)).filter(|balance| balance.balance != 0);
    let mut holders: Vec<_> =
        balances.map(|balance| (Reverse(balance.balance), balance.owner)).collect();
    holders.sort_unstable();
    holders
}

fn get_asset_holders(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let name: String = arguments.get(0)?;
    let (start, limit): (u32, u32) = (arguments.get(1)?, arguments.get(2)?);
    let limit = limited(limit, view.settings.limits.get_asset_holders)?;
    let asset = view.asset(&name)?.id;
    let mut answer = Vec::new();
    for (Reverse(amount), owner) in
        holders(view, asset).into_iter().skip(start as usize).take(limit)
    {
        answer.push(holder(view, owner, amount)?);
    }
    Ok(Value::Array(answer))
}

/// A holder with what it holds, in smallest units.
pub(super) fn holder(view: &View<'_>, owner: AccountId, amount: i64) -> Result<Value, ApiError> {
    Ok(json!({
        "name": view.ledger.get(owner)?.name.to_json(),
        "account_id": owner.to_json(),
        "amount": amount.to_json(),
    }))
}
