//! Making blocks: whose slot it is, and which transactions fit.

use crate::draft::Draft;
use crate::fork::Company;
use crate::pool::Waiting;
use crate::{BlockSigner, Chain, ChainRefusal};
use carbyne_ledger::read_ahead::{Ahead, known};
use carbyne_ledger::{Questions, Trust};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::WitnessId;
use carbyne_protocol::recovered::{RecoveredBlock, RecoveredTransaction};
use carbyne_protocol::transaction::{BlockHeader, SignedHeader, num_from_id};
use carbyne_wire::{Pack, TimePointSec};
use std::sync::Arc;

/// Room for the number of transactions in a block, in bytes.
const COUNT_BYTES: usize = 3;
/// Transactions too large for the rest of a block that are passed over to find smaller ones.
const LEFT_OUT_MAX: usize = 1_000;

/// What a block is made of.
enum Content {
    /// What waited, and what it did in the session that is open: nothing else was done there.
    Applied(Vec<Waiting>, Draft),
    /// What waited, of which nothing is applied.
    Waiting(Vec<Waiting>),
}

/// A slot of the future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// How many slots after the head block.
    pub number: u32,
    /// When it begins.
    pub time: TimePointSec,
    /// Who may use it.
    pub witness: WitnessId,
}

impl Chain {
    /// The slot that `time` falls into, none up to the head block's.
    pub fn slot_at(&self, time: TimePointSec) -> Result<Option<Slot>, Rejected> {
        match self.ledger.get_slot_at_time(time)? {
            0 => Ok(None),
            number => self.slot(number).map(Some),
        }
    }

    /// The slot `number` slots after the head block.
    pub fn slot(&self, number: u32) -> Result<Slot, Rejected> {
        Ok(Slot {
            number,
            time: self.ledger.get_slot_time(number)?,
            witness: self.ledger.get_scheduled_witness(number)?,
        })
    }

    /// Makes the block of a slot from the transactions that wait, signs it and takes it in. If the
    /// pending state is what they do in it, it becomes the state of the block; else they are
    /// applied again: what no longer applies is dropped, what does not fit waits on.
    pub fn generate_block(
        &mut self,
        time: TimePointSec,
        witness: WitnessId,
        signer: &dyn BlockSigner,
        trust: Trust,
    ) -> Result<Arc<RecoveredBlock>, Rejected> {
        let slot = self.slot_at(time)?.ok_or(ChainRefusal::NoSlot { time })?;
        if slot.witness != witness {
            return Err(ChainRefusal::WrongWitness { witness, scheduled: slot.witness }.into());
        }
        let irreversible = self.ledger.dynamic()?.last_irreversible_block_num;
        let mut content = self.content(witness, trust)?;
        let made = self.make(slot, signer, &mut content, trust);
        let result = match made {
            Ok(block) => self.settle(&block, irreversible).map(|()| block),
            Err(rejected) => {
                self.ledger.undo();
                self.ledger.run.operations.clear();
                Err(rejected)
            }
        };
        match content {
            // All of it is in the block.
            Content::Applied(..) if result.is_ok() => self.restore_pending(Vec::new(), trust),
            Content::Applied(waiting, _) | Content::Waiting(waiting) => {
                self.restore_pending(waiting, trust);
            }
        }
        result
    }

    /// Takes what waits out of the pool and opens the session of a block: the pending one, if what
    /// was applied in it fits into the block.
    fn content(&mut self, witness: WitnessId, trust: Trust) -> Result<Content, Rejected> {
        let is_block = self.pending_is_open && self.draft.can_be_block(trust, self.room(witness)?);
        if is_block && !self.pending_changes_witnesses() {
            self.check_depth(1)?;
            self.pending_is_open = false;
            return Ok(Content::Applied(self.pool.take(), std::mem::take(&mut self.draft)));
        }
        self.close_pending();
        self.begin_block()?;
        Ok(Content::Waiting(self.pool.take()))
    }

    /// Whether a pending transaction did something to a witness: who signs a block is decided
    /// before its transactions are applied.
    fn pending_changes_witnesses(&self) -> bool {
        let mut changes = false;
        let witnesses = (WitnessId::SPACE, WitnessId::TYPE);
        self.ledger.tables.each_touched(&mut |table, _| changes |= table == witnesses);
        changes
    }

    /// Bytes that a block has for transactions.
    fn room(&self, witness: WitnessId) -> Result<usize, Rejected> {
        let header = SignedHeader {
            header: BlockHeader { witness, ..BlockHeader::default() },
            ..SignedHeader::default()
        };
        let allowed = self.ledger.parameters()?.maximum_block_size as usize;
        let limit = match self.forks.company {
            Company::Clients => allowed,
            Company::Peers { block_bytes_max } => allowed.min(block_bytes_max),
        };
        Ok(limit.saturating_sub(header.packed_len().saturating_add(COUNT_BYTES)))
    }

    /// Applies the content, as far as it is not applied, and the end of the block in the session
    /// that is open.
    fn make(
        &mut self,
        slot: Slot,
        signer: &dyn BlockSigner,
        content: &mut Content,
        trust: Trust,
    ) -> Result<Arc<RecoveredBlock>, Rejected> {
        let Slot { time, witness, .. } = slot;
        let signs = trust.asks(Questions::WITNESS_SIGNATURE);
        if signs && self.ledger.get(witness)?.signing_key != signer.public_key() {
            return Err(ChainRefusal::WrongKey { witness }.into());
        }
        let previous = self.head_id();
        self.ledger.start_block(num_from_id(&previous).wrapping_add(1), time, trust)?;
        let transactions = match content {
            Content::Applied(waiting, draft) => {
                let operations = std::mem::take(&mut draft.operations);
                self.ledger.run.adopt(operations, waiting.len());
                waiting.iter().map(|one| &*one.transaction).collect()
            }
            Content::Waiting(waiting) => self.fill(witness, waiting)?,
        };
        let header = BlockHeader { previous, timestamp: time, witness, ..BlockHeader::default() };
        let unsigned = RecoveredBlock::unsigned(header, transactions);
        let block = match signs {
            true => sign(unsigned, signer)?,
            false => unsigned,
        };
        let block = Arc::new(block);
        self.ledger.finish_block(&block)?;
        self.take_in(&block)?;
        Ok(block)
    }

    /// Applies the transactions that still apply, in order, as many as a block holds.
    fn fill<'a>(
        &mut self,
        witness: WitnessId,
        waiting: &'a [Waiting],
    ) -> Result<Vec<&'a RecoveredTransaction>, Rejected> {
        let (limit, mut size) = (self.room(witness)?, 0_usize);
        let (mut transactions, mut left_out) = (Vec::new(), 0_usize);
        let known = waiting.iter().map(|one| known(&one.transaction));
        let mut ahead = Ahead::new(&self.ledger, known);
        for one in waiting {
            ahead.step(&self.ledger);
            if size.saturating_add(one.size) > limit {
                left_out = left_out.saturating_add(1);
                if left_out > LEFT_OUT_MAX {
                    break;
                }
                continue;
            }
            // What is refused here is refused again, and told, when it is to wait again.
            if self.ledger.add_transaction(&one.transaction).is_ok() {
                size = size.saturating_add(one.transaction.size()).saturating_add(1);
                transactions.push(&*one.transaction);
            }
        }
        Ok(transactions)
    }
}

/// The block with a signature, which whoever gave it is not believed to be that of its witness.
fn sign(unsigned: RecoveredBlock, signer: &dyn BlockSigner) -> Result<RecoveredBlock, Rejected> {
    let header = &unsigned.block().signed_header.header;
    let witness = header.witness;
    let signature = signer.sign_header(header)?;
    let block = unsigned.with_signature(signature);
    match block.signed_by(&signer.public_key())? {
        true => Ok(block),
        false => Err(ChainRefusal::WrongKey { witness }.into()),
    }
}
