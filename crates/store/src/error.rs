//! Everything that can go wrong with the files of a node, one variant per reason.
//!
//! Invariant: each message is one line that names the file and says what to do.
//! This file must never know who reads the message.

use std::io;
use std::path::{Path, PathBuf};

use crate::identity::hex_of;

/// Why the store refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The operating system refused an access.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The reason the operating system gave.
        source: io::Error,
    },
    /// There is no room left; nothing that was acknowledged is harmed.
    #[error("no room left on the disk for {}: free some space and try again", path.display())]
    DiskFull {
        /// The file that could not grow.
        path: PathBuf,
    },
    /// The file or directory was made for another chain.
    #[error(
        "{} belongs to chain {}, wanted is chain {}: use the genesis it was made with, or another \
         file or directory",
        path.display(), hex_of(found), hex_of(expected)
    )]
    OtherChain {
        /// The file that names the other chain.
        path: PathBuf,
        /// The chain id in the file.
        found: [u8; 32],
        /// The chain id that is wanted.
        expected: [u8; 32],
    },
    /// The file was written by a newer version of the program.
    #[error(
        "{} has format {found}, this program reads up to format {supported}: use a newer carbyne",
        path.display()
    )]
    NewerFormat {
        /// The file with the newer format.
        path: PathBuf,
        /// Its format version.
        found: u32,
        /// The newest version this program knows.
        supported: u32,
    },
    /// Another process has the directory open.
    #[error(
        "{} is in use by another process: stop it, or choose another directory", path.display()
    )]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// The directory holds chain data, but not the file that says of which chain.
    #[error("{} holds data but no chain.toml: choose an empty directory", path.display())]
    NoIdentity {
        /// The directory.
        path: PathBuf,
    },
    /// The directory was not made to be deleted.
    #[error(
        "{} holds a chain that was not made by `carbyne dev`: choose another directory, or delete \
         this one yourself",
        path.display()
    )]
    NotDisposable {
        /// The directory.
        path: PathBuf,
    },
    /// The identity file of a data directory cannot be understood.
    #[error(
        "{}: {field} is missing or malformed: restore the file from a copy, or choose another \
         directory",
        path.display()
    )]
    BadIdentity {
        /// The identity file.
        path: PathBuf,
        /// The field at fault.
        field: &'static str,
    },
    /// A record of the block log that was once on disk is damaged.
    #[error(
        "{} is damaged at byte {offset} ({damage}): restore this file from a copy, or begin in \
         another directory with a snapshot or an export of another node",
        segment.display()
    )]
    DamagedLog {
        /// The segment file.
        segment: PathBuf,
        /// Where the damaged record begins, in bytes from the start of the file.
        offset: u64,
        /// What is wrong with it.
        damage: Damage,
    },
    /// A snapshot is damaged.
    #[error("{} is damaged at byte {offset} ({damage}): use another snapshot", path.display())]
    DamagedSnapshot {
        /// The snapshot file.
        path: PathBuf,
        /// Where the damaged part begins, in bytes from the start of the file.
        offset: u64,
        /// What is wrong with it.
        damage: Damage,
    },
    /// There is no good snapshot to export.
    #[error("{} holds no good snapshot: let the node write one first", dir.display())]
    NoSnapshot {
        /// The snapshot directory.
        dir: PathBuf,
    },
    /// An export would overwrite a file.
    #[error("{} exists already: choose another name", path.display())]
    Exists {
        /// The file in the way.
        path: PathBuf,
    },
    /// The one who filled a snapshot gave up; nothing is kept of it.
    #[error("the snapshot of block {number} was abandoned: {source}")]
    Abandoned {
        /// The block of the snapshot.
        number: u32,
        /// The reason its writer gave.
        source: io::Error,
    },
    /// A block does not follow the head of the log.
    #[error("block {found} cannot be appended: the log continues with block {expected}")]
    OutOfOrder {
        /// The number that would follow.
        expected: u32,
        /// The number that was given.
        found: u32,
    },
    /// A block id does not begin with its block number.
    #[error("block id {} does not begin with block number {number}", hex_of(id))]
    WrongId {
        /// The number that was given.
        number: u32,
        /// The id that was given.
        id: [u8; 20],
    },
    /// A block is larger than a record may be.
    #[error("a block of {length} bytes exceeds the limit of {limit} bytes per record")]
    TooLarge {
        /// Bytes of the block.
        length: usize,
        /// Most bytes of a record.
        limit: usize,
    },
    /// The system could not bring the log's bytes to the disk; those since the last sync are gone.
    #[error(
        "cannot bring {} to the disk: {source}; check the disk, then start again", path.display()
    )]
    SyncFailed {
        /// The segment file.
        path: PathBuf,
        /// The reason the operating system gave.
        source: io::Error,
    },
    /// An earlier failure left the log closed for writing.
    #[error("the block log in {} is closed after a failure: open it again", dir.display())]
    Closed {
        /// The directory of the log.
        dir: PathBuf,
    },
}

impl StoreError {
    /// Wraps an error of the operating system with what was tried on which path.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
        let path = path.to_path_buf();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                StoreError::DiskFull { path }
            }
            _ => StoreError::Io { action, path, source },
        }
    }
}

/// What is wrong with a piece of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The bytes are not those that were written.
    #[error("checksum differs")]
    Checksum,
    /// The file does not begin as one of its kind does.
    #[error("not a file of this kind")]
    Magic,
    /// A length that no writer would write.
    #[error("impossible length {0}")]
    Length(u32),
    /// A record of another block than its place says.
    #[error("block {found} where block {expected} belongs")]
    Number {
        /// The number that belongs here.
        expected: u32,
        /// The number that is here.
        found: u32,
    },
    /// A good record that was not written behind the one before it.
    #[error("it does not follow the record before it")]
    Order,
    /// The file ends too early.
    #[error("the file ends too early")]
    Cut,
    /// The file goes on after its end mark.
    #[error("bytes after the end")]
    Trailing,
}
