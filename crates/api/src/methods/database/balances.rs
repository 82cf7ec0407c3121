//! Balances: of accounts, vesting, and those of the genesis that nobody claimed yet.

use crate::answer::{list, objects};
use crate::methods::{Method, read};
use crate::{ApiError, Arguments, View};
use carbyne_ledger::ids::AssetId;
use carbyne_ledger::money::Asset;
use carbyne_wire::FlatSet;
use serde_json::Value;

pub(super) const METHODS: &[Method] = &[
    read("get_account_balances", "What an account has of some or all assets.", of_account),
    read("get_named_account_balances", "The same.", of_account),
    read("get_vesting_balances", "The vesting balances of an account.", |view, arguments| {
        let account = arguments.account(view, 0)?.id;
        let ids = view.ledger.tables.vesting_balances.index().of_account(account);
        Ok(objects(view.ledger, ids, usize::MAX))
    }),
];

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
