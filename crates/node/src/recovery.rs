//! Threads that find the keys of transactions ahead of the core, and hand them on in the order in
//! which they came.
//!
//! Invariant: what comes first is at the core first, whichever thread is done first; what waits
//! here is bounded. This file must never know what a transaction does.

use crate::budget::thread_time;
use crate::core::{Asker, Reply};
use crate::p2p::Line;
use crate::queue::{Queue, Refusal};
use crate::run;
use crate::signers::Seers;
use carbyne_ledger::read_ahead::GROUP;
use carbyne_net::Token;
use carbyne_peers::{Asked, Item};
use carbyne_protocol::recovered::{
    Known, Part, Recover, RecoveredBlock, RecoveredTransaction, Sources,
};
use carbyne_protocol::transaction::{SignedBlock, SignedTransaction};
use carbyne_wire::{Digest, Hash160};
use parking_lot::{Condvar, Mutex, MutexGuard};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

/// Transactions that a thread takes at once, at most: the more are checked together, the less each
/// costs. Only as many as have heaped up are.
const AT_ONCE: usize = 16 * GROUP;
/// Transactions that a thread takes at least, if so many wait: fewer cannot be checked together.
const TOGETHER: usize = 128;
/// When so many came together the last time, more are waited for, for so long.
const MANY: usize = 16;
const GATHER_FOR: Duration = Duration::from_millis(1);
/// Blocks without many transactions that are worth a thread.
const BLOCKS_PER_THREAD: usize = 64;
/// Transactions of a block that are worth a thread.
const PER_THREAD: NonZeroUsize = NonZeroUsize::new(64).unwrap();

/// A transaction whose keys are to be found.
pub(crate) struct Waiting {
    pub(crate) transaction: SignedTransaction,
    pub(crate) from: Origin,
}

impl Waiting {
    /// Tells peers that there is no room; others who ask are told by who pushed it.
    fn refuse(self, chain_id: &Digest<32>) {
        let Origin::Peer(line, token) = self.from else { return };
        let recovered = RecoveredTransaction::new(self.transaction, chain_id, Recover::Nothing);
        let asked = Asked { token, item: Item::Transaction(Arc::new(recovered)) };
        line.refuse(Box::new(asked));
    }
}

/// Who sent a transaction.
pub(crate) enum Origin {
    /// Somebody who waits for what becomes of it.
    Asker(Asker),
    /// A peer.
    Peer(Line, Token),
}

impl Origin {
    fn reply(self, transaction: &Arc<RecoveredTransaction>) -> Reply {
        match self {
            Self::Asker(asker) => Reply::Asker(asker),
            Self::Peer(line, token) => {
                let item = Item::Transaction(transaction.clone());
                Reply::Peers(line, Box::new(Asked { token, item }))
            }
        }
    }
}

/// A transaction whose keys are known, on its way to the core.
pub(crate) struct Submission {
    pub(crate) transaction: Arc<RecoveredTransaction>,
    pub(crate) reply: Reply,
    /// Processor time that others spent on it.
    pub(crate) worked: Duration,
}

struct Heap {
    asked: VecDeque<Waiting>,
    /// Number of the first of them.
    first: u64,
    is_closed: bool,
}

/// What is on its way to the core.
struct Done {
    /// Number of the transaction that is next.
    next: u64,
    /// What was done before what is next, by the number of its first transaction.
    early: BTreeMap<u64, Vec<Submission>>,
}

struct Pool<F> {
    waiting: Mutex<Heap>,
    came: Condvar,
    done: Mutex<Done>,
    chain_id: Digest<32>,
    core: Arc<Queue<F, Submission>>,
    length_max: usize,
    threads: usize,
    signers: Seers,
}

/// The threads; they end when this goes.
pub(crate) struct Recovery<F: Send + 'static>(Arc<Pool<F>>);

impl<F: Send + 'static> Recovery<F> {
    /// Starts a thread for each processor. `length_max` transactions may wait.
    pub(crate) fn start(
        chain_id: Digest<32>,
        core: Arc<Queue<F, Submission>>,
        length_max: usize,
    ) -> std::io::Result<Self> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let waiting = Heap { asked: VecDeque::new(), first: 0, is_closed: false };
        let pool = Arc::new(Pool {
            waiting: Mutex::new(waiting),
            came: Condvar::new(),
            done: Mutex::new(Done { next: 0, early: BTreeMap::new() }),
            chain_id,
            core,
            length_max,
            threads,
            signers: Seers::default(),
        });
        // Made first, so that the threads that were started end if another cannot be.
        let recovery = Self(pool);
        for _ in 0..threads {
            let pool = recovery.0.clone();
            let thread = std::thread::Builder::new().name("keys".into());
            thread.spawn(move || {
                run::yield_to_core();
                pool.work();
            })?;
        }
        Ok(recovery)
    }

    /// Lets a transaction wait for its keys, and then for the core.
    pub(crate) fn push(&self, asked: Waiting) -> Result<(), Refusal> {
        let mut waiting = self.0.waiting.lock();
        if waiting.asked.len() >= self.0.length_max {
            drop(waiting);
            asked.refuse(&self.0.chain_id);
            return Err(Refusal::Full);
        }
        waiting.asked.push_back(asked);
        drop(waiting);
        self.0.came.notify_one();
        Ok(())
    }

    /// Finds the keys of several blocks, each on one of several threads.
    pub(crate) fn blocks(&self, blocks: Vec<SignedBlock>) -> Vec<RecoveredBlock> {
        let each = blocks.len().div_ceil(self.0.threads).max(1);
        let transactions: usize = blocks.iter().map(|block| block.transactions.len()).sum();
        // Few signatures are not worth another thread, and more of them are cheaper together.
        let each =
            if transactions < BLOCKS_PER_THREAD { each.max(BLOCKS_PER_THREAD) } else { each };
        let mut blocks = blocks.into_iter();
        let Pool { chain_id, signers, .. } = &*self.0;
        let recover = |share| RecoveredBlock::all(share, chain_id, signers);
        let recover = &recover;
        std::thread::scope(|scope| {
            let mut shares = Vec::new();
            while blocks.len() > 0 {
                let share: Vec<SignedBlock> = blocks.by_ref().take(each).collect();
                shares.push(scope.spawn(move || recover(share)));
            }
            shares.into_iter().flat_map(|share| share.join().unwrap_or_default()).collect()
        })
    }

    /// Finds the keys of a block on several threads; of what waits for a block they are known.
    pub(crate) fn block(
        &self,
        block: SignedBlock,
        waiting: Vec<Arc<RecoveredTransaction>>,
    ) -> RecoveredBlock {
        let waiting: HashMap<Hash160, _> = waiting.into_iter().map(|one| (one.id(), one)).collect();
        let known: Known<'_> = &|id| waiting.get(id).cloned();
        let Pool { chain_id, signers, threads, .. } = &*self.0;
        let sources = Sources { chain_id, known, signers };
        let share = NonZeroUsize::new(block.transactions.len().div_ceil(*threads));
        let each = share.map_or(PER_THREAD, |share| share.max(PER_THREAD));
        RecoveredBlock::in_parts(block, sources, each, |parts| {
            std::thread::scope(|scope| {
                let mut parts = parts.iter_mut();
                let own = parts.next();
                parts.for_each(|part| drop(scope.spawn(|| part.work())));
                own.into_iter().for_each(Part::work);
            });
        })
    }
}

impl<F: Send> Pool<F> {
    fn work(&self) {
        let mut count = 0;
        while let Some((first, asked)) = self.take(count) {
            count = asked.len();
            self.hand_on(first, self.recover(asked));
        }
    }

    /// What came first, and its number; none at the end. Some is left for the other threads. So
    /// many were taken the last time.
    fn take(&self, last: usize) -> Option<(u64, Vec<Waiting>)> {
        let mut waiting = self.waiting.lock();
        let mut has_gathered = last < MANY;
        loop {
            if waiting.asked.is_empty() {
                if waiting.is_closed {
                    return None;
                }
                self.came.wait(&mut waiting);
            } else if has_gathered || waiting.asked.len() >= TOGETHER {
                break;
            } else {
                MutexGuard::unlocked(&mut waiting, || std::thread::sleep(GATHER_FOR));
                has_gathered = true;
            }
        }
        let share = waiting.asked.len().div_ceil(self.threads).max(TOGETHER);
        let count = share.min(waiting.asked.len()).min(AT_ONCE);
        let first = waiting.first;
        waiting.first += count as u64;
        Some((first, waiting.asked.drain(..count).collect()))
    }

    /// Each is charged an equal share of the time.
    fn recover(&self, asked: Vec<Waiting>) -> Vec<Submission> {
        let started = thread_time();
        let count = u32::try_from(asked.len()).unwrap_or(u32::MAX).max(1);
        let (transactions, from): (Vec<_>, Vec<_>) =
            asked.into_iter().map(|asked| (asked.transaction, asked.from)).unzip();
        let recovered = RecoveredTransaction::all(transactions, &self.chain_id, &self.signers);
        let worked = thread_time().saturating_sub(started) / count;
        let submission = |(recovered, from): (_, Origin)| {
            let transaction = Arc::new(recovered);
            Submission { reply: from.reply(&transaction), transaction, worked }
        };
        recovered.into_iter().zip(from).map(submission).collect()
    }

    /// Gives the core what is next, which may be more than this: what was done too early.
    fn hand_on(&self, first: u64, submissions: Vec<Submission>) {
        let mut done = self.done.lock();
        done.early.insert(first, submissions);
        let mut ready = Vec::new();
        let mut next = done.next;
        while let Some(more) = done.early.remove(&next) {
            next += more.len() as u64;
            ready.extend(more);
        }
        done.next = next;
        if !ready.is_empty() {
            // With the lock held: nobody may go ahead while this waits for room.
            self.core.push_all_last(ready);
        }
    }
}

impl<F: Send + 'static> Drop for Recovery<F> {
    fn drop(&mut self) {
        self.0.waiting.lock().is_closed = true;
        self.0.came.notify_all();
    }
}
