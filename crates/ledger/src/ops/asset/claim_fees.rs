//! Asset claim fees: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::asset::claim_fees`].

use super::check_issuer;
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use crate::reference_words as asked;
use carbyne_objects::{AssetDynamicData, AssetObject};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::AssetId;
use carbyne_protocol::money::Shares;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::asset::claim_fees::AssetClaimFees;
use carbyne_wire::{Json, Text, Value};

refusals! {
    /// Why fees are not paid out.
    pub enum AssetClaimFeesRefusal {
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

/// The asset that accumulated the fees.
fn container(operation: &AssetClaimFees) -> AssetId {
    operation.extensions.claim_from_asset_id.unwrap_or(operation.amount_to_claim.asset_id)
}

/// Where the container keeps fees in what is claimed.
fn accumulated<'a>(operation: &AssetClaimFees, data: &'a mut AssetDynamicData) -> &'a mut i64 {
    if container(operation) == operation.amount_to_claim.asset_id {
        &mut data.accumulated_fees
    } else {
        &mut data.accumulated_collateral_fees
    }
}

fn check_asset(
    operation: &AssetClaimFees,
    ledger: &Ledger,
    container: &AssetObject,
) -> Result<(), Rejected> {
    let fee_asset = operation.amount_to_claim.asset_id;
    let is_held = container.id == fee_asset
        || container.is_market_issued()
            && ledger.bitasset(container)?.options.short_backing_asset == fee_asset;
    let (symbol, asset) = (container.symbol.clone(), container.id);
    ensure!(is_held, AssetClaimFeesRefusal::NotAccumulated { symbol, asset, fee_asset });
    Ok(())
}

fn above_accumulated(
    operation: &AssetClaimFees,
    container: &AssetObject,
    data: &AssetDynamicData,
) -> AssetClaimFeesRefusal {
    let (symbol, asset, fee_asset) =
        (&container.symbol, container.id, operation.amount_to_claim.asset_id);
    let (field, kind, place) = if asset == fee_asset {
        ("accumulated_fees", "fees", format!("{symbol} ({asset})"))
    } else {
        let place = format!("{symbol} ({asset}) backed by ({fee_asset})");
        ("accumulated_collateral_fees", "backing-asset fees", place)
    };
    let (data, claim) = (data.to_json(), operation.amount_to_claim.to_json());
    AssetClaimFeesRefusal::AboveAccumulated { field, kind, place, data, claim }
}

impl Evaluate for AssetClaimFees {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let container = ledger.get(container(self))?;
        let asked = asked::asset::CLAIM_FEES_ISSUER;
        check_issuer(container, self.issuer, asked)?;
        check_asset(self, ledger, container)?;
        let mut data = ledger.get(container.dynamic_asset_data_id)?.clone();
        if self.amount_to_claim.amount > *accumulated(self, &mut data) {
            return Err(above_accumulated(self, container, &data).into());
        }
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let data = ledger.get(container(self))?.dynamic_asset_data_id;
        ledger.try_modify(data, |data| {
            let accumulated = accumulated(self, data);
            *accumulated = accumulated.minus(self.amount_to_claim.amount)?;
            Ok(())
        })?;
        ledger.adjust_balance(self.issuer, self.amount_to_claim)?;
        Ok(OperationResult::Void)
    }
}
