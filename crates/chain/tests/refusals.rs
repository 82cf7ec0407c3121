//! What a chain refuses before the rules of blocks and transactions are asked.

use carbyne_chain::{Chain, ChainEvent, PoolLimits};
use carbyne_crypto::PrivateKey;
use carbyne_ledger::{Ledger, Questions, Trust};
use carbyne_protocol::genesis::{InitialAccount, InitialWitness};
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::misc::assert::Assert;
use carbyne_protocol::ops::misc::custom::Custom;
use carbyne_protocol::transaction::{SignedBlock, SignedTransaction};
use carbyne_protocol::{GenesisState, Recover, RecoveredBlock, RecoveredTransaction, Rejected};
use carbyne_wire::{Bytes, Digest, Id, Pack, Tags, TimePointSec, unpack_exact};
use serde_json::json;
use std::sync::Arc;

const CHAIN_ID: Digest<32> = Digest([7; 32]);
const START: TimePointSec = TimePointSec(1_900_000_000);
/// The account of the witness: the first that the genesis names.
const WITNESS: AccountId = Id(6);

fn key(seed: &str) -> PrivateKey {
    PrivateKey::from_seed(seed)
}

/// A chain with one witness, who signs with the key of that seed.
fn chain() -> Chain {
    let mut genesis = GenesisState {
        initial_timestamp: START,
        initial_active_witnesses: 1,
        ..GenesisState::default()
    };
    let block_signing_key = key("witness").public_key();
    genesis.initial_accounts.push(InitialAccount {
        name: "witness".into(),
        owner_key: block_signing_key,
        is_lifetime_member: true,
        ..InitialAccount::default()
    });
    let owner_name = "witness".into();
    genesis.initial_witness_candidates.push(InitialWitness { owner_name, block_signing_key });
    Chain::new(Ledger::from_genesis(&genesis, CHAIN_ID).unwrap(), CHAIN_ID)
}

#[track_caller]
fn check<T: std::fmt::Debug>(outcome: Result<T, Rejected>, want: &str) {
    assert_eq!(outcome.unwrap_err().reason(), want);
}

fn generate(chain: &mut Chain, slot: u32, seed: &str) -> Result<Arc<RecoveredBlock>, Rejected> {
    let slot = chain.slot(slot).unwrap();
    chain.generate_block(slot.time, slot.witness, &key(seed), Trust::Nobody)
}

fn push(chain: &mut Chain, block: &SignedBlock) -> Result<(), Rejected> {
    let block = unpack_exact(&block.to_bytes(), Tags::Reference).unwrap();
    let block = RecoveredBlock::new(block, &CHAIN_ID, Recover::Signatures);
    chain.push_block(Arc::new(block), Trust::Nobody).map(drop)
}

#[test]
fn blocks_are_made_in_a_slot_with_the_key_of_its_witness() {
    let mut chain = chain();
    let witness = chain.slot(1).unwrap().witness;
    let now = chain.generate_block(START, witness, &key("witness"), Trust::Nobody);
    check(now, "ChainRefusal::NoSlot");
    check(generate(&mut chain, 1, "thief"), "ChainRefusal::WrongKey");
    generate(&mut chain, 1, "witness").unwrap();
}

/// A transaction of the witness, each of another time, with a fee.
fn asserting(number: u32, fee: i64) -> Arc<RecoveredTransaction> {
    let assert = Assert { fee: Asset::core(fee), fee_paying_account: WITNESS, ..Assert::default() };
    let expiration = START.wrapping_add(number);
    let operations = [assert.into()].into_iter().collect();
    let mut transaction =
        SignedTransaction { expiration, operations, ..SignedTransaction::default() };
    transaction.sign(&key("witness"), &CHAIN_ID);
    Arc::new(RecoveredTransaction::new(transaction, &CHAIN_ID, Recover::Signatures))
}

#[test]
fn what_waits_is_bounded_and_what_pays_least_goes_first() {
    let mut chain = chain();
    let ledger = chain.ledger_mut();
    ledger.modify_global(|global| global.parameters.current_fees.scale = 0).unwrap();
    ledger.adjust_balance(WITNESS, Asset::core(1_000)).unwrap();
    let unbounded = PoolLimits::default();
    let push = |chain: &mut Chain, number, fee| {
        chain.push_transaction(asserting(number, fee), Trust::Nobody).map(drop)
    };
    chain.set_pool_limits(PoolLimits { bytes_per_payer: 1, ..unbounded });
    check(push(&mut chain, 1, 0), "ChainRefusal::PayerWaits");
    chain.set_pool_limits(PoolLimits { transactions: 2, ..unbounded });
    push(&mut chain, 2, 5).unwrap();
    push(&mut chain, 3, 6).unwrap();
    check(push(&mut chain, 4, 5), "ChainRefusal::PoolFull");
    chain.take_events();
    push(&mut chain, 5, 7).unwrap();
    let refused = chain.take_events().into_iter().find_map(|event| match event {
        ChainEvent::Refused(refused) => Some((refused.id, refused.reason)),
        _ => None,
    });
    assert_eq!(refused, Some((asserting(2, 5).id(), "ChainRefusal::PaysLess")));
    assert_eq!(chain.pending_count(), 2);
}

#[test]
fn a_block_follows_one_that_is_known() {
    let mut chain = chain();
    check(chain.pop_block(), "ChainRefusal::NothingToPop");
    let mut far_away = SignedBlock::default();
    far_away.signed_header.header.previous.0[3] = 1;
    check(push(&mut chain, &far_away), "ChainRefusal::PartsTooDeep");
    generate(&mut chain, 1, "witness").unwrap();
    check(push(&mut chain, &far_away), "ChainRefusal::Unlinkable");
}

#[test]
fn no_block_is_taken_while_somebody_else_holds_the_state_open() {
    let mut chain = chain();
    chain.ledger_mut().begin();
    check(generate(&mut chain, 1, "witness"), "ChainRefusal::WrongDepth");
    chain.ledger_mut().undo();
    generate(&mut chain, 1, "witness").unwrap();
}

#[test]
fn a_transaction_of_a_megabyte_is_not_looked_at() {
    let custom = Custom { data: Bytes(vec![0; 1 << 20]), ..Custom::default() };
    let operations = vec![custom.into()].into();
    let transaction = SignedTransaction { operations, ..SignedTransaction::default() };
    let transaction = RecoveredTransaction::new(transaction, &CHAIN_ID, Recover::Signatures);
    let outcome = chain().push_transaction(Arc::new(transaction), Trust::Nobody);
    check(outcome, "ChainRefusal::TransactionTooLarge");
}

#[test]
fn a_change_from_outside_names_an_object_an_action_and_what_it_becomes() {
    let mut chain = chain();
    for (update, want) in [
        (json!({"name": "nobody"}), "ChainRefusal::UnreadableObject"),
        (json!({"id": "1.2.0", "_action": "paint"}), "ChainRefusal::NoSuchAction"),
        (json!({"id": "1.2.99", "_action": "delete"}), "ChainRefusal::UnknownObject"),
        (json!({"id": "1.99.0"}), "ChainRefusal::UnknownObject"),
        (
            json!({"id": "1.2.0", "_action": "update", "registrar": "nobody"}),
            "ChainRefusal::UnreadableObject",
        ),
    ] {
        let hash = chain.ledger().state_hash();
        check(chain.update_object(&update, Trust::Except(Questions::ALL)), want);
        assert_eq!(chain.ledger().state_hash(), hash, "{update}");
    }
}
