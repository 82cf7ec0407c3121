//! The core and what follows it one after the other, in the thread that asks: for starts, imports,
//! checks and tests. With threads of their own `runner` and `follow` do the same.
//!
//! Invariant: blocks are on disk and in history when [`Home::settle`] returns. Blocks that are
//! applied again bring their time with them. This file must never know a rule of the chain.

use crate::ahead::ahead;
use crate::home::{Home, begin, follow_history, operations_of, progress};
use anyhow::{Context, Result, anyhow};
use carbyne_chain::{Chain, ChainEvent};
use carbyne_core::{Core, Effects, Input, Now, Outcome, Production};
use carbyne_index::History;
use carbyne_ledger::{Ledger, Trust};
use carbyne_protocol::recovered::{Recover, RecoveredBlock};
use carbyne_protocol::transaction::SignedBlock;
use carbyne_store::{BlockReader, Blocks, LoggedBlock, StoreError};
use carbyne_wire::{Dialect, Digest, Tags, unpack_exact};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread;

/// Events that history is given together, and operations in them, about: to wake its thread costs
/// more than an empty block does.
const EVENTS_AT_ONCE: usize = 64;
const OPERATIONS_AT_ONCE: usize = 512;
/// Such heaps that may wait for history while blocks are applied.
const HEAPS_WAITING_MAX: usize = 8;

impl Home {
    /// The chain.
    pub fn chain(&self) -> &Chain {
        &self.core.chain
    }

    /// Does a step; what it did waits for [`Home::settle`], so that many share one write.
    pub fn advance(&mut self, now: Now, input: Input) -> Outcome {
        let mut effects = Effects::default();
        let outcome = self.core.step(now, input, &mut effects);
        self.unsettled.extend(effects.events);
        outcome
    }

    /// Brings what steps did to disk and into history, in order; gives what that was.
    pub fn settle(&mut self) -> Result<Vec<ChainEvent>> {
        let events = std::mem::take(&mut self.unsettled);
        self.kept.write(&events)?;
        follow_history(&mut self.history, &events);
        Ok(events)
    }

    /// Does a step and brings what it did to disk and into history; a refusal is an error.
    pub fn step(&mut self, now: Now, input: Input) -> Result<Vec<ChainEvent>> {
        let outcome = self.advance(now, input);
        let events = self.settle()?;
        outcome.map_err(|refused| anyhow!("{}", refused.rejected))?;
        Ok(events)
    }

    /// Takes in a block that somebody has already; whoever asks says who vouches for it.
    pub fn take_in(&mut self, block: Arc<RecoveredBlock>, trust: Trust) -> Outcome {
        let now = time_of(&block);
        self.advance(now, Input::Block(block, trust))
    }

    /// Applies the blocks of the log after block `number`; they were checked when they were
    /// written.
    pub(crate) fn replay(&mut self, number: u32) -> Result<()> {
        let head = self.kept.log.head().map_or(0, |(head, _)| head);
        let blocks = self.kept.log.blocks_from(number.saturating_add(1));
        let bar = progress(u64::from(head.saturating_sub(number)), "replaying");
        let (core, history) = (&mut self.core, &mut self.history);
        with_history(history, |follow| {
            replay(core, blocks, &mut |_, events| {
                bar.inc(1);
                follow(events)
            })
        })?;
        bar.finish_and_clear();
        Ok(())
    }
}

/// The time of a block, for who applies it again.
fn time_of(block: &RecoveredBlock) -> Now {
    Now(i64::from(block.block().header().timestamp.0).saturating_mul(1_000))
}

/// Takes events into history on a thread of its own, while others are gathered.
fn with_history(
    history: &mut History,
    work: impl FnOnce(&mut dyn FnMut(Vec<ChainEvent>) -> Result<()>) -> Result<()>,
) -> Result<()> {
    thread::scope(|scope| {
        let (sender, receiver) = sync_channel::<Vec<ChainEvent>>(HEAPS_WAITING_MAX);
        scope.spawn(move || receiver.iter().for_each(|events| follow_history(history, &events)));
        let send = |events| sender.send(events).context("the history's thread stopped at a bug");
        let (mut heap, mut operations) = (Vec::new(), 0);
        work(&mut |events: Vec<ChainEvent>| {
            operations += events.iter().map(operations_of).sum::<usize>();
            heap.extend(events);
            if heap.len() < EVENTS_AT_ONCE && operations < OPERATIONS_AT_ONCE {
                return Ok(());
            }
            operations = 0;
            send(std::mem::take(&mut heap))
        })?;
        send(heap)
    })
}

/// Applies blocks of a log; `follow` is given what each did.
fn replay(
    core: &mut Core,
    blocks: Blocks,
    follow: &mut dyn FnMut(&Core, Vec<ChainEvent>) -> Result<()>,
) -> Result<()> {
    let chain_id = *core.chain.chain_id();
    let sized = blocks.map(|logged| {
        let size = logged.as_ref().map_or(0, |logged| logged.bytes.len());
        (size, logged)
    });
    let read = |logged| read(logged, &chain_id);
    ahead(sized, read, |block| {
        let block = block?;
        let (number, now) = (block.number(), time_of(&block));
        let mut effects = Effects::default();
        core.step(now, Input::Block(block, Trust::OurLog), &mut effects).map_err(|refused| {
            anyhow!("block {number} of the log does not apply: {}", refused.rejected)
        })?;
        follow(core, effects.events)
    })
}

/// Reads a block of the log; it was checked when it was written.
fn read(
    logged: Result<LoggedBlock, StoreError>,
    chain_id: &Digest<32>,
) -> Result<Arc<RecoveredBlock>> {
    let LoggedBlock { number, bytes, .. } = logged?;
    let block: SignedBlock = unpack_exact(&bytes, Tags::All)
        .with_context(|| format!("block {number} of the log cannot be read"))?;
    Ok(Arc::new(RecoveredBlock::new(block, chain_id, Recover::Nothing)))
}

/// Replays every block of a chain from the genesis on, without changing anything in its directory;
/// `visit` sees the state after each.
pub fn replay_from_genesis(
    genesis: &[u8],
    reader: &BlockReader,
    visit: &mut dyn FnMut(u32, &Ledger) -> Result<()>,
) -> Result<Chain> {
    let (ledger, chain_id) = begin(genesis, Dialect::REFERENCE)?;
    let mut core = Core::new(Chain::new(ledger, chain_id), Vec::new(), Production::None);
    let bar = progress(reader.head().map_or(0, |(head, _)| head.into()), "replaying");
    replay(&mut core, reader.blocks_from(1), &mut |core, _| {
        bar.inc(1);
        visit(core.chain.head_number(), core.chain.ledger())
    })?;
    bar.finish_and_clear();
    Ok(core.chain)
}
