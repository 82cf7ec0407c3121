//! Liquidity pools: two assets that anybody can exchange for each other at the ratio in which they
//! are in the pool. Who puts them in holds shares; whoever issues the share asset owns the pool.
//!
//! Invariant: an exchange never lowers the product of both balances, and whatever is rounded stays
//! in the pool. What a rule over state refuses is said in the reference's words, its assertion
//! included, because proposals store them.

pub mod create;
pub mod delete;
pub mod deposit;
pub mod exchange;
pub mod update;
pub mod withdraw;

pub use create::LiquidityPoolCreate;
pub use delete::LiquidityPoolDelete;
pub use deposit::LiquidityPoolDeposit;
pub use exchange::LiquidityPoolExchange;
pub use update::LiquidityPoolUpdate;
pub use withdraw::LiquidityPoolWithdraw;

use crate::constants::PERCENT_100;
use crate::evaluate::check_authorized;
use crate::ids::{AccountId, AssetId, LiquidityPoolId};
use crate::objects::LiquidityPool;
use crate::{Ledger, Rejected};
use carbyne_wire::Text;

refusals! {
    /// Why an operation about a liquidity pool is refused.
    pub enum LiquidityPoolRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "Fee should not be negative: {fee}",
        /// Assets in the wrong order, or one asset twice.
        AssetOrder { asset_a: AssetId, asset_b: AssetId }:
            "ID of the first asset {asset_a} should be smaller than that of the second {asset_b}",
        /// Shares in a pool of themselves.
        ShareAssetInPool { share_asset: AssetId }:
            "Share asset {share_asset} can not be the same as one of the assets in the pool",
        /// A fee of more than everything.
        PercentTooLarge { percent: u16 }: "Fee of {percent} basis points should not exceed 100%",
        /// Nothing to change.
        NothingToUpdate: "Should update something",
        /// Another withdrawal fee than none.
        WithdrawalFeeNotZero { percent: u16 }:
            "Withdrawal fee percent can only be updated to zero, not {percent}",
        /// An amount of nothing, or less.
        AmountNotPositive { asset: AssetId, amount: i64 }:
            "Amount {amount} of {asset} should be positive",
        /// An asset in exchange for itself.
        SameAsset { asset: AssetId }: "ID of the two assets should not be the same: {asset}",
        /// Only the issuer of the share asset owns the pool.
        NotOwner { account: AccountId, owner: AccountId, words: &'static str }: "{words}",
        /// A SmartCoin as share asset.
        ShareAssetMarketIssued { share_asset: AssetId }:
            "!_share_asset->is_market_issued(): Can not specify a market-issued asset as the share \
            asset of a liquidity pool",
        /// Shares of another pool.
        ShareAssetBound { share_asset: AssetId, pool: LiquidityPoolId }:
            "!_share_asset->is_liquidity_pool_share_asset(): The share asset is already bound to \
            another liquidity pool",
        /// Shares before there is a pool.
        ShareSupplyNotZero { share_asset: AssetId, supply: i64 }:
            "_share_asset->dynamic_data(d).current_supply == 0: Current supply of the share asset \
            needs to be zero",
        /// A pool that is still in use.
        NotEmpty { pool: LiquidityPoolId }:
            "_pool->balance_a == 0 && _pool->balance_b == 0: Can not delete a non-empty pool",
        /// Nothing is in the pool.
        Empty { pool: LiquidityPoolId }:
            "_pool->balance_a > 0 && _pool->balance_b > 0: The pool has not been initialized",
        /// A taker fee besides a withdrawal fee.
        WithdrawalFeeStands { percent: u16 }:
            "0 == _pool->withdrawal_fee_percent || ( op.withdrawal_fee_percent.valid() && 0 == \
            *op.withdrawal_fee_percent ): Taker fee percent can only be updated if withdrawal fee \
            percent is zero or withdrawal fee percent is to be updated to zero at the same time",
        /// Another asset than that of the pool.
        AssetMismatch { given: AssetId, expected: AssetId, words: &'static str }: "{words}",
        /// Assets that the pool does not exchange.
        MarketMismatch { sell: AssetId, receive: AssetId }:
            "( op.amount_to_sell.asset_id == _pool->asset_a && op.min_to_receive.asset_id == \
            _pool->asset_b ) || ( op.amount_to_sell.asset_id == _pool->asset_b && \
            op.min_to_receive.asset_id == _pool->asset_a ): Asset type mismatch",
        /// No more shares may be made.
        NoNewSupply { share_asset: AssetId, words: &'static str }: "{words}",
        /// A first deposit that needs more shares than there may be.
        InitialDepositTooLarge { shares: i64, max_supply: i64 }:
            "share_amount <= share_asset_obj.options.max_supply: For initial deposit, each amount \
            of the two assets in the pool should not be greater than the maximum supply of the \
            share asset",
        /// Too little to give anything for.
        ZeroOutcome { words: &'static str }: "{words}",
        /// More shares than there are.
        SharesAboveSupply { shares: i64, supply: i64 }:
            "_share_asset_dyn_data->current_supply >= op.share_amount.amount: Can not withdraw an \
            amount that is more than the current supply",
        /// An asset does not let itself be traded for the other.
        MarketNotWhitelisted { asset: char, other: char, market: String, symbol: Text }:
            "asset_obj_{asset}.options.whitelist_markets.find(_pool->asset_{other}) != \
            asset_obj_{asset}.options.whitelist_markets.end(): The {market} market has not been \
            whitelisted by asset {symbol}",
        /// An asset forbids to be traded for the other.
        MarketBlacklisted { asset: char, other: char, market: String, symbol: Text }:
            "asset_obj_{asset}.options.blacklist_markets.find(_pool->asset_{other}) == \
            asset_obj_{asset}.options.blacklist_markets.end(): The {market} market has been \
            blacklisted by asset {symbol}",
        /// A market fee that leaves nothing to exchange.
        MakerFeeTooLarge { fee: i64, amount: i64 }:
            "_maker_market_fee < op.amount_to_sell: Aborting since the maker market fee of the \
            selling asset is too high",
        /// Less to receive than wanted.
        UnfillablePrice { receives: i64, min_to_receive: i64 }
            [LIQUIDITY_POOL_EXCHANGE_UNFILLABLE_PRICE]:
            "Unable to exchange at expected price",
    }
}

fn check_percent(percent: u16) -> Result<(), Rejected> {
    ensure!(percent <= PERCENT_100, LiquidityPoolRefusal::PercentTooLarge { percent });
    Ok(())
}

/// Refuses another account than the issuer of the pool's share asset.
fn check_owner(ledger: &Ledger, pool: &LiquidityPool, account: AccountId) -> Result<(), Rejected> {
    let owner = ledger.get(pool.share_asset)?.issuer;
    let words =
        "_share_asset->issuer == op.account: The account is not the owner of the liquidity pool";
    ensure!(account == owner, LiquidityPoolRefusal::NotOwner { account, owner, words });
    Ok(())
}

/// Refuses another asset than the pool's.
fn check_asset(given: AssetId, expected: AssetId, words: &'static str) -> Result<(), Rejected> {
    ensure!(given == expected, LiquidityPoolRefusal::AssetMismatch { given, expected, words });
    Ok(())
}

/// Refuses an account that may not hold the shares of a pool or either of its assets.
fn check_all_authorized(
    ledger: &Ledger,
    account: AccountId,
    pool: &LiquidityPool,
) -> Result<(), Rejected> {
    let words = "is_authorized_asset( d, *fee_paying_account, share_asset_obj ): \
                 The account is unauthorized by the share asset";
    check_authorized(ledger, account, pool.share_asset, words)?;
    let words = "is_authorized_asset( d, *fee_paying_account, _pool->asset_a(d) ): \
                 The account is unauthorized by asset A";
    check_authorized(ledger, account, pool.asset_a, words)?;
    let words = "is_authorized_asset( d, *fee_paying_account, _pool->asset_b(d) ): \
                 The account is unauthorized by asset B";
    check_authorized(ledger, account, pool.asset_b, words)
}

#[cfg(test)]
mod tests;
