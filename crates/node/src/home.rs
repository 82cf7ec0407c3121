//! A chain in a data directory: its genesis, its block log, and the state that replaying the log gives.

use anyhow::{Context, Result, bail, ensure};
use carbyne_chain::{Chain, ChainEvent};
use carbyne_crypto::hash::sha256;
use carbyne_index::History;
use carbyne_ledger::Ledger;
use carbyne_ledger::block::Checks;
use carbyne_ledger::genesis::GenesisState;
use carbyne_ledger::recovered::{Recover, RecoveredBlock};
use carbyne_ledger::transaction::SignedBlock;
use carbyne_store::{BlockLog, BlockReader, ChainIdentity, DataDir};
use carbyne_wire::{Digest, Json, Pack, unpack_exact};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::Path;
use std::sync::Arc;

/// The genesis of the chain, beside its blocks.
const GENESIS: &str = "genesis.json";

/// A chain in a data directory.
pub struct Home {
    /// State, forks and pending transactions.
    pub chain: Chain,
    /// What happened.
    pub history: History,
    /// Its blocks on disk.
    pub log: BlockLog,
    /// Holds the directory until it is dropped.
    _dir: DataDir,
}

impl Home {
    /// Opens the chain in `dir`, or begins the chain of `genesis` there, and replays its blocks.
    pub fn open(dir: &Path, genesis: Option<Vec<u8>>) -> Result<Self> {
        let genesis = match genesis {
            Some(bytes) => bytes,
            None => std::fs::read(dir.join(GENESIS)).with_context(|| {
                format!("there is no chain in {}; give it a genesis file", dir.display())
            })?,
        };
        let (ledger, chain_id) = begin(&genesis)?;
        let identity = ChainIdentity::new(chain_id.0);
        let data = DataDir::open(dir, &identity)?;
        keep_genesis(dir, &genesis)?;
        let (log, recovery) = BlockLog::open(&data.blocks(), &identity)?;
        if let Some(torn) = recovery.torn {
            eprintln!(
                "carbyne: cut off {} bytes of an unfinished block in {}",
                torn.bytes,
                torn.segment.display()
            );
        }
        let chain = Chain::new(ledger, chain_id);
        let mut home = Self { chain, history: History::new(Default::default()), log, _dir: data };
        home.replay()?;
        Ok(home)
    }

    /// Applies the blocks of the log, which were checked when they were written.
    fn replay(&mut self) -> Result<()> {
        let Some((head, _)) = self.log.head() else { return Ok(()) };
        let bar = progress(u64::from(head), "replaying");
        for logged in self.log.blocks_from(1) {
            let logged = logged?;
            let block: SignedBlock = unpack_exact(&logged.bytes)
                .with_context(|| format!("block {} of the log cannot be read", logged.number))?;
            let recovered = RecoveredBlock::new(block, self.chain.chain_id(), Recover::Nothing);
            self.chain.push_block(Arc::new(recovered), &Checks::REPLAY).map_err(|rejected| {
                anyhow::anyhow!("block {} of the log does not apply: {rejected}", logged.number)
            })?;
            let events = self.chain.take_events();
            follow_history(&mut self.history, &self.chain, &events);
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// Brings events to disk and into history, in order; blocks are durable when it returns.
    pub fn follow(&mut self, events: &[ChainEvent]) -> Result<()> {
        for event in events {
            match event {
                ChainEvent::Undone { number, .. } => self.log.truncate_after(number - 1)?,
                ChainEvent::Applied(applied) => {
                    let block = &applied.block;
                    self.log.append(block.number(), &block.id().0, &block.block().to_bytes())?;
                }
                ChainEvent::Pending(_) => {}
            }
        }
        self.log.sync()?;
        follow_history(&mut self.history, &self.chain, events);
        Ok(())
    }
}

fn follow_history(history: &mut History, chain: &Chain, events: &[ChainEvent]) {
    for event in events {
        match event {
            ChainEvent::Undone { .. } => history.undo(),
            ChainEvent::Applied(applied) => {
                let time = applied.block.block().header().timestamp;
                history.apply(applied.block.id(), time, applied.operations.clone());
                history.commit(chain.undoable_blocks() as usize);
            }
            ChainEvent::Pending(_) => {}
        }
    }
}

/// The bytes of a genesis file, if one is given.
pub fn read_genesis(file: Option<&Path>) -> Result<Option<Vec<u8>>> {
    let read = |file: &Path| {
        std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))
    };
    file.map(read).transpose()
}

/// The state at genesis and the chain id.
pub fn begin(genesis: &[u8]) -> Result<(Ledger, Digest<32>)> {
    let chain_id = Digest(sha256(genesis));
    let value = serde_json::from_slice(genesis).context("the genesis file is not JSON")?;
    let state = GenesisState::from_json(&value)
        .map_err(|error| anyhow::anyhow!("the genesis file is wrong: {error}"))?;
    let ledger = Ledger::from_genesis(&state, chain_id)
        .map_err(|rejected| anyhow::anyhow!("the genesis file makes no chain: {rejected}"))?;
    Ok((ledger, chain_id))
}

fn keep_genesis(dir: &Path, genesis: &[u8]) -> Result<()> {
    let (path, temporary) = (dir.join(GENESIS), dir.join("genesis.json.new"));
    if std::fs::read(&path).is_ok_and(|kept| kept == genesis) {
        return Ok(());
    }
    std::fs::write(&temporary, genesis)
        .and_then(|()| std::fs::rename(&temporary, &path))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// A bar for long work; hidden where standard error is no terminal.
pub fn progress(length: u64, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} blocks {per_sec} {eta}");
    let bar = ProgressBar::new(length).with_message(what);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// The block with that number, from the log.
pub fn read_block(reader: &BlockReader, number: u32) -> Result<Option<SignedBlock>> {
    let Some(bytes) = reader.read(number)? else { return Ok(None) };
    match unpack_exact(&bytes) {
        Ok(block) => Ok(Some(block)),
        Err(error) => bail!("block {number} of the log cannot be read: {error}"),
    }
}

/// Deletes the chain in a directory.
pub fn wipe(dir: &Path) -> Result<()> {
    if !dir.exists() {
        return Ok(());
    }
    ensure!(dir.is_dir(), "{} is not a directory", dir.display());
    DataDir::wipe(dir)?;
    match std::fs::remove_file(dir.join(GENESIS)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
