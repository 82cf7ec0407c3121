//! Blocks to which a chain for development can go back, however long ago they were.
//!
//! Invariant: their number, the blocks above the oldest and the memory that these take are bounded;
//! whatever is too much costs the oldest. This file must never know who goes back, nor why.

use carbyne_api::ApiError;
use carbyne_chain::{AppliedBlock, Chain, ChainEvent};
use std::collections::VecDeque;

/// What marks may cost.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// Marks.
    count: usize,
    /// Blocks above the oldest.
    blocks: u32,
    /// Bytes of memory for these, by estimate.
    bytes: usize,
}

const LIMITS: Limits = Limits { count: 16, blocks: 20_000, bytes: 256 << 20 };

/// Memory for a byte of a block, and for what it did as long as history has it not on disk: an
/// operation, and a changed object if somebody is told of it.
const BYTES_PER_PACKED_BYTE: usize = 8;
const BYTES_PER_OPERATION: usize = 1_500;
const BYTES_PER_CHANGE: usize = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    id: u32,
    /// The block.
    number: u32,
}

/// The marks of a chain.
#[derive(Debug)]
pub(crate) struct Marks {
    limits: Limits,
    /// The oldest first.
    marks: VecDeque<Mark>,
    /// Number and bytes of the blocks above the oldest mark.
    blocks: VecDeque<(u32, usize)>,
    bytes: usize,
}

impl Default for Marks {
    fn default() -> Self {
        Self { limits: LIMITS, marks: VecDeque::new(), blocks: VecDeque::new(), bytes: 0 }
    }
}

impl Marks {
    /// Marks the head block.
    pub(crate) fn set(&mut self, id: u32, chain: &mut Chain) {
        if self.marks.len() >= self.limits.count {
            self.marks.pop_front();
        }
        self.marks.push_back(Mark { id, number: chain.head_number() });
        self.apply(chain);
    }

    /// The block that was marked.
    pub(crate) fn find(&self, id: u32) -> Result<u32, ApiError> {
        let found = self.marks.iter().find(|mark| mark.id == id);
        found.map(|mark| mark.number).ok_or_else(|| self.unknown(id))
    }

    fn unknown(&self, id: u32) -> ApiError {
        let known: Vec<String> = self.marks.iter().map(|mark| mark.id.to_string()).collect();
        let there_are = match known.is_empty() {
            true => "there is none".to_owned(),
            false => format!("there are {}", known.join(", ")),
        };
        let Limits { count, blocks, bytes } = self.limits;
        ApiError::assert(format!(
            "there is no snapshot {id}, {there_are}: the newest {count} are kept while they cost \
             no more than {blocks} blocks and {} MiB, until the node stops or goes back further",
            bytes >> 20
        ))
    }

    /// The chain went back to a mark: later ones are gone.
    pub(crate) fn went_back(&mut self, id: u32, chain: &mut Chain) {
        self.marks.retain(|mark| mark.id <= id);
        let head = chain.head_number();
        while self.blocks.back().is_some_and(|(number, _)| *number > head) {
            self.bytes -= self.blocks.pop_back().map_or(0, |(_, bytes)| bytes);
        }
    }

    /// Takes account of what the chain did; whether [`Marks::trim`] is to be called.
    pub(crate) fn note(&mut self, events: &[ChainEvent]) -> bool {
        if self.marks.is_empty() {
            return false;
        }
        for event in events {
            if let ChainEvent::Applied(applied) = event {
                let bytes = bytes_of(applied);
                self.blocks.push_back((applied.block.number(), bytes));
                self.bytes += bytes;
            }
        }
        true
    }

    /// Lets go of the oldest mark if they cost too much; of one at a time, since what it cost goes
    /// little by little.
    pub(crate) fn trim(&mut self, chain: &mut Chain) {
        let Some(oldest) = self.marks.front() else { return };
        let blocks = chain.head_number().saturating_sub(oldest.number);
        let is_letting_go = chain.kept_blocks() > chain.undoable_blocks();
        let bytes = self.bytes.saturating_add(chain.saved_bytes());
        let is_too_much = bytes > self.limits.bytes && !is_letting_go;
        if blocks > self.limits.blocks || is_too_much {
            self.marks.pop_front();
            self.apply(chain);
        }
    }

    /// Has the chain keep what the oldest mark needs, and nothing below.
    fn apply(&mut self, chain: &mut Chain) {
        let oldest = self.marks.front().map(|mark| mark.number);
        chain.set_mark(oldest);
        let oldest = oldest.unwrap_or(u32::MAX);
        while self.blocks.front().is_some_and(|(number, _)| *number <= oldest) {
            self.bytes -= self.blocks.pop_front().map_or(0, |(_, bytes)| bytes);
        }
    }
}

fn bytes_of(applied: &AppliedBlock) -> usize {
    let operations = applied.operations.len() * BYTES_PER_OPERATION;
    let changes = applied.changes.len() * BYTES_PER_CHANGE;
    applied.block.size() * BYTES_PER_PACKED_BYTE + operations + changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genesis::{Recipe, make};
    use crate::home::begin;
    use carbyne_core::{Core, Effects, Input, Now, Production};
    use carbyne_crypto::PrivateKey;
    use carbyne_wire::{Dialect, TimePointSec};

    const START: u32 = 1_900_000_000;

    fn core() -> Core {
        let key = PrivateKey::from_seed("witness");
        let text = make(&Recipe {
            dialect: Dialect::REFERENCE,
            time: TimePointSec(START),
            witnesses: &[key.public_key()],
            account: "dev",
            account_key: key.public_key(),
            others: &[],
            block_interval: 1,
            maintenance_interval: 300,
            features: None,
        });
        let (ledger, chain_id) = begin(text.as_bytes(), Dialect::REFERENCE).expect("a chain");
        Core::new(Chain::new(ledger, chain_id), vec![key], Production::Instant)
    }

    /// Produces blocks and has the marks take account of them.
    fn produce(core: &mut Core, marks: &mut Marks, blocks: u32) {
        for _ in 0..blocks {
            let mut effects = Effects::default();
            let now = Now(i64::from(START) * 1_000);
            core.step(now, Input::Produce { seconds: 0 }, &mut effects).expect("a block");
            if marks.note(&effects.events) {
                marks.trim(&mut core.chain);
            }
        }
    }

    fn ids(marks: &Marks) -> Vec<u32> {
        marks.marks.iter().map(|mark| mark.id).collect()
    }

    #[test]
    fn the_oldest_goes_for_the_newest_and_for_blocks_that_are_too_many() {
        let limits = Limits { count: 3, blocks: 20, bytes: usize::MAX };
        let (mut core, mut marks) = (core(), Marks { limits, ..Marks::default() });
        for id in 1..=4 {
            produce(&mut core, &mut marks, 5);
            marks.set(id, &mut core.chain);
        }
        assert_eq!(ids(&marks), [2, 3, 4]);
        assert_eq!(marks.find(3).ok(), Some(15));
        produce(&mut core, &mut marks, 12);
        assert_eq!(ids(&marks), [3, 4]);
        assert!(core.chain.undoable_blocks() >= 17);
        let said = marks.find(2).expect_err("gone").to_json().to_string();
        assert!(said.contains("no snapshot 2, there are 3, 4: the newest 3"), "{said}");
        produce(&mut core, &mut marks, 100);
        assert_eq!((ids(&marks), marks.bytes, marks.blocks.len()), (vec![], 0, 0));
        assert!(core.chain.kept_blocks() < 100, "{}", core.chain.kept_blocks());
    }

    #[test]
    fn the_oldest_goes_for_memory_and_the_next_only_if_that_was_not_enough() {
        let (mut core, mut marks) = (core(), Marks::default());
        produce(&mut core, &mut marks, 5);
        marks.set(1, &mut core.chain);
        produce(&mut core, &mut marks, 500);
        marks.set(2, &mut core.chain);
        let bytes = core.chain.saved_bytes() + marks.bytes;
        marks.limits.bytes = bytes;
        produce(&mut core, &mut marks, 200);
        assert_eq!(ids(&marks), [2]);
        assert!(core.chain.saved_bytes() + marks.bytes <= bytes);
        marks.limits.bytes = 0;
        produce(&mut core, &mut marks, 1_500);
        assert_eq!(ids(&marks), [0; 0]);
    }

    #[test]
    fn going_back_forgets_later_marks_and_keeps_the_one_that_was_gone_back_to() {
        let (mut core, mut marks) = (core(), Marks::default());
        for id in 1..=3 {
            produce(&mut core, &mut marks, 30);
            marks.set(id, &mut core.chain);
        }
        produce(&mut core, &mut marks, 30);
        for _ in 0..2 {
            let number = marks.find(2).expect("there");
            let now = Now(i64::from(START) * 1_000);
            core.step(now, Input::Rewind(number), &mut Effects::default()).expect("back");
            marks.went_back(2, &mut core.chain);
            assert_eq!((core.chain.head_number(), ids(&marks)), (60, vec![1, 2]));
            assert_eq!(marks.blocks.len(), 30, "those above the oldest mark");
            produce(&mut core, &mut marks, 40);
        }
    }
}
