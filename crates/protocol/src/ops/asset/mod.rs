//! Operations on assets: creation, options, supply, fee pools, feeds and settlements.
//!
//! Reasons that several of them share are in [`AssetRefusal`]; the rules of options are in
//! `options.rs`.

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

use crate::Rejected;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::reference_words::Asked;

refusals! {
    /// Why operations on assets are refused, where several of them share the reason, whatever the
    /// state.
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
