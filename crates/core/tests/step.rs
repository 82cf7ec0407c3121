//! What becomes of what comes in, and what is to be done about it.

use carbyne_chain::{BlockSigner, Chain, ChainEvent, SigningRefusal};
use carbyne_core::{Became, Core, Effects, Hold, Input, Lasting, Now, Production};
use carbyne_crypto::{PrivateKey, PublicKey, Signature};
use carbyne_ledger::{Ledger, Questions, Trust};
use carbyne_protocol::GenesisState;
use carbyne_protocol::genesis::{InitialAccount, InitialWitness};
use carbyne_protocol::ids::WitnessId;
use carbyne_protocol::ops::governance::witness_update::WitnessUpdate;
use carbyne_protocol::recovered::{Recover, RecoveredBlock, RecoveredTransaction};
use carbyne_protocol::transaction::{BlockHeader, SignedTransaction};
use carbyne_wire::{Digest, Id, TimePointSec};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

const CHAIN_ID: Digest<32> = Digest([7; 32]);
const START: TimePointSec = TimePointSec(1_900_000_000);

fn key() -> PrivateKey {
    PrivateKey::from_seed("witness")
}

/// A core of a chain with one witness, that has these keys.
fn core(keys: Vec<PrivateKey>, production: Production) -> Core {
    let mut genesis = GenesisState {
        initial_timestamp: START,
        initial_active_witnesses: 1,
        ..GenesisState::default()
    };
    genesis.initial_parameters.current_fees.scale = 0;
    let block_signing_key = key().public_key();
    let owner_key = block_signing_key;
    let name = "witness";
    genesis.initial_accounts.push(InitialAccount {
        name: name.into(),
        owner_key,
        is_lifetime_member: true,
        ..InitialAccount::default()
    });
    let owner_name = name.into();
    genesis.initial_witness_candidates.push(InitialWitness { owner_name, block_signing_key });
    let ledger = Ledger::from_genesis(&genesis, CHAIN_ID).expect("a state");
    Core::new(Chain::new(ledger, CHAIN_ID), keys, production)
}

fn at(seconds_after_start: i64) -> Now {
    Now((i64::from(START.0) + seconds_after_start) * 1_000)
}

/// Does a step; gives what became of it, or why not and for how long, and the blocks it applied.
fn step(core: &mut Core, now: Now, input: Input) -> (Result<Became, (&str, Lasting)>, usize) {
    let mut effects = Effects::default();
    let outcome = core.step(now, input, &mut effects);
    let applied = effects.events.iter().filter(|event| matches!(event, ChainEvent::Applied(_)));
    let refused = outcome.map_err(|refused| (refused.rejected.reason(), refused.lasting));
    (refused, applied.count())
}

/// The first block of the chain, as another node makes it.
fn block() -> Arc<RecoveredBlock> {
    let mut other = core(vec![key()], Production::Instant);
    let mut effects = Effects::default();
    other.step(at(0), Input::Produce { seconds: 0 }, &mut effects).expect("a block");
    let made = effects.events.into_iter().find_map(|event| match event {
        ChainEvent::Applied(applied) => Some(applied.block.block().clone()),
        _ => None,
    });
    Arc::new(RecoveredBlock::new(made.expect("a block"), &CHAIN_ID, Recover::Signatures))
}

#[test]
fn a_block_from_the_future_is_refused_until_its_time_comes_unless_a_debugger_wants_it() {
    let block = block();
    let core = || core(Vec::new(), Production::None);
    let time = Now(Now(0).until(block.block().header().timestamp));
    let early = Now(time.0 - 2_501);
    let from_outside = Input::Block(block.clone(), Trust::Nobody);
    let refused = Err(("CoreRefusal::FromTheFuture", Lasting::ForNow));
    let mut strict = core();
    assert_eq!(step(&mut strict, early, from_outside), (refused, 0));
    let of_any_time = Input::Block(block.clone(), Trust::Except(Questions::NONE));
    let mut trusting = core();
    assert_eq!(step(&mut trusting, early, of_any_time), (Ok(Became::Extended), 1));
    let in_time = Input::Block(block, Trust::Nobody);
    let mut punctual = core();
    let outcome = step(&mut punctual, Now(time.0 - 2_500), in_time);
    assert_eq!(outcome, (Ok(Became::Extended), 1));
}

#[test]
fn a_block_that_links_to_nothing_may_be_asked_for_again() {
    let mut core = core(Vec::new(), Production::None);
    let mut unknown = block().block().clone();
    unknown.signed_header.header.previous.0 = [9; 20];
    let unknown = Arc::new(RecoveredBlock::new(unknown, &CHAIN_ID, Recover::Signatures));
    let of_late = Now(i64::MAX);
    let outcome = step(&mut core, of_late, Input::Block(unknown.clone(), Trust::Nobody)).0;
    assert_eq!(outcome.map_err(|(_, lasting)| lasting), Err(Lasting::Unlinkable));
    step(&mut core, at(100), Input::Block(block(), Trust::Nobody)).0.expect("the first block");
    let outcome = step(&mut core, at(100), Input::Block(unknown, Trust::Nobody)).0;
    assert_eq!(outcome, Err(("ChainRefusal::Unlinkable", Lasting::Unlinkable)));
}

#[test]
fn blocks_are_made_in_slots_whose_key_is_here() {
    let mut core = core(vec![key()], Production::ByTheClock);
    assert_eq!(step(&mut core, at(0), Input::Tick), (Ok(Became::Nothing), 0));
    assert_eq!(step(&mut core, at(5), Input::Tick), (Ok(Became::Produced), 1));
    assert_eq!(step(&mut core, at(5), Input::Tick), (Ok(Became::Nothing), 0));
}

#[test]
fn without_the_key_there_is_no_block_however_much_it_is_wanted() {
    let other = PrivateKey::from_seed("other");
    let mut core = core(vec![other], Production::ByTheClock);
    assert_eq!(step(&mut core, at(5), Input::Tick), (Ok(Became::Nothing), 0));
    let refused = Err(("CoreRefusal::NoKey", Lasting::ForNow));
    assert_eq!(step(&mut core, at(5), Input::Produce { seconds: 0 }), (refused, 0));
}

#[test]
fn a_witness_who_changes_the_key_signs_the_block_that_says_so_with_the_old_one() {
    let other = PrivateKey::from_seed("other");
    let mut core = core(vec![key()], Production::ByTheClock);
    let update = WitnessUpdate {
        witness: Id(1),
        witness_account: core.chain.ledger().get(Id(1) as WitnessId).unwrap().witness_account,
        new_signing_key: Some(other.public_key()),
        ..WitnessUpdate::default()
    };
    let mut transaction = SignedTransaction {
        operations: [update.into()].into(),
        expiration: START.wrapping_add(60),
        ..SignedTransaction::default()
    };
    transaction.sign(&key(), &CHAIN_ID);
    let transaction = RecoveredTransaction::new(transaction, &CHAIN_ID, Recover::Signatures);
    let input = Input::Transaction(Arc::new(transaction), Trust::Nobody);
    assert_eq!(step(&mut core, at(1), input).0, Ok(Became::Pending));
    assert_eq!(step(&mut core, at(5), Input::Tick), (Ok(Became::Produced), 1));
    assert_eq!(core.chain.pending_count(), 0, "it is in the block");
    // The slots between are left out: the first block ended with maintenance.
    assert_eq!(step(&mut core, at(25), Input::Tick), (Ok(Became::Nothing), 0));
    core.set_producers(vec![other], Production::ByTheClock);
    assert_eq!(step(&mut core, at(30), Input::Tick), (Ok(Became::Produced), 1));
}

#[test]
fn a_slot_that_begins_while_something_else_is_done_is_not_passed_over() {
    let mut core = core(vec![key()], Production::ByTheClock);
    let mut wake_at = |now, input| {
        let mut effects = Effects::default();
        let _whatever_became = core.step(now, input, &mut effects);
        effects.wake_at
    };
    let transaction = || {
        let empty = SignedTransaction::default();
        let empty = RecoveredTransaction::new(empty, &CHAIN_ID, Recover::Signatures);
        Input::Transaction(Arc::new(empty), Trust::Nobody)
    };
    let slot = Some(START.wrapping_add(5));
    assert_eq!(wake_at(at(4), transaction()), slot);
    assert_eq!(wake_at(at(5), transaction()), slot, "it has begun, and nobody made its block");
    assert_eq!(wake_at(at(8), transaction()), slot);
    assert!(wake_at(at(8), Input::Tick) > slot);
    assert!(wake_at(at(9), transaction()) > slot);
}

/// How a signer is.
const GOOD: u8 = 0;
const UNREADY: u8 = 1;
const REFUSING: u8 = 2;
const LYING: u8 = 3;

/// The witness's key in the hands of somebody who does not always sign.
#[derive(Debug)]
struct Moody(Arc<AtomicU8>);

impl BlockSigner for Moody {
    fn public_key(&self) -> PublicKey {
        key().public_key()
    }

    fn ready(&self) -> Result<(), SigningRefusal> {
        match self.0.load(Ordering::Relaxed) {
            UNREADY => Err(SigningRefusal::Leased { holder: "another".to_owned(), seconds: 1 }),
            _ => Ok(()),
        }
    }

    fn sign_header(&self, header: &BlockHeader) -> Result<Signature, SigningRefusal> {
        match self.0.load(Ordering::Relaxed) {
            REFUSING => Err(SigningRefusal::NotMyKey),
            LYING => Ok(PrivateKey::from_seed("other").sign(&header.digest().0)),
            _ => Ok(key().sign(&header.digest().0)),
        }
    }
}

#[test]
fn a_block_that_is_not_signed_leaves_nothing_and_every_missed_slot_has_a_reason() {
    let mood = Arc::new(AtomicU8::new(GOOD));
    let mut core = core(Vec::new(), Production::ByTheClock);
    core.set_producers(vec![Moody(mood.clone())], Production::ByTheClock);
    let mut missed = Vec::new();
    let mut tick = |second, input, is| {
        mood.store(is, Ordering::Relaxed);
        let mut effects = Effects::default();
        let outcome = core.step(at(second), input, &mut effects);
        let told = effects.missed.iter();
        missed.extend(told.map(|slot| (slot.time.0 - START.0, slot.why.name())));
        let head = core.chain.head_number();
        outcome.map(|_| head).map_err(|refused| refused.rejected.reason())
    };
    assert_eq!(tick(5, Input::Tick, GOOD), Ok(1));
    // The first block ended with maintenance, after which slots are left out.
    assert_eq!(tick(30, Input::Tick, GOOD), Ok(2));
    assert_eq!(tick(35, Input::Tick, UNREADY), Err("SigningRefusal::Leased"));
    assert_eq!(tick(40, Input::Tick, REFUSING), Err("SigningRefusal::NotMyKey"));
    assert_eq!(tick(45, Input::Tick, LYING), Err("ChainRefusal::WrongKey"));
    assert_eq!(tick(55, Input::Hold(Hold::DiskFull), GOOD), Ok(2));
    assert_eq!(tick(60, Input::Tick, GOOD), Ok(3));
    assert_eq!(tick(65, Input::Tick, GOOD), Ok(4));
    let expected = [
        (35, "SigningRefusal::Leased"),
        (40, "SigningRefusal::NotMyKey"),
        (45, "ChainRefusal::WrongKey"),
        (50, "not_asked"),
        (55, "disk_full"),
    ];
    assert_eq!(missed.get(missed.len() - expected.len()..), Some(&expected[..]), "{missed:?}");
}
