//! Liquidity pool update: changes the fees of a pool. The withdrawal fee can only go away, so that
//! nobody who put something in is surprised by one.
//!
//! Signed by: the active authority of `account`, who owns the pool and pays the fee.

use super::{LiquidityPoolRefusal, check_fee, check_percent};
use crate::Rejected;
use crate::ids::{AccountId, LiquidityPoolId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Changes the fees of a liquidity pool.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct LiquidityPoolUpdate {
    /// Fee.
    pub fee: Asset,
    /// Account that owns the pool.
    pub account: AccountId,
    /// The pool.
    pub pool: LiquidityPoolId,
    /// New fee on exchanges, in basis points.
    pub taker_fee_percent: Option<u16>,
    /// New fee on withdrawals, in basis points; only zero is possible.
    pub withdrawal_fee_percent: Option<u16>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of changing a pool, in smallest units of the core asset.
    pub struct LiquidityPoolUpdateFee {
        /// Per change.
        fee: u64 = 100_000,
    }
}

impl Stateless for LiquidityPoolUpdate {
    const NAME: &'static str = "liquidity_pool_update";
    type Fee = LiquidityPoolUpdateFee;

    paid_by!(account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        ensure!(
            self.taker_fee_percent.is_some() || self.withdrawal_fee_percent.is_some(),
            LiquidityPoolRefusal::NothingToUpdate
        );
        let percent = self.taker_fee_percent.unwrap_or(0);
        check_percent(percent, asked::pool::UPDATE_TAKER_FEE)?;
        let percent = self.withdrawal_fee_percent.unwrap_or(0);
        ensure!(percent == 0, LiquidityPoolRefusal::WithdrawalFeeNotZero { percent });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account);
    }
}
