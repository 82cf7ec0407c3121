//! A disk in memory that fails on demand and forgets what was not synced, for tests.
//!
//! It is more hostile than real ones: after a power cut, every 512-byte sector of every unsynced
//! write is kept or lost on its own, unsynced names of each directory are kept up to a random one,
//! and a failed sync loses the data although it still reads back.
//!
//! Invariant: what was synced without an error is there after any fault.
//! This file must never know what the bytes mean.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::disk::{Access, Disk, DiskFile, DiskLock, Entry, parent_of};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A write takes half of the bytes and says so.
    ShortWrite,
    /// A write takes half of the bytes and fails.
    TornWrite,
    /// The disk is full; a write takes half of the bytes first.
    NoSpace,
    /// The device fails; a sync that fails has lost the data.
    InputOutput,
    /// The machine stops: this and all later accesses fail until [`SimulatedDisk::restart`].
    PowerCut,
}

impl Fault {
    /// All of them, to try one after the other.
    pub const ALL: [Fault; 5] =
        [Fault::ShortWrite, Fault::TornWrite, Fault::NoSpace, Fault::InputOutput, Fault::PowerCut];
}

/// The disk; clones are the same disk.
#[derive(Clone, Default)]
pub struct SimulatedDisk {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    files: Vec<FileState>,
    names: BTreeMap<PathBuf, Node>,
    durable_names: BTreeMap<PathBuf, Node>,
    pending_names: Vec<NameChange>,
    locks: BTreeSet<PathBuf>,
    operations: u64,
    fault: Option<(u64, Fault)>,
    is_full: bool,
    is_off: bool,
    /// Counts restarts; handles of an earlier run are dead.
    run: u64,
}

#[derive(Clone, Copy, PartialEq)]
enum Node {
    Dir,
    File(usize),
}

/// A change of the names in one directory that was not synced yet.
struct NameChange {
    dir: PathBuf,
    changes: Vec<(PathBuf, Option<Node>)>,
}

#[derive(Default)]
struct FileState {
    bytes: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Change>,
}

#[derive(Clone)]
enum Change {
    Write(u64, Vec<u8>),
    Length(u64),
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Change::Length(length) => bytes.resize(*length as usize, 0),
            Change::Write(offset, written) => {
                let start = *offset as usize;
                let end = start + written.len();
                bytes.resize(bytes.len().max(end), 0);
                bytes[start..end].copy_from_slice(written);
            }
        }
    }

    /// The parts that a power cut keeps or loses on their own.
    fn sectors(&self) -> Vec<Change> {
        match self {
            Change::Length(_) => vec![self.clone()],
            Change::Write(offset, bytes) => {
                let mut sectors = Vec::new();
                let mut at = 0;
                while at < bytes.len() {
                    let place = offset + at as u64;
                    let length = (512 - (place % 512) as usize).min(bytes.len() - at);
                    sectors.push(Change::Write(place, bytes[at..at + length].to_vec()));
                    at += length;
                }
                sectors
            }
        }
    }
}

impl SimulatedDisk {
    /// An empty disk without faults.
    pub fn new() -> SimulatedDisk {
        SimulatedDisk::default()
    }

    /// How many operations that change something were asked for so far.
    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    /// Lets the operation with this number (the first is 0) go wrong.
    pub fn fail_at(&self, operation: u64, fault: Fault) {
        self.state().fault = Some((operation, fault));
    }

    /// While full, nothing can be created or written.
    pub fn set_full(&self, is_full: bool) {
        self.state().is_full = is_full;
    }

    /// Stops the process that uses the disk: locks are released and handles die, no byte is lost.
    pub fn kill(&self) {
        let mut state = self.state();
        state.locks.clear();
        state.run += 1;
    }

    /// Cuts the power and starts again: of what was not synced, chance decides what is left.
    pub fn restart(&self, seed: u64) {
        let mut chance = Chance(seed);
        let mut state = self.state();
        state.lose_names(&mut chance);
        for file in &mut state.files {
            let sectors = std::mem::take(&mut file.pending);
            for sector in sectors.iter().flat_map(Change::sectors) {
                if chance.flip() {
                    sector.apply(&mut file.durable);
                }
            }
            file.bytes = file.durable.clone();
        }
        state.locks.clear();
        state.fault = None;
        state.is_off = false;
        state.run += 1;
    }

    /// Changes one byte that is on the disk, as a failing device does.
    pub fn spoil(&self, path: &Path, offset: usize) {
        let mut state = self.state();
        if let Some(Node::File(file)) = state.names.get(path).copied() {
            for bytes in [0, 1] {
                let file = &mut state.files[file];
                let copy = if bytes == 0 { &mut file.bytes } else { &mut file.durable };
                if let Some(byte) = copy.get_mut(offset) {
                    *byte ^= 0x10;
                }
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn refuse_if_off(&self) -> io::Result<()> {
        if self.is_off { Err(io::Error::other("the machine is off")) } else { Ok(()) }
    }

    /// Counts an operation that changes something; gives the fault that strikes it.
    fn count(&mut self) -> io::Result<Option<Fault>> {
        self.refuse_if_off()?;
        let number = self.operations;
        self.operations += 1;
        let fault = self.fault.filter(|(at, _)| *at == number).map(|(_, fault)| fault);
        self.is_off = fault == Some(Fault::PowerCut);
        Ok(fault.or(self.is_full.then_some(Fault::NoSpace)))
    }

    /// As [`State::count`], for an operation that is done whole or not at all.
    fn count_whole(&mut self, needs_room: bool) -> io::Result<()> {
        match self.count()? {
            None | Some(Fault::ShortWrite) => Ok(()),
            Some(Fault::NoSpace) if !needs_room => Ok(()),
            Some(fault) => Err(error_of(fault)),
        }
    }

    fn change_names(&mut self, dir: &Path, changes: Vec<(PathBuf, Option<Node>)>) {
        apply_names(&mut self.names, &changes);
        self.pending_names.push(NameChange { dir: dir.into(), changes });
    }

    fn lose_names(&mut self, chance: &mut Chance) {
        let mut lost = BTreeSet::new();
        for change in std::mem::take(&mut self.pending_names) {
            if !lost.contains(&change.dir) && chance.flip() {
                apply_names(&mut self.durable_names, &change.changes);
            } else {
                lost.insert(change.dir);
            }
        }
        let names = &self.durable_names;
        let is_there = |path: &Path| is_root(path) || names.get(path) == Some(&Node::Dir);
        let reachable = |path: &Path| path.ancestors().skip(1).all(&is_there);
        self.names = names
            .iter()
            .filter(|(path, _)| reachable(path))
            .map(|(path, node)| (path.clone(), *node))
            .collect();
        self.durable_names = self.names.clone();
    }
}

fn apply_names(names: &mut BTreeMap<PathBuf, Node>, changes: &[(PathBuf, Option<Node>)]) {
    for (path, node) in changes {
        match node {
            Some(node) => names.insert(path.clone(), *node),
            None => names.remove(path),
        };
    }
}

fn is_root(path: &Path) -> bool {
    path == Path::new("/") || path == Path::new(".") || path == Path::new("")
}

fn error_of(fault: Fault) -> io::Error {
    match fault {
        Fault::NoSpace => io::ErrorKind::StorageFull.into(),
        _ => io::Error::other("the device failed"),
    }
}

impl Disk for SimulatedDisk {
    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn DiskFile>> {
        let mut state = self.state();
        state.refuse_if_off()?;
        let file = match (state.names.get(path).copied(), access) {
            (Some(Node::File(file)), Access::Read | Access::Write) => file,
            (Some(Node::Dir), _) => return Err(io::ErrorKind::IsADirectory.into()),
            (None, Access::Read | Access::Write) => return Err(io::ErrorKind::NotFound.into()),
            (Some(Node::File(file)), Access::Create) => {
                state.count_whole(true)?;
                state.files[file].bytes.clear();
                state.files[file].pending.push(Change::Length(0));
                file
            }
            (None, Access::Create) => {
                state.count_whole(true)?;
                state.files.push(FileState::default());
                let file = state.files.len() - 1;
                state.change_names(parent_of(path), vec![(path.into(), Some(Node::File(file)))]);
                file
            }
        };
        Ok(Box::new(SimulatedFile { disk: self.clone(), file, run: state.run }))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<Entry>> {
        let state = self.state();
        state.refuse_if_off()?;
        if !is_root(dir) && state.names.get(dir) != Some(&Node::Dir) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let inside = state.names.iter().filter(|(path, _)| path.parent() == Some(dir));
        Ok(inside
            .filter_map(|(path, node)| {
                let name = path.file_name()?.to_string_lossy().into_owned();
                Some(Entry { name, is_dir: *node == Node::Dir })
            })
            .collect())
    }

    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.count_whole(true)?;
        state.change_names(parent_of(dir), vec![(dir.into(), Some(Node::Dir))]);
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        let node = *state.names.get(from).ok_or(io::ErrorKind::NotFound)?;
        state.count_whole(true)?;
        state.change_names(parent_of(to), vec![(from.into(), None), (to.into(), Some(node))]);
        Ok(())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.names.get(path).ok_or(io::ErrorKind::NotFound)?;
        state.count_whole(false)?;
        state.change_names(parent_of(path), vec![(path.into(), None)]);
        Ok(())
    }

    fn remove_dir(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state();
        if state.names.keys().any(|path| path.parent() == Some(dir)) {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        state.count_whole(false)?;
        state.change_names(parent_of(dir), vec![(dir.into(), None)]);
        Ok(())
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.count_whole(false)?;
        for change in std::mem::take(&mut state.pending_names) {
            if change.dir == dir {
                apply_names(&mut state.durable_names, &change.changes);
            } else {
                state.pending_names.push(change);
            }
        }
        Ok(())
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn DiskLock>> {
        let mut state = self.state();
        state.refuse_if_off()?;
        if !state.locks.insert(path.into()) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        if !state.names.contains_key(path) {
            state.files.push(FileState::default());
            let node = Node::File(state.files.len() - 1);
            state.change_names(parent_of(path), vec![(path.into(), Some(node))]);
        }
        Ok(Box::new(SimulatedLock { disk: self.clone(), path: path.into(), run: state.run }))
    }

    fn free_bytes(&self, _: &Path) -> io::Result<u64> {
        let state = self.state();
        state.refuse_if_off()?;
        Ok(if state.is_full { 0 } else { u64::MAX })
    }
}

struct SimulatedFile {
    disk: SimulatedDisk,
    file: usize,
    run: u64,
}

impl SimulatedFile {
    fn state(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.disk.state();
        state.refuse_if_off()?;
        if state.run != self.run {
            return Err(io::Error::other("a handle from before the restart"));
        }
        Ok(state)
    }
}

impl DiskFile for SimulatedFile {
    fn length(&self) -> io::Result<u64> {
        Ok(self.state()?.files[self.file].bytes.len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let state = self.state()?;
        let bytes = state.files[self.file].bytes.get(offset as usize..).unwrap_or_default();
        let count = bytes.len().min(buffer.len());
        buffer[..count].copy_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.state()?;
        let fault = state.count()?;
        let taken = match fault {
            None => bytes,
            Some(Fault::InputOutput) => &[],
            Some(Fault::ShortWrite) => &bytes[..bytes.len().div_ceil(2)],
            Some(_) => &bytes[..bytes.len() / 2],
        };
        let change = Change::Write(offset, taken.to_vec());
        if !taken.is_empty() {
            change.apply(&mut state.files[self.file].bytes);
            state.files[self.file].pending.push(change);
        }
        match fault {
            None | Some(Fault::ShortWrite) => Ok(taken.len()),
            Some(fault) => Err(error_of(fault)),
        }
    }

    fn set_length(&self, length: u64) -> io::Result<()> {
        let mut state = self.state()?;
        state.count_whole(false)?;
        let change = Change::Length(length);
        change.apply(&mut state.files[self.file].bytes);
        state.files[self.file].pending.push(change);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.state()?;
        let counted = state.count_whole(false);
        if counted.is_err() && state.is_off {
            return counted;
        }
        let file = &mut state.files[self.file];
        for change in std::mem::take(&mut file.pending) {
            if counted.is_ok() {
                change.apply(&mut file.durable);
            }
        }
        counted
    }
}

struct SimulatedLock {
    disk: SimulatedDisk,
    path: PathBuf,
    run: u64,
}

impl Drop for SimulatedLock {
    fn drop(&mut self) {
        let mut state = self.disk.state();
        if state.run == self.run {
            state.locks.remove(&self.path);
        }
    }
}

impl DiskLock for SimulatedLock {}

/// Chance from a seed (splitmix64), the same on every machine.
pub struct Chance(pub u64);

impl Chance {
    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.number() % end
    }

    /// Yes or no.
    pub fn flip(&mut self) -> bool {
        self.number() & 1 == 0
    }
}
