//! Asset publish feed: a producer says what a SmartCoin is worth.
//!
//! Signed by: the active authority of `publisher`, who pays the fee.

use super::check_fee;
use crate::Rejected;
use crate::ids::{AccountId, AssetId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::price_feed::{PriceFeed, check_collateral_ratio};
use crate::reference_words as asked;
use carbyne_wire::{FlatSet, Wire};

/// Parts of a feed added later.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(extension)]
pub struct AssetPublishFeedExtensions {
    /// New and changed debt positions must be above this ratio, in thousandths (BSIP 77).
    pub initial_collateral_ratio: Option<u16>,
}

/// Publishes a price feed.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AssetPublishFeed {
    /// Fee, paid by `publisher`.
    pub fee: Asset,
    /// Who publishes.
    pub publisher: AccountId,
    /// The asset.
    pub asset_id: AssetId,
    /// The feed.
    pub feed: PriceFeed,
    /// Parts added later.
    pub extensions: AssetPublishFeedExtensions,
}

fee_parameters! {
    /// Fee of a feed, in smallest units of the core asset.
    pub struct AssetPublishFeedFee {
        /// Per feed.
        fee: u64 = 100_000,
    }
}

impl Stateless for AssetPublishFeed {
    const NAME: &'static str = "asset_publish_feed";
    type Fee = AssetPublishFeedFee;

    paid_by!(publisher);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        self.feed.validate_for(self.asset_id)?;
        let ratio = self.extensions.initial_collateral_ratio;
        ratio.map_or(Ok(()), |r| check_collateral_ratio(r, &asked::price_feed::INITIAL_RATIO))
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.publisher);
    }
}
