//! What a feeder has done and how it stands, to be looked at from any thread.

use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};

/// How a feeder stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// It has no connection yet, or no more.
    #[default]
    Disconnected,
    /// It writes blocks that are behind the head.
    CatchingUp,
    /// The database has the head block.
    Following,
    /// The database is ahead, on this chain or on another branch of it.
    Waiting,
}

impl State {
    /// Every state with its name.
    pub const ALL: [(Self, &str); 4] = [
        (Self::Disconnected, "disconnected"),
        (Self::CatchingUp, "catching_up"),
        (Self::Following, "following"),
        (Self::Waiting, "waiting"),
    ];
}

/// Counters since the start.
#[derive(Debug, Default)]
pub struct Progress {
    state: AtomicU8,
    blocks: AtomicU64,
    operations: AtomicU64,
    rolled_back: AtomicU64,
    failures: AtomicU64,
    head: AtomicU32,
    position: AtomicU32,
}

impl Progress {
    /// How the feeder stands.
    pub fn state(&self) -> State {
        let number = usize::from(self.state.load(Ordering::Relaxed));
        State::ALL.get(number).map_or(State::Disconnected, |(state, _)| *state)
    }

    /// Blocks written.
    pub fn blocks(&self) -> u64 {
        self.blocks.load(Ordering::Relaxed)
    }

    /// Operations written.
    pub fn operations(&self) -> u64 {
        self.operations.load(Ordering::Relaxed)
    }

    /// Blocks deleted, because the chain left their branch.
    pub fn rolled_back(&self) -> u64 {
        self.rolled_back.load(Ordering::Relaxed)
    }

    /// How often the connection was lost or refused.
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// Number of the newest block in the database, as far as is known.
    pub fn position(&self) -> u32 {
        self.position.load(Ordering::Relaxed)
    }

    /// How many blocks the database is behind.
    pub fn behind(&self) -> u32 {
        self.head.load(Ordering::Relaxed).saturating_sub(self.position())
    }

    pub(crate) fn set_state(&self, state: State) {
        self.state.store(state as u8, Ordering::Relaxed);
    }

    pub(crate) fn set_head(&self, head: u32) {
        self.head.store(head, Ordering::Relaxed);
    }

    pub(crate) fn failed(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        self.set_state(State::Disconnected);
    }

    pub(crate) fn wrote(&self, outcome: &crate::Outcome) {
        self.blocks.fetch_add(outcome.blocks, Ordering::Relaxed);
        self.operations.fetch_add(outcome.operations, Ordering::Relaxed);
        self.rolled_back.fetch_add(outcome.rolled_back, Ordering::Relaxed);
        self.position.store(outcome.position.0, Ordering::Relaxed);
        self.set_state(outcome.state);
    }
}
