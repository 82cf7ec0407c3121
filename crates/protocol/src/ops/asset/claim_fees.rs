//! Asset claim fees: pays fees that an asset accumulated, in itself or in its collateral, out to
//! its issuer.
//!
//! Signed by: the active authority of `issuer`, who pays the fee.

use super::{check_fee, check_positive};
use crate::Rejected;
use crate::ids::{AccountId, AssetId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{FlatSet, Wire};

refusals! {
    /// Why fees are not paid out, whatever the state.
    pub enum AssetClaimFeesRefusal {
        /// An asset to claim from that is named though it is the one claimed.
        SameAsset { asset: AssetId }: "{asset} is claimed from itself, which is not to be said",
    }
}

/// Options of a claim.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(extension)]
pub struct AssetClaimFeesExtensions {
    /// The asset that accumulated the fees, if it is not the one that is claimed.
    pub claim_from_asset_id: Option<AssetId>,
}

/// Pays accumulated fees out.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AssetClaimFees {
    /// Fee, paid by `issuer`.
    pub fee: Asset,
    /// Who issues the asset that accumulated the fees.
    pub issuer: AccountId,
    /// How much of what.
    pub amount_to_claim: Asset,
    /// Options.
    pub extensions: AssetClaimFeesExtensions,
}

fee_parameters! {
    /// Fee of a claim, in smallest units of the core asset.
    pub struct AssetClaimFeesFee {
        /// Per claim.
        fee: u64 = 2_000_000,
    }
}

impl Stateless for AssetClaimFees {
    const NAME: &'static str = "asset_claim_fees";
    type Fee = AssetClaimFeesFee;

    paid_by!(issuer);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        check_positive(self.amount_to_claim.amount, asked::asset::CLAIM_AMOUNT)?;
        let asset = self.amount_to_claim.asset_id;
        ensure!(
            self.extensions.claim_from_asset_id != Some(asset),
            AssetClaimFeesRefusal::SameAsset { asset }
        );
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.issuer);
    }
}
