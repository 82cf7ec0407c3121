//! Applying transactions and blocks (reference: `chain/db_block.cpp`, `chain/db_update.cpp`).
//!
//! Invariant: the steps of a block happen in the reference's order, because ids and virtual
//! operations show it. A refusal leaves changes behind: the caller owns the undo session around a
//! block or transaction.

use crate::authorize::{Approvals, agrees_alone, verify_authority};
use crate::evaluate::Mode;
use crate::ops::samet;
use crate::read_ahead::{Ahead, before_forgetting};
use crate::run::Record;
use crate::schedule::MAINTENANCE_FLAG;
use crate::trust::{Questions, Trust};
use crate::upkeep::contracts::due_contracts;
use crate::upkeep::core_exchange_rates::update_core_exchange_rates;
use crate::upkeep::credit::update_credit_offers_and_deals;
use crate::upkeep::expired_feeds::update_expired_feeds;
use crate::upkeep::expired_htlcs::expired_htlcs;
use crate::upkeep::expired_orders::clear_expired_orders;
use crate::upkeep::expired_proposals::expired_proposals;
use crate::upkeep::expired_settlements::clear_expired_force_settlements;
use crate::upkeep::maintenance::perform_chain_maintenance;
use crate::upkeep::tickets::process_tickets;
use crate::upkeep::withdraw_permissions::withdraw_permissions;
use crate::vesting::deposit_witness_pay;
use crate::{Ledger, ops};
use carbyne_objects::TransactionHistory;
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::*;
use carbyne_protocol::ids::{BlockSummaryId, TransactionHistoryId, WitnessId};
use carbyne_protocol::ops::{Operation, OperationResult};
use carbyne_protocol::proportion::basis_points;
use carbyne_protocol::recovered::{Facts, RecoveredBlock, RecoveredTransaction};
use carbyne_protocol::transaction::{BlockHeader, SignedTransaction, ref_block_prefix};
use carbyne_wire::{Hash160, Id, TimePointSec};
use std::sync::Arc;

refusals! {
    /// Why a block is refused.
    pub enum BlockRefusal {
        /// A block that is too large.
        TooLarge { size: usize, limit: u32 }: "the block has {size} bytes, {limit} are allowed",
        /// Other transactions than the witness signed.
        MerkleRoot { header: Hash160, calculated: Hash160 }:
            "the header's merkle root is {header}, that of the transactions {calculated}",
        /// A block that does not follow the head block.
        Previous { head: Hash160, previous: Hash160 }:
            "the block follows {previous}, the head block is {head}",
        /// A block that is not younger than the head block.
        NotLater { head: TimePointSec, block: TimePointSec }:
            "the block's time {block} is not after the head block's {head}",
        /// Signed by another key than the witness's.
        Signature { witness: WitnessId }: "the block is not signed by the key of {witness}",
        /// A block in the head block's slot.
        NoSlot: "the block is in no slot after the head block",
        /// A witness out of turn.
        WrongWitness { witness: WitnessId, scheduled: WitnessId, slot: u32 }:
            "{witness} made the block, {scheduled} was due for slot {slot}",
        /// Too many blocks that may still be undone.
        TooMuchUndo { head: u32, irreversible: u32 } [UNDO_DATABASE]:
            "head block {head} is too far from the last irreversible block {irreversible}",
    }
}

refusals! {
    /// Why a transaction is refused before its operations are applied.
    pub enum TransactionRefusal {
        /// It was applied already.
        Duplicate { id: Hash160 } [DUPLICATE_TRANSACTION]:
            "the transaction {id} was applied already",
        /// It builds on another chain.
        ReferenceBlock { number: u16, prefix: u32 }:
            "the reference block {number} does not have the prefix {prefix}",
        /// It expires too late.
        ExpiresTooLate { expiration: TimePointSec, now: TimePointSec, limit: u32 }:
            "the expiration {expiration} is more than {limit} seconds after {now}",
        /// It expired.
        Expired { expiration: TimePointSec, now: TimePointSec }:
            "the transaction expired at {expiration}, now is {now}",
        /// It is too large.
        TooLarge { size: usize, limit: u32 }:
            "the transaction has {size} bytes, {limit} are allowed",
    }
}

impl Ledger {
    /// Applies a block; `run` then holds its operations.
    pub fn apply_block(&mut self, block: &RecoveredBlock, trust: Trust) -> Result<(), Rejected> {
        self.check_content(block, trust)?;
        self.check_header(block, trust)?;
        self.start_block(block.number(), block.block().header().timestamp, trust)?;
        self.run.operations.reserve(block.block().transactions.len());
        let mut ahead = Ahead::new(self, block.transactions());
        for (transaction, facts) in block.transactions() {
            ahead.step(self);
            self.apply_known(transaction, facts, |_| ())?;
            self.run.next_transaction();
        }
        self.finish_block(block)
    }

    /// Stands before the first transaction of a block.
    pub fn start_block(
        &mut self,
        number: u32,
        time: TimePointSec,
        trust: Trust,
    ) -> Result<(), Rejected> {
        self.run.start_block(number, time, trust);
        self.run.is_maintenance = self.dynamic()?.next_maintenance_time <= time;
        Ok(())
    }

    /// Applies the next transaction of a block that is being made, if it still can be applied.
    pub fn add_transaction(&mut self, transaction: &RecoveredTransaction) -> Result<(), Rejected> {
        let recorded = self.run.operations.len();
        self.begin();
        if let Err(rejected) =
            self.apply_known(transaction.transaction(), transaction.facts(), |_| ())
        {
            self.undo();
            self.run.operations.truncate(recorded);
            return Err(rejected);
        }
        self.merge();
        self.run.next_transaction();
        Ok(())
    }

    /// Applies a transaction that is in no block and returns the results of its operations.
    pub fn apply_transaction(
        &mut self,
        transaction: &RecoveredTransaction,
        trust: Trust,
        record: Record,
    ) -> Result<Vec<OperationResult>, Rejected> {
        self.run.start_alone(trust, record);
        let mut results = Vec::with_capacity(transaction.transaction().operations.len());
        let gave = |result| results.push(result);
        self.apply_known(transaction.transaction(), transaction.facts(), gave)?;
        self.check_supply()?;
        Ok(results)
    }

    /// Says in `run` what the state says of the head block: for a state that was just made or read.
    pub fn stand_at_head(&mut self) {
        if let Ok(head) = self.dynamic() {
            let (number, time) = (head.head_block_number, head.time);
            self.run.stand_at(number, time);
        }
    }

    /// Whether a transaction with that id was applied and has not expired.
    pub fn knows_transaction(&self, id: &Hash160) -> bool {
        self.tables.transactions.index().find(id).is_some()
    }

    /// Applies an operation and records it with its result.
    pub fn apply_operation(
        &mut self,
        operation: &Operation,
        mode: Mode,
        is_virtual: bool,
    ) -> Result<OperationResult, Rejected> {
        let place = self.run.push(|| operation.clone(), is_virtual);
        let result = ops::evaluate(operation, self, mode)?;
        self.run.set_result(place, &result);
        Ok(result)
    }

    fn check_content(&self, block: &RecoveredBlock, trust: Trust) -> Result<(), Rejected> {
        if trust.asks(Questions::SIZE) {
            let (size, limit) = (block.size(), self.parameters()?.maximum_block_size);
            ensure!(size <= limit as usize, BlockRefusal::TooLarge { size, limit });
        }
        if trust.asks(Questions::MERKLE_ROOT) {
            let header = block.block().header().transaction_merkle_root;
            let calculated = block.merkle_root()?;
            ensure!(header == calculated, BlockRefusal::MerkleRoot { header, calculated });
        }
        Ok(())
    }

    fn check_header(&self, block: &RecoveredBlock, trust: Trust) -> Result<(), Rejected> {
        let header = block.block().header();
        let dynamic = self.dynamic()?;
        let (head, previous) = (dynamic.head_block_id, header.previous);
        ensure!(head == previous, BlockRefusal::Previous { head, previous });
        ensure!(
            dynamic.time < header.timestamp,
            BlockRefusal::NotLater { head: dynamic.time, block: header.timestamp }
        );
        let witness = self.get(header.witness)?;
        if trust.asks(Questions::WITNESS_SIGNATURE) {
            let is_witness = block.signee()? == witness.signing_key;
            ensure!(is_witness, BlockRefusal::Signature { witness: witness.id });
        }
        if trust.asks(Questions::SCHEDULE) {
            self.check_turn(header)?;
        }
        Ok(())
    }

    fn check_turn(&self, header: &BlockHeader) -> Result<(), Rejected> {
        let slot = self.get_slot_at_time(header.timestamp)?;
        ensure!(slot > 0, BlockRefusal::NoSlot);
        let (witness, scheduled) = (header.witness, self.get_scheduled_witness(slot)?);
        ensure!(witness == scheduled, BlockRefusal::WrongWitness { witness, scheduled, slot });
        Ok(())
    }

    fn apply_known(
        &mut self,
        transaction: &Arc<SignedTransaction>,
        facts: &Facts,
        mut gave: impl FnMut(OperationResult),
    ) -> Result<(), Rejected> {
        let trust = self.run.trust;
        facts.validate()?;
        let id = facts.id();
        if trust.asks(Questions::DUPLICATES) {
            let known = self.tables.transactions.index().find(&id);
            ensure!(known.is_none(), TransactionRefusal::Duplicate { id });
        }
        if trust.asks(Questions::SIGNATURES) {
            self.check_authority(transaction, facts)?;
        }
        self.check_place(transaction, facts)?;
        if trust.asks(Questions::DUPLICATES) {
            let row = TransactionHistory { id: Id(0), trx: transaction.clone(), trx_id: id };
            self.create::<TransactionHistoryId>(row);
        }
        self.run.start_transaction();
        for operation in &transaction.operations {
            self.run.start_operation();
            gave(self.apply_operation(operation, Mode::Sent, false)?);
            self.run.next_operation();
        }
        samet::check_repaid(self)
    }

    /// Whether those who must agree signed, and nobody else.
    fn check_authority(
        &self,
        transaction: &SignedTransaction,
        facts: &Facts,
    ) -> Result<(), Rejected> {
        let keys = facts.keys()?;
        if let (Some(account), [key]) = (facts.alone(), keys)
            && agrees_alone(self, account, key)
        {
            return Ok(());
        }
        let approvals = Approvals { keys, ..Approvals::default() };
        let depth = self.parameters()?.max_authority_depth.into();
        verify_authority(&transaction.operations, &approvals, self, depth)
    }

    /// Whether the transaction may stand at this place of this chain. Before the first block any
    /// may.
    fn check_place(&self, transaction: &SignedTransaction, facts: &Facts) -> Result<(), Rejected> {
        let trust = self.run.trust;
        let (dynamic, parameters) = (self.dynamic()?, self.parameters()?);
        if dynamic.head_block_number == 0 {
            return Ok(());
        }
        if trust.asks(Questions::REFERENCE_BLOCK) {
            let (number, prefix) = (transaction.ref_block_num, transaction.ref_block_prefix);
            let summary = self.get(Id(number.into()) as BlockSummaryId)?;
            ensure!(
                ref_block_prefix(&summary.block_id) == prefix,
                TransactionRefusal::ReferenceBlock { number, prefix }
            );
        }
        let (now, expiration) = (dynamic.time, transaction.expiration);
        let limit = parameters.maximum_time_until_expiration;
        ensure!(
            expiration <= now.wrapping_add(limit),
            TransactionRefusal::ExpiresTooLate { expiration, now, limit }
        );
        ensure!(now <= expiration, TransactionRefusal::Expired { expiration, now });
        if trust.asks(Questions::SIZE) {
            let (size, limit) = (facts.unsigned_size(), parameters.maximum_transaction_size);
            ensure!(size <= limit as usize, TransactionRefusal::TooLarge { size, limit });
        }
        Ok(())
    }

    /// Everything after the transactions of a block, which is the newest session, and whether all
    /// of it left the supply of every asset as it says.
    pub fn finish_block(&mut self, block: &RecoveredBlock) -> Result<(), Rejected> {
        let is_maintenance = self.run.is_maintenance;
        self.run.start_block_end();
        let header = block.block().header();
        let missed = self.update_witness_missed_blocks(header.timestamp)?;
        self.update_global_dynamic_data(block, missed)?;
        self.update_signing_witness(header)?;
        self.update_last_irreversible_block()?;
        process_tickets(self)?;
        if is_maintenance {
            perform_chain_maintenance(self)?;
        }
        self.create_block_summary(block)?;
        self.clear_expired_transactions()?;
        expired_proposals(self)?;
        clear_expired_orders(self)?;
        clear_expired_force_settlements(self)?;
        expired_htlcs(self)?;
        update_expired_feeds(self)?;
        update_core_exchange_rates(self)?;
        withdraw_permissions(self)?;
        update_credit_offers_and_deals(self)?;
        due_contracts(self)?;
        self.update_maintenance_flag(is_maintenance)?;
        self.update_witness_schedule()?;
        self.check_supply()
    }

    /// Counts the slots between the head block and this one, against their witnesses unless all of
    /// them missed.
    fn update_witness_missed_blocks(&mut self, time: TimePointSec) -> Result<u32, Rejected> {
        let slot = self.get_slot_at_time(time)?;
        let missed = slot.checked_sub(1).ok_or(BlockRefusal::NoSlot)?;
        if (missed as usize) < self.shuffled_witnesses()?.len() {
            for slot in 1..=missed {
                let witness = self.get_scheduled_witness(slot)?;
                self.modify(witness, |witness| {
                    witness.total_missed = witness.total_missed.wrapping_add(1);
                })?;
            }
        }
        Ok(missed)
    }

    fn update_global_dynamic_data(
        &mut self,
        block: &RecoveredBlock,
        missed: u32,
    ) -> Result<(), Rejected> {
        let (number, header) = (block.number(), block.block().header());
        let (head, irreversible) = self.modify_dynamic(|dynamic| {
            dynamic.recently_missed_count =
                recently_missed(dynamic.recently_missed_count, number, missed);
            dynamic.head_block_number = number;
            dynamic.head_block_id = block.id();
            dynamic.time = header.timestamp;
            dynamic.current_witness = header.witness;
            // Shifting by 128 slots or more wraps, as the reference's machine instructions do.
            let filled = dynamic.recent_slots_filled.wrapping_shl(1).wrapping_add(1);
            dynamic.recent_slots_filled = filled.wrapping_shl(missed);
            let passed = u64::from(missed).wrapping_add(1);
            dynamic.current_aslot = dynamic.current_aslot.wrapping_add(passed);
            (number, dynamic.last_irreversible_block_num)
        })?;
        ensure!(
            !self.run.trust.asks(Questions::UNDO_HISTORY)
                || head.wrapping_sub(irreversible) < MAX_UNDO_HISTORY,
            BlockRefusal::TooMuchUndo { head, irreversible }
        );
        Ok(())
    }

    /// Pays the witness of the block.
    fn update_signing_witness(&mut self, header: &BlockHeader) -> Result<(), Rejected> {
        let per_block = self.parameters()?.witness_pay_per_block;
        let slot_after_head = self.get_slot_at_time(header.timestamp)?;
        let aslot = self.dynamic()?.current_aslot.wrapping_add(slot_after_head.into());
        let pay = self.modify_dynamic(|dynamic| {
            let pay = per_block.min(dynamic.witness_budget);
            dynamic.witness_budget = dynamic.witness_budget.wrapping_sub(pay);
            pay
        })?;
        deposit_witness_pay(self, header.witness, pay)?;
        self.modify(header.witness, |witness| {
            witness.last_aslot = aslot;
            witness.last_confirmed_block_num = header.block_num();
        })
    }

    /// The last block that enough active witnesses have built on cannot be undone any more.
    fn update_last_irreversible_block(&mut self) -> Result<(), Rejected> {
        let mut confirmed = Vec::new();
        for witness in self.global()?.active_witnesses.iter() {
            confirmed.push(self.get(*witness)?.last_confirmed_block_num);
        }
        let lagging = PERCENT_100.saturating_sub(IRREVERSIBLE_THRESHOLD);
        let at = basis_points(confirmed.len() as u64, lagging) as usize;
        if at >= confirmed.len() {
            return Ok(());
        }
        let (_, irreversible, _) = confirmed.select_nth_unstable(at);
        if *irreversible > self.dynamic()?.last_irreversible_block_num {
            self.modify_dynamic(|dynamic| dynamic.last_irreversible_block_num = *irreversible)?;
        }
        Ok(())
    }

    /// Keeps the block's id for transactions that name it.
    fn create_block_summary(&mut self, block: &RecoveredBlock) -> Result<(), Rejected> {
        let id: BlockSummaryId = Id(u64::from(block.number() & 0xffff));
        self.modify(id, |summary| summary.block_id = block.id())
    }

    /// Forgets transactions that could not be applied again anyway.
    fn clear_expired_transactions(&mut self) -> Result<(), Rejected> {
        let now = self.head_time()?;
        let expired: Vec<_> = self.tables.transactions.index().expiring_before(now).collect();
        for (place, id) in expired.iter().enumerate() {
            before_forgetting(self, &expired, place);
            self.forget(*id);
        }
        Ok(())
    }

    fn update_maintenance_flag(&mut self, is_maintenance: bool) -> Result<(), Rejected> {
        let flags = if is_maintenance { MAINTENANCE_FLAG } else { 0 };
        self.modify_dynamic(|dynamic| {
            dynamic.dynamic_flags = dynamic.dynamic_flags & !MAINTENANCE_FLAG | flags;
        })
    }
}

/// The count of recently missed blocks after block `number`, before which `missed` slots were
/// empty.
fn recently_missed(count: u32, number: u32, missed: u32) -> u32 {
    if number == 1 {
        0
    } else if missed > 0 {
        count.wrapping_add(RECENTLY_MISSED_COUNT_INCREMENT.wrapping_mul(missed))
    } else if count > RECENTLY_MISSED_COUNT_INCREMENT {
        count.wrapping_sub(RECENTLY_MISSED_COUNT_DECREMENT)
    } else {
        count.saturating_sub(1)
    }
}
