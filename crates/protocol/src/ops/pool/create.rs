//! Liquidity pool create: makes an empty pool whose shares are an asset of the account without
//! supply.
//!
//! Signed by: the active authority of `account`, who pays the fee and issues `share_asset`.

use super::{LiquidityPoolRefusal, check_fee, check_order, check_percent};
use crate::Rejected;
use crate::ids::{AccountId, AssetId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Makes an empty liquidity pool.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct LiquidityPoolCreate {
    /// Fee.
    pub fee: Asset,
    /// Account that issues the share asset and so owns the pool.
    pub account: AccountId,
    /// The first asset, which has the smaller id.
    pub asset_a: AssetId,
    /// The second asset.
    pub asset_b: AssetId,
    /// The asset whose supply is the shares.
    pub share_asset: AssetId,
    /// Fee on exchanges that stays in the pool, in basis points.
    pub taker_fee_percent: u16,
    /// Fee on withdrawals that stays in the pool, in basis points.
    pub withdrawal_fee_percent: u16,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a liquidity pool, in smallest units of the core asset.
    pub struct LiquidityPoolCreateFee {
        /// Per pool.
        fee: u64 = 5_000_000,
    }
}

impl Stateless for LiquidityPoolCreate {
    const NAME: &'static str = "liquidity_pool_create";
    type Fee = LiquidityPoolCreateFee;

    paid_by!(account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        let (asset_a, asset_b, share_asset) = (self.asset_a, self.asset_b, self.share_asset);
        check_fee(self.fee)?;
        check_order(asset_a, asset_b, asked::pool::CREATE_ORDER)?;
        ensure!(
            asset_a != share_asset && asset_b != share_asset,
            LiquidityPoolRefusal::ShareAssetInPool { share_asset }
        );
        check_percent(self.taker_fee_percent, asked::pool::CREATE_TAKER_FEE)?;
        check_percent(self.withdrawal_fee_percent, asked::pool::WITHDRAWAL_FEE)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account);
    }
}
