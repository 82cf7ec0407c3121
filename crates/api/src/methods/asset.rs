//! Asset: who holds an asset.

use super::{Method, gather, read};
use crate::answer::Answer;
use crate::limits::limited;
use crate::refusal::ApiRefusal;
use crate::{ApiError, Arguments, View};
use carbyne_answers::AssetHolder;
use carbyne_objects::BalanceIndex;
use carbyne_protocol::ids::{AccountId, AssetId};
use carbyne_wire::Json;

pub(super) const METHODS: &[Method] = &[
    gather(
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
            let holders = view.ledger.tables.balances.index().count(asset);
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

/// Rows that are put in order at once.
pub(super) const STEPS: usize = 10_000;

/// Holders of assets by amount, once their order is ready.
pub(super) fn holders<'v>(view: &View<'v>, asset: AssetId) -> Result<&'v BalanceIndex, ApiError> {
    let (ledger, index) = (view.ledger, view.ledger.tables.balances.index());
    if index.prepare_holders(asset, STEPS, |id| ledger.find(id)) {
        Ok(index)
    } else {
        Err(ApiError::Unfinished)
    }
}

fn get_asset_holders(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let name: String = arguments.get(0)?;
    let (start, limit): (u32, u32) = (arguments.get(1)?, arguments.get(2)?);
    let limit = limited(limit, view.settings.limits.get_asset_holders)?;
    let asset = view.asset(&name)?.id;
    let wanted = holders(view, asset)?.holders(asset, start as usize, limit);
    view.list(wanted.into_iter().map(|(amount, owner)| holder(view, owner, amount)))
}

/// A holder with what it holds, in smallest units.
pub(super) fn holder(
    view: &View<'_>,
    account_id: AccountId,
    amount: i64,
) -> Result<Answer, ApiError> {
    let name = view.ledger.get(account_id)?.name.clone();
    view.row(AssetHolder { name, account_id, amount })
}
