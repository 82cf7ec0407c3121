//! Asset update issuer: hands an asset over to another account.
//!
//! Signed by: the owner authority of `issuer`, who pays the fee.

use super::{AssetRefusal, check_fee};
use crate::Rejected;
use crate::fees::FeeSchedule;
use crate::ids::{AccountId, AssetId};
use crate::money::Asset;
use crate::ops::{FeeParameters, RequiredAuthorities, Stateless};
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Hands an asset over.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AssetUpdateIssuer {
    /// Fee, paid by `issuer`.
    pub fee: Asset,
    /// Who issues the asset.
    pub issuer: AccountId,
    /// The asset.
    pub asset_to_update: AssetId,
    /// Who is to issue it.
    pub new_issuer: AccountId,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a new issuer, in smallest units of the core asset.
    pub struct AssetUpdateIssuerFee {
        /// Per change.
        fee: u64 = 2_000_000,
    }
}

impl Stateless for AssetUpdateIssuer {
    const NAME: &'static str = "asset_update_issuer";
    type Fee = AssetUpdateIssuerFee;

    paid_by!(issuer);
    flat_fee!();

    /// A schedule older than the operation charges what an update costs.
    fn missing_fee(schedule: &FeeSchedule) -> Self::Fee {
        match schedule.find(11) {
            Some(FeeParameters::AssetUpdate(parameters)) => {
                AssetUpdateIssuerFee { fee: parameters.fee }
            }
            _ => AssetUpdateIssuerFee::default(),
        }
    }

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        let (account, asked) = (self.issuer, asked::asset::UPDATE_ISSUER_SAME);
        ensure!(account != self.new_issuer, AssetRefusal::SameIssuer { account, asked });
        Ok(())
    }

    fn authorities(&self, required: &mut RequiredAuthorities) {
        required.owner.insert(self.issuer);
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.issuer, self.new_issuer]);
    }
}
