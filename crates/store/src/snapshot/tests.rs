//! Tests of snapshots: round trips, every damaged byte, and a fault at every operation.

use std::io::Read;

use super::*;
use crate::error::Damage;
use crate::simulated::{Chance, Fault, SimulatedDisk};

const OURS: ChainIdentity = ChainIdentity { chain_id: [1; 32] };
const DIR: &str = "/snapshots";

fn id(number: u32) -> BlockId {
    [number as u8; 20]
}

/// A state that packing makes smaller, but not to nothing; it differs from block to block.
fn state(number: u32, length: usize) -> Vec<u8> {
    let mut chance = Chance(u64::from(number));
    (0..length).map(|_| chance.below(7) as u8).collect()
}

fn open(disk: &SimulatedDisk) -> SnapshotStore {
    SnapshotStore::open_on(Arc::new(disk.clone()), Path::new(DIR), &OURS).unwrap()
}

fn write(store: &SnapshotStore, number: u32, state: &[u8]) -> Result<(), StoreError> {
    store.write(number, &id(number), |stream| stream.write_all(state))
}

fn read(snapshot: &Snapshot) -> Vec<u8> {
    let mut bytes = Vec::new();
    snapshot.open().unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

#[track_caller]
fn check(store: &SnapshotStore, number: u32, state: &[u8], refused: usize) {
    let newest = store.newest_good().unwrap();
    let good = newest.good.expect("there is a good snapshot");
    assert_eq!((good.number, good.id, good.chain_id), (number, id(number), OURS.chain_id));
    assert_eq!(good.state_bytes, state.len() as u64);
    assert!(read(&good) == state, "the state of block {number} differs");
    assert_eq!(newest.refused.len(), refused);
}

fn file_of(disk: &SimulatedDisk, number: u32) -> (PathBuf, usize) {
    let path = Path::new(DIR).join(file_name(number, &id(number)));
    let length = disk.open(&path, Access::Read).unwrap().length().unwrap();
    (path, length as usize)
}

#[test]
fn states_of_any_length_read_back() {
    let chunk = format::CHUNK_LEN;
    for length in [0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk + 17] {
        let store = open(&SimulatedDisk::new());
        write(&store, 7, &state(7, length)).unwrap();
        check(&store, 7, &state(7, length), 0);
    }
}

#[test]
fn bytes_that_cannot_be_packed_read_back() {
    let mut chance = Chance(3);
    let noise: Vec<u8> = (0..format::CHUNK_LEN + 5).map(|_| chance.number() as u8).collect();
    let store = open(&SimulatedDisk::new());
    write(&store, 7, &noise).unwrap();
    check(&store, 7, &noise, 0);
}

#[test]
fn the_last_two_are_kept() {
    let disk = SimulatedDisk::new();
    let store = open(&disk);
    assert!(store.newest_good().unwrap().good.is_none());
    for number in [5, 90, 1000, 20000] {
        write(&store, number, &state(number, 100)).unwrap();
    }
    let names: Vec<PathBuf> =
        [20000, 1000].map(|number| Path::new(DIR).join(file_name(number, &id(number)))).into();
    assert_eq!(store.paths().unwrap(), names);
    check(&open(&disk), 20000, &state(20000, 100), 0);
}

#[test]
fn the_one_behind_which_the_blocks_begin_is_kept_too() {
    let mut store = open(&SimulatedDisk::new());
    write(&store, 5, b"five").unwrap();
    store.keep_root(5);
    for number in [90, 1000, 20000] {
        write(&store, number, &state(number, 100)).unwrap();
    }
    let names = [20000, 1000, 5].map(|number| Path::new(DIR).join(file_name(number, &id(number))));
    assert_eq!(store.paths().unwrap(), names);
}

#[test]
fn one_that_is_set_aside_is_whole_but_not_used() {
    let disk = SimulatedDisk::new();
    let store = open(&disk);
    write(&store, 5, b"five").unwrap();
    write(&store, 6, b"six").unwrap();
    let aside = Path::new("/aside");
    crate::create_dir(&disk, aside).unwrap();
    let path = Path::new(DIR).join(file_name(6, &id(6)));
    store.set_aside(&path, aside).unwrap();
    disk.restart(1);
    check(&open(&disk), 5, b"five", 0);
    assert_eq!(store.verify(&aside.join(file_name(6, &id(6)))).unwrap().number, 6);
}

#[test]
fn an_abandoned_snapshot_leaves_nothing() {
    let disk = SimulatedDisk::new();
    let store = open(&disk);
    write(&store, 5, b"five").unwrap();
    let abandoned = store.write(6, &id(6), |stream| {
        stream.write_all(b"half of it")?;
        Err(io::Error::other("no time left"))
    });
    let error = abandoned.unwrap_err().to_string();
    assert_eq!(error, "the snapshot of block 6 was abandoned: no time left");
    assert_eq!(disk.list(Path::new(DIR)).unwrap().len(), 1);
    check(&store, 5, b"five", 0);
}

#[test]
fn every_damaged_byte_is_noticed_and_the_older_one_is_used() {
    let disk = SimulatedDisk::new();
    let store = open(&disk);
    write(&store, 5, b"five").unwrap();
    write(&store, 6, &state(6, 300)).unwrap();
    let (path, length) = file_of(&disk, 6);
    for offset in (0..length).filter(|offset| !(8..12).contains(offset)) {
        disk.spoil(&path, offset);
        check(&store, 5, b"five", 1);
        disk.spoil(&path, offset);
    }
    check(&store, 6, &state(6, 300), 0);
}

#[test]
fn a_file_of_any_other_length_is_damaged() {
    let disk = SimulatedDisk::new();
    let store = open(&disk);
    write(&store, 6, &state(6, 300)).unwrap();
    let (path, length) = file_of(&disk, 6);
    let file = disk.open(&path, Access::Write).unwrap();
    file.set_length(length as u64 + 1).unwrap();
    let error = store.verify(&path).err().unwrap();
    assert!(matches!(error, StoreError::DamagedSnapshot { damage: Damage::Trailing, .. }));
    for shorter in (0..length as u64).rev() {
        file.set_length(shorter).unwrap();
        let error = store.verify(&path).err().unwrap();
        assert!(matches!(error, StoreError::DamagedSnapshot { damage: Damage::Cut, .. }));
    }
}

#[test]
fn a_chunk_that_is_hashed_well_but_does_not_unpack_is_an_error() {
    let disk = SimulatedDisk::new();
    let store = open(&disk);
    let start = format::encode_start(&Head { chain_id: OURS.chain_id, number: 6 }, &id(6));
    let mut root = format::RootHasher::new(&start);
    let frame = format::Frame { length: 1000, packed_length: 4, hash: format::hash_of(b"junk") };
    root.add(&frame);
    let bytes = [&start[..], &frame.encode(), b"junk", &root.finish().encode()].concat();
    let path = Path::new(DIR).join(file_name(6, &id(6)));
    let file = disk.open(&path, Access::Create).unwrap();
    write_all_at(&*file, 0, &bytes).unwrap();
    let snapshot = store.verify(&path).unwrap();
    let error = snapshot.open().unwrap().read_to_end(&mut Vec::new()).unwrap_err();
    assert!(error.to_string().contains("is damaged at byte"), "{error}");
}

#[test]
fn a_snapshot_of_another_chain_or_a_newer_format_is_refused() {
    let disk = SimulatedDisk::new();
    write(&open(&disk), 6, b"six").unwrap();
    let other = ChainIdentity::new([2; 32]);
    let store = SnapshotStore::open_on(Arc::new(disk.clone()), Path::new(DIR), &other).unwrap();
    let (path, _) = file_of(&disk, 6);
    for error in [store.newest_good().err(), store.import(&path).err()] {
        let error = error.unwrap().to_string();
        assert!(error.contains("belongs to chain 0101") && !error.contains('\n'), "{error}");
    }
    disk.open(&path, Access::Write).unwrap().write_at(8, &[9]).unwrap();
    let error = open(&disk).newest_good().err().unwrap().to_string();
    assert!(error.contains("has format 9"), "{error}");
}

#[test]
fn an_export_can_be_imported_elsewhere() {
    let disk = SimulatedDisk::new();
    let store = open(&disk);
    let out = Path::new("/out.carb");
    assert!(matches!(store.export(out).err(), Some(StoreError::NoSnapshot { .. })));
    let bytes = state(6, 3 * format::CHUNK_LEN);
    write(&store, 6, &bytes).unwrap();
    store.export(out).unwrap();
    assert!(matches!(store.export(out).err(), Some(StoreError::Exists { .. })));
    let elsewhere =
        SnapshotStore::open_on(Arc::new(disk.clone()), Path::new("/elsewhere"), &OURS).unwrap();
    assert_eq!(elsewhere.import(out).unwrap().number, 6);
    check(&elsewhere, 6, &bytes, 0);
}

#[test]
fn it_works_on_the_real_disk() {
    let dir = tempfile::tempdir().unwrap();
    let store = SnapshotStore::open(&dir.path().join("snapshots"), &OURS).unwrap();
    write(&store, 6, &state(6, 2_000_000)).unwrap();
    check(&store, 6, &state(6, 2_000_000), 0);
    let out = dir.path().join("out.carb");
    store.export(&out).unwrap();
    assert_eq!(verify_snapshot(&out, None).unwrap().state_bytes, 2_000_000);
    assert!(verify_snapshot(&out, Some(&ChainIdentity::new([2; 32]))).is_err());
}

/// Writes snapshots with one fault at operation `at`, then cuts the power. Gives whether it struck.
fn live(at: u64, fault: Fault, seed: u64) -> bool {
    let what = format!("{fault:?} at operation {at}, seed {seed}");
    let disk = SimulatedDisk::new();
    let store = open(&disk);
    write(&store, 1, &state(1, 5000)).unwrap();
    disk.fail_at(at, fault);
    let mut newest = 1;
    for number in 2..6 {
        if write(&store, number, &state(number, 5000)).is_ok() {
            newest = number;
        }
    }
    let struck = disk.operations() > at;
    disk.restart(seed);
    let store = open(&disk);
    let found = store.newest_good().unwrap();
    let good = found.good.unwrap_or_else(|| panic!("{what}: no good snapshot"));
    // A snapshot whose last sync failed may be there all the same, and is whole then.
    assert!(good.number >= newest, "{what}: an acknowledged snapshot is lost");
    assert!(found.refused.is_empty(), "{what}: a snapshot is not whole");
    assert!(read(&good) == state(good.number, 5000), "{what}: the state differs");
    struck
}

#[test]
fn no_fault_at_any_operation_loses_or_spoils_a_snapshot() {
    for fault in Fault::ALL {
        for seed in 0..20 {
            assert!((0..).take_while(|at| live(*at, fault, seed)).count() > 0);
        }
    }
}

const PART: &str = "/taking/state.part";

/// A file with three chunks and a bit, and its pieces.
fn in_pieces(disk: &SimulatedDisk) -> (SnapshotStore, SnapshotPieces) {
    let store = open(disk);
    write(&store, 7, &state(7, 3 * format::CHUNK_LEN + 17)).unwrap();
    let pieces = store.pieces(&store.paths().unwrap()[0]).unwrap();
    (store, pieces)
}

/// Puts as many chunks of the pieces to what is there as are given; gives how many were there.
fn put(disk: &SimulatedDisk, pieces: &SnapshotPieces, chunks: u32) -> (u32, PartialSnapshot) {
    let (disk, contents) = (Arc::new(disk.clone()), pieces.contents.clone());
    let mut partial = PartialSnapshot::open_on(disk, Path::new(PART), contents).unwrap();
    let there = partial.chunks();
    for index in there..chunks.max(there) {
        partial.push(&pieces.chunk(index).unwrap().expect("a chunk")).unwrap();
    }
    (there, partial)
}

#[test]
fn a_snapshot_goes_to_another_disk_in_pieces() {
    let disk = SimulatedDisk::new();
    let (store, pieces) = in_pieces(&disk);
    assert_eq!(pieces.contents.chunks.len(), 4);
    assert_eq!(pieces.contents.hash(), store.newest_good().unwrap().good.unwrap().hash);
    assert_eq!(pieces.contents.file_bytes(), file_of(&disk, 7).1 as u64);
    assert!(pieces.chunk(4).unwrap().is_none());
    let other = SimulatedDisk::new();
    let (_, partial) = put(&other, &pieces, 4);
    assert_eq!(partial.contents(), &pieces.contents);
    let path = partial.finish().unwrap();
    let to = open(&other);
    to.adopt(&path).unwrap();
    other.restart(1);
    check(&open(&other), 7, &state(7, 3 * format::CHUNK_LEN + 17), 0);
    assert!(other.open(&path, Access::Read).is_err(), "it was moved");
}

#[test]
fn what_has_come_is_gone_on_with_as_far_as_it_is_good() {
    let disk = SimulatedDisk::new();
    let (_, pieces) = in_pieces(&disk);
    let other = SimulatedDisk::new();
    assert_eq!(put(&other, &pieces, 2).0, 0);
    assert_eq!(put(&other, &pieces, 3).0, 2);
    // A byte of the last chunk is spoilt.
    let file = other.open(Path::new(PART), Access::Write).unwrap();
    let last = file.length().unwrap() - 1;
    let mut byte = [0];
    file.read_at(last, &mut byte).unwrap();
    file.write_at(last, &[byte[0] ^ 1]).unwrap();
    assert_eq!(put(&other, &pieces, 4).0, 2);
    // Another state is begun from its beginning.
    let mut contents = pieces.contents.clone();
    contents.number += 1;
    let partial = PartialSnapshot::open_on(Arc::new(other), Path::new(PART), contents).unwrap();
    assert_eq!(partial.chunks(), 0);
}

#[test]
fn a_chunk_that_is_not_the_next_is_not_taken_and_a_damaged_one_not_given() {
    let disk = SimulatedDisk::new();
    let (store, pieces) = in_pieces(&disk);
    let (_, mut partial) = put(&SimulatedDisk::new(), &pieces, 1);
    let third = pieces.chunk(2).unwrap().unwrap();
    let refused = partial.push(&third);
    let is_damage = |error: &StoreError| {
        matches!(error, StoreError::DamagedSnapshot { damage: Damage::Checksum, .. })
    };
    assert!(refused.is_err_and(|error| is_damage(&error)));
    assert_eq!(partial.chunks(), 1);
    let path = store.paths().unwrap()[0].clone();
    let file = disk.open(&path, Access::Write).unwrap();
    file.write_at(format::START_LEN as u64 + format::FRAME_LEN as u64 + 9, &[0x55; 4]).unwrap();
    assert!(pieces.chunk(0).is_err_and(|error| is_damage(&error)));
    assert!(pieces.chunk(1).unwrap().is_some());
}
