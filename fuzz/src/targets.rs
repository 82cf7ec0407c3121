//! The targets: one for each kind of bytes that come from outside.

use crate::corpus;
use carbyne_api::event::BlockEvent;
use carbyne_api::{Limits, parse_frames};
use carbyne_chain::AppliedBlock;
use carbyne_core::Production;
use carbyne_index::History;
use carbyne_ledger::base::BaseCursor;
use carbyne_ledger::run::AppliedOperation;
use carbyne_ledger::tables::AnyTable;
use carbyne_net::frame::{Assembly, pack};
use carbyne_net::message::Message;
use carbyne_node::state;
use carbyne_protocol::ops::{Operation, OperationResult};
use carbyne_protocol::recovered::{Recover, RecoveredBlock, RecoveredTransaction};
use carbyne_protocol::transaction::{ProcessedTransaction, SignedBlock, SignedTransaction};
use carbyne_sim::{Machine, found};
use carbyne_store::simulated::SimulatedDisk;
use carbyne_store::{
    BlockId, BlockLog, ChainIdentity, Disk, LogOptions, SnapshotStore, create_dir, read_file,
    write_file,
};
use carbyne_wallet::files;
use carbyne_wire::{
    Dialect, Digest, Hash160, JsonIn, Pack, Tags, TimePointSec, parse_json_within, unpack_exact,
};
use serde_json::Value;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A decoder, and what must be true of whatever it is given.
pub struct Target {
    /// Its name, and that of its corpus.
    pub name: &'static str,
    /// Panics if something is wrong.
    pub run: fn(&[u8]),
    /// Good inputs that are better made than kept.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub const ALL: [Target; 9] = [
    Target { name: "message", run: message, seeds: Vec::new },
    Target { name: "block", run: block, seeds: Vec::new },
    Target { name: "transaction", run: transaction, seeds: Vec::new },
    Target { name: "json", run: json, seeds: Vec::new },
    Target { name: "snapshot", run: snapshot, seeds: snapshots },
    Target { name: "state", run: a_state, seeds: states },
    Target { name: "log", run: log, seeds: logs },
    Target { name: "applied", run: applied, seeds: greatest_ids },
    Target { name: "wallet", run: wallet, seeds: wallets },
];

const CHAIN_ID: [u8; 32] = [7; 32];
const DIR: &str = "/data";
/// Values in a frame, as a node has it by default.
const VALUES_MAX: usize = 100_000;

/// Frames of the peer protocol, decrypted: whatever is understood is written as it was read.
fn message(bytes: &[u8]) {
    let mut assembly = Assembly::default();
    assembly.room().extend_from_slice(bytes);
    while let Ok(Some(frame)) = assembly.next_frame() {
        let Ok(Some(message)) = Message::read(frame.kind, &frame.payload, Tags::Reference) else {
            continue;
        };
        let payload = message.payload();
        let again = Message::read(message.kind(), &payload, Tags::Reference);
        let again = again.expect("what was written can be read").expect("it is of a known kind");
        assert_eq!(again.payload(), payload, "{}", message.name());
        assert!(pack(message.kind(), &payload).len() >= payload.len());
    }
}

/// What is read of bytes is the same when it is written and read again; gives it.
fn stable<T: Pack>(bytes: &[u8]) -> Option<T> {
    let value: T = unpack_exact(bytes, Tags::Reference).ok()?;
    let written = value.to_bytes();
    let again: T = unpack_exact(&written, Tags::Reference).expect("what was written can be read");
    assert_eq!(again.to_bytes(), written);
    assert_eq!(value.packed_len(), written.len());
    Some(value)
}

fn block(bytes: &[u8]) {
    let Some(block) = stable::<SignedBlock>(bytes) else { return };
    let json = block.to_json_in(Dialect::REFERENCE);
    let _may_be_too_deep = SignedBlock::from_json_in(&json, Dialect::REFERENCE);
    let recovered = RecoveredBlock::new(block, &Digest(CHAIN_ID), Recover::Nothing);
    let _whatever_it_says = recovered.validate();
}

fn transaction(bytes: &[u8]) {
    let Some(transaction) = stable::<SignedTransaction>(bytes) else { return };
    let json = transaction.to_json_in(Dialect::REFERENCE);
    let _may_be_too_deep = SignedTransaction::from_json_in(&json, Dialect::REFERENCE);
    let recovered = RecoveredTransaction::new(transaction, &Digest(CHAIN_ID), Recover::Nothing);
    let _whatever_it_says = recovered.validate();
}

/// Operations as if the rules had let them through, at which who follows the chain must not
/// stumble: what they name need not exist.
fn applied(bytes: &[u8]) {
    let Ok(transaction) = unpack_exact::<SignedTransaction>(bytes, Tags::Reference) else { return };
    let operations: Vec<AppliedOperation> =
        transaction.operations.iter().cloned().map(as_applied).collect();
    let mut block = SignedBlock::default();
    let transaction = Arc::new(transaction);
    block.transactions.push(ProcessedTransaction { transaction, operation_results: Vec::new() });
    let block = Arc::new(RecoveredBlock::new(block, &Digest(CHAIN_ID), Recover::Nothing));
    let mut history = History::new(Default::default());
    history.begin_at(0);
    history.apply(&block, &operations);
    assert_eq!(history.failure(), None);
    let applied = AppliedBlock {
        block,
        operations,
        changes: Vec::new(),
        statistics: Vec::new(),
        last_irreversible: 0,
        undoable: 1,
        block_interval: 5,
    };
    let event = BlockEvent::of(&Arc::new(applied), &history, Dialect::REFERENCE);
    event.confirmations.iter().for_each(|confirmation| drop(confirmation.json().to_string()));
    history.undo();
    assert_eq!(history.head().0, 0);
}

fn as_applied(op: Operation) -> AppliedOperation {
    AppliedOperation {
        op,
        result: OperationResult::default(),
        block_num: 1,
        trx_in_block: 0,
        op_in_trx: 0,
        virtual_op: 0,
        is_virtual: false,
        block_time: TimePointSec::default(),
    }
}

/// The kept transactions with the greatest number in the place of every object's.
fn greatest_ids() -> Vec<Vec<u8>> {
    const GREATEST: &str = "281474976710655";
    let kept = ALL.iter().find(|target| target.name == "transaction").map(corpus);
    let transactions = kept.unwrap_or_default().into_iter();
    let transactions = transactions
        .filter_map(|one| unpack_exact::<SignedTransaction>(&one, Tags::Reference).ok());
    let replaced = transactions.filter_map(|one| {
        let mut json = one.to_json_in(Dialect::REFERENCE);
        each_text(&mut json, &mut |text| {
            let mut parts = text.split('.');
            let numbers = parts.clone().all(|part| part.parse::<u64>().is_ok());
            if let (true, Some(space), Some(kind), Some(_)) =
                (numbers, parts.next(), parts.next(), parts.next())
            {
                *text = format!("{space}.{kind}.{GREATEST}");
            }
        });
        SignedTransaction::from_json_in(&json, Dialect::REFERENCE).ok()
    });
    replaced.map(|one| one.to_bytes()).collect()
}

fn each_text(value: &mut Value, change: &mut impl FnMut(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, change)),
        Value::Object(members) => {
            members.values_mut().for_each(|member| each_text(member, change));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Text from a client: as a frame, as a transaction, as a block.
fn json(bytes: &[u8]) {
    let _whatever_it_is = parse_frames(&String::from_utf8_lossy(bytes), 100, &Limits::default());
    let Ok(value) = parse_json_within(bytes, VALUES_MAX) else { return };
    if let Ok(transaction) = SignedTransaction::from_json_in(&value, Dialect::REFERENCE) {
        let packed = transaction.to_bytes();
        // JSON may nest deeper than bytes may.
        let again = unpack_exact::<SignedTransaction>(&packed, Tags::Reference);
        assert!(again.is_err() || again.is_ok_and(|again| again.to_bytes() == packed));
    }
    let _whatever_it_says =
        SignedBlock::from_json_in(&value, Dialect::REFERENCE).map(|block| block.id());
}

fn identity() -> ChainIdentity {
    ChainIdentity::new(CHAIN_ID)
}

fn put(disk: &SimulatedDisk, path: &Path, bytes: &[u8]) {
    create_dir(disk, path.parent().unwrap_or(Path::new(DIR))).expect("a directory");
    write_file(disk, path, bytes).expect("a file");
}

/// A snapshot file: what is taken for good is read to its end.
fn snapshot(bytes: &[u8]) {
    let disk = SimulatedDisk::new();
    let path = PathBuf::from("/given.snapshot");
    put(&disk, &path, bytes);
    let opened = SnapshotStore::open_on(Arc::new(disk), Path::new(DIR), &identity());
    let store = opened.expect("an empty directory");
    let pieces = store.pieces(&path);
    if let Ok(pieces) = &pieces {
        (0..).take(pieces.contents.chunks.len()).for_each(|index| drop(pieces.chunk(index)));
    }
    let Ok(found) = store.verify(&path) else { return };
    let pieces = pieces.expect("it was verified");
    assert_eq!(pieces.contents.hash(), found.hash);
    let mut state = Vec::new();
    let mut reader = found.open().expect("it was verified");
    reader.read_to_end(&mut state).expect("it was verified");
    assert_eq!(state.len() as u64, found.state_bytes);
}

/// The content of a snapshot, whose hashes were good.
fn a_state(bytes: &[u8]) {
    let _whatever_it_is = state::read_alone(bytes, 1, Hash160::default());
}

/// A file of the block log: what opening it keeps can be read, and is kept the next time.
fn log(bytes: &[u8]) {
    let disk = SimulatedDisk::new();
    put(&disk, Path::new(&first_segment()), bytes);
    let open = || {
        let options = LogOptions::default();
        BlockLog::open_on(Arc::new(disk.clone()), Path::new(DIR), &identity(), options)
    };
    let Ok((log, recovery)) = open() else { return };
    for block in log.blocks_from(1) {
        let block = block.expect("what was kept can be read");
        assert!(log.read(block.number).expect("it can be read").is_some());
    }
    drop(log);
    let (_, again) = open().expect("what was put in order opens");
    assert_eq!((again.head, again.torn), (recovery.head, None));
}

fn log_disk() -> SimulatedDisk {
    let disk = SimulatedDisk::new();
    create_dir(&disk, Path::new(DIR)).expect("a directory");
    let (mut log, _) = BlockLog::open_on(
        Arc::new(disk.clone()),
        Path::new(DIR),
        &identity(),
        LogOptions::default(),
    )
    .expect("an empty log");
    for number in 1_u32..5 {
        let mut id: BlockId = [number as u8; 20];
        id[..4].copy_from_slice(&number.to_be_bytes());
        log.append(number, &id, &vec![number as u8; 40 * number as usize]).expect("room");
        log.sync().expect("a good disk");
    }
    disk
}

/// Name of the file that a log begins with.
fn first_segment() -> PathBuf {
    let entries = log_disk().list(Path::new(DIR)).expect("a directory");
    let names = entries.into_iter().filter(|entry| !entry.is_dir).map(|entry| entry.name);
    let name = names.filter(|name| name.ends_with(".log")).min().expect("a log has a file");
    Path::new(DIR).join(name)
}

fn logs() -> Vec<Vec<u8>> {
    let disk = log_disk();
    let bytes = read_file(&disk, &first_segment()).expect("it is there").unwrap_or_default();
    vec![bytes]
}

fn snapshots() -> Vec<Vec<u8>> {
    let disk = SimulatedDisk::new();
    create_dir(&disk, Path::new(DIR)).expect("a directory");
    let opened = SnapshotStore::open_on(Arc::new(disk.clone()), Path::new(DIR), &identity());
    let store = opened.expect("an empty directory");
    let mut id: BlockId = [9; 20];
    id[..4].copy_from_slice(&1_u32.to_be_bytes());
    let content: Vec<u8> = (0..5_000_u32).flat_map(|n| (n / 7).to_le_bytes()).collect();
    store.write(1, &id, |out| out.write_all(&content)).expect("room");
    let paths = store.paths().expect("a directory");
    let files = paths.iter().filter_map(|path| read_file(&disk, path).ok().flatten());
    files.collect()
}

/// The state of a chain that begins: for each table one that has rows of no other. With all of them
/// at once, 65,536 ids of recent blocks among them, mutants would hardly ever come to the end.
fn states() -> Vec<Vec<u8>> {
    let founded = found(1).expect("a genesis");
    let mut machine = Machine::new(&founded.genesis, Vec::new(), Production::None);
    machine.start(founded.time).expect("a good disk");
    let process = machine.process().expect("it was started");
    process.with(|life| {
        let _held = life.core.chain.hold_base();
    });
    let mut whole = Vec::new();
    state::write(&**process, &mut whole, &|| false).expect("room");
    let read = state::read(whole.as_slice(), 0, Hash160::default()).expect("what was written");
    let mut tables = Vec::new();
    read.ledger.tables.each(&mut |_, table| tables.push(first_rows(table)));
    let only = |at: usize| {
        let table = |(number, (next, rows)): (usize, &(u64, Vec<u8>))| {
            let rows = if number == at { rows.as_slice() } else { &[] };
            [&next.to_le_bytes(), rows, &[0; 8]].concat()
        };
        let bytes = whole[..HEAD_LEN].iter().copied();
        bytes.chain(tables.iter().enumerate().flat_map(table)).collect()
    };
    (0..tables.len()).map(only).collect()
}

/// Bytes before the tables of a state.
const HEAD_LEN: usize = 8;
/// Bytes of the rows of a table, about.
const ROWS_LEN: usize = 500;

/// The next number of a table and a piece with its first rows, as a state holds them.
fn first_rows(table: &dyn AnyTable) -> (u64, Vec<u8>) {
    let mut rows = Vec::new();
    let piece = table.pack_base(&mut BaseCursor::default(), ROWS_LEN, &mut rows);
    let head = [piece.rows, rows.len() as u32].map(u32::to_le_bytes).concat();
    let piece = if piece.rows > 0 { [head, rows].concat() } else { Vec::new() };
    (table.base_next_number(), piece)
}

const PASSWORD: &str = "correct horse";

/// A wallet's file, this program's or the reference's: what opens is the same when it is written.
fn wallet(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Err(error) = files::open_twice(text, PASSWORD) {
        assert!(!error.to_string().contains("not what was read"), "{error}");
    }
}

fn wallets() -> Vec<Vec<u8>> {
    let examples = files::examples(PASSWORD).expect("two files");
    examples.into_iter().map(String::into_bytes).collect()
}
