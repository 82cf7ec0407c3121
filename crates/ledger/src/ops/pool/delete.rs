//! Liquidity pool delete: removes a pool that nothing is in.
//!
//! Signed by: the active authority of `account`, who owns the pool and pays the fee.

use super::{LiquidityPoolRefusal, check_fee, check_owner};
use crate::evaluate::{Context, Evaluate};
use crate::ids::{AccountId, LiquidityPoolId};
use crate::money::Asset;
use crate::ops::{GenericResult, OperationResult, Stateless};
use crate::{Ledger, Rejected};
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Removes an empty liquidity pool.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct LiquidityPoolDelete {
    /// Fee.
    pub fee: Asset,
    /// Account that owns the pool.
    pub account: AccountId,
    /// The pool.
    pub pool: LiquidityPoolId,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of removing a pool, in smallest units of the core asset.
    pub struct LiquidityPoolDeleteFee {
        /// Per pool.
        fee: u64 = 0,
    }
}

impl Stateless for LiquidityPoolDelete {
    const NAME: &'static str = "liquidity_pool_delete";
    type Fee = LiquidityPoolDeleteFee;

    paid_by!(account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account);
    }
}

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
