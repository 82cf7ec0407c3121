//! Payloads of items that were passed on, for peers that ask for them.

use crate::compact::only_named;
use crate::message::{ItemId, ShortName, kind};
use carbyne_wire::Hash160;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Payloads of the last blocks' time, bounded in bytes; the oldest go first.
#[derive(Debug)]
pub(crate) struct Cache {
    payloads: BTreeMap<Hash160, (u32, Arc<[u8]>)>,
    in_order: VecDeque<(u64, Hash160)>,
    /// Blocks that were taken so far.
    clock: u64,
    bytes: usize,
    blocks: u64,
    bytes_most: usize,
}

impl Cache {
    /// Keeps payloads for so many blocks, and at most so many bytes.
    pub(crate) fn new(blocks: u64, bytes_most: usize) -> Self {
        Self {
            payloads: BTreeMap::new(),
            in_order: VecDeque::new(),
            clock: 0,
            bytes: 0,
            blocks,
            bytes_most,
        }
    }

    pub(crate) fn insert(&mut self, item: ItemId, payload: Arc<[u8]>) {
        let bytes = payload.len();
        if self.payloads.insert(item.hash, (item.kind, payload)).is_none() {
            self.bytes = self.bytes.saturating_add(bytes);
            self.in_order.push_back((self.clock, item.hash));
            self.forget();
        }
    }

    /// The number of an item's message, and its payload.
    pub(crate) fn get(&self, hash: &Hash160) -> Option<(u32, Arc<[u8]>)> {
        self.payloads.get(hash).cloned()
    }

    pub(crate) fn contains(&self, hash: &Hash160) -> bool {
        self.payloads.contains_key(hash)
    }

    /// The transaction of that name; none if two items have it.
    pub(crate) fn transaction(&self, name: &ShortName) -> Option<(Hash160, Arc<[u8]>)> {
        let (hash, (kind, payload)) = only_named(&self.payloads, name)?;
        (*kind == kind::TRANSACTION).then(|| (*hash, payload.clone()))
    }

    /// A block was taken: time passes.
    pub(crate) fn tick(&mut self) {
        self.clock = self.clock.saturating_add(1);
        self.forget();
    }

    fn forget(&mut self) {
        let oldest = self.clock.saturating_sub(self.blocks);
        while let Some((clock, hash)) = self.in_order.front() {
            if *clock >= oldest && self.bytes <= self.bytes_most {
                break;
            }
            if let Some((_, payload)) = self.payloads.remove(hash) {
                self.bytes = self.bytes.saturating_sub(payload.len());
            }
            self.in_order.pop_front();
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}
