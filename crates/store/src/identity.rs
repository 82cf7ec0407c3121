//! Whose data it is: the chain a file belongs to, and the head that every file of ours begins with.
//!
//! Invariant: a head is checked in the order magic, version, checksum, chain, so that each mistake
//! gets its own message. This file must never know how a chain id comes about.

use std::path::Path;

use crate::error::{Damage, StoreError};

/// The id of a block; its first four bytes are the block number, most significant byte first.
pub type BlockId = [u8; 20];

/// The chain that a directory or file belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainIdentity {
    /// The chain id: hash of the genesis file.
    pub chain_id: [u8; 32],
}

impl ChainIdentity {
    /// The identity of the chain with this id.
    pub fn new(chain_id: [u8; 32]) -> ChainIdentity {
        ChainIdentity { chain_id }
    }

    /// Refuses a file at `path` that says it belongs to chain `found`, if that is not this one.
    pub(crate) fn expect(&self, found: [u8; 32], path: &Path) -> Result<(), StoreError> {
        if found == self.chain_id {
            return Ok(());
        }
        Err(StoreError::OtherChain { path: path.into(), found, expected: self.chain_id })
    }
}

/// A kind of file: the mark it begins with and the newest version this program knows.
pub(crate) struct FileKind {
    pub(crate) magic: [u8; 8],
    pub(crate) version: u32,
}

/// What a head says beside the kind of file: the chain, and the number of the file's first (or
/// only) block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) chain_id: [u8; 32],
    pub(crate) number: u32,
}

/// Why a head could not be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BadHead {
    Newer(u32),
    Damaged(Damage),
}

/// Bytes of a head: magic, version, chain id, number, CRC-32C of all before it.
pub(crate) const HEAD_LEN: usize = 8 + 4 + 32 + 4 + 4;

impl FileKind {
    /// The head as bytes, numbers with the least significant byte first.
    pub(crate) fn encode(&self, head: &Head) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEAD_LEN);
        bytes.extend_from_slice(&self.magic);
        bytes.extend_from_slice(&self.version.to_le_bytes());
        bytes.extend_from_slice(&head.chain_id);
        bytes.extend_from_slice(&head.number.to_le_bytes());
        bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
        bytes
    }

    /// Reads a head; what follows it in `bytes` is ignored.
    pub(crate) fn decode(&self, bytes: &[u8]) -> Result<Head, BadHead> {
        self.parse(bytes).unwrap_or(Err(BadHead::Damaged(Damage::Cut)))
    }

    /// As [`FileKind::decode`]; `None` if the bytes end too early. A newer version may have another
    /// form behind its number, so that is looked at before the rest.
    fn parse(&self, bytes: &[u8]) -> Option<Result<Head, BadHead>> {
        let mut rest = bytes;
        if take::<8>(&mut rest)? != self.magic {
            return Some(Err(BadHead::Damaged(Damage::Magic)));
        }
        let version = take_u32(&mut rest)?;
        if version > self.version {
            return Some(Err(BadHead::Newer(version)));
        }
        let head = Head { chain_id: take(&mut rest)?, number: take_u32(&mut rest)? };
        let checksum = take_u32(&mut rest)?;
        if crc32c::crc32c(bytes.get(..HEAD_LEN - 4)?) != checksum {
            return Some(Err(BadHead::Damaged(Damage::Checksum)));
        }
        Some(Ok(head))
    }

    /// The error for a head of the file at `path` that is of a newer format; else what is damaged.
    pub(crate) fn refuse(&self, bad: BadHead, path: &Path) -> Result<Damage, StoreError> {
        match bad {
            BadHead::Damaged(damage) => Ok(damage),
            BadHead::Newer(found) => {
                Err(StoreError::NewerFormat { path: path.into(), found, supported: self.version })
            }
        }
    }
}

/// Takes `N` bytes off the front.
pub(crate) fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = bytes.split_first_chunk::<N>()?;
    *bytes = tail;
    Some(*head)
}

/// Takes a number of four bytes off the front, least significant byte first.
pub(crate) fn take_u32(bytes: &mut &[u8]) -> Option<u32> {
    take::<4>(bytes).map(u32::from_le_bytes)
}

/// Lower-case hexadecimal digits, as ids are shown to people.
pub(crate) fn hex_of(bytes: &[u8]) -> String {
    hex::encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: FileKind = FileKind { magic: *b"SOMEKIND", version: 3 };
    const HEAD: Head = Head { chain_id: [7; 32], number: 9 };

    fn check(change: impl FnOnce(&mut Vec<u8>), expected: Result<Head, BadHead>) {
        let mut bytes = KIND.encode(&HEAD);
        assert_eq!(bytes.len(), HEAD_LEN);
        change(&mut bytes);
        assert_eq!(KIND.decode(&bytes), expected);
    }

    #[test]
    fn a_head_reads_back_as_it_was_written() {
        check(|_| (), Ok(HEAD));
        check(|bytes| bytes.push(1), Ok(HEAD));
    }

    #[test]
    fn each_mistake_in_a_head_has_its_own_answer() {
        check(|bytes| bytes[0] = 0, Err(BadHead::Damaged(Damage::Magic)));
        check(|bytes| bytes[8] = 4, Err(BadHead::Newer(4)));
        check(|bytes| bytes[20] = 0, Err(BadHead::Damaged(Damage::Checksum)));
        for length in 0..HEAD_LEN {
            check(|bytes| bytes.truncate(length), Err(BadHead::Damaged(Damage::Cut)));
        }
    }
}
