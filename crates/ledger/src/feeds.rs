//! SmartCoins seen from the ledger: their data, supply and price feeds.

use crate::ids::AssetId;
use crate::money::{Asset, Shares};
use crate::objects::{AssetBitassetData, AssetObject};
use crate::{Ledger, Rejected};

refusals! {
    /// Why an asset has no feed or a feed has no effect.
    pub enum FeedRefusal {
        /// The asset has no price feed.
        NotMarketIssued { asset: AssetId }: "Asset {asset} is not a market issued asset",
    }
}

impl Ledger {
    /// The feeds and settlement state of an asset, refused if it is no SmartCoin.
    pub fn bitasset(&self, asset: &AssetObject) -> Result<&AssetBitassetData, Rejected> {
        match asset.bitasset_data_id {
            Some(data) => self.get(data),
            None => Err(FeedRefusal::NotMarketIssued { asset: asset.id }.into()),
        }
    }

    /// Adds `delta`, which may be negative, to what exists of an asset.
    pub(crate) fn adjust_supply(&mut self, delta: Asset) -> Result<(), Rejected> {
        let data = self.get(delta.asset_id)?.dynamic_asset_data_id;
        self.try_modify(data, |data| {
            data.current_supply = data.current_supply.plus(delta.amount)?;
            Ok(())
        })
    }
}
