//! A node on a disk that fails: whatever goes wrong at whichever access, it starts again by itself,
//! has every block it had acknowledged, and its state is that of a node to which nothing happened.

#[path = "harness/chain.rs"]
mod chain;

use carbyne_api::{ApiError, Settings};
use carbyne_ledger::Trust;
use carbyne_node::core::{Node, Production, Storage, start};
use carbyne_node::home::{Home, KeepHistory, read_block};
use carbyne_node::snapshots::Held;
use carbyne_node::state;
use carbyne_protocol::recovered::{Recover, RecoveredBlock};
use carbyne_protocol::transaction::SignedBlock;
use carbyne_store::simulated::{Fault, SimulatedDisk};
use carbyne_wire::{Digest, Hash160};
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Blocks that a run makes.
const BLOCKS: u32 = 12;

fn open(disk: &SimulatedDisk) -> anyhow::Result<Home> {
    let keep = KeepHistory::InMemory;
    Home::open_on(Arc::new(disk.clone()), Path::new("/data"), Some(chain::genesis()), keep)
}

/// What a node acknowledged.
type Acknowledged = Vec<(u32, Hash160)>;

/// Opens, makes blocks and snapshots until something fails or all are made; gives what was
/// acknowledged.
fn run(disk: &SimulatedDisk, acknowledged: &mut Acknowledged) -> anyhow::Result<()> {
    let home = Arc::new(RwLock::new(open(disk)?));
    for _ in 0..BLOCKS {
        let block = chain::produce(&mut home.write())?;
        acknowledged.push(block);
        let base = home.read().chain().base().number;
        if base > 0 && base.is_multiple_of(2) {
            // A snapshot that fails is no reason to stop.
            let _failed = Held::new(home.clone()).write(&|| false);
        }
    }
    Ok(())
}

/// The state hash after each block of a node to which nothing happens.
fn expected_hashes() -> Vec<Digest<32>> {
    let mut home = open(&SimulatedDisk::new()).expect("a chain");
    let mut hashes = vec![home.chain().ledger().state_hash()];
    for _ in 0..BLOCKS + 1 {
        chain::produce(&mut home).expect("a block");
        hashes.push(home.chain().ledger().state_hash());
    }
    hashes
}

/// Lets an access fail, starts again and compares.
fn check(operation: u64, fault: Fault, expected: &[Digest<32>]) {
    let what = format!("{fault:?} at operation {operation}");
    let disk = SimulatedDisk::new();
    disk.fail_at(operation, fault);
    let mut acknowledged = Vec::new();
    let _stopped = run(&disk, &mut acknowledged);
    disk.restart(operation);
    let mut home = open(&disk).unwrap_or_else(|error| panic!("{what}: no start: {error:#}"));
    for (number, id) in &acknowledged {
        let logged = home.kept.log.read_by_id(&id.0).expect("readable");
        assert!(logged.is_some(), "{what}: block {number} is lost");
    }
    let head = home.chain().head_number() as usize;
    assert!(home.chain().ledger().state_hash() == expected[head], "{what}: state of block {head}");
    chain::produce(&mut home).unwrap_or_else(|error| panic!("{what}: no block: {error:#}"));
    assert!(home.chain().ledger().state_hash() == expected[head + 1], "{what}: it goes on wrong");
}

#[test]
fn no_fault_of_the_disk_loses_a_block_or_changes_the_state() {
    let disk = SimulatedDisk::new();
    run(&disk, &mut Vec::new()).expect("nothing fails");
    let operations = disk.operations();
    let expected = expected_hashes();
    let next = AtomicU64::new(0);
    let work = || {
        loop {
            let operation = next.fetch_add(1, Ordering::Relaxed);
            if operation >= operations {
                return;
            }
            Fault::ALL.iter().for_each(|fault| check(operation, *fault, &expected));
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    println!("{} faults at {operations} accesses", operations * Fault::ALL.len() as u64);
}

#[test]
fn a_start_from_a_snapshot_gives_the_state_of_a_replay() {
    let disk = SimulatedDisk::new();
    run(&disk, &mut Vec::new()).expect("nothing fails");
    disk.kill();
    let restarted = open(&disk).expect("it starts");
    assert!(restarted.began_at > 0, "a snapshot was used");
    let mut never_died = open(&SimulatedDisk::new()).expect("a chain");
    for _ in 0..BLOCKS {
        chain::produce(&mut never_died).expect("a block");
    }
    assert_eq!(restarted.chain().head_id(), never_died.chain().head_id());
    assert_eq!(restarted.chain().ledger().state_hash(), never_died.chain().ledger().state_hash());
}

#[test]
fn damaged_snapshots_are_passed_over() {
    let disk = SimulatedDisk::new();
    run(&disk, &mut Vec::new()).expect("nothing fails");
    disk.kill();
    let mut began_at = Vec::new();
    loop {
        let home = open(&disk).expect("it starts");
        assert_eq!(home.chain().head_number(), BLOCKS);
        began_at.push(home.began_at);
        let paths = home.snapshots.paths().expect("a directory");
        let Some(path) = paths.get(began_at.len() - 1) else { break };
        disk.spoil(path, 1_000);
        drop(home);
    }
    assert!(began_at.len() == 3 && began_at.is_sorted_by(|a, b| a > b), "{began_at:?}");
    assert_eq!(began_at.last(), Some(&0), "the genesis is what is left");
}

/// The block after which two branches part.
const PARTING: u32 = 3;
/// Blocks of the first branch; the second has one more.
const FIRST_BRANCH: u32 = 2;

/// Blocks of a branch, and the state hash at each of its head blocks.
fn branch(blocks: u32, amount: i64) -> (Vec<SignedBlock>, BTreeMap<Hash160, Digest<32>>) {
    let mut home = open(&SimulatedDisk::new()).expect("a chain");
    let mut hashes = BTreeMap::from([(home.chain().head_id(), home.chain().ledger().state_hash())]);
    for number in 0..PARTING + blocks {
        let own = if number < PARTING { i64::from(number) } else { amount + i64::from(number) };
        let (_, id) = chain::produce_with(&mut home, own).expect("a block");
        hashes.insert(id, home.chain().ledger().state_hash());
    }
    let read =
        |number| read_block(&home.kept.log.reader(), number).expect("readable").expect("there");
    ((1..=PARTING + blocks).map(read).collect(), hashes)
}

/// Takes in blocks as the core does.
fn push(home: &mut Home, block: &SignedBlock) -> anyhow::Result<()> {
    let chain_id = *home.chain().chain_id();
    let recovered = RecoveredBlock::new(block.clone(), &chain_id, Recover::Signatures);
    let taken = home.take_in(Arc::new(recovered), Trust::Nobody);
    taken.map_err(|refused| anyhow::anyhow!("{}", refused.rejected))?;
    home.settle().map(drop)
}

#[test]
fn no_fault_while_the_chain_switches_to_a_longer_branch_leaves_another_state() {
    let (first, mut expected) = branch(FIRST_BRANCH, 100);
    let (second, hashes) = branch(FIRST_BRANCH + 1, 200);
    expected.extend(hashes);
    let run = |disk: &SimulatedDisk| -> anyhow::Result<()> {
        let mut home = open(disk)?;
        let rest = second.iter().skip(PARTING as usize);
        first.iter().chain(rest).try_for_each(|block| push(&mut home, block))
    };
    let disk = SimulatedDisk::new();
    run(&disk).expect("nothing fails");
    disk.kill();
    let end = open(&disk).expect("it starts").chain().head_id();
    assert_eq!(Some(end), second.last().map(SignedBlock::id));
    for operation in 0..disk.operations() {
        for fault in Fault::ALL {
            let disk = SimulatedDisk::new();
            disk.fail_at(operation, fault);
            let _stopped = run(&disk);
            disk.restart(operation);
            let home = open(&disk).expect("it starts");
            let found = home.chain().ledger().state_hash();
            let known = expected.get(&home.chain().head_id());
            assert_eq!(Some(&found), known, "{fault:?} at operation {operation}");
        }
    }
}

#[test]
fn a_snapshot_that_is_given_up_leaves_nothing() {
    let disk = SimulatedDisk::new();
    let home = Arc::new(RwLock::new(open(&disk).expect("a chain")));
    for _ in 0..BLOCKS {
        chain::produce(&mut home.write()).expect("a block");
    }
    let kept = home.read().chain().kept_blocks();
    let held = Held::new(home.clone());
    for _ in 0..BLOCKS {
        chain::produce(&mut home.write()).expect("a block");
    }
    assert!(home.read().chain().kept_blocks() > kept, "old values are kept meanwhile");
    let given_up = held.write(&|| true).expect_err("it was stopped");
    assert!(given_up.to_string().contains("abandoned"), "{given_up}");
    for _ in 0..2 * BLOCKS {
        chain::produce(&mut home.write()).expect("a block");
    }
    assert!(home.read().chain().kept_blocks() < BLOCKS, "they go away again");
    assert_eq!(home.read().snapshots.paths().expect("a directory"), Vec::<PathBuf>::new());
}

#[test]
fn a_state_of_another_form_is_refused_in_one_line() {
    let bytes = [[9, 0, 0, 0], [1, 0, 0, 0]].concat();
    let read = state::read(bytes.as_slice(), 1, Hash160::default());
    let error = read.err().expect("it is refused").to_string();
    assert!(error.contains("has form 9") && !error.contains('\n'), "{error}");
}

#[test]
fn a_state_is_read_alike_on_one_thread_and_on_several() {
    let disk = SimulatedDisk::new();
    let home = Arc::new(RwLock::new(open(&disk).expect("a chain")));
    for _ in 0..BLOCKS {
        chain::produce(&mut home.write()).expect("a block");
    }
    let held = Held::new(home.clone());
    let mut whole = Vec::new();
    state::write(&*home, &mut whole, &|| false).expect("room");
    let (number, id) = (held.base.number, held.base.id);
    let hash = |state: state::State| state.ledger.state_hash();
    let read = |bytes: &[u8]| {
        let several = state::read(bytes, number, id).map(hash);
        let alone = state::read_alone(bytes, number, id).map(hash);
        let [several, alone] =
            [several, alone].map(|read| read.map_err(|error| format!("{error:#}")));
        assert_eq!(several, alone);
        several
    };
    read(&whole).expect("what was written");
    for cut in [0, 3, 8, 17, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
        read(&whole[..cut]).expect_err("something is missing");
        let mut other = whole.clone();
        other[cut] ^= 0x81;
        let _whatever_it_is = read(&other);
    }
    read(&[whole.as_slice(), &[0]].concat()).expect_err("something is too much");
}

/// Asks a running node for a block.
fn produce(runtime: &tokio::runtime::Runtime, node: &Node) -> Result<(), ApiError> {
    runtime.block_on(node.produce(1, 0))
}

fn head(node: &Node) -> u32 {
    let head = node.read(|view| view.ledger.dynamic().map(|dynamic| dynamic.head_block_number));
    head.expect("it answers").expect("a head")
}

#[test]
fn a_full_disk_stops_the_node_until_there_is_room() {
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let disk = SimulatedDisk::new();
    let home = open(&disk).expect("a chain");
    let (settings, storage) = (Settings::default(), Storage::default());
    let keys = chain::witness_keys();
    let (node, core) =
        start(home, keys, Production::Instant, settings, storage, |_| ()).expect("threads");
    let core = std::thread::spawn(move || core.run());
    produce(&runtime, &node).expect("a block");
    disk.set_full(true);
    std::thread::sleep(Duration::from_millis(600));
    let refused = produce(&runtime, &node).expect_err("no room");
    assert!(format!("{refused:?}").contains("nearly full"), "{refused:?}");
    assert_eq!(head(&node), 1);
    disk.set_full(false);
    std::thread::sleep(Duration::from_millis(600));
    produce(&runtime, &node).expect("a block again");
    assert_eq!(head(&node), 2);
    node.stop();
    core.join().expect("no bug").expect("no error");
    drop(node);
    disk.kill();
    assert_eq!(open(&disk).expect("it starts").chain().head_number(), 2);
}

#[test]
fn nobody_reads_a_block_that_could_not_be_written() {
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let disk = SimulatedDisk::new();
    let home = open(&disk).expect("a chain");
    let storage = Storage { keep_free_bytes: 0, ..Storage::default() };
    let keys = chain::witness_keys();
    let (node, core) = start(home, keys, Production::Instant, Settings::default(), storage, |_| ())
        .expect("threads");
    let core = std::thread::spawn(move || core.run());
    produce(&runtime, &node).expect("a block");
    disk.set_full(true);
    produce(&runtime, &node).expect_err("the node stops");
    assert!(node.read(|_| ()).is_none(), "it tells of a block that is not on disk");
    let error = core.join().expect("no bug").expect_err("an error");
    assert!(error.to_string().contains("no room left"), "{error}");
    disk.set_full(false);
    disk.kill();
    assert_eq!(open(&disk).expect("it starts").chain().head_number(), 1);
}
