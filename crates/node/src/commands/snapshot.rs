//! `carbyne snapshot`: takes states in and out of data directories.

use crate::cli::SnapshotCommand;
use crate::home::{identity_of, read_genesis};
use crate::state;
use anyhow::{Context, Result, ensure};
use carbyne_crypto::hash::sha256;
use carbyne_store::{
    BlockLog, ChainIdentity, DataDir, RealDisk, Snapshot, SnapshotStore, verify_snapshot,
};
use carbyne_wire::Digest;
use std::path::Path;

/// Does what the command says.
pub fn run(command: &SnapshotCommand) -> Result<()> {
    match command {
        SnapshotCommand::Export { data_dir, file } => export(data_dir, file),
        SnapshotCommand::Import { data_dir, genesis, file } => {
            import(data_dir, genesis.as_deref(), file)
        }
        SnapshotCommand::Verify { genesis, file } => verify(genesis.as_deref(), file),
    }
}

fn export(data_dir: &Path, file: &Path) -> Result<()> {
    let identity = identity_of(data_dir)?;
    // Without the directory's lock: files are whole under their names, so a node may be at work.
    let store = SnapshotStore::look(&data_dir.join("snapshots"), &identity);
    print(&store.export(file)?);
    Ok(())
}

fn import(data_dir: &Path, genesis: Option<&Path>, file: &Path) -> Result<()> {
    let wanted = wanted(genesis)?;
    let found = verify_snapshot(file, wanted.as_ref())?;
    let identity = ChainIdentity::new(found.chain_id);
    if let Some(kept) = DataDir::identity_on(&RealDisk, data_dir)? {
        verify_chain(data_dir, &kept, &identity)?;
    }
    let data = DataDir::open(data_dir, &identity)?;
    let (log, _) = BlockLog::open(&data.blocks(), &identity)?;
    if let Some((head, _)) = log.head() {
        ensure!(
            found.number <= head,
            "{} has blocks up to {head}, the snapshot is of block {}: import it into an empty \
             directory",
            data_dir.display(),
            found.number
        );
    }
    let snapshot = SnapshotStore::open(&data.snapshots(), &identity)?.import(file)?;
    print(&snapshot);
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
    let state = state::read(snapshot.open()?, snapshot.number, Digest(snapshot.id))
        .with_context(|| format!("{} cannot be used", file.display()))?;
    print(&snapshot);
    println!("accounts    {}", state.ledger.tables.accounts.len());
    println!("state hash  {}", state.ledger.state_hash());
    Ok(())
}

/// The chain of a genesis file, if one is given.
fn wanted(genesis: Option<&Path>) -> Result<Option<ChainIdentity>> {
    Ok(read_genesis(genesis)?.map(|bytes| ChainIdentity::new(sha256(&bytes))))
}

fn print(snapshot: &Snapshot) {
    println!("chain id    {}", Digest(snapshot.chain_id));
    println!("block       {} {}", snapshot.number, Digest(snapshot.id));
    println!("bytes       {}", snapshot.state_bytes);
    println!("hash        {}", Digest(snapshot.hash));
}
