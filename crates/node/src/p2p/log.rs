//! The block log as peers are given it: whoever asks for blocks one after the other gets them from
//! a read of many.
//!
//! Invariant: what is held is bounded, and belongs to the ids it is handed out with, whatever
//! became of the log since. This file must never know who asks.

use carbyne_peers::Log;
use carbyne_store::{BlockReader, LoggedBlock};
use carbyne_wire::{Digest, Hash160};
use std::cell::RefCell;
use std::collections::VecDeque;

/// The block log, for the thread of the peers.
pub(crate) struct Logged {
    reader: BlockReader,
    ahead: RefCell<Ahead>,
}

/// Blocks that were read and not asked for yet.
#[derive(Default)]
struct Ahead {
    /// The block after the one that was asked for last.
    next: u32,
    /// From that one on.
    blocks: VecDeque<LoggedBlock>,
}

impl Logged {
    pub(crate) fn new(reader: BlockReader) -> Self {
        Self { reader, ahead: RefCell::default() }
    }
}

impl Ahead {
    fn block(&mut self, reader: &BlockReader, number: u32) -> Option<LoggedBlock> {
        if number != self.next {
            // Nobody says that the ones behind it are wanted.
            (self.next, self.blocks) = (number.saturating_add(1), VecDeque::new());
            return reader.block(number).ok().flatten();
        }
        if self.blocks.is_empty() {
            self.blocks = reader.run(number).ok()?;
        }
        let block = self.blocks.pop_front()?;
        self.next = number.saturating_add(1);
        Some(block)
    }
}

impl Log for Logged {
    fn first(&self) -> Option<u32> {
        self.reader.first()
    }

    fn id(&self, number: u32) -> Option<Hash160> {
        self.reader.id(number).ok().flatten().map(Digest)
    }

    fn ids(&self, number: u32, count: usize) -> Vec<Hash160> {
        let ids = self.reader.ids(number, count).unwrap_or_default();
        ids.into_iter().map(Digest).collect()
    }

    fn block(&self, number: u32) -> Option<(Hash160, Vec<u8>)> {
        let block = self.ahead.try_borrow_mut().ok()?.block(&self.reader, number)?;
        Some((Digest(block.id), block.bytes))
    }
}
