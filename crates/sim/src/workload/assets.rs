//! Assets: plain ones, and SmartCoins with prices that move.

use super::{Draft, Kind};
use carbyne_objects::{AssetBitassetData, AssetObject};
use carbyne_protocol::ids::AssetId;
use carbyne_protocol::ops::asset::options::flag;
use carbyne_wire::{Id, Json};
use serde_json::{Value, json};

pub(super) const KINDS: &[Kind] = &[
    ("asset_create", create_plain),
    ("asset_create", create_coin),
    ("asset_update", update),
    ("asset_update_bitasset", update_bitasset),
    ("asset_update_feed_producers", feed_producers),
    ("asset_update_feed_producers", feed_producers),
    ("asset_publish_feed", publish_feed),
    ("asset_publish_feed", publish_feed),
    ("asset_publish_feed", publish_feed),
    ("asset_issue", issue),
    ("asset_issue", issue),
    ("asset_reserve", reserve),
    ("asset_fund_fee_pool", fund_fee_pool),
    ("asset_claim_pool", claim_pool),
    ("asset_claim_fees", claim_fees),
    ("asset_settle", settle),
    ("asset_global_settle", global_settle),
    ("bid_collateral", bid_collateral),
    ("asset_update_issuer", update_issuer),
    ("override_transfer", override_transfer),
];

/// An asset that somebody issued.
fn issued<'a>(draft: &mut Draft<'a>) -> Option<&'a AssetObject> {
    let ledger = draft.ledger;
    draft.any(ledger.tables.assets.iter().filter(|asset| asset.id != Id(0)))
}

/// An asset that can be issued by hand.
fn plain<'a>(draft: &mut Draft<'a>) -> Option<&'a AssetObject> {
    let ledger = draft.ledger;
    let assets = ledger.tables.assets.iter();
    draft.any(assets.filter(|asset| asset.id != Id(0) && asset.bitasset_data_id.is_none()))
}

/// A SmartCoin.
pub(super) fn coin<'a>(draft: &mut Draft<'a>) -> Option<&'a AssetBitassetData> {
    let ledger = draft.ledger;
    draft.any(ledger.tables.bitassets.iter())
}

fn issuer_of(draft: &Draft<'_>, asset: AssetId) -> Option<Value> {
    draft.ledger.find(asset).map(|asset| asset.issuer.to_json())
}

fn options(draft: &mut Draft<'_>, asset: AssetId, is_coin: bool) -> Value {
    let permissions = flag::CHARGE_MARKET_FEE | flag::OVERRIDE_AUTHORITY | flag::WHITE_LIST;
    let of_coins = flag::GLOBAL_SETTLE | flag::DISABLE_FORCE_SETTLE;
    let fees = if draft.one_of(2) { flag::CHARGE_MARKET_FEE } else { 0 };
    json!({
        "max_supply": 1_000_000_000_000_i64,
        "market_fee_percent": draft.below(300),
        "max_market_fee": 1_000,
        "issuer_permissions": permissions | if is_coin { of_coins } else { 0 },
        "flags": fees | flag::OVERRIDE_AUTHORITY,
        "core_exchange_rate": { "base": draft.core(1), "quote": draft.amount(1, asset) },
    })
}

fn coin_options(draft: &mut Draft<'_>) -> Value {
    json!({
        "feed_lifetime_sec": 10 + draft.below(100),
        "minimum_feeds": 1,
        "force_settlement_delay_sec": draft.below(20),
        "force_settlement_offset_percent": draft.below(500),
        "maximum_force_settlement_volume": 500 + draft.below(5_000),
        "short_backing_asset": "1.3.0",
        "extensions": { "black_swan_response_method": draft.below(4) },
    })
}

fn create_plain(draft: &mut Draft<'_>) -> Option<Value> {
    Some(json!({
        "issuer": draft.me()?.to_json(),
        "symbol": draft.letters(),
        "precision": draft.below(6),
        "common_options": options(draft, Id(1), false),
        "is_prediction_market": false,
    }))
}

fn create_coin(draft: &mut Draft<'_>) -> Option<Value> {
    Some(json!({
        "issuer": draft.me()?.to_json(),
        "symbol": draft.letters(),
        "precision": draft.below(6),
        "common_options": options(draft, Id(1), true),
        "bitasset_opts": coin_options(draft),
        "is_prediction_market": false,
    }))
}

fn update(draft: &mut Draft<'_>) -> Option<Value> {
    let asset = issued(draft)?;
    Some(json!({
        "issuer": asset.issuer.to_json(),
        "asset_to_update": asset.id.to_json(),
        "new_options": options(draft, asset.id, asset.bitasset_data_id.is_some()),
    }))
}

fn update_bitasset(draft: &mut Draft<'_>) -> Option<Value> {
    let asset = coin(draft)?.asset_id;
    Some(json!({
        "issuer": issuer_of(draft, asset)?,
        "asset_to_update": asset.to_json(),
        "new_options": coin_options(draft),
    }))
}

fn feed_producers(draft: &mut Draft<'_>) -> Option<Value> {
    let asset = coin(draft)?.asset_id;
    let mut producers = vec![issuer_of(draft, asset)?];
    let another = draft.me()?.to_json();
    if !producers.contains(&another) {
        producers.push(another);
    }
    Some(json!({
        "issuer": issuer_of(draft, asset)?,
        "asset_to_update": asset.to_json(),
        "new_feed_producers": producers,
    }))
}

fn publish_feed(draft: &mut Draft<'_>) -> Option<Value> {
    let coin = coin(draft)?;
    let publisher = draft.any(coin.feeds.iter().map(|(account, _)| *account))?;
    let price = 1_000 + draft.below(2_000) as i64;
    Some(json!({
        "publisher": publisher.to_json(),
        "asset_id": coin.asset_id.to_json(),
        "feed": {
            "settlement_price": {
                "base": draft.amount(1_000, coin.asset_id),
                "quote": draft.core(price),
            },
            "maintenance_collateral_ratio": 1_750,
            "maximum_short_squeeze_ratio": 1_100,
            "core_exchange_rate": {
                "base": draft.amount(1, coin.asset_id),
                "quote": draft.core(1),
            },
        },
    }))
}

fn issue(draft: &mut Draft<'_>) -> Option<Value> {
    let asset = plain(draft)?;
    Some(json!({
        "issuer": asset.issuer.to_json(),
        "asset_to_issue": draft.some(1_000_000, asset.id),
        "issue_to_account": draft.me()?.to_json(),
    }))
}

fn reserve(draft: &mut Draft<'_>) -> Option<Value> {
    let me = draft.me()?;
    let (asset, _) = draft.owned(me)?;
    Some(json!({ "payer": me.to_json(), "amount_to_reserve": draft.some(50, asset) }))
}

fn fund_fee_pool(draft: &mut Draft<'_>) -> Option<Value> {
    Some(json!({
        "from_account": draft.me()?.to_json(),
        "asset_id": issued(draft)?.id.to_json(),
        "amount": 1 + draft.below(10_000),
    }))
}

fn claim_pool(draft: &mut Draft<'_>) -> Option<Value> {
    let asset = issued(draft)?;
    Some(json!({
        "issuer": asset.issuer.to_json(),
        "asset_id": asset.id.to_json(),
        "amount_to_claim": draft.some(50, Id(0)),
    }))
}

fn claim_fees(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let fees = |asset: &AssetObject| {
        ledger.find(asset.dynamic_asset_data_id).map_or(0, |data| data.accumulated_fees)
    };
    let assets = ledger.tables.assets.iter().filter(|asset| asset.id != Id(0));
    let asset = draft.any(assets.filter(|asset| fees(asset) > 0))?;
    Some(json!({
        "issuer": asset.issuer.to_json(),
        "amount_to_claim": draft.some(fees(asset) as u64, asset.id),
    }))
}

fn settle(draft: &mut Draft<'_>) -> Option<Value> {
    let asset = coin(draft)?.asset_id;
    let ledger = draft.ledger;
    let balances = ledger.tables.balances.iter();
    let holders = balances.filter(|one| one.asset_type == asset && one.balance > 0);
    let holder = draft.any(holders)?.owner;
    Some(json!({ "account": holder.to_json(), "amount": draft.some(300, asset) }))
}

fn global_settle(draft: &mut Draft<'_>) -> Option<Value> {
    if !draft.one_of(2) {
        return None;
    }
    let ledger = draft.ledger;
    let owed = ledger.tables.call_orders.iter().map(|call| call.debt_type());
    let asset = draft.any(owed)?;
    let price = 1_000 + draft.below(1_000) as i64;
    Some(json!({
        "issuer": issuer_of(draft, asset)?,
        "asset_to_settle": asset.to_json(),
        "settle_price": { "base": draft.amount(1_000, asset), "quote": draft.core(price) },
    }))
}

fn bid_collateral(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let settled = |coin: &&AssetBitassetData| coin.settlement_fund > 0;
    let asset = draft.any(ledger.tables.bitassets.iter().filter(settled))?.asset_id;
    Some(json!({
        "bidder": draft.me()?.to_json(),
        "additional_collateral": draft.some(10_000, Id(0)),
        "debt_covered": draft.some(500, asset),
    }))
}

fn update_issuer(draft: &mut Draft<'_>) -> Option<Value> {
    let asset = issued(draft)?;
    Some(json!({
        "issuer": asset.issuer.to_json(),
        "asset_to_update": asset.id.to_json(),
        "new_issuer": draft.me()?.to_json(),
    }))
}

fn override_transfer(draft: &mut Draft<'_>) -> Option<Value> {
    let asset = issued(draft)?;
    let ledger = draft.ledger;
    let balances = ledger.tables.balances.iter();
    let holders = balances.filter(|one| one.asset_type == asset.id && one.balance > 0);
    let from = draft.any(holders)?.owner;
    Some(json!({
        "issuer": asset.issuer.to_json(),
        "from": from.to_json(),
        "to": draft.me()?.to_json(),
        "amount": draft.some(20, asset.id),
    }))
}
