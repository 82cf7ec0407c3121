//! What became of transactions: where they stand in blocks, and why they were refused.
//!
//! Places are part of history and go back with the chain; refusals are memory of this node, for a
//! while only.

use crate::keys::{Key, Kind};
use crate::store::Store;
use carbyne_protocol::RefusedTransaction;
use carbyne_wire::{Hash160, TimePointSec, Wire};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// Refusals remembered at most.
const REFUSALS_KEPT: usize = 10_000;

/// Where a transaction stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Wire)]
pub struct TransactionPlace {
    /// Number of its block.
    pub block_num: u32,
    /// Its place in the block.
    pub trx_in_block: u16,
    /// Time of the block.
    pub time: TimePointSec,
}

impl TransactionPlace {
    /// The place of each transaction of a block, in order.
    pub(crate) fn of_block(
        (block_num, time): (u32, TimePointSec),
        ids: &[Hash160],
    ) -> impl Iterator<Item = (Hash160, Self)> {
        ids.iter().enumerate().map(move |(place, id)| {
            let trx_in_block = u16::try_from(place).unwrap_or(u16::MAX);
            (*id, Self { block_num, trx_in_block, time })
        })
    }
}

/// What the place of a transaction is kept under.
pub(crate) fn key(transaction: &Hash160) -> Key {
    Key::new(Kind::Transaction).bytes(&transaction.0)
}

/// The places of transactions that the tree does not lead to yet.
#[derive(Default)]
pub(crate) struct Places {
    places: HashMap<Hash160, TransactionPlace>,
    /// The tree leads to those of blocks up to this number.
    indexed: u32,
}

impl Places {
    /// Notes the transactions of a block.
    pub(crate) fn add(&mut self, block: (u32, TimePointSec), ids: &[Hash160]) {
        self.places.extend(TransactionPlace::of_block(block, ids));
    }

    /// Takes those of a block back.
    pub(crate) fn remove(&mut self, ids: &[Hash160]) {
        for id in ids {
            self.places.remove(id);
        }
    }

    /// Forgets those of blocks up to this number, since the tree leads to them.
    pub(crate) fn forget(&mut self, indexed: u32) {
        if indexed > self.indexed {
            self.indexed = indexed;
            self.places.retain(|_, place| place.block_num > indexed);
        }
    }

    /// The place of a transaction.
    pub(crate) fn of(&self, transaction: &Hash160, store: &Store) -> Option<TransactionPlace> {
        let recent = self.places.get(transaction).copied();
        recent.or_else(|| store.value(&key(transaction)))
    }
}

/// The newest refusals.
#[derive(Clone, Debug, Default)]
pub struct Refusals {
    reasons: BTreeMap<Hash160, RefusedTransaction>,
    order: VecDeque<Hash160>,
}

impl Refusals {
    /// Notes a refusal; a later one of the same transaction replaces the first.
    pub fn add(&mut self, refused: RefusedTransaction) {
        let transaction = refused.id;
        if self.reasons.insert(transaction, refused).is_none() {
            self.order.push_back(transaction);
        }
        if self.order.len() > REFUSALS_KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.reasons.remove(&oldest);
        }
    }

    /// Why a transaction was refused.
    pub fn of(&self, transaction: &Hash160) -> Option<&RefusedTransaction> {
        self.reasons.get(transaction)
    }
}
