//! What the debug API asks of the core: blocks from another directory, and a file of objects as
//! they change.
//!
//! Never part of the rules: a node whose debug API is closed never comes here.

use crate::home::{identity_of, read_block};
use anyhow::{Context as _, Result};
use carbyne_chain::AppliedBlock;
use carbyne_protocol::transaction::SignedBlock;
use carbyne_store::{BlockLog, DataDir};
use carbyne_wire::Dialect;
use serde_json::json;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

/// The blocks of the chain in a data directory from number `first` on, `count` at most.
pub fn blocks_of(folder: &str, first: u32, count: u32) -> Result<Vec<SignedBlock>> {
    let folder = Path::new(folder);
    let identity = identity_of(folder)?;
    let (log, _) = BlockLog::open(&DataDir::open(folder, &identity)?.blocks(), &identity)?;
    let reader = log.reader();
    let mut blocks = Vec::new();
    for number in (first..).take(count as usize) {
        let Some(block) = read_block(&reader, number)? else { break };
        blocks.push(block);
    }
    Ok(blocks)
}

/// A file of objects as blocks change them, one a line.
pub struct ObjectStream(BufWriter<File>, Dialect);

impl ObjectStream {
    /// Begins a file about a chain with that dialect.
    pub fn create(path: &str, dialect: Dialect) -> Result<Self> {
        let file = File::create(path).with_context(|| format!("{path} cannot be written"))?;
        Ok(Self(BufWriter::new(file), dialect))
    }

    /// Writes the number of a block, the objects it created or changed, and the ids of those it
    /// removed.
    pub fn write(&mut self, block: &AppliedBlock) -> std::io::Result<()> {
        writeln!(self.0, "{}", json!({ "bn": block.block.number() }))?;
        for change in &block.changes {
            match &change.new {
                Some(object) => writeln!(self.0, "{}", object.json(self.1))?,
                None => writeln!(self.0, "{}", json!({ "id": change.id.to_string() }))?,
            }
        }
        Ok(())
    }

    /// Brings the file up to date.
    pub fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}
