//! What only the first maintenance of a chain does: the reference applies every past correction of
//! its objects then, and two of them show on what a genesis may contain (reference:
//! `chain/db_maint.cpp`, hard forks 1270 and 1465).

use crate::Ledger;
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::MAX_SHARE_SUPPLY;
use carbyne_protocol::ids::{AssetId, CallOrderId};

/// Brings debt positions and SmartCoins of the genesis up to date.
pub(super) fn correct_genesis(ledger: &mut Ledger) -> Result<(), Rejected> {
    reset_call_prices(ledger)?;
    raise_max_supplies(ledger)
}

/// Call prices decide nothing any more.
fn reset_call_prices(ledger: &mut Ledger) -> Result<(), Rejected> {
    let orders: Vec<CallOrderId> = ledger.tables.call_orders.iter().map(|order| order.id).collect();
    for order in orders {
        ledger.modify(order, |order| {
            order.call_price.base.amount = 1;
            order.call_price.quote.amount = 1;
        })?;
    }
    Ok(())
}

/// No SmartCoin may allow less than exists of it.
fn raise_max_supplies(ledger: &mut Ledger) -> Result<(), Rejected> {
    let bitassets: Vec<AssetId> =
        ledger.tables.bitassets.iter().map(|bitasset| bitasset.asset_id).collect();
    for id in bitassets {
        let asset = ledger.get(id)?;
        let supply = ledger.get(asset.dynamic_asset_data_id)?.current_supply;
        let max_supply = asset.options.max_supply;
        if supply > max_supply && max_supply != MAX_SHARE_SUPPLY {
            ledger.modify(id, |asset| asset.options.max_supply = supply.min(MAX_SHARE_SUPPLY))?;
        }
    }
    Ok(())
}
