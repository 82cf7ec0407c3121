//! Assets, with how much of them is locked as collateral.

use crate::answer::Answer;
use crate::limits::limited;
use crate::methods::{Method, call, gather, read};
use crate::{ApiError, Arguments, Session, View};
use carbyne_answers::ExtendedAsset;
use carbyne_objects::AssetObject;
use carbyne_protocol::ids::AssetId;
use carbyne_wire::{Json, Text};
use serde_json::Value;

pub(super) const METHODS: &[Method] = &[
    call(
        "get_assets(asset_symbols_or_ids: [symbol|1.3.x]<=lookup_asset_symbols, subscribe: bool = \
         null) \
         -> [extended_asset_object?]",
        "Assets by symbol or id, null where there is none.",
        get_assets,
    ),
    gather(
        "list_assets(lower_bound_symbol: string, limit: uint32<=get_assets) \
         -> [extended_asset_object]",
        "Assets by symbol from a text on.",
        list_assets,
    ),
    gather(
        "lookup_asset_symbols(symbols_or_ids: [symbol|1.3.x]<=lookup_asset_symbols) -> \
         [extended_asset_object?]",
        "Assets by symbol or id, followed by nobody.",
        |view, arguments| assets(view, &arguments.get::<Vec<String>>(0)?, &mut |_| {}),
    ),
    read("get_asset_count() -> uint64", "Number of assets.", |view, _| {
        Ok((view.ledger.tables.assets.len() as u64).to_json())
    }),
    gather(
        "get_assets_by_issuer(issuer_name_or_id: name|1.2.x, start: 1.3.x, \
         limit: uint32<=get_assets) -> [extended_asset_object]",
        "The assets of an issuer from an id on.",
        get_assets_by_issuer,
    ),
    read(
        "get_asset_id_from_string(symbol_or_id: symbol|1.3.x) -> 1.3.x",
        "The id of an asset.",
        |view, arguments| Ok(arguments.asset(view, 0)?.id.to_json()),
    ),
];

/// An asset with how much of it, and for it, is locked as collateral.
pub(crate) fn extend_asset(view: &View<'_>, asset: &AssetObject) -> Result<Answer, ApiError> {
    let index = view.ledger.tables.call_orders.index();
    let (locked, backing) =
        (index.amount_in_collateral(asset.id), index.backing_collateral(asset.id));
    view.row(ExtendedAsset {
        asset: asset.clone(),
        total_in_collateral: locked,
        total_backing_collateral: asset.is_market_issued().then_some(backing),
    })
}

fn assets(
    view: &View<'_>,
    symbols_or_ids: &[String],
    found: &mut dyn FnMut(AssetId),
) -> Result<Answer, ApiError> {
    view.list(symbols_or_ids.iter().map(|symbol_or_id| {
        let Some(asset) = view.find_asset(symbol_or_id)? else { return Ok(Value::Null.into()) };
        found(asset.id);
        extend_asset(view, asset)
    }))
}

fn get_assets(
    session: &mut Session,
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Answer, ApiError> {
    let names: Vec<String> = arguments.get(0)?;
    let follow = session.subscriptions.wants(arguments.optional(1)?);
    assets(view, &names, &mut |id| {
        if follow {
            session.subscriptions.follow(id);
        }
    })
}

fn extended(view: &View<'_>, ids: impl Iterator<Item = AssetId>) -> Result<Answer, ApiError> {
    let assets = ids.filter_map(|id| view.ledger.find(id));
    view.list(assets.map(|asset| extend_asset(view, asset)))
}

fn list_assets(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let (from, limit): (Text, u32) = (arguments.get(0)?, arguments.get(1)?);
    let limit = limited(limit, view.settings.limits.get_assets)?;
    let symbols = view.ledger.tables.assets.index().symbols_from(&from);
    extended(view, symbols.map(|(_, id)| id).take(limit))
}

fn get_assets_by_issuer(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let issuer: String = arguments.get(0)?;
    let (start, limit): (AssetId, u32) = (arguments.get(1)?, arguments.get(2)?);
    let limit = limited(limit, view.settings.limits.get_assets)?;
    let issuer = view.account(&issuer)?.id;
    let issued = view.ledger.tables.assets.index().of_issuer(issuer, start);
    extended(view, issued.take(limit))
}
