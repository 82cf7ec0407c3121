//! Vesting balances: amounts that become their owner's over time (reference:
//! `chain/vesting_balance_object.hpp`). The arithmetic of the policies stands in `vesting.rs`.

use super::{Run, all_of};
use carbyne_graph::Index;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::Asset;
use carbyne_wire::{Id, TimePointSec, Wire};
use std::collections::BTreeSet;

/// How an amount vests.
#[derive(Clone, Debug, PartialEq, Wire)]
pub enum VestingPolicy {
    /// Evenly over a period that may have a cliff.
    Linear(LinearVesting),
    /// By the coin-seconds it lies there.
    Cdd(CddVesting),
    /// At once.
    Instant,
}

impl Default for VestingPolicy {
    fn default() -> Self {
        Self::Linear(LinearVesting::default())
    }
}

/// Vests evenly over a period; nothing can be added later.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct LinearVesting {
    /// When the period begins.
    pub begin_timestamp: TimePointSec,
    /// Seconds from the beginning in which nothing can be withdrawn.
    pub vesting_cliff_seconds: u32,
    /// Seconds until all of it can be withdrawn.
    pub vesting_duration_seconds: u32,
    /// What there was in the beginning, in smallest units of the balance's asset.
    pub begin_balance: i64,
}

/// Vests by coin-seconds: what is withdrawn uses up as many as it needed to vest.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CddVesting {
    /// Seconds after which a deposit is vested.
    pub vesting_seconds: u32,
    /// Nothing can be withdrawn until after this moment.
    pub start_claim: TimePointSec,
    /// Coin-seconds at the last update: smallest units times seconds.
    pub coin_seconds_earned: u128,
    /// When they were last updated.
    pub coin_seconds_earned_last_update: TimePointSec,
}

named_enum! {
    /// Where a vesting balance comes from.
    #[derive(Default)]
    pub enum VestingBalanceType {
        /// An account made it.
        #[default]
        Unspecified = 0 "unspecified",
        /// Fees of referred accounts.
        Cashback = 1 "cashback",
        /// Pay of a worker.
        Worker = 2 "worker",
        /// Pay of a witness.
        Witness = 3 "witness",
        /// A part of market fees.
        MarketFeeSharing = 4 "market_fee_sharing",
    }
}

/// A vesting balance; it stays when it is empty.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct VestingBalance {
    /// Id.
    pub id: VestingBalanceId,
    /// Who may withdraw.
    pub owner: AccountId,
    /// What is in it, vested or not.
    pub balance: Asset,
    /// How it vests.
    pub policy: VestingPolicy,
    /// Where it comes from.
    pub balance_type: VestingBalanceType,
}
object!(VestingBalance, VestingBalanceIndex, holds[balance], concerns[owner]);

/// Vesting balances by owner, and those of market fees by owner and asset, which are unique.
#[derive(Clone, Debug, Default)]
pub struct VestingBalanceIndex {
    by_owner: BTreeSet<(AccountId, u64)>,
    market_fees: BTreeSet<((AccountId, AssetId), u64)>,
}

impl VestingBalanceIndex {
    /// The vesting balances of an account, in order of id.
    pub fn of_account(&self, account: AccountId) -> Run<'_, AccountId, 1, 13> {
        all_of(&self.by_owner, account)
    }

    /// The vesting balance that collects an account's part of the market fees of an asset.
    pub fn market_fees(&self, account: AccountId, asset: AssetId) -> Option<VestingBalanceId> {
        super::first_of(&self.market_fees, (account, asset)).map(Id)
    }
}

impl Index<VestingBalance> for VestingBalanceIndex {
    type Keys = (AccountId, Option<AssetId>);
    fn keys(row: &VestingBalance) -> Self::Keys {
        let is_market_fee = row.balance_type == VestingBalanceType::MarketFeeSharing;
        (row.owner, is_market_fee.then_some(row.balance.asset_id))
    }
    fn insert(&mut self, instance: u64, (owner, market_fee_asset): Self::Keys) {
        self.by_owner.insert((owner, instance));
        if let Some(asset) = market_fee_asset {
            self.market_fees.insert(((owner, asset), instance));
        }
    }
    fn remove(&mut self, instance: u64, (owner, market_fee_asset): Self::Keys) {
        self.by_owner.remove(&(owner, instance));
        if let Some(asset) = market_fee_asset {
            self.market_fees.remove(&((owner, asset), instance));
        }
    }
}
