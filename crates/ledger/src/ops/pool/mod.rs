//! Liquidity pools: two assets that anybody can exchange for each other at the ratio in which they
//! are in the pool. Who puts them in holds shares; whoever issues the share asset owns the pool.
//!
//! Invariant: an exchange never lowers the product of both balances, and whatever is rounded stays
//! in the pool.

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
use crate::evaluate::is_authorized_asset;
use crate::ids::{AccountId, AssetId, LiquidityPoolId};
use crate::objects::LiquidityPool;
use crate::{Ledger, Rejected};

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
        NotOwner { account: AccountId, owner: AccountId }:
            "{account} is not the owner {owner} of the liquidity pool",
        /// A SmartCoin as share asset.
        ShareAssetMarketIssued { share_asset: AssetId }:
            "Can not specify market-issued asset {share_asset} as the share asset of a pool",
        /// Shares of another pool.
        ShareAssetBound { share_asset: AssetId, pool: LiquidityPoolId }:
            "Share asset {share_asset} is already bound to liquidity pool {pool}",
        /// Shares before there is a pool.
        ShareSupplyNotZero { share_asset: AssetId, supply: i64 }:
            "Current supply of share asset {share_asset} needs to be zero, not {supply}",
        /// A pool that is still in use.
        NotEmpty { pool: LiquidityPoolId }: "Can not delete non-empty pool {pool}",
        /// Nothing is in the pool.
        Empty { pool: LiquidityPoolId }: "The pool {pool} has not been initialized",
        /// A taker fee besides a withdrawal fee.
        WithdrawalFeeStands { percent: u16 }:
            "Taker fee percent can only be updated if withdrawal fee percent, {percent}, is zero \
            or is to be updated to zero at the same time",
        /// Another asset than that of the pool.
        AssetMismatch { given: AssetId, expected: AssetId }:
            "Asset type mismatch: {given}, not {expected}",
        /// Assets that the pool does not exchange.
        MarketMismatch { sell: AssetId, receive: AssetId }:
            "The pool does not exchange {sell} for {receive}",
        /// Shares and balances contradict each other.
        Inconsistent { pool: LiquidityPoolId }:
            "balances and shares of {pool} contradict each other",
        /// No more shares may be made.
        NoNewSupply { share_asset: AssetId }:
            "Can not create new supply for share asset {share_asset}",
        /// The account may not hold one of the assets.
        Unauthorized { account: AccountId, asset: AssetId }:
            "{account} is unauthorized by asset {asset}",
        /// A first deposit that needs more shares than there may be.
        InitialDepositTooLarge { shares: i64, max_supply: i64 }:
            "For initial deposit, each amount should not be greater than the maximum supply \
            {max_supply} of the share asset, but one is {shares}",
        /// Too little to give anything for.
        ZeroOutcome: "Aborting due to zero outcome",
        /// More shares than there are.
        SharesAboveSupply { shares: i64, supply: i64 }:
            "Can not withdraw {shares} shares, more than the current supply {supply}",
        /// An asset does not let itself be traded for the other.
        MarketNotWhitelisted { asset: AssetId, other: AssetId }:
            "The market with {other} has not been whitelisted by asset {asset}",
        /// An asset forbids to be traded for the other.
        MarketBlacklisted { asset: AssetId, other: AssetId }:
            "The market with {other} has been blacklisted by asset {asset}",
        /// A market fee that leaves nothing to exchange.
        MakerFeeTooLarge { fee: i64, amount: i64 }:
            "Aborting since the maker market fee {fee} of the selling asset is too high: {amount}",
        /// Less to receive than wanted.
        UnfillablePrice { receives: i64, min_to_receive: i64 }
            [LIQUIDITY_POOL_EXCHANGE_UNFILLABLE_PRICE]:
            "Unable to exchange at expected price: {receives}, less than {min_to_receive}",
    }
}

fn check_percent(percent: u16) -> Result<(), Rejected> {
    ensure!(percent <= PERCENT_100, LiquidityPoolRefusal::PercentTooLarge { percent });
    Ok(())
}

/// Refuses another account than the issuer of the pool's share asset.
fn check_owner(ledger: &Ledger, pool: &LiquidityPool, account: AccountId) -> Result<(), Rejected> {
    let owner = ledger.get(pool.share_asset)?.issuer;
    ensure!(account == owner, LiquidityPoolRefusal::NotOwner { account, owner });
    Ok(())
}

/// Refuses an account that may not hold one of the assets.
fn check_authorized<const N: usize>(
    ledger: &Ledger,
    account: AccountId,
    assets: [AssetId; N],
) -> Result<(), Rejected> {
    let holder = ledger.get(account)?;
    for asset in assets {
        ensure!(
            is_authorized_asset(holder, ledger.get(asset)?),
            LiquidityPoolRefusal::Unauthorized { account, asset }
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests;
