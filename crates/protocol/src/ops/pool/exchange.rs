//! Liquidity pool exchange: sells an amount of one asset to a pool for the other. The pool pays so
//! much that the product of its balances stays, rounded in its favour, and keeps its own fee of
//! that. Both issuers take their market fees: from what the pool receives as from a maker, from
//! what the account receives as from a taker.
//!
//! Signed by: the active authority of `account`, who pays the fee.

use super::{LiquidityPoolRefusal, check_fee, check_positive};
use crate::Rejected;
use crate::ids::{AccountId, LiquidityPoolId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Exchanges one asset of a liquidity pool for the other.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct LiquidityPoolExchange {
    /// Fee.
    pub fee: Asset,
    /// Account that exchanges.
    pub account: AccountId,
    /// The pool.
    pub pool: LiquidityPoolId,
    /// What is sold.
    pub amount_to_sell: Asset,
    /// The least to receive of the other asset.
    pub min_to_receive: Asset,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of an exchange, in smallest units of the core asset.
    pub struct LiquidityPoolExchangeFee {
        /// Per exchange.
        fee: u64 = 100_000,
    }
}

impl Stateless for LiquidityPoolExchange {
    const NAME: &'static str = "liquidity_pool_exchange";
    type Fee = LiquidityPoolExchangeFee;

    paid_by!(account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        check_positive(self.amount_to_sell, asked::pool::SELL_AMOUNT)?;
        check_positive(self.min_to_receive, asked::pool::RECEIVE_AMOUNT)?;
        let asset = self.amount_to_sell.asset_id;
        ensure!(asset != self.min_to_receive.asset_id, LiquidityPoolRefusal::SameAsset { asset });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account);
    }
}
