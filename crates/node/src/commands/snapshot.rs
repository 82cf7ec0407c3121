//! `carbyne snapshot`: takes states in and out of data directories.

use crate::cli::SnapshotCommand;
use crate::home::{identity_of, keep_genesis, read_genesis};
use crate::output::line;
use crate::state;
use anyhow::{Context, Result, ensure};
use carbyne_crypto::hash::sha256;
use carbyne_store::{
    BlockLog, ChainIdentity, DataDir, Disk, RealDisk, Snapshot, SnapshotStore, verify_snapshot,
};
use carbyne_wire::Digest;
use std::path::Path;
use std::sync::Arc;

/// Does what the command says.
pub fn run(command: &SnapshotCommand) -> Result<()> {
    match command {
        SnapshotCommand::Export { data_dir, file } => export(data_dir, file),
        SnapshotCommand::Import { data_dir, genesis, file } => {
            let genesis = read_genesis(genesis.as_deref())?;
            print(&take_in(data_dir, genesis, file, Bring::Copy)?)
        }
        SnapshotCommand::Verify { genesis, file } => verify(genesis.as_deref(), file),
    }
}

fn export(data_dir: &Path, file: &Path) -> Result<()> {
    let identity = identity_of(data_dir)?;
    // Without the directory's lock: files are whole under their names, so a node may be at work.
    let store = SnapshotStore::look(&data_dir.join("snapshots"), &identity);
    print(&store.export(file)?)
}

/// How a snapshot file comes into a data directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bring {
    /// The file stays.
    Copy,
    /// It is moved, on the same disk.
    Move,
}

/// Takes a snapshot into a data directory: of the chain of the genesis, if that is given.
pub(crate) fn take_in(
    data_dir: &Path,
    genesis: Option<Vec<u8>>,
    file: &Path,
    bring: Bring,
) -> Result<Snapshot> {
    let wanted = genesis.as_deref().map(|bytes| ChainIdentity::new(sha256(bytes)));
    let found = verify_snapshot(file, wanted.as_ref())?;
    let identity = ChainIdentity::new(found.chain_id);
    if let Some(kept) = DataDir::identity_on(&RealDisk, data_dir)? {
        verify_chain(data_dir, &kept, &identity)?;
    }
    DataDir::is_new_on(&RealDisk, data_dir, &identity)?;
    verify_place(data_dir, &identity, found.number)?;
    let data = DataDir::open(data_dir, &identity)?;
    keep_genesis(&RealDisk, data_dir, genesis.as_deref())?;
    let store = SnapshotStore::open(&data.snapshots(), &identity)?;
    Ok(match bring {
        Bring::Copy => store.import_good(&found)?,
        Bring::Move => store.adopt_good(found)?,
    })
}

/// Refuses a snapshot of a block that the blocks in the directory do not reach.
fn verify_place(dir: &Path, identity: &ChainIdentity, number: u32) -> Result<()> {
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let (log, _) = BlockLog::look(disk, &dir.join("blocks"), identity)?;
    if let Some((head, _)) = log.head() {
        ensure!(
            number <= head,
            "{} has blocks up to {head}, the snapshot is of block {number}: import it into an \
             empty directory",
            dir.display()
        );
    }
    Ok(())
}

fn verify_chain(dir: &Path, kept: &ChainIdentity, found: &ChainIdentity) -> Result<()> {
    ensure!(
        kept == found,
        "{} holds chain {}, the snapshot is of chain {}: use another directory",
        dir.display(),
        Digest(kept.chain_id),
        Digest(found.chain_id)
    );
    Ok(())
}

fn verify(genesis: Option<&Path>, file: &Path) -> Result<()> {
    let snapshot = verify_snapshot(file, wanted(genesis)?.as_ref())?;
    let Snapshot { number, id, .. } = snapshot;
    let state = state::read(snapshot.open()?, number, Digest(id))
        .with_context(|| format!("{} cannot be used", file.display()))?;
    print(&snapshot)?;
    line(format_args!("accounts    {}", state.ledger.tables.accounts.len()))?;
    line(format_args!("state hash  {}", state.ledger.state_hash()))
}

/// The chain of a genesis file, if one is given.
fn wanted(genesis: Option<&Path>) -> Result<Option<ChainIdentity>> {
    Ok(read_genesis(genesis)?.map(|bytes| ChainIdentity::new(sha256(&bytes))))
}

fn print(snapshot: &Snapshot) -> Result<()> {
    line(format_args!("chain id    {}", Digest(snapshot.chain_id)))?;
    line(format_args!("block       {} {}", snapshot.number, Digest(snapshot.id)))?;
    line(format_args!("bytes       {}", snapshot.state_bytes))?;
    line(format_args!("hash        {}", Digest(snapshot.hash)))
}
