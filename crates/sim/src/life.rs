//! What lives of a node between two starts, without threads: the core, what it did that is not on
//! disk yet, and what follows it.
//!
//! It does what the threads of a node do (`follow`, `runner`), one after the other and when it is
//! told to. Invariant: nothing is told of a block before it is on disk. This file must never know
//! what the time is.

use anyhow::Result;
use carbyne_chain::{AppliedBlock, BlockSigner, Chain, ChainEvent, Company, Observe};
use carbyne_core::{Core, Effects, Input, Missed, Now, Outcome, Production};
use carbyne_index::History;
use carbyne_net::frame::BLOCK_BYTES_MAX;
use carbyne_node::home::{Home, KeepHistory, Kept, follow_history};
use carbyne_protocol::ids::BlockSummaryId;
use carbyne_store::simulated::SimulatedDisk;
use carbyne_store::{SnapshotStore, StoreError};
use carbyne_wire::{Hash160, Id, TimePointSec};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

/// Where the data of every node is, each on a disk of its own.
const DIR: &str = "/data";

/// What became of a step, and what may be told at once.
pub struct Stepped {
    /// What became of the input.
    pub outcome: Outcome,
    /// The blocks that were applied, which nobody may be told of yet.
    pub applied: Vec<Arc<AppliedBlock>>,
    /// What is not about blocks and waits for nothing.
    pub told: Vec<ChainEvent>,
    /// Slots of its witnesses that went by.
    pub missed: Vec<Missed>,
}

/// A running node.
pub struct Life {
    /// The chain and what makes its blocks.
    pub core: Core,
    /// What happened.
    pub history: History,
    /// The blocks on disk.
    pub kept: Kept,
    /// The states on disk.
    pub snapshots: SnapshotStore,
    /// Number of the block from whose state it began.
    pub began_at: u32,
    /// When it wants to be asked again.
    pub wake_at: Option<TimePointSec>,
    waiting: VecDeque<Vec<ChainEvent>>,
}

impl Life {
    /// Starts as a node does.
    pub fn start(
        disk: &SimulatedDisk,
        genesis: &[u8],
        signers: Vec<Arc<dyn BlockSigner>>,
        production: Production,
    ) -> Result<Self> {
        let (disk, genesis) = (Arc::new(disk.clone()), Some(genesis.to_vec()));
        let home = Home::open_on(disk, Path::new(DIR), genesis, KeepHistory::InMemory)?;
        let Home { mut core, history, kept, snapshots, began_at, .. } = home;
        core.chain.set_observe(Observe::Blocks);
        core.chain.set_company(Company::Peers { block_bytes_max: BLOCK_BYTES_MAX });
        core.set_producers(signers, production);
        let waiting = VecDeque::new();
        Ok(Self { core, history, kept, snapshots, began_at, wake_at: None, waiting })
    }

    /// The chain.
    pub fn chain(&self) -> &Chain {
        &self.core.chain
    }

    /// Whether the state it began with was that of this block, which no log holds then. There may
    /// be blocks after it that nobody was told of.
    pub fn began_with(&self, id: &Hash160) -> bool {
        let at: BlockSummaryId = Id(u64::from(self.began_at) & 0xffff);
        let known = self.chain().ledger().find(at);
        self.began_at > 0 && known.is_some_and(|known| known.block_id == *id)
    }

    /// Does a step; what it did to the chain waits for the disk.
    pub fn step(&mut self, now: Now, input: Input) -> Stepped {
        let mut effects = Effects::default();
        let outcome = self.core.step(now, input, &mut effects);
        self.wake_at = effects.wake_at;
        let Effects { events, missed, .. } = effects;
        let applied: Vec<_> = events.iter().filter_map(applied).cloned().collect();
        if !events.iter().any(is_of_block) {
            return Stepped { outcome, applied, told: events, missed };
        }
        self.waiting.push_back(events);
        Stepped { outcome, applied, told: Vec::new(), missed }
    }

    /// Steps whose blocks wait for the disk.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Brings so many steps that wait to disk in one go, and into history; they may be told then.
    pub fn write(&mut self, most: usize) -> Result<Vec<ChainEvent>, NotWritten> {
        let count = most.min(self.waiting.len());
        let events: Vec<ChainEvent> = self.waiting.drain(..count).flatten().collect();
        self.kept.write(&events).map_err(|error| {
            let undone = events.iter().filter_map(|event| match event {
                ChainEvent::Undone { number, previous, .. } => Some((*number, *previous)),
                _ => None,
            });
            NotWritten { error, parting: undone.min().map(|(_, previous)| previous) }
        })?;
        follow_history(&mut self.history, &events);
        Ok(events)
    }
}

/// The disk failed.
pub struct NotWritten {
    /// Why.
    pub error: StoreError,
    /// If blocks were to be undone: the lowest block from which another branch parts.
    pub parting: Option<Hash160>,
}

fn applied(event: &ChainEvent) -> Option<&Arc<AppliedBlock>> {
    match event {
        ChainEvent::Applied(applied) => Some(applied),
        ChainEvent::Undone { .. } | ChainEvent::Pending(_) | ChainEvent::Refused(_) => None,
    }
}

fn is_of_block(event: &ChainEvent) -> bool {
    matches!(event, ChainEvent::Applied(_) | ChainEvent::Undone { .. })
}
