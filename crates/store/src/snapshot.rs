//! Snapshots of the state: opaque streams, written beside the running node, the last two kept.
//!
//! Invariant: under a snapshot's name there is a whole snapshot or none, and a damaged one is never
//! taken for good: the older one is used instead.
//! This file must never know what a state consists of.

mod format;
mod pieces;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::{Access, Disk, RealDisk, ensure_dir, publish, read_up_to, write_all_at};
use crate::error::StoreError;
use crate::identity::{BlockId, ChainIdentity, Head, hex_of};

pub use pieces::{PartialSnapshot, SnapshotChunk, SnapshotContents, SnapshotPieces};
use reader::Frames;
pub use reader::SnapshotReader;
use writer::ChunkWriter;

/// How many snapshots are kept: should the newest be damaged, there is another.
const KEPT: usize = 2;

/// Bytes moved at once when a file is copied.
const COPY_LEN: usize = 1 << 20;

/// A verified snapshot.
#[derive(Clone)]
pub struct Snapshot {
    /// Number of the block whose state it is.
    pub number: u32,
    /// Id of that block.
    pub id: BlockId,
    /// The chain it is of.
    pub chain_id: [u8; 32],
    /// Its file.
    pub path: PathBuf,
    /// Bytes of the state, unpacked.
    pub state_bytes: u64,
    /// The hash over all: equal snapshots have equal ones.
    pub hash: [u8; 32],
    disk: Arc<dyn Disk>,
}

impl Snapshot {
    /// The bytes of the state.
    pub fn open(&self) -> Result<SnapshotReader, StoreError> {
        Ok(SnapshotReader::new(Frames::open(&*self.disk, &self.path)?))
    }
}

/// What [`SnapshotStore::newest_good`] found.
#[derive(Default)]
pub struct NewestSnapshot {
    /// The newest snapshot that is whole.
    pub good: Option<Snapshot>,
    /// Newer ones that are damaged, for warnings.
    pub refused: Vec<RefusedSnapshot>,
}

/// A snapshot that was passed over.
#[derive(Debug)]
pub struct RefusedSnapshot {
    /// Its file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub error: StoreError,
}

/// The snapshots of one chain in a directory.
#[derive(Clone)]
pub struct SnapshotStore {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    identity: ChainIdentity,
    /// Number of the block whose snapshot is never removed.
    root: Option<u32>,
}

/// The file name of a snapshot.
fn file_name(number: u32, id: &BlockId) -> String {
    format!("snapshot-{number:010}-{}.carb", hex_of(id))
}

/// The block number in a snapshot's file name, if it is one.
fn number_of(name: &str) -> Option<u32> {
    let (number, digits) =
        name.strip_prefix("snapshot-")?.strip_suffix(".carb")?.split_once('-')?;
    let mut id = [0; 20];
    hex::decode_to_slice(digits, &mut id).ok()?;
    let number = number.parse().ok()?;
    (file_name(number, &id) == name).then_some(number)
}

/// Whether a file of this name is a snapshot whose writing was interrupted.
fn is_temporary(name: &str) -> bool {
    name.strip_suffix(".tmp").is_some_and(|stem| number_of(stem).is_some())
}

/// Whether a file of this name in the snapshot directory was written by the store.
pub(crate) fn owns(name: &str) -> bool {
    number_of(name).is_some() || is_temporary(name)
}

/// The name of a file while it is being written.
fn temporary(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".tmp");
    name.into()
}

impl SnapshotStore {
    /// Opens the directory on this machine's disk, creating it if missing.
    pub fn open(dir: &Path, identity: &ChainIdentity) -> Result<SnapshotStore, StoreError> {
        SnapshotStore::open_on(Arc::new(RealDisk), dir, identity)
    }

    /// Opens the directory on a disk, creating it if missing, and removes what an unclean stop
    /// left.
    pub fn open_on(
        disk: Arc<dyn Disk>,
        dir: &Path,
        identity: &ChainIdentity,
    ) -> Result<SnapshotStore, StoreError> {
        ensure_dir(&*disk, dir).map_err(StoreError::io("create", dir))?;
        for entry in disk.list(dir).map_err(StoreError::io("list", dir))? {
            if is_temporary(&entry.name) {
                let path = dir.join(&entry.name);
                disk.remove_file(&path).map_err(StoreError::io("remove", &path))?;
            }
        }
        Ok(SnapshotStore::look_on(disk, dir, identity))
    }

    /// Looks at the directory on this machine's disk without changing anything in it, also while a
    /// node has it open.
    pub fn look(dir: &Path, identity: &ChainIdentity) -> SnapshotStore {
        SnapshotStore::look_on(Arc::new(RealDisk), dir, identity)
    }

    /// As [`SnapshotStore::look`], on a disk.
    pub fn look_on(disk: Arc<dyn Disk>, dir: &Path, identity: &ChainIdentity) -> SnapshotStore {
        SnapshotStore { disk, dir: dir.into(), identity: *identity, root: None }
    }

    /// Never removes the snapshot of block `number`: the blocks there are begin behind it, so that
    /// without it nothing could be replayed from the first of them on.
    pub fn keep_root(&mut self, number: u32) {
        self.root = Some(number);
    }

    /// Moves a snapshot file to another directory on the same disk.
    pub fn set_aside(&self, path: &Path, to: &Path) -> Result<(), StoreError> {
        let name = path.file_name().unwrap_or_default();
        self.disk.rename(path, &to.join(name)).map_err(StoreError::io("rename", path))?;
        for dir in [to, &*self.dir] {
            self.disk.sync_dir(dir).map_err(StoreError::io("sync", dir))?;
        }
        Ok(())
    }

    /// Writes the state of a block: `fill` is given a stream for its bytes.
    ///
    /// If `fill` gives up, nothing is left of the attempt. One at a time.
    pub fn write(
        &self,
        number: u32,
        id: &BlockId,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), StoreError> {
        let path = self.dir.join(file_name(number, id));
        let head = Head { chain_id: self.identity.chain_id, number };
        let start = format::encode_start(&head, id);
        publish(&*self.disk, &path, &temporary(&path), |file| {
            let mut writer = ChunkWriter::new(file, &path, &start)?;
            if let Err(source) = fill(&mut writer) {
                let abandoned = StoreError::Abandoned { number, source };
                return Err(writer.take_failure().unwrap_or(abandoned));
            }
            writer.finish()
        })?;
        self.remove_old();
        Ok(())
    }

    /// The newest snapshot that is whole. One of another chain or of a newer format is an error:
    /// then the directory is the wrong one, or the program.
    pub fn newest_good(&self) -> Result<NewestSnapshot, StoreError> {
        let mut newest = NewestSnapshot::default();
        for path in self.paths()? {
            match self.verify(&path) {
                Ok(snapshot) => {
                    newest.good = Some(snapshot);
                    break;
                }
                Err(error @ (StoreError::OtherChain { .. } | StoreError::NewerFormat { .. })) => {
                    return Err(error);
                }
                Err(error) => newest.refused.push(RefusedSnapshot { path, error }),
            }
        }
        Ok(newest)
    }

    /// Opens a snapshot file of this chain: the block whose state it is and its bytes, each chunk
    /// of which is verified before it is given out. Cheaper than [`SnapshotStore::verify`] for who
    /// reads it all anyway, and can begin again with an older one.
    pub fn open_file(&self, path: &Path) -> Result<(u32, BlockId, SnapshotReader), StoreError> {
        let frames = Frames::open(&*self.disk, path)?;
        self.identity.expect(frames.head.chain_id, path)?;
        Ok((frames.head.number, frames.id, SnapshotReader::new(frames)))
    }

    /// Reads a whole snapshot file, in this directory or not; it must be good and of this chain.
    pub fn verify(&self, path: &Path) -> Result<Snapshot, StoreError> {
        verify_on(&self.disk, path, Some(&self.identity))
    }

    /// Copies the newest good snapshot to a file that does not exist yet.
    pub fn export(&self, path: &Path) -> Result<Snapshot, StoreError> {
        let newest = self.newest_good()?.good;
        let snapshot = newest.ok_or_else(|| StoreError::NoSnapshot { dir: self.dir.clone() })?;
        if self.disk.open(path, Access::Read).is_ok() {
            return Err(StoreError::Exists { path: path.into() });
        }
        copy(&*self.disk, &snapshot.path, path)?;
        Ok(snapshot)
    }

    /// Takes a snapshot file into the directory, if it is good and of this chain.
    pub fn import(&self, path: &Path) -> Result<Snapshot, StoreError> {
        self.import_good(&self.verify(path)?)
    }

    /// The same with one that was just found good; the copy is looked at.
    pub fn import_good(&self, found: &Snapshot) -> Result<Snapshot, StoreError> {
        let path = &found.path;
        self.identity.expect(found.chain_id, path)?;
        let own = self.dir.join(file_name(found.number, &found.id));
        copy(&*self.disk, path, &own)?;
        let snapshot = self.verify(&own)?;
        self.remove_old();
        Ok(snapshot)
    }

    /// Takes a snapshot file on the same disk into the directory, in place of copying it, if it is
    /// good and of this chain.
    pub fn adopt(&self, path: &Path) -> Result<Snapshot, StoreError> {
        self.adopt_good(self.verify(path)?)
    }

    /// The same with one that was just found good.
    pub fn adopt_good(&self, found: Snapshot) -> Result<Snapshot, StoreError> {
        let path = &found.path;
        self.identity.expect(found.chain_id, path)?;
        let own = self.dir.join(file_name(found.number, &found.id));
        self.disk.rename(path, &own).map_err(StoreError::io("rename", path))?;
        self.disk.sync_dir(&self.dir).map_err(StoreError::io("sync", &self.dir))?;
        self.remove_old();
        Ok(Snapshot { path: own, ..found })
    }

    /// The chunks of a snapshot file of this chain, to be given out one by one.
    pub fn pieces(&self, path: &Path) -> Result<SnapshotPieces, StoreError> {
        let pieces = SnapshotPieces::open(&*self.disk, path)?;
        self.identity.expect(pieces.contents.chain_id, path)?;
        Ok(pieces)
    }

    /// The snapshot files, newest first.
    pub fn paths(&self) -> Result<Vec<PathBuf>, StoreError> {
        let entries = match self.disk.list(&self.dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            other => other.map_err(StoreError::io("list", &self.dir))?,
        };
        let mut names: Vec<String> = entries
            .into_iter()
            .map(|entry| entry.name)
            .filter(|name| number_of(name).is_some())
            .collect();
        // The number in a name has leading zeros, so the order of names is that of numbers.
        names.sort_unstable_by(|one, other| other.cmp(one));
        Ok(names.iter().map(|name| self.dir.join(name)).collect())
    }

    /// Removes all but the newest and the root. A snapshot too many does no harm, and the next
    /// write tries again, so a failure here does not spoil the write that came before.
    fn remove_old(&self) {
        for path in self.paths().unwrap_or_default().iter().skip(KEPT) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if self.root.is_none() || number_of(&name) != self.root {
                let _ = self.disk.remove_file(path);
            }
        }
    }
}

/// Reads a whole snapshot file on this machine's disk and says what it is. With an identity, one of
/// another chain is refused.
pub fn verify_snapshot(
    path: &Path,
    identity: Option<&ChainIdentity>,
) -> Result<Snapshot, StoreError> {
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    verify_on(&disk, path, identity)
}

fn verify_on(
    disk: &Arc<dyn Disk>,
    path: &Path,
    identity: Option<&ChainIdentity>,
) -> Result<Snapshot, StoreError> {
    let mut frames = Frames::open(&**disk, path)?;
    if let Some(identity) = identity {
        identity.expect(frames.head.chain_id, path)?;
    }
    let mut state_bytes = 0;
    let mut packed = Vec::new();
    while let Some(frame) = frames.next(&mut packed)? {
        state_bytes += u64::from(frame.length);
    }
    Ok(Snapshot {
        number: frames.head.number,
        id: frames.id,
        chain_id: frames.head.chain_id,
        path: path.into(),
        state_bytes,
        hash: frames.hash,
        disk: disk.clone(),
    })
}

fn copy(disk: &dyn Disk, from: &Path, to: &Path) -> Result<(), StoreError> {
    let source = disk.open(from, Access::Read).map_err(StoreError::io("open", from))?;
    publish(disk, to, &temporary(to), |file| {
        let mut buffer = vec![0; COPY_LEN];
        let mut offset = 0;
        loop {
            let count =
                read_up_to(&*source, offset, &mut buffer).map_err(StoreError::io("read", from))?;
            let bytes = buffer.get(..count).unwrap_or_default();
            if bytes.is_empty() {
                return Ok(());
            }
            write_all_at(file, offset, bytes).map_err(StoreError::io("write", to))?;
            offset += count as u64;
        }
    })?;
    Ok(())
}
