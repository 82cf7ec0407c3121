//! Block log, snapshots and the data directory: bytes that survive a power cut.
//!
//! * [`BlockLog`] keeps the blocks of the current best chain. What [`BlockLog::sync`] acknowledged
//!   is there after any stop; a torn tail is cut off at the next start.
//! * [`SnapshotStore`] keeps the last two states as opaque streams, hashed chunk by chunk.
//! * [`DataDir`] is the folder around them: whose chain it is, in which format, and who has it
//!   open.
//!
//! Every access to a file goes through [`Disk`], so that tests can put a fault at each of them.
//!
//! Invariant: nothing that was acknowledged is lost, and nothing that is damaged is handed out.
//! This room must never know a rule of the chain: it moves bytes with checksums.

mod data_dir;
mod disk;
mod error;
mod identity;
mod log;
#[cfg(any(test, feature = "simulated-disk"))]
pub mod simulated;
mod snapshot;

pub use data_dir::{DataDir, Marks, Wiped};
pub use disk::{
    Access, Disk, DiskFile, DiskLock, Entry, RealDisk, create_dir, read_file, write_all_at,
    write_file,
};
pub use error::{Damage, StoreError};
pub use identity::{BlockId, ChainIdentity};
pub use log::{BlockLog, BlockReader, Blocks, LogOptions, LoggedBlock, Recovery, TornTail};
pub use snapshot::{
    NewestSnapshot, PartialSnapshot, RefusedSnapshot, Snapshot, SnapshotChunk, SnapshotContents,
    SnapshotPieces, SnapshotReader, SnapshotStore, verify_snapshot,
};
