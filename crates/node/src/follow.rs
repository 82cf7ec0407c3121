//! What follows the core, each on a thread of its own: the disk, then history and notices.
//!
//! Invariant: nobody is told of a block, nor can read of it, before it is on disk; history and
//! notices take the blocks in order. Whoever was answered about a block finds it in history. Blocks
//! that wait for the disk together share one write to it, and those that come as a heap are taken
//! into history and told of at one moment. This file must never know a rule of the chain.

use crate::core::{Asker, Event, Reply};
use crate::heal::Healer;
use crate::home::{Kept, operations_of, undoable_after};
use crate::metrics::Stage;
use crate::p2p::{Line, News};
use crate::shared::{Past, Shared};
use carbyne_api::ApiError;
use carbyne_api::event::BlockEvent;
use carbyne_chain::{AppliedBlock, ChainEvent};
use carbyne_core::Outcome;
use carbyne_net::Verdict;
use carbyne_peers::{Asked, refused, verdict};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

/// Steps that are passed on together, at most, and operations in them, about: waking a thread costs
/// more than a small block does, and who reads is not to wait for a heap of large ones.
const STEPS_AT_ONCE: usize = 64;
const OPERATIONS_AT_ONCE: usize = 512;
/// Such heaps that the disk takes in one go, at most.
const HEAPS_AT_ONCE: usize = 16;
/// How often history is looked at while nothing happens.
const HEAL_EVERY: Duration = Duration::from_secs(1);

/// What a step of the core left to be done, and whom to tell when it is done.
pub(crate) struct Done {
    pub(crate) events: Vec<ChainEvent>,
    pub(crate) answers: Vec<Answer>,
}

impl Done {
    /// What peers are to be told when it is on disk: they need not wait for history.
    fn news(&mut self, news: &mut Vec<News>) {
        let events = self.events.iter().filter(|event| concerns_peers(event));
        news.extend(events.map(|event| News::Chain(event.clone())));
        let is_theirs = |answer: &mut Answer| matches!(answer, Answer::Peers(..));
        for answer in self.answers.extract_if(.., is_theirs) {
            if let Answer::Peers(_, asked, verdict) = answer {
                news.push(News::Became(asked, verdict));
            }
        }
    }
}

/// Whether peers are told of an event.
pub(crate) fn concerns_peers(event: &ChainEvent) -> bool {
    !matches!(event, ChainEvent::Refused(_))
}

/// What steps left to be done, to be passed on together.
#[derive(Default)]
pub(crate) struct Heap {
    steps: Vec<Done>,
    /// Operations of the blocks in it.
    operations: usize,
}

impl Heap {
    pub(crate) fn push(&mut self, done: Done) {
        self.operations += done.events.iter().map(operations_of).sum::<usize>();
        self.steps.push(done);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether nothing more is to be added.
    pub(crate) fn is_full(&self) -> bool {
        self.steps.len() >= STEPS_AT_ONCE || self.operations >= OPERATIONS_AT_ONCE
    }

    fn tell_peers(&mut self, shared: &Shared) {
        let mut news = Vec::new();
        self.steps.iter_mut().for_each(|done| done.news(&mut news));
        if let Some(line) = shared.peers() {
            line.tell(News::Several(news));
        }
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
    heaps: &Receiver<Heap>,
    next: &SyncSender<Heap>,
) -> anyhow::Result<()> {
    while let Ok(first) = heaps.recv() {
        let more = heaps.try_iter().take(HEAPS_AT_ONCE - 1);
        let batch: Vec<Heap> = std::iter::once(first).chain(more).collect();
        let started = Instant::now();
        let events = batch.iter().flat_map(|heap| &heap.steps).flat_map(|done| &done.events);
        if let Err(error) = kept.write(events) {
            shared.fail();
            return Err(error.into());
        }
        shared.metrics.took(Stage::Store, started.elapsed());
        for mut heap in batch {
            heap.tell_peers(shared);
            if next.send(heap).is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Takes blocks into history and tells of them until there are no more.
pub(crate) fn follow(shared: &Shared, heaps: &Receiver<Heap>, report: fn(&AppliedBlock)) {
    let mut healer = Healer::default();
    loop {
        match heaps.recv_timeout(HEAL_EVERY) {
            Ok(heap) => {
                take_in(shared, &heap, report, &mut healer);
                let answers = heap.steps.into_iter().flat_map(|done| done.answers);
                answers.for_each(Answer::send);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        healer.heal(shared);
    }
}

fn take_in(shared: &Shared, heap: &Heap, report: fn(&AppliedBlock), healer: &mut Healer) {
    let events = || heap.steps.iter().flat_map(|done| &done.events);
    let mut blocks = 0;
    for event in events() {
        if let ChainEvent::Applied(applied) = event {
            shared.count(applied);
            report(applied);
            shared.write_stream(applied);
            blocks += 1;
        }
    }
    let started = Instant::now();
    // History and what is told change in one moment: who reads a block has been told of it.
    shared.past.change(|past| {
        events().for_each(|event| follow_event(shared, past, event));
        // History's writer is woken for a heap, not for each block.
        if let Some(blocks) = undoable_after(events()) {
            past.history.commit(blocks);
        }
        events().for_each(|event| match event {
            ChainEvent::Applied(applied) => healer.came(applied, &past.history),
            ChainEvent::Undone { .. } => healer.went(),
            ChainEvent::Pending(_) | ChainEvent::Refused(_) => {}
        });
    });
    shared.metrics.took_together(Stage::Tell, started.elapsed(), blocks);
}

fn follow_event(shared: &Shared, past: &mut Past, event: &ChainEvent) {
    match event {
        ChainEvent::Applied(applied) => follow_block(shared, past, applied),
        ChainEvent::Undone { previous, .. } => {
            past.history.undo();
            past.head = *previous;
        }
        pending @ ChainEvent::Pending(_) => shared.tell_clients([pending.clone()]),
        // The state knows it already.
        ChainEvent::Refused(_) => {}
    }
}

fn follow_block(shared: &Shared, past: &mut Past, applied: &Arc<AppliedBlock>) {
    past.history.apply(&applied.block, &applied.operations);
    if shared.ring.has_readers() {
        let event = BlockEvent::of(applied, &past.history, shared.dialect);
        let bytes = event.bytes();
        shared.ring.push(Event::Block(Box::new(event)), bytes);
    }
    past.head = applied.block.id();
}
