//! The chain as peers may know it: a copy of a few ids and blocks near the head, so that nobody
//! who answers peers waits for the core.
//!
//! Invariant: ids at and above the last block that cannot be undone are here, those below are in
//! the log, which may be ahead of what is told. This file must never know how a block is applied.

use crate::states::{NoStates, States};
use carbyne_chain::{AppliedBlock, Chain, ChainEvent};
use carbyne_net::message::{FetchChunk, StateManifest, StateRefusal};
use carbyne_net::{ChainView, Head};
use carbyne_protocol::recovered::RecoveredBlock;
use carbyne_protocol::transaction::{SignedBlock, num_from_id};
use carbyne_wire::{Hash160, Pack, Tags, TimePointSec, unpack_exact};
use std::collections::{BTreeMap, VecDeque};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The blocks of the chain on disk.
pub trait Log {
    /// Number of the first block; none if there is no block.
    fn first(&self) -> Option<u32>;

    /// Id of the block of that number.
    fn id(&self, number: u32) -> Option<Hash160>;

    /// Ids of the blocks from that number on, `count` at most.
    fn ids(&self, number: u32, count: usize) -> Vec<Hash160> {
        (number..).take(count).map_while(|number| self.id(number)).collect()
    }

    /// The block of that number: its id, and how it is packed.
    fn block(&self, number: u32) -> Option<(Hash160, Vec<u8>)>;
}

/// The chain as peers may know it.
pub struct Told {
    log: Box<dyn Log + Send>,
    states: Box<dyn States + Send>,
    /// The block with whose state the chain began, which is not in the log: the first that the
    /// blocks behind it link to.
    began_on: Option<Hash160>,
    /// The branch of the head, from the last block that cannot be undone on; empty at the genesis.
    ids: VecDeque<Hash160>,
    /// Blocks of all branches from there on.
    blocks: BTreeMap<Hash160, Arc<RecoveredBlock>>,
    head_time: TimePointSec,
    undoable: u32,
    block_interval: u32,
}

impl Told {
    /// The chain as it stands; everything it did so far must be on disk.
    pub fn of(chain: &Chain, log: Box<dyn Log + Send>) -> Self {
        let ledger = chain.ledger();
        let mut told = Self {
            began_on: before(&*log).or(Some(chain.head_id())).filter(|id| num_from_id(id) > 0),
            log,
            states: Box::new(NoStates),
            ids: VecDeque::new(),
            blocks: BTreeMap::new(),
            head_time: ledger.head_time().unwrap_or_default(),
            undoable: chain.undoable_blocks(),
            block_interval: ledger.parameters().map_or(0, |all| all.block_interval.into()),
        };
        let mut id = chain.head_id();
        while num_from_id(&id) > 0 && told.ids.len() <= told.undoable as usize {
            told.ids.push_front(id);
            let Some(block) = chain.recent_block(&id) else { break };
            told.blocks.insert(id, block.clone());
            id = block.block().header().previous;
        }
        told
    }

    /// The same chain, of which these states are given to others.
    pub fn giving(self, states: Box<dyn States + Send>) -> Self {
        Self { states, ..self }
    }

    /// Takes in what the chain did.
    pub(crate) fn follow(&mut self, event: &ChainEvent) {
        match event {
            ChainEvent::Applied(applied) => self.applied(applied),
            ChainEvent::Undone { previous, .. } => self.undone(*previous),
            ChainEvent::Pending(_) | ChainEvent::Refused(_) => {}
        }
    }

    fn applied(&mut self, applied: &AppliedBlock) {
        let block = &applied.block;
        self.ids.push_back(block.id());
        self.blocks.insert(block.id(), block.clone());
        self.head_time = block.block().header().timestamp;
        self.undoable = applied.undoable;
        self.block_interval = applied.block_interval;
        let kept = (self.undoable as usize).saturating_add(1);
        self.ids.drain(..self.ids.len().saturating_sub(kept));
        let last_final = self.last_final();
        // Ids begin with the number, so the oldest come first.
        while let Some(entry) = self.blocks.first_entry() {
            if num_from_id(entry.key()) >= last_final {
                break;
            }
            entry.remove();
        }
    }

    fn undone(&mut self, previous: Hash160) {
        self.ids.pop_back();
        self.undoable = self.undoable.saturating_sub(1);
        self.head_time = self.time_of(&previous).unwrap_or_default();
    }

    /// A block was taken in, and nothing was told of its being applied: it is on another branch.
    pub(crate) fn took(&mut self, block: &Arc<RecoveredBlock>) {
        if block.number() >= self.last_final() {
            self.blocks.entry(block.id()).or_insert_with(|| block.clone());
        }
    }

    /// A block was refused, and the chain may have forgotten those before it on its branch.
    pub(crate) fn refused(&mut self, block: &RecoveredBlock) {
        let mut id = block.id();
        let mut previous = block.block().header().previous;
        while self.id_at(num_from_id(&id)) != Some(id) {
            self.blocks.remove(&id);
            let Some(parent) = self.blocks.get(&previous) else { return };
            (id, previous) = (previous, parent.block().header().previous);
        }
    }

    fn head_number(&self) -> u32 {
        self.ids.back().map_or(0, num_from_id)
    }
}

/// The block that the first of the log follows.
fn before(log: &dyn Log) -> Option<Hash160> {
    let (_, packed) = log.block(log.first()?)?;
    let block: SignedBlock = unpack_exact(&packed, Tags::All).ok()?;
    Some(block.header().previous)
}

impl ChainView for Told {
    fn head(&self) -> Head {
        Head { id: self.ids.back().copied().unwrap_or_default(), time: self.head_time }
    }

    fn last_final(&self) -> u32 {
        self.head_number().saturating_sub(self.undoable)
    }

    fn block_interval(&self) -> u32 {
        self.block_interval
    }

    fn id_at(&self, number: u32) -> Option<Hash160> {
        let behind = self.head_number().checked_sub(number).filter(|_| number > 0)?;
        let place = self.ids.len().checked_sub(1)?.checked_sub(behind as usize);
        match place.and_then(|place| self.ids.get(place)) {
            Some(id) => Some(*id),
            None => self.log.id(number).or(self.began_on.filter(|id| num_from_id(id) == number)),
        }
    }

    fn ids_at(&self, numbers: RangeInclusive<u32>, most: usize) -> Vec<Hash160> {
        let kept = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        let first_kept = self.head_number().saturating_sub(kept).saturating_add(1);
        let in_log = first_kept.saturating_sub(*numbers.start()) as usize;
        let mut ids = self.log.ids(*numbers.start(), in_log.min(most));
        let done = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        let next = numbers.start().saturating_add(done);
        let rest = (next..=*numbers.end()).take(most.saturating_sub(ids.len()));
        ids.extend(rest.map_while(|number| self.id_at(number)));
        ids
    }

    fn knows_block(&self, id: &Hash160) -> bool {
        self.blocks.contains_key(id) || self.id_at(num_from_id(id)) == Some(*id)
    }

    fn time_of(&self, id: &Hash160) -> Option<TimePointSec> {
        if let Some(block) = self.blocks.get(id) {
            return Some(block.block().header().timestamp);
        }
        if self.ids.back() == Some(id) {
            return Some(self.head_time);
        }
        let block: SignedBlock = unpack_exact(&self.block(id)?, Tags::All).ok()?;
        Some(block.header().timestamp)
    }

    fn block(&self, id: &Hash160) -> Option<Vec<u8>> {
        if let Some(block) = self.blocks.get(id) {
            return Some(block.block().to_bytes());
        }
        let number = num_from_id(id);
        if number > self.head_number() {
            return None;
        }
        self.log.block(number).filter(|(found, _)| found == id).map(|(_, packed)| packed)
    }

    fn branch(&self, id: &Hash160) -> Option<Vec<Hash160>> {
        let mut ids = VecDeque::new();
        let mut id = *id;
        // No block stands before the first.
        while num_from_id(&id) > 0 && self.id_at(num_from_id(&id)) != Some(id) {
            let block = self.blocks.get(&id)?;
            ids.push_front(id);
            id = block.block().header().previous;
        }
        Some(ids.into())
    }

    fn state(&self) -> Option<Arc<StateManifest>> {
        // Who gets a state goes on with the blocks behind it.
        self.states.newest().filter(|state| self.knows_block(&state.block))
    }

    fn chunk(&self, of: &FetchChunk) -> Result<Vec<u8>, StateRefusal> {
        self.states.chunk(of)
    }
}
