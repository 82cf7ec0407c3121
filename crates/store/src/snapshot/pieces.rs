//! A snapshot file in pieces: what it consists of, each chunk on its own, and a file that is put
//! together from them.
//!
//! Invariant: a chunk that is given out, or taken in, has the hash that the contents say; what is
//! put together is, at every moment, the beginning of the file that it is going to be, so that it
//! can be gone on with after any stop. This file must never know where pieces come from.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::format::{
    CHUNK_LEN, FRAME_LEN, Frame, KIND, PACKED_LEN_MAX, RootHasher, START_LEN, encode_start, hash_of,
};
use crate::disk::{Access, Disk, DiskFile, ensure_dir, parent_of, read_up_to, write_all_at};
use crate::error::{Damage, StoreError};
use crate::identity::{BlockId, HEAD_LEN, Head};

/// What a snapshot file consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotContents {
    /// The chain.
    pub chain_id: [u8; 32],
    /// Number of the block whose state it is.
    pub number: u32,
    /// Id of that block.
    pub id: BlockId,
    /// Its chunks, in order.
    pub chunks: Vec<SnapshotChunk>,
}

/// A chunk of a snapshot file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotChunk {
    /// Bytes of the state in it.
    pub length: u32,
    /// Bytes in the file.
    pub packed_length: u32,
    /// SHA-256 of these.
    pub hash: [u8; 32],
}

impl SnapshotChunk {
    fn frame(&self) -> Frame {
        Frame { length: self.length, packed_length: self.packed_length, hash: self.hash }
    }

    fn packed_len(&self) -> usize {
        (self.packed_length as usize).min(PACKED_LEN_MAX)
    }
}

impl SnapshotContents {
    fn start(&self) -> Vec<u8> {
        encode_start(&Head { chain_id: self.chain_id, number: self.number }, &self.id)
    }

    fn end(&self) -> Frame {
        let mut root = RootHasher::new(&self.start());
        self.chunks.iter().for_each(|chunk| root.add(&chunk.frame()));
        root.finish()
    }

    /// The hash over all, of a file in the format that this program writes.
    pub fn hash(&self) -> [u8; 32] {
        self.end().hash
    }

    /// Bytes of the file.
    pub fn file_bytes(&self) -> u64 {
        let chunks = self.chunks.iter().map(|chunk| (FRAME_LEN + chunk.packed_len()) as u64);
        (START_LEN + FRAME_LEN) as u64 + chunks.sum::<u64>()
    }
}

/// A snapshot file whose chunks are given out one by one.
pub struct SnapshotPieces {
    /// What it consists of.
    pub contents: SnapshotContents,
    file: Box<dyn DiskFile>,
    path: PathBuf,
    /// Where each chunk begins.
    offsets: Vec<u64>,
}

impl SnapshotPieces {
    pub(super) fn open(disk: &dyn Disk, path: &Path) -> Result<SnapshotPieces, StoreError> {
        let file = disk.open(path, Access::Read).map_err(StoreError::io("open", path))?;
        let damaged =
            |offset, damage| StoreError::DamagedSnapshot { path: path.into(), offset, damage };
        let start = read(&*file, path, 0, START_LEN)?;
        let head = match KIND.decode(&start) {
            Ok(head) => head,
            Err(bad) => return Err(damaged(0, KIND.refuse(bad, path)?)),
        };
        let id = start.get(HEAD_LEN..).and_then(|id| id.try_into().ok());
        let id = id.ok_or_else(|| damaged(0, Damage::Cut))?;
        let (mut chunks, mut offsets, mut offset) = (Vec::new(), Vec::new(), START_LEN as u64);
        let end = loop {
            let frame = Frame::decode(&read(&*file, path, offset, FRAME_LEN)?);
            let frame = frame.map_err(|damage| damaged(offset, damage))?;
            if frame.is_end() {
                break frame;
            }
            let Frame { length, packed_length, hash } = frame;
            chunks.push(SnapshotChunk { length, packed_length, hash });
            offsets.push(offset + FRAME_LEN as u64);
            offset += FRAME_LEN as u64 + u64::from(packed_length);
        };
        let contents =
            SnapshotContents { chain_id: head.chain_id, number: head.number, id, chunks };
        if end != contents.end() {
            return Err(damaged(offset, Damage::Checksum));
        }
        Ok(SnapshotPieces { contents, file, path: path.into(), offsets })
    }

    /// A chunk as it lies in the file; none if there are not so many.
    pub fn chunk(&self, index: u32) -> Result<Option<Vec<u8>>, StoreError> {
        let place = index as usize;
        let (Some(chunk), Some(offset)) =
            (self.contents.chunks.get(place), self.offsets.get(place))
        else {
            return Ok(None);
        };
        let bytes = read(&*self.file, &self.path, *offset, chunk.packed_len())?;
        if hash_of(&bytes) != chunk.hash {
            let (path, damage) = (self.path.clone(), Damage::Checksum);
            return Err(StoreError::DamagedSnapshot { path, offset: *offset, damage });
        }
        Ok(Some(bytes))
    }
}

fn read(
    file: &dyn DiskFile,
    path: &Path,
    offset: u64,
    count: usize,
) -> Result<Vec<u8>, StoreError> {
    let mut bytes = vec![0; count];
    let filled = read_up_to(file, offset, &mut bytes).map_err(StoreError::io("read", path))?;
    bytes.truncate(filled);
    Ok(bytes)
}

/// A snapshot file that is put together from its chunks, in order.
pub struct PartialSnapshot {
    contents: SnapshotContents,
    disk: Arc<dyn Disk>,
    file: Box<dyn DiskFile>,
    path: PathBuf,
    /// Where the next chunk goes.
    offset: u64,
    next: usize,
}

impl PartialSnapshot {
    /// Goes on with the file at `path` if it is the beginning of a file of these contents, or
    /// begins one there.
    pub fn open_on(
        disk: Arc<dyn Disk>,
        path: &Path,
        contents: SnapshotContents,
    ) -> Result<PartialSnapshot, StoreError> {
        ensure_dir(&*disk, parent_of(path)).map_err(StoreError::io("create", path))?;
        let file = match disk.open(path, Access::Write) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                disk.open(path, Access::Create)
            }
            other => other,
        };
        let file = file.map_err(StoreError::io("open", path))?;
        let (offset, next) = (0, 0);
        let mut partial = PartialSnapshot { contents, disk, file, path: path.into(), offset, next };
        partial.find_end()?;
        Ok(partial)
    }

    /// Reads as far as the file is as it has to be, and cuts off the rest.
    fn find_end(&mut self) -> Result<(), StoreError> {
        let start = self.contents.start();
        self.offset = START_LEN as u64;
        if self.read(0, START_LEN)? == start {
            while self.has_next()? {
                self.step();
            }
            let cut = self.file.set_length(self.offset);
            return cut.map_err(StoreError::io("write", &self.path));
        }
        self.file.set_length(0).map_err(StoreError::io("write", &self.path))?;
        self.write(0, &start)
    }

    fn has_next(&self) -> Result<bool, StoreError> {
        let Some(chunk) = self.contents.chunks.get(self.next) else { return Ok(false) };
        if self.read(self.offset, FRAME_LEN)? != chunk.frame().encode() {
            return Ok(false);
        }
        let packed = self.read(self.offset + FRAME_LEN as u64, chunk.packed_len())?;
        Ok(hash_of(&packed) == chunk.hash)
    }

    fn step(&mut self) {
        let length = self.contents.chunks.get(self.next).map_or(0, SnapshotChunk::packed_len);
        self.offset += (FRAME_LEN + length) as u64;
        self.next += 1;
    }

    /// What it is going to be.
    pub fn contents(&self) -> &SnapshotContents {
        &self.contents
    }

    /// Chunks that are in it.
    pub fn chunks(&self) -> u32 {
        u32::try_from(self.next).unwrap_or(u32::MAX)
    }

    /// Adds the next chunk.
    pub fn push(&mut self, packed: &[u8]) -> Result<(), StoreError> {
        let chunk = self.contents.chunks.get(self.next).copied();
        let is_it = |chunk: &SnapshotChunk| {
            let fits = (chunk.length as usize) <= CHUNK_LEN && packed.len() == chunk.packed_len();
            fits && hash_of(packed) == chunk.hash
        };
        let chunk = chunk.filter(is_it).ok_or_else(|| StoreError::DamagedSnapshot {
            path: self.path.clone(),
            offset: self.offset,
            damage: Damage::Checksum,
        })?;
        self.write(self.offset, &chunk.frame().encode())?;
        self.write(self.offset + FRAME_LEN as u64, packed)?;
        self.step();
        Ok(())
    }

    /// Adds the end mark and brings the file to the disk; it is a snapshot file then. Gives where
    /// it is.
    pub fn finish(self) -> Result<PathBuf, StoreError> {
        self.write(self.offset, &self.contents.end().encode())?;
        self.file.sync().map_err(StoreError::io("sync", &self.path))?;
        let dir = parent_of(&self.path);
        self.disk.sync_dir(dir).map_err(StoreError::io("sync", dir))?;
        Ok(self.path)
    }

    fn read(&self, offset: u64, count: usize) -> Result<Vec<u8>, StoreError> {
        read(&*self.file, &self.path, offset, count)
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> Result<(), StoreError> {
        write_all_at(&*self.file, offset, bytes).map_err(StoreError::io("write", &self.path))
    }
}
