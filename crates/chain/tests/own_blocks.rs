//! A block that is made from the pending state does what the same block does on another chain,
//! whatever waited and whatever happened to it meanwhile.

use carbyne_chain::{Chain, ChainEvent, Company, PoolLimits};
use carbyne_crypto::PrivateKey;
use carbyne_ledger::run::AppliedOperation;
use carbyne_ledger::{Ledger, Trust};
use carbyne_protocol::authority::Authority;
use carbyne_protocol::genesis::{InitialAccount, InitialWitness};
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::account::create::AccountCreate;
use carbyne_protocol::ops::governance::witness_update::WitnessUpdate;
use carbyne_protocol::ops::transfer::Transfer;
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_protocol::{GenesisState, Recover, RecoveredTransaction};
use carbyne_wire::{Digest, Id, Pack, TimePointSec};
use std::sync::Arc;

const CHAIN_ID: Digest<32> = Digest([7; 32]);
const START: TimePointSec = TimePointSec(1_900_000_000);
/// The account of the witness: the first that the genesis names.
const WITNESS: AccountId = Id(6);

fn key(seed: &str) -> PrivateKey {
    PrivateKey::from_seed(seed)
}

/// A chain with one witness, who has money and pays no fees; two blocks stand on it.
fn chain() -> Chain {
    let block_signing_key = key("witness").public_key();
    let (name, owner_name) = ("witness".into(), "witness".into());
    let mut genesis = GenesisState {
        initial_timestamp: START,
        initial_active_witnesses: 1,
        ..GenesisState::default()
    };
    genesis.initial_accounts.push(InitialAccount {
        name,
        owner_key: block_signing_key,
        is_lifetime_member: true,
        ..InitialAccount::default()
    });
    genesis.initial_witness_candidates.push(InitialWitness { owner_name, block_signing_key });
    let mut ledger = Ledger::from_genesis(&genesis, CHAIN_ID).unwrap();
    ledger.modify_global(|global| global.parameters.current_fees.scale = 0).unwrap();
    ledger.adjust_balance(Id(0), Asset::core(-1_000_000)).unwrap();
    ledger.adjust_balance(WITNESS, Asset::core(1_000_000)).unwrap();
    let mut chain = Chain::new(ledger, CHAIN_ID);
    for _ in 0..2 {
        make(&mut chain);
    }
    chain
}

/// Makes the next block with the key that the witness had; gives what it did.
fn make(chain: &mut Chain) -> Vec<AppliedOperation> {
    chain.take_events();
    let slot = chain.slot(3).unwrap();
    chain.generate_block(slot.time, slot.witness, &key("witness"), Trust::Nobody).unwrap();
    operations(chain)
}

fn operations(chain: &mut Chain) -> Vec<AppliedOperation> {
    let applied = chain.take_events().into_iter().find_map(|event| match event {
        ChainEvent::Applied(applied) => Some(applied.operations.clone()),
        _ => None,
    });
    applied.expect("a block was applied")
}

fn send(amount: i64) -> Operation {
    let amount = Asset::core(amount);
    Transfer { from: WITNESS, to: Id(0), amount, ..Transfer::default() }.into()
}

fn register(name: &str) -> Operation {
    let authority = Authority::key(key(name).public_key());
    AccountCreate {
        registrar: WITNESS,
        referrer: WITNESS,
        name: name.into(),
        owner: authority.clone(),
        active: authority,
        ..AccountCreate::default()
    }
    .into()
}

fn new_signing_key() -> Operation {
    WitnessUpdate {
        witness: Id(1),
        witness_account: WITNESS,
        new_signing_key: Some(key("another").public_key()),
        ..WitnessUpdate::default()
    }
    .into()
}

fn push(chain: &mut Chain, operation: Operation) {
    let head = chain.head_id();
    let mut transaction = SignedTransaction {
        ref_block_num: chain.head_number() as u16,
        ref_block_prefix: carbyne_protocol::transaction::ref_block_prefix(&head),
        expiration: START.wrapping_add(300),
        operations: [operation].into(),
        ..SignedTransaction::default()
    };
    transaction.sign(&key("witness"), &CHAIN_ID);
    let known = RecoveredTransaction::new(transaction, &CHAIN_ID, Recover::Signatures);
    // Whether it is accepted is told by what waits.
    let _refused = chain.push_transaction(Arc::new(known), Trust::Nobody);
}

/// A chain on which these wait.
fn with(waiting: &[Operation]) -> Chain {
    let mut chain = chain();
    waiting.iter().for_each(|operation| push(&mut chain, operation.clone()));
    chain
}

/// Makes a block with so many operations: on another chain it does the same.
#[track_caller]
fn check(mut ours: Chain, in_block: usize) {
    let mut others = chain();
    let did = make(&mut ours);
    assert_eq!(did.len(), in_block);
    let block = ours.recent_block(&ours.head_id()).unwrap().clone();
    others.take_events();
    others.push_block(block, Trust::Nobody).unwrap();
    assert_eq!(operations(&mut others), did);
    ours.clear_pending();
    assert_eq!(ours.ledger().state_hash(), others.ledger().state_hash());
    ours.pop_block().unwrap();
    others.pop_block().unwrap();
    assert_eq!(ours.ledger().state_hash(), others.ledger().state_hash());
}

#[test]
fn all_that_waits_is_in_the_block() {
    check(with(&[]), 0);
    check(with(&[send(1), send(2), send(3)]), 3);
}

#[test]
fn what_is_refused_is_not() {
    check(with(&[send(1), send(5_000_000), send(2)]), 2);
    check(with(&[send(5_000_000)]), 0);
}

#[test]
fn accounts_say_which_block_made_them() {
    check(with(&[send(1), register("ann"), send(2)]), 3);
}

#[test]
fn the_witness_signs_with_the_key_from_before_the_block() {
    check(with(&[send(1), new_signing_key()]), 2);
}

#[test]
fn what_went_for_others_is_not_in_it() {
    let paying = |fee| {
        let (fee, amount) = (Asset::core(fee), Asset::core(1));
        Transfer { fee, from: WITNESS, to: Id(0), amount, ..Transfer::default() }.into()
    };
    let mut ours = chain();
    ours.set_pool_limits(PoolLimits { transactions: 2, ..PoolLimits::default() });
    [5, 6, 7].into_iter().for_each(|fee| push(&mut ours, paying(fee)));
    assert_eq!(ours.pending_count(), 2);
    check(ours, 2);
}

#[test]
fn what_does_not_fit_waits() {
    let small = |chain: &mut Chain| {
        chain
            .ledger_mut()
            .modify_global(|global| global.parameters.maximum_block_size = 400)
            .unwrap();
    };
    let mut chain = chain();
    small(&mut chain);
    (1..=4).for_each(|amount| push(&mut chain, send(amount)));
    let first = make(&mut chain).len();
    assert!((1..4).contains(&first), "{first} of 4 fit");
    assert_eq!(chain.pending_count(), 4 - first);
    assert_eq!(make(&mut chain).len(), (4 - first).min(first));
}

#[test]
fn what_changes_the_state_from_outside_is_not_in_it() {
    let mut ours = with(&[send(1)]);
    let ledger = ours.ledger_mut();
    ledger.adjust_balance(Id(0), Asset::core(-7)).unwrap();
    ledger.adjust_balance(WITNESS, Asset::core(7)).unwrap();
    check(ours, 1);
}

#[test]
fn what_waits_behind_a_block_of_another_is_in_ours() {
    let (mut ours, mut other) = (with(&[send(1), send(2), send(3)]), chain());
    make(&mut other);
    let block = other.recent_block(&other.head_id()).unwrap().clone();
    ours.push_block(block, Trust::Nobody).unwrap();
    push(&mut ours, send(4));
    let did = make(&mut ours);
    let places: Vec<u16> = did.iter().map(|one| one.trx_in_block).collect();
    assert_eq!(places, [0, 1, 2, 3]);
    let number = ours.head_number();
    assert!(did.iter().all(|one| one.block_num == number));
}

/// What a chain holds, as it is compared.
fn seen(chain: &Chain) -> (u32, carbyne_wire::Hash160, String) {
    (chain.head_number(), chain.head_id(), state(chain))
}

/// Every object of a chain.
fn state(chain: &Chain) -> String {
    let mut bytes = Vec::new();
    chain.ledger().tables.each(&mut |_, table| table.pack_all(&mut bytes));
    carbyne_wire::Digest(carbyne_crypto::hash::sha256(&bytes)).to_string()
}

#[test]
fn a_chain_goes_back_to_a_mark_however_long_ago_and_makes_the_same_blocks_again() {
    let mut chain = chain();
    let (marked, number) = (seen(&chain), chain.head_number());
    chain.set_mark(Some(number));
    let make_all = |chain: &mut Chain| {
        for n in 0..40 {
            push(chain, send(1 + n));
            make(chain);
        }
        push(chain, send(500));
    };
    make_all(&mut chain);
    let first = seen(&chain);
    assert!(chain.ledger().dynamic().unwrap().last_irreversible_block_num > number);
    assert!(chain.saved_bytes() > 0);
    chain.rewind(number).unwrap();
    assert_eq!(seen(&chain), marked);
    assert_eq!(chain.pending_count(), 0, "what waited is gone");
    let undone =
        chain.take_events().into_iter().filter(|event| matches!(event, ChainEvent::Undone { .. }));
    assert_eq!(undone.count(), 40);
    make_all(&mut chain);
    assert_eq!(seen(&chain), first);
    chain.rewind(number + 20).unwrap();
    assert_eq!(chain.head_number(), number + 20);
    chain.set_mark(None);
    (0..40).for_each(|_| drop(make(&mut chain)));
    assert!(chain.kept_blocks() < 20, "old values are let go without a mark");
}

#[test]
fn a_chain_does_not_go_back_to_blocks_that_cannot_be_undone_or_are_not_there() {
    let mut chain = chain();
    (0..10).for_each(|_| drop(make(&mut chain)));
    let (before, number) = (seen(&chain), chain.head_number());
    for to in [0, number + 1, u32::MAX] {
        let refused = chain.rewind(to).expect_err("refused");
        assert_eq!(refused.reason(), "ChainRefusal::CannotRewind");
        assert_eq!(seen(&chain), before);
    }
    chain.rewind(number).unwrap();
    assert_eq!(seen(&chain), before);
}

#[test]
fn no_block_is_made_that_peers_could_not_be_sent() {
    let (mut chain, block_bytes_max) = (chain(), 1_000);
    chain.set_company(Company::Peers { block_bytes_max });
    (1..=20).for_each(|amount| push(&mut chain, send(amount)));
    let mut made = 0;
    while chain.pending_count() > 0 {
        let waiting = chain.pending_count();
        made += make(&mut chain).len();
        let block = chain.recent_block(&chain.head_id()).unwrap().block().to_bytes();
        assert!(block.len() <= block_bytes_max, "{} bytes", block.len());
        assert!(chain.pending_count() < waiting);
    }
    assert_eq!(made, 20);
}
