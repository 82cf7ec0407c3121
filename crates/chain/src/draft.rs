//! What the pending transactions did, as it would stand in our next block: if nothing else was done
//! to the pending state, that becomes the state of the block, and no transaction is applied twice.
//!
//! Invariant: a draft that can be a block holds the operations of all transactions that wait, in
//! their order, and of no others; none of them looked at the block it was in. This file must never
//! know what a transaction does.

use carbyne_ledger::Trust;
use carbyne_ledger::run::{AppliedOperation, Run};
use carbyne_protocol::recovered::RecoveredTransaction;

/// What would stand in a block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    /// In order.
    pub(crate) operations: Vec<AppliedOperation>,
    transactions: usize,
    /// Bytes that the transactions take in a block, results of their operations counted.
    size: usize,
    /// How transactions were asked; nothing if they are not all that was done.
    trust: Option<Trust>,
}

impl Draft {
    /// That of a pending state in which nothing was done yet.
    pub(crate) fn begin(trust: Trust) -> Self {
        Self { trust: Some(trust), ..Self::default() }
    }

    /// Something else was done to the pending state, or something waits that is not applied.
    pub(crate) fn spoil(&mut self) {
        *self = Self::default();
    }

    /// Adds a transaction that was just applied, from what the run recorded of it.
    pub(crate) fn add(
        &mut self,
        transaction: &RecoveredTransaction,
        results: usize,
        trust: Trust,
        run: &mut Run,
    ) {
        let number = u16::try_from(self.transactions);
        let (Ok(number), false) = (number, run.take_told_block()) else { return self.spoil() };
        if self.trust != Some(trust) {
            return self.spoil();
        }
        let operations = run.operations.drain(..);
        self.operations
            .extend(operations.map(|one| AppliedOperation { trx_in_block: number, ..one }));
        self.transactions = self.transactions.saturating_add(1);
        let size = transaction.size().saturating_add(results).saturating_add(1);
        self.size = self.size.saturating_add(size);
    }

    /// Whether a block with so much room for transactions, asked like that, would do the same.
    pub(crate) fn can_be_block(&self, trust: Trust, room: usize) -> bool {
        self.trust == Some(trust) && self.size <= room
    }
}
