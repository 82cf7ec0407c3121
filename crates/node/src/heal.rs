//! History that heals: the blocks that it may have to take in again, and how it does when what was
//! in its way has passed, such as a full disk or too many open files.
//!
//! Invariant: what history lacks of the chain is here, block for block, or history says that only a
//! new start of the node helps. Who reads does not wait while it is opened; what is told next does.
//! This file must never know what history is about.

use crate::shared::Shared;
use carbyne_chain::AppliedBlock;
use carbyne_index::History;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long after a failure history is opened again; as long again after each that follows.
const FIRST_WAIT: Duration = Duration::from_secs(2);
/// The longest time between two tries.
const WAIT_MAX: Duration = Duration::from_secs(120);
/// Operations and transactions of blocks that history may lack; when there are more, they are
/// given up, and a node that starts again replays them.
const LACKING_MAX: usize = 200_000;
const OPENING: &str = "history failed and is being opened again";
const TOO_MUCH: &str = "history lacks too many blocks after a failure: start the node again";

/// Blocks that history may have to take in again.
pub(crate) struct Healer {
    blocks: VecDeque<Arc<AppliedBlock>>,
    /// Operations and transactions in them.
    size: usize,
    wait: Duration,
    /// When history is opened again.
    next: Option<Instant>,
}

impl Default for Healer {
    fn default() -> Self {
        Self { blocks: VecDeque::new(), size: 0, wait: FIRST_WAIT, next: None }
    }
}

impl Healer {
    /// A block came to history, which may have failed.
    pub(crate) fn came(&mut self, block: &Arc<AppliedBlock>, history: &History) {
        if !history.is_on_disk() {
            return;
        }
        self.blocks.push_back(block.clone());
        self.size += size(block);
        let has_failed = history.failure().is_some();
        let on_disk = history.on_disk();
        while let Some(first) = self.blocks.front()
            && (if has_failed { self.size > LACKING_MAX } else { first.block.number() <= on_disk })
        {
            self.size -= size(first);
            self.blocks.pop_front();
        }
    }

    /// The newest block went.
    pub(crate) fn went(&mut self) {
        if let Some(block) = self.blocks.pop_back() {
            self.size -= size(&block);
        }
    }

    /// Opens history again if it failed and it is time to.
    pub(crate) fn heal(&mut self, shared: &Shared) {
        let Some(again) = shared.past.read(|past| past.history.again()) else {
            (self.wait, self.next) = (FIRST_WAIT, None);
            return;
        };
        let now = Instant::now();
        if *self.next.get_or_insert(now + self.wait) > now {
            return;
        }
        // It lets go of its files before they are opened again, and who reads waits for neither.
        drop(replace(shared, History::failed(OPENING)));
        let mut history = again.open();
        self.catch_up(&mut history);
        match history.failure() {
            Some(why) => tracing::warn!(why, "history cannot be opened again yet"),
            None => tracing::info!(block = history.head().0, "history is whole again"),
        }
        self.wait = (self.wait * 2).min(WAIT_MAX);
        self.next = Some(Instant::now() + self.wait);
        replace(shared, history);
    }

    /// Has history take in what it lacks.
    fn catch_up(&self, history: &mut History) {
        let Some(first) = self.blocks.front().map(|first| first.block.number()) else { return };
        if history.head().0 == 0 {
            history.begin_at(first - 1);
        }
        let stands_at = history.head().0;
        if history.failure().is_none() && stands_at + 1 < first {
            return history.fail(TOO_MUCH);
        }
        for applied in self.blocks.iter().filter(|block| block.block.number() > stands_at) {
            history.apply(&applied.block, &applied.operations);
            history.commit(applied.undoable as usize);
        }
    }
}

fn replace(shared: &Shared, with: History) -> History {
    let mut history = with;
    shared.past.change(|past| std::mem::swap(&mut past.history, &mut history));
    history
}

fn size(applied: &AppliedBlock) -> usize {
    1 + applied.operations.len() + applied.block.block().transactions.len()
}
