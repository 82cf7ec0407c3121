//! What follows the core, each on a thread of its own: the disk, then history and notices.
//!
//! Invariant: nobody is told of a block, nor can read of it, before it is on disk; history and
//! notices take the blocks in order. Whoever was answered about a block finds it in history. Blocks
//! that wait for the disk together share one write to it. This file must never know a rule of the
//! chain.

use crate::core::{Asker, Event, Reply};
use crate::heal::Healer;
use crate::home::Kept;
use crate::metrics::Stage;
use crate::p2p::{Line, News};
use crate::shared::Shared;
use carbyne_api::ApiError;
use carbyne_api::event::BlockEvent;
use carbyne_chain::{AppliedBlock, ChainEvent};
use carbyne_core::Outcome;
use carbyne_net::Verdict;
use carbyne_peers::{Asked, refused, verdict};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

/// Steps that the disk takes in one go, at most.
const STEPS_AT_ONCE: usize = 64;
/// How often history is looked at while nothing happens.
const HEAL_EVERY: Duration = Duration::from_secs(1);

/// What a step of the core left to be done, and whom to tell when it is done.
pub(crate) struct Done {
    pub(crate) events: Vec<ChainEvent>,
    pub(crate) answers: Vec<Answer>,
}

impl Done {
    /// Tells peers what is on disk now: they need not wait for history.
    fn tell_peers(&mut self, shared: &Shared) {
        for event in &self.events {
            shared.tell_peers(event);
        }
        let is_theirs = |answer: &mut Answer| matches!(answer, Answer::Peers(..));
        self.answers.extract_if(.., is_theirs).for_each(Answer::send);
    }
}

/// What became of a request, on its way to who asked.
pub(crate) enum Answer {
    /// To a client or to the node itself, with how long the core worked for it.
    Asker(Asker, Result<(), ApiError>, Duration),
    /// To the peers.
    Peers(Line, Box<Asked>, Verdict),
}

impl Answer {
    pub(crate) fn of(reply: Reply, outcome: Outcome, worked: Duration) -> Self {
        match reply {
            Reply::Asker(asker) => {
                let result = outcome.map(|_| ()).map_err(|refused| refused.rejected.into());
                Self::Asker(asker, result, worked)
            }
            Reply::Peers(line, asked) => Self::Peers(line, asked, verdict(&outcome)),
        }
    }

    /// That it was done, or why it could not even be tried.
    pub(crate) fn plain(reply: Reply, result: Result<(), ApiError>, worked: Duration) -> Self {
        match reply {
            Reply::Asker(asker) => Self::Asker(asker, result, worked),
            Reply::Peers(line, asked) => {
                let verdict = match result {
                    Ok(()) => Verdict::Accepted,
                    Err(error) => refused(error.text()),
                };
                Self::Peers(line, asked, verdict)
            }
        }
    }

    pub(crate) fn send(self) {
        match self {
            Self::Asker(asker, result, worked) => {
                let _asker_gone = asker.send((result, worked));
            }
            Self::Peers(line, asked, verdict) => line.tell(News::Became(asked, verdict)),
        }
    }
}

/// Brings blocks to disk until the core is gone, or until the disk fails: then what was not
/// written is never told.
pub(crate) fn keep(
    mut kept: Kept,
    shared: &Shared,
    steps: &Receiver<Done>,
    next: &SyncSender<Done>,
) -> anyhow::Result<()> {
    while let Ok(first) = steps.recv() {
        let more = steps.try_iter().take(STEPS_AT_ONCE - 1);
        let batch: Vec<Done> = std::iter::once(first).chain(more).collect();
        let started = Instant::now();
        let events = batch.iter().flat_map(|done| &done.events);
        if let Err(error) = kept.write(events) {
            shared.fail();
            return Err(error.into());
        }
        shared.metrics.took(Stage::Store, started.elapsed());
        for mut done in batch {
            done.tell_peers(shared);
            if next.send(done).is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Takes blocks into history and tells of them until there are no more.
pub(crate) fn follow(shared: &Shared, steps: &Receiver<Done>, report: fn(&AppliedBlock)) {
    let mut healer = Healer::default();
    loop {
        match steps.recv_timeout(HEAL_EVERY) {
            Ok(done) => {
                let events = done.events.into_iter();
                events.for_each(|event| take_in(shared, event, report, &mut healer));
                done.answers.into_iter().for_each(Answer::send);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        healer.heal(shared);
    }
}

fn take_in(shared: &Shared, event: ChainEvent, report: fn(&AppliedBlock), healer: &mut Healer) {
    match event {
        ChainEvent::Applied(applied) => {
            shared.count(&applied);
            report(&applied);
            shared.write_stream(&applied);
            shared.metrics.timed(Stage::Tell, || follow_block(shared, &applied));
            shared.past.read(|past| healer.came(&applied, &past.history));
        }
        ChainEvent::Undone { previous, .. } => {
            shared.past.change(|past| {
                past.history.undo();
                past.head = previous;
            });
            healer.went();
        }
        pending @ ChainEvent::Pending(_) => shared.tell_clients([pending]),
        // The state knows it already.
        ChainEvent::Refused(_) => {}
    }
}

/// History and what is told change in one moment: who reads the block has been told of it.
fn follow_block(shared: &Shared, applied: &Arc<AppliedBlock>) {
    shared.past.change(|past| {
        past.history.apply(&applied.block, &applied.operations);
        if shared.ring.has_readers() {
            let event = BlockEvent::of(applied, &past.history, shared.dialect);
            let bytes = event.bytes();
            shared.ring.push(Event::Block(Box::new(event)), bytes);
        }
        past.history.commit(applied.undoable as usize);
        past.head = applied.block.id();
    });
}
