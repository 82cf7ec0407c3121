//! The node as the source of other databases, and what it counts of them.
//!
//! Invariant: the state's lock is held for reading one block at most, so the core never waits for a
//! database. This file must never know how a database is written to.

use crate::core::Node;
use crate::metrics::{COUNTER, GAUGE, Page};
use anyhow::{Context, Result, bail, ensure};
use carbyne_api::View;
use carbyne_index::{History, OperationHistory};
use carbyne_protocol::transaction::SignedBlock;
use carbyne_sink::{Feeder, Progress, Settings, SinkBlock, Source, SourceError, State};
use carbyne_wire::{Dialect, Digest, Hash160, Pack};
use std::sync::Arc;

/// Begins to feed PostgreSQL, if the operator wants it.
pub fn start(node: &Arc<Node>, settings: Option<Settings>) -> Result<Option<Feeder>> {
    let Some(settings) = settings else { return Ok(None) };
    let source = NodeSource(node.clone());
    let feeder = Feeder::start(source, settings).context("cannot start feeding PostgreSQL")?;
    node.metrics.count_postgres(feeder.progress());
    Ok(Some(feeder))
}

struct NodeSource(Arc<Node>);

impl NodeSource {
    /// Nothing while the node is stopping because its disk failed.
    fn read<R>(&self, read: impl FnOnce(&View<'_>) -> Result<Option<R>>) -> ReadResult<R> {
        Ok(self.0.read(read).transpose()?.flatten())
    }
}

type ReadResult<R> = Result<Option<R>, SourceError>;

impl Source for NodeSource {
    fn chain_id(&self) -> Digest<32> {
        *self.0.chain_id()
    }

    fn dialect(&self) -> Dialect {
        self.0.dialect()
    }

    fn head(&self) -> ReadResult<(u32, Hash160)> {
        self.read(|view| Ok(Some(head(view)?).filter(|(number, _)| *number > 0)))
    }

    fn block_id(&self, number: u32) -> ReadResult<Hash160> {
        self.read(|view| {
            let head = head(view)?;
            if head.0 == number {
                return Ok(Some(head.1));
            }
            if let Some(block) = view.blocks.block(number) {
                return Ok(Some(block.id()));
            }
            // A node that began at the snapshot of a block has only its id, in the next one.
            let next = number.checked_add(1).and_then(|next| view.blocks.block(next));
            Ok(next.map(|next| next.header().previous))
        })
    }

    fn block(&self, number: u32) -> ReadResult<SinkBlock> {
        let found = self.read(|view| {
            let Some(block) = view.blocks.block(number) else { return Ok(None) };
            Ok(Some((block, operations(view.history, number)?)))
        })?;
        Ok(found.map(|(block, operations)| sink_block(&block, operations)))
    }
}

fn sink_block(block: &SignedBlock, operations: Vec<OperationHistory>) -> SinkBlock {
    let header = block.header();
    SinkBlock {
        number: block.block_num(),
        id: block.id(),
        previous: header.previous,
        time: header.timestamp,
        witness: header.witness,
        bytes: block.to_bytes().len(),
        transactions: block.transactions.iter().map(|each| each.transaction.id()).collect(),
        operations,
    }
}

/// Number and id of the head block; number 0 before the first.
fn head(view: &View<'_>) -> Result<(u32, Hash160)> {
    let dynamic = view.ledger.dynamic().map_err(|rejected| anyhow::anyhow!("{rejected}"))?;
    Ok((dynamic.head_block_number, dynamic.head_block_id))
}

/// Everything that a block applied; an error if history does not know.
fn operations(history: &History, number: u32) -> Result<Vec<OperationHistory>> {
    if let Some(why) = history.failure() {
        bail!("{why}");
    }
    let first = history.first_block();
    ensure!(
        number >= first,
        "history begins at block {first}, block {number} is wanted: `carbyne history rebuild` \
         makes it anew from the blocks"
    );
    Ok(history.block(number).into_iter().flat_map(|block| history.operations(block)).collect())
}

/// Appends what is counted of PostgreSQL.
pub fn write(page: &mut Page, progress: &Progress) {
    let what = "Blocks written to PostgreSQL.";
    page.single("carbyne_postgres_blocks_total", COUNTER, what, progress.blocks());
    let what = "Operations written to PostgreSQL.";
    page.single("carbyne_postgres_operations_total", COUNTER, what, progress.operations());
    let what = "Blocks deleted from PostgreSQL because the chain left their branch.";
    page.single("carbyne_postgres_rolled_back_total", COUNTER, what, progress.rolled_back());
    let what = "Times that PostgreSQL was lost or refused.";
    page.single("carbyne_postgres_failures_total", COUNTER, what, progress.failures());
    let what = "Blocks that PostgreSQL is behind.";
    page.single("carbyne_postgres_behind_blocks", GAUGE, what, progress.behind());
    let what = "How feeding PostgreSQL stands: 1 for the state it is in.";
    page.family("carbyne_postgres_state", GAUGE, what);
    for (state, name) in State::ALL {
        let is_in = u8::from(state == progress.state());
        page.sample("carbyne_postgres_state", &[("state", name)], is_in);
    }
}
