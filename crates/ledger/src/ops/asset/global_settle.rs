//! Asset global settle: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::asset::global_settle`].

use super::{check_issuer, check_market_issued};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use crate::market::{MarginCalls, find_least_collateralized, globally_settle_asset};
use crate::reference_words as asked;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::AssetId;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::asset::global_settle::AssetGlobalSettle;

refusals! {
    /// Why a global settlement is refused.
    pub enum AssetGlobalSettleRefusal {
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
