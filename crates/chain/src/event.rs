//! What the chain did, for those who follow it: the block log, history, subscribers.

use carbyne_ledger::run::AppliedOperation;
use carbyne_ledger::tables::ObjectChange;
use carbyne_objects::AccountStatistics;
use carbyne_protocol::recovered::{RecoveredBlock, RecoveredTransaction, RefusedTransaction};
use carbyne_wire::Hash160;
use std::sync::Arc;

/// Whether changes of objects are written down: that costs a copy of every object touched.
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
    /// If they are observed: the statistics of every account that an operation concerns, to which
    /// history adds, without those among the changes.
    pub statistics: Vec<Arc<AccountStatistics>>,
    /// Number of the last block that cannot be undone any more.
    pub last_irreversible: u32,
    /// Number of blocks up to this one that can be undone.
    pub undoable: u32,
    /// Seconds between the blocks after it.
    pub block_interval: u32,
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
        /// The id of the head block now.
        previous: Hash160,
    },
    /// A block was applied on top of the head block and is the head block now.
    Applied(Arc<AppliedBlock>),
    /// A transaction became pending; told once, however many blocks it waits for.
    Pending(Arc<RecoveredTransaction>),
    /// A transaction was refused, or is not pending any more because it no longer applies.
    Refused(Box<RefusedTransaction>),
}
