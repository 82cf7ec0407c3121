//! Liquidity pool withdraw: gives shares back for their part of both assets, less the pool's
//! withdrawal fee. The last shares get everything and pay no such fee.
//!
//! Signed by: the active authority of `account`, who pays the fee.

use super::{check_fee, check_positive};
use crate::Rejected;
use crate::ids::{AccountId, LiquidityPoolId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Gives shares of a liquidity pool back.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct LiquidityPoolWithdraw {
    /// Fee.
    pub fee: Asset,
    /// Account that gives shares back.
    pub account: AccountId,
    /// The pool.
    pub pool: LiquidityPoolId,
    /// The shares.
    pub share_amount: Asset,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a withdrawal, in smallest units of the core asset.
    pub struct LiquidityPoolWithdrawFee {
        /// Per withdrawal.
        fee: u64 = 500_000,
    }
}

impl Stateless for LiquidityPoolWithdraw {
    const NAME: &'static str = "liquidity_pool_withdraw";
    type Fee = LiquidityPoolWithdrawFee;

    paid_by!(account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        check_positive(self.share_amount, asked::pool::SHARE_AMOUNT)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account);
    }
}
