//! What a run is told, and what it writes down: who vouches for what is applied, which block is at
//! work, the operations as they are applied.
//!
//! Invariant: nothing here is part of the state. It is set anew for every block and every
//! transaction, no session takes it back, and no snapshot holds it.

use crate::trust::Trust;
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::ops::{Operation, OperationResult, RequiredAuthorities};
use carbyne_wire::{FlatSet, TimePointSec};

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

impl AppliedOperation {
    /// The accounts in whose history it stands.
    pub fn concerned_accounts(&self) -> FlatSet<AccountId> {
        concerned_accounts(&self.op, &self.result)
    }
}

/// The accounts that an operation with this result concerns (reference:
/// `account_history_plugin.cpp`).
pub fn concerned_accounts(op: &Operation, result: &OperationResult) -> FlatSet<AccountId> {
    let mut required = RequiredAuthorities::default();
    let described = op.stateless();
    described.require(&mut required);
    let mut accounts = required.active;
    accounts.extend(required.owner);
    if let (Operation::AccountCreate(_), OperationResult::Object(id)) = (op, result) {
        accounts.extend(AccountId::try_from(*id));
    }
    described.touch(&mut accounts);
    if let OperationResult::Extendable(result) = result {
        accounts.extend(result.impacted_accounts.iter().flatten().copied());
    }
    for authority in &required.other {
        accounts.extend(authority.account_auths.keys().copied());
    }
    accounts
}

/// Whether operations are written down as they are applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Record {
    /// Only what they give back counts.
    Nothing,
    /// They are, virtual ones included.
    #[default]
    Operations,
}

/// The block or transaction at work, and what was recorded of it.
#[derive(Clone, Debug)]
pub struct Run {
    /// In order; an operation that was taken back is gone.
    pub operations: Vec<AppliedOperation>,
    /// Number of the block at work; of the head block while there is none.
    block_num: u32,
    /// Time of that block; before the first one that of the genesis.
    block_time: TimePointSec,
    /// Whether an operation asked which block it is in since that was asked for last.
    told_block: bool,
    pub(crate) trust: Trust,
    pub(crate) record: Record,
    /// Whether the block at work is to end with maintenance.
    pub(crate) is_maintenance: bool,
    /// What the transaction at work pays, in smallest units of the core asset.
    core_fees: i64,
    /// How many [`crate::Ledger::nested`] are at work inside each other.
    pub(crate) nesting: usize,
    /// How many operations were recorded at this place.
    pub(crate) virtual_op: u32,
    /// Which transaction is at work.
    trx_in_block: u16,
    /// Which operation of it is at work.
    op_in_trx: u16,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            operations: Vec::new(),
            block_num: 0,
            block_time: TimePointSec::default(),
            told_block: false,
            trust: Trust::Nobody,
            record: Record::default(),
            is_maintenance: false,
            core_fees: 0,
            nesting: 0,
            virtual_op: 0,
            trx_in_block: 0,
            op_in_trx: 0,
        }
    }
}

impl Run {
    /// Records an operation caused by the one at work and returns its place, for
    /// [`Run::set_result`].
    pub(crate) fn push(&mut self, op: impl FnOnce() -> Operation, is_virtual: bool) -> usize {
        let place = self.operations.len();
        if self.record == Record::Operations {
            self.operations.push(AppliedOperation {
                op: op(),
                result: OperationResult::default(),
                block_num: self.block_num,
                trx_in_block: self.trx_in_block,
                op_in_trx: self.op_in_trx,
                virtual_op: self.virtual_op,
                is_virtual,
                block_time: self.block_time,
            });
        }
        self.virtual_op = self.virtual_op.wrapping_add(1);
        place
    }

    /// Records an operation that no user sent, such as a fill.
    pub fn push_virtual(&mut self, op: impl Into<Operation>) {
        self.push(|| op.into(), true);
    }

    /// Fills in the result of a recorded operation.
    pub(crate) fn set_result(&mut self, place: usize, result: &OperationResult) {
        if let Some(applied) = self.operations.get_mut(place) {
            applied.result = result.clone();
        }
    }

    /// Number and time of the block at work, for an operation that writes them into the state:
    /// what it does then depends on the block it is in.
    pub(crate) fn tell_block(&mut self) -> (u32, TimePointSec) {
        self.told_block = true;
        (self.block_num, self.block_time)
    }

    /// Whether an operation asked which block it is in since this was asked last.
    pub fn take_told_block(&mut self) -> bool {
        std::mem::take(&mut self.told_block)
    }

    /// Says which block is at work.
    pub(crate) fn stand_at(&mut self, number: u32, time: TimePointSec) {
        (self.block_num, self.block_time) = (number, time);
    }

    /// Takes over what transactions did that were applied before their block was known, in its
    /// order: now it is. Stands behind the last of them.
    pub fn adopt(&mut self, operations: Vec<AppliedOperation>, transactions: usize) {
        self.operations = operations;
        for applied in &mut self.operations {
            (applied.block_num, applied.block_time) = (self.block_num, self.block_time);
        }
        self.trx_in_block = u16::try_from(transactions).unwrap_or(u16::MAX);
    }

    /// Forgets everything and stands before the first of the transactions of a block.
    pub(crate) fn start_block(&mut self, number: u32, time: TimePointSec, trust: Trust) {
        self.operations.clear();
        self.trust = trust;
        self.record = Record::Operations;
        self.block_num = number;
        self.block_time = time;
        self.trx_in_block = 0;
    }

    /// Forgets everything but the block, and stands before a transaction that is in none yet.
    pub(crate) fn start_alone(&mut self, trust: Trust, record: Record) {
        self.operations.clear();
        self.trust = trust;
        self.record = record;
        self.trx_in_block = 0;
        self.told_block = false;
    }

    /// Stands before the first operation of a transaction.
    pub(crate) fn start_transaction(&mut self) {
        self.op_in_trx = 0;
        self.core_fees = 0;
    }

    /// What the last transaction paid, in smallest units of the core asset.
    pub fn core_fees(&self) -> i64 {
        self.core_fees
    }

    pub(crate) fn pays(&mut self, core_fee: i64) {
        self.core_fees = self.core_fees.saturating_add(core_fee);
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
