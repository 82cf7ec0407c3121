//! The fork tree: blocks of all branches near the head (reference: `chain/fork_database.cpp`).
//!
//! Invariant: the head is the newest block of the longest branch seen; of two branches of equal
//! length the one seen first.

use crate::ChainRefusal;
use carbyne_crypto::PublicKey;
use carbyne_ledger::{Questions, Trust};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::WitnessId;
use carbyne_protocol::recovered::RecoveredBlock;
use carbyne_protocol::transaction::num_from_id;
use carbyne_wire::{Hash160, TimePointSec};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many block numbers back are kept before the chain says otherwise.
const KEPT_AT_START: u32 = 1_024;

/// With whom a chain has its blocks in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Company {
    /// Whoever asks. As in the reference a second first block links to nothing.
    #[default]
    Clients,
    /// Peers. Those who began a chain each for itself, on one genesis, find together: as long as
    /// the first block can be undone, another may come.
    Peers {
        /// Bytes of a block that can be sent to them: a larger one is not made, whatever the chain
        /// allows.
        block_bytes_max: usize,
    },
}

/// Who may make the block after one that was applied.
#[derive(Clone, Debug)]
pub(crate) struct Succession {
    /// Absolute number of the first slot.
    pub(crate) first_aslot: u64,
    /// Time of the first slot.
    pub(crate) first_time: TimePointSec,
    /// Seconds between blocks.
    pub(crate) block_interval: u8,
    /// Witnesses in turn with their keys.
    pub(crate) witnesses: Vec<(WitnessId, PublicKey)>,
}

impl Succession {
    /// Refuses a block whose witness was not due or did not sign it.
    fn check(&self, block: &RecoveredBlock) -> Result<(), Rejected> {
        let header = block.block().header();
        let (time, first) = (header.timestamp, self.first_time);
        let waited = u32::try_from(time.since(first))
            .map_err(|_| ChainRefusal::BeforeSlot { time, first })?;
        let slot = u64::from(waited.checked_div(self.block_interval.into()).unwrap_or(waited));
        let turn = self.first_aslot.wrapping_add(slot).checked_rem(self.witnesses.len() as u64);
        let Some((scheduled, key)) = turn.and_then(|turn| self.witnesses.get(turn as usize)) else {
            return Ok(());
        };
        let witness = header.witness;
        if witness != *scheduled {
            return Err(ChainRefusal::WrongWitness { witness, scheduled: *scheduled }.into());
        }
        if block.signed_by(key)? {
            Ok(())
        } else {
            Err(ChainRefusal::WrongSignature { witness }.into())
        }
    }
}

/// A block of the tree.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) block: Arc<RecoveredBlock>,
    /// Whether our log vouches for it, or we made it: whatever else comes after it.
    is_ours: bool,
    /// Known once the block was applied.
    succession: Option<Arc<Succession>>,
}

impl Node {
    fn number(&self) -> u32 {
        self.block.number()
    }

    fn previous(&self) -> Hash160 {
        self.block.block().header().previous
    }
}

/// Two branches, newest block first, down to the children of the block they share.
pub(crate) struct Branches {
    pub(crate) first: Vec<Arc<RecoveredBlock>>,
    pub(crate) second: Vec<Arc<RecoveredBlock>>,
}

/// The block on whose state the chain began: it is not in the tree, but branches may part from it.
#[derive(Clone, Debug)]
struct Root {
    id: Hash160,
    succession: Option<Arc<Succession>>,
}

impl Root {
    /// 0 for the genesis.
    fn number(&self) -> u32 {
        num_from_id(&self.id)
    }
}

/// The fork tree.
#[derive(Clone, Debug)]
pub(crate) struct ForkTree {
    root: Root,
    nodes: BTreeMap<Hash160, Node>,
    head: Option<Hash160>,
    kept: u32,
    pub(crate) company: Company,
}

impl ForkTree {
    /// The tree of a chain that stands on a block, or on its genesis.
    pub(crate) fn on(id: Hash160, succession: Option<Succession>) -> Self {
        let root = Root { id, succession: succession.map(Arc::new) };
        let company = Company::default();
        Self { root, nodes: BTreeMap::new(), head: None, kept: KEPT_AT_START, company }
    }

    pub(crate) fn block(&self, id: &Hash160) -> Option<&Arc<RecoveredBlock>> {
        self.nodes.get(id).map(|node| &node.block)
    }

    /// Who vouches for a block of the tree, if it is whoever vouches for the blocks after it unless
    /// it is ours.
    pub(crate) fn trust(&self, id: &Hash160, of_later: Trust) -> Trust {
        let is_ours = self.nodes.get(id).is_some_and(|node| node.is_ours);
        if is_ours { Trust::OurLog } else { of_later }
    }

    /// The newest block of the longest branch.
    pub(crate) fn head(&self) -> Option<&Arc<RecoveredBlock>> {
        self.head.as_ref().and_then(|id| self.block(id))
    }

    /// Adds a block that links to a known one; if that is asked, its witness must have been due
    /// where that is known.
    pub(crate) fn push(
        &mut self,
        block: Arc<RecoveredBlock>,
        trust: Trust,
    ) -> Result<(), Rejected> {
        let check_witness = trust.asks(Questions::WITNESS_SIGNATURE | Questions::SCHEDULE);
        let node = Node { block, is_ours: trust == Trust::OurLog, succession: None };
        // As in the reference, the first block of all may be any.
        if self.head().is_some() || self.root.number() > 0 {
            self.check_link(&node, check_witness)?;
        }
        let (id, number) = (node.block.id(), node.number());
        self.nodes.entry(id).or_insert(node);
        // Nothing is forgotten before the block is applied: until then the chain can still go back
        // one block further, and a branch that parts there has to find it.
        if self.head().is_none_or(|head| number > head.number()) {
            self.head = Some(id);
        }
        Ok(())
    }

    /// What is too old to be kept links to nothing that is.
    fn check_link(&self, node: &Node, check_witness: bool) -> Result<(), Rejected> {
        let previous = node.previous();
        let unlinkable = ChainRefusal::Unlinkable { block: node.block.id(), previous };
        let succession = match self.nodes.get(&previous) {
            Some(parent) => &parent.succession,
            None if previous == self.root.id && self.is_root_near() => &self.root.succession,
            None => return Err(unlinkable.into()),
        };
        if let (true, Some(succession)) = (check_witness, succession) {
            succession.check(&node.block)?;
        }
        Ok(())
    }

    /// Whether a block follows one that was applied and was made by the witness who was due.
    pub(crate) fn is_due(&self, block: &RecoveredBlock) -> bool {
        let previous = block.block().header().previous;
        let of_root = (previous == self.root.id).then_some(&self.root.succession);
        let known = self.nodes.get(&previous).map(|node| &node.succession).or(of_root);
        let succession = known.and_then(Option::as_ref);
        succession.is_some_and(|succession| succession.check(block).is_ok())
    }

    /// Whether a block that follows the root may still be of use.
    fn is_root_near(&self) -> bool {
        let (root, head) = (self.root.number(), self.head().map_or(0, |head| head.number()));
        let is_root = root > 0 || self.company != Company::Clients;
        is_root && root.saturating_add(self.kept) >= head
    }

    /// The key of a witness who may follow a block, if that is known.
    pub(crate) fn key_after(&self, id: &Hash160, witness: WitnessId) -> Option<PublicKey> {
        let of_root = (*id == self.root.id).then_some(&self.root.succession);
        let known = self.nodes.get(id).map(|node| &node.succession).or(of_root)?.as_ref()?;
        known.witnesses.iter().find(|(due, _)| *due == witness).map(|(_, key)| *key)
    }

    /// Says who may follow an applied block, unless it was said before.
    pub(crate) fn set_succession(
        &mut self,
        id: &Hash160,
        succession: impl FnOnce() -> Option<Succession>,
    ) {
        if let Some(node) = self.nodes.get_mut(id)
            && node.succession.is_none()
        {
            node.succession = succession().map(Arc::new);
        }
    }

    /// Says anew who may follow a block, after a change from outside the rules.
    pub(crate) fn renew_succession(&mut self, id: &Hash160, succession: Option<Succession>) {
        if let Some(node) = self.nodes.get_mut(id) {
            node.succession = succession.map(Arc::new);
        } else if *id == self.root.id {
            self.root.succession = succession.map(Arc::new);
        }
    }

    /// Keeps blocks of `kept` numbers back from the one that was applied last, and forgets those
    /// before. The reference counts from the head of the branch, and forgets before it applies: so
    /// while it changes to a long branch it forgets the one it comes from, and when nothing becomes
    /// irreversible any more it forgets the oldest block to which it could go back.
    pub(crate) fn set_kept(&mut self, kept: u32, applied: u32) {
        self.kept = kept;
        let oldest = applied.saturating_sub(kept);
        // Ids begin with the block number, so the oldest come first.
        while let Some(entry) = self.nodes.first_entry() {
            if entry.get().number() >= oldest {
                break;
            }
            entry.remove();
        }
    }

    /// Steps the head back to its parent.
    pub(crate) fn pop(&mut self) -> Result<(), ChainRefusal> {
        let head = self.head.as_ref().and_then(|id| self.nodes.get(id));
        let parent = head.map(Node::previous).ok_or(ChainRefusal::NothingToPop)?;
        if !self.nodes.contains_key(&parent) {
            return Err(ChainRefusal::NothingToPop);
        }
        self.head = Some(parent);
        Ok(())
    }

    pub(crate) fn set_head(&mut self, id: Hash160) {
        self.head = Some(id);
    }

    /// Forgets a block that turned out invalid; if it was the head, its parent is.
    pub(crate) fn remove(&mut self, id: &Hash160) {
        let Some(node) = self.nodes.remove(id) else { return };
        if self.head == Some(*id) {
            let parent = node.previous();
            self.head = self.nodes.contains_key(&parent).then_some(parent);
        }
    }

    /// The branches from two blocks down to where they part.
    pub(crate) fn branches(&self, first: Hash160, second: Hash160) -> Option<Branches> {
        let mut branches = Branches { first: Vec::new(), second: Vec::new() };
        let (mut a, mut b) = (self.nodes.get(&first)?, self.nodes.get(&second)?);
        while a.number() > b.number() {
            branches.first.push(a.block.clone());
            a = self.nodes.get(&a.previous())?;
        }
        while b.number() > a.number() {
            branches.second.push(b.block.clone());
            b = self.nodes.get(&b.previous())?;
        }
        while a.previous() != b.previous() {
            branches.first.push(a.block.clone());
            branches.second.push(b.block.clone());
            (a, b) = (self.nodes.get(&a.previous())?, self.nodes.get(&b.previous())?);
        }
        branches.first.push(a.block.clone());
        branches.second.push(b.block.clone());
        Some(branches)
    }
}
