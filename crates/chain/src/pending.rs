//! Transactions that wait for a block, applied on top of the head block in a session of their own.

use crate::draft::Draft;
use crate::event::{ChainEvent, Observe};
use crate::pool::{Full, Waiting};
use crate::{Chain, ChainRefusal};
use carbyne_ledger::block::TransactionRefusal;
use carbyne_ledger::run::AppliedOperation;
use carbyne_ledger::tables::ObjectChange;
use carbyne_ledger::{Record, Trust};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::recovered::RecoveredTransaction;
use carbyne_wire::Pack;
use std::sync::Arc;

/// Largest transaction that is looked at, in bytes.
const TRANSACTION_BYTES_MAX: usize = 1024 * 1024;
/// Blocks for which transactions are applied again after each block. What waits behind them is
/// looked at when its turn comes, so that no block has to wait for it.
const BLOCKS_APPLIED_AGAIN: usize = 2;

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
        trust: Trust,
    ) -> Result<Accepted, Rejected> {
        let pushed = self.push_new(&transaction, trust);
        match &pushed {
            Ok(_) => self.events.push(ChainEvent::Pending(transaction)),
            Err(rejected) => self.refuse(&transaction, rejected),
        }
        pushed
    }

    fn push_new(
        &mut self,
        transaction: &Arc<RecoveredTransaction>,
        trust: Trust,
    ) -> Result<Accepted, Rejected> {
        let (size, limit) = (transaction.size(), TRANSACTION_BYTES_MAX);
        if size >= limit {
            return Err(ChainRefusal::TransactionTooLarge { size, limit }.into());
        }
        self.push_pending(transaction, trust)
    }

    fn refuse(&mut self, transaction: &RecoveredTransaction, rejected: &Rejected) {
        self.events.push(ChainEvent::Refused(Box::new(transaction.refused(rejected))));
    }

    fn push_pending(
        &mut self,
        transaction: &Arc<RecoveredTransaction>,
        trust: Trust,
    ) -> Result<Accepted, Rejected> {
        self.open_pending(trust);
        self.ledger.begin();
        let applied = self.ledger.apply_transaction(transaction, trust, Record::Operations);
        let waits = applied.and_then(|results| {
            self.wait(transaction, &results)?;
            Ok(results)
        });
        match waits {
            Ok(results) => {
                let changes = match self.observe {
                    Observe::Objects => self.ledger.changes(),
                    Observe::Operations | Observe::Blocks => Vec::new(),
                };
                self.ledger.merge();
                self.draft.add(transaction, results.packed_len(), trust, &mut self.ledger.run);
                Ok(Accepted { results, changes })
            }
            Err(rejected) => {
                self.ledger.undo();
                Err(rejected)
            }
        }
    }

    /// Puts a transaction that was just applied into the pool.
    fn wait(
        &mut self,
        transaction: &Arc<RecoveredTransaction>,
        results: &Vec<OperationResult>,
    ) -> Result<(), Rejected> {
        let one = Waiting {
            transaction: transaction.clone(),
            size: transaction.size().saturating_add(results.packed_len()),
            core_fee: self.ledger.run.core_fees(),
        };
        let gone = self.pool.add(one).map_err(|full| match full {
            Full::OfPayer => ChainRefusal::PayerWaits,
            Full::OfOthers => ChainRefusal::PoolFull,
        })?;
        for one in gone {
            // What it did stays in the pending state.
            self.draft.spoil();
            self.refuse(&one.transaction, &ChainRefusal::PaysLess.into());
        }
        Ok(())
    }

    /// What a transaction would do if it was pushed; nothing of it stays.
    pub fn simulate(
        &mut self,
        transaction: &RecoveredTransaction,
        trust: Trust,
    ) -> Result<Simulated, Rejected> {
        self.ledger.begin();
        let applied = self.ledger.apply_transaction(transaction, trust, Record::Operations);
        let operations = std::mem::take(&mut self.ledger.run.operations);
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
        trust: Trust,
    ) -> Result<Vec<OperationResult>, Rejected> {
        self.ledger.begin();
        let applied = self.ledger.apply_transaction(transaction, trust, Record::Nothing);
        self.ledger.undo();
        applied
    }

    fn open_pending(&mut self, trust: Trust) {
        if !self.pending_is_open {
            self.ledger.begin();
            self.pending_is_open = true;
            self.draft = match self.pool.len() {
                0 => Draft::begin(trust),
                // They wait without being applied.
                _ => Draft::default(),
            };
        }
    }

    /// Whether a transaction was pushed since the last block, accepted or not.
    pub fn pending_is_open(&self) -> bool {
        self.pending_is_open
    }

    /// Goes back to the state of the head block; the transactions stay in the pool.
    pub(crate) fn close_pending(&mut self) {
        if self.pending_is_open {
            self.ledger.undo();
            self.pending_is_open = false;
            self.draft = Draft::default();
        }
    }

    /// Drops every transaction that waits.
    pub fn clear_pending(&mut self) {
        self.pool.take();
        self.close_pending();
    }

    /// Number of transactions that wait.
    pub fn pending_count(&self) -> usize {
        self.pool.len()
    }

    /// Packed bytes of the transactions that wait.
    pub fn pending_bytes(&self) -> usize {
        self.pool.bytes()
    }

    /// Transactions that wait, in order.
    pub fn pending(&self) -> impl Iterator<Item = &Arc<RecoveredTransaction>> {
        self.pool.iter().map(|waiting| &waiting.transaction)
    }

    /// Lets wait again what waited before a block: first what undone blocks held, then the rest;
    /// what is in the chain already or can no longer enter it is dropped. The first of them are
    /// applied again.
    pub(crate) fn restore_pending(&mut self, waiting: Vec<Waiting>, trust: Trust) {
        let mut room = self.bytes_applied_again();
        for transaction in std::mem::take(&mut self.popped) {
            room = room.saturating_sub(transaction.size());
            self.restore(&transaction, trust);
        }
        for one in waiting {
            if room > 0 {
                room = room.saturating_sub(one.size);
                self.restore(&one.transaction, trust);
            } else {
                self.park(one);
            }
        }
    }

    fn bytes_applied_again(&self) -> usize {
        let block = self.ledger.parameters().map_or(0, |all| all.maximum_block_size);
        (block as usize).saturating_mul(BLOCKS_APPLIED_AGAIN)
    }

    fn restore(&mut self, transaction: &Arc<RecoveredTransaction>, trust: Trust) {
        if self.ledger.knows_transaction(&transaction.id()) {
            return;
        }
        if let Err(rejected) = self.push_pending(transaction, trust) {
            self.refuse(transaction, &rejected);
        }
    }

    /// Lets a transaction wait that is not applied again now, unless it is clear that it never can
    /// be.
    fn park(&mut self, one: Waiting) {
        if self.ledger.knows_transaction(&one.transaction.id()) {
            return;
        }
        let now = self.ledger.head_time().unwrap_or_default();
        let expiration = one.transaction.transaction().expiration;
        if expiration < now {
            let expired = TransactionRefusal::Expired { expiration, now };
            return self.refuse(&one.transaction, &expired.into());
        }
        self.draft.spoil();
        // It waited before, and what waits now is part of what waited then.
        let _room = self.pool.add(one);
    }
}
