//! Force settlements whose delay is over are executed at the end of the block, against the least
//! collateralized debt positions and up to the volume that is allowed between two maintenances.
//!
//! Invariant: volume and price of an asset are those before its first settlement of the block.

use crate::Ledger;
use crate::market::{SettlementTerms, find_least_collateralized, match_settlement};
use carbyne_objects::AssetBitassetData;
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::PERCENT_100;
use carbyne_protocol::ids::{AssetBitassetDataId, AssetId, ForceSettlementId};
use carbyne_protocol::money::{Asset, Price, Shares};
use carbyne_protocol::ratio::Ratio;
use carbyne_wire::Id;
use std::collections::BTreeSet;

/// Executes force settlements whose time has come, asset by asset, and cancels those of SmartCoins
/// that were globally settled.
pub(crate) fn clear_expired_force_settlements(ledger: &mut Ledger) -> Result<(), Rejected> {
    let now = ledger.head_time()?;
    let mut assets: BTreeSet<AssetId> =
        ledger.tables.force_settlements.index().due_at(now).collect();
    assets.extend(globally_settled_with_orders(ledger));
    assets.into_iter().try_for_each(|asset| settle_asset(ledger, asset))
}

/// Globally settled SmartCoins that have orders. Both kinds of assets are in order, so that each
/// leads past those of the other that have no counterpart.
fn globally_settled_with_orders(ledger: &Ledger) -> Vec<AssetId> {
    let orders = ledger.tables.force_settlements.index();
    let settled = ledger.tables.bitassets.index();
    let mut both = Vec::new();
    let mut next = orders.asset_from(AssetId::default());
    while let Some(asset) = next {
        let Some(found) = settled.globally_settled_from(asset) else { break };
        if found == asset {
            both.push(asset);
            next = asset.0.checked_add(1).and_then(|after| orders.asset_from(Id(after)));
        } else {
            next = orders.asset_from(found);
        }
    }
    both
}

/// How much of an asset may be settled between two maintenances, in smallest units, and at what
/// price, as debt / collateral.
#[derive(Clone, Copy, Debug)]
struct Limits {
    volume: i64,
    price: Price,
}

impl Limits {
    fn of(ledger: &Ledger, bitasset: &AssetBitassetData) -> Result<Self, Rejected> {
        let data = ledger.get(bitasset.asset_id)?.dynamic_asset_data_id;
        let supply = ledger.get(data)?.current_supply;
        let offset = bitasset.options.force_settlement_offset_percent;
        let ratio = Ratio::new(PERCENT_100.saturating_sub(offset), PERCENT_100);
        Ok(Self {
            volume: bitasset.max_force_settlement_volume(supply),
            price: bitasset.current_feed.settlement_price.over_ratio(ratio)?,
        })
    }
}

fn settle_asset(ledger: &mut Ledger, asset: AssetId) -> Result<(), Rejected> {
    let id = ledger.bitasset(ledger.get(asset)?)?.id;
    let now = ledger.head_time()?;
    let mut limits: Option<Limits> = None;
    loop {
        let index = ledger.tables.force_settlements.index();
        let Some((date, settlement)) = index.of_asset(asset).next() else { return Ok(()) };
        let bitasset = ledger.get(id)?;
        if bitasset.is_globally_settled() {
            ledger.cancel_settle_order(settlement)?;
            continue;
        }
        if date > now {
            return Ok(());
        }
        let gets_nothing = bitasset.options.force_settlement_offset_percent == PERCENT_100;
        if bitasset.current_feed.settlement_price.is_null() || gets_nothing {
            ledger.cancel_settle_order(settlement)?;
            continue;
        }
        let limits = match limits {
            Some(limits) => limits,
            None => *limits.insert(Limits::of(ledger, bitasset)?),
        };
        if bitasset.force_settled_volume >= limits.volume {
            return Ok(());
        }
        settle(ledger, id, settlement, limits)?;
        // What is left of a settlement was held back by the volume, and so would be the next ones.
        if ledger.find(settlement).is_some() {
            return Ok(());
        }
    }
}

/// Matches a settlement with positions until it is gone or the volume is used up.
fn settle(
    ledger: &mut Ledger,
    bitasset: AssetBitassetDataId,
    settlement: ForceSettlementId,
    limits: Limits,
) -> Result<(), Rejected> {
    let before = ledger.get(bitasset)?.force_settled_volume;
    let mut settled = before;
    while settled < limits.volume && ledger.find(settlement).is_some() {
        let balance = ledger.get(settlement)?.balance;
        let data = ledger.get(bitasset)?;
        let call = find_least_collateralized(ledger, data).filter(|_| balance.amount != 0);
        let Some(call) = call else {
            ledger.cancel_settle_order(settlement)?;
            break;
        };
        let terms = SettlementTerms {
            call_pays: limits.price,
            settler_gets: limits.price,
            max_settlement: Asset::new(limits.volume.minus(settled)?, balance.asset_id),
            is_margin_call: false,
            settlement_is_taker: true,
        };
        let more = match_settlement(ledger, settlement, call, &terms)?;
        if more == 0 {
            break;
        }
        settled = settled.plus(more)?;
    }
    if settled != before {
        ledger.modify(bitasset, |data| data.force_settled_volume = settled)?;
    }
    Ok(())
}
