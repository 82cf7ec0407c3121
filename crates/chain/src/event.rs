//! What the chain did, for those who follow it: the block log, history, subscribers.

use carbyne_ledger::applied::AppliedOperation;
use carbyne_ledger::recovered::{RecoveredBlock, RecoveredTransaction, RefusedTransaction};
use carbyne_ledger::tables::ObjectChange;
use carbyne_wire::Hash160;
use std::sync::Arc;

/// Whether changes of objects are written down: that costs JSON of every object touched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Observe {
    /// Only operations.
    #[default]
    Operations,
    /// Operations, and the objects that blocks change.
    Blocks,
    /// Operations, and the objects that blocks and pending transactions change.
    Objects,
}

/// A block that was applied.
#[derive(Clone, Debug)]
pub struct AppliedBlock {
    /// The block.
    pub block: Arc<RecoveredBlock>,
    /// Its operations in order, virtual ones included.
    pub operations: Vec<AppliedOperation>,
    /// The objects it changed, if they are observed.
    pub changes: Vec<ObjectChange>,
    /// Number of the last block that cannot be undone any more.
    pub last_irreversible: u32,
}

/// A step of the chain. Followers take them in order.
#[derive(Clone, Debug)]
pub enum ChainEvent {
    /// The head block was undone.
    Undone {
        /// Its number.
        number: u32,
        /// Its id.
        id: Hash160,
    },
    /// A block was applied on top of the head block and is the head block now.
    Applied(Box<AppliedBlock>),
    /// A transaction became pending, or still is after a block.
    Pending(Arc<RecoveredTransaction>),
    /// A transaction was refused, or is not pending any more because it no longer applies.
    Refused(Box<RefusedTransaction>),
}
