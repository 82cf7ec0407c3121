//! What the threads of a node share: the state, its history, and who must wait for whom.
//!
//! Invariant: who reads sees one moment: state, history and blocks up to the same block, which is
//! on disk and was told. The core never waits for history, except to let readers have their moment.
//! Locks are taken in the order state, past. This file must never know a rule of the chain.

use crate::core::Event;
use crate::debug::ObjectStream;
use crate::follow::concerns_peers;
use crate::metrics::Metrics;
use crate::p2p::{Line, News, Report};
use crate::ring::{Ring, RingLimits};
use crate::snapshots::Source;
use carbyne_chain::{AppliedBlock, Chain, ChainEvent};
use carbyne_core::Core;
use carbyne_index::{History, Refusals};
use carbyne_store::SnapshotStore;
use carbyne_wire::{Dialect, Hash160};
use parking_lot::{Condvar, Mutex, RwLock, RwLockReadGuard};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// How long a waiting thread sleeps before it looks again, should nobody wake it.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// How long the core waits at most for those who want to read.
pub(crate) const LET_IN_LIMIT: Duration = Duration::from_secs(1);
/// As [`LET_IN_LIMIT`], when a slot of ours has begun: a block that comes late is lost.
pub(crate) const LET_IN_LIMIT_OF_SLOT: Duration = Duration::from_millis(100);
/// How long a snapshot waits for history.
const HISTORY_LIMIT: Duration = Duration::from_secs(60);

/// The chain, and what only this node knows of transactions.
pub struct State {
    /// The chain and what makes its blocks.
    pub core: Core,
    /// Why transactions were refused.
    pub refusals: Refusals,
}

/// What happened up to a block.
pub struct Past {
    /// What happened.
    pub history: History,
    /// The newest block that is in it, on disk, and told.
    pub head: Hash160,
}

/// What happened, and how to wait for more.
pub struct PastLock {
    past: RwLock<Past>,
    moved: Mutex<u64>,
    came: Condvar,
}

impl PastLock {
    /// Changes it and wakes those who wait.
    pub fn change(&self, change: impl FnOnce(&mut Past)) {
        change(&mut self.past.write());
        *self.moved.lock() += 1;
        self.came.notify_all();
    }

    /// Looks at it, of whatever moment.
    pub fn read<R>(&self, read: impl FnOnce(&Past) -> R) -> R {
        read(&self.past.read())
    }

    fn moment(&self) -> u64 {
        *self.moved.lock()
    }

    /// Waits until it has changed since `moment`, for a little while.
    fn wait(&self, moment: u64) {
        let mut moved = self.moved.lock();
        if *moved == moment {
            self.came.wait_until(&mut moved, Instant::now() + LOOK_AGAIN);
        }
    }
}

/// What the threads share.
pub struct Shared {
    /// How the chain writes and reads values.
    pub dialect: Dialect,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What connections are told.
    pub ring: Arc<Ring<Event>>,
    /// What happened.
    pub past: PastLock,
    state: RwLock<State>,
    snapshots: SnapshotStore,
    /// Number of the block from whose state the node began.
    began_at: u32,
    /// Threads that wait for a moment to read.
    waiting: AtomicUsize,
    is_failed: AtomicBool,
    /// Where objects are written as they change, if somebody debugs.
    stream: Mutex<Option<ObjectStream>>,
    /// The way to the peers, if there are to be any.
    peers: OnceLock<(Line, Arc<Report>)>,
}

impl Shared {
    pub(crate) fn new(
        core: Core,
        history: History,
        snapshots: SnapshotStore,
        began_at: u32,
    ) -> Self {
        let past = Past { history, head: core.chain.head_id() };
        Self {
            dialect: core.chain.ledger().dialect,
            metrics: Arc::default(),
            ring: Ring::new(RingLimits::default()),
            past: PastLock { past: RwLock::new(past), moved: Mutex::new(0), came: Condvar::new() },
            state: RwLock::new(State { core, refusals: Refusals::default() }),
            snapshots,
            began_at,
            waiting: AtomicUsize::new(0),
            is_failed: AtomicBool::new(false),
            stream: Mutex::new(None),
            peers: OnceLock::new(),
        }
    }

    /// Looks at state and history of one moment. None if a block could not be brought to disk: then
    /// nothing is read any more.
    pub fn read<R>(&self, read: impl FnOnce(&State, &Past) -> R) -> Option<R> {
        let (state, past) = self.one_moment(|| self.state.read())?;
        Some(read(&state, &past))
    }

    /// Tries something on the state that is undone before anybody else sees it.
    pub fn try_out<R>(&self, work: impl FnOnce(&mut State) -> R) -> Option<R> {
        let (mut state, past) = self.one_moment(|| self.state.write())?;
        drop(past);
        Some(work(&mut state))
    }

    /// Both locks, the state's as `lock` takes it, at a moment when history has come to where the
    /// state is.
    fn one_moment<G: std::ops::Deref<Target = State>>(
        &self,
        lock: impl Fn() -> G,
    ) -> Option<(G, RwLockReadGuard<'_, Past>)> {
        let mut is_waiting = false;
        let found = loop {
            if self.is_failed.load(Ordering::Acquire) {
                break None;
            }
            let moment = self.past.moment();
            let state = lock();
            // Never waited for with the state locked: the core would wait for history then.
            let past = self.past.past.try_read();
            match past.filter(|past| past.head == state.core.chain.head_id()) {
                Some(past) => break Some((state, past)),
                None => drop(state),
            }
            if !is_waiting {
                self.waiting.fetch_add(1, Ordering::AcqRel);
                is_waiting = true;
            }
            self.past.wait(moment);
        };
        if is_waiting {
            self.waiting.fetch_sub(1, Ordering::AcqRel);
        }
        found
    }

    /// Whether somebody waits to read.
    pub(crate) fn has_waiting(&self) -> bool {
        self.waiting.load(Ordering::Acquire) > 0
    }

    /// Lets those read who wait for it, before the state goes on to another block.
    pub(crate) fn let_readers_in(&self, limit: Duration) {
        let deadline = Instant::now() + limit;
        while self.waiting.load(Ordering::Acquire) > 0
            && !self.is_failed()
            && Instant::now() < deadline
        {
            self.past.wait(self.past.moment());
        }
    }

    /// Changes the state: only the core's thread may.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        change(&mut self.state.write())
    }

    /// Looks at the state, of which nothing may be told: it may be ahead of the disk.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        look(&self.state.read())
    }

    /// Says that a block could not be brought to disk.
    pub(crate) fn fail(&self) {
        self.is_failed.store(true, Ordering::Release);
        self.past.change(|_| {});
    }

    pub(crate) fn is_failed(&self) -> bool {
        self.is_failed.load(Ordering::Acquire)
    }

    /// Says what peers are to be told by, once.
    pub(crate) fn join(&self, line: Line, report: Arc<Report>) {
        let _once_only = self.peers.set((line, report));
    }

    /// The way to the peers, if there are to be any.
    pub(crate) fn peers(&self) -> Option<&Line> {
        self.peers.get().map(|(line, _)| line)
    }

    /// What may be known of the peers, if there are to be any.
    pub(crate) fn report(&self) -> Option<&Report> {
        self.peers.get().map(|(_, report)| report.as_ref())
    }

    /// Tells peers what the chain did; blocks only when they are on disk.
    pub(crate) fn tell_peers(&self, event: &ChainEvent) {
        if let Some(line) = self.peers().filter(|_| concerns_peers(event)) {
            line.tell(News::Chain(event.clone()));
        }
    }

    /// Tells of the transactions among the events.
    pub(crate) fn tell_pending(&self, events: Vec<ChainEvent>) {
        events.iter().for_each(|event| self.tell_peers(event));
        self.tell_clients(events);
    }

    /// As [`Shared::tell_pending`], when peers know already.
    pub(crate) fn tell_clients(&self, events: impl IntoIterator<Item = ChainEvent>) {
        self.ring.push_all(events.into_iter().filter_map(|event| {
            let ChainEvent::Pending(transaction) = event else { return None };
            let bytes = transaction.size().saturating_mul(4).saturating_add(500);
            Some((Event::pending(transaction, self.dialect), bytes))
        }));
    }

    pub(crate) fn count(&self, applied: &AppliedBlock) {
        self.metrics.blocks.add(1);
        self.metrics.transactions.add(applied.block.block().transactions.len());
        self.metrics.operations.add(applied.operations.len());
    }

    /// Begins, or goes on with, the file of objects that a debugger wants.
    pub(crate) fn stream<R>(&self, work: impl FnOnce(&mut Option<ObjectStream>) -> R) -> R {
        work(&mut self.stream.lock())
    }

    pub(crate) fn write_stream(&self, applied: &AppliedBlock) {
        self.stream(|stream| {
            if let Some(Err(error)) = stream.as_mut().map(|one| one.write(applied)) {
                tracing::error!(%error, "objects are not written to the file any more");
                *stream = None;
            }
        });
    }

    /// Whether anybody wants to know which objects change.
    pub(crate) fn is_observed(&self) -> bool {
        self.ring.has_readers() || self.stream.lock().is_some()
    }
}

impl Source for Shared {
    fn look_at(&self, look: &mut dyn FnMut(&Chain)) {
        look(&self.state.read().core.chain);
    }

    fn change(&self, change: &mut dyn FnMut(&mut Chain)) {
        change(&mut self.state.write().core.chain);
    }

    fn store(&self) -> SnapshotStore {
        self.snapshots.clone()
    }

    fn began_at(&self) -> u32 {
        self.began_at
    }

    fn sync_history(&self, head: u32) -> Result<(), String> {
        let deadline = Instant::now() + HISTORY_LIMIT;
        loop {
            let moment = self.past.moment();
            // The chain may have gone back since.
            let head = head.min(self.look(|state| state.core.chain.head_number()));
            let past = self.past.past.read();
            if !past.history.is_kept()
                || past.history.failure().is_some()
                || past.history.head().0 >= head
            {
                let sync = past.history.sync();
                drop(past);
                return sync();
            }
            drop(past);
            if self.is_failed() || Instant::now() > deadline {
                return Err("history is too far behind".into());
            }
            self.past.wait(moment);
        }
    }
}
