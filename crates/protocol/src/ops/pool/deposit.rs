//! Liquidity pool deposit: puts both assets into a pool, in the ratio in which they are there, for
//! new shares. The owner's first deposit sets the ratio.
//!
//! Signed by: the active authority of `account`, who pays the fee.

use super::{check_fee, check_order, check_positive};
use crate::Rejected;
use crate::ids::{AccountId, LiquidityPoolId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Puts both assets into a liquidity pool.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct LiquidityPoolDeposit {
    /// Fee.
    pub fee: Asset,
    /// Account that puts in.
    pub account: AccountId,
    /// The pool.
    pub pool: LiquidityPoolId,
    /// The most to put in of the first asset.
    pub amount_a: Asset,
    /// The most to put in of the second asset.
    pub amount_b: Asset,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a deposit, in smallest units of the core asset.
    pub struct LiquidityPoolDepositFee {
        /// Per deposit.
        fee: u64 = 10_000,
    }
}

impl Stateless for LiquidityPoolDeposit {
    const NAME: &'static str = "liquidity_pool_deposit";
    type Fee = LiquidityPoolDepositFee;

    paid_by!(account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        for amount in [self.amount_a, self.amount_b] {
            check_positive(amount, asked::pool::DEPOSIT_AMOUNTS)?;
        }
        let (asset_a, asset_b) = (self.amount_a.asset_id, self.amount_b.asset_id);
        check_order(asset_a, asset_b, asked::pool::DEPOSIT_ORDER)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account);
    }
}
