//! The node as the sockets see it: what they may ask of the chain, and how they are told.
//!
//! Transactions wait for their keys (`recovery`), then, as other requests do in a lane of their
//! own, for the core's thread (`runner`). Reading sees one moment of state, history and blocks
//! (`shared`). This file must never know a rule of the chain.

use crate::clock::Clock;
use crate::dev::Tools;
use crate::home::{Home, read_block};
use crate::metrics::{Metrics, Stage};
use crate::p2p::{Giving, Line, Logged, News, Report};
use crate::queue::{Queue, Refusal};
use crate::recovery::{Origin, Recovery, Submission, Waiting};
use crate::ring::{Ring, RingReader};
use crate::runner::{Command, Runner, Work};
use crate::shared::Shared;
use crate::snapshots::Source;
use crate::{queue, standstill};
use anyhow::{Context, Result};
use carbyne_api::event::BlockEvent;
use carbyne_api::{ApiError, Blocks, DebugRequest, NetworkRequest, Settings, View, effects};
use carbyne_chain::{AppliedBlock, BlockSigner};
use carbyne_core::{Input, Now};
use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_ledger::Trust;
use carbyne_peers::{Asked, Told};
use carbyne_protocol::Rejected;
use carbyne_protocol::recovered::{Recover, RecoveredBlock, RecoveredTransaction};
use carbyne_protocol::transaction::{ProcessedTransaction, SignedBlock, SignedTransaction};
use carbyne_store::BlockReader;
use carbyne_wire::{Dialect, Digest, JsonIn, TimePointSec};
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::oneshot;

pub use carbyne_core::Production;

/// Requests that may wait for the core, in each lane.
const QUEUE_LENGTH: usize = 10_000;

/// What connections are told.
#[derive(Debug)]
pub enum Event {
    /// A block was applied.
    Block(Box<BlockEvent>),
    /// A transaction became pending.
    Pending(PendingEvent),
}

/// A transaction that became pending; written down when the first connection wants it.
#[derive(Debug)]
pub struct PendingEvent {
    transaction: Arc<RecoveredTransaction>,
    dialect: Dialect,
    json: OnceLock<Value>,
}

impl Event {
    pub(crate) fn pending(transaction: Arc<RecoveredTransaction>, dialect: Dialect) -> Self {
        Self::Pending(PendingEvent { transaction, dialect, json: OnceLock::new() })
    }
}

impl PendingEvent {
    /// The transaction as clients see it.
    pub fn json(&self) -> &Value {
        self.json.get_or_init(|| self.transaction.transaction().to_json_in(self.dialect))
    }
}

/// Who is told what became of a request, and how long the core worked for it.
pub(crate) type Asker = oneshot::Sender<(Result<(), ApiError>, Duration)>;

/// Whom to tell what became of something.
pub(crate) enum Reply {
    /// Who waits for it.
    Asker(Asker),
    /// The peers, and what it was.
    Peers(Line, Box<Asked>),
}

/// The node as the sockets see it.
pub struct Node {
    /// What the operator set for the interface.
    pub settings: Settings,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Why no blocks come, if they do not.
    pub standstill: standstill::Shared,
    chain_id: Digest<32>,
    shared: Arc<Shared>,
    blocks: LoggedBlocks,
    commands: Arc<Queue<Command, Submission>>,
    recovery: Recovery<Command>,
    is_stopping: Arc<AtomicBool>,
    /// What a chain for development has beside.
    tools: OnceLock<Tools>,
}

/// What the operator set for the files.
#[derive(Clone, Copy, Debug)]
pub struct Storage {
    /// Blocks between two snapshots of the state; 0 for none.
    pub snapshot_every: u32,
    /// Bytes that must be free on the disk for the node to take anything in.
    pub keep_free_bytes: u64,
    /// Whether a witness among peers makes blocks on a head block that is old.
    pub enable_stale_production: bool,
}

impl Default for Storage {
    fn default() -> Self {
        Self { snapshot_every: 1_000, keep_free_bytes: 64 << 20, enable_stale_production: false }
    }
}

struct LoggedBlocks(BlockReader);

impl Blocks for LoggedBlocks {
    fn block(&self, number: u32) -> Option<SignedBlock> {
        read_block(&self.0, number).ok().flatten()
    }
}

/// Makes a node from a chain and who signs its blocks; `report` is called for every block.
pub fn start<S: BlockSigner + 'static>(
    home: Home,
    signers: Vec<S>,
    production: Production,
    settings: Settings,
    storage: Storage,
    report: fn(&AppliedBlock),
) -> Result<(Arc<Node>, Runner)> {
    let (commands, taker) = queue::queue(QUEUE_LENGTH);
    let chain_id = *home.chain().chain_id();
    let recovery = Recovery::start(chain_id, commands.clone(), QUEUE_LENGTH)
        .context("cannot start threads that recover keys")?;
    let blocks = LoggedBlocks(home.kept.log.reader());
    let Home { mut core, history, kept, snapshots, began_at, .. } = home;
    let keys_here = signers.iter().map(BlockSigner::public_key).collect();
    core.set_producers(signers, production);
    let shared = Arc::new(Shared::new(core, history, snapshots, began_at));
    let is_stopping = Arc::<AtomicBool>::default();
    let runner = Runner::new(
        shared.clone(),
        taker,
        is_stopping.clone(),
        kept,
        (keys_here, production),
        storage,
        report,
    );
    let node = Node {
        settings,
        metrics: shared.metrics.clone(),
        standstill: runner.standstill(),
        chain_id,
        shared,
        blocks,
        commands,
        recovery,
        is_stopping,
        tools: OnceLock::new(),
    };
    Ok((Arc::new(node), runner))
}

impl Node {
    /// Lets `read` look at the state, its history and its blocks of one moment. None if the node is
    /// stopping because the last block could not be brought to disk.
    pub fn read<R>(&self, read: impl FnOnce(&View<'_>) -> R) -> Option<R> {
        self.shared.read(|state, past| {
            read(&View::new(
                state.core.chain.ledger(),
                &past.history,
                &state.refusals,
                &self.blocks,
                &self.settings,
            ))
        })
    }

    /// Gives the node what a chain for development has beside.
    pub(crate) fn give_tools(&self, tools: Tools) {
        let _once = self.tools.set(tools);
    }

    /// What a chain for development has beside.
    pub(crate) fn tools(&self) -> Option<&Tools> {
        self.tools.get()
    }

    /// How the chain writes and reads values.
    pub fn dialect(&self) -> Dialect {
        self.shared.dialect
    }

    /// Which chain it is.
    pub fn chain_id(&self) -> &Digest<32> {
        &self.chain_id
    }

    /// Number and packed bytes of the transactions that wait for a block.
    pub fn pending(&self) -> Option<(usize, usize)> {
        self.shared.read(|state, _| {
            let chain = &state.core.chain;
            (chain.pending_count(), chain.pending_bytes())
        })
    }

    /// Time of a block of the log.
    pub fn block_time(&self, number: u32) -> Option<TimePointSec> {
        self.blocks.block(number).map(|block| block.header().timestamp)
    }

    /// What happens from now on. Within [`Node::read`] that is what comes after what is read.
    pub fn subscribe(&self) -> RingReader<Event> {
        self.ring().read()
    }

    fn ring(&self) -> &Arc<Ring<Event>> {
        &self.shared.ring
    }

    /// Recovers the keys of a transaction and has it applied to the pending state.
    pub async fn push_transaction(&self, transaction: SignedTransaction) -> Result<(), ApiError> {
        let pushed = self.ask(|asker| {
            let waiting = Waiting { transaction, from: Origin::Asker(asker) };
            self.recovery.push(waiting)
        });
        let pushed = pushed.await;
        if let (Err(error), Some(tools)) = (&pushed, self.tools()) {
            (tools.refused)(error);
        }
        pushed
    }

    /// Tries a transaction on the pending state and gives it back with the results of its
    /// operations.
    pub fn validate_transaction(&self, transaction: SignedTransaction) -> Result<Value, ApiError> {
        tokio::task::block_in_place(|| {
            let recovered =
                RecoveredTransaction::new(transaction, &self.chain_id, Recover::Signatures);
            let tried = self
                .shared
                .try_out(|state| state.core.chain.validate_transaction(&recovered, Trust::Nobody));
            let operation_results = tried.ok_or_else(is_stopping)??;
            let transaction = recovered.transaction().clone();
            let processed = ProcessedTransaction { operation_results, transaction };
            Ok(processed.to_json_in(self.shared.dialect))
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
            let trust = if with_signatures { Trust::Nobody } else { Trust::Unsigned };
            let tried = self.shared.try_out(|state| state.core.chain.simulate(&recovered, trust));
            Ok(effects(&tried.ok_or_else(is_stopping)??, self.shared.dialect))
        })
    }

    /// Recovers the keys of a block and has it applied.
    pub async fn push_block(&self, block: SignedBlock) -> Result<(), ApiError> {
        let recovered = tokio::task::block_in_place(|| {
            let waiting = self.shared.look(|state| state.core.chain.pending().cloned().collect());
            self.metrics.timed(Stage::Recover, || self.recovery.block(block, waiting))
        });
        recovered.validate()?;
        self.push_recovered_block(recovered).await
    }

    /// Has a block applied whose keys are known.
    pub async fn push_recovered_block(&self, block: RecoveredBlock) -> Result<(), ApiError> {
        let input = Input::Block(Arc::new(block), Trust::Nobody);
        self.order(Work::Step(input)).await
    }

    /// Produces blocks, the first of them `seconds` after the head block at least.
    pub async fn produce(&self, blocks: u32, seconds: u32) -> Result<(), ApiError> {
        self.order(Work::Produce { blocks, seconds }).await
    }

    /// Changes the chain from outside the rules.
    pub async fn debug(&self, request: DebugRequest) -> Result<(), ApiError> {
        self.order(Work::Debug(request)).await
    }

    /// Marks the head block, so that the chain can go back to it.
    pub(crate) async fn mark(&self, id: u32) -> Result<(), ApiError> {
        self.order(Work::Mark(id)).await
    }

    /// Goes back to a marked block.
    pub(crate) async fn revert(&self, id: u32) -> Result<(), ApiError> {
        self.order(Work::Revert(id)).await
    }

    async fn order(&self, work: Work) -> Result<(), ApiError> {
        self.ask(|asker| {
            let reply = Reply::Asker(asker);
            self.commands.push_first(Command { work, reply })
        })
        .await
    }

    async fn ask(&self, push: impl FnOnce(Asker) -> Result<(), Refusal>) -> Result<(), ApiError> {
        let (asker, answer) = oneshot::channel();
        match push(asker) {
            Ok(()) => {}
            Err(Refusal::Full) => {
                return Err(ApiError::assert("the node has too much to do, try again later"));
            }
            Err(Refusal::Closed) => return Err(is_stopping()),
        }
        let Ok((result, worked)) = answer.await else { return Err(is_stopping()) };
        crate::budget::worked_elsewhere(worked);
        result
    }

    /// Has peers told from now on; gives the chain as they may know it. To be called before the
    /// core does anything.
    pub(crate) fn join(&self, line: Line, report: Arc<Report>) -> Told {
        self.shared.join(line, report);
        let log = Box::new(Logged::new(self.blocks.0.clone()));
        self.shared.look(|state| Told::of(&state.core.chain, log))
    }

    /// The states that others may be given.
    pub(crate) fn states(&self) -> Giving {
        Giving::new(self.shared.store())
    }

    /// What may be known of the peers, if there are to be any.
    pub fn peers(&self) -> Option<&Report> {
        self.shared.report()
    }

    /// Finds the keys of blocks that peers sent, on several threads.
    pub(crate) fn recover_blocks(&self, blocks: Vec<SignedBlock>) -> Vec<RecoveredBlock> {
        if blocks.len() > 1 {
            return self.recovery.blocks(blocks);
        }
        let recover = |block| {
            let waiting = self.shared.look(|state| state.core.chain.pending().cloned().collect());
            self.metrics.timed(Stage::Recover, || self.recovery.block(block, waiting))
        };
        blocks.into_iter().map(recover).collect()
    }

    /// Whether a block is good as far as that can be said without applying it.
    pub(crate) fn is_sound(&self, block: &RecoveredBlock) -> bool {
        let now = Now(Clock.milliseconds());
        self.shared.look(|state| state.core.is_sound(now, block))
    }

    /// Has the core look at blocks that peers sent, in order; the peers are told of those for which
    /// there is no room.
    pub(crate) fn push_asked(&self, line: &Line, asked: Vec<Asked>) {
        let commands = asked.into_iter().map(|asked| {
            let work = Work::Step(asked.input());
            Command { work, reply: Reply::Peers(line.clone(), Box::new(asked)) }
        });
        for refused in self.commands.push_all_first(commands) {
            if let Reply::Peers(line, asked) = refused.reply {
                line.refuse(asked);
            }
        }
    }

    /// Finds the keys of a transaction that a peer sent and has the core look at it.
    pub(crate) fn recover_transaction(&self, waiting: Waiting) {
        let _the_peers_were_told = self.recovery.push(waiting);
    }

    /// What clients ask about peers, or want done about them.
    pub async fn network(&self, request: NetworkRequest) -> Result<Value, ApiError> {
        let Some(line) = self.shared.peers() else { return request.without_peers() };
        let (asker, answer) = oneshot::channel();
        line.tell(News::Ask(request, asker));
        answer.await.unwrap_or_else(|_| Err(is_stopping()))
    }

    /// Ends the core after what it is doing, before what waits.
    pub fn stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
        self.commands.wake();
    }
}

fn is_stopping() -> ApiError {
    ApiError::assert("the node is stopping")
}

/// A refusal of what the node itself asked for.
pub(crate) fn to_error(rejected: Rejected) -> anyhow::Error {
    anyhow::anyhow!("{rejected}")
}

/// The public keys of private ones.
pub fn public_keys(keys: &[PrivateKey]) -> Vec<PublicKey> {
    keys.iter().map(PrivateKey::public_key).collect()
}
