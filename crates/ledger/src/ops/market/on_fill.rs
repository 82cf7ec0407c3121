//! What a limit order does by itself when it is filled, as far as the state decides whether it can.
//! What it says is [`carbyne_protocol::ops::market::on_fill`].

use crate::Ledger;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::AssetId;
use carbyne_protocol::ops::market::on_fill::LimitOrderAutoAction;
use carbyne_protocol::reference_words::Asked;

refusals! {
    /// Why an automatic action is refused.
    pub enum OnFillRefusal {
        /// More actions than the chain can handle.
        WrongNumberOfActions { count: usize, asked: Asked }:
            "there are {count} actions, the chain handles one",
        /// The fee asset is not there.
        UnknownFeeAsset { asset: AssetId }: "there is no asset {asset} to pay the fee with",
    }
}

/// Refuses actions whose fee asset does not exist.
pub(super) fn check_fee_assets(
    ledger: &Ledger,
    actions: &[LimitOrderAutoAction],
) -> Result<(), Rejected> {
    for action in actions {
        let asset = action.take_profit().fee_asset_id;
        ensure!(ledger.find(asset).is_some(), OnFillRefusal::UnknownFeeAsset { asset });
    }
    Ok(())
}
