//! Asset update issuer: hands an asset over to another account.
//!
//! Signed by: the owner authority of `issuer`, who pays the fee.

use super::{AssetRefusal, check_fee, check_updater};
use crate::constants::{COMMITTEE_ACCOUNT, CORE};
use crate::evaluate::{Context, Evaluate};
use crate::fees::FeeSchedule;
use crate::ids::{AccountId, AssetId};
use crate::money::Asset;
use crate::objects::AssetObject;
use crate::ops::{FeeParameters, OperationResult, RequiredAuthorities, Stateless};
use crate::reference_words as asked;
use crate::{Ledger, Rejected};
use carbyne_wire::{Extensions, FlatSet, Wire};

refusals! {
    /// Why an asset is not handed over.
    pub enum AssetUpdateIssuerRefusal {
        /// Nobody to hand it to.
        UnknownIssuer { account: AccountId }: "there is no account {account} to be the new issuer",
    }
}

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

/// A SmartCoin of the committee must be backed by the core asset, at most through one other.
fn check_committee_asset(ledger: &Ledger, asset: &AssetObject) -> Result<(), Rejected> {
    let mut asked = asked::asset::ISSUER_COMMITTEE_BACKING;
    let mut backing = ledger.get(ledger.bitasset(asset)?.options.short_backing_asset)?;
    if backing.is_market_issued() {
        backing = ledger.get(ledger.bitasset(backing)?.options.short_backing_asset)?;
        asked = asked::asset::ISSUER_COMMITTEE_BACKING_BACKING;
    }
    ensure!(backing.id == CORE, AssetRefusal::CommitteeNeedsCore { backing: backing.id, asked });
    Ok(())
}

impl Evaluate for AssetUpdateIssuer {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let asset = ledger.get(self.asset_to_update)?;
        let account = self.new_issuer;
        ensure!(
            ledger.find(account).is_some(),
            AssetUpdateIssuerRefusal::UnknownIssuer { account }
        );
        if asset.is_market_issued() && self.new_issuer == COMMITTEE_ACCOUNT {
            check_committee_asset(ledger, asset)?;
        }
        check_updater(asset, self.issuer)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.modify(self.asset_to_update, |asset| asset.issuer = self.new_issuer)?;
        Ok(OperationResult::Void)
    }
}
