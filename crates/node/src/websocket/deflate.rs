//! Compression of messages (RFC 7692), each for itself: its state is borrowed for one message, so
//! that a connection that says nothing has none.
//!
//! Invariant: what is unpacked is counted before it is kept, and no more than it may be.

use super::Fault;
use crate::guard::InFlight;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use parking_lot::Mutex;

/// Shorter messages are not compressed: that would take longer than it saves.
const COMPRESSED_BYTES_MIN: usize = 1_024;
/// Bytes that are unpacked at once.
const CHUNK_BYTES: usize = 65_536;
/// What every compressed message ends with and leaves out.
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

/// The states that are kept for the next message, each way.
pub struct Deflate {
    most: usize,
    compressors: Mutex<Vec<Compress>>,
    decompressors: Mutex<Vec<Decompress>>,
}

impl Deflate {
    /// Keeps so many states.
    pub fn new(most: usize) -> Self {
        Self { most, compressors: Mutex::default(), decompressors: Mutex::default() }
    }

    /// A message compressed; none if it is too short for that.
    pub(super) fn compress(&self, text: &[u8]) -> Option<Vec<u8>> {
        if text.len() < COMPRESSED_BYTES_MIN {
            return None;
        }
        let kept = self.compressors.lock().pop();
        let mut state = kept.unwrap_or_else(|| Compress::new(Compression::fast(), false));
        let mut packed = Vec::with_capacity(text.len() / 4 + COMPRESSED_BYTES_MIN);
        loop {
            let rest = text.get(state.total_in() as usize..).unwrap_or_default();
            state.compress_vec(rest, &mut packed, FlushCompress::Sync).ok()?;
            // Room that is left says that nothing waits to be written.
            if state.total_in() as usize == text.len() && packed.len() < packed.capacity() {
                break;
            }
            packed.reserve(packed.len() / 2 + COMPRESSED_BYTES_MIN);
        }
        packed.truncate(packed.len().saturating_sub(TAIL.len()));
        state.reset();
        keep(&self.compressors, state, self.most);
        Some(packed)
    }

    /// What a compressed message says, of at most `most` bytes.
    pub(super) fn decompress(
        &self,
        packed: &[u8],
        most: usize,
        in_flight: &mut InFlight,
    ) -> Result<Vec<u8>, Fault> {
        let kept = self.decompressors.lock().pop();
        let mut state = kept.unwrap_or_else(|| Decompress::new(false));
        let mut text = Vec::new();
        for (part, flush) in [(packed, FlushDecompress::None), (&TAIL[..], FlushDecompress::Sync)] {
            if inflate(&mut state, part, flush, &mut text, most, in_flight)? {
                break;
            }
        }
        state.reset(false);
        keep(&self.decompressors, state, self.most);
        Ok(text)
    }
}

/// Unpacks a part; true if the compressed data says that it ends there.
fn inflate(
    state: &mut Decompress,
    packed: &[u8],
    flush: FlushDecompress,
    text: &mut Vec<u8>,
    most: usize,
    in_flight: &mut InFlight,
) -> Result<bool, Fault> {
    let start = state.total_in();
    loop {
        let rest = packed.get((state.total_in() - start) as usize..).unwrap_or_default();
        if text.len() == text.capacity() {
            let more = CHUNK_BYTES.max(text.len() / 4);
            in_flight.grow(more).map_err(Fault::Excess)?;
            text.reserve_exact(more);
        }
        let status = state.decompress_vec(rest, text, flush);
        if text.len() > most {
            return Err(Fault::TooLong(most));
        }
        match status {
            Ok(Status::StreamEnd) => return Ok(true),
            Ok(Status::Ok | Status::BufError) => {}
            Err(_) => return Err(Fault::Data("what was compressed cannot be unpacked")),
        }
        let is_read = (state.total_in() - start) as usize == packed.len();
        if is_read && text.len() < text.capacity() {
            return Ok(false);
        }
    }
}

fn keep<T>(states: &Mutex<Vec<T>>, state: T, most: usize) {
    let mut states = states.lock();
    if states.len() < most {
        states.push(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::{Guard, SocketLimits};
    use proptest::prelude::*;
    use std::net::Ipv4Addr;
    use std::sync::Arc;

    fn unpacked(packed: &[u8], most: usize, bytes_per_address: usize) -> Result<Vec<u8>, String> {
        let limits = SocketLimits { bytes_per_address, ..SocketLimits::default() };
        let mut account = Arc::new(Guard::new(limits)).in_flight(Ipv4Addr::LOCALHOST.into());
        let unpacked = Deflate::new(1).decompress(packed, most, &mut account);
        unpacked.map_err(|fault| fault.to_string())
    }

    fn packed(text: &[u8]) -> Vec<u8> {
        Deflate::new(1).compress(text).expect("it is long enough")
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused_before_it_is_there() {
        let bomb = packed(&vec![b' '; 10_000_000]);
        assert!(bomb.len() < 100_000);
        let refused = unpacked(&bomb, 1_000_000, usize::MAX).expect_err("it is too long");
        assert_eq!(refused, "a message may have 1000000 bytes");
        let refused = unpacked(&bomb, 20_000_000, 1_000_000).expect_err("it is too much");
        assert_eq!(refused, "your address has too many bytes under way, wait for answers");
        assert_eq!(unpacked(&bomb, 20_000_000, usize::MAX).map(|text| text.len()), Ok(10_000_000));
    }

    #[test]
    fn what_is_not_compressed_is_refused() {
        assert!(unpacked(b"nothing of the kind", 1_000, 1_000).is_err());
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(
            bytes in prop::collection::vec(any::<u8>(), 1_024..20_000), times in 1_usize..20
        ) {
            let text = bytes.repeat(times);
            let unpacked = unpacked(&packed(&text), text.len(), usize::MAX);
            prop_assert!(unpacked.as_deref() == Ok(&text));
        }
    }
}
