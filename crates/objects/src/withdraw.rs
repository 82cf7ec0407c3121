//! Withdraw permissions (reference: `chain/withdraw_permission_object.hpp`).

use super::{Run, all_of};
use carbyne_graph::Index;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::Asset;
use carbyne_wire::{Id, TimePointSec, Wire};
use std::collections::BTreeSet;

/// A withdraw permission.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct WithdrawPermission {
    /// Id.
    pub id: WithdrawPermissionId,
    /// Account that gives.
    pub withdraw_from_account: AccountId,
    /// Account that may take.
    pub authorized_account: AccountId,
    /// The most that can be taken in one period.
    pub withdrawal_limit: Asset,
    /// Seconds of one period.
    pub withdrawal_period_sec: u32,
    /// When the period of the last withdrawal began, or the first one begins.
    pub period_start_time: TimePointSec,
    /// When it ends.
    pub expiration: TimePointSec,
    /// What was taken in the period that began then, in smallest units.
    pub claimed_this_period: i64,
}
object! {
    WithdrawPermission, WithdrawPermissionIndex,
    holds [],
    concerns [withdraw_from_account, authorized_account]
}

impl WithdrawPermission {
    /// What can be taken now.
    pub fn available(&self, now: TimePointSec) -> Asset {
        if now >= self.period_start_time.wrapping_add(self.withdrawal_period_sec) {
            return self.withdrawal_limit;
        }
        let left = self.withdrawal_limit.amount.saturating_sub(self.claimed_this_period);
        Asset::new(left.max(0), self.withdrawal_limit.asset_id)
    }
}

/// Withdraw permissions by either account and by end.
#[derive(Clone, Debug, Default)]
pub struct WithdrawPermissionIndex {
    by_from: BTreeSet<(AccountId, u64)>,
    by_authorized: BTreeSet<(AccountId, u64)>,
    by_expiration: BTreeSet<(TimePointSec, u64)>,
}

impl WithdrawPermissionIndex {
    /// Permissions an account gave, in order of number.
    pub fn given_by(&self, account: AccountId) -> Run<'_, AccountId, 1, 12> {
        all_of(&self.by_from, account)
    }

    /// Permissions an account was given, in order of number.
    pub fn given_to(&self, account: AccountId) -> Run<'_, AccountId, 1, 12> {
        all_of(&self.by_authorized, account)
    }

    /// The permission that ends first, and when.
    pub fn first_to_expire(&self) -> Option<(TimePointSec, WithdrawPermissionId)> {
        self.by_expiration.first().map(|(expiration, n)| (*expiration, Id(*n)))
    }
}

impl Index<WithdrawPermission> for WithdrawPermissionIndex {
    type Keys = (AccountId, AccountId, TimePointSec);
    fn keys(row: &WithdrawPermission) -> Self::Keys {
        (row.withdraw_from_account, row.authorized_account, row.expiration)
    }
    fn insert(&mut self, instance: u64, (from, authorized, expiration): Self::Keys) {
        self.by_from.insert((from, instance));
        self.by_authorized.insert((authorized, instance));
        self.by_expiration.insert((expiration, instance));
    }
    fn remove(&mut self, instance: u64, (from, authorized, expiration): Self::Keys) {
        self.by_from.remove(&(from, instance));
        self.by_authorized.remove(&(authorized, instance));
        self.by_expiration.remove(&(expiration, instance));
    }
}
