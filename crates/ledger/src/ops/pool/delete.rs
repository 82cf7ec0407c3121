//! Liquidity pool delete: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::pool::delete`].

use super::{LiquidityPoolRefusal, check_owner};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::pool::delete::LiquidityPoolDelete;
use carbyne_protocol::ops::{GenericResult, OperationResult};
use carbyne_wire::FlatSet;

impl Evaluate for LiquidityPoolDelete {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let pool = ledger.get(self.pool)?;
        ensure!(pool.is_empty(), LiquidityPoolRefusal::NotEmpty { pool: pool.id });
        check_owner(ledger, pool, self.account)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let pool = ledger.remove(self.pool)?;
        ledger.modify(pool.share_asset, |share| share.for_liquidity_pool = None)?;
        Ok(OperationResult::Generic(Box::new(GenericResult {
            new_objects: FlatSet::new(),
            updated_objects: [pool.share_asset.into()].into_iter().collect(),
            removed_objects: [pool.id.into()].into_iter().collect(),
        })))
    }
}
