//! Every operation that was applied, as object 1.11.N in the order in which it happened.

use carbyne_graph::Index;
use carbyne_ledger::applied::AppliedOperation;
use carbyne_ledger::ids::{AccountId, OperationHistoryId};
use carbyne_ledger::ops::{Operation, OperationResult, RequiredAuthorities};
use carbyne_wire::{FlatSet, Id, TimePointSec, Wire};
use std::collections::BTreeMap;

/// An operation that was applied (reference: `operation_history_object`).
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct OperationHistory {
    /// Id.
    pub id: OperationHistoryId,
    /// The operation.
    pub op: Operation,
    /// What it gave back.
    pub result: OperationResult,
    /// Number of the block.
    pub block_num: u32,
    /// Which transaction of the block caused it.
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

impl From<AppliedOperation> for OperationHistory {
    fn from(applied: AppliedOperation) -> Self {
        Self {
            id: Id(0),
            op: applied.op,
            result: applied.result,
            block_num: applied.block_num,
            trx_in_block: applied.trx_in_block,
            op_in_trx: applied.op_in_trx,
            virtual_op: applied.virtual_op,
            is_virtual: applied.is_virtual,
            block_time: applied.block_time,
        }
    }
}

crate::row!(OperationHistory, ByBlock);

/// The first operation of each block and of each time.
#[derive(Clone, Debug, Default)]
pub struct ByBlock {
    /// Operations per block: number of the first and how many.
    blocks: BTreeMap<u32, BlockOperations>,
}

/// The operations of one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockOperations {
    /// Instance number of the first.
    pub first: u64,
    /// How many.
    pub count: u64,
    /// Time of the block.
    pub time: TimePointSec,
}

impl ByBlock {
    /// The operations of a block.
    pub fn of_block(&self, number: u32) -> Option<BlockOperations> {
        self.blocks.get(&number).copied()
    }

    /// The operations of the newest block that has any and is not later than `time`, back to the
    /// oldest.
    pub fn back_from(&self, time: TimePointSec) -> impl Iterator<Item = BlockOperations> {
        self.blocks.values().rev().copied().skip_while(move |block| block.time > time)
    }
}

impl Index<OperationHistory> for ByBlock {
    type Keys = (u32, TimePointSec);
    fn keys(row: &OperationHistory) -> Self::Keys {
        (row.block_num, row.block_time)
    }
    fn insert(&mut self, instance: u64, (block, time): Self::Keys) {
        let fresh = BlockOperations { first: instance, count: 0, time };
        let operations = self.blocks.entry(block).or_insert(fresh);
        operations.first = operations.first.min(instance);
        operations.count += 1;
    }
    fn remove(&mut self, _: u64, (block, _): Self::Keys) {
        // Operations only go from the end, so the first of a block stays until the block is empty.
        if let Some(operations) = self.blocks.get_mut(&block) {
            operations.count -= 1;
            if operations.count == 0 {
                self.blocks.remove(&block);
            }
        }
    }
}

/// The accounts in whose history an operation appears (reference: `account_history_plugin.cpp`).
pub fn concerned_accounts(operation: &OperationHistory) -> FlatSet<AccountId> {
    let mut required = RequiredAuthorities::default();
    let described = operation.op.stateless();
    described.require(&mut required);
    let mut accounts = required.active;
    accounts.extend(required.owner);
    if let (true, OperationResult::Object(id)) =
        (described.name() == "account_create", &operation.result)
    {
        accounts.extend(AccountId::try_from(*id));
    }
    described.touch(&mut accounts);
    if let OperationResult::Extendable(result) = &operation.result {
        accounts.extend(result.impacted_accounts.iter().flatten().copied());
    }
    for authority in &required.other {
        accounts.extend(authority.account_auths.keys().copied());
    }
    accounts
}
