//! Blocks that were there once: what in a data directory says that its block log lost some.
//!
//! A snapshot and what history has on disk are of blocks that cannot be undone, and the log had
//! those before them. So a log that ends before either was cut or deleted, and a node that went on
//! from it would make other blocks in the place of those it had told everybody of.
//! Invariant: looking changes nothing; what is set aside is kept. This file must never know a rule
//! of the chain.

use crate::home::{Start, read_state};
use crate::output;
use crate::state::State;
use anyhow::{Context, Result};
use carbyne_index::History;
use carbyne_store::{BlockReader, DataDir, Disk, SnapshotStore, StoreError};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// What the directory says of the first block of its log when it is known that there are none.
pub(crate) const ACCEPTED: u32 = 0;

/// What says that blocks are lost.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Loss {
    /// There are no blocks where there were some.
    #[error("its block log is gone, which began with block {first}")]
    Log {
        /// The first block that was there.
        first: u32,
    },
    /// A snapshot is of a block that the log does not reach.
    #[error("its block log ends with block {head}, a snapshot is of block {number}")]
    Snapshot {
        /// The last block of the log.
        head: u32,
        /// The block of the snapshot.
        number: u32,
        /// The snapshot's file.
        path: PathBuf,
    },
    /// History stands at a block that neither log nor snapshots reach.
    #[error("its blocks and snapshots end with block {head}, history stands at block {number}")]
    History {
        /// The last block that is there.
        head: u32,
        /// Where history stands.
        number: u32,
    },
}

/// What a data directory holds.
pub(crate) struct Found {
    /// The state from which a replay can begin; none for the genesis.
    pub(crate) state: Option<State>,
    /// What says that blocks are lost.
    pub(crate) losses: Vec<Loss>,
}

/// Looks for the state to start from, and for what says that blocks are lost.
pub(crate) fn find(
    data: &DataDir,
    log: &BlockReader,
    snapshots: &SnapshotStore,
    history: &History,
    start: Start,
) -> Result<Found> {
    let mut found = Found { state: None, losses: of_log(data, log, history) };
    let mut paths = snapshots.paths()?;
    if start == Start::Earliest {
        paths.reverse();
    }
    let is_from_genesis = start == Start::Earliest && log.first() == Some(1);
    for path in paths {
        if let Some(loss) = of_snapshot(&path, log, snapshots) {
            found.losses.push(loss);
        } else if found.state.is_none() && !is_from_genesis {
            found.state = good_state(&path, log, snapshots)?;
        }
    }
    let stands = found.state.as_ref().map_or(0, |state| state.number);
    let head = log.head().map_or(stands, |(head, _)| head);
    let number = history.head().0;
    if number > head {
        found.losses.push(Loss::History { head, number });
    }
    // History that is set aside is made anew from all blocks there are.
    if number > head && log.first() == Some(1) {
        found.state = None;
    }
    Ok(found)
}

/// Whether the log is gone: the directory says that it had blocks, or history is of blocks that
/// were here.
pub(crate) fn of_log(data: &DataDir, log: &BlockReader, history: &History) -> Vec<Loss> {
    let first = match (log.head(), data.marks().first_block) {
        (Some(_), _) | (None, Some(ACCEPTED)) => None,
        (None, Some(first)) => Some(first),
        (None, None) => {
            Some(history.first_block()).filter(|first| (1..=history.head().0).contains(first))
        }
    };
    first.map(|first| Loss::Log { first }).into_iter().collect()
}

/// Whether a good snapshot is of a block behind the log.
pub(crate) fn of_snapshot(
    path: &Path,
    log: &BlockReader,
    snapshots: &SnapshotStore,
) -> Option<Loss> {
    let (head, _) = log.head()?;
    let (number, _, _) = snapshots.open_file(path).ok()?;
    // A damaged one proves nothing.
    let is_proof = number > head && snapshots.verify(path).is_ok();
    is_proof.then(|| Loss::Snapshot { head, number, path: path.into() })
}

/// The state of a snapshot, if it is good and of a block the log goes on from.
fn good_state(path: &Path, log: &BlockReader, snapshots: &SnapshotStore) -> Result<Option<State>> {
    match read_state(snapshots, path, log) {
        Ok(state) => Ok(Some(state)),
        Err(error) => match error.downcast_ref::<StoreError>() {
            Some(StoreError::OtherChain { .. } | StoreError::NewerFormat { .. }) => Err(error),
            _ => {
                let why = output::describe(&error);
                output::note(format_args!("passed over {}: {why}", path.display()));
                Ok(None)
            }
        },
    }
}

/// Why the directory is not opened, and what to do.
pub(crate) fn refusal(dir: &Path, losses: &[Loss]) -> String {
    let mut text = format!("{} has lost blocks: ", dir.display());
    for (n, loss) in losses.iter().enumerate() {
        let _strings_never_fail = write!(text, "{}{loss}", if n > 0 { "; " } else { "" });
    }
    text.push_str(
        "; put the missing files back from a copy, or start the node once with --accept-loss to go \
         on without them",
    );
    text
}

/// Sets aside what came from blocks that are lost, so that nothing speaks of them any more.
/// `is_whole` says that the log begins with the first block of the chain.
pub(crate) fn set_aside(
    disk: &dyn Disk,
    data: &mut DataDir,
    snapshots: &SnapshotStore,
    losses: &[Loss],
    is_whole: bool,
) -> Result<()> {
    let is_moved = |loss: &Loss| !matches!(loss, Loss::Log { .. });
    let aside = losses.iter().any(is_moved).then(|| data.make_aside(disk)).transpose()?;
    for loss in losses {
        output::note(format_args!("loss accepted: {loss}"));
        match (loss, &aside) {
            (Loss::Snapshot { path, .. }, Some(aside)) => snapshots.set_aside(path, aside)?,
            (Loss::History { .. }, Some(aside)) => {
                let (from, to) = (data.history(), aside.join("history"));
                std::fs::rename(&from, &to)
                    .with_context(|| format!("cannot move {}", from.display()))?;
                // It is made anew, and no snapshot may be ahead of it until it is on disk.
                if is_whole {
                    let paths = snapshots.paths()?;
                    paths.iter().try_for_each(|path| snapshots.set_aside(path, aside))?;
                }
            }
            _ => data.note_first_block(disk, Some(ACCEPTED))?,
        }
    }
    if let Some(aside) = aside {
        output::note(format_args!("what came from lost blocks is in {}", aside.display()));
    }
    Ok(())
}
