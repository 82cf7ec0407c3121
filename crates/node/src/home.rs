//! A chain in a data directory: its genesis, its block log, its snapshots, and the state that they
//! give.
//!
//! Invariant: the state is what replaying every block from the genesis gives. A snapshot only makes
//! that quicker; one that is damaged, of another version or of a branch the log does not hold is
//! passed over. This file must never know a rule of the chain.

use crate::state::{self, State};
use anyhow::{Context, Result, anyhow, bail, ensure};
use carbyne_chain::{Chain, ChainEvent};
use carbyne_crypto::hash::sha256;
use carbyne_index::History;
use carbyne_ledger::Ledger;
use carbyne_ledger::Trust;
use carbyne_ledger::genesis::GenesisState;
use carbyne_ledger::recovered::{Recover, RecoveredBlock};
use carbyne_ledger::transaction::SignedBlock;
use carbyne_store::{
    BlockId, BlockLog, BlockReader, ChainIdentity, DataDir, Disk, LogOptions, RealDisk,
    SnapshotStore, StoreError, read_file, write_file,
};
use carbyne_wire::{Digest, Hash160, Json, Pack, unpack_exact};
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
    /// States on disk.
    pub snapshots: SnapshotStore,
    /// Number of the block from whose state it began; 0 for the genesis.
    pub began_at: u32,
    /// Whether a block could not be brought to disk, so that the state is ahead of it: nobody may
    /// be told of it.
    pub is_ahead_of_disk: bool,
    disk: Arc<dyn Disk>,
    dir: DataDir,
}

/// Where a replay begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    /// At the newest snapshot that is good.
    Snapshot,
    /// At the genesis.
    Genesis,
}

/// What is kept of what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepHistory {
    /// Everything, on disk.
    OnDisk,
    /// Everything since the newest snapshot, in memory: for tests without a disk.
    InMemory,
    /// Nothing.
    Not,
}

/// How a chain is opened.
struct Opening<'a> {
    dir: &'a Path,
    genesis: Option<Vec<u8>>,
    start: Start,
    /// Makes the history from the directory.
    history: &'a dyn Fn(&DataDir) -> History,
    /// Sees the state after each block that is replayed.
    visit: &'a mut dyn FnMut(u32, &Ledger) -> Result<()>,
}

impl Home {
    /// Opens the chain in `dir`, or begins the chain of `genesis` there, and replays the blocks
    /// after its newest snapshot.
    pub fn open(dir: &Path, genesis: Option<Vec<u8>>, keep: KeepHistory) -> Result<Self> {
        Self::open_on(Arc::new(RealDisk), dir, genesis, keep)
    }

    /// As [`Home::open`], on a disk; history is on that of the machine.
    pub fn open_on(
        disk: Arc<dyn Disk>,
        dir: &Path,
        genesis: Option<Vec<u8>>,
        keep: KeepHistory,
    ) -> Result<Self> {
        let history = |data: &DataDir| match keep {
            KeepHistory::OnDisk => History::open(&data.history(), Default::default()),
            KeepHistory::InMemory => History::new(Default::default()),
            KeepHistory::Not => History::off(),
        };
        let (start, visit) = (Start::Snapshot, &mut |_, _: &Ledger| Ok(()));
        Self::open_as(disk, Opening { dir, genesis, start, history: &history, visit })
    }

    /// Opens the chain in `dir`, but replays every block from the genesis; `visit` sees the state
    /// after each.
    pub fn replayed(dir: &Path, visit: &mut dyn FnMut(u32, &Ledger) -> Result<()>) -> Result<Self> {
        let (genesis, start, history) = (None, Start::Genesis, &|_: &DataDir| History::off());
        Self::open_as(Arc::new(RealDisk), Opening { dir, genesis, start, history, visit })
    }

    /// Replays every block from the genesis into a new history, which takes the place of the one
    /// that is there.
    pub fn rebuild_history(dir: &Path) -> Result<(u32, Hash160)> {
        let history = |data: &DataDir| History::open(&data.new_history(), Default::default());
        let visit = &mut |_, _: &Ledger| Ok(());
        let opening =
            Opening { dir, genesis: None, start: Start::Genesis, history: &history, visit };
        remove_dir(&dir.join(DataDir::NEW_HISTORY))?;
        let home = Self::open_as(Arc::new(RealDisk), opening)?;
        home.history.sync()().map_err(|error| anyhow!(error))?;
        let Self { history, dir: data, .. } = home;
        let head = history.head();
        if let Some(failure) = history.failure() {
            bail!("no history was made: {failure}");
        }
        drop(history);
        data.replace_history()?;
        Ok(head)
    }

    fn open_as(disk: Arc<dyn Disk>, opening: Opening<'_>) -> Result<Self> {
        let Opening { dir, genesis, start, history, visit } = opening;
        let genesis = match genesis {
            Some(bytes) => Some(bytes),
            None => read_file(&*disk, &dir.join(GENESIS))?,
        };
        let identity = identify(&*disk, dir, genesis.as_deref())?;
        let data = hold(&*disk, dir, &identity, genesis.as_deref())?;
        let options = LogOptions::default();
        let (log, recovery) = BlockLog::open_on(disk.clone(), &data.blocks(), &identity, options)?;
        if let Some(torn) = recovery.torn {
            eprintln!(
                "carbyne: cut off {} bytes of an unfinished block in {}",
                torn.bytes,
                torn.segment.display()
            );
        }
        let snapshots = SnapshotStore::open_on(disk.clone(), &data.snapshots(), &identity)?;
        let newest = match start {
            Start::Snapshot => newest_state(&snapshots, &log)?,
            Start::Genesis => None,
        };
        let state = match newest {
            Some(state) => state,
            None => state_at_genesis(genesis.as_deref(), dir, &log)?,
        };
        let mut history = history(&data);
        history.begin_at(state.number);
        let mut home = Self {
            chain: Chain::new(state.ledger, Digest(identity.chain_id)),
            history,
            log,
            snapshots,
            began_at: state.number,
            is_ahead_of_disk: false,
            disk,
            dir: data,
        };
        home.replay(state.number, visit)?;
        if let (Some(why), true) = (home.history.failure(), home.history.is_kept()) {
            eprintln!("carbyne: no history: {why}");
        }
        Ok(home)
    }

    /// Applies the blocks of the log after block `number`; they were checked when they were
    /// written.
    fn replay(
        &mut self,
        number: u32,
        visit: &mut dyn FnMut(u32, &Ledger) -> Result<()>,
    ) -> Result<()> {
        let head = self.log.head().map_or(0, |(head, _)| head);
        let bar = progress(u64::from(head.saturating_sub(number)), "replaying");
        for logged in self.log.blocks_from(number.saturating_add(1)) {
            let logged = logged?;
            let block: SignedBlock = unpack_exact(&logged.bytes)
                .with_context(|| format!("block {} of the log cannot be read", logged.number))?;
            let recovered = RecoveredBlock::new(block, self.chain.chain_id(), Recover::Nothing);
            self.chain.push_block(Arc::new(recovered), Trust::OurLog).map_err(|rejected| {
                anyhow!("block {} of the log does not apply: {rejected}", logged.number)
            })?;
            let events = self.chain.take_events();
            follow_history(&mut self.history, &self.chain, &events);
            visit(logged.number, self.chain.ledger())?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// Brings events to disk and into history, in order; blocks are durable when it returns.
    pub fn follow(&mut self, events: &[ChainEvent]) -> Result<()> {
        let kept = self.keep(events);
        self.is_ahead_of_disk |= kept.is_err();
        kept?;
        follow_history(&mut self.history, &self.chain, events);
        Ok(())
    }

    fn keep(&mut self, events: &[ChainEvent]) -> Result<(), StoreError> {
        for event in events {
            match event {
                ChainEvent::Undone { number, .. } => self.log.truncate_after(number - 1)?,
                ChainEvent::Applied(applied) => {
                    let block = &applied.block;
                    self.log.append(block.number(), &block.id().0, &block.block().to_bytes())?;
                }
                ChainEvent::Pending(_) | ChainEvent::Refused(_) => {}
            }
        }
        self.log.sync()
    }

    /// Bytes that may still be written; `None` where the system does not say.
    pub fn free_bytes(&self) -> Option<u64> {
        self.disk.free_bytes(self.dir.root()).ok()
    }
}

fn follow_history(history: &mut History, chain: &Chain, events: &[ChainEvent]) {
    for event in events {
        match event {
            ChainEvent::Undone { .. } => history.undo(),
            ChainEvent::Applied(applied) => {
                history.apply(&applied.block, &applied.operations);
                history.commit(chain.undoable_blocks() as usize);
            }
            ChainEvent::Pending(_) => {}
            ChainEvent::Refused(refused) => history.refusals.add((**refused).clone()),
        }
    }
}

/// Whose chain the directory is to hold: that of the genesis, else what the directory says.
fn identify(disk: &dyn Disk, dir: &Path, genesis: Option<&[u8]>) -> Result<ChainIdentity> {
    if let Some(genesis) = genesis {
        return Ok(ChainIdentity::new(sha256(genesis)));
    }
    let found = DataDir::identity_on(disk, dir)?;
    found.with_context(|| format!("there is no chain in {}; give it a genesis file", dir.display()))
}

/// Takes hold of the directory and keeps the genesis in it. In a new one the genesis comes first:
/// should the node stop between the two, it begins the same chain again.
fn hold(
    disk: &dyn Disk,
    dir: &Path,
    identity: &ChainIdentity,
    genesis: Option<&[u8]>,
) -> Result<DataDir> {
    if DataDir::identity_on(disk, dir)?.is_some() {
        let data = DataDir::open_on(disk, dir, identity)?;
        keep_genesis(disk, dir, genesis)?;
        return Ok(data);
    }
    carbyne_store::create_dir(disk, dir)?;
    keep_genesis(disk, dir, genesis)?;
    Ok(DataDir::open_on(disk, dir, identity)?)
}

fn keep_genesis(disk: &dyn Disk, dir: &Path, genesis: Option<&[u8]>) -> Result<()> {
    let path = dir.join(GENESIS);
    match (genesis, read_file(disk, &path)?) {
        (Some(given), kept) if kept.as_deref() != Some(given) => {
            Ok(write_file(disk, &path, given)?)
        }
        _ => Ok(()),
    }
}

/// The state of the newest snapshot that is good and of a block the log goes on from.
fn newest_state(snapshots: &SnapshotStore, log: &BlockLog) -> Result<Option<State>> {
    for path in snapshots.paths()? {
        match read_state(snapshots, &path, log) {
            Ok(state) => return Ok(Some(state)),
            Err(error) => match error.downcast_ref::<StoreError>() {
                Some(StoreError::OtherChain { .. } | StoreError::NewerFormat { .. }) => {
                    return Err(error);
                }
                _ => eprintln!("carbyne: passed over {}: {error:#}", path.display()),
            },
        }
    }
    Ok(None)
}

/// Reads a snapshot that the log goes on from.
pub fn read_state(snapshots: &SnapshotStore, path: &Path, log: &BlockLog) -> Result<State> {
    let (number, id, input) = snapshots.open_file(path)?;
    check_fit(log, number, &id)?;
    state::read(input, number, Digest(id))
}

/// Refuses a snapshot whose block is not in the log's chain, or before or behind it with a gap.
fn check_fit(log: &BlockLog, number: u32, id: &BlockId) -> Result<()> {
    let reader = log.reader();
    let (Some(first), Some((head, _))) = (reader.first(), log.head()) else { return Ok(()) };
    ensure!(
        first.saturating_sub(1) <= number && number <= head,
        "it is of block {number}, the block log goes from {first} to {head}"
    );
    if let Some(logged) = reader.block(number)? {
        ensure!(logged.id == *id, "its block {number} is not that of the block log");
    }
    Ok(())
}

fn state_at_genesis(genesis: Option<&[u8]>, dir: &Path, log: &BlockLog) -> Result<State> {
    let first = log.reader().first().unwrap_or(1);
    ensure!(
        first == 1,
        "the block log in {} begins at block {first}, and no good snapshot is there to go on from: \
         import one",
        dir.display()
    );
    let missing = || format!("{} holds neither a genesis nor a good snapshot", dir.display());
    let (ledger, _) = begin(genesis.with_context(missing)?)?;
    Ok(State { ledger, number: 0 })
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
        .map_err(|error| anyhow!("the genesis file is wrong: {error}"))?;
    let ledger = Ledger::from_genesis(&state, chain_id)
        .map_err(|rejected| anyhow!("the genesis file makes no chain: {rejected}"))?;
    Ok((ledger, chain_id))
}

fn remove_dir(dir: &Path) -> Result<()> {
    match std::fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Whether a directory holds a chain, or has begun to.
pub fn holds_chain(dir: &Path) -> bool {
    dir.join(GENESIS).exists() || matches!(DataDir::identity_on(&RealDisk, dir), Ok(Some(_)))
}

/// The chain that a directory holds.
pub fn identity_of(dir: &Path) -> Result<ChainIdentity> {
    let found = DataDir::identity_on(&RealDisk, dir)?;
    found.with_context(|| format!("there is no chain in {}", dir.display()))
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
