//! Liquidity pools: what the operations do to the state. What they say is
//! [`carbyne_protocol::ops::pool`].

pub mod create;
pub mod delete;
pub mod deposit;
pub mod exchange;
pub mod update;
pub mod withdraw;

use crate::Ledger;
use crate::evaluate::check_authorized;
use crate::reference_words as asked;
use carbyne_objects::LiquidityPool;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, AssetId, LiquidityPoolId};
use carbyne_protocol::reference_words::Asked;
use carbyne_wire::Text;

refusals! {
    /// Why an operation about a liquidity pool is refused.
    pub enum LiquidityPoolRefusal {
        /// Only the issuer of the share asset owns the pool.
        NotOwner { account: AccountId, owner: AccountId, asked: Asked }:
            "{owner} owns the pool, not {account}",
        /// A SmartCoin as share asset.
        ShareAssetMarketIssued { share_asset: AssetId }:
            "{share_asset} is a SmartCoin and cannot be the share asset of a pool",
        /// Shares of another pool.
        ShareAssetBound { share_asset: AssetId, pool: LiquidityPoolId }:
            "{share_asset} is the share asset of {pool} already",
        /// Shares before there is a pool.
        ShareSupplyNotZero { share_asset: AssetId, supply: i64 }:
            "{supply} of the share asset {share_asset} exist, which must be none",
        /// A pool that is still in use.
        NotEmpty { pool: LiquidityPoolId }: "{pool} is not empty",
        /// Nothing is in the pool.
        Empty { pool: LiquidityPoolId }: "{pool} has nothing in it yet",
        /// A taker fee besides a withdrawal fee.
        WithdrawalFeeStands { percent: u16 }:
            "the taker fee cannot change while there is a withdrawal fee of {percent} basis points",
        /// Another asset than that of the pool.
        AssetMismatch { given: AssetId, expected: AssetId, asked: Asked }:
            "the amount is in {given}, not in {expected}",
        /// Assets that the pool does not exchange.
        MarketMismatch { sell: AssetId, receive: AssetId }:
            "the pool does not exchange {sell} for {receive}",
        /// No more shares may be made.
        NoNewSupply { share_asset: AssetId, asked: Asked }:
            "no more of the share asset {share_asset} may be created",
        /// A first deposit that needs more shares than there may be.
        InitialDepositTooLarge { shares: i64, max_supply: i64 }:
            "the deposit needs {shares} shares, {max_supply} may exist",
        /// Too little to give anything for.
        ZeroOutcome { asked: Asked }: "this is too little to give anything for",
        /// More shares than there are.
        SharesAboveSupply { shares: i64, supply: i64 }:
            "{shares} shares are given back, {supply} exist",
        /// An asset does not let itself be traded for the other.
        MarketNotWhitelisted { asset: char, other: char, market: String, symbol: Text }:
            "{symbol}, asset {asset} of the pool, does not list the market {market} with asset \
             {other}",
        /// An asset forbids to be traded for the other.
        MarketBlacklisted { asset: char, other: char, market: String, symbol: Text }:
            "{symbol}, asset {asset} of the pool, forbids the market {market} with asset {other}",
        /// A market fee that leaves nothing to exchange.
        MakerFeeTooLarge { fee: i64, amount: i64 }:
            "the market fee {fee} leaves nothing of {amount}",
        /// Less to receive than wanted.
        UnfillablePrice { receives: i64, min_to_receive: i64 }
            [LIQUIDITY_POOL_EXCHANGE_UNFILLABLE_PRICE]:
            "{receives} would be received, at least {min_to_receive} are asked for",
    }
}

/// Refuses another account than the issuer of the pool's share asset.
fn check_owner(ledger: &Ledger, pool: &LiquidityPool, account: AccountId) -> Result<(), Rejected> {
    let owner = ledger.get(pool.share_asset)?.issuer;
    let asked = asked::pool::OWNER;
    ensure!(account == owner, LiquidityPoolRefusal::NotOwner { account, owner, asked });
    Ok(())
}

/// Refuses another asset than the pool's.
fn check_asset(given: AssetId, expected: AssetId, asked: Asked) -> Result<(), Rejected> {
    ensure!(given == expected, LiquidityPoolRefusal::AssetMismatch { given, expected, asked });
    Ok(())
}

/// Refuses an account that may not hold the shares of a pool or either of its assets.
fn check_all_authorized(
    ledger: &Ledger,
    account: AccountId,
    pool: &LiquidityPool,
) -> Result<(), Rejected> {
    let asked = asked::pool::SHARE_ASSET;
    check_authorized(ledger, account, pool.share_asset, asked)?;
    let asked = asked::pool::ASSET_A;
    check_authorized(ledger, account, pool.asset_a, asked)?;
    let asked = asked::pool::ASSET_B;
    check_authorized(ledger, account, pool.asset_b, asked)
}

#[cfg(test)]
mod tests;
