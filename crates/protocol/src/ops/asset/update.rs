//! Asset update: new options of an asset, within what its permissions still allow.
//!
//! Signed by: the active authority of `issuer`, who pays the fee, which grows with the size of the
//! operation.

use super::{AssetRefusal, check_fee};
use crate::Rejected;
use crate::constants::CORE;
use crate::fees::{FeeSchedule, data_fee};
use crate::ids::{AccountId, AssetId};
use crate::money::{Asset, Shares};
use crate::ops::Stateless;
use crate::ops::asset::create::{AssetCreateRefusal, MAX_PRECISION};
use crate::ops::asset::options::AssetOptions;
use crate::reference_words as asked;
use carbyne_wire::{FlatSet, Pack, Wire};

refusals! {
    /// Why an asset is not updated, whatever the state.
    pub enum AssetUpdateRefusal {
        /// A core exchange rate that is not between the asset and the core asset.
        RateOfOtherAsset { asset: AssetId }:
            "the core exchange rate gives {asset}, not the core asset",
        /// An extension that can only be true.
        SkipIsFalse: "skip_core_exchange_rate can only be true or left out",
    }
}

/// Options of an update added later.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(extension)]
pub struct AssetUpdateExtensions {
    /// New number of decimal places.
    pub new_precision: Option<u8>,
    /// Keep the core exchange rate that the asset has.
    pub skip_core_exchange_rate: Option<bool>,
}

/// Changes the options of an asset.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AssetUpdate {
    /// Fee, paid by `issuer`.
    pub fee: Asset,
    /// Who issues the asset.
    pub issuer: AccountId,
    /// The asset.
    pub asset_to_update: AssetId,
    /// A new issuer was once set here.
    pub new_issuer: Option<AccountId>,
    /// All options, changed or not.
    pub new_options: AssetOptions,
    /// Options of the update.
    pub extensions: AssetUpdateExtensions,
}

fee_parameters! {
    /// Fee of an update, in smallest units of the core asset.
    pub struct AssetUpdateFee {
        /// Per update.
        fee: u64 = 50_000_000,
        /// Per 1,024 bytes of the operation.
        price_per_kbyte: u32 = 10,
    }
}

impl Stateless for AssetUpdate {
    const NAME: &'static str = "asset_update";
    type Fee = AssetUpdateFee;

    paid_by!(issuer);

    fn calculate_fee(&self, fee: &Self::Fee, _: &FeeSchedule) -> Result<i64, Rejected> {
        (fee.fee as i64).plus(data_fee(self.packed_len(), fee.price_per_kbyte.into())?)
    }

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        let (account, asked) = (self.issuer, asked::asset::UPDATE_SAME_ISSUER);
        ensure!(self.new_issuer != Some(account), AssetRefusal::SameIssuer { account, asked });
        self.new_options.validate()?;
        let unit = Asset::new(1, self.asset_to_update);
        let asset = unit.times(self.new_options.core_exchange_rate)?.asset_id;
        ensure!(asset == CORE, AssetUpdateRefusal::RateOfOtherAsset { asset });
        let precision = self.extensions.new_precision.unwrap_or(0);
        let asked = asked::asset::UPDATE_PRECISION;
        let too_large = AssetCreateRefusal::PrecisionTooLarge { precision, asked };
        ensure!(precision <= MAX_PRECISION, too_large);
        ensure!(
            self.extensions.skip_core_exchange_rate != Some(false),
            AssetUpdateRefusal::SkipIsFalse
        );
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.issuer);
        accounts.extend(self.new_issuer);
    }
}
