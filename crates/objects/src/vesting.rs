//! Vesting balances: amounts that become their owner's over time (reference:
//! `chain/vesting_balance_object.hpp`).
//!
//! Invariant: what a policy lets out is never more than what is in the balance, nor more than has
//! vested.

use super::{Run, all_of};
use carbyne_graph::Index;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::proportion::{quotient, signed_proportion};
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

impl LinearVesting {
    /// What can be withdrawn at `now` while `balance` is left, in smallest units.
    pub fn allowed(&self, balance: i64, now: TimePointSec) -> Result<i64, Rejected> {
        let elapsed = now.since(self.begin_timestamp);
        if elapsed <= 0 || elapsed < i64::from(self.vesting_cliff_seconds) {
            return Ok(0);
        }
        let duration = i64::from(self.vesting_duration_seconds);
        let vested = if elapsed < duration {
            signed_proportion(self.begin_balance, elapsed, duration)
        } else {
            self.begin_balance
        };
        vested.minus(self.begin_balance.minus(balance)?)
    }
}

impl CddVesting {
    /// Coin-seconds needed to withdraw one smallest unit.
    pub fn seconds(&self) -> u32 {
        self.vesting_seconds.max(1)
    }

    /// Coin-seconds at `now`, while `balance` lies there; never more than the whole balance needs.
    fn earned(&self, balance: i64, now: TimePointSec) -> u128 {
        let seconds = now.since(self.coin_seconds_earned_last_update);
        let more = i128::from(balance).wrapping_mul(i128::from(seconds)) as u128;
        let cap = i128::from(balance).wrapping_mul(i128::from(self.seconds())) as u128;
        self.coin_seconds_earned.wrapping_add(more).min(cap)
    }

    /// Counts the coin-seconds up to `now`, while `balance` lay there.
    pub fn update(&mut self, balance: i64, now: TimePointSec) {
        self.coin_seconds_earned = self.earned(balance, now);
        self.coin_seconds_earned_last_update = now;
    }

    fn allowed(&self, balance: i64, now: TimePointSec) -> i64 {
        if now <= self.start_claim {
            return 0;
        }
        quotient(self.earned(balance, now), self.seconds().into()) as i64
    }

    fn withdraw(&mut self, balance: i64, amount: i64, now: TimePointSec) {
        self.update(balance, now);
        let used = i128::from(amount).wrapping_mul(i128::from(self.seconds())) as u128;
        self.coin_seconds_earned = self.coin_seconds_earned.wrapping_sub(used);
    }

    /// The coin-seconds of an amount that counts as vested; the reference multiplies 64 bits wide.
    pub fn vested_coin_seconds(amount: i64, seconds: u32) -> u128 {
        i128::from(amount.wrapping_mul(i64::from(seconds))) as u128
    }
}

impl VestingBalance {
    /// What can be withdrawn at `now`, in smallest units of the balance's asset.
    pub fn allowed_withdraw(&self, now: TimePointSec) -> Result<i64, Rejected> {
        let balance = self.balance.amount;
        match &self.policy {
            VestingPolicy::Linear(policy) => policy.allowed(balance, now),
            VestingPolicy::Cdd(policy) => Ok(policy.allowed(balance, now)),
            VestingPolicy::Instant => Ok(balance),
        }
    }

    /// Adds an amount that has to vest.
    pub fn deposit(&mut self, now: TimePointSec, amount: Asset) -> Result<(), Rejected> {
        if let VestingPolicy::Cdd(policy) = &mut self.policy {
            policy.update(self.balance.amount, now);
        }
        self.balance = self.balance.plus(amount)?;
        Ok(())
    }

    /// Takes an amount out that the rules allow; whoever calls gives it to the owner.
    pub fn withdraw(&mut self, now: TimePointSec, amount: Asset) -> Result<(), Rejected> {
        let left = self.balance.minus(amount)?;
        if let VestingPolicy::Cdd(policy) = &mut self.policy {
            policy.withdraw(self.balance.amount, amount.amount, now);
        }
        self.balance = left;
        Ok(())
    }
}

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
