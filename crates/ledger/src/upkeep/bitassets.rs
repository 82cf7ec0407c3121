//! SmartCoins at maintenance (reference: `chain/db_maint.cpp`, `process_bitassets`).

use crate::Ledger;
use crate::market::process_bids;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::AssetBitassetDataId;
use carbyne_protocol::ops::asset::options::flag;
use carbyne_wire::TimePointSec;

/// Starts counting force settlements anew, drops feeds of producers that fell silent, and revives
/// SmartCoins whose debt was bid for.
pub(super) fn process_bitassets(ledger: &mut Ledger) -> Result<(), Rejected> {
    let now = ledger.head_time()?;
    let bitassets: Vec<AssetBitassetDataId> =
        ledger.tables.bitassets.iter().map(|b| b.id).collect();
    for id in bitassets {
        // Also where nothing changes: subscribers are told of every SmartCoin.
        ledger.modify(id, |bitasset| bitasset.force_settled_volume = 0)?;
        drop_expired_feeds(ledger, id, now)?;
        if ledger.get(id)?.is_globally_settled() {
            process_bids(ledger, id)?;
        }
    }
    Ok(())
}

/// Only producers that are witnesses or committee members come and go; others are listed by the
/// issuer. The median is renewed later.
fn drop_expired_feeds(
    ledger: &mut Ledger,
    id: AssetBitassetDataId,
    now: TimePointSec,
) -> Result<(), Rejected> {
    let bitasset = ledger.get(id)?;
    let Some(oldest) = now.0.checked_sub(bitasset.options.feed_lifetime_sec) else { return Ok(()) };
    let is_alive = |published: TimePointSec| published.0 >= oldest;
    let producers_change = flag::WITNESS_FED_ASSET | flag::COMMITTEE_FED_ASSET;
    if oldest == 0
        || bitasset.feeds.values().all(|(published, _)| is_alive(*published))
        || !ledger.get(bitasset.asset_id)?.has_flag(producers_change)
    {
        return Ok(());
    }
    ledger.modify(id, |bitasset| {
        let feeds = std::mem::take(&mut bitasset.feeds).into_iter();
        bitasset.feeds = feeds.filter(|(_, (published, _))| is_alive(*published)).collect();
    })
}
