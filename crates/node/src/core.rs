//! The core: one thread that owns every change of the chain, and what the sockets may ask of it.
//!
//! Requests come through a bounded queue in order. Reading takes a lock that the core holds only
//! while it applies a block or a transaction. Invariant: a block is on disk before anybody is told
//! of it or can read of it. This file must never know a rule of the chain.

use crate::clock::Clock;
use crate::debug::{ObjectStream, blocks_of};
use crate::home::{Home, read_block};
use crate::metrics::{Metrics, Stage};
use crate::room::Room;
use crate::snapshots::Snapshots;
use anyhow::Result;
use carbyne_api::event::BlockEvent;
use carbyne_api::{ApiError, Blocks, DebugRequest, Settings, View, effects};
use carbyne_chain::{AppliedBlock, Chain, ChainEvent, Observe, Slot};
use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_ledger::Rejected;
use carbyne_ledger::block::Checks;
use carbyne_ledger::recovered::{Recover, RecoveredBlock, RecoveredTransaction};
use carbyne_ledger::transaction::{ProcessedTransaction, SignedBlock, SignedTransaction};
use carbyne_store::BlockReader;
use carbyne_wire::{Digest, Json, TimePointSec};
use parking_lot::RwLock;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};
use tokio::sync::{broadcast, oneshot};

/// Requests that may wait for the core.
const QUEUE_LENGTH: usize = 10_000;
/// Events that a connection may fall behind.
const EVENTS_KEPT: usize = 1_024;
/// How long the core sleeps at most when nothing happens.
const IDLE: Duration = Duration::from_millis(500);
/// How long the last snapshot may take when the node stops, which is to take less than ten seconds
/// in all.
const LAST_SNAPSHOT_LIMIT: Duration = Duration::from_secs(5);

/// What connections are told.
#[derive(Debug)]
pub enum Event {
    /// A block was applied.
    Block {
        /// What it did.
        event: BlockEvent,
        /// Its time.
        time: TimePointSec,
    },
    /// A transaction became pending.
    Pending(Value),
}

type Reply = oneshot::Sender<Result<(), ApiError>>;

enum Command {
    Transaction(Box<RecoveredTransaction>, Reply),
    Block(Box<RecoveredBlock>, Reply),
    /// Produce blocks, the first of them this many seconds after the head block at least.
    Produce {
        blocks: u32,
        seconds: u32,
        reply: Reply,
    },
    /// A change from outside the rules.
    Debug(Box<DebugRequest>, Reply),
    Stop,
}

/// The node as the sockets see it.
pub struct Node {
    /// What the operator set for the interface.
    pub settings: Settings,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    chain_id: Digest<32>,
    home: Arc<RwLock<Home>>,
    blocks: LoggedBlocks,
    commands: SyncSender<Command>,
    events: broadcast::Sender<Arc<Event>>,
    is_stopping: Arc<AtomicBool>,
}

/// How blocks are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Production {
    /// By the clock, in the slots of witnesses whose keys are here.
    ByTheClock,
    /// One with every transaction that comes.
    Instant,
}

/// The core, to be run on a thread of its own.
pub struct Core {
    home: Arc<RwLock<Home>>,
    commands: Receiver<Command>,
    events: broadcast::Sender<Arc<Event>>,
    keys: BTreeMap<[u8; 33], PrivateKey>,
    production: Production,
    clock: Clock,
    snapshots: Snapshots,
    room: Room,
    metrics: Arc<Metrics>,
    is_stopping: Arc<AtomicBool>,
    report: fn(&AppliedBlock),
    /// Where objects are written as they change, if somebody debugs.
    stream: Option<ObjectStream>,
}

/// What the operator set for the files.
#[derive(Clone, Copy, Debug)]
pub struct Storage {
    /// Blocks between two snapshots of the state; 0 for none.
    pub snapshot_every: u32,
    /// Bytes that must be free on the disk for the node to take anything in.
    pub keep_free_bytes: u64,
}

impl Default for Storage {
    fn default() -> Self {
        Self { snapshot_every: 1_000, keep_free_bytes: 64 << 20 }
    }
}

struct LoggedBlocks(BlockReader);

impl Blocks for LoggedBlocks {
    fn block(&self, number: u32) -> Option<SignedBlock> {
        read_block(&self.0, number).ok().flatten()
    }
}

/// Makes a node from a chain and the keys of its producers; `report` is called for every block.
pub fn start(
    home: Home,
    keys: Vec<PrivateKey>,
    production: Production,
    settings: Settings,
    storage: Storage,
    report: fn(&AppliedBlock),
) -> (Arc<Node>, Core) {
    let (sender, receiver) = sync_channel(QUEUE_LENGTH);
    let (events, _) = broadcast::channel(EVENTS_KEPT);
    let chain_id = *home.chain.chain_id();
    let blocks = LoggedBlocks(home.log.reader());
    let home = Arc::new(RwLock::new(home));
    let node = Node {
        settings,
        metrics: Arc::default(),
        chain_id,
        home: home.clone(),
        blocks,
        commands: sender,
        events: events.clone(),
        is_stopping: Arc::default(),
    };
    let keys = keys.into_iter().map(|key| (key.public_key().0, key)).collect();
    let core = Core {
        snapshots: Snapshots::new(home.clone(), storage.snapshot_every),
        room: Room::new(storage.keep_free_bytes),
        metrics: node.metrics.clone(),
        is_stopping: node.is_stopping.clone(),
        home,
        commands: receiver,
        events,
        keys,
        production,
        clock: Clock,
        report,
        stream: None,
    };
    (Arc::new(node), core)
}

impl Node {
    /// Lets `read` look at the state, its history and its blocks of one moment. None if the node is
    /// stopping because the last block could not be brought to disk.
    pub fn read<R>(&self, read: impl FnOnce(&View<'_>) -> R) -> Option<R> {
        let home = self.home.read();
        (!home.is_ahead_of_disk).then(|| {
            read(&View::new(home.chain.ledger(), &home.history, &self.blocks, &self.settings))
        })
    }

    /// Which chain it is.
    pub fn chain_id(&self) -> &Digest<32> {
        &self.chain_id
    }

    /// Time of a block of the log.
    pub fn block_time(&self, number: u32) -> Option<TimePointSec> {
        self.blocks.block(number).map(|block| block.header().timestamp)
    }

    /// What happens from now on. Within [`Node::read`] that is what comes after what is read.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Event>> {
        self.events.subscribe()
    }

    /// Recovers the keys of a transaction and has it applied to the pending state.
    pub async fn push_transaction(&self, transaction: SignedTransaction) -> Result<(), ApiError> {
        let recovered = tokio::task::block_in_place(|| {
            RecoveredTransaction::new(transaction, &self.chain_id, Recover::Signatures)
        });
        self.ask(|reply| Command::Transaction(Box::new(recovered), reply)).await
    }

    /// Tries a transaction on the pending state and gives it back with the results of its
    /// operations.
    pub fn validate_transaction(&self, transaction: SignedTransaction) -> Result<Value, ApiError> {
        tokio::task::block_in_place(|| {
            let recovered =
                RecoveredTransaction::new(transaction, &self.chain_id, Recover::Signatures);
            let tried = self.home.write().chain.validate_transaction(&recovered, &Checks::ALL);
            let transaction = recovered.into_transaction();
            Ok(ProcessedTransaction { operation_results: tried?, transaction }.to_json())
        })
    }

    /// Says what a transaction would do to the pending state.
    pub fn simulate(
        &self,
        transaction: SignedTransaction,
        with_signatures: bool,
    ) -> Result<Value, ApiError> {
        tokio::task::block_in_place(|| {
            let recover = if with_signatures { Recover::Signatures } else { Recover::Nothing };
            let recovered = RecoveredTransaction::new(transaction, &self.chain_id, recover);
            let checks = Checks { transaction_signatures: with_signatures, ..Checks::ALL };
            let simulated = self.home.write().chain.simulate(&recovered, &checks)?;
            Ok(effects(&simulated))
        })
    }

    /// Recovers the keys of a block and has it applied.
    pub async fn push_block(&self, block: SignedBlock) -> Result<(), ApiError> {
        let recovered = tokio::task::block_in_place(|| {
            self.metrics.timed(Stage::Recover, || {
                RecoveredBlock::new(block, &self.chain_id, Recover::Signatures)
            })
        });
        recovered.validate()?;
        self.push_recovered_block(recovered).await
    }

    /// Has a block applied whose keys are known.
    pub async fn push_recovered_block(&self, block: RecoveredBlock) -> Result<(), ApiError> {
        self.ask(|reply| Command::Block(Box::new(block), reply)).await
    }

    /// Produces blocks, the first of them `seconds` after the head block at least.
    pub async fn produce(&self, blocks: u32, seconds: u32) -> Result<(), ApiError> {
        self.ask(|reply| Command::Produce { blocks, seconds, reply }).await
    }

    /// Changes the chain from outside the rules.
    pub async fn debug(&self, request: DebugRequest) -> Result<(), ApiError> {
        self.ask(|reply| Command::Debug(Box::new(request), reply)).await
    }

    async fn ask(&self, command: impl FnOnce(Reply) -> Command) -> Result<(), ApiError> {
        let (reply, answer) = oneshot::channel();
        match self.commands.try_send(command(reply)) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                return Err(ApiError::assert("the node has too much to do, try again later"));
            }
            Err(TrySendError::Disconnected(_)) => {
                return Err(ApiError::assert("the node is stopping"));
            }
        }
        answer.await.unwrap_or_else(|_| Err(ApiError::assert("the node is stopping")))
    }

    /// Ends the core after what it is doing, before what waits.
    pub fn stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
        // Wakes a core that has nothing to do; one whose queue is full is awake.
        let _full_or_gone = self.commands.try_send(Command::Stop);
    }
}

impl Core {
    /// Works until it is told to stop, or until the chain cannot be kept on disk.
    pub fn run(mut self) -> Result<()> {
        while !self.is_stopping() {
            match self.commands.recv_timeout(self.time_to_next_slot()?) {
                Err(RecvTimeoutError::Disconnected) => break,
                Ok(command) => self.obey(command)?,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if self.production == Production::ByTheClock {
                self.produce_if_due()?;
            }
        }
        self.snapshots.finish(LAST_SNAPSHOT_LIMIT);
        Ok(())
    }

    fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Relaxed)
    }

    /// Changes of objects are written down only while somebody wants to be told.
    fn observation(&self) -> Observe {
        let wanted = self.events.receiver_count() > 0 || self.stream.is_some();
        if wanted { Observe::Blocks } else { Observe::Operations }
    }

    fn obey(&mut self, command: Command) -> Result<()> {
        if let Err(short) = self.room.check(&self.home) {
            command.refuse(&short);
            return Ok(());
        }
        match command {
            Command::Transaction(transaction, reply) => {
                let transaction = Arc::from(transaction);
                let result = self.change(|chain| {
                    chain.push_transaction(transaction, &Checks::ALL).map(|_| ())
                })?;
                let accepted = result.is_ok();
                answer(reply, result);
                if accepted && self.production == Production::Instant {
                    self.produce_after(0)?;
                }
            }
            Command::Block(block, reply) => {
                let block = Arc::from(block);
                let result =
                    self.change(|chain| chain.push_block(block, &Checks::ALL).map(|_| ()))?;
                answer(reply, result);
            }
            Command::Produce { blocks, seconds, reply } => {
                for n in 0..blocks {
                    if self.is_stopping() {
                        // Without a reply the asker is told so.
                        return Ok(());
                    }
                    self.produce_after(if n == 0 { seconds } else { 0 })?;
                }
                answer(reply, Ok(()));
            }
            Command::Debug(request, reply) => {
                let done = self.debug(*request)?;
                let _asker_gone = reply.send(done);
            }
            Command::Stop => {}
        }
        Ok(())
    }

    /// Does what the debug API asks; only what keeps the chain from the disk ends the core.
    fn debug(&mut self, request: DebugRequest) -> Result<Result<(), ApiError>> {
        let done = match request {
            DebugRequest::UpdateObject(update) => {
                self.change(|chain| chain.update_object(&update, &Checks::ALL))?
            }
            DebugRequest::GenerateBlocks { key, count } => {
                let one = |chain: &mut Chain| chain.generate_with(&key, &Checks::ALL);
                self.repeat((0..count).map(|_| one))?
            }
            DebugRequest::PushBlocks { folder, count } => {
                let first = self.home.read().chain.head_number().saturating_add(1);
                let blocks = match blocks_of(&folder, first, count) {
                    Ok(blocks) => blocks,
                    Err(error) => return Ok(Err(ApiError::assert(format!("{error:#}")))),
                };
                self.repeat(blocks.into_iter().map(|block| {
                    move |chain: &mut Chain| {
                        let id = *chain.chain_id();
                        let block = RecoveredBlock::new(block, &id, Recover::Signatures);
                        chain.push_block(Arc::new(block), &Checks::ALL).map(|_| ())
                    }
                }))?
            }
            DebugRequest::StreamObjects(path) => match ObjectStream::create(&path) {
                Ok(stream) => {
                    self.stream = Some(stream);
                    Ok(())
                }
                Err(error) => return Ok(Err(ApiError::assert(format!("{error:#}")))),
            },
            DebugRequest::FlushStream => {
                let flushed = self.stream.as_mut().map_or(Ok(()), ObjectStream::flush);
                return Ok(flushed.map_err(|error| ApiError::assert(error.to_string())));
            }
        };
        Ok(done.map_err(ApiError::from))
    }

    /// Changes the chain step by step, until a step is refused.
    fn repeat<F>(&mut self, steps: impl Iterator<Item = F>) -> Result<Result<(), Rejected>>
    where
        F: FnOnce(&mut Chain) -> Result<(), Rejected>,
    {
        for step in steps {
            if let Err(rejected) = self.change(step)? {
                return Ok(Err(rejected));
            }
        }
        Ok(Ok(()))
    }

    /// Changes the chain and brings what happened to disk, to history and to the connections,
    /// before anybody can read it.
    fn change<R>(&mut self, change: impl FnOnce(&mut Chain) -> R) -> Result<R> {
        let shared = self.home.clone();
        let mut home = self.metrics.timed(Stage::Wait, || shared.write());
        home.chain.set_observe(self.observation());
        let started = Instant::now();
        let result = change(&mut home.chain);
        let time = started.elapsed();
        let events = home.chain.take_events();
        let has_block = events.iter().any(|event| matches!(event, ChainEvent::Applied(_)));
        self.metrics.took(if has_block { Stage::Apply } else { Stage::Pending }, time);
        for event in events {
            let started = Instant::now();
            home.follow(std::slice::from_ref(&event))?;
            match event {
                ChainEvent::Applied(applied) => {
                    self.metrics.took(Stage::Store, started.elapsed());
                    self.count(&applied);
                    (self.report)(&applied);
                    if let Some(Err(error)) = self.stream.as_mut().map(|one| one.write(&applied)) {
                        tracing::error!(%error, "objects are not written to the file any more");
                        self.stream = None;
                    }
                    self.metrics.timed(Stage::Tell, || {
                        self.tell(|| Event::Block {
                            event: BlockEvent::of(&applied, home.chain.ledger(), &home.history),
                            time: applied.block.block().header().timestamp,
                        });
                    });
                }
                ChainEvent::Pending(transaction) => {
                    self.tell(|| Event::Pending(transaction.transaction().to_json()));
                }
                ChainEvent::Undone { .. } | ChainEvent::Refused(_) => {}
            }
        }
        drop(home);
        self.snapshots.begin_if_due();
        Ok(result)
    }

    fn count(&self, applied: &AppliedBlock) {
        self.metrics.blocks.add(1);
        self.metrics.transactions.add(applied.block.block().transactions.len());
        self.metrics.operations.add(applied.operations.len());
    }

    fn tell(&self, event: impl FnOnce() -> Event) {
        if self.events.receiver_count() > 0 {
            let _nobody_listens = self.events.send(Arc::new(event()));
        }
    }

    fn time_to_next_slot(&self) -> Result<Duration> {
        if self.production == Production::Instant || self.keys.is_empty() {
            return Ok(IDLE);
        }
        let slot = self.home.read().chain.slot(1).map_err(to_error)?;
        Ok(self.clock.until(slot.time).min(IDLE))
    }

    fn produce_if_due(&mut self) -> Result<()> {
        let slot = self.home.read().chain.slot_at(self.clock.now()).map_err(to_error)?;
        match slot {
            Some(slot) if self.room.check(&self.home).is_ok() => self.produce(slot),
            _ => Ok(()),
        }
    }

    /// Produces in the present slot, or in one `seconds` after the head block if that is later.
    fn produce_after(&mut self, seconds: u32) -> Result<()> {
        let slot = {
            let home = self.home.read();
            let first = home.chain.slot(1).map_err(to_error)?;
            let head = home.chain.ledger().head_time().map_err(to_error)?;
            let time = head.wrapping_add(seconds).max(self.clock.now()).max(first.time);
            home.chain.slot_at(time).map_err(to_error)?.unwrap_or(first)
        };
        self.produce(slot)
    }

    fn produce(&mut self, slot: Slot) -> Result<()> {
        let key = {
            let home = self.home.read();
            let witness = home.chain.ledger().get(slot.witness).map_err(to_error)?;
            self.keys.get(&witness.signing_key.0).cloned()
        };
        let Some(key) = key else { return Ok(()) };
        let made = self.change(|chain| {
            chain.generate_block(slot.time, slot.witness, &key, &Checks::ALL).map(|_| ())
        })?;
        if let Err(rejected) = made {
            tracing::error!(%rejected, slot = slot.number, "no block for this slot");
        }
        Ok(())
    }
}

impl Command {
    /// Answers without doing anything.
    fn refuse(self, why: &ApiError) {
        match self {
            Self::Transaction(_, reply)
            | Self::Block(_, reply)
            | Self::Debug(_, reply)
            | Self::Produce { reply, .. } => {
                let _asker_gone = reply.send(Err(why.clone()));
            }
            Self::Stop => {}
        }
    }
}

fn answer(reply: Reply, result: Result<(), Rejected>) {
    let _asker_gone = reply.send(result.map_err(ApiError::from));
}

/// A refusal of what the node itself asked for.
pub(crate) fn to_error(rejected: Rejected) -> anyhow::Error {
    anyhow::anyhow!("{rejected}")
}

/// The public keys of private ones.
pub fn public_keys(keys: &[PrivateKey]) -> Vec<PublicKey> {
    keys.iter().map(PrivateKey::public_key).collect()
}
