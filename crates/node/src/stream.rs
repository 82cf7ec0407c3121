//! Reading ahead: a thread of its own reads, checks and decompresses while another works on what
//! was read before.
//!
//! Invariant: bytes and errors come as the input gave them, in its order; memory is bounded. This
//! file must never know what the bytes mean.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Bytes that are handed over at once, at most.
const PIECE_BYTES: usize = 128 << 10;
/// Pieces that may be read ahead.
const PIECES_AHEAD: usize = 64;

/// What another thread reads.
pub(crate) struct Ahead {
    pieces: Receiver<io::Result<Vec<u8>>>,
    piece: io::Cursor<Vec<u8>>,
}

/// Does the work with an input that is read ahead of it.
pub(crate) fn read_ahead<R>(input: impl Read + Send, work: impl FnOnce(Ahead) -> R) -> R {
    std::thread::scope(|scope| {
        let (sender, pieces) = sync_channel(PIECES_AHEAD);
        scope.spawn(move || read_all(input, &sender));
        work(Ahead { pieces, piece: io::Cursor::default() })
    })
}

/// Ends when there is no more, with the first error, or when nobody wants more.
fn read_all(mut input: impl Read, pieces: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut piece = Vec::new();
        let read = input.by_ref().take(PIECE_BYTES as u64).read_to_end(&mut piece);
        let goes_on = match read {
            Ok(0) => return,
            Ok(_) => true,
            Err(_) => false,
        };
        if pieces.send(read.map(|_| piece)).is_err() || !goes_on {
            return;
        }
    }
}

impl Read for Ahead {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.piece.read(into)? {
                0 if !into.is_empty() => match self.pieces.recv() {
                    Ok(piece) => self.piece = io::Cursor::new(piece?),
                    Err(_) => return Ok(0),
                },
                count => return Ok(count),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives bytes, then an error.
    struct Broken(usize);

    impl Read for Broken {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = self.0.min(into.len());
            self.0 -= count;
            match count {
                0 => Err(io::Error::other("the disk is gone")),
                _ => Ok(count),
            }
        }
    }

    #[test]
    fn everything_comes_in_order_and_no_more() {
        let bytes: Vec<u8> = (0..3 * PIECE_BYTES + 5).map(|at| (at % 251) as u8).collect();
        let read = |mut input: Ahead| {
            let mut all = Vec::new();
            input.read_to_end(&mut all).map(|_| all)
        };
        assert_eq!(read_ahead(bytes.as_slice(), read).unwrap(), bytes);
        assert!(read_ahead([].as_slice(), read).unwrap().is_empty());
    }

    #[test]
    fn an_error_comes_after_what_was_read_before_it() {
        let mut all = Vec::new();
        let error = read_ahead(Broken(PIECE_BYTES), |mut input| input.read_to_end(&mut all));
        assert_eq!(error.unwrap_err().to_string(), "the disk is gone");
        assert_eq!(all.len(), PIECE_BYTES);
    }

    #[test]
    fn who_wants_no_more_need_not_read_to_the_end() {
        let first = read_ahead(io::repeat(7), |mut input| {
            let mut first = [0; 3];
            input.read_exact(&mut first).map(|()| first)
        });
        assert_eq!(first.unwrap(), [7; 3]);
    }
}
