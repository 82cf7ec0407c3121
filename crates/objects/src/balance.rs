//! Balances of the genesis that wait for the owners of addresses (reference:
//! `chain/balance_object.hpp`).

use crate::LinearVesting;
use carbyne_crypto::Address;
use carbyne_graph::Index;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::Asset;
use carbyne_wire::{Id, TimePointSec, Wire};
use std::collections::BTreeSet;

/// A balance that the owner of an address may claim.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Balance {
    /// Id.
    pub id: BalanceId,
    /// The address.
    pub owner: Address,
    /// What is left.
    pub balance: Asset,
    /// How it vests, if it does.
    pub vesting_policy: Option<LinearVesting>,
    /// When a part of a vesting balance was last claimed.
    pub last_claim_date: TimePointSec,
}
object!(Balance, ClaimIndex, holds [balance], concerns []);

impl Balance {
    /// What can be claimed at `now`.
    pub fn available(&self, now: TimePointSec) -> Result<Asset, Rejected> {
        match &self.vesting_policy {
            None => Ok(self.balance),
            Some(policy) => {
                let amount = policy.allowed(self.balance.amount, now)?;
                Ok(Asset::new(amount, self.balance.asset_id))
            }
        }
    }
}

/// Balances by owner and asset.
#[derive(Clone, Debug, Default)]
pub struct ClaimIndex {
    by_owner: BTreeSet<((Address, AssetId), u64)>,
}

impl ClaimIndex {
    /// The balances of an address, in order of asset.
    pub fn of_owner(&self, owner: Address) -> impl Iterator<Item = BalanceId> {
        let range = ((owner, Id(0)), 0)..=((owner, Id(u64::MAX)), u64::MAX);
        self.by_owner.range(range).map(|(_, instance)| Id(*instance))
    }
}

impl Index<Balance> for ClaimIndex {
    type Keys = (Address, AssetId);
    fn keys(row: &Balance) -> Self::Keys {
        (row.owner, row.balance.asset_id)
    }
    fn insert(&mut self, instance: u64, keys: Self::Keys) {
        self.by_owner.insert((keys, instance));
    }
    fn remove(&mut self, instance: u64, keys: Self::Keys) {
        self.by_owner.remove(&(keys, instance));
    }
}
