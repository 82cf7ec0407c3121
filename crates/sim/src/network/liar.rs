//! A node that speaks the peer protocol well and says what is not true: ids of blocks that there
//! are not, heads that are too high, blocks that were changed. It takes in nothing.

use super::member;
use carbyne_net::message::{FetchChunk, StateManifest, StateRefusal};
use carbyne_net::{ChainView, Effect, Head, Input, Node, Now as Moment, Record};
use carbyne_store::simulated::Chance;
use carbyne_wire::{Digest, Hash160, TimePointSec};
use std::cell::RefCell;
use std::sync::Arc;

/// One in so many ids and blocks is changed.
const LIE_EVERY: u64 = 6;

/// A node that lies about the chain of another.
pub(super) struct Liar {
    node: Node,
    chance: RefCell<Chance>,
    pub(super) wake: Moment,
}

impl Liar {
    /// A liar that has heard of the first so many machines.
    pub(super) fn new(at: usize, others: usize, chain_id: Digest<32>, seed: u64) -> Self {
        let mut chance = Chance(seed);
        let record = |at| Record { endpoint: member::endpoint(at), ..Record::default() };
        let node = member::node(at, 1, chain_id, &mut chance, (0..others).map(record).collect());
        Self { node, chance: RefCell::new(chance), wake: Moment(0) }
    }

    /// Does what comes in, with this chain to lie about.
    pub(super) fn step(
        &mut self,
        now: Moment,
        input: Input,
        truth: &dyn ChainView,
        effects: &mut Vec<Effect>,
    ) {
        let view = Lies { truth, chance: &self.chance };
        self.node.step(now, input, &view, effects);
    }
}

struct Lies<'a> {
    truth: &'a dyn ChainView,
    chance: &'a RefCell<Chance>,
}

impl Lies<'_> {
    fn lies(&self) -> bool {
        self.chance.borrow_mut().below(LIE_EVERY) == 0
    }

    fn spoilt(&self, mut id: Hash160) -> Hash160 {
        let at = self.chance.borrow_mut().below(20) as usize;
        id.0[at] ^= 1 << self.chance.borrow_mut().below(8);
        id
    }
}

impl ChainView for Lies<'_> {
    fn head(&self) -> Head {
        let mut head = self.truth.head();
        if self.lies() {
            let number =
                u32::from_be_bytes([head.id.0[0], head.id.0[1], head.id.0[2], head.id.0[3]]);
            let more = self.chance.borrow_mut().below(5_000) as u32;
            head.id.0[..4].copy_from_slice(&(number + more).to_be_bytes());
        }
        head
    }

    fn last_final(&self) -> u32 {
        self.truth.last_final()
    }

    fn block_interval(&self) -> u32 {
        self.truth.block_interval()
    }

    fn id_at(&self, number: u32) -> Option<Hash160> {
        let id = self.truth.id_at(number);
        match self.lies() {
            true => Some(self.spoilt(id.unwrap_or_default())),
            false => id,
        }
    }

    fn knows_block(&self, id: &Hash160) -> bool {
        self.truth.knows_block(id) ^ self.lies()
    }

    fn time_of(&self, id: &Hash160) -> Option<TimePointSec> {
        self.truth.time_of(id)
    }

    fn block(&self, id: &Hash160) -> Option<Vec<u8>> {
        let mut bytes = self.truth.block(id)?;
        if self.lies() {
            let at = self.chance.borrow_mut().below(bytes.len() as u64) as usize;
            bytes[at] ^= 1 << self.chance.borrow_mut().below(8);
        }
        Some(bytes)
    }

    fn state(&self) -> Option<Arc<StateManifest>> {
        self.truth.state()
    }

    fn chunk(&self, of: &FetchChunk) -> Result<Vec<u8>, StateRefusal> {
        let mut bytes = self.truth.chunk(of)?;
        if self.lies() {
            let at = self.chance.borrow_mut().below(bytes.len() as u64) as usize;
            bytes[at] ^= 1;
        }
        Ok(bytes)
    }

    fn branch(&self, id: &Hash160) -> Option<Vec<Hash160>> {
        let branch = self.truth.branch(id)?;
        Some(match self.lies() {
            true => branch.into_iter().map(|id| self.spoilt(id)).collect(),
            false => branch,
        })
    }
}
