//! The record of operations as they are applied: what history, subscribers and conformance read.

use crate::ops::Operation;
use crate::ops::OperationResult;
use carbyne_wire::TimePointSec;

/// An operation as it was applied (reference: `operation_history_object`).
#[derive(Clone, Debug, PartialEq)]
pub struct AppliedOperation {
    /// The operation.
    pub op: Operation,
    /// Its result; that of a virtual operation is empty.
    pub result: OperationResult,
    /// Number of the block.
    pub block_num: u32,
    /// Which transaction of the block caused it; the number of transactions if block end did.
    pub trx_in_block: u16,
    /// Which operation of the transaction caused it.
    pub op_in_trx: u16,
    /// How many operations the same operation had caused before.
    pub virtual_op: u32,
    /// Whether it was caused, not sent.
    pub is_virtual: bool,
    /// Time of the block.
    pub block_time: TimePointSec,
}

/// The operations applied since the last block began, and where the next one stands.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    /// In order; an operation that was taken back is gone.
    pub operations: Vec<AppliedOperation>,
    /// Number of the block at work.
    pub block_num: u32,
    /// Time of the block at work.
    pub block_time: TimePointSec,
    /// Which transaction is at work.
    pub trx_in_block: u16,
    /// Which operation of it is at work.
    pub op_in_trx: u16,
    /// How many operations were recorded at this place.
    pub virtual_op: u32,
}

impl Applied {
    /// Records an operation caused by the one at work and returns its place, for
    /// [`Applied::set_result`].
    pub fn push(&mut self, op: Operation, is_virtual: bool) -> usize {
        self.operations.push(AppliedOperation {
            op,
            result: OperationResult::default(),
            block_num: self.block_num,
            trx_in_block: self.trx_in_block,
            op_in_trx: self.op_in_trx,
            virtual_op: self.virtual_op,
            is_virtual,
            block_time: self.block_time,
        });
        self.virtual_op = self.virtual_op.wrapping_add(1);
        self.operations.len().saturating_sub(1)
    }

    /// Records an operation that no user sent, such as a fill.
    pub fn push_virtual(&mut self, op: impl Into<Operation>) {
        self.push(op.into(), true);
    }

    /// Fills in the result of a recorded operation.
    pub fn set_result(&mut self, place: usize, result: OperationResult) {
        if let Some(applied) = self.operations.get_mut(place) {
            applied.result = result;
        }
    }

    /// Forgets everything and stands before the first of the transactions of a block.
    pub(crate) fn start_block(&mut self, number: u32, time: TimePointSec, transactions: usize) {
        self.operations.clear();
        self.operations.reserve(transactions);
        self.block_num = number;
        self.block_time = time;
        self.trx_in_block = 0;
    }

    /// Stands before the first operation of a transaction.
    pub(crate) fn start_transaction(&mut self) {
        self.op_in_trx = 0;
    }

    /// Stands at the operation that is applied next.
    pub(crate) fn start_operation(&mut self) {
        self.virtual_op = 0;
    }

    /// Stands behind an operation.
    pub(crate) fn next_operation(&mut self) {
        self.op_in_trx = self.op_in_trx.wrapping_add(1);
    }

    /// Stands behind a transaction.
    pub(crate) fn next_transaction(&mut self) {
        self.trx_in_block = self.trx_in_block.wrapping_add(1);
    }

    /// Stands behind the last transaction, where the steps at the end of a block record what they
    /// cause.
    pub(crate) fn start_block_end(&mut self) {
        self.op_in_trx = 0;
        self.virtual_op = 0;
    }
}
