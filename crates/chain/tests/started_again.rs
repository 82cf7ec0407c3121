//! A chain that starts again, from its log or from a state in the middle of it, follows whatever
//! branch is the longest, as one that never stopped.

use carbyne_chain::{Chain, ChainEvent, Company};
use carbyne_crypto::PrivateKey;
use carbyne_ledger::{Ledger, Trust};
use carbyne_protocol::genesis::{InitialAccount, InitialWitness};
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::misc::assert::Assert;
use carbyne_protocol::transaction::{SignedBlock, SignedTransaction};
use carbyne_protocol::{GenesisState, Recover, RecoveredBlock, RecoveredTransaction};
use carbyne_wire::{Digest, Id, TimePointSec};
use std::sync::Arc;

const CHAIN_ID: Digest<32> = Digest([7; 32]);
const START: TimePointSec = TimePointSec(1_900_000_000);
const WITNESSES: usize = 3;
/// The account of the first witness: the first that the genesis names.
const WITNESS: AccountId = Id(6);

fn key() -> PrivateKey {
    PrivateKey::from_seed("all witnesses")
}

fn ledger() -> Ledger {
    let mut genesis = GenesisState {
        initial_timestamp: START,
        initial_active_witnesses: WITNESSES as u64,
        ..GenesisState::default()
    };
    let owner_key = key().public_key();
    for n in 0..WITNESSES {
        let name = format!("witness{n}");
        genesis.initial_accounts.push(InitialAccount {
            name: name.as_str().into(),
            owner_key,
            is_lifetime_member: true,
            ..InitialAccount::default()
        });
        let (owner_name, block_signing_key) = (name.as_str().into(), owner_key);
        genesis.initial_witness_candidates.push(InitialWitness { owner_name, block_signing_key });
    }
    let mut ledger = Ledger::from_genesis(&genesis, CHAIN_ID).unwrap();
    ledger.modify_global(|global| global.parameters.current_fees.scale = 0).unwrap();
    ledger
}

/// A chain that made blocks in slots so far after each other, each with a transaction of
/// its own.
fn made(slots: &[u32]) -> (Chain, Vec<SignedBlock>) {
    let mut chain = Chain::new(ledger(), CHAIN_ID);
    let make = |slot: &u32| {
        let number = 10 * slot + chain.head_number();
        chain.push_transaction(transaction(number), Trust::Nobody).unwrap();
        let slot = chain.slot(*slot).unwrap();
        let made = chain.generate_block(slot.time, slot.witness, &key(), Trust::Nobody);
        made.unwrap().block().clone()
    };
    let blocks = slots.iter().map(make).collect();
    (chain, blocks)
}

fn transaction(number: u32) -> Arc<RecoveredTransaction> {
    let assert = Assert { fee: Asset::core(0), fee_paying_account: WITNESS, ..Assert::default() };
    let expiration = START.wrapping_add(100 + number);
    let operations = [assert.into()].into_iter().collect();
    let mut transaction =
        SignedTransaction { expiration, operations, ..SignedTransaction::default() };
    transaction.sign(&key(), &CHAIN_ID);
    Arc::new(RecoveredTransaction::new(transaction, &CHAIN_ID, Recover::Signatures))
}

fn push(chain: &mut Chain, block: &SignedBlock, recover: Recover, trust: Trust) {
    let block = RecoveredBlock::new(block.clone(), &CHAIN_ID, recover);
    chain.push_block(Arc::new(block), trust).unwrap();
}

fn push_from_log(chain: &mut Chain, block: &SignedBlock) {
    push(chain, block, Recover::Nothing, Trust::OurLog);
}

fn push_from_outside(chain: &mut Chain, block: &SignedBlock) {
    push(chain, block, Recover::Signatures, Trust::Nobody);
}

#[test]
fn blocks_of_the_log_that_were_undone_come_back_when_their_branch_grows() {
    let (one, long) = made(&[1, 1, 1, 1, 1]);
    let (_, other) = made(&[1, 2, 1]);
    let mut again = Chain::new(ledger(), CHAIN_ID);
    long.iter().take(2).for_each(|block| push_from_log(&mut again, block));
    other.iter().skip(1).for_each(|block| push_from_outside(&mut again, block));
    assert_eq!(Some(again.head_id()), other.last().map(SignedBlock::id));
    long.iter().skip(2).for_each(|block| push_from_outside(&mut again, block));
    assert_eq!(again.head_id(), one.head_id());
    again.clear_pending();
    assert_eq!(again.ledger().state_hash(), one.ledger().state_hash());
}

#[test]
fn transactions_of_blocks_of_the_log_wait_again_when_these_are_undone() {
    let mut again = Chain::new(ledger(), CHAIN_ID);
    made(&[1, 1]).1.iter().for_each(|block| push_from_log(&mut again, block));
    again.pop_block().unwrap();
    again.take_events();
    push_from_outside(&mut again, &made(&[1, 2]).1[1]);
    let is_refused = |event: &ChainEvent| matches!(event, ChainEvent::Refused(_));
    assert!(!again.take_events().iter().any(is_refused));
    assert_eq!(again.pending_count(), 1);
}

#[test]
fn branches_may_part_at_the_block_from_whose_state_the_chain_began() {
    let (past, first) = made(&[1]);
    let began = || {
        let mut ledger = ledger();
        ledger.apply_block(past.recent_block(&past.head_id()).unwrap(), Trust::Nobody).unwrap();
        Chain::new(ledger, CHAIN_ID)
    };
    let (mut chain, mine, longer) = (began(), made(&[1, 1]).1, made(&[1, 2, 1]).1);
    assert_eq!(chain.head_id(), first[0].id());
    mine.iter().chain(&longer).filter(|block| block.block_num() > 1).for_each(|block| {
        push_from_outside(&mut chain, block);
    });
    assert_eq!(Some(chain.head_id()), longer.last().map(SignedBlock::id));
    let far_away = RecoveredBlock::new(longer[2].clone(), &CHAIN_ID, Recover::Signatures);
    let refused = began().push_block(Arc::new(far_away), Trust::Nobody).unwrap_err();
    assert_eq!(refused.reason(), "ChainRefusal::Unlinkable");
}

#[test]
fn two_who_began_each_for_himself_find_together() {
    let (mut mine, longer) = (made(&[1, 1]).0, made(&[2, 1, 1]).1);
    let first = RecoveredBlock::new(longer[0].clone(), &CHAIN_ID, Recover::Signatures);
    let refused = mine.push_block(Arc::new(first), Trust::Nobody).unwrap_err();
    assert_eq!(refused.reason(), "ChainRefusal::Unlinkable");
    mine.set_company(Company::Peers { block_bytes_max: 10_000 });
    longer.iter().for_each(|block| push_from_outside(&mut mine, block));
    assert_eq!(Some(mine.head_id()), longer.last().map(SignedBlock::id));
    mine.clear_pending();
    assert_eq!(mine.ledger().state_hash(), made(&[2, 1, 1]).0.ledger().state_hash());
    let not_due = made(&[3]).1.remove(0);
    let mut signed = not_due.clone();
    signed.signed_header.header.witness = longer[0].header().witness;
    let signed = RecoveredBlock::new(signed, &CHAIN_ID, Recover::Signatures);
    let refused = mine.push_block(Arc::new(signed), Trust::Nobody).unwrap_err();
    assert_eq!(refused.reason(), "ChainRefusal::WrongWitness");
}

#[test]
fn branches_may_part_wherever_the_chain_can_still_go_back_to() {
    let mut mine = made(&[1; 6]).0;
    let lone = mine.slot(1).unwrap().witness;
    // Nothing more becomes irreversible when all but one are silent.
    for _ in 0..4 {
        let mut slots = (1..10).map(|n| mine.slot(n).unwrap());
        let slot = slots.find(|slot| slot.witness == lone).unwrap();
        mine.generate_block(slot.time, lone, &key(), Trust::Nobody).unwrap();
    }
    let undoable = mine.undoable_blocks() as usize;
    let parting = mine.head_number() as usize - undoable;
    let other = made(&[vec![1; parting], vec![2], vec![1; undoable]].concat()).1;
    other.iter().skip(parting).for_each(|block| push_from_outside(&mut mine, block));
    assert_eq!(Some(mine.head_id()), other.last().map(SignedBlock::id));
}
