//! Holders of assets by amount, for questions only: no rule asks it.
//!
//! Nobody pays for an order that nobody asks for. It is made when it is first asked for, some rows
//! at a time, and from then on kept up from a log of what changed; so a transfer costs a look at an
//! empty map, or one entry of the log. Invariant: when [`HoldersByAmount::prepare`] says so, the
//! order is that of the balances.

// Readers beside each other make an order that was not asked for before; no rule asks for one.
#![allow(clippy::disallowed_types)]

use super::AccountBalance;
use carbyne_graph::Ranked;
use carbyne_protocol::ids::{AccountId, AssetId};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Changes that may wait until somebody asks again; with more the order is given up.
const CHANGES_MAX: usize = 1 << 20;

/// Place of a holder: the largest first, of equal ones the account with the smallest id.
type Place = (Reverse<i64>, AccountId);

/// What somebody held before and after.
#[derive(Clone, Copy, Debug)]
struct Change {
    owner: AccountId,
    before: i64,
    after: i64,
}

/// The order of one asset.
#[derive(Debug, Default)]
struct Order {
    places: Ranked<Place>,
    /// Balances with smaller numbers have their places.
    read_to: u64,
    /// What became of them since.
    changes: Vec<Change>,
}

impl Order {
    fn note(&mut self, instance: u64, change: Change) {
        if instance >= self.read_to || change.before == change.after {
            return;
        }
        self.changes.push(change);
        if self.changes.len() > CHANGES_MAX {
            *self = Self::default();
        }
    }

    fn apply(&mut self, Change { owner, before, after }: Change) {
        if before != 0 {
            self.places.remove(&(Reverse(before), owner));
        }
        if after != 0 {
            self.places.insert((Reverse(after), owner));
        }
    }
}

/// Holders by amount, of the assets that somebody asked for.
#[derive(Debug, Default)]
pub struct HoldersByAmount {
    orders: Mutex<BTreeMap<AssetId, Order>>,
}

/// A copy makes its own when it is asked.
impl Clone for HoldersByAmount {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl HoldersByAmount {
    /// What a balance was, and what it is now.
    pub(super) fn note(
        &mut self,
        (asset, owner): (AssetId, AccountId),
        instance: u64,
        before: i64,
        after: i64,
    ) {
        let orders = self.orders.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(order) = orders.get_mut(&asset) {
            order.note(instance, Change { owner, before, after });
        }
    }

    /// Works on the order of an asset, `steps` at most; whether it is ready. `rows` are the
    /// balances of the asset from a number on, in order.
    pub(super) fn prepare<'a, R: Iterator<Item = &'a AccountBalance>>(
        &self,
        asset: AssetId,
        steps: usize,
        rows: impl FnOnce(u64) -> R,
    ) -> bool {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let order = orders.entry(asset).or_default();
        let settled = order.changes.len().min(steps);
        for change in order.changes.drain(..settled).collect::<Vec<_>>() {
            order.apply(change);
        }
        let (mut rows, mut left) = (rows(order.read_to), steps.saturating_sub(settled));
        while left > 0 {
            let Some(row) = rows.next() else {
                order.read_to = u64::MAX;
                break;
            };
            order.apply(Change { owner: row.owner, before: 0, after: row.balance });
            order.read_to = row.id.0.saturating_add(1);
            left = left.saturating_sub(1);
        }
        order.read_to == u64::MAX && order.changes.is_empty()
    }

    /// Holders of an asset, of whom `wanted` takes those that are wanted.
    pub(super) fn of<T>(
        &self,
        asset: AssetId,
        wanted: impl FnOnce(&Ranked<Place>) -> T,
    ) -> Option<T> {
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.get(&asset).map(|order| wanted(&order.places))
    }
}
