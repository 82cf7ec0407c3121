//! Transactions of recent blocks, kept until they expire to refuse them a second time (reference:
//! `chain/transaction_history_object.hpp`).

use carbyne_graph::{ByHash, Index, Sparse};
use carbyne_protocol::ids::*;
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Hash160, TimePointSec, Wire};
use std::collections::VecDeque;
use std::sync::Arc;

/// A transaction that was applied and has not expired.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct TransactionHistory {
    /// Id.
    pub id: TransactionHistoryId,
    /// The transaction.
    pub trx: Arc<SignedTransaction>,
    /// Its transaction id.
    pub trx_id: Hash160,
}
object! {
    TransactionHistory, TransactionHistoryIndex,
    holds [],
    concerns |row, accounts| {
        row.trx.operations.iter().for_each(|operation| operation.stateless().touch(accounts));
    }
}

/// Transactions by transaction id and by expiration.
#[derive(Clone, Debug, Default)]
pub struct TransactionHistoryIndex {
    by_trx_id: ByHash,
    /// By second. Many expire at one moment: those are in order of id.
    by_expiration: Sparse<VecDeque<u64>>,
}

impl TransactionHistoryIndex {
    /// The entry of a transaction.
    pub fn find(&self, trx_id: &Hash160) -> Option<TransactionHistoryId> {
        self.by_trx_id.get(&trx_id.0).map(carbyne_wire::Id)
    }

    /// Asks the processor for [`TransactionHistoryIndex::find`].
    #[inline]
    pub fn prefetch(&self, trx_id: &Hash160) {
        self.by_trx_id.prefetch(&trx_id.0);
    }

    /// The entries that expire before a moment, the first to expire first.
    pub fn expiring_before(&self, now: TimePointSec) -> impl Iterator<Item = TransactionHistoryId> {
        let seconds = self.by_expiration.iter_from(0);
        let expired = seconds.take_while(move |(second, _)| *second < now.0.into());
        expired.flat_map(|(_, instances)| instances.iter().copied().map(carbyne_wire::Id))
    }
}

impl Index<TransactionHistory> for TransactionHistoryIndex {
    type Keys = (Hash160, TimePointSec);
    fn keys(row: &TransactionHistory) -> Self::Keys {
        (row.trx_id, row.trx.expiration)
    }
    fn insert(&mut self, instance: u64, (trx_id, expiration): Self::Keys) {
        self.by_trx_id.insert(trx_id.0, instance);
        let second = expiration.0.into();
        let Some(instances) = self.by_expiration.get_or_insert_with(second, VecDeque::new) else {
            return;
        };
        if instances.back().is_none_or(|last| *last < instance) {
            return instances.push_back(instance);
        }
        let at = instances.partition_point(|other| *other < instance);
        instances.insert(at, instance);
    }
    fn remove(&mut self, instance: u64, (trx_id, expiration): Self::Keys) {
        self.by_trx_id.remove(&trx_id.0);
        let second = expiration.0.into();
        let Some(instances) = self.by_expiration.get_mut(second) else { return };
        if instances.front() == Some(&instance) {
            instances.pop_front();
        } else if let Ok(at) = instances.binary_search(&instance) {
            instances.remove(at);
        }
        if instances.is_empty() {
            self.by_expiration.remove(second);
        }
    }
}
