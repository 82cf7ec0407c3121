//! Expired feeds: a SmartCoin whose oldest feed no longer counts gets a new median, and its
//! positions are called.

use super::core_exchange_rates::set_from_feed;
use crate::Ledger;
use crate::feeds::update_bitasset_current_feed;
use crate::market::{BlackSwan, check_call_orders};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::AssetBitassetDataId;
use carbyne_protocol::price_feed::PriceFeedWithIcr;

/// Makes the feed in force of every SmartCoin anew whose median holds a feed that expired.
pub(crate) fn update_expired_feeds(ledger: &mut Ledger) -> Result<(), Rejected> {
    let now = ledger.head_time()?;
    let expired: Vec<_> = ledger.tables.bitassets.index().expired_at(now).collect();
    expired.into_iter().try_for_each(|bitasset| update_expired_feed(ledger, bitasset))
}

fn update_expired_feed(ledger: &mut Ledger, bitasset: AssetBitassetDataId) -> Result<(), Rejected> {
    let data = ledger.get(bitasset)?;
    let (asset, old_feed, old_median) = (data.asset_id, data.current_feed, data.median_feed);
    update_bitasset_current_feed(ledger, bitasset, false)?;
    let data = ledger.get(bitasset)?;
    if calls_others(&old_feed, &data.current_feed) || calls_others(&old_median, &data.median_feed) {
        check_call_orders(ledger, asset, BlackSwan::Allowed)?;
    }
    match ledger.get(bitasset)?.need_to_update_cer() {
        true => set_from_feed(ledger, bitasset),
        false => Ok(()),
    }
}

/// Whether the new feed has a price and calls other positions than the old one.
fn calls_others(old: &PriceFeedWithIcr, new: &PriceFeedWithIcr) -> bool {
    !new.settlement_price.is_null() && !new.margin_call_params_equal(old)
}
