//! Tests of the block log: what it refuses, what it recovers, and a fault at every operation.

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::disk::Access;
use crate::error::Damage;
use crate::simulated::{Chance, Fault, SimulatedDisk};

const OURS: ChainIdentity = ChainIdentity { chain_id: [1; 32] };
const DIR: &str = "/blocks";
const SMALL: LogOptions = LogOptions { segment_bytes_max: 700, segment_blocks_max: 4 };

fn id(number: u32, branch: u8) -> BlockId {
    let mut id = [branch; 20];
    id[..4].copy_from_slice(&number.to_be_bytes());
    id
}

/// A block; those of one number are equally long on all branches, so that a record of a branch that
/// was left could stand exactly behind one of the branch that was taken.
fn block(number: u32, branch: u8) -> LoggedBlock {
    let length = (number as usize * 37) % 190;
    LoggedBlock { number, id: id(number, branch), bytes: vec![branch ^ number as u8; length] }
}

fn try_open(disk: &SimulatedDisk) -> Result<(BlockLog, Recovery), StoreError> {
    BlockLog::open_on(Arc::new(disk.clone()), Path::new(DIR), &OURS, SMALL)
}

fn open(disk: &SimulatedDisk) -> BlockLog {
    try_open(disk).unwrap().0
}

fn append(log: &mut BlockLog, block: &LoggedBlock) -> Result<(), StoreError> {
    log.append(block.number, &block.id, &block.bytes)
}

fn append_run(log: &mut BlockLog, numbers: std::ops::RangeInclusive<u32>, branch: u8) {
    for number in numbers {
        append(log, &block(number, branch)).unwrap();
    }
}

/// All blocks of the log, which must agree with what its other methods say.
fn contents(log: &BlockLog) -> Vec<LoggedBlock> {
    let first = log.reader().first();
    let blocks: Vec<LoggedBlock> =
        log.blocks_from(first.unwrap_or(1)).collect::<Result<_, _>>().unwrap();
    assert_eq!(log.head(), blocks.last().map(|last| (last.number, last.id)));
    assert_eq!(first, blocks.first().map(|first| first.number));
    blocks
}

#[track_caller]
fn check(log: &BlockLog, expected: &[LoggedBlock]) {
    assert_eq!(contents(log), expected);
    for block in expected {
        assert_eq!(log.read(block.number).unwrap().as_ref(), Some(&block.bytes));
        assert_eq!(log.read_by_id(&block.id).unwrap().as_ref(), Some(&block.bytes));
        assert_eq!(log.read_by_id(&id(block.number, 99)).unwrap(), None);
    }
    let beyond = expected.last().map_or(1, |last| last.number + 1);
    assert_eq!(log.read(beyond).unwrap(), None);
}

fn run(numbers: std::ops::RangeInclusive<u32>, branch: u8) -> Vec<LoggedBlock> {
    numbers.map(|number| block(number, branch)).collect()
}

#[test]
fn blocks_read_back_after_opening_again() {
    let disk = SimulatedDisk::new();
    let mut log = open(&disk);
    check(&log, &[]);
    append_run(&mut log, 1..=11, 1);
    check(&log, &run(1..=11, 1));
    drop(log);
    check(&open(&disk), &run(1..=11, 1));
}

#[test]
fn a_log_may_begin_in_the_middle_of_the_chain() {
    let disk = SimulatedDisk::new();
    let mut log = open(&disk);
    append_run(&mut log, 500..=510, 1);
    check(&log, &run(500..=510, 1));
    assert_eq!(log.read(499).unwrap(), None);
    drop(log);
    check(&open(&disk), &run(500..=510, 1));
}

#[test]
fn a_fork_switch_replaces_the_end() {
    for after in 0..=11 {
        let disk = SimulatedDisk::new();
        let mut log = open(&disk);
        append_run(&mut log, 1..=11, 1);
        let reader = log.reader();
        assert!(reader.read(1).unwrap().is_some());
        log.truncate_after(after).unwrap();
        append_run(&mut log, after + 1..=15, 2);
        let expected = [run(1..=after, 1), run(after + 1..=15, 2)].concat();
        check(&log, &expected);
        assert_eq!(reader.block(1).unwrap(), Some(expected[0].clone()));
        drop(log);
        check(&open(&disk), &expected);
    }
}

#[test]
fn who_reads_on_over_a_fork_switch_gets_the_new_branch() {
    let mut log = open(&SimulatedDisk::new());
    append_run(&mut log, 1..=11, 1);
    let mut blocks = log.reader().blocks_from(3);
    assert_eq!(blocks.next().unwrap().unwrap(), block(3, 1));
    log.truncate_after(5).unwrap();
    append_run(&mut log, 6..=8, 2);
    let rest: Vec<_> = blocks.map(Result::unwrap).collect();
    assert_eq!(rest, [run(4..=5, 1), run(6..=8, 2)].concat());
}

#[test]
fn a_block_that_does_not_fit_is_refused() {
    let disk = SimulatedDisk::new();
    let mut log = open(&disk);
    append_run(&mut log, 1..=2, 1);
    let refused = |result: Result<(), StoreError>, message: &str| {
        assert!(result.unwrap_err().to_string().contains(message), "{message}");
    };
    refused(log.append(2, &id(2, 1), b""), "the log continues with block 3");
    refused(log.append(4, &id(4, 1), b""), "the log continues with block 3");
    refused(log.append(3, &id(4, 1), b""), "does not begin with block number 3");
    refused(log.append(3, &id(3, 1), &vec![0; PAYLOAD_LEN_MAX + 1]), "exceeds the limit");
    check(&log, &run(1..=2, 1));
}

#[test]
fn a_second_process_is_refused() {
    let disk = SimulatedDisk::new();
    let log = open(&disk);
    assert!(matches!(try_open(&disk).err(), Some(StoreError::InUse { .. })));
    drop(log);
    open(&disk);
}

#[test]
fn a_log_of_another_chain_or_a_newer_format_is_refused() {
    let disk = SimulatedDisk::new();
    append_run(&mut open(&disk), 1..=2, 1);
    let other = ChainIdentity::new([2; 32]);
    let error = BlockLog::open_on(Arc::new(disk.clone()), Path::new(DIR), &other, SMALL).err();
    assert!(matches!(error, Some(StoreError::OtherChain { .. })));
    let path = Path::new(DIR).join(segment::file_name(1));
    let file = disk.open(&path, Access::Write).unwrap();
    file.write_at(8, &9u32.to_le_bytes()).unwrap();
    let error = try_open(&disk).err().unwrap().to_string();
    assert!(error.contains("has format 9, this program reads up to format 1"), "{error}");
}

#[test]
fn a_torn_tail_is_cut_off_and_reported() {
    let header = Header::new(3, &id(3, 1), 0, 0);
    let (whole, _) = record::encode(header, &block(3, 1).bytes);
    for length in 1..whole.len() {
        let disk = SimulatedDisk::new();
        append_run(&mut open(&disk), 1..=2, 1);
        let path = Path::new(DIR).join(segment::file_name(1));
        let file = disk.open(&path, Access::Write).unwrap();
        let offset = file.length().unwrap();
        file.write_at(offset, &whole[..length]).unwrap();
        let (log, recovery) = try_open(&disk).unwrap();
        let torn = TornTail { segment: path, offset, bytes: length as u64 };
        assert_eq!(recovery, Recovery { head: Some((2, id(2, 1))), torn: Some(torn) });
        check(&log, &run(1..=2, 1));
        drop(log);
        assert_eq!(try_open(&disk).unwrap().1.torn, None);
    }
}

/// Everything that is in the directory.
fn bytes_of(disk: &SimulatedDisk) -> Vec<(String, Vec<u8>)> {
    let read = |name: &str| crate::disk::read_file(disk, &Path::new(DIR).join(name));
    let entries = disk.list(Path::new(DIR)).unwrap();
    entries
        .into_iter()
        .map(|entry| (entry.name.clone(), read(&entry.name).unwrap().unwrap()))
        .collect()
}

#[test]
fn a_look_sees_what_an_opening_would_and_changes_nothing() {
    let header = Header::new(7, &id(7, 1), 0, 0);
    let (whole, _) = record::encode(header, &block(7, 1).bytes);
    for length in [0, 5, whole.len() - 1] {
        let disk = SimulatedDisk::new();
        append_run(&mut open(&disk), 1..=6, 1);
        let path = Path::new(DIR).join(segment::file_name(5));
        let file = disk.open(&path, Access::Write).unwrap();
        file.write_at(file.length().unwrap(), &whole[..length]).unwrap();
        let unfinished = Path::new(DIR).join(segment::file_name(9)).with_extension("tmp");
        disk.open(&unfinished, Access::Create).unwrap();
        let before = bytes_of(&disk);
        let looked = || BlockLog::look(Arc::new(disk.clone()), Path::new(DIR), &OURS);
        let (reader, recovery) = looked().unwrap();
        let blocks: Result<Vec<_>, _> = reader.blocks_from(1).collect();
        assert_eq!(blocks.unwrap(), run(1..=6, 1));
        assert_eq!(bytes_of(&disk), before);
        assert_eq!(recovery, try_open(&disk).unwrap().1);
    }
    let disk = SimulatedDisk::new();
    let (reader, _) = BlockLog::look(Arc::new(disk.clone()), Path::new(DIR), &OURS).unwrap();
    assert_eq!((reader.first(), disk.list(Path::new(DIR)).is_err()), (None, true));
}

/// Three segments, every block acknowledged on its own; one byte of a segment is spoiled.
fn spoiled(segment: u32, offset: usize) -> SimulatedDisk {
    let disk = SimulatedDisk::new();
    let mut log = open(&disk);
    for number in 1..=11 {
        append(&mut log, &block(number, 1)).unwrap();
        log.sync().unwrap();
    }
    disk.spoil(&Path::new(DIR).join(segment::file_name(segment)), offset);
    drop(log);
    disk
}

#[test]
fn damage_to_an_acknowledged_block_stops_the_start_and_is_named() {
    // Wherever the damage is, also in the length, it must not be taken for a torn tail.
    for byte in 0..record::HEADER_LEN {
        let disk = spoiled(9, crate::identity::HEAD_LEN + byte);
        let Err(StoreError::DamagedLog { segment, offset, .. }) = try_open(&disk) else {
            panic!("byte {byte}: damage was not noticed");
        };
        assert!(segment.ends_with("blocks-0000000009.log"));
        assert_eq!(offset, crate::identity::HEAD_LEN as u64);
    }
    let error = try_open(&spoiled(9, 60)).err().unwrap().to_string();
    assert!(error.contains("blocks-0000000009.log is damaged at byte 52 ("), "{error}");
    assert!(error.contains("restore this file from a copy"), "{error}");
}

#[test]
fn damage_to_an_older_segment_is_noticed_by_reading_and_spoils_no_other() {
    let log = open(&spoiled(5, crate::identity::HEAD_LEN + record::HEADER_LEN + 3));
    let error = log.read(5).unwrap_err();
    assert!(matches!(error, StoreError::DamagedLog { damage: Damage::Checksum, .. }));
    assert_eq!(log.read(4).unwrap(), Some(block(4, 1).bytes));
    assert_eq!(log.read(9).unwrap(), Some(block(9, 1).bytes));
}

#[test]
fn a_missing_segment_is_noticed() {
    let disk = spoiled(1, usize::MAX);
    disk.remove_file(&Path::new(DIR).join(segment::file_name(5))).unwrap();
    let log = open(&disk);
    let error = log.read(2).unwrap_err();
    assert!(matches!(error, StoreError::DamagedLog { damage: Damage::Cut, .. }), "{error}");
}

#[test]
fn a_full_disk_refuses_blocks_and_takes_them_when_there_is_room() {
    let disk = SimulatedDisk::new();
    let mut log = open(&disk);
    for number in 1..=9 {
        disk.set_full(true);
        let error = append(&mut log, &block(number, 1)).unwrap_err();
        assert!(matches!(error, StoreError::DiskFull { .. }), "{error}");
        log.sync().unwrap();
        disk.set_full(false);
        append(&mut log, &block(number, 1)).unwrap();
    }
    check(&log, &run(1..=9, 1));
}

#[test]
fn an_empty_log_that_could_not_take_one_block_takes_another() {
    let disk = SimulatedDisk::new();
    let mut log = open(&disk);
    let operations = disk.operations();
    let created = (0..).find(|after| {
        disk.fail_at(operations + after, Fault::TornWrite);
        append(&mut log, &block(5, 1)).is_err() && !log.closed
    });
    assert!(created.is_some());
    append_run(&mut log, 7..=8, 1);
    check(&log, &run(7..=8, 1));
}

#[test]
fn a_failed_sync_goes_back_to_what_was_acknowledged_and_closes_the_log() {
    let disk = SimulatedDisk::new();
    let mut log = open(&disk);
    append_run(&mut log, 1..=2, 1);
    log.sync().unwrap();
    append_run(&mut log, 3..=4, 1);
    disk.fail_at(disk.operations(), Fault::InputOutput);
    assert!(matches!(log.sync(), Err(StoreError::SyncFailed { .. })));
    assert!(matches!(append(&mut log, &block(5, 1)), Err(StoreError::Closed { .. })));
    check(&log, &run(1..=2, 1));
    drop(log);
    let mut log = open(&disk);
    append_run(&mut log, 3..=3, 2);
    log.sync().unwrap();
    drop(log);
    disk.restart(1);
    check(&open(&disk), &[run(1..=2, 1), run(3..=3, 2)].concat());
}

#[test]
fn what_a_killed_process_left_in_the_memory_of_the_system_is_brought_to_the_disk() {
    let disk = SimulatedDisk::new();
    let mut log = open(&disk);
    append_run(&mut log, 1..=3, 1);
    disk.kill();
    drop(log);
    let log = open(&disk);
    assert_eq!(log.durable(), Some((3, id(3, 1))));
    drop(log);
    disk.restart(5);
    check(&open(&disk), &run(1..=3, 1));
}

#[test]
fn it_works_on_the_real_disk() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("deep/blocks");
    let (mut log, recovery) = BlockLog::open(&path, &OURS).unwrap();
    assert_eq!(recovery, Recovery { head: None, torn: None });
    append_run(&mut log, 1..=300, 1);
    log.sync().unwrap();
    log.truncate_after(250).unwrap();
    append_run(&mut log, 251..=260, 2);
    log.sync().unwrap();
    assert!(matches!(BlockLog::open(&path, &OURS), Err(StoreError::InUse { .. })));
    let reader = log.reader();
    drop(log);
    let (log, recovery) = BlockLog::open(&path, &OURS).unwrap();
    assert_eq!(recovery.torn, None);
    check(&log, &[run(1..=250, 1), run(251..=260, 2)].concat());
    assert_eq!(reader.read(255).unwrap(), Some(block(255, 2).bytes));
}

#[test]
fn readers_on_other_threads_see_only_whole_blocks() {
    let disk = SimulatedDisk::new();
    let mut log = open(&disk);
    append_run(&mut log, 1..=40, 1);
    std::thread::scope(|scope| {
        for seed in 0..3 {
            let reader = log.reader();
            scope.spawn(move || {
                let mut chance = Chance(seed);
                for _ in 0..3000 {
                    let number = chance.below(45) as u32;
                    if let Some(found) = reader.block(number).unwrap() {
                        assert!([1, 2, 3].iter().any(|branch| found == block(number, *branch)));
                    }
                }
            });
        }
        for round in 0..60 {
            let after = 5 + round % 30;
            log.truncate_after(after).unwrap();
            append_run(&mut log, after + 1..=40, 2 + (round % 2) as u8);
        }
    });
}

/// One step of a node's life.
#[derive(Debug, Clone, Copy)]
enum Step {
    Append,
    Sync,
    /// Leaves a branch this many blocks back.
    Fork(u32),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Append),
        3 => Just(Step::Sync),
        1 => (1..9u32).prop_map(Step::Fork),
        1 => Just(Step::Reopen),
    ]
}

/// What a log may hold after a stop: a beginning, at least `durable` blocks long, of one of
/// `possible`.
struct Model {
    chain: Vec<LoggedBlock>,
    durable: usize,
    possible: Vec<Vec<LoggedBlock>>,
    branch: u8,
}

impl Model {
    fn new() -> Model {
        Model { chain: Vec::new(), durable: 0, possible: vec![Vec::new()], branch: 1 }
    }

    fn step(&mut self, log: &mut BlockLog, step: Step) -> Result<(), StoreError> {
        match step {
            Step::Append => self.append(log),
            Step::Sync => self.sync(log),
            Step::Fork(back) => self.fork(log, back),
            Step::Reopen => Ok(()),
        }
    }

    fn append(&mut self, log: &mut BlockLog) -> Result<(), StoreError> {
        let next = block(self.chain.len() as u32 + 1, self.branch);
        let longer = [&self.chain[..], std::slice::from_ref(&next)].concat();
        self.possible.push(longer.clone());
        append(log, &next)?;
        self.chain = longer;
        Ok(())
    }

    fn sync(&mut self, log: &mut BlockLog) -> Result<(), StoreError> {
        log.sync()?;
        self.settle();
        Ok(())
    }

    fn fork(&mut self, log: &mut BlockLog, back: u32) -> Result<(), StoreError> {
        let kept = self.chain.len().saturating_sub(back as usize);
        self.branch = self.branch % 200 + 1;
        self.durable = self.durable.min(kept);
        log.truncate_after(kept as u32)?;
        self.chain.truncate(kept);
        self.settle();
        Ok(())
    }

    /// Everything is on the disk.
    fn settle(&mut self) {
        self.durable = self.chain.len();
        self.possible = vec![self.chain.clone()];
    }

    /// The log was opened after a stop: it may hold what it holds, and goes on from there.
    fn adopt(&mut self, log: &BlockLog, what: &str) {
        let found = contents(log);
        assert!(found.len() >= self.durable, "{what}: an acknowledged block is lost");
        let allowed = self.possible.iter().any(|chain| chain.starts_with(&found));
        assert!(allowed, "{what}: the log holds what was never appended in this order");
        self.chain = found;
        self.settle();
    }
}

/// Opens the log until it works; a single fault goes by, a power cut needs a restart.
fn open_after_fault(disk: &SimulatedDisk, seed: u64, what: &str) -> BlockLog {
    if let Ok((log, _)) = try_open(disk) {
        return log;
    }
    disk.restart(seed);
    try_open(disk).unwrap_or_else(|error| panic!("{what}: {error}")).0
}

/// Lives through the steps with one fault at operation `at`, then a power cut.
/// Gives whether the fault struck.
fn live(steps: &[Step], at: u64, fault: Fault, seed: u64) -> bool {
    let what = format!("{fault:?} at operation {at}, seed {seed}");
    let disk = SimulatedDisk::new();
    disk.fail_at(at, fault);
    let mut model = Model::new();
    let mut log = open_after_fault(&disk, seed, &what);
    for step in steps {
        let done = model.step(&mut log, *step);
        if done.is_err() || matches!(step, Step::Reopen) {
            // A log that failed but stayed open must still be right, and go on.
            let goes_on = !log.closed && model.append(&mut log).is_ok();
            if !goes_on || matches!(step, Step::Reopen) {
                drop(log);
                log = open_after_fault(&disk, seed, &what);
                model.adopt(&log, &what);
            }
        }
    }
    let struck = disk.operations() > at;
    drop(log);
    disk.restart(seed ^ at);
    let log = open_after_fault(&disk, seed, &what);
    model.adopt(&log, &what);
    struck
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn no_fault_at_any_operation_loses_an_acknowledged_block(
        steps in prop::collection::vec(step(), 1..40),
        seed in any::<u64>(),
    ) {
        for fault in Fault::ALL {
            let tried = (0..).take_while(|at| live(&steps, *at, fault, seed)).count();
            prop_assert!(tried > 0);
        }
    }
}
