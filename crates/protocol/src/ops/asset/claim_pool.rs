//! Asset claim pool: pays core from the fee pool of an asset out to its issuer.
//!
//! Signed by: the active authority of `issuer`, who pays the fee, not in the asset itself.

use super::{check_fee, check_positive};
use crate::Rejected;
use crate::constants::CORE;
use crate::fees::FeeSchedule;
use crate::ids::{AccountId, AssetId};
use crate::money::Asset;
use crate::ops::{FeeParameters, Stateless};
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatSet, Wire};

refusals! {
    /// Why a fee pool is not paid out, whatever the state.
    pub enum AssetClaimPoolRefusal {
        /// A fee that the pool would have to convert.
        FeeFromPool { asset: AssetId }: "the fee cannot be paid in {asset}, whose pool is claimed",
        /// Something that is not in a fee pool.
        NotCore { asset: AssetId }: "a fee pool holds the core asset, not {asset}",
    }
}

/// Pays core from a fee pool out.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AssetClaimPool {
    /// Fee, paid by `issuer`.
    pub fee: Asset,
    /// Who issues the asset.
    pub issuer: AccountId,
    /// The asset.
    pub asset_id: AssetId,
    /// How much, of core.
    pub amount_to_claim: Asset,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a claim, in smallest units of the core asset.
    pub struct AssetClaimPoolFee {
        /// Per claim.
        fee: u64 = 2_000_000,
    }
}

impl Stateless for AssetClaimPool {
    const NAME: &'static str = "asset_claim_pool";
    type Fee = AssetClaimPoolFee;

    paid_by!(issuer);
    flat_fee!();

    /// A schedule older than the operation charges what funding a pool costs.
    fn missing_fee(schedule: &FeeSchedule) -> Self::Fee {
        match schedule.find(16) {
            Some(FeeParameters::AssetFundFeePool(parameters)) => {
                AssetClaimPoolFee { fee: parameters.fee }
            }
            _ => AssetClaimPoolFee::default(),
        }
    }

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        let asset = self.asset_id;
        ensure!(self.fee.asset_id != asset, AssetClaimPoolRefusal::FeeFromPool { asset });
        check_positive(self.amount_to_claim.amount, asked::asset::CLAIM_AMOUNT)?;
        let asset = self.amount_to_claim.asset_id;
        ensure!(asset == CORE, AssetClaimPoolRefusal::NotCore { asset });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.issuer);
    }
}
