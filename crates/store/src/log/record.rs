//! One record of the block log: a block's bytes behind a header with their checksum.
//!
//! Invariant: a record that decodes is byte for byte the one that was encoded (up to a collision of
//! CRC-32C). This file must never know where in which file a record lies.

use crate::error::Damage;
use crate::identity::{BlockId, take, take_u32};

/// Bytes of a header: payload length, block number, block id, last durable block, checksum of the
/// record before, own checksum.
pub(super) const HEADER_LEN: usize = 4 + 4 + 20 + 4 + 4 + 4;

/// Most bytes of a payload. A block is at most a few megabytes; a larger length is damage.
pub(super) const PAYLOAD_LEN_MAX: usize = 64 << 20;

/// The header of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// Bytes of the payload.
    pub(super) length: u32,
    /// The block's number.
    pub(super) number: u32,
    /// The block's id.
    pub(super) id: BlockId,
    /// The last block that was known to be on the disk when this record was written (0: none). It
    /// tells damage from a torn tail: a bad record that a later one calls durable was lost, not
    /// torn.
    pub(super) durable_through: u32,
    /// The checksum of the record before this one in its file (0: none). After a cut that did not
    /// reach the disk, a record of a branch that was left could else pass for the next one.
    pub(super) follows: u32,
    /// CRC-32C of the fields above and the payload.
    pub(super) checksum: u32,
}

impl Header {
    /// The header of a block's record behind the one with checksum `follows`.
    pub(super) fn new(number: u32, id: &BlockId, durable_through: u32, follows: u32) -> Header {
        Header { length: 0, number, id: *id, durable_through, follows, checksum: 0 }
    }

    /// Reads a header off the front of `bytes`; `None` if there are too few.
    pub(super) fn decode(mut bytes: &[u8]) -> Option<Header> {
        Some(Header {
            length: take_u32(&mut bytes)?,
            number: take_u32(&mut bytes)?,
            id: take(&mut bytes)?,
            durable_through: take_u32(&mut bytes)?,
            follows: take_u32(&mut bytes)?,
            checksum: take_u32(&mut bytes)?,
        })
    }

    /// The payload's length, if it is one that a writer would write.
    pub(super) fn payload_len(&self) -> Result<usize, Damage> {
        let length = self.length as usize;
        if length > PAYLOAD_LEN_MAX { Err(Damage::Length(self.length)) } else { Ok(length) }
    }
}

/// The bytes of a record, and its checksum. The payload has at most [`PAYLOAD_LEN_MAX`] bytes,
/// which the caller has made sure of; the header's length and checksum are filled in.
pub(super) fn encode(header: Header, payload: &[u8]) -> (Vec<u8>, u32) {
    let mut bytes = Vec::with_capacity(HEADER_LEN + payload.len());
    bytes.extend_from_slice(&(payload.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&header.number.to_le_bytes());
    bytes.extend_from_slice(&header.id);
    bytes.extend_from_slice(&header.durable_through.to_le_bytes());
    bytes.extend_from_slice(&header.follows.to_le_bytes());
    let checksum = crc32c::crc32c_append(crc32c::crc32c(&bytes), payload);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes.extend_from_slice(payload);
    (bytes, checksum)
}

/// Reads the record that `bytes` begin with, and its payload.
pub(super) fn decode(bytes: &[u8]) -> Result<(Header, &[u8]), Damage> {
    let header = Header::decode(bytes).ok_or(Damage::Cut)?;
    let payload_len = header.payload_len()?;
    let payload = bytes.get(HEADER_LEN..HEADER_LEN + payload_len).ok_or(Damage::Cut)?;
    let fields = bytes.get(..HEADER_LEN - 4).ok_or(Damage::Cut)?;
    if crc32c::crc32c_append(crc32c::crc32c(fields), payload) != header.checksum {
        return Err(Damage::Checksum);
    }
    Ok((header, payload))
}

/// As [`decode`], and the record must be that of block `expected`.
pub(super) fn decode_block(bytes: &[u8], expected: u32) -> Result<(Header, &[u8]), Damage> {
    let (header, payload) = decode(bytes)?;
    if header.number != expected {
        return Err(Damage::Number { expected, found: header.number });
    }
    Ok((header, payload))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(number: u32, payload: &[u8]) -> Vec<u8> {
        encode(Header::new(number, &[9; 20], 3, 77), payload).0
    }

    fn check(change: impl FnOnce(&mut Vec<u8>), expected: Result<&[u8], Damage>) {
        let mut bytes = written(5, b"payload");
        assert_eq!(bytes.len(), HEADER_LEN + 7);
        change(&mut bytes);
        assert_eq!(decode_block(&bytes, 5).map(|(_, payload)| payload), expected);
    }

    #[test]
    fn a_record_reads_back_as_it_was_written() {
        check(|_| (), Ok(b"payload"));
        check(|bytes| bytes.extend_from_slice(b"next record"), Ok(b"payload"));
        let bytes = written(5, b"");
        let (header, payload) = decode(&bytes).unwrap();
        assert_eq!((header.number, header.id), (5, [9; 20]));
        assert_eq!((header.durable_through, header.follows), (3, 77));
        assert!(payload.is_empty());
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        for at in 0..HEADER_LEN + 7 {
            let mut bytes = written(5, b"payload");
            bytes[at] ^= 1;
            assert!(decode(&bytes).is_err(), "byte {at}");
        }
        check(|bytes| bytes[10] = 0, Err(Damage::Checksum));
        check(|bytes| bytes[3] = 255, Err(Damage::Length(0xff00_0007)));
    }

    #[test]
    fn every_missing_byte_is_noticed() {
        for length in 0..HEADER_LEN + 7 {
            check(|bytes| bytes.truncate(length), Err(Damage::Cut));
        }
    }

    #[test]
    fn zeros_are_no_record() {
        assert_eq!(decode(&[0; 100]), Err(Damage::Checksum));
    }

    #[test]
    fn a_record_of_another_block_is_noticed() {
        let bytes = written(6, b"payload");
        let expected = Damage::Number { expected: 5, found: 6 };
        assert_eq!(decode_block(&bytes, 5).unwrap_err(), expected);
    }
}
