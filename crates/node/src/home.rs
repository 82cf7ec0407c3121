//! A chain in a data directory: its genesis, its block log, its snapshots, and the state that they
//! give.
//!
//! Invariant: the state is what replaying every block from the genesis gives. A snapshot only makes
//! that quicker; one that is damaged, of another version or of a branch the log does not hold is
//! passed over. Nothing is written before everything that was given and found has been checked.
//! This file must never know a rule of the chain.

use crate::genesis::tags_of;
use crate::losses::{self, Loss};
use crate::output;
use crate::state::{self, State};
use anyhow::{Context, Result, anyhow, bail, ensure};
use carbyne_chain::{Chain, ChainEvent};
use carbyne_core::{Core, Production};
use carbyne_crypto::hash::sha256;
use carbyne_index::History;
use carbyne_ledger::Ledger;
use carbyne_protocol::genesis::GenesisState;
use carbyne_protocol::transaction::SignedBlock;
use carbyne_store::{
    BlockId, BlockLog, BlockReader, ChainIdentity, DataDir, Disk, LogOptions, Marks, RealDisk,
    SnapshotStore, StoreError, read_file, write_file,
};
use carbyne_wire::{Dialect, Digest, Hash160, JsonIn, Pack, Tags, unpack_exact};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::Path;
use std::sync::Arc;

/// The genesis of the chain, beside its blocks.
const GENESIS: &str = "genesis.json";

/// A chain in a data directory.
pub struct Home {
    /// State, forks and pending transactions, and what makes blocks.
    pub core: Core,
    /// What happened.
    pub history: History,
    /// Its blocks on disk.
    pub kept: Kept,
    /// States on disk.
    pub snapshots: SnapshotStore,
    /// Number of the block from whose state it began; 0 for the genesis.
    pub began_at: u32,
    /// What steps did that is not on disk yet.
    pub(crate) unsettled: Vec<ChainEvent>,
}

/// The blocks of a chain on disk.
pub struct Kept {
    /// The blocks.
    pub log: BlockLog,
    disk: Arc<dyn Disk>,
    dir: DataDir,
}

/// Where a replay begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// At the newest snapshot that is good.
    Newest,
    /// As early as there are blocks to replay: at the genesis, or at the snapshot behind which they
    /// begin.
    Earliest,
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

/// What somebody who opens a chain wants.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The genesis; none for the chain that is there.
    pub genesis: Option<Vec<u8>>,
    /// How keys of the chain are written; which choices it knows its genesis says.
    pub dialect: Dialect,
    /// What is kept of what happened.
    pub history: KeepHistory,
    /// Whether to go on without blocks that are lost.
    pub accept_loss: bool,
    /// Whether a directory that is new may be deleted by `carbyne dev --fresh`.
    pub is_disposable: bool,
}

/// How a chain is opened.
struct Opening<'a> {
    dir: &'a Path,
    genesis: Option<Vec<u8>>,
    dialect: Dialect,
    start: Start,
    /// Makes the history from the directory.
    history: &'a dyn Fn(&DataDir) -> History,
    accept_loss: bool,
    is_disposable: bool,
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
        let wish = Wish {
            genesis,
            dialect: Dialect::REFERENCE,
            history: keep,
            accept_loss: false,
            is_disposable: false,
        };
        Self::open_as_wished(disk, dir, wish)
    }

    /// As [`Home::open_on`], with everything that can be wished.
    pub fn open_as_wished(disk: Arc<dyn Disk>, dir: &Path, wish: Wish) -> Result<Self> {
        let Wish { genesis, dialect, history, accept_loss, is_disposable } = wish;
        let history = |data: &DataDir| match history {
            KeepHistory::OnDisk => History::open(&data.history(), Default::default()),
            KeepHistory::InMemory => History::new(Default::default()),
            KeepHistory::Not => History::off(),
        };
        let start = Start::Newest;
        let history = &history;
        let opening = Opening { dir, genesis, dialect, start, history, accept_loss, is_disposable };
        Self::open_as(disk, opening)
    }

    /// Replays every block that can be replayed into a new history, which takes the place of the
    /// one that is there. Gives the first block that it holds, and its head.
    pub fn rebuild_history(dir: &Path) -> Result<(u32, (u32, Hash160))> {
        identity_of(dir)?;
        remove_dir(&dir.join(DataDir::NEW_HISTORY))?;
        let opening = Opening {
            dir,
            genesis: None,
            dialect: Dialect::REFERENCE,
            start: Start::Earliest,
            history: &|data| History::open(&data.new_history(), Default::default()),
            accept_loss: false,
            is_disposable: false,
        };
        let home = Self::open_as(Arc::new(RealDisk), opening)?;
        home.history.sync()().map_err(|error| anyhow!(error))?;
        let Self { history, kept: Kept { dir: data, .. }, .. } = home;
        let (first, head) = (history.first_block(), history.head());
        if let Some(failure) = history.failure() {
            bail!("no history was made: {failure}");
        }
        drop(history);
        data.replace_history()?;
        Ok((first, head))
    }

    fn open_as(disk: Arc<dyn Disk>, opening: Opening<'_>) -> Result<Self> {
        let founding = Founding::find(&*disk, opening.dir, opening.genesis, opening.dialect)?;
        let identity = founding.identity;
        let mut data = founding.hold(&*disk, opening.dir, opening.is_disposable)?;
        let reader = BlockLog::look(disk.clone(), &data.blocks(), &identity)?.0;
        let looked = SnapshotStore::look_on(disk.clone(), &data.snapshots(), &identity);
        let history = (opening.history)(&data);
        let found = losses::find(&data, &reader, &looked, &history, opening.start)?;
        let mut history = Some(history);
        if !found.losses.is_empty() {
            ensure!(opening.accept_loss, losses::refusal(opening.dir, &found.losses));
            let has_history = !found.losses.iter().any(|loss| matches!(loss, Loss::History { .. }));
            // It must let go of its files before they are moved.
            history = history.take().filter(|_| has_history);
            let is_whole = reader.first() == Some(1);
            losses::set_aside(&*disk, &mut data, &looked, &found.losses, is_whole)?;
        }
        let mut history = history.unwrap_or_else(|| (opening.history)(&data));
        let mut snapshots = SnapshotStore::open_on(disk.clone(), &data.snapshots(), &identity)?;
        let (log, recovery) =
            BlockLog::open_on(disk.clone(), &data.blocks(), &identity, LogOptions::default())?;
        if let Some(torn) = recovery.torn {
            output::note(format_args!(
                "cut off {} bytes of an unfinished block in {}",
                torn.bytes,
                torn.segment.display()
            ));
        }
        let state = match found.state {
            Some(state) => state,
            None => founding.state(opening.dir, &log)?,
        };
        let root = log.reader().first().map_or(state.number, |first| first.saturating_sub(1));
        snapshots.keep_root(root);
        history.begin_at(state.number);
        let ledger = state.ledger.speaking(opening.dialect);
        let chain = Chain::new(ledger, Digest(identity.chain_id));
        let mut home = Self {
            core: Core::new(chain, Vec::new(), Production::None),
            history,
            kept: Kept { log, disk, dir: data },
            snapshots,
            began_at: state.number,
            unsettled: Vec::new(),
        };
        home.replay(state.number)?;
        home.kept.note_first_block();
        if let (Some(why), true) = (home.history.failure(), home.history.is_kept()) {
            output::note(format_args!("no history: {why}"));
        }
        Ok(home)
    }
}

impl Kept {
    /// Brings events to disk, in order; blocks are durable when it returns.
    pub fn write<'a>(
        &mut self,
        events: impl IntoIterator<Item = &'a ChainEvent>,
    ) -> Result<(), StoreError> {
        let mut events = events.into_iter().peekable();
        while let Some(event) = events.next() {
            match event {
                // Of blocks that are undone one after the other the lowest takes all with it.
                ChainEvent::Undone { .. }
                    if matches!(events.peek(), Some(ChainEvent::Undone { .. })) => {}
                ChainEvent::Undone { number, .. } => self.cut(*number)?,
                ChainEvent::Applied(applied) => {
                    let block = &applied.block;
                    self.log.append(block.number(), &block.id().0, &block.block().to_bytes())?;
                }
                ChainEvent::Pending(_) | ChainEvent::Refused(_) => {}
            }
        }
        self.log.sync()?;
        self.note_first_block();
        Ok(())
    }

    /// Takes a block and those after it out of the log.
    fn cut(&mut self, number: u32) -> Result<(), StoreError> {
        if self.log.reader().first() == Some(number) {
            // There will be none for a moment, and nothing was lost then.
            self.dir.note_first_block(&*self.disk, Some(losses::ACCEPTED))?;
        }
        self.log.truncate_after(number - 1)
    }

    /// Has the directory say with which block the log began, once that is on the disk.
    fn note_first_block(&mut self) {
        let Some(first) = self.log.reader().first() else { return };
        if self.dir.marks().first_block.is_none_or(|noted| noted == losses::ACCEPTED)
            && let Err(error) = self.dir.note_first_block(&*self.disk, Some(first))
        {
            tracing::warn!(%error, "the directory does not say with which block its log began");
        }
    }

    /// Whether `carbyne dev` may delete the directory.
    pub(crate) fn is_disposable(&self) -> bool {
        self.dir.marks().is_disposable
    }

    /// Asks how many bytes may still be written; `None` where the system does not say.
    pub fn free_bytes(&self) -> impl Fn() -> Option<u64> + Send + 'static {
        let (disk, root) = (self.disk.clone(), self.dir.root().to_path_buf());
        move || disk.free_bytes(&root).ok()
    }
}

/// Takes what the chain did into history, in order.
pub fn follow_history(history: &mut History, events: &[ChainEvent]) {
    for event in events {
        match event {
            ChainEvent::Undone { .. } => history.undo(),
            ChainEvent::Applied(applied) => history.apply(&applied.block, &applied.operations),
            ChainEvent::Pending(_) | ChainEvent::Refused(_) => {}
        }
    }
    // Once for all: its writer is woken for a heap of blocks, not for each.
    if let Some(blocks) = undoable_after(events) {
        history.commit(blocks);
    }
}

/// How many of the newest blocks can be undone after these events; none if no block was applied.
pub(crate) fn undoable_after<'a>(
    events: impl IntoIterator<Item = &'a ChainEvent>,
) -> Option<usize> {
    events.into_iter().fold(None, |undoable, event| match event {
        ChainEvent::Applied(applied) => Some(applied.undoable as usize),
        ChainEvent::Undone { .. } => undoable.map(|blocks: usize| blocks.saturating_sub(1)),
        ChainEvent::Pending(_) | ChainEvent::Refused(_) => undoable,
    })
}

/// How many operations the block of an event has, if it has one.
pub(crate) fn operations_of(event: &ChainEvent) -> usize {
    match event {
        ChainEvent::Applied(applied) => applied.operations.len(),
        ChainEvent::Undone { .. } | ChainEvent::Pending(_) | ChainEvent::Refused(_) => 0,
    }
}

/// Which chain a directory is to hold, found out without writing anything.
struct Founding {
    identity: ChainIdentity,
    /// Its genesis, if it was given or is there.
    genesis: Option<Vec<u8>>,
    dialect: Dialect,
    /// The state at genesis of a chain that is to begin here.
    begun: Option<Ledger>,
}

impl Founding {
    /// Whose chain the directory is to hold: that of the genesis, else what the directory says.
    fn find(disk: &dyn Disk, dir: &Path, given: Option<Vec<u8>>, dialect: Dialect) -> Result<Self> {
        let kept = read_file(disk, &dir.join(GENESIS))?;
        let (identity, genesis) = match (given, DataDir::identity_on(disk, dir)?) {
            (Some(given), _) => (ChainIdentity::new(sha256(&given)), Some(given)),
            (None, Some(identity)) => {
                check_genesis(dir, kept.as_deref(), &identity)?;
                (identity, kept)
            }
            (None, None) => {
                let kept = kept.ok_or_else(|| no_chain(dir))?;
                (ChainIdentity::new(sha256(&kept)), Some(kept))
            }
        };
        let begun = match (DataDir::is_new_on(disk, dir, &identity)?, &genesis) {
            (true, Some(genesis)) => Some(begin(genesis, dialect)?.0),
            _ => None,
        };
        Ok(Self { identity, genesis, dialect, begun })
    }

    /// Takes hold of the directory and keeps the genesis in it. In a new one the genesis comes
    /// first: should the node stop between the two, it begins the same chain again.
    fn hold(&self, disk: &dyn Disk, dir: &Path, is_disposable: bool) -> Result<DataDir> {
        let marks = Marks { is_disposable, first_block: None };
        let open = || DataDir::open_marked_on(disk, dir, &self.identity, marks);
        if self.begun.is_none() {
            let data = open()?;
            keep_genesis(disk, dir, self.genesis.as_deref())?;
            return Ok(data);
        }
        carbyne_store::create_dir(disk, dir)?;
        keep_genesis(disk, dir, self.genesis.as_deref())?;
        Ok(open()?)
    }

    /// The state at genesis, from which the blocks of the log are to be replayed.
    fn state(self, dir: &Path, log: &BlockLog) -> Result<State> {
        let first = log.reader().first().unwrap_or(1);
        ensure!(
            first == 1,
            "the blocks in {} begin at block {first}, and no good snapshot is there to go on from: \
             take one in with `carbyne snapshot import`",
            dir.display()
        );
        let ledger = match (self.begun, &self.genesis) {
            (Some(ledger), _) => ledger,
            (None, Some(genesis)) => begin(genesis, self.dialect)?.0,
            (None, None) => bail!(
                "{} holds neither a genesis nor a good snapshot: put a copy of the genesis there \
                 as {GENESIS}",
                dir.display()
            ),
        };
        Ok(State { ledger, number: 0 })
    }
}

/// Refuses a genesis that is not that of the chain; there may be none.
pub fn check_genesis(dir: &Path, kept: Option<&[u8]>, chain: &ChainIdentity) -> Result<()> {
    let Some(kept) = kept else { return Ok(()) };
    let found = sha256(kept);
    ensure!(
        found == chain.chain_id,
        "{} was changed: it makes chain {}, the directory holds chain {}: put an unchanged copy \
         there",
        dir.join(GENESIS).display(),
        Digest(found),
        Digest(chain.chain_id)
    );
    Ok(())
}

/// The genesis that is kept in a directory.
pub fn kept_genesis(dir: &Path) -> Result<Option<Vec<u8>>> {
    Ok(read_file(&RealDisk, &dir.join(GENESIS))?)
}

fn no_chain(dir: &Path) -> anyhow::Error {
    anyhow!("there is no chain in {}", dir.display())
}

/// Keeps the genesis of its chain in a directory, if it is given.
pub(crate) fn keep_genesis(disk: &dyn Disk, dir: &Path, genesis: Option<&[u8]>) -> Result<()> {
    let path = dir.join(GENESIS);
    match (genesis, read_file(disk, &path)?) {
        (Some(given), kept) if kept.as_deref() != Some(given) => {
            Ok(write_file(disk, &path, given)?)
        }
        _ => Ok(()),
    }
}

/// Reads a snapshot that the log goes on from.
pub fn read_state(snapshots: &SnapshotStore, path: &Path, log: &BlockReader) -> Result<State> {
    let (number, id, input) = snapshots.open_file(path)?;
    check_fit(log, number, &id)?;
    state::read(input, number, Digest(id))
}

/// Refuses a snapshot whose block is not in the log's chain, or before or behind it with a gap.
fn check_fit(log: &BlockReader, number: u32, id: &BlockId) -> Result<()> {
    let (Some(first), Some((head, _))) = (log.first(), log.head()) else { return Ok(()) };
    ensure!(
        first.saturating_sub(1) <= number && number <= head,
        "it is of block {number}, the block log goes from {first} to {head}"
    );
    if let Some(logged) = log.block(number)? {
        ensure!(logged.id == *id, "its block {number} is not that of the block log");
    }
    Ok(())
}

/// The bytes of a genesis file, if one is given.
pub fn read_genesis(file: Option<&Path>) -> Result<Option<Vec<u8>>> {
    let read = |file: &Path| {
        std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))
    };
    file.map(read).transpose()
}

/// The state at genesis and the chain id; keys are written as the dialect says.
pub fn begin(genesis: &[u8], dialect: Dialect) -> Result<(Ledger, Digest<32>)> {
    let chain_id = Digest(sha256(genesis));
    let dialect = dialect.knowing(tags_of(genesis));
    let value = serde_json::from_slice(genesis).context("the genesis file is not JSON")?;
    let state = GenesisState::from_json_in(&value, dialect)
        .map_err(|error| anyhow!("the genesis file is wrong: {error}"))?;
    let ledger = Ledger::from_genesis(&state, chain_id)
        .map_err(|rejected| anyhow!("the genesis file makes no chain: {rejected}"))?;
    Ok((ledger.speaking(dialect), chain_id))
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
    found.ok_or_else(|| no_chain(dir))
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
    match unpack_exact(&bytes, Tags::All) {
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
