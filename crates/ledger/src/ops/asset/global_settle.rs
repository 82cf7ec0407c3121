//! Asset global settle: the issuer closes all debt positions of a SmartCoin or prediction market at
//! one price.
//!
//! Signed by: the active authority of `issuer`, who pays the fee.

use super::{check_fee, check_issuer, check_market_issued};
use crate::evaluate::{Context, Evaluate};
use crate::ids::{AccountId, AssetId};
use crate::market::{MarginCalls, find_least_collateralized, globally_settle_asset};
use crate::money::{Asset, Price};
use crate::ops::{OperationResult, Stateless};
use crate::reference_words as asked;
use crate::{Ledger, Rejected};
use carbyne_wire::{Extensions, FlatSet, Wire};

refusals! {
    /// Why a global settlement is refused.
    pub enum AssetGlobalSettleRefusal {
        /// A price of another asset.
        PriceOfOtherAsset { asset: AssetId, base: AssetId }:
            "the settle price is of {base}, not of {asset}",
        /// The permission was given up.
        NotPermitted { asset: AssetId }: "the permission to globally settle {asset} was given up",
        /// Nobody holds the asset.
        NoSupply { asset: AssetId }: "nobody holds {asset}: there is nothing to settle",
        /// The asset was settled before.
        AlreadySettled { asset: AssetId }: "{asset} is globally settled already",
        /// A price that the weakest position cannot pay.
        InsufficientCollateral { needs: i64, has: i64 }:
            "the weakest position has collateral {has} and would pay {needs} at this price",
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

impl Evaluate for AssetGlobalSettle {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let object = ledger.get(self.asset_to_settle)?;
        check_market_issued(object, asked::asset::GLOBAL_SETTLE_MARKET_ISSUED)?;
        let (asset, bitasset) = (object.id, ledger.bitasset(object)?);
        ensure!(object.can_global_settle(), AssetGlobalSettleRefusal::NotPermitted { asset });
        let asked = asked::asset::GLOBAL_SETTLE_ISSUER;
        check_issuer(object, self.issuer, asked)?;
        let supply = ledger.get(object.dynamic_asset_data_id)?.current_supply;
        ensure!(supply > 0, AssetGlobalSettleRefusal::NoSupply { asset });
        ensure!(
            !bitasset.is_globally_settled(),
            AssetGlobalSettleRefusal::AlreadySettled { asset }
        );
        let Some(weakest) = find_least_collateralized(ledger, bitasset) else { return Ok(()) };
        let position = ledger.get(weakest)?;
        let (needs, has) =
            (position.get_debt().times(self.settle_price)?, position.get_collateral());
        ensure!(
            needs.compare(has)?.is_le(),
            AssetGlobalSettleRefusal::InsufficientCollateral {
                needs: needs.amount,
                has: has.amount
            }
        );
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let price = self.settle_price;
        globally_settle_asset(ledger, self.asset_to_settle, price, MarginCalls::None)?;
        Ok(OperationResult::Void)
    }
}
