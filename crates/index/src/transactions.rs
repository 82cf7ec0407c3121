//! What became of transactions: where they stand in blocks, and why they were refused.
//!
//! Both are remembered for a while only. Places are state of the chain and go back with it;
//! refusals are memory of this node.

use carbyne_graph::{Index, Object, Table};
use carbyne_ledger::{RecoveredBlock, RefusedTransaction};
use carbyne_wire::{Hash160, TimePointSec, Wire};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Refusals remembered at most.
const REFUSALS_KEPT: usize = 10_000;

/// Where a transaction stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Wire)]
pub struct TransactionPlace {
    /// Counts all transactions from 0.
    pub number: u64,
    /// Which transaction.
    pub transaction: Hash160,
    /// Number of its block.
    pub block_num: u32,
    /// Its place in the block.
    pub trx_in_block: u16,
    /// Time of the block.
    pub time: TimePointSec,
}

impl Object for TransactionPlace {
    type Index = ByTransaction;
    fn instance(&self) -> u64 {
        self.number
    }
    fn set_instance(&mut self, instance: u64) {
        self.number = instance;
    }
}

/// Places by transaction.
#[derive(Clone, Debug, Default)]
pub struct ByTransaction {
    places: BTreeMap<Hash160, u64>,
    numbers: BTreeSet<u64>,
}

impl Index<TransactionPlace> for ByTransaction {
    type Keys = Hash160;
    fn keys(row: &TransactionPlace) -> Hash160 {
        row.transaction
    }
    fn insert(&mut self, instance: u64, transaction: Hash160) {
        self.places.insert(transaction, instance);
        self.numbers.insert(instance);
    }
    fn remove(&mut self, instance: u64, transaction: Hash160) {
        if self.places.get(&transaction) == Some(&instance) {
            self.places.remove(&transaction);
        }
        self.numbers.remove(&instance);
    }
}

impl ByTransaction {
    /// The place of a transaction.
    pub fn find(&self, transaction: &Hash160) -> Option<u64> {
        self.places.get(transaction).copied()
    }
}

/// Notes the transactions of a block and forgets those of blocks more than `kept_seconds` before
/// it.
pub(crate) fn add(places: &mut Table<TransactionPlace>, block: &RecoveredBlock, kept_seconds: u32) {
    let time = block.block().header().timestamp;
    for (place, transaction) in block.transaction_ids().enumerate() {
        places.create(TransactionPlace {
            number: 0,
            transaction,
            block_num: block.number(),
            trx_in_block: u16::try_from(place).unwrap_or(u16::MAX),
            time,
        });
    }
    let oldest_kept = time.0.saturating_sub(kept_seconds);
    while let Some(number) = places.index().numbers.first().copied() {
        if places.get(number).is_some_and(|place| place.time.0 >= oldest_kept) {
            break;
        }
        places.remove(number);
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
