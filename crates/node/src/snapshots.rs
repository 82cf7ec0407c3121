//! When snapshots are written: every so many blocks and at the end, on a thread beside the core,
//! one at a time.
//!
//! Invariant: the core waits for one piece of a snapshot at most, never for a whole one, and old
//! values kept for a snapshot are let go however it ends. This file must never know what a snapshot
//! holds.

use crate::home::Home;
use crate::state;
use carbyne_chain::Base;
use carbyne_store::{SnapshotStore, StoreError};
use parking_lot::RwLock;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

/// How long a snapshot that was told to stop may take for that.
const STOP_LIMIT: Duration = Duration::from_secs(1);

/// Writes snapshots of a node's chain.
pub struct Snapshots {
    home: Arc<RwLock<Home>>,
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

impl Snapshots {
    /// Snapshots of a chain every so many blocks; 0 for none.
    pub fn new(home: Arc<RwLock<Home>>, every: u32) -> Self {
        let newest = home.read().began_at;
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
        self.home.read().chain.base().number.saturating_sub(self.newest)
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
pub struct Held {
    /// The block.
    pub base: Base,
    home: Arc<RwLock<Home>>,
    store: SnapshotStore,
    /// Brings history to disk up to the base: what the next start replays begins behind it.
    sync_history: Box<dyn FnOnce() -> Result<(), String> + Send>,
}

impl Held {
    /// Holds the base of a chain until this is dropped; one at a time.
    pub fn new(home: Arc<RwLock<Home>>) -> Self {
        let mut guard = home.write();
        let base = guard.chain.hold_base();
        let store = guard.snapshots.clone();
        let sync_history = Box::new(guard.history.sync());
        drop(guard);
        Self { base, home, store, sync_history }
    }

    /// Writes the snapshot, unless it is stopped.
    pub fn write(mut self, is_stopped: &dyn Fn() -> bool) -> Result<Written, StoreError> {
        let started = Instant::now();
        let sync_history = std::mem::replace(&mut self.sync_history, Box::new(|| Ok(())));
        // A start could not take up a history that is behind the newest snapshot.
        sync_history().map_err(|error| StoreError::Abandoned {
            number: self.base.number,
            source: std::io::Error::other(format!("history cannot be brought to disk: {error}")),
        })?;
        let mut longest = Duration::ZERO;
        let base = self.base;
        self.store.write(base.number, &base.id.0, |out| {
            longest = state::write(&self.home, out, is_stopped)?;
            Ok(())
        })?;
        Ok(Written { base, time: started.elapsed(), longest_pause: longest })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.home.write().chain.release_base();
    }
}
