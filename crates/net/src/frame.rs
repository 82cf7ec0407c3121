//! Frames: how a message lies in the stream. Eight bytes of header (size and kind), the payload,
//! and zeros up to a whole block of the cipher.
//!
//! Invariant: what is kept of messages that are not complete is never more than one message of the
//! largest size and the bytes that came last. Never knows what a payload means.

use crate::cipher::BLOCK_BYTES;

/// Bytes of size and kind.
pub const HEADER_BYTES: usize = 8;

/// The largest payload (reference: `net/config.hpp`), in bytes.
pub const PAYLOAD_BYTES_MAX: usize = 2 * 1024 * 1024;

/// The largest block that a message holds, which also tells its id, in bytes. The reference makes
/// larger ones where a chain allows it, which none of its peers takes.
pub const BLOCK_BYTES_MAX: usize = PAYLOAD_BYTES_MAX - 20;

/// A message whose payload is not looked at yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What the payload is.
    pub kind: u32,
    /// The payload.
    pub payload: Vec<u8>,
}

/// A payload larger than any may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message of {size} bytes, at most {PAYLOAD_BYTES_MAX} are taken")]
pub struct TooLong {
    /// Bytes, as the header says.
    pub size: u32,
}

/// The bytes of a message, ready to be encrypted.
pub fn pack(kind: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    append(&mut bytes, kind, payload);
    bytes
}

/// Appends a message to whole blocks of the cipher.
pub fn append(bytes: &mut Vec<u8>, kind: u32, payload: &[u8]) {
    let length = HEADER_BYTES.saturating_add(payload.len()).next_multiple_of(BLOCK_BYTES);
    let end = bytes.len().saturating_add(length);
    bytes.reserve(length);
    let size = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    bytes.extend_from_slice(&size.to_le_bytes());
    bytes.extend_from_slice(&kind.to_le_bytes());
    bytes.extend_from_slice(payload);
    bytes.resize(end, 0);
}

/// Puts frames together from decrypted bytes.
#[derive(Debug, Default)]
pub struct Assembly {
    bytes: Vec<u8>,
    /// Where the next frame begins.
    begin: usize,
}

impl Assembly {
    /// Where decrypted bytes are appended; what was read before is let go.
    pub fn room(&mut self) -> &mut Vec<u8> {
        self.bytes.drain(..self.begin.min(self.bytes.len()));
        self.begin = 0;
        if self.bytes.is_empty() {
            self.bytes = Vec::new();
        }
        &mut self.bytes
    }

    /// Bytes held.
    pub fn held(&self) -> usize {
        self.bytes.len()
    }

    /// The next complete frame.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, TooLong> {
        let rest = self.bytes.get(self.begin..).unwrap_or_default();
        let Some((size, kind, rest)) = header(rest) else { return Ok(None) };
        let length = usize::try_from(size).unwrap_or(usize::MAX);
        if length > PAYLOAD_BYTES_MAX {
            return Err(TooLong { size });
        }
        let whole = HEADER_BYTES.saturating_add(length).next_multiple_of(BLOCK_BYTES);
        if rest.len() < whole.saturating_sub(HEADER_BYTES) {
            return Ok(None);
        }
        let payload = rest.get(..length).unwrap_or_default().to_vec();
        self.begin = self.begin.saturating_add(whole);
        Ok(Some(Frame { kind, payload }))
    }
}

fn header(bytes: &[u8]) -> Option<(u32, u32, &[u8])> {
    let (size, rest) = bytes.split_first_chunk()?;
    let (kind, rest) = rest.split_first_chunk()?;
    Some((u32::from_le_bytes(*size), u32::from_le_bytes(*kind), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(length: usize) -> Frame {
        Frame { kind: 5001, payload: (0..length).map(|at| at as u8).collect() }
    }

    #[test]
    fn a_frame_fills_whole_blocks() {
        for (payload, whole) in [(0, 16), (1, 16), (8, 16), (9, 32), (24, 32), (25, 48)] {
            assert_eq!(pack(5009, &vec![1; payload]).len(), whole, "{payload} bytes");
        }
    }

    #[test]
    fn frames_come_out_as_they_went_in_whatever_the_pieces() {
        let frames: Vec<Frame> = [0, 8, 9, 100, 5_000].map(frame).into();
        let bytes: Vec<u8> = frames.iter().flat_map(|f| pack(f.kind, &f.payload)).collect();
        for size in [16, 48, 4_096, bytes.len()] {
            let (mut assembly, mut found) = (Assembly::default(), Vec::new());
            for piece in bytes.chunks(size) {
                assembly.room().extend_from_slice(piece);
                while let Some(frame) = assembly.next_frame().unwrap() {
                    found.push(frame);
                }
            }
            assert_eq!(found, frames, "in pieces of {size}");
            assembly.room();
            assert_eq!(assembly.held(), 0);
        }
    }

    #[test]
    fn the_largest_message_is_taken_and_a_larger_one_refused_by_its_header() {
        let mut assembly = Assembly::default();
        *assembly.room() = pack(1001, &vec![0; PAYLOAD_BYTES_MAX]);
        assert_eq!(assembly.next_frame().unwrap().unwrap().payload.len(), PAYLOAD_BYTES_MAX);
        let size = PAYLOAD_BYTES_MAX as u32 + 1;
        assembly.room().extend_from_slice(&[size.to_le_bytes(), [0; 4]].concat());
        assert_eq!(assembly.next_frame(), Err(TooLong { size }));
    }
}
