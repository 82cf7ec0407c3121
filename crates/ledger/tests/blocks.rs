//! What a block and a transaction are refused for before the rules of operations are asked, and
//! that time, schedule and budget go on as they should when nothing happens.

use carbyne_crypto::PrivateKey;
use carbyne_ledger::{Ledger, Questions, Record, Trust};
use carbyne_protocol::genesis::{InitialAccount, InitialCommitteeMember, InitialWitness};
use carbyne_protocol::ids::WitnessId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::misc::custom::Custom;
use carbyne_protocol::ops::transfer::Transfer;
use carbyne_protocol::transaction::{ProcessedTransaction, SignedBlock, SignedTransaction};
use carbyne_protocol::{GenesisState, Recover, RecoveredBlock, RecoveredTransaction, Rejected};
use carbyne_wire::{Bytes, Digest, Id, Pack, Tags, TimePointSec, unpack_exact};
use std::sync::Arc;

const CHAIN_ID: Digest<32> = Digest([7; 32]);
const START: u32 = 1_900_000_000;
const WITNESSES: u64 = 3;

fn key() -> PrivateKey {
    PrivateKey::from_seed("everybody")
}

fn genesis() -> GenesisState {
    let names = (0..WITNESSES).map(|n| format!("witness{n}"));
    let mut genesis = GenesisState {
        initial_timestamp: TimePointSec(START),
        initial_active_witnesses: WITNESSES,
        ..GenesisState::default()
    };
    genesis.immutable_parameters.min_witness_count = 3;
    genesis.immutable_parameters.min_committee_member_count = 3;
    genesis.initial_parameters.maintenance_interval = 100;
    let fees = &mut genesis.initial_parameters.current_fees;
    **fees = carbyne_protocol::fees::FeeSchedule::with_defaults();
    for name in names {
        genesis.initial_accounts.push(InitialAccount {
            name: name.as_str().into(),
            owner_key: key().public_key(),
            is_lifetime_member: true,
            ..InitialAccount::default()
        });
        let owner_name = name.as_str().into();
        let block_signing_key = key().public_key();
        genesis.initial_witness_candidates.push(InitialWitness { owner_name, block_signing_key });
        let owner_name = name.as_str().into();
        genesis.initial_committee_candidates.push(InitialCommitteeMember { owner_name });
    }
    genesis
}

fn chain() -> Ledger {
    Ledger::from_genesis(&genesis(), CHAIN_ID).unwrap()
}

/// The block of the slot `slots` after the head block.
fn next_block(ledger: &Ledger, slots: u32, transactions: Vec<SignedTransaction>) -> SignedBlock {
    let mut block = SignedBlock {
        transactions: transactions
            .into_iter()
            .map(|transaction| ProcessedTransaction {
                transaction: Arc::new(transaction),
                operation_results: Vec::new(),
            })
            .collect(),
        ..SignedBlock::default()
    };
    let header = &mut block.signed_header.header;
    header.previous = ledger.dynamic().unwrap().head_block_id;
    header.timestamp = ledger.get_slot_time(slots).unwrap();
    header.witness = ledger.get_scheduled_witness(slots).unwrap();
    block.signed_header.header.transaction_merkle_root = block.merkle_root();
    sign(&mut block);
    block
}

fn sign(block: &mut SignedBlock) {
    let digest = block.header().digest().0;
    block.signed_header.witness_signature = key().sign(&digest);
}

/// Applies a packed block.
fn apply(ledger: &mut Ledger, block: SignedBlock, trust: Trust) -> Result<(), Rejected> {
    let block = unpack_exact(&block.to_bytes(), Tags::Reference).unwrap();
    let block = RecoveredBlock::new(block, &CHAIN_ID, Recover::Signatures);
    ledger.apply_block(&block, trust)
}

fn produce(ledger: &mut Ledger, slots: u32) {
    let block = next_block(ledger, slots, Vec::new());
    apply(ledger, block, Trust::Nobody).unwrap();
}

/// A transfer that builds on the head block and expires soon.
fn transfer(ledger: &Ledger, memo_of_time: u32) -> SignedTransaction {
    let dynamic = ledger.dynamic().unwrap();
    let number = dynamic.head_block_number;
    let transfer = Transfer {
        fee: Asset::core(2_000_000),
        from: Id(6),
        to: Id(7),
        amount: Asset::core(1),
        ..Transfer::default()
    };
    SignedTransaction {
        ref_block_num: number as u16,
        ref_block_prefix: carbyne_protocol::transaction::ref_block_prefix(&dynamic.head_block_id),
        expiration: dynamic.time.wrapping_add(memo_of_time),
        operations: [transfer.into()].into_iter().collect(),
        ..SignedTransaction::default()
    }
}

fn check_block(spoil: impl FnOnce(&mut SignedBlock), signed_again: bool, want: &str) {
    let mut ledger = chain();
    produce(&mut ledger, 1);
    produce(&mut ledger, 1);
    let mut block = next_block(&ledger, 1, Vec::new());
    spoil(&mut block);
    if signed_again {
        sign(&mut block);
    }
    ledger.begin();
    let refusal = apply(&mut ledger, block, Trust::Nobody).unwrap_err();
    assert_eq!(refusal.reason(), want, "{refusal}");
}

#[test]
fn a_block_is_refused_for_each_thing_that_is_wrong_with_it() {
    check_block(|b| b.signed_header.witness_signature.0[9] ^= 1, false, "BlockRefusal::Signature");
    check_block(|b| header(b).timestamp.0 += 5, false, "BlockRefusal::Signature");
    check_block(|b| header(b).previous = Digest([1; 20]), true, "BlockRefusal::Previous");
    check_block(|b| header(b).timestamp = TimePointSec(START), true, "BlockRefusal::NotLater");
    check_block(|b| header(b).timestamp.0 -= 1, true, "BlockRefusal::NoSlot");
    check_block(|b| header(b).witness = Id(99), true, "LedgerRefusal::UnknownObject");
    check_block(another_witness, true, "BlockRefusal::WrongWitness");
    check_block(with_two_megabytes, true, "BlockRefusal::TooLarge");
    let with_other_root = |b: &mut SignedBlock| header(b).transaction_merkle_root.0[0] ^= 1;
    check_block(with_other_root, true, "BlockRefusal::MerkleRoot");
}

fn with_two_megabytes(block: &mut SignedBlock) {
    let custom = Custom { data: Bytes(vec![0; 2_000_000]), ..Custom::default() };
    let mut large = ProcessedTransaction::default();
    let operations = vec![custom.into()].into();
    large.transaction = Arc::new(SignedTransaction { operations, ..Default::default() });
    block.transactions.push(large);
}

fn header(block: &mut SignedBlock) -> &mut carbyne_protocol::transaction::BlockHeader {
    &mut block.signed_header.header
}

fn another_witness(block: &mut SignedBlock) {
    let WitnessId { 0: number } = header(block).witness;
    header(block).witness = Id(number % WITNESSES + 1);
}

fn check_transaction(change: impl FnOnce(&mut SignedTransaction), want: &str) {
    let mut ledger = chain();
    produce(&mut ledger, 1);
    let mut transaction = transfer(&ledger, 60);
    change(&mut transaction);
    if transaction.signatures.is_empty() {
        transaction.sign(&key(), &CHAIN_ID);
    }
    let transaction = unpack_exact(&transaction.to_bytes(), Tags::Reference).unwrap();
    let transaction = RecoveredTransaction::new(transaction, &CHAIN_ID, Recover::Signatures);
    let refusal =
        ledger.apply_transaction(&transaction, Trust::Nobody, Record::Nothing).unwrap_err();
    assert_eq!(refusal.reason(), want, "{refusal}");
}

#[test]
fn a_transaction_is_refused_for_each_thing_that_is_wrong_with_it() {
    check_transaction(|t| t.operations.clear(), "RecoveryRefusal::NoOperations");
    check_transaction(|t| t.ref_block_prefix ^= 1, "TransactionRefusal::ReferenceBlock");
    check_transaction(|t| t.ref_block_num += 1, "TransactionRefusal::ReferenceBlock");
    check_transaction(|t| t.expiration.0 += 86_400, "TransactionRefusal::ExpiresTooLate");
    check_transaction(|t| t.expiration.0 -= 61, "TransactionRefusal::Expired");
    check_transaction(sign_twice, "RecoveryRefusal::DuplicateSignature");
    check_transaction(
        |t| t.signatures.push(Default::default()),
        "RecoveryRefusal::BadRecoveryByte",
    );
    check_transaction(with_a_signature_of_nothing, "RecoveryRefusal::BadSignature");
    check_transaction(with_500_operations, "TransactionRefusal::TooLarge");
    check_transaction(|_| {}, "TransferRefusal::InsufficientBalance");
}

fn sign_twice(transaction: &mut SignedTransaction) {
    transaction.sign(&key(), &CHAIN_ID);
    transaction.sign(&key(), &CHAIN_ID);
}

fn with_a_signature_of_nothing(transaction: &mut SignedTransaction) {
    let mut signature = carbyne_crypto::Signature::default();
    signature.0[0] = 31;
    transaction.signatures.push(signature);
}

#[test]
fn what_was_not_recovered_is_not_trusted() {
    let mut ledger = chain();
    produce(&mut ledger, 1);
    let transaction = transfer(&ledger, 60);
    let transaction = RecoveredTransaction::new(transaction, &CHAIN_ID, Recover::Nothing);
    let refusal =
        ledger.apply_transaction(&transaction, Trust::Nobody, Record::Nothing).unwrap_err();
    assert_eq!(refusal.reason(), "RecoveryRefusal::NotRecovered");
    let block = next_block(&ledger, 1, Vec::new());
    let block = RecoveredBlock::new(block, &CHAIN_ID, Recover::Nothing);
    let refusal = ledger.apply_block(&block, Trust::Nobody).unwrap_err();
    assert_eq!(refusal.reason(), "RecoveryRefusal::NotRecovered");
}

/// One of three witnesses alone makes nothing irreversible.
#[test]
fn no_more_blocks_can_wait_to_be_irreversible_than_can_be_undone() {
    let mut ledger = chain();
    let trust = Trust::Except(Questions::ALL.without(Questions::UNDO_HISTORY));
    for number in 1..=10_000 {
        let mut block = SignedBlock::default();
        let header = header(&mut block);
        header.previous = ledger.dynamic().unwrap().head_block_id;
        header.timestamp = ledger.get_slot_time(1).unwrap();
        header.witness = Id(1);
        let block = RecoveredBlock::new(block, &CHAIN_ID, Recover::Nothing);
        let outcome = ledger.apply_block(&block, trust);
        let reason = outcome.map_or_else(|refusal| refusal.reason(), |()| "ok");
        let wanted = if number < 10_000 { "ok" } else { "BlockRefusal::TooMuchUndo" };
        assert_eq!(reason, wanted, "block {number}");
    }
}

#[test]
fn no_block_comes_without_time_or_a_witness() {
    let first_of = |change: fn(&mut GenesisState)| {
        let mut genesis = genesis();
        change(&mut genesis);
        let mut ledger = Ledger::from_genesis(&genesis, CHAIN_ID).unwrap();
        let mut block = SignedBlock::default();
        header(&mut block).timestamp = TimePointSec(START + 5);
        header(&mut block).witness = Id(1);
        let trust = Trust::Except(Questions::ALL.without(Questions::SCHEDULE));
        apply(&mut ledger, block, trust).unwrap_err().reason()
    };
    let timeless = first_of(|genesis| genesis.initial_parameters.block_interval = 0);
    assert_eq!(timeless, "ScheduleRefusal::NoInterval");
    let leaderless = first_of(|genesis| genesis.initial_active_witnesses = 0);
    assert_eq!(leaderless, "ScheduleRefusal::NoWitness");
}

fn with_500_operations(transaction: &mut SignedTransaction) {
    let operation = transaction.operations[0].clone();
    transaction.operations.extend(std::iter::repeat_n(operation, 500));
}

#[test]
fn a_transaction_is_applied_once_and_forgotten_when_it_has_expired() {
    let mut ledger = chain();
    produce(&mut ledger, 1);
    let unchecked = Trust::Except(Questions::ALL.without(Questions::DUPLICATES));
    let committee =
        Transfer { from: Id(0), to: Id(7), amount: Asset::core(1), ..Transfer::default() };
    let mut transaction = transfer(&ledger, 25);
    transaction.operations = [Transfer { fee: Asset::core(2_000_000), ..committee }.into()].into();
    let block = next_block(&ledger, 1, vec![transaction.clone()]);
    apply(&mut ledger, block, unchecked).unwrap();
    let again = next_block(&ledger, 1, vec![transaction]);
    ledger.begin();
    let refusal = apply(&mut ledger, again, unchecked).unwrap_err();
    assert_eq!(refusal.reason(), "TransactionRefusal::Duplicate");
    ledger.undo();
    assert_eq!(ledger.tables.transactions.len(), 1);
    produce(&mut ledger, 1);
    assert_eq!(ledger.tables.transactions.len(), 1);
    produce(&mut ledger, 1);
    assert_eq!(ledger.tables.transactions.len(), 0);
}

#[test]
fn missed_slots_are_counted_against_their_witnesses() {
    let mut ledger = chain();
    produce(&mut ledger, 1);
    let missed: Vec<_> = (1..3).map(|slot| ledger.get_scheduled_witness(slot).unwrap()).collect();
    produce(&mut ledger, 3);
    for witness in missed {
        assert_eq!(ledger.get(witness).unwrap().total_missed, 1);
    }
    let dynamic = ledger.dynamic().unwrap();
    // The reference puts the missed slots below the block that ended them.
    assert_eq!(dynamic.recent_slots_filled & 0b1111, 0b1100);
    assert_eq!((dynamic.current_aslot, dynamic.recently_missed_count), (4, 8));
}

#[test]
fn a_block_that_enough_witnesses_built_on_is_irreversible() {
    let mut ledger = chain();
    (0..12).for_each(|_| produce(&mut ledger, 1));
    let last = ledger.dynamic().unwrap().last_irreversible_block_num;
    assert!((8..12).contains(&last), "{last}");
}

#[test]
fn maintenance_leaves_slots_out_and_makes_a_budget() {
    let mut ledger = chain();
    produce(&mut ledger, 1);
    assert_eq!(ledger.tables.budget_records.len(), 1);
    let due = ledger.dynamic().unwrap().next_maintenance_time;
    assert_eq!(due.0 % 100, 0);
    while ledger.head_time().unwrap() < due {
        produce(&mut ledger, 1);
    }
    assert_eq!(ledger.tables.budget_records.len(), 2);
    let skipped = ledger.parameters().unwrap().maintenance_skip_slots;
    let gap = ledger.get_slot_time(1).unwrap().since(ledger.head_time().unwrap());
    assert_eq!(gap, i64::from(1 + skipped) * 5);
    produce(&mut ledger, 1);
    assert_eq!(ledger.dynamic().unwrap().dynamic_flags, 0);
}

#[test]
fn an_empty_block_touches_only_what_every_block_touches() {
    let mut ledger = chain();
    produce(&mut ledger, 1);
    ledger.begin();
    produce(&mut ledger, 1);
    let mut touched = Vec::new();
    ledger.tables.each_touched(&mut |id, table| touched.extend(table.touched().iter().map(|_| id)));
    // The witness, the dynamic properties and the summary of the block.
    assert_eq!(touched, [(1, 6), (2, 1), (2, 8)]);
    ledger.undo();
}

#[test]
fn a_refused_block_taken_back_leaves_no_trace() {
    let mut ledger = chain();
    produce(&mut ledger, 1);
    let before = ledger.state_hash();
    let block = next_block(&ledger, 1, vec![transfer(&ledger, 60)]);
    ledger.begin();
    apply(&mut ledger, block, Trust::Except(Questions::SIGNATURES)).unwrap_err();
    ledger.undo();
    assert_eq!(ledger.state_hash(), before);
}
