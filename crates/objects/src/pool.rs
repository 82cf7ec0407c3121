//! Liquidity pools (reference: `chain/liquidity_pool_object.hpp`).
//!
//! Invariant: both balances are zero or none is, and they are zero exactly while no share exists.

use super::{Run, all_of};
use carbyne_graph::Index;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::Asset;
use carbyne_wire::Wire;
use std::collections::BTreeSet;

/// Two assets that anybody can exchange for each other, and who put them in holds shares.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct LiquidityPool {
    /// Id.
    pub id: LiquidityPoolId,
    /// The first asset, which has the smaller id.
    pub asset_a: AssetId,
    /// The second asset.
    pub asset_b: AssetId,
    /// What is in of the first asset, in smallest units.
    pub balance_a: i64,
    /// What is in of the second asset, in smallest units.
    pub balance_b: i64,
    /// The asset whose supply is the shares.
    pub share_asset: AssetId,
    /// Fee on exchanges that stays in the pool, in basis points.
    pub taker_fee_percent: u16,
    /// Fee on withdrawals that stays in the pool, in basis points.
    pub withdrawal_fee_percent: u16,
    /// Product of both balances; an exchange never lowers it.
    pub virtual_value: u128,
}
object! {
    LiquidityPool, LiquidityPoolIndex,
    holds |pool, _assets, sheet| {
        sheet.hold(Asset::new(pool.balance_a, pool.asset_a));
        sheet.hold(Asset::new(pool.balance_b, pool.asset_b));
    },
    concerns []
}

impl LiquidityPool {
    /// Whether nothing is in it.
    pub const fn is_empty(&self) -> bool {
        self.balance_a == 0 && self.balance_b == 0
    }

    /// What is in of the first asset.
    pub const fn amount_a(&self) -> Asset {
        Asset::new(self.balance_a, self.asset_a)
    }

    /// What is in of the second asset.
    pub const fn amount_b(&self) -> Asset {
        Asset::new(self.balance_b, self.asset_b)
    }

    /// Sets what is in, and the product of it.
    pub fn set_balances(&mut self, balance_a: i64, balance_b: i64) {
        self.balance_a = balance_a;
        self.balance_b = balance_b;
        self.virtual_value = (balance_a as u128).wrapping_mul(balance_b as u128);
    }
}

/// Pools by their assets.
#[derive(Clone, Debug, Default)]
pub struct LiquidityPoolIndex {
    by_asset_a: BTreeSet<(AssetId, u64)>,
    by_asset_b: BTreeSet<(AssetId, u64)>,
    by_asset_ab: BTreeSet<((AssetId, AssetId), u64)>,
}

impl LiquidityPoolIndex {
    /// The pools whose first asset is `asset_a`, oldest first.
    pub fn of_asset_a(&self, asset_a: AssetId) -> Run<'_, AssetId, 1, 19> {
        all_of(&self.by_asset_a, asset_a)
    }

    /// The pools whose second asset is `asset_b`, oldest first.
    pub fn of_asset_b(&self, asset_b: AssetId) -> Run<'_, AssetId, 1, 19> {
        all_of(&self.by_asset_b, asset_b)
    }

    /// The pools of both assets, oldest first; `asset_a` is the one with the smaller id.
    pub fn of_assets(
        &self,
        asset_a: AssetId,
        asset_b: AssetId,
    ) -> Run<'_, (AssetId, AssetId), 1, 19> {
        all_of(&self.by_asset_ab, (asset_a, asset_b))
    }
}

impl Index<LiquidityPool> for LiquidityPoolIndex {
    type Keys = (AssetId, AssetId);
    fn keys(row: &LiquidityPool) -> Self::Keys {
        (row.asset_a, row.asset_b)
    }
    fn insert(&mut self, instance: u64, (asset_a, asset_b): Self::Keys) {
        self.by_asset_a.insert((asset_a, instance));
        self.by_asset_b.insert((asset_b, instance));
        self.by_asset_ab.insert(((asset_a, asset_b), instance));
    }
    fn remove(&mut self, instance: u64, (asset_a, asset_b): Self::Keys) {
        self.by_asset_a.remove(&(asset_a, instance));
        self.by_asset_b.remove(&(asset_b, instance));
        self.by_asset_ab.remove(&((asset_a, asset_b), instance));
    }
}
