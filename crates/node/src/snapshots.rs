//! When snapshots are written: every so many blocks and at the end, on a thread beside the core,
//! one at a time.
//!
//! Invariant: the core waits for one piece of a snapshot at most, never for a whole one, and old
//! values kept for a snapshot are let go however it ends. This file must never know what a snapshot
//! holds.

use crate::home::Home;
use crate::state;
use carbyne_chain::{Base, Chain};
use carbyne_store::{SnapshotStore, StoreError};
use parking_lot::RwLock;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

/// How long a snapshot that was told to stop may take for that.
const STOP_LIMIT: Duration = Duration::from_secs(1);

/// A chain of which a snapshot can be written while it goes on.
pub trait Source: Send + Sync + 'static {
    /// Looks at the chain.
    fn look_at(&self, look: &mut dyn FnMut(&Chain));
    /// Changes the chain.
    fn change(&self, change: &mut dyn FnMut(&mut Chain));
    /// Where its snapshots are.
    fn store(&self) -> SnapshotStore;
    /// Number of the block from whose state it began.
    fn began_at(&self) -> u32;
    /// Brings to disk what history has of blocks that cannot be undone, once block `head` is in it:
    /// what the next start replays begins behind a snapshot.
    fn sync_history(&self, head: u32) -> Result<(), String>;
}

impl Source for RwLock<Home> {
    fn look_at(&self, look: &mut dyn FnMut(&Chain)) {
        look(self.read().chain());
    }

    fn change(&self, change: &mut dyn FnMut(&mut Chain)) {
        change(&mut self.write().core.chain);
    }

    fn store(&self) -> SnapshotStore {
        self.read().snapshots.clone()
    }

    fn began_at(&self) -> u32 {
        self.read().began_at
    }

    fn sync_history(&self, _: u32) -> Result<(), String> {
        let sync = self.read().history.sync();
        sync()
    }
}

/// Writes snapshots of a node's chain.
pub struct Snapshots<S: Source> {
    home: Arc<S>,
    /// Blocks between two; 0 for none at all.
    every: u32,
    /// Number of the block of the last one that was tried.
    newest: u32,
    running: Option<Running>,
}

struct Running {
    stop: Arc<AtomicBool>,
    done: Receiver<()>,
}

/// What writing a snapshot took.
#[derive(Clone, Copy, Debug)]
pub struct Written {
    /// The block.
    pub base: Base,
    /// From its begin to the moment it was on disk.
    pub time: Duration,
    /// The longest time for which the core had to wait.
    pub longest_pause: Duration,
}

impl<S: Source> Snapshots<S> {
    /// Snapshots of a chain every so many blocks; 0 for none.
    pub fn new(home: Arc<S>, every: u32) -> Self {
        let newest = home.began_at();
        Self { home, every, newest, running: None }
    }

    /// Begins a snapshot if enough blocks became irreversible since the last.
    pub fn begin_if_due(&mut self) {
        if self.every > 0 && self.distance() >= self.every && !self.is_running() {
            self.begin();
        }
    }

    /// Writes a last snapshot; gives up what takes longer than `limit`: the one before and the
    /// block log suffice.
    pub fn finish(mut self, limit: Duration) {
        let deadline = Instant::now() + limit;
        self.wait_until(deadline);
        if self.every > 0 && self.distance() > 0 && Instant::now() < deadline {
            self.begin();
            self.wait_until(deadline);
        }
    }

    /// Blocks that became irreversible since the last snapshot.
    fn distance(&self) -> u32 {
        let mut number = 0;
        self.home.look_at(&mut |chain| number = chain.base().number);
        number.saturating_sub(self.newest)
    }

    fn is_running(&mut self) -> bool {
        let is_at_work = |running: &Running| running.done.try_recv() == Err(TryRecvError::Empty);
        self.running = self.running.take().filter(is_at_work);
        self.running.is_some()
    }

    fn begin(&mut self) {
        let held = Held::new(self.home.clone());
        // Also if it fails: the next try is due as many blocks later.
        self.newest = held.base.number;
        let stop = Arc::new(AtomicBool::new(false));
        let (sender, done) = sync_channel(1);
        let told = stop.clone();
        let work = move || {
            report(held.base.number, held.write(&|| told.load(Ordering::Relaxed)));
            let _nobody_waits = sender.send(());
        };
        match std::thread::Builder::new().name("snapshot".into()).spawn(work) {
            Ok(_) => self.running = Some(Running { stop, done }),
            Err(error) => tracing::warn!(%error, "cannot start a snapshot"),
        }
    }

    fn wait_until(&mut self, deadline: Instant) {
        let Some(running) = self.running.take() else { return };
        let left = deadline.saturating_duration_since(Instant::now());
        if running.done.recv_timeout(left) == Err(RecvTimeoutError::Timeout) {
            running.stop.store(true, Ordering::Relaxed);
            let _stopped_or_stuck_in_the_disk = running.done.recv_timeout(STOP_LIMIT);
        }
    }
}

fn report(number: u32, written: Result<Written, StoreError>) {
    match written {
        Ok(written) => tracing::info!(
            block = number,
            seconds = written.time.as_secs_f64(),
            longest_pause_ms = written.longest_pause.as_secs_f64() * 1_000.0,
            "snapshot"
        ),
        Err(error) => tracing::warn!(block = number, %error, "no snapshot"),
    }
}

/// The base of a chain, held so that its state can be written.
pub struct Held<S: Source> {
    /// The block.
    pub base: Base,
    /// Number of the head block when it was held.
    head: u32,
    home: Arc<S>,
}

impl<S: Source> Held<S> {
    /// Holds the base of a chain until this is dropped; one at a time.
    pub fn new(home: Arc<S>) -> Self {
        let (mut base, mut head) = (Base { number: 0, id: Default::default() }, 0);
        home.change(&mut |chain| (base, head) = (chain.hold_base(), chain.head_number()));
        Self { base, head, home }
    }

    /// Writes the snapshot, unless it is stopped.
    pub fn write(self, is_stopped: &dyn Fn() -> bool) -> Result<Written, StoreError> {
        let started = Instant::now();
        // A start could not take up a history that is behind the newest snapshot.
        self.home.sync_history(self.head).map_err(|error| StoreError::Abandoned {
            number: self.base.number,
            source: std::io::Error::other(format!("history cannot be brought to disk: {error}")),
        })?;
        let mut longest = Duration::ZERO;
        let base = self.base;
        self.home.store().write(base.number, &base.id.0, |out| {
            longest = state::write(&*self.home, out, is_stopped)?;
            Ok(())
        })?;
        Ok(Written { base, time: started.elapsed(), longest_pause: longest })
    }
}

impl<S: Source> Drop for Held<S> {
    fn drop(&mut self) {
        self.home.change(&mut Chain::release_base);
    }
}
