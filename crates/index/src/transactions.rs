//! What became of transactions: where they stand in blocks, and why they were refused.
//!
//! Places are part of history and go back with the chain; refusals are memory of this node, for a
//! while only.

use crate::keys::{Key, Kind};
use crate::rows::packed;
use crate::store::Store;
use carbyne_protocol::{RecoveredBlock, RefusedTransaction};
use carbyne_wire::{Hash160, TimePointSec, Wire};
use std::collections::{BTreeMap, VecDeque};

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
    /// The place of a transaction.
    pub(crate) fn of(transaction: &Hash160, store: &Store) -> Option<Self> {
        store.value(&key(transaction))
    }
}

fn key(transaction: &Hash160) -> Key {
    Key::new(Kind::Transaction).bytes(&transaction.0)
}

/// Notes the transactions of a block.
pub(crate) fn add(store: &mut Store, block: &RecoveredBlock) {
    let time = block.block().header().timestamp;
    for (place, transaction) in block.transaction_ids().enumerate() {
        let place = TransactionPlace {
            block_num: block.number(),
            trx_in_block: u16::try_from(place).unwrap_or(u16::MAX),
            time,
        };
        store.put(&key(&transaction), Some(packed(&place)));
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
