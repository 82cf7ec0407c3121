//! Items that are remembered for a while.

use crate::message::ItemId;
use crate::time::Now;
use std::collections::{BTreeSet, VecDeque};

/// Items of the last so many seconds, at most so many; the oldest are forgotten first.
#[derive(Debug)]
pub(crate) struct Remembered {
    items: BTreeSet<ItemId>,
    in_order: VecDeque<(Now, ItemId)>,
    seconds: u32,
    most: usize,
}

impl Remembered {
    pub(crate) fn new(seconds: u32, most: usize) -> Self {
        Self { items: BTreeSet::new(), in_order: VecDeque::new(), seconds, most }
    }

    /// Remembers an item; false if it was remembered.
    pub(crate) fn insert(&mut self, now: Now, item: ItemId) -> bool {
        let is_new = self.items.insert(item);
        if is_new {
            self.in_order.push_back((now, item));
            self.forget(now);
        }
        is_new
    }

    pub(crate) fn contains(&self, item: &ItemId) -> bool {
        self.items.contains(item)
    }

    pub(crate) fn remove(&mut self, item: &ItemId) {
        if self.items.remove(item) {
            self.in_order.retain(|(_, other)| other != item);
        }
    }

    /// Forgets what is too old or too much.
    pub(crate) fn forget(&mut self, now: Now) {
        while let Some((then, item)) = self.in_order.front() {
            if self.in_order.len() <= self.most && !now.is_past(*then, self.seconds) {
                break;
            }
            self.items.remove(item);
            self.in_order.pop_front();
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }
}
