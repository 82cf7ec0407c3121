//! The thread that feeds a database, through lost connections and restarts of either side.
//!
//! Invariant: it never ends by itself, never panics at what PostgreSQL does, and says once what is
//! wrong, not at every try.

use crate::writer::{Place, step};
use crate::{Error, Progress, Settings, Source, State, connect};
use postgres::{CancelToken, NoTls};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often the source is asked for a new head.
const POLL: Duration = Duration::from_millis(200);
/// After this time the database is looked at again even if the head is the same: another node may
/// have changed it, or it may be gone.
const LOOK_AGAIN: Duration = Duration::from_secs(3);
/// The first pause after a failure; each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause.
const LAST_PAUSE: Duration = Duration::from_secs(10);
/// How long a feeder has to end. What it writes then is undone by PostgreSQL.
const STOP_LIMIT: Duration = Duration::from_secs(3);

/// Feeds a database until it is stopped.
pub struct Feeder {
    progress: Arc<Progress>,
    signal: Arc<Signal>,
    ended: Receiver<()>,
}

impl Feeder {
    /// Starts the thread.
    pub fn start(source: impl Source, settings: Settings) -> std::io::Result<Self> {
        let (progress, signal) = (Arc::<Progress>::default(), Arc::<Signal>::default());
        let (end, ended) = channel();
        let mut work = Work {
            source,
            settings,
            progress: progress.clone(),
            signal: signal.clone(),
            said: None,
            pause: FIRST_PAUSE,
        };
        std::thread::Builder::new().name("postgres".into()).spawn(move || {
            work.run();
            let _nobody_waits = end.send(());
        })?;
        Ok(Self { progress, signal, ended })
    }

    /// What it has done.
    pub fn progress(&self) -> Arc<Progress> {
        self.progress.clone()
    }

    /// Ends the thread, in the middle of a transaction if need be.
    pub fn stop(self) {
        if let Some(token) = self.signal.set() {
            // On a thread, because a server that does not answer must not delay the end.
            std::thread::spawn(move || {
                let _ends_by_itself = token.cancel_query(NoTls);
            });
        }
        let _too_long = self.ended.recv_timeout(STOP_LIMIT);
    }
}

/// Says that it is time to end.
#[derive(Default)]
struct Signal {
    state: Mutex<Stop>,
    changed: Condvar,
}

#[derive(Default)]
struct Stop {
    is_wanted: bool,
    /// Interrupts what the connection is doing.
    token: Option<CancelToken>,
}

impl Signal {
    fn lock(&self) -> MutexGuard<'_, Stop> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self) -> Option<CancelToken> {
        let mut state = self.lock();
        state.is_wanted = true;
        self.changed.notify_all();
        state.token.take()
    }

    fn is_set(&self) -> bool {
        self.lock().is_wanted
    }

    fn wait(&self, time: Duration) {
        let state = self.lock();
        let wait = self.changed.wait_timeout_while(state, time, |state| !state.is_wanted);
        drop(wait);
    }
}

struct Work<S> {
    source: S,
    settings: Settings,
    progress: Arc<Progress>,
    signal: Arc<Signal>,
    /// What was said last, not to be said again.
    said: Option<String>,
    pause: Duration,
}

impl<S: Source> Work<S> {
    fn run(&mut self) {
        while !self.signal.is_set() {
            let Err(error) = self.feed() else { continue };
            if self.signal.is_set() {
                return;
            }
            self.progress.failed();
            self.say(error.to_string());
            self.signal.wait(self.pause);
            self.pause = self.pause.saturating_mul(2).min(LAST_PAUSE);
        }
    }

    /// Feeds over one connection until it is lost or the end is wanted.
    fn feed(&mut self) -> Result<(), Error> {
        let mut client = connect(&self.settings)?;
        self.signal.lock().token = Some(client.cancel_token());
        let mut settled: Option<(Place, Instant)> = None;
        while !self.signal.is_set() {
            let head = self.source.head()?;
            let is_done = |head: &Place| {
                settled.is_some_and(|(at, when)| at == *head && when.elapsed() < LOOK_AGAIN)
            };
            let Some(head) = head.filter(|head| !is_done(head)) else {
                self.signal.wait(POLL);
                continue;
            };
            self.progress.set_head(head.0);
            let outcome = step(&mut client, &self.source, &self.settings, head)?;
            self.progress.wrote(&outcome);
            self.pause = FIRST_PAUSE;
            match outcome.state {
                State::Waiting => {
                    self.say("PostgreSQL is ahead of this node, which waits".to_owned());
                    settled = Some((head, Instant::now()));
                }
                State::Following => {
                    self.all_is_well();
                    settled = Some((head, Instant::now()));
                }
                State::CatchingUp if outcome.blocks == 0 => self.signal.wait(POLL),
                State::CatchingUp | State::Disconnected => self.all_is_well(),
            }
        }
        Ok(())
    }

    fn say(&mut self, text: String) {
        if self.said.as_ref() != Some(&text) {
            tracing::warn!("{text}");
            self.said = Some(text);
        }
    }

    fn all_is_well(&mut self) {
        if self.said.take().is_some() {
            tracing::info!(position = self.progress.position(), "PostgreSQL is fed again");
        }
    }
}
