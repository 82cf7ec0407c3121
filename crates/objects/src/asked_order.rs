//! Orders of rows that are for questions only: no rule asks them.
//!
//! Nobody pays for an order that nobody asks for. It is made when it is first asked for, some rows
//! at a time, and from then on kept up from a log of what changed; so a transfer costs a look at an
//! empty map, or one entry of the log. Invariant: when `prepare` says so, the order is that of the
//! rows.

// Readers beside each other make an order that was not asked for before; no rule asks for one.
#![allow(clippy::disallowed_types)]

use carbyne_graph::Ranked;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Changes that may wait until somebody asks again; with more the order is given up.
const CHANGES_MAX: usize = 1 << 20;

/// The order of one group of rows.
#[derive(Debug)]
struct Order<P> {
    places: Ranked<P>,
    /// Rows with smaller numbers have their places.
    read_to: u64,
    /// What became of their places since, before and after.
    changes: Vec<(Option<P>, Option<P>)>,
}

impl<P> Default for Order<P> {
    fn default() -> Self {
        Self { places: Ranked::default(), read_to: 0, changes: Vec::new() }
    }
}

impl<P: Ord> Order<P> {
    fn note(&mut self, instance: u64, before: Option<P>, after: Option<P>) {
        if instance >= self.read_to || before == after {
            return;
        }
        self.changes.push((before, after));
        if self.changes.len() > CHANGES_MAX {
            *self = Self::default();
        }
    }

    fn apply(&mut self, (before, after): (Option<P>, Option<P>)) {
        if let Some(before) = before {
            self.places.remove(&before);
        }
        if let Some(after) = after {
            self.places.insert(after);
        }
    }

    /// `rows` are the numbers and places of the rows from a number on.
    fn prepare<R: Iterator<Item = (u64, Option<P>)>>(
        &mut self,
        steps: usize,
        rows: impl FnOnce(u64) -> R,
    ) -> bool {
        let settled = self.changes.len().min(steps);
        for change in self.changes.drain(..settled).collect::<Vec<_>>() {
            self.apply(change);
        }
        let (mut rows, mut left) = (rows(self.read_to), steps.saturating_sub(settled));
        while left > 0 {
            let Some((instance, place)) = rows.next() else {
                self.read_to = u64::MAX;
                break;
            };
            self.apply((None, place));
            self.read_to = instance.saturating_add(1);
            left = left.saturating_sub(1);
        }
        self.read_to == u64::MAX && self.changes.is_empty()
    }
}

/// Orders of the groups that somebody asked for, by places that no two rows share.
#[derive(Debug)]
pub(super) struct AskedOrders<G, P> {
    orders: Mutex<BTreeMap<G, Order<P>>>,
}

impl<G, P> Default for AskedOrders<G, P> {
    fn default() -> Self {
        Self { orders: Mutex::default() }
    }
}

/// A copy makes its own when it is asked.
impl<G, P> Clone for AskedOrders<G, P> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<G: Ord, P: Ord> AskedOrders<G, P> {
    /// What the place of a row was, and what it is now; none where it has none.
    #[inline]
    pub(super) fn note(&mut self, group: &G, instance: u64, places: [Option<P>; 2]) {
        let orders = self.orders.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(order) = orders.get_mut(group) {
            let [before, after] = places;
            order.note(instance, before, after);
        }
    }

    /// Works on the order of a group, `steps` at most; whether it is ready. `rows` are its rows
    /// from a number on, in order, with their places.
    pub(super) fn prepare<R: Iterator<Item = (u64, Option<P>)>>(
        &self,
        group: G,
        steps: usize,
        rows: impl FnOnce(u64) -> R,
    ) -> bool {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.entry(group).or_default().prepare(steps, rows)
    }

    /// Of the places of a group, those that are wanted.
    pub(super) fn of<T>(&self, group: &G, wanted: impl FnOnce(&Ranked<P>) -> T) -> Option<T> {
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.get(group).map(|order| wanted(&order.places))
    }
}
