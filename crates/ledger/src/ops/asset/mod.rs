//! Operations on assets: what they do to the state. What they say is
//! [`carbyne_protocol::ops::asset`].

pub mod bid_collateral;
pub mod claim_fees;
pub mod claim_pool;
pub mod create;
pub mod fund_fee_pool;
pub mod global_settle;
pub mod issue;
pub mod override_transfer;
pub mod publish_feed;
pub mod reserve;
pub mod settle;
pub mod update;
pub mod update_bitasset;
pub mod update_feed_producers;
pub mod update_issuer;

use carbyne_objects::AssetObject;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, AssetId};
use carbyne_protocol::reference_words::Asked;

refusals! {
    /// Why operations on assets are refused, where several of them share the reason.
    pub enum AssetRefusal {
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
mod options;
#[cfg(test)]
mod tests;
