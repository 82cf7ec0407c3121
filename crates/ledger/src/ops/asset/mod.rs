//! Operations on assets: creation, options, supply, fee pools, feeds and settlements.
//!
//! Reasons that several of them share are in [`AssetRefusal`]; the rules of options are in
//! `options.rs`.

use crate::Rejected;
use crate::ids::{AccountId, AssetId};
use crate::money::Asset;
use crate::objects::AssetObject;
use crate::reference_words::Asked;

pub mod bid_collateral;
pub mod claim_fees;
pub mod claim_pool;
pub mod create;
pub mod execute_bid;
pub mod fund_fee_pool;
pub mod global_settle;
pub mod issue;
pub mod options;
pub mod override_transfer;
pub mod publish_feed;
pub mod reserve;
pub mod settle;
pub mod settle_cancel;
pub mod update;
pub mod update_bitasset;
pub mod update_feed_producers;
pub mod update_issuer;

pub use options::AssetOptionsRefusal;

refusals! {
    /// Why operations on assets are refused, where several of them share the reason.
    pub enum AssetRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// Only the chain makes this operation.
        Virtual { asked: Asked }: "only the chain makes this operation",
        /// An amount of nothing, or less.
        AmountNotPositive { amount: i64, asked: Asked }: "the amount {amount} is not positive",
        /// An amount above the greatest possible supply.
        AmountTooLarge { amount: i64, asked: Asked }: "the amount {amount} is above the maximum \
            supply",
        /// The issuer stays the same.
        SameIssuer { account: AccountId, asked: Asked }: "{account} is the issuer already",
        /// Someone else issues the asset.
        NotIssuer { account: AccountId, asset: AssetId, issuer: AccountId, asked: Asked }:
            "{account} is not the issuer of {asset}, {issuer} is",
        /// Someone else issues the asset that is to be updated.
        IncorrectIssuer { account: AccountId, issuer: AccountId }:
            "{account} is not the issuer, {issuer} is",
        /// The asset has no price feed.
        NotMarketIssued { asset: AssetId, asked: Asked }: "{asset} is no SmartCoin",
        /// The account has less than it is to give.
        InsufficientBalance { account: AccountId, has: i64, needs: i64, asked: Asked }:
            "{account} has {has} and needs {needs}",
        /// A SmartCoin of the committee would not be backed by the core asset.
        CommitteeNeedsCore { backing: AssetId, asked: Asked }:
            "a SmartCoin of the committee must be backed by the core asset, this one is by \
             {backing}",
    }
}

fn check_fee(fee: Asset) -> Result<(), Rejected> {
    ensure!(fee.amount >= 0, AssetRefusal::NegativeFee { fee: fee.amount });
    Ok(())
}

fn check_positive(amount: i64, asked: Asked) -> Result<(), Rejected> {
    ensure!(amount > 0, AssetRefusal::AmountNotPositive { amount, asked });
    Ok(())
}

fn check_issuer(asset: &AssetObject, account: AccountId, asked: Asked) -> Result<(), Rejected> {
    let (asset, issuer) = (asset.id, asset.issuer);
    ensure!(issuer == account, AssetRefusal::NotIssuer { account, asset, issuer, asked });
    Ok(())
}

fn check_updater(asset: &AssetObject, account: AccountId) -> Result<(), Rejected> {
    let issuer = asset.issuer;
    ensure!(issuer == account, AssetRefusal::IncorrectIssuer { account, issuer });
    Ok(())
}

fn check_market_issued(asset: &AssetObject, asked: Asked) -> Result<(), Rejected> {
    ensure!(asset.is_market_issued(), AssetRefusal::NotMarketIssued { asset: asset.id, asked });
    Ok(())
}

#[cfg(test)]
mod tests;
