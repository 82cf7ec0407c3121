//! Core exchange rates: every SmartCoin takes fees at the rate of its feed.

use crate::Ledger;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::AssetBitassetDataId;

/// Sets the core exchange rate of every SmartCoin whose feed or own rate changed since the last
/// block.
pub(crate) fn update_core_exchange_rates(ledger: &mut Ledger) -> Result<(), Rejected> {
    let due: Vec<_> = ledger.tables.bitassets.index().cer_updates().collect();
    due.into_iter().try_for_each(|bitasset| set_from_feed(ledger, bitasset))
}

/// Sets the core exchange rate of a SmartCoin from its feed.
pub(super) fn set_from_feed(
    ledger: &mut Ledger,
    bitasset: AssetBitassetDataId,
) -> Result<(), Rejected> {
    let (asset, rate) = ledger.modify(bitasset, |data| {
        data.asset_cer_updated = false;
        data.feed_cer_updated = false;
        (data.asset_id, data.current_feed.core_exchange_rate)
    })?;
    if ledger.get(asset)?.options.core_exchange_rate != rate {
        ledger.modify(asset, |asset| asset.options.core_exchange_rate = rate)?;
    }
    Ok(())
}
