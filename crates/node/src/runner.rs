//! The core's thread: takes what waits, one after the other, and does a step for each.
//!
//! Transactions that wait are taken several at once, so that the rows they need are read together.
//! Everything but the step happens elsewhere: keys were recovered before (`recovery`), what was
//! applied goes to disk, to history and to connections on threads of their own (`follow`). This
//! file must never know a rule of the chain.

use crate::clock::Clock;
use crate::core::{Reply, Storage, to_error};
use crate::debug::{ObjectStream, blocks_of};
use crate::dev::marks::Marks;
use crate::follow::{Answer, Done, Heap};
use crate::gate::{Gate, HeldBack, Moment};
use crate::home::Kept;
use crate::metrics::Stage;
use crate::queue::{Taken, Taker};
use crate::recovery::Submission;
use crate::room::Room;
use crate::shared::{LET_IN_LIMIT, LET_IN_LIMIT_OF_SLOT, Shared};
use crate::snapshots::Snapshots;
use crate::standstill::{Situation, Watch};
use crate::{duty, follow, standstill};
use anyhow::{Context, Result, anyhow};
use carbyne_api::{ApiError, DebugRequest};
use carbyne_chain::{AppliedBlock, ChainEvent, Observe};
use carbyne_core::{Core, Effects, Hold, Input, Now, Outcome, Production};
use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_ledger::read_ahead::GROUP;
use carbyne_ledger::{Questions, Trust};
use carbyne_protocol::Rejected;
use carbyne_protocol::recovered::{Recover, RecoveredBlock};
use carbyne_wire::TimePointSec;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Heaps of blocks that may wait for the disk, and as many for history: the core waits for the
/// slower of them only beyond that.
const HEAPS_WAITING_MAX: usize = 16;
/// How long the core sleeps at most when nothing happens.
const IDLE: Duration = Duration::from_millis(500);
/// How long the last snapshot may take when the node stops, which is to take less than ten seconds
/// in all.
const LAST_SNAPSHOT_LIMIT: Duration = Duration::from_secs(5);
/// Seconds from which on a head block is of the past, and how long snapshots rest then.
const PAST_FROM: u32 = 300;
const SNAPSHOT_REST: Duration = Duration::from_secs(10);
/// How long a block that was asked for waits for connections that are behind.
const READERS_LIMIT: Duration = Duration::from_millis(200);
/// Seconds before the end of time from which on nobody may move it.
const TIME_KEPT: u32 = 30 * 86_400;
/// Blocks of others that are trusted to be of any time: a debugger's.
const OF_ANY_TIME: Trust = Trust::Except(Questions::NONE);

/// What is asked of the core.
pub(crate) enum Work {
    /// A step.
    Step(Input),
    /// Some blocks, the first of them this many seconds after the head block at least.
    Produce { blocks: u32, seconds: u32 },
    /// A change from outside the rules.
    Debug(DebugRequest),
    /// The head block is to be marked with this number.
    Mark(u32),
    /// The chain is to go back to the block that was marked with this number.
    Revert(u32),
}

/// Work, and whom to tell what became of it.
pub(crate) struct Command {
    pub(crate) work: Work,
    pub(crate) reply: Reply,
}

/// The core, to be run on a thread of its own.
pub struct Runner {
    shared: Arc<Shared>,
    commands: Taker<Command, Submission>,
    is_stopping: Arc<AtomicBool>,
    kept: Option<Kept>,
    keys: Vec<PublicKey>,
    production: Production,
    clock: Clock,
    /// When a slot begins in which the core may have something to do.
    wake_at: Option<TimePointSec>,
    snapshots: Snapshots<Shared>,
    /// When it was looked last whether one is due.
    looked_for_snapshot: Instant,
    room: Room,
    watch: Watch,
    gate: Gate,
    marks: Marks,
    /// What steps did that is not passed on yet: nothing, unless more blocks wait.
    heap: Heap,
    report: fn(&AppliedBlock),
}

/// The threads behind the core.
struct Followers {
    steps: SyncSender<Heap>,
    disk: JoinHandle<Result<()>>,
    rest: JoinHandle<()>,
}

impl Followers {
    fn start(shared: &Arc<Shared>, kept: Kept, report: fn(&AppliedBlock)) -> Result<Self> {
        let (steps, written) = sync_channel(HEAPS_WAITING_MAX);
        let (next, told) = sync_channel(HEAPS_WAITING_MAX);
        let (ours, theirs) = (shared.clone(), shared.clone());
        let disk = named("disk", move || follow::keep(kept, &ours, &written, &next))?;
        let rest = named("history", move || follow::follow(&theirs, &told, report))?;
        Ok(Self { steps, disk, rest })
    }

    /// Waits until everything is written and told.
    fn finish(self) -> Result<()> {
        drop(self.steps);
        let written = self.disk.join().map_err(|_| anyhow!("the disk's thread stopped at a bug"));
        self.rest.join().map_err(|_| anyhow!("the history's thread stopped at a bug"))?;
        written?
    }
}

fn named<R: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> R + Send + 'static,
) -> Result<JoinHandle<R>> {
    let thread = std::thread::Builder::new().name(name.into()).spawn(work);
    thread.with_context(|| format!("cannot start the thread {name}"))
}

impl Runner {
    pub(crate) fn new(
        shared: Arc<Shared>,
        commands: Taker<Command, Submission>,
        is_stopping: Arc<AtomicBool>,
        kept: Kept,
        (keys, production): (Vec<PublicKey>, Production),
        storage: Storage,
        report: fn(&AppliedBlock),
    ) -> Self {
        Self {
            snapshots: Snapshots::new(shared.clone(), storage.snapshot_every),
            looked_for_snapshot: Instant::now(),
            room: Room::new(storage.keep_free_bytes, kept.free_bytes()),
            watch: Watch::default(),
            gate: Gate::new(storage.enable_stale_production),
            marks: Marks::default(),
            heap: Heap::default(),
            shared,
            commands,
            is_stopping,
            kept: Some(kept),
            keys,
            production,
            clock: Clock,
            wake_at: None,
            report,
        }
    }

    /// Why no blocks come, for others to know.
    pub(crate) fn standstill(&self) -> standstill::Shared {
        self.watch.shared()
    }

    /// Works until it is told to stop, or until the chain cannot be kept on disk.
    pub fn run(mut self) -> Result<()> {
        let kept = self.kept.take().context("the core runs once")?;
        let followers = Followers::start(&self.shared, kept, self.report)?;
        let worked = self.work(&followers.steps);
        let written = followers.finish();
        if self.shared.is_failed() {
            self.watch.note(Some(standstill::Standstill::Stopped));
        }
        worked.and(written)?;
        self.snapshots.finish(LAST_SNAPSHOT_LIMIT);
        Ok(())
    }

    fn work(&mut self, steps: &SyncSender<Heap>) -> Result<()> {
        self.tick(steps)?;
        while !self.is_stopping() && !self.shared.is_failed() {
            self.watch_for_standstill()?;
            if self.time_to_tick().is_zero() {
                self.tick(steps)?;
            }
            match self.commands.take(self.time_to_tick(), self.at_once()) {
                Some(Taken::First(command)) => self.obey(command, steps)?,
                Some(Taken::Last(submissions)) => self.take_in(submissions, steps)?,
                None => {}
            }
            if self.heap.is_full() || !self.commands.has_first() {
                self.send_heap(steps)?;
            }
        }
        self.send_heap(steps)
    }

    /// Passes on what steps did.
    fn send_heap(&mut self, steps: &SyncSender<Heap>) -> Result<()> {
        if self.heap.is_empty() {
            return Ok(());
        }
        if steps.send(std::mem::take(&mut self.heap)).is_err() && !self.shared.is_failed() {
            return Err(anyhow!("the disk's thread is gone"));
        }
        self.begin_snapshot_if_due();
        Ok(())
    }

    /// Begins a snapshot when one is due; while blocks of the past come, which may be very many in
    /// a second, there is a rest between two.
    fn begin_snapshot_if_due(&mut self) {
        let head = self.shared.look(|state| state.core.chain.ledger().head_time());
        let is_behind =
            head.is_ok_and(|head| head.0.saturating_add(PAST_FROM) < self.clock.now().0);
        if is_behind && self.looked_for_snapshot.elapsed() < SNAPSHOT_REST {
            return;
        }
        self.looked_for_snapshot = Instant::now();
        self.snapshots.begin_if_due();
    }

    /// Transactions that the core takes in one go, at most: each is a block of its own if blocks
    /// are made at once.
    fn at_once(&self) -> usize {
        if self.production == Production::Instant { 1 } else { GROUP }
    }

    fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Relaxed)
    }

    fn time_to_tick(&self) -> Duration {
        self.wake_at.map_or(IDLE, |time| self.clock.until(time).min(IDLE))
    }

    fn tick(&mut self, steps: &SyncSender<Heap>) -> Result<()> {
        let hold = self.hold()?;
        let (outcome, events, _) = self.step(hold.map_or(Input::Tick, Input::Hold), steps)?;
        match outcome {
            Err(refused) if duty::is_of_another(&refused.rejected) => {
                tracing::debug!(rejected = %refused.rejected, "another node's slot");
            }
            Err(refused) => {
                tracing::error!(rejected = %refused.rejected, "no block for this slot");
            }
            Ok(_) => {}
        }
        if hold.is_some() {
            // Looked at again soon, not at once.
            self.wake_at = Some(self.clock.now().wrapping_add(1));
        }
        self.pass_on(events, Vec::new(), steps)
    }

    /// Why a slot may not be used, if so.
    fn hold(&mut self) -> Result<Option<Hold>> {
        if self.room.check().is_err() {
            return Ok(Some(Hold::DiskFull));
        }
        let Some(report) = self.shared.report().filter(|_| !self.keys.is_empty()) else {
            return Ok(None);
        };
        self.gate.look_at_clock(report);
        let moment: Result<Moment, Rejected> = self.shared.look(|state| {
            let (chain, ledger) = (&state.core.chain, state.core.chain.ledger());
            Ok(Moment {
                next_slot: chain.slot(1)?.time,
                head: ledger.head_time()?,
                now: self.clock.now(),
                block_interval: ledger.parameters()?.block_interval.into(),
                clock_offset: report.present().clock_offset,
            })
        });
        let Err(held_back) = self.gate.check(&moment.map_err(to_error)?) else { return Ok(None) };
        self.gate.say(&held_back);
        Ok(Some(match held_back {
            HeldBack::NotInStep { .. } => Hold::NotInStep,
            HeldBack::Clock { .. } => Hold::ClockOff,
        }))
    }

    /// Does a step on the state; gives what became of it, what it did, and how long it took.
    fn step(
        &mut self,
        input: Input,
        steps: &SyncSender<Heap>,
    ) -> Result<(Outcome, Vec<ChainEvent>, Duration)> {
        if self.shared.has_waiting() {
            // They wait for what was done so far.
            self.send_heap(steps)?;
            self.shared.let_readers_in(match input {
                Input::Tick | Input::Hold(_) => LET_IN_LIMIT_OF_SLOT,
                _ => LET_IN_LIMIT,
            });
        }
        let (outcome, events, time) =
            self.change(|core, now, effects| core.step(now, input, effects));
        let stage = if has_block(&events) { Stage::Apply } else { Stage::Pending };
        self.shared.metrics.took(stage, time);
        Ok((outcome, events, time))
    }

    /// Has the core work on the state; gives what became of it, what it did, and how long it took.
    fn change<R>(
        &mut self,
        work: impl FnOnce(&mut Core, Now, &mut Effects) -> R,
    ) -> (R, Vec<ChainEvent>, Duration) {
        let observe = match self.shared.is_observed() {
            true => Observe::Blocks,
            false => Observe::Operations,
        };
        let mut effects = Effects::default();
        let now = self.clock.milliseconds();
        let waited = Instant::now();
        let (result, time) = self.shared.change(|state| {
            self.shared.metrics.took(Stage::Wait, waited.elapsed());
            let started = Instant::now();
            state.core.chain.set_observe(observe);
            let result = work(&mut state.core, Now(now), &mut effects);
            for event in &effects.events {
                if let ChainEvent::Refused(refused) = event {
                    state.refusals.add((**refused).clone());
                }
            }
            (result, started.elapsed())
        });
        self.wake_at = effects.wake_at;
        duty::tell_missed(&effects.missed, &self.shared.metrics);
        (result, effects.events, time)
    }

    /// Does a step for each transaction.
    fn take_in(&mut self, submissions: Vec<Submission>, steps: &SyncSender<Heap>) -> Result<()> {
        if let Err(short) = self.room.check() {
            for Submission { reply, worked, .. } in submissions {
                Answer::plain(reply, Err(short.clone()), worked).send();
            }
            return Ok(());
        }
        let transactions: Vec<_> =
            submissions.iter().map(|submission| submission.transaction.clone()).collect();
        let (outcomes, events, time) =
            self.change(|core, now, effects| core.transactions(now, &transactions, effects));
        let count = transactions.len();
        let stage = if has_block(&events) { Stage::Apply } else { Stage::Pending };
        self.shared.metrics.took_together(stage, time, count);
        let each = time / u32::try_from(count).unwrap_or(u32::MAX).max(1);
        let answers = submissions.into_iter().zip(outcomes).map(|(submission, outcome)| {
            let Submission { reply, worked, .. } = submission;
            Answer::of(reply, outcome, worked + each)
        });
        self.pass_on(events, answers.collect(), steps)
    }

    /// Sends on what happened, and the answers behind it.
    fn pass_on(
        &mut self,
        events: Vec<ChainEvent>,
        answers: Vec<Answer>,
        steps: &SyncSender<Heap>,
    ) -> Result<()> {
        if !has_block(&events) {
            self.shared.tell_pending(events);
            answers.into_iter().for_each(Answer::send);
            return Ok(());
        }
        if self.marks.note(&events) {
            self.shared.change(|state| self.marks.trim(&mut state.core.chain));
        }
        self.heap.push(Done { events, answers });
        if self.heap.is_full() { self.send_heap(steps) } else { Ok(()) }
    }

    fn obey(&mut self, Command { work, reply }: Command, steps: &SyncSender<Heap>) -> Result<()> {
        if let Err(short) = self.room.check() {
            Answer::plain(reply, Err(short), Duration::ZERO).send();
            return Ok(());
        }
        match work {
            Work::Step(input) => {
                let (outcome, events, time) = self.step(input, steps)?;
                self.pass_on(events, vec![Answer::of(reply, outcome, time)], steps)
            }
            Work::Produce { .. } if self.production != Production::Instant => {
                let error = ApiError::assert(
                    "this chain makes its blocks by the clock: start it with --instant to move \
                     time",
                );
                Answer::plain(reply, Err(error), Duration::ZERO).send();
                Ok(())
            }
            Work::Produce { blocks, seconds } => {
                if let Err(error) = self.check_time_left(seconds)? {
                    Answer::plain(reply, Err(error), Duration::ZERO).send();
                    return Ok(());
                }
                let inputs = (0..blocks)
                    .map(|n| Input::Produce { seconds: if n == 0 { seconds } else { 0 } });
                self.repeat(inputs, reply, steps)
            }
            Work::Debug(request) => self.debug(request, reply, steps),
            Work::Mark(id) => {
                self.shared.change(|state| self.marks.set(id, &mut state.core.chain));
                Answer::plain(reply, Ok(()), Duration::ZERO).send();
                Ok(())
            }
            Work::Revert(id) => self.revert(id, reply, steps),
        }
    }

    /// Goes back to a marked block.
    fn revert(&mut self, id: u32, reply: Reply, steps: &SyncSender<Heap>) -> Result<()> {
        let number = match self.marks.find(id) {
            Ok(number) => number,
            Err(error) => {
                Answer::plain(reply, Err(error), Duration::ZERO).send();
                return Ok(());
            }
        };
        let (outcome, events, time) = self.step(Input::Rewind(number), steps)?;
        if outcome.is_ok() {
            self.shared.change(|state| self.marks.went_back(id, &mut state.core.chain));
        }
        self.pass_on(events, vec![Answer::of(reply, outcome, time)], steps)
    }

    /// Does steps until one is refused; the answer comes behind everything they did.
    fn repeat(
        &mut self,
        inputs: impl Iterator<Item = Input>,
        reply: Reply,
        steps: &SyncSender<Heap>,
    ) -> Result<()> {
        let (mut result, mut worked) = (Ok(()), Duration::ZERO);
        for input in inputs {
            if self.is_stopping() || self.shared.is_failed() {
                // Without a reply the asker is told so.
                return Ok(());
            }
            self.shared.ring.wait_for_readers(READERS_LIMIT);
            let (outcome, events, time) = self.step(input, steps)?;
            worked += time;
            self.pass_on(events, Vec::new(), steps)?;
            // Whoever is told of blocks waits for each.
            self.send_heap(steps)?;
            if let Err(refused) = outcome {
                result = Err(ApiError::from(refused.rejected));
                break;
            }
        }
        let answers = vec![Answer::plain(reply, result, worked)];
        self.heap.push(Done { events: Vec::new(), answers });
        Ok(())
    }

    /// Does what the debug API asks.
    fn debug(
        &mut self,
        request: DebugRequest,
        reply: Reply,
        steps: &SyncSender<Heap>,
    ) -> Result<()> {
        let done = match request {
            DebugRequest::UpdateObject(update) => {
                return self.repeat(std::iter::once(Input::Change(update)), reply, steps);
            }
            DebugRequest::GenerateBlocks { key, count } => {
                let inputs = (0..count).map(|_| produce_with(&key));
                return self.repeat(inputs, reply, steps);
            }
            DebugRequest::PushBlocks { folder, count } => {
                let (first, chain_id) = self.shared.look(|state| {
                    let chain = &state.core.chain;
                    (chain.head_number().saturating_add(1), *chain.chain_id())
                });
                match blocks_of(&folder, first, count) {
                    Ok(blocks) => {
                        let inputs = blocks.into_iter().map(|block| {
                            let block = RecoveredBlock::new(block, &chain_id, Recover::Signatures);
                            Input::Block(Arc::new(block), OF_ANY_TIME)
                        });
                        return self.repeat(inputs, reply, steps);
                    }
                    Err(error) => Err(ApiError::assert(format!("{error:#}"))),
                }
            }
            DebugRequest::StreamObjects(path) => ObjectStream::create(&path, self.shared.dialect)
                .map(|new| self.shared.stream(|stream| *stream = Some(new)))
                .map_err(|error| ApiError::assert(format!("{error:#}"))),
            DebugRequest::FlushStream => self
                .shared
                .stream(|stream| stream.as_mut().map_or(Ok(()), ObjectStream::flush))
                .map_err(|error| ApiError::assert(error.to_string())),
        };
        Answer::plain(reply, done, Duration::ZERO).send();
        Ok(())
    }

    /// Refuses to move time to its end, in 2106.
    fn check_time_left(&self, seconds: u32) -> Result<Result<(), ApiError>> {
        let head = self.shared.look(|state| state.core.chain.ledger().head_time());
        let end = head.map_err(to_error)?.0.saturating_add(seconds).saturating_add(TIME_KEPT);
        Ok(match end {
            u32::MAX => Err(ApiError::assert("the time of blocks ends in the year 2106")),
            _ => Ok(()),
        })
    }

    /// Finds out whether blocks can come, now and then.
    fn watch_for_standstill(&mut self) -> Result<()> {
        let now = self.clock.now();
        let Some(latest) = self.watch.is_due(now) else { return Ok(()) };
        let is_disk_full = self.room.check().is_err();
        let head = self.shared.look(|state| state.core.chain.head_number());
        let silence = self.watch.silence(head);
        let found = self.shared.look(|state| {
            Situation {
                ledger: state.core.chain.ledger(),
                has_key: &|key| self.keys.contains(key),
                has_keys: !self.keys.is_empty(),
                production: self.production,
                now,
                latest,
                silence,
                is_disk_full,
                peers: self.shared.report().map(|report| report.present()),
            }
            .standstill()
        });
        self.watch.note(found.map_err(to_error)?);
        Ok(())
    }
}

fn has_block(events: &[ChainEvent]) -> bool {
    events.iter().any(|event| matches!(event, ChainEvent::Applied(_) | ChainEvent::Undone { .. }))
}

fn produce_with(key: &PrivateKey) -> Input {
    Input::ProduceWith(Box::new(key.clone()))
}
