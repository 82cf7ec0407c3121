//! Asset global settle: the issuer closes all debt positions of a SmartCoin or prediction market at
//! one price.
//!
//! Signed by: the active authority of `issuer`, who pays the fee.

use super::check_fee;
use crate::Rejected;
use crate::ids::{AccountId, AssetId};
use crate::money::{Asset, Price};
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

refusals! {
    /// Why a global settlement is refused, whatever the state.
    pub enum AssetGlobalSettleRefusal {
        /// A price of another asset.
        PriceOfOtherAsset { asset: AssetId, base: AssetId }:
            "the settle price is of {base}, not of {asset}",
    }
}

/// Closes all debt positions of a SmartCoin.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AssetGlobalSettle {
    /// Fee, paid by `issuer`.
    pub fee: Asset,
    /// Who issues the asset.
    pub issuer: AccountId,
    /// The asset.
    pub asset_to_settle: AssetId,
    /// The price: debt / collateral.
    pub settle_price: Price,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a global settlement, in smallest units of the core asset.
    pub struct AssetGlobalSettleFee {
        /// Per settlement.
        fee: u64 = 50_000_000,
    }
}

impl Stateless for AssetGlobalSettle {
    const NAME: &'static str = "asset_global_settle";
    type Fee = AssetGlobalSettleFee;

    paid_by!(issuer);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        let (asset, base) = (self.asset_to_settle, self.settle_price.base.asset_id);
        ensure!(asset == base, AssetGlobalSettleRefusal::PriceOfOtherAsset { asset, base });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.issuer);
    }
}
