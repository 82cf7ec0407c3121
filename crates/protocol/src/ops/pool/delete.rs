//! Liquidity pool delete: removes a pool that nothing is in.
//!
//! Signed by: the active authority of `account`, who owns the pool and pays the fee.

use super::check_fee;
use crate::Rejected;
use crate::ids::{AccountId, LiquidityPoolId};
use crate::money::Asset;
use crate::ops::Stateless;
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
