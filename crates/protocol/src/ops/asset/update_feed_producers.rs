//! Asset update feed producers: who may publish the price of a SmartCoin.
//!
//! Signed by: the active authority of `issuer`, who pays the fee.

use super::check_fee;
use crate::Rejected;
use crate::ids::{AccountId, AssetId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Names the feed producers of a SmartCoin.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AssetUpdateFeedProducers {
    /// Fee, paid by `issuer`.
    pub fee: Asset,
    /// Who issues the asset.
    pub issuer: AccountId,
    /// The asset.
    pub asset_to_update: AssetId,
    /// All producers; feeds of those that stay are kept.
    pub new_feed_producers: FlatSet<AccountId>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of an update, in smallest units of the core asset.
    pub struct AssetUpdateFeedProducersFee {
        /// Per update.
        fee: u64 = 50_000_000,
    }
}

impl Stateless for AssetUpdateFeedProducers {
    const NAME: &'static str = "asset_update_feed_producers";
    type Fee = AssetUpdateFeedProducersFee;

    paid_by!(issuer);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.issuer);
    }
}
