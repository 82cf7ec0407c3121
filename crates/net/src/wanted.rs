//! Items that were offered and are not asked for yet, and who offered them in which order.

use crate::config::limits;
use crate::message::{ItemId, kind};
use crate::time::Now;
use std::collections::BTreeMap;

/// Items that were offered and are not asked for yet, each with the moment it was offered last. At
/// most [`limits::WANTED_ITEMS`] are transactions, and twice as many are there in all.
#[derive(Debug, Default)]
pub(crate) struct Wanted(BTreeMap<ItemId, Now>);

impl Wanted {
    /// An item was offered; false if it is one too many.
    pub(crate) fn insert(&mut self, now: Now, item: ItemId) -> bool {
        let factor = if item.kind == kind::BLOCK { 2 } else { 1 };
        let most = limits::WANTED_ITEMS.saturating_mul(factor);
        if self.0.len() >= most && !self.0.contains_key(&item) {
            return false;
        }
        self.0.insert(item, now);
        true
    }

    /// Takes an item out; gives the moment it was offered last.
    pub(crate) fn remove(&mut self, item: &ItemId) -> Option<Now> {
        self.0.remove(item)
    }

    /// Forgets what was offered too long ago to be had still.
    pub(crate) fn forget(&mut self, now: Now, seconds: u32) {
        self.0.retain(|_, offered| !now.is_past(*offered, seconds));
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// What a peer offers and is wanted: blocks first, then in the order of the offers. What is not
/// wanted any more is passed over when its turn comes.
#[derive(Debug, Default)]
pub(crate) struct Offers {
    in_order: BTreeMap<(bool, u64), ItemId>,
    next: u64,
}

impl Offers {
    pub(crate) fn push(&mut self, item: ItemId) {
        self.in_order.insert((item.kind != kind::BLOCK, self.next), item);
        self.next = self.next.saturating_add(1);
        if self.in_order.len() > limits::INVENTORY_ITEMS {
            self.in_order.pop_last();
        }
    }

    /// Takes the next item of a kind that may be asked for.
    pub(crate) fn pop(&mut self, only_blocks: bool) -> Option<ItemId> {
        let entry = self.in_order.first_entry()?;
        (!only_blocks || !entry.key().0).then(|| entry.remove())
    }

    pub(crate) fn len(&self) -> usize {
        self.in_order.len()
    }
}
