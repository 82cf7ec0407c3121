//! The form of a snapshot file: a head, hashed chunks, an end mark with a hash over all.
//!
//! ```text
//! head     magic, version, chain id, block number, CRC-32C     (as every file of ours)
//! id       block id
//! frame    length of the chunk, length packed, SHA-256 of the packed bytes;  then those bytes
//! frame    0, 0, SHA-256 of the head, the id and all frames before
//! ```
//!
//! Invariant: a chunk's bytes are hashed before they are unpacked, and no length from a file is
//! trusted beyond the fixed limits. This file must never know what the unpacked bytes mean.

use sha2::{Digest, Sha256};

use crate::error::Damage;
use crate::identity::{BlockId, FileKind, HEAD_LEN, Head, take, take_u32};

pub(super) const KIND: FileKind = FileKind { magic: *b"CARBSNAP", version: 1 };

/// Bytes of the state in a chunk; only the last one has fewer.
pub(super) const CHUNK_LEN: usize = 1 << 20;

/// Most bytes of a packed chunk: packing may add a little to what cannot be made smaller.
pub(super) const PACKED_LEN_MAX: usize = CHUNK_LEN + CHUNK_LEN / 64;

/// Bytes of the head and the block id.
pub(super) const START_LEN: usize = HEAD_LEN + 20;

/// Bytes of a frame without its chunk.
pub(super) const FRAME_LEN: usize = 4 + 4 + 32;

/// What precedes a chunk, and what ends the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    /// Bytes of the chunk.
    pub(super) length: u32,
    /// Bytes of the packed chunk in the file.
    pub(super) packed_length: u32,
    /// SHA-256 of the packed chunk; in the end mark that of everything before it.
    pub(super) hash: [u8; 32],
}

impl Frame {
    pub(super) fn encode(&self) -> [u8; FRAME_LEN] {
        let mut bytes = [0; FRAME_LEN];
        let (length, rest) = bytes.split_at_mut(4);
        let (packed_length, hash) = rest.split_at_mut(4);
        length.copy_from_slice(&self.length.to_le_bytes());
        packed_length.copy_from_slice(&self.packed_length.to_le_bytes());
        hash.copy_from_slice(&self.hash);
        bytes
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Frame, Damage> {
        let frame = Frame::parse(bytes).ok_or(Damage::Cut)?;
        if frame.length as usize > CHUNK_LEN {
            return Err(Damage::Length(frame.length));
        }
        if frame.packed_length as usize > PACKED_LEN_MAX {
            return Err(Damage::Length(frame.packed_length));
        }
        Ok(frame)
    }

    /// `None` if the bytes end too early.
    fn parse(mut bytes: &[u8]) -> Option<Frame> {
        let (length, packed_length) = (take_u32(&mut bytes)?, take_u32(&mut bytes)?);
        Some(Frame { length, packed_length, hash: take(&mut bytes)? })
    }

    /// Whether this is the end mark.
    pub(super) fn is_end(&self) -> bool {
        self.length == 0 && self.packed_length == 0
    }
}

/// The head and the block id as bytes.
pub(super) fn encode_start(head: &Head, id: &BlockId) -> Vec<u8> {
    let mut bytes = KIND.encode(head);
    bytes.extend_from_slice(id);
    bytes
}

/// SHA-256.
pub(super) fn hash_of(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The hash over all: fed with the start and every frame, finished into the end mark.
pub(super) struct RootHasher(Sha256);

impl RootHasher {
    pub(super) fn new(start: &[u8]) -> RootHasher {
        RootHasher(Sha256::new().chain_update(start))
    }

    pub(super) fn add(&mut self, frame: &Frame) {
        self.0.update(frame.encode());
    }

    pub(super) fn finish(self) -> Frame {
        Frame { length: 0, packed_length: 0, hash: self.0.finalize().into() }
    }
}
