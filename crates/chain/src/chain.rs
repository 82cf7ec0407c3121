//! Pushing and undoing blocks (reference: `chain/db_block.cpp`).

use crate::ChainRefusal;
use crate::draft::Draft;
use crate::event::{AppliedBlock, ChainEvent, Observe};
use crate::fork::{Branches, Company, ForkTree, Succession};
use crate::pool::{Pool, PoolLimits};
use carbyne_crypto::PublicKey;
use carbyne_ledger::run::AppliedOperation;
use carbyne_ledger::tables::{ObjectChange, Old};
use carbyne_ledger::{Ledger, Trust};
use carbyne_objects::AccountStatistics;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, WitnessId};
use carbyne_protocol::recovered::{RecoveredBlock, RecoveredTransaction};
use carbyne_wire::{Digest, Hash160, ObjectId};
use std::sync::Arc;

/// Blocks whose old values are forgotten with each block that is applied: more than one, so that
/// what was held goes away, and few, so that no block waits for it.
const FORGOTTEN_PER_BLOCK: u32 = 2;

/// What became of a block that was not refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// It is the head block now.
    Extended,
    /// Its branch was longer, so the chain switched to it.
    Switched,
    /// It is on a branch that is not longer, or was known already.
    Aside,
}

/// A chain: state, forks and pending transactions.
#[derive(Debug)]
pub struct Chain {
    pub(crate) ledger: Ledger,
    pub(crate) chain_id: Digest<32>,
    pub(crate) observe: Observe,
    pub(crate) events: Vec<ChainEvent>,
    pub(crate) pool: Pool,
    pub(crate) popped: Vec<Arc<RecoveredTransaction>>,
    pub(crate) pending_is_open: bool,
    pub(crate) draft: Draft,
    pub(crate) forks: ForkTree,
    /// Blocks that can be undone.
    undoable: u32,
    /// Whether old values are kept after blocks can no longer be undone.
    holds_base: bool,
    /// Blocks below the undoable ones whose old values are still kept.
    held: u32,
    /// The block to which somebody wants to be able to go back, if so.
    mark: Option<u32>,
}

/// A block that cannot be undone, whose state can be read while later ones are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base {
    /// Its number; 0 for the genesis.
    pub number: u32,
    /// Its id.
    pub id: Hash160,
}

impl Chain {
    /// A chain that stands at its genesis or another state whose blocks cannot be undone.
    pub fn new(mut ledger: Ledger, chain_id: Digest<32>) -> Self {
        ledger.stand_at_head();
        let head = ledger.dynamic().map(|dynamic| dynamic.head_block_id).unwrap_or_default();
        let forks = ForkTree::on(head, succession(&ledger).ok());
        Self {
            ledger,
            chain_id,
            observe: Observe::default(),
            events: Vec::new(),
            pool: Pool::default(),
            popped: Vec::new(),
            pending_is_open: false,
            draft: Draft::default(),
            forks,
            undoable: 0,
            holds_base: false,
            held: 0,
            mark: None,
        }
    }

    /// Says with whom it has its blocks in common.
    pub fn set_company(&mut self, company: Company) {
        self.forks.company = company;
    }

    /// Says what may wait for a block; to be said before anything does.
    pub fn set_pool_limits(&mut self, limits: PoolLimits) {
        self.pool = Pool::with(limits);
        self.draft.spoil();
    }

    /// Says whether changes of objects are written down.
    pub fn set_observe(&mut self, observe: Observe) {
        self.observe = observe;
    }

    /// The state, pending transactions included.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The state, to be written from outside the rules: into the pending session if one is open.
    pub fn ledger_mut(&mut self) -> &mut Ledger {
        self.draft.spoil();
        &mut self.ledger
    }

    /// The chain id.
    pub fn chain_id(&self) -> &Digest<32> {
        &self.chain_id
    }

    /// Id of the head block.
    pub fn head_id(&self) -> Hash160 {
        self.ledger.dynamic().map(|dynamic| dynamic.head_block_id).unwrap_or_default()
    }

    /// Number of the head block.
    pub fn head_number(&self) -> u32 {
        self.ledger.dynamic().map(|dynamic| dynamic.head_block_number).unwrap_or_default()
    }

    /// Number of blocks that can be undone.
    pub fn undoable_blocks(&self) -> u32 {
        self.undoable
    }

    /// The newest block below all whose old values are kept. Its state is that of the tables before
    /// their oldest sessions, and it can no longer be undone.
    pub fn base(&self) -> Base {
        let properties = self.ledger.tables.dynamic_properties.base(0);
        properties
            .map(|base| Base { number: base.head_block_number, id: base.head_block_id })
            .unwrap_or(Base { number: 0, id: Hash160::default() })
    }

    /// Lets [`Chain::base`] stay the same until [`Chain::release_base`]: a snapshot of it is
    /// written.
    pub fn hold_base(&mut self) -> Base {
        self.holds_base = true;
        self.base()
    }

    /// Lets [`Chain::base`] move on again. What was kept for it goes with the next blocks, a little
    /// with each.
    pub fn release_base(&mut self) {
        self.holds_base = false;
    }

    /// Lets every block above number `mark` be undone, however many there are, until another mark
    /// is set or none. Whoever sets one bounds [`Chain::saved_bytes`].
    pub fn set_mark(&mut self, mark: Option<u32>) {
        self.mark = mark;
    }

    /// Bytes of the old values that are kept for blocks which can be undone, by estimate.
    pub fn saved_bytes(&self) -> usize {
        self.ledger.tables.saved_bytes()
    }

    /// Undoes the blocks above number `to` for good: they, their transactions and what waits for a
    /// block are forgotten, as if they had never been.
    pub fn rewind(&mut self, to: u32) -> Result<(), Rejected> {
        let (head, undoable) = (self.head_number(), self.undoable);
        if head.checked_sub(to).is_none_or(|blocks| blocks > undoable) {
            return Err(ChainRefusal::CannotRewind { to, head, undoable }.into());
        }
        self.clear_pending();
        while self.head_number() > to {
            let block = self.undo_block()?;
            self.forks.remove(&block.id());
        }
        self.forks.set_head(self.head_id());
        Ok(())
    }

    fn forget_held(&mut self) {
        if self.holds_base {
            return;
        }
        for _ in 0..self.held.min(FORGOTTEN_PER_BLOCK) {
            self.ledger.tables.commit_oldest();
            self.held = self.held.saturating_sub(1);
        }
    }

    /// Number of blocks whose old values are kept: a follower that keeps as many has the same base.
    pub fn kept_blocks(&self) -> u32 {
        self.undoable.saturating_add(self.held)
    }

    /// A recent block of any branch.
    pub fn recent_block(&self, id: &Hash160) -> Option<&Arc<RecoveredBlock>> {
        self.forks.block(id)
    }

    /// Whether a block that is not applied yet is worth passing on: it would make the chain longer,
    /// follows a block that was applied, was made by the witness who was due, and holds the
    /// transactions that its header says.
    pub fn is_sound(&self, block: &RecoveredBlock) -> bool {
        let root = block.block().header().transaction_merkle_root;
        block.number() > self.head_number()
            && self.forks.is_due(block)
            && block.merkle_root().is_ok_and(|found| found == root)
    }

    /// What happened since this was asked last, in order; also after a refusal, which may have
    /// undone and redone blocks.
    pub fn take_events(&mut self) -> Vec<ChainEvent> {
        std::mem::take(&mut self.events)
    }

    /// Takes in a block. Pending transactions are taken off before it and pushed again after it,
    /// also if it is refused.
    pub fn push_block(
        &mut self,
        block: Arc<RecoveredBlock>,
        trust: Trust,
    ) -> Result<Pushed, Rejected> {
        let waiting = self.pool.take();
        self.close_pending();
        let result = self.push_without_pending(block, trust);
        self.restore_pending(waiting, trust);
        result
    }

    fn push_without_pending(
        &mut self,
        block: Arc<RecoveredBlock>,
        trust: Trust,
    ) -> Result<Pushed, Rejected> {
        self.forks.push(block.clone(), trust)?;
        let Some(longest) = self.forks.head().cloned() else { return Ok(Pushed::Aside) };
        if longest.block().header().previous == self.head_id() {
            return match self.apply(&block, trust) {
                Ok(()) => Ok(Pushed::Extended),
                Err(rejected) => {
                    self.forks.remove(&block.id());
                    Err(rejected)
                }
            };
        }
        if longest.number() > self.head_number() {
            self.switch_to(longest.id(), trust)?;
            return Ok(Pushed::Switched);
        }
        Ok(Pushed::Aside)
    }

    /// Undoes blocks down to where the branch of `head` parts and applies that branch; if one of
    /// its blocks is refused, the old branch comes back and the rest of the new one is forgotten.
    fn switch_to(&mut self, head: Hash160, trust: Trust) -> Result<(), Rejected> {
        let old_head = self.head_id();
        let undoable = self.undoable;
        let can_pop = |branches: &Branches| branches.second.len() <= undoable as usize;
        let Some(branches) = self.forks.branches(head, old_head).filter(can_pop) else {
            self.forks.remove(&head);
            self.forks.set_head(old_head);
            return Err(ChainRefusal::PartsTooDeep { block: head, undoable }.into());
        };
        let parting =
            branches.second.last().map(|block| block.block().header().previous).unwrap_or_default();
        self.pop_to(parting)?;
        for (done, block) in branches.first.iter().rev().enumerate() {
            let trust = self.forks.trust(&block.id(), trust);
            let Err(rejected) = self.apply(block, trust) else { continue };
            let invalid = branches.first.iter().rev().skip(done);
            invalid.for_each(|block| self.forks.remove(&block.id()));
            self.forks.set_head(old_head);
            self.pop_to(parting)?;
            for block in branches.second.iter().rev() {
                let trust = self.forks.trust(&block.id(), trust);
                self.apply(block, trust)?;
            }
            return Err(rejected);
        }
        Ok(())
    }

    fn pop_to(&mut self, id: Hash160) -> Result<(), Rejected> {
        while self.head_id() != id {
            self.pop_block()?;
        }
        Ok(())
    }

    /// Undoes the head block; its transactions wait to be pushed again at the next block.
    pub fn pop_block(&mut self) -> Result<(), Rejected> {
        self.close_pending();
        let id = self.head_id();
        if self.undoable > 0 && self.forks.head().is_some_and(|head| head.id() == id) {
            self.forks.pop()?;
        }
        let block = self.undo_block()?;
        let popped = block.recovered_transactions(&self.chain_id).map(Arc::new);
        self.popped.splice(0..0, popped);
        Ok(())
    }

    /// Undoes the head block, on which nothing is pending.
    fn undo_block(&mut self) -> Result<Arc<RecoveredBlock>, ChainRefusal> {
        let id = self.head_id();
        let block = self.forks.block(&id).filter(|_| self.undoable > 0).cloned();
        let block = block.ok_or(ChainRefusal::NothingToPop)?;
        self.ledger.undo();
        self.undoable = self.undoable.saturating_sub(1);
        self.events.push(ChainEvent::Undone {
            number: block.number(),
            id,
            previous: block.block().header().previous,
        });
        Ok(block)
    }

    /// Applies a block in a session that can be undone until the block is irreversible.
    fn apply(&mut self, block: &Arc<RecoveredBlock>, trust: Trust) -> Result<(), Rejected> {
        let irreversible = self.ledger.dynamic()?.last_irreversible_block_num;
        self.begin_block()?;
        if let Err(rejected) = self.ledger.apply_block(block, trust) {
            self.ledger.undo();
            self.ledger.run.operations.clear();
            return Err(rejected);
        }
        self.settle(block, irreversible)
    }

    /// Makes the block whose session is open the head block; `irreversible` is the number of the
    /// block that was irreversible before it, from which the reference counts what it keeps.
    pub(crate) fn settle(
        &mut self,
        block: &Arc<RecoveredBlock>,
        irreversible: u32,
    ) -> Result<(), Rejected> {
        self.undoable = self.undoable.saturating_add(1);
        let kept = block.number().saturating_sub(irreversible).saturating_add(1);
        let wanted = self.mark.map_or(0, |mark| block.number().saturating_sub(mark));
        let kept = kept.max(wanted);
        self.forks.set_kept(kept, block.number());
        let ledger = &self.ledger;
        self.forks.set_succession(&block.id(), || succession(ledger).ok());
        let applied = self.applied_block(block, kept)?;
        self.events.push(ChainEvent::Applied(Arc::new(applied)));
        while self.undoable > kept {
            self.undoable = self.undoable.saturating_sub(1);
            self.held = self.held.saturating_add(1);
        }
        self.forget_held();
        Ok(())
    }

    /// Opens the session of a block. There is one for every block that is kept, and no other.
    pub(crate) fn begin_block(&mut self) -> Result<(), Rejected> {
        self.check_depth(0)?;
        self.ledger.begin();
        Ok(())
    }

    /// Refuses to go on if there are not so many sessions more than blocks that are kept.
    pub(crate) fn check_depth(&self, more: usize) -> Result<(), Rejected> {
        let sessions = self.ledger.tables.depth();
        let blocks = (self.kept_blocks() as usize).saturating_add(more);
        if sessions != blocks {
            return Err(ChainRefusal::WrongDepth { sessions, blocks }.into());
        }
        Ok(())
    }

    /// Takes a block of our own, which was applied already, into the fork tree.
    pub(crate) fn take_in(&mut self, block: &Arc<RecoveredBlock>) -> Result<(), Rejected> {
        self.forks.push(block.clone(), Trust::OurLog)
    }

    /// The key with which a witness signs the next block. Pending transactions may say another:
    /// that counts only behind the block they will be in.
    pub fn signing_key(&self, witness: WitnessId) -> Result<PublicKey, Rejected> {
        match self.forks.key_after(&self.head_id(), witness) {
            Some(key) => Ok(key),
            None => Ok(self.ledger.get(witness)?.signing_key),
        }
    }

    /// Finds out again who may follow the head block.
    pub(crate) fn renew_succession(&mut self) {
        let id = self.head_id();
        self.forks.renew_succession(&id, succession(&self.ledger).ok());
    }

    /// The statistics of the accounts that operations concern, each once, without those that
    /// changed.
    fn statistics_of(
        &self,
        operations: &[AppliedOperation],
        changes: &[ObjectChange],
    ) -> Vec<Arc<AccountStatistics>> {
        let accounts = operations.iter().flat_map(AppliedOperation::concerned_accounts);
        let mut accounts: Vec<AccountId> = accounts.collect();
        accounts.sort_unstable();
        accounts.dedup();
        let found = accounts.into_iter().filter_map(|id| self.ledger.statistics(id).ok());
        let has_changed = |statistics: &&AccountStatistics| {
            let id = ObjectId::from(statistics.id);
            changes.binary_search_by_key(&id, |change| change.id).is_ok()
        };
        let unchanged = found.filter(|statistics| !has_changed(statistics));
        unchanged.map(|statistics| Arc::new(statistics.clone())).collect()
    }

    fn applied_block(
        &mut self,
        block: &Arc<RecoveredBlock>,
        kept: u32,
    ) -> Result<AppliedBlock, Rejected> {
        let operations = std::mem::take(&mut self.ledger.run.operations);
        let changes = match self.observe {
            Observe::Objects => self.ledger.changes_with(Old::All),
            Observe::Blocks => self.ledger.changes_with(Old::WhereItTells),
            Observe::Operations => Vec::new(),
        };
        let statistics = match self.observe {
            Observe::Objects | Observe::Blocks => self.statistics_of(&operations, &changes),
            Observe::Operations => Vec::new(),
        };
        Ok(AppliedBlock {
            block: block.clone(),
            operations,
            changes,
            statistics,
            last_irreversible: self.ledger.dynamic()?.last_irreversible_block_num,
            undoable: self.undoable.min(kept),
            block_interval: self.ledger.parameters()?.block_interval.into(),
        })
    }
}

/// Who may make the next block.
fn succession(ledger: &Ledger) -> Result<Succession, Rejected> {
    let mut witnesses = Vec::new();
    for witness in ledger.shuffled_witnesses()? {
        witnesses.push((*witness, ledger.get(*witness)?.signing_key));
    }
    Ok(Succession {
        first_aslot: ledger.dynamic()?.current_aslot.wrapping_add(1),
        first_time: ledger.get_slot_time(1)?,
        block_interval: ledger.parameters()?.block_interval,
        witnesses,
    })
}
