//! Asset update bitasset: new options of a SmartCoin.
//!
//! Signed by: the active authority of `issuer`, who pays the fee.

use super::check_fee;
use crate::Rejected;
use crate::ids::{AccountId, AssetId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::ops::asset::options::BitassetOptions;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Changes the options of a SmartCoin.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AssetUpdateBitasset {
    /// Fee, paid by `issuer`.
    pub fee: Asset,
    /// Who issues the asset.
    pub issuer: AccountId,
    /// The asset.
    pub asset_to_update: AssetId,
    /// All options, changed or not.
    pub new_options: BitassetOptions,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of an update, in smallest units of the core asset.
    pub struct AssetUpdateBitassetFee {
        /// Per update.
        fee: u64 = 50_000_000,
    }
}

impl Stateless for AssetUpdateBitasset {
    const NAME: &'static str = "asset_update_bitasset";
    type Fee = AssetUpdateBitassetFee;

    paid_by!(issuer);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        self.new_options.validate()
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.issuer);
    }
}
