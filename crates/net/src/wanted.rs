//! Items that were offered and are not asked for yet: blocks first, then in the order of the offers.

use crate::config::limits;
use crate::message::{ItemId, kind};
use crate::time::Now;
use std::collections::BTreeMap;

/// Items that were offered and are not asked for yet, at most [`limits::WANTED_ITEMS`].
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    items: BTreeMap<ItemId, (Place, Now)>,
    in_order: BTreeMap<Place, ItemId>,
    next: u64,
}

/// Whether it is not a block, and how many were offered before.
type Place = (bool, u64);

impl Wanted {
    /// An item was offered. A transaction too many is not wanted.
    pub(crate) fn insert(&mut self, now: Now, item: ItemId) {
        if let Some((_, offered)) = self.items.get_mut(&item) {
            *offered = now;
            return;
        }
        let is_block = item.kind == kind::BLOCK;
        if self.items.len() >= limits::WANTED_ITEMS && !is_block {
            return;
        }
        let place = (!is_block, self.next);
        self.next = self.next.saturating_add(1);
        self.items.insert(item, (place, now));
        self.in_order.insert(place, item);
        if self.items.len() > limits::WANTED_ITEMS.saturating_mul(2) {
            self.in_order.last_key_value().map(|(_, item)| *item).map(|item| self.remove(&item));
        }
    }

    pub(crate) fn remove(&mut self, item: &ItemId) {
        if let Some((place, _)) = self.items.remove(item) {
            self.in_order.remove(&place);
        }
    }

    /// The items in order, each with the moment it was offered last.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (ItemId, Now)> {
        self.in_order.values().filter_map(|item| Some((*item, self.items.get(item)?.1)))
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }
}
