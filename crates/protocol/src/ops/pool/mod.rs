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

use crate::Rejected;
use crate::constants::PERCENT_100;
use crate::ids::AssetId;
use crate::money::Asset;
use crate::reference_words::Asked;

refusals! {
    /// Why an operation about a liquidity pool is refused, whatever the state.
    pub enum LiquidityPoolRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// Assets in the wrong order, or one asset twice.
        AssetOrder { asset_a: AssetId, asset_b: AssetId, asked: Asked }:
            "the first asset {asset_a} must have a smaller number than the second, {asset_b}",
        /// Shares in a pool of themselves.
        ShareAssetInPool { share_asset: AssetId }:
            "the share asset {share_asset} cannot be in the pool",
        /// A fee of more than everything.
        PercentTooLarge { percent: u16, asked: Asked }:
            "a fee of {percent} basis points is above 100%",
        /// Nothing to change.
        NothingToUpdate: "the update changes nothing",
        /// Another withdrawal fee than none.
        WithdrawalFeeNotZero { percent: u16 }:
            "the withdrawal fee can only be updated to zero, not to {percent}",
        /// An amount of nothing, or less.
        AmountNotPositive { asset: AssetId, amount: i64, asked: Asked }:
            "the amount {amount} of {asset} is not positive",
        /// An asset in exchange for itself.
        SameAsset { asset: AssetId }: "{asset} cannot be exchanged for itself",
    }
}

fn check_fee(fee: Asset) -> Result<(), Rejected> {
    ensure!(fee.amount >= 0, LiquidityPoolRefusal::NegativeFee { fee: fee.amount });
    Ok(())
}

fn check_positive(amount: Asset, asked: Asked) -> Result<(), Rejected> {
    let Asset { amount, asset_id: asset } = amount;
    ensure!(amount > 0, LiquidityPoolRefusal::AmountNotPositive { asset, amount, asked });
    Ok(())
}

fn check_order(asset_a: AssetId, asset_b: AssetId, asked: Asked) -> Result<(), Rejected> {
    ensure!(asset_a < asset_b, LiquidityPoolRefusal::AssetOrder { asset_a, asset_b, asked });
    Ok(())
}

fn check_percent(percent: u16, asked: Asked) -> Result<(), Rejected> {
    ensure!(percent <= PERCENT_100, LiquidityPoolRefusal::PercentTooLarge { percent, asked });
    Ok(())
}
