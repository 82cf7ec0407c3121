//! Who vouches for a block changes nothing of what it does: every recording's chain, applied as it
//! was recorded, as our own log, and as our log from a state read in the middle, is the same. And
//! a node that dies while it applies them is as one that never did.

use carbyne_chain::{AppliedBlock, Chain, ChainEvent, Observe};
use carbyne_core::{Core, Input, Now, Production};
use carbyne_crypto::hash::sha256;
use carbyne_ledger::tables::AnyTable;
use carbyne_ledger::{Ledger, Trust};
use carbyne_protocol::{Recover, RecoveredBlock};
use carbyne_sim::{Ending, Life, Machine, Truth};
use carbyne_store::simulated::Chance;
use carbyne_wire::{Digest, Pack, Reader, Tags, TimePointSec};
use conformance::recording;
use conformance::scenarios::Branch;
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Blocks between two comparisons.
const EVERY: u32 = 10;
/// One of so many recordings is taken for deaths; `CARBYNE_EVERY=1` takes all of them.
const SOME: usize = 6;
/// One of so many blocks is followed by the end of the node.
const LIFE: u64 = 12;

fn recordings() -> Vec<PathBuf> {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/scenarios");
    recording::all(&[scenarios]).expect("recordings")
}

fn branch(path: &Path) -> Option<Branch> {
    Branch::of(&recording::objects(path).expect("a recording"))
}

/// The same chain from packed tables, as a snapshot holds them.
fn restored(chain: &Chain) -> Core {
    let mut packed = Vec::new();
    chain.ledger().tables.each(&mut |_, table| {
        let mut bytes = Vec::new();
        table.pack_all(&mut bytes);
        packed.push((bytes, table.next_number()));
    });
    let mut ledger = Ledger::default();
    let mut packed = packed.into_iter();
    ledger.tables.each_mut(&mut |_, table: &mut dyn AnyTable| {
        // Behind those of the reference stand those of contracts, which no recording has.
        let Some((bytes, next)) = packed.next() else { return };
        let mut input = Reader::new(&bytes, Tags::Reference);
        let count = u64::unpack(&mut input).expect("a count");
        u64::unpack(&mut input).expect("a number");
        assert!(table.load(table.unpacker()(count as u32, &mut input).expect("rows")));
        table.indexing().into_iter().for_each(|job| job());
        table.set_next_number(next);
    });
    assert!(packed.next().is_none(), "every table has its place");
    Core::new(Chain::new(ledger, *chain.chain_id()), Vec::new(), Production::None)
}

/// The blocks that a block of the branch brings onto the chain.
fn push(core: &mut Core, block: &Arc<RecoveredBlock>, trust: Trust) -> Vec<Arc<AppliedBlock>> {
    let events = Branch::step(core, block.clone(), trust);
    assert_eq!(core.chain.head_id(), block.id(), "a block of the branch applies");
    events.into_iter().filter_map(applied).collect()
}

fn applied(event: ChainEvent) -> Option<Arc<AppliedBlock>> {
    match event {
        ChainEvent::Applied(applied) => Some(applied),
        ChainEvent::Undone { .. } | ChainEvent::Pending(_) | ChainEvent::Refused(_) => None,
    }
}

fn push_as_our_log(core: &mut Core, block: &RecoveredBlock) {
    let id = core.chain.chain_id();
    let block = RecoveredBlock::new(block.block().clone(), id, Recover::Nothing);
    push(core, &Arc::new(block), Trust::OurLog);
}

/// Compares the modes; gives the number of blocks.
fn check(path: &Path) -> usize {
    let Some(branch) = branch(path) else { return 0 };
    let name = recording::name(path);
    let again = || branch.begin(branch.chain_id).expect("a state");
    let (mut asked, mut logged, mut late) = (again(), again(), None);
    for (at, block) in branch.blocks.iter().enumerate() {
        push(&mut asked, block, Branch::trust());
        push_as_our_log(&mut logged, block);
        if let Some(late) = &mut late {
            push_as_our_log(late, block);
        }
        if at == branch.blocks.len() / 2 {
            late = Some(restored(&logged.chain));
        }
        if block.number() % EVERY == 0 || at + 1 == branch.blocks.len() {
            let wanted = asked.chain.ledger().state_hash();
            let number = block.number();
            let found = logged.chain.ledger().state_hash();
            assert_eq!(found, wanted, "{name}: log, block {number}");
            if let Some(late) = &late {
                let found = late.chain.ledger().state_hash();
                assert_eq!(found, wanted, "{name}: later, block {number}");
            }
        }
    }
    branch.blocks.len()
}

#[test]
fn who_vouches_for_a_block_changes_nothing_of_what_it_does() {
    let blocks: usize = recordings().par_iter().map(|path| check(path)).sum();
    assert!(blocks > 10_000, "only {blocks} blocks were compared");
}

/// Brings what waits to disk and compares what may be told then.
fn write(machine: &Machine, truth: &mut Truth) {
    let told = machine.with(|life| life.write(usize::MAX)).expect("it runs");
    let told = told.map_err(|failed| failed.error).expect("a good disk");
    told.into_iter().filter_map(applied).for_each(|applied| {
        truth.applied(&applied).expect("what was told before");
    });
}

/// Gives a machine the blocks that it lacks, up to so many.
fn give(machine: &Machine, branch: &Branch, count: usize) {
    let step = |life: &mut Life| {
        let head = life.chain().head_number() as usize;
        for block in branch.blocks.iter().take(count).skip(head) {
            let input = Input::Block(block.clone(), Branch::trust());
            life.step(Now(i64::MAX), input).outcome.expect("it applied before");
        }
    };
    machine.with(step).expect("it runs");
}

/// Lets a node die now and then while it applies a recording; gives how often it started.
fn die(path: &Path) -> u32 {
    let Some(branch) = branch(path) else { return 0 };
    let genesis = serde_json::to_vec(&branch.genesis).expect("JSON");
    let mut immortal = branch.begin(Digest(sha256(&genesis))).expect("a state");
    immortal.chain.set_observe(Observe::Blocks);
    let mut machine = Machine::new(&genesis, Vec::new(), Production::None);
    machine.start(TimePointSec::MAX).expect("it starts");
    let (mut truth, mut chance) = (Truth::default(), Chance(1));
    for (at, block) in branch.blocks.iter().enumerate() {
        for applied in push(&mut immortal, block, Branch::trust()) {
            truth.applied(&applied).expect("it is new");
        }
        give(&machine, &branch, at + 1);
        match chance.below(LIFE) {
            0 => end(&mut machine, &mut chance),
            1 => {
                write(&machine, &mut truth);
                Machine::snapshot(machine.process().expect("it runs"), &|| false);
            }
            2..5 => write(&machine, &mut truth),
            _ => {}
        }
    }
    give(&machine, &branch, branch.blocks.len());
    write(&machine, &mut truth);
    end(&mut machine, &mut chance);
    let wanted = immortal.chain.ledger().state_hash();
    let found = machine.with(|life| life.chain().ledger().state_hash());
    assert_eq!(found, Some(wanted), "{}", recording::name(path));
    machine.starts
}

fn end(machine: &mut Machine, chance: &mut Chance) {
    let seed = chance.number();
    machine.end(if chance.flip() { Ending::Killed } else { Ending::PowerCut { seed } });
    machine.start(TimePointSec::MAX).expect("it starts again");
}

#[test]
fn a_node_that_dies_while_it_applies_a_recording_is_as_one_that_never_did() {
    let every = std::env::var("CARBYNE_EVERY").ok().and_then(|text| text.parse().ok());
    let some: Vec<PathBuf> = recordings().into_iter().step_by(every.unwrap_or(SOME)).collect();
    let starts: u32 = some.par_iter().map(|path| die(path)).sum();
    assert!(starts > 200, "only {starts} starts");
}
