//! Asset claim fees: pays fees that an asset accumulated, in itself or in its collateral, out to
//! its issuer.
//!
//! Signed by: the active authority of `issuer`, who pays the fee.

use super::{check_fee, check_issuer, check_positive};
use crate::evaluate::{Context, Evaluate};
use crate::ids::{AccountId, AssetId};
use crate::money::{Asset, Shares};
use crate::objects::{AssetDynamicData, AssetObject};
use crate::ops::{OperationResult, Stateless};
use crate::reference_words as asked;
use crate::{Ledger, Rejected};
use carbyne_wire::{FlatSet, Json, Text, Value, Wire};

refusals! {
    /// Why fees are not paid out.
    pub enum AssetClaimFeesRefusal {
        /// An asset to claim from that is named though it is the one claimed.
        SameAsset { asset: AssetId }: "{asset} is claimed from itself, which is not to be said",
        /// An asset whose fees are not in what is claimed.
        NotAccumulated { symbol: Text, asset: AssetId, fee_asset: AssetId }:
            "{symbol} ({asset}) takes no fees in {fee_asset}",
        /// More than there is.
        AboveAccumulated {
            field: &'static str,
            kind: &'static str,
            place: String,
            data: Value,
            claim: Value,
        }:
            "more is claimed than there is: {claim} of {data}",
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

impl AssetClaimFees {
    /// The asset that accumulated the fees.
    fn container(&self) -> AssetId {
        self.extensions.claim_from_asset_id.unwrap_or(self.amount_to_claim.asset_id)
    }

    /// Where the container keeps fees in what is claimed.
    fn accumulated<'a>(&self, data: &'a mut AssetDynamicData) -> &'a mut i64 {
        if self.container() == self.amount_to_claim.asset_id {
            &mut data.accumulated_fees
        } else {
            &mut data.accumulated_collateral_fees
        }
    }

    fn check_asset(&self, ledger: &Ledger, container: &AssetObject) -> Result<(), Rejected> {
        let fee_asset = self.amount_to_claim.asset_id;
        let is_held = container.id == fee_asset
            || container.is_market_issued()
                && ledger.bitasset(container)?.options.short_backing_asset == fee_asset;
        let (symbol, asset) = (container.symbol.clone(), container.id);
        ensure!(is_held, AssetClaimFeesRefusal::NotAccumulated { symbol, asset, fee_asset });
        Ok(())
    }
}

impl AssetClaimFees {
    fn above_accumulated(
        &self,
        container: &AssetObject,
        data: &AssetDynamicData,
    ) -> AssetClaimFeesRefusal {
        let (symbol, asset, fee_asset) =
            (&container.symbol, container.id, self.amount_to_claim.asset_id);
        let (field, kind, place) = if asset == fee_asset {
            ("accumulated_fees", "fees", format!("{symbol} ({asset})"))
        } else {
            let place = format!("{symbol} ({asset}) backed by ({fee_asset})");
            ("accumulated_collateral_fees", "backing-asset fees", place)
        };
        let (data, claim) = (data.to_json(), self.amount_to_claim.to_json());
        AssetClaimFeesRefusal::AboveAccumulated { field, kind, place, data, claim }
    }
}

impl Evaluate for AssetClaimFees {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let container = ledger.get(self.container())?;
        let asked = asked::asset::CLAIM_FEES_ISSUER;
        check_issuer(container, self.issuer, asked)?;
        self.check_asset(ledger, container)?;
        let mut data = ledger.get(container.dynamic_asset_data_id)?.clone();
        if self.amount_to_claim.amount > *self.accumulated(&mut data) {
            return Err(self.above_accumulated(container, &data).into());
        }
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let data = ledger.get(self.container())?.dynamic_asset_data_id;
        ledger.try_modify(data, |data| {
            let accumulated = self.accumulated(data);
            *accumulated = accumulated.minus(self.amount_to_claim.amount)?;
            Ok(())
        })?;
        ledger.adjust_balance(self.issuer, self.amount_to_claim)?;
        Ok(OperationResult::Void)
    }
}
