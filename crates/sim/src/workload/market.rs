//! Orders, positions and liquidity pools.

use super::assets::coin;
use super::{Draft, Kind};
use carbyne_objects::{AssetBitassetData, LiquidityPool};
use carbyne_wire::{Id, Json};
use serde_json::{Value, json};

pub(super) const KINDS: &[Kind] = &[
    ("limit_order_create", order_create),
    ("limit_order_create", order_create),
    ("limit_order_create", order_create),
    ("limit_order_update", order_update),
    ("limit_order_cancel", order_cancel),
    ("call_order_update", call_order),
    ("call_order_update", call_order),
    ("call_order_update", call_order),
    ("liquidity_pool_create", pool_create),
    ("liquidity_pool_create", pool_create),
    ("liquidity_pool_delete", pool_delete),
    ("liquidity_pool_deposit", pool_deposit),
    ("liquidity_pool_deposit", pool_deposit),
    ("liquidity_pool_withdraw", pool_withdraw),
    ("liquidity_pool_exchange", pool_exchange),
    ("liquidity_pool_update", pool_update),
];

fn order_create(draft: &mut Draft<'_>) -> Option<Value> {
    let me = draft.me()?;
    let (sold, has) = draft.owned(me)?;
    let (amount, expiration) = (draft.some(1_000.min(has as u64), sold), draft.within(60));
    let wanted = draft.asset().filter(|wanted| *wanted != sold)?;
    let mut members = json!({
        "seller": me.to_json(),
        "amount_to_sell": amount,
        "min_to_receive": draft.some(1_000, wanted),
        "expiration": expiration,
        "fill_or_kill": draft.one_of(8),
    });
    if draft.one_of(3) {
        members["extensions"] = json!({ "on_fill": [[0, take_profit(draft)]] });
    }
    Some(members)
}

fn take_profit(draft: &mut Draft<'_>) -> Value {
    json!({
        "fee_asset_id": "1.3.0",
        "spread_percent": 1 + draft.below(1_000),
        "size_percent": 1 + draft.below(10_000),
        "expiration_seconds": 5 + draft.below(60),
        "repeat": draft.one_of(2),
    })
}

fn order_update(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let order = draft.any(ledger.tables.limit_orders.iter())?;
    Some(json!({
        "seller": order.seller.to_json(),
        "order": order.id.to_json(),
        "delta_amount_to_sell": draft.some(100, order.sell_asset_id()),
        "new_expiration": draft.within(120),
    }))
}

fn order_cancel(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let order = draft.any(ledger.tables.limit_orders.iter())?;
    Some(json!({ "fee_paying_account": order.seller.to_json(), "order": order.id.to_json() }))
}

fn call_order(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let has_price = |coin: &&AssetBitassetData| !coin.current_feed.settlement_price.is_null();
    let coin = match draft.any(ledger.tables.bitassets.iter().filter(has_price)) {
        Some(coin) => coin,
        None => coin(draft)?,
    };
    let target = draft.one_of(3).then(|| 1_800 + draft.below(1_000));
    let extensions = match target {
        Some(target) => json!({ "target_collateral_ratio": target }),
        None => json!({}),
    };
    Some(json!({
        "funding_account": draft.me()?.to_json(),
        "delta_collateral": draft.some(20_000, Id(0)),
        "delta_debt": draft.some(2_000, coin.asset_id),
        "extensions": extensions,
    }))
}

/// Nearly always with an asset nobody has yet as shares.
fn pool_create(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let others = || ledger.tables.assets.iter().filter(|asset| asset.id != Id(0));
    let other = draft.any(others())?;
    let shares = draft.any(others().filter(|asset| asset.id != other.id))?;
    Some(json!({
        "account": shares.issuer.to_json(),
        "asset_a": "1.3.0",
        "asset_b": other.id.to_json(),
        "share_asset": shares.id.to_json(),
        "taker_fee_percent": draft.below(100),
        "withdrawal_fee_percent": draft.below(100),
    }))
}

fn pool<'a>(draft: &mut Draft<'a>) -> Option<&'a LiquidityPool> {
    let ledger = draft.ledger;
    draft.any(ledger.tables.liquidity_pools.iter())
}

/// Who issued the shares of a pool, who may change it.
fn owner(draft: &Draft<'_>, pool: &LiquidityPool) -> Option<Value> {
    draft.ledger.find(pool.share_asset).map(|shares| shares.issuer.to_json())
}

fn pool_delete(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let empty = ledger.tables.liquidity_pools.iter().filter(|pool| pool.balance_a == 0);
    let pool = draft.any(empty)?;
    Some(json!({ "account": owner(draft, pool)?, "pool": pool.id.to_json() }))
}

fn pool_deposit(draft: &mut Draft<'_>) -> Option<Value> {
    let pool = pool(draft)?;
    let ledger = draft.ledger;
    let balances = ledger.tables.balances.iter();
    let holders = balances.filter(|one| one.asset_type == pool.asset_b && one.balance > 0);
    let account = draft.any(holders)?.owner;
    Some(json!({
        "account": account.to_json(),
        "pool": pool.id.to_json(),
        "amount_a": draft.some(5_000, pool.asset_a),
        "amount_b": draft.some(5_000, pool.asset_b),
    }))
}

fn pool_withdraw(draft: &mut Draft<'_>) -> Option<Value> {
    let pool = pool(draft)?;
    let ledger = draft.ledger;
    let balances = ledger.tables.balances.iter();
    let holders = balances.filter(|one| one.asset_type == pool.share_asset && one.balance > 0);
    let holder = draft.any(holders)?;
    let amount = if draft.one_of(2) { holder.balance as u64 } else { 1 };
    Some(json!({
        "account": holder.owner.to_json(),
        "pool": pool.id.to_json(),
        "share_amount": draft.amount(amount as i64, pool.share_asset),
    }))
}

fn pool_exchange(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let filled = ledger.tables.liquidity_pools.iter().filter(|pool| pool.balance_a > 0);
    let pool = draft.any(filled)?;
    Some(json!({
        "account": draft.me()?.to_json(),
        "pool": pool.id.to_json(),
        "amount_to_sell": draft.some(500, pool.asset_a),
        "min_to_receive": draft.amount(1, pool.asset_b),
    }))
}

fn pool_update(draft: &mut Draft<'_>) -> Option<Value> {
    let pool = pool(draft)?;
    Some(json!({
        "account": owner(draft, pool)?,
        "pool": pool.id.to_json(),
        "taker_fee_percent": draft.below(100),
        "withdrawal_fee_percent": 0,
    }))
}
