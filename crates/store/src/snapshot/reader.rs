//! Reading a snapshot: every chunk is verified before a byte of it is handed out.
//!
//! Invariant: what is handed out is what was written, up to a collision of SHA-256; memory is one
//! chunk. This file must never know what the bytes mean.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::format::{
    CHUNK_LEN, FRAME_LEN, Frame, KIND, PACKED_LEN_MAX, RootHasher, START_LEN, hash_of,
};
use crate::disk::{Access, Disk, DiskFile, read_up_to};
use crate::error::{Damage, StoreError};
use crate::identity::{BlockId, HEAD_LEN, Head};

/// A snapshot file from front to back.
pub(super) struct Frames {
    file: Box<dyn DiskFile>,
    path: PathBuf,
    offset: u64,
    root: Option<RootHasher>,
    pub(super) head: Head,
    pub(super) id: BlockId,
    /// The hash over all, once the end was read.
    pub(super) hash: [u8; 32],
}

impl Frames {
    /// Opens the file and reads its head. Which chain it is of is for the caller to judge.
    pub(super) fn open(disk: &dyn Disk, path: &Path) -> Result<Frames, StoreError> {
        let file = disk.open(path, Access::Read).map_err(StoreError::io("open", path))?;
        let mut start = [0; START_LEN];
        let count = read_up_to(&*file, 0, &mut start).map_err(StoreError::io("read", path))?;
        let start = start.get(..count).unwrap_or_default();
        let damaged = |damage| StoreError::DamagedSnapshot { path: path.into(), offset: 0, damage };
        let head = match KIND.decode(start) {
            Ok(head) => head,
            Err(bad) => return Err(damaged(KIND.refuse(bad, path)?)),
        };
        let id = start.get(HEAD_LEN..).and_then(|id| id.try_into().ok());
        let id = id.ok_or_else(|| damaged(Damage::Cut))?;
        let root = Some(RootHasher::new(start));
        Ok(Frames {
            file,
            path: path.into(),
            offset: START_LEN as u64,
            root,
            head,
            id,
            hash: [0; 32],
        })
    }

    /// Reads the next frame into `packed` and verifies it; `None` behind a good end mark.
    pub(super) fn next(&mut self, packed: &mut Vec<u8>) -> Result<Option<Frame>, StoreError> {
        let Some(mut root) = self.root.take() else {
            return Ok(None);
        };
        self.fill(packed, FRAME_LEN)?;
        let frame = Frame::decode(packed).map_err(|damage| self.damaged(damage))?;
        if frame.is_end() {
            self.check_end(frame, root.finish())?;
            return Ok(None);
        }
        root.add(&frame);
        self.offset += FRAME_LEN as u64;
        self.fill(packed, (frame.packed_length as usize).min(PACKED_LEN_MAX))?;
        if hash_of(packed) != frame.hash {
            return Err(self.damaged(Damage::Checksum));
        }
        self.offset += packed.len() as u64;
        self.root = Some(root);
        Ok(Some(frame))
    }

    fn check_end(&mut self, found: Frame, expected: Frame) -> Result<(), StoreError> {
        if found != expected {
            return Err(self.damaged(Damage::Checksum));
        }
        let length = self.file.length().map_err(StoreError::io("read", &self.path))?;
        if length != self.offset + FRAME_LEN as u64 {
            return Err(self.damaged(Damage::Trailing));
        }
        self.hash = found.hash;
        Ok(())
    }

    fn fill(&self, bytes: &mut Vec<u8>, count: usize) -> Result<(), StoreError> {
        bytes.resize(count, 0);
        let filled = read_up_to(&*self.file, self.offset, bytes)
            .map_err(StoreError::io("read", &self.path))?;
        if filled < count { Err(self.damaged(Damage::Cut)) } else { Ok(()) }
    }

    fn damaged(&self, damage: Damage) -> StoreError {
        StoreError::DamagedSnapshot { path: self.path.clone(), offset: self.offset, damage }
    }
}

/// The bytes of a state, as they were written. A damaged file ends in an error that wraps a
/// [`StoreError`]; an end without an error is the whole state.
pub struct SnapshotReader {
    frames: Frames,
    packed: Vec<u8>,
    chunk: Vec<u8>,
    given: usize,
}

impl SnapshotReader {
    pub(super) fn new(frames: Frames) -> SnapshotReader {
        SnapshotReader { frames, packed: Vec::new(), chunk: Vec::new(), given: 0 }
    }

    /// Unpacks the next chunk; leaves none at the end.
    fn next_chunk(&mut self) -> Result<(), StoreError> {
        self.chunk.clear();
        self.given = 0;
        let Some(frame) = self.frames.next(&mut self.packed)? else {
            return Ok(());
        };
        self.chunk = zstd::bulk::decompress(&self.packed, CHUNK_LEN)
            .map_err(|_| self.frames.damaged(Damage::Checksum))?;
        if self.chunk.is_empty() || self.chunk.len() != frame.length as usize {
            return Err(self.frames.damaged(Damage::Length(frame.length)));
        }
        Ok(())
    }
}

impl Read for SnapshotReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.chunk.len() {
            self.next_chunk().map_err(io::Error::other)?;
        }
        let rest = self.chunk.get(self.given..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(from), Some(to)) = (rest.get(..count), buffer.get_mut(..count)) {
            to.copy_from_slice(from);
        }
        self.given += count;
        Ok(count)
    }
}
