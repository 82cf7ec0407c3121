//! Writing a snapshot: a stream of bytes cut into packed, hashed chunks.
//!
//! Invariant: memory is one chunk, however large the state. This file must never know under which
//! name the file will be found.

use std::io::{self, Write};
use std::path::Path;

use super::format::{CHUNK_LEN, Frame, RootHasher, hash_of};
use crate::disk::{DiskFile, write_all_at};
use crate::error::StoreError;

/// The level at which zstd packs: fast enough that the disk, not the processor, sets the pace.
const PACKING_LEVEL: i32 = 1;

/// Takes the bytes of a state and writes them to a file.
pub(super) struct ChunkWriter<'a> {
    file: &'a dyn DiskFile,
    path: &'a Path,
    offset: u64,
    chunk: Vec<u8>,
    packer: zstd::bulk::Compressor<'static>,
    root: RootHasher,
    /// What failed first; later calls only repeat that something did.
    failure: Option<StoreError>,
}

impl<'a> ChunkWriter<'a> {
    /// A writer that has written `start`.
    pub(super) fn new(
        file: &'a dyn DiskFile,
        path: &'a Path,
        start: &[u8],
    ) -> Result<ChunkWriter<'a>, StoreError> {
        let packer =
            zstd::bulk::Compressor::new(PACKING_LEVEL).map_err(StoreError::io("pack", path))?;
        let root = RootHasher::new(start);
        let chunk = Vec::with_capacity(CHUNK_LEN);
        let mut writer = ChunkWriter { file, path, offset: 0, chunk, packer, root, failure: None };
        writer.write_bytes(start)?;
        Ok(writer)
    }

    /// The failure of the disk that made a write fail, if one did.
    pub(super) fn take_failure(&mut self) -> Option<StoreError> {
        self.failure.take()
    }

    /// Writes what is left and the end mark.
    pub(super) fn finish(mut self) -> Result<(), StoreError> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        self.write_chunk()?;
        let (root, path) = (self.root, self.path);
        write_all_at(self.file, self.offset, &root.finish().encode())
            .map_err(StoreError::io("write", path))
    }

    fn write_chunk(&mut self) -> Result<(), StoreError> {
        if self.chunk.is_empty() {
            return Ok(());
        }
        let packed =
            self.packer.compress(&self.chunk).map_err(StoreError::io("pack", self.path))?;
        let frame = Frame {
            length: self.chunk.len() as u32,
            packed_length: packed.len() as u32,
            hash: hash_of(&packed),
        };
        self.root.add(&frame);
        self.write_bytes(&frame.encode())?;
        self.write_bytes(&packed)?;
        self.chunk.clear();
        Ok(())
    }

    fn write_bytes(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        write_all_at(self.file, self.offset, bytes).map_err(StoreError::io("write", self.path))?;
        self.offset += bytes.len() as u64;
        Ok(())
    }
}

impl Write for ChunkWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.failure.is_some() {
            return Err(io::Error::other("the snapshot failed before"));
        }
        let room = CHUNK_LEN - self.chunk.len();
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.chunk.extend_from_slice(taken);
        if self.chunk.len() == CHUNK_LEN
            && let Err(failure) = self.write_chunk()
        {
            let error = io::Error::other(failure.to_string());
            self.failure = Some(failure);
            return Err(error);
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
