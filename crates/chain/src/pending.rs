//! Transactions that wait for a block, applied on top of the head block in a session of their own.

use crate::event::{ChainEvent, Observe};
use crate::{Chain, ChainRefusal};
use carbyne_ledger::Rejected;
use carbyne_ledger::applied::AppliedOperation;
use carbyne_ledger::block::Checks;
use carbyne_ledger::ops::OperationResult;
use carbyne_ledger::recovered::RecoveredTransaction;
use carbyne_ledger::tables::ObjectChange;
use std::sync::Arc;

/// Largest transaction that is looked at, in bytes.
const TRANSACTION_BYTES_MAX: usize = 1024 * 1024;

/// A transaction that waits for a block.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) transaction: Arc<RecoveredTransaction>,
    pub(crate) results: Vec<OperationResult>,
}

/// A transaction that became pending.
#[derive(Clone, Debug, Default)]
pub struct Accepted {
    /// What its operations gave back.
    pub results: Vec<OperationResult>,
    /// The objects it changed, if they are observed.
    pub changes: Vec<ObjectChange>,
}

/// What a transaction would do.
#[derive(Clone, Debug, Default)]
pub struct Simulated {
    /// What its operations would give back.
    pub results: Vec<OperationResult>,
    /// The operations, virtual ones included.
    pub operations: Vec<AppliedOperation>,
    /// The objects it would change.
    pub changes: Vec<ObjectChange>,
}

impl Chain {
    /// Applies a transaction on top of the head block and the transactions that wait already.
    pub fn push_transaction(
        &mut self,
        transaction: Arc<RecoveredTransaction>,
        checks: &Checks,
    ) -> Result<Accepted, Rejected> {
        let (size, limit) = (transaction.size(), TRANSACTION_BYTES_MAX);
        if size >= limit {
            return Err(ChainRefusal::TransactionTooLarge { size, limit }.into());
        }
        self.push_pending(transaction, checks)
    }

    pub(crate) fn push_pending(
        &mut self,
        transaction: Arc<RecoveredTransaction>,
        checks: &Checks,
    ) -> Result<Accepted, Rejected> {
        self.open_pending();
        self.ledger.begin();
        let applied = self.ledger.apply_transaction(&transaction, checks);
        self.ledger.applied.operations.clear();
        let results = match applied {
            Ok(results) => results,
            Err(rejected) => {
                self.ledger.undo();
                let refused = transaction.refused(&rejected);
                self.events.push(ChainEvent::Refused(Box::new(refused)));
                return Err(rejected);
            }
        };
        let changes = match self.observe {
            Observe::Objects => self.ledger.changes(),
            Observe::Operations | Observe::Blocks => Vec::new(),
        };
        self.ledger.merge();
        self.waiting.push(Waiting { transaction: transaction.clone(), results: results.clone() });
        self.events.push(ChainEvent::Pending(transaction));
        Ok(Accepted { results, changes })
    }

    /// What a transaction would do if it was pushed; nothing of it stays.
    pub fn simulate(
        &mut self,
        transaction: &RecoveredTransaction,
        checks: &Checks,
    ) -> Result<Simulated, Rejected> {
        self.ledger.begin();
        self.ledger.applied.operations.clear();
        let applied = self.ledger.apply_transaction(transaction, checks);
        let operations = std::mem::take(&mut self.ledger.applied.operations);
        let simulated = applied.map(|results| Simulated {
            results,
            operations,
            changes: self.ledger.changes(),
        });
        self.ledger.undo();
        simulated
    }

    /// What the operations of a transaction would give back if it was pushed; nothing of it stays.
    pub fn validate_transaction(
        &mut self,
        transaction: &RecoveredTransaction,
        checks: &Checks,
    ) -> Result<Vec<OperationResult>, Rejected> {
        self.ledger.begin();
        let applied = self.ledger.apply_transaction(transaction, checks);
        self.ledger.applied.operations.clear();
        self.ledger.undo();
        applied
    }

    fn open_pending(&mut self) {
        if !self.pending_is_open {
            self.ledger.begin();
            self.pending_is_open = true;
        }
    }

    /// Whether a transaction was pushed since the last block, accepted or not.
    pub fn pending_is_open(&self) -> bool {
        self.pending_is_open
    }

    /// Goes back to the state of the head block; the transactions stay in the list.
    pub(crate) fn close_pending(&mut self) {
        if self.pending_is_open {
            self.ledger.undo();
            self.pending_is_open = false;
        }
    }

    /// Drops every transaction that waits.
    pub fn clear_pending(&mut self) {
        self.waiting.clear();
        self.close_pending();
    }

    /// Number of transactions that wait.
    pub fn pending_count(&self) -> usize {
        self.waiting.len()
    }

    /// Transactions that wait, in order.
    pub fn pending(&self) -> impl Iterator<Item = &Arc<RecoveredTransaction>> {
        self.waiting.iter().map(|waiting| &waiting.transaction)
    }

    /// Pushes again what waited before a block: first what undone blocks held, then the rest; what
    /// is in the chain already or no longer applies is dropped.
    pub(crate) fn restore_pending(&mut self, waiting: Vec<Waiting>, checks: &Checks) {
        let popped = std::mem::take(&mut self.popped);
        let again = popped.into_iter().chain(waiting.into_iter().map(|one| one.transaction));
        for transaction in again {
            if !self.ledger.knows_transaction(&transaction.id()) {
                let _dropped = self.push_pending(transaction, checks);
            }
        }
    }
}
