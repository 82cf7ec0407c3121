//! Liquidity pool create: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::pool::create`].

use super::LiquidityPoolRefusal;
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use crate::reference_words as asked;
use carbyne_objects::LiquidityPool;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::LiquidityPoolId;
use carbyne_protocol::ops::pool::create::LiquidityPoolCreate;
use carbyne_protocol::ops::{GenericResult, OperationResult};
use carbyne_wire::FlatSet;

impl Evaluate for LiquidityPoolCreate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        ledger.get(self.asset_a)?;
        ledger.get(self.asset_b)?;
        let share = ledger.get(self.share_asset)?;
        let (account, owner, share_asset) = (self.account, share.issuer, share.id);
        let asked = asked::pool::CREATE_OWNER;
        ensure!(account == owner, LiquidityPoolRefusal::NotOwner { account, owner, asked });
        ensure!(
            !share.is_market_issued(),
            LiquidityPoolRefusal::ShareAssetMarketIssued { share_asset }
        );
        if let Some(pool) = share.for_liquidity_pool {
            return Err(LiquidityPoolRefusal::ShareAssetBound { share_asset, pool }.into());
        }
        let supply = ledger.get(share.dynamic_asset_data_id)?.current_supply;
        ensure!(supply == 0, LiquidityPoolRefusal::ShareSupplyNotZero { share_asset, supply });
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let pool: LiquidityPoolId = ledger.create(LiquidityPool {
            asset_a: self.asset_a,
            asset_b: self.asset_b,
            share_asset: self.share_asset,
            taker_fee_percent: self.taker_fee_percent,
            withdrawal_fee_percent: self.withdrawal_fee_percent,
            ..LiquidityPool::default()
        });
        ledger.modify(self.share_asset, |share| share.for_liquidity_pool = Some(pool))?;
        Ok(OperationResult::Generic(Box::new(GenericResult {
            new_objects: [pool.into()].into_iter().collect(),
            updated_objects: [self.share_asset.into()].into_iter().collect(),
            removed_objects: FlatSet::new(),
        })))
    }
}
