//! Making blocks: whose slot it is, and which transactions fit.

use crate::{Chain, ChainRefusal};
use carbyne_crypto::PrivateKey;
use carbyne_ledger::Rejected;
use carbyne_ledger::block::Checks;
use carbyne_ledger::ids::WitnessId;
use carbyne_ledger::recovered::{Recover, RecoveredBlock};
use carbyne_ledger::transaction::{BlockHeader, ProcessedTransaction, SignedBlock, SignedHeader};
use carbyne_wire::{Pack, TimePointSec};
use std::sync::Arc;

/// Room for the number of transactions in a block, in bytes.
const COUNT_BYTES: usize = 3;

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

    /// Makes the block of a slot from the transactions that wait, signs it and takes it in.
    pub fn generate_block(
        &mut self,
        time: TimePointSec,
        witness: WitnessId,
        key: &PrivateKey,
        checks: &Checks,
    ) -> Result<Arc<RecoveredBlock>, Rejected> {
        let slot = self.slot_at(time)?.ok_or(ChainRefusal::NoSlot { time })?;
        if slot.witness != witness {
            return Err(ChainRefusal::WrongWitness { witness, scheduled: slot.witness }.into());
        }
        self.close_pending();
        if checks.witness_signature && self.ledger.get(witness)?.signing_key != key.public_key() {
            return Err(ChainRefusal::WrongKey { witness }.into());
        }
        let mut block =
            SignedBlock { transactions: self.fitting(witness, checks)?, ..Default::default() };
        block.signed_header.header = BlockHeader {
            previous: self.head_id(),
            timestamp: time,
            witness,
            transaction_merkle_root: block.merkle_root(),
            ..BlockHeader::default()
        };
        if checks.witness_signature {
            let digest = block.header().digest();
            block.signed_header.witness_signature = key.sign(&digest.0);
        }
        // What is in the block was checked when it came and again just now.
        let recovered = Arc::new(RecoveredBlock::new(block, &self.chain_id, Recover::Signatures));
        let trusted = Checks { transaction_signatures: false, ..*checks };
        self.push_block(recovered.clone(), &trusted)?;
        Ok(recovered)
    }

    /// The transactions that still apply, in order, as many as a block holds; later ones wait on.
    fn fitting(
        &mut self,
        witness: WitnessId,
        checks: &Checks,
    ) -> Result<Vec<ProcessedTransaction>, Rejected> {
        let limit = self.ledger.parameters()?.maximum_block_size as usize;
        let header = SignedHeader::default().packed_len() - WitnessId::default().packed_len();
        let mut size = header + witness.packed_len() + COUNT_BYTES;
        let mut transactions = Vec::new();
        self.ledger.begin();
        for waiting in &self.waiting {
            let plain = ProcessedTransaction {
                transaction: waiting.transaction.transaction().clone(),
                operation_results: Vec::new(),
            };
            let plain_size = plain.packed_len();
            let with_results = plain_size - 1 + waiting.results.packed_len();
            if size + with_results > limit {
                continue;
            }
            self.ledger.begin();
            if self.ledger.apply_transaction(&waiting.transaction, checks).is_err() {
                self.ledger.undo();
                continue;
            }
            self.ledger.merge();
            size += plain_size;
            transactions.push(plain);
        }
        self.ledger.applied.operations.clear();
        self.ledger.undo();
        Ok(transactions)
    }
}
