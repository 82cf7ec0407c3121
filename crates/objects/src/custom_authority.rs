//! Custom authorities (reference: `chain/custom_authority_object.hpp`, BSIP 40).

use carbyne_graph::Index;
use carbyne_protocol::authority::Authority;
use carbyne_protocol::ids::*;
use carbyne_protocol::restriction::Restriction;
use carbyne_wire::{FlatMap, Id, TimePointSec, VarUint, Wire};
use std::collections::BTreeSet;

/// A custom authority.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CustomAuthority {
    /// Id.
    pub id: CustomAuthorityId,
    /// Account for which the operations may be sent.
    pub account: AccountId,
    /// Whether it can be used.
    pub enabled: bool,
    /// From when on it can be used.
    pub valid_from: TimePointSec,
    /// From when on it cannot be used any more.
    pub valid_to: TimePointSec,
    /// Tag of the operation it is about.
    pub operation_type: VarUint,
    /// Who must sign.
    pub auth: Authority,
    /// What the operation must comply with, by number.
    pub restrictions: FlatMap<u16, Restriction>,
    /// The number the next restriction gets.
    pub restriction_counter: u16,
}
object! {
    CustomAuthority, CustomAuthorityIndex,
    holds [],
    concerns |custom, accounts| {
        accounts.insert(custom.account);
        accounts.extend(custom.auth.account_auths.keys().copied());
    }
}

impl CustomAuthority {
    /// Whether it can be used now.
    pub fn is_valid(&self, now: TimePointSec) -> bool {
        self.enabled && now >= self.valid_from && now < self.valid_to
    }

    /// Adds restrictions under the next numbers.
    pub fn add(&mut self, restrictions: &[Restriction]) {
        for restriction in restrictions {
            // A number that is taken keeps its restriction.
            if !self.restrictions.contains_key(&self.restriction_counter) {
                self.restrictions.insert(self.restriction_counter, restriction.clone());
            }
            self.restriction_counter = self.restriction_counter.wrapping_add(1);
        }
    }
}

/// An account, the tag of an operation, and whether it can be used.
type AccountKey = (AccountId, VarUint, bool);

/// Custom authorities by account, operation and whether they can be used, and by end.
#[derive(Clone, Debug, Default)]
pub struct CustomAuthorityIndex {
    by_account: BTreeSet<(AccountKey, u64)>,
    by_expiration: BTreeSet<(TimePointSec, u64)>,
}

impl CustomAuthorityIndex {
    /// Custom authorities of an account, in order of operation.
    pub fn of_account(&self, account: AccountId) -> impl Iterator<Item = CustomAuthorityId> {
        self.between((account, VarUint(0), false), (account, VarUint(u64::MAX), true))
    }

    /// Whether an account has custom authorities.
    #[inline]
    pub fn has_any(&self, account: AccountId) -> bool {
        let first = ((account, VarUint(0), false), 0);
        let next = self.by_account.range(first..).next();
        next.is_some_and(|((owner, ..), _)| *owner == account)
    }

    /// Custom authorities of an account for the operation with that tag, those that cannot be used
    /// first.
    pub fn of_operation(
        &self,
        account: AccountId,
        tag: u64,
    ) -> impl Iterator<Item = CustomAuthorityId> {
        self.between((account, VarUint(tag), false), (account, VarUint(tag), true))
    }

    /// Custom authorities of an account for the operation with that tag that can be used, in order
    /// of number.
    pub fn enabled(&self, account: AccountId, tag: u64) -> impl Iterator<Item = CustomAuthorityId> {
        self.between((account, VarUint(tag), true), (account, VarUint(tag), true))
    }

    fn between(
        &self,
        first: AccountKey,
        last: AccountKey,
    ) -> impl Iterator<Item = CustomAuthorityId> {
        self.by_account.range((first, 0)..=(last, u64::MAX)).map(|(_, n)| Id(*n))
    }

    /// The custom authority that ends first, and when.
    pub fn first_to_expire(&self) -> Option<(TimePointSec, CustomAuthorityId)> {
        self.by_expiration.first().map(|(end, n)| (*end, Id(*n)))
    }
}

impl Index<CustomAuthority> for CustomAuthorityIndex {
    type Keys = (AccountKey, TimePointSec);
    fn keys(row: &CustomAuthority) -> Self::Keys {
        ((row.account, row.operation_type, row.enabled), row.valid_to)
    }
    fn insert(&mut self, instance: u64, (key, end): Self::Keys) {
        self.by_account.insert((key, instance));
        self.by_expiration.insert((end, instance));
    }
    fn remove(&mut self, instance: u64, (key, end): Self::Keys) {
        self.by_account.remove(&(key, instance));
        self.by_expiration.remove(&(end, instance));
    }
}
