//! Opening a block log after any stop: which segments there are, where the last one ends.
//!
//! First everything is looked at, then it is put in order, so that somebody can look in between and
//! leave all as it is.
//! Invariant: only bytes that were never acknowledged are cut off; everything else that is bad is
//! an error. Interrupted and started again, recovery comes to the same result.
//! This file must never know which blocks the node expects.

use std::io;
use std::path::{Path, PathBuf};

use super::TornTail;
use super::reader::{View, whole};
use super::segment::{self, Scan, Segment};
use crate::disk::{Access, Disk};
use crate::error::StoreError;
use crate::identity::ChainIdentity;

/// What is in the directory of a log.
#[derive(Default)]
pub(super) struct Found {
    pub(super) view: View,
    /// The tail that is to be cut off.
    pub(super) torn: Option<TornTail>,
    /// Files that were not finished, and segments without a block, in the order in which they are
    /// to be removed.
    leftovers: Vec<PathBuf>,
}

impl Found {
    /// Looks, and changes nothing.
    pub(super) fn look(
        disk: &dyn Disk,
        dir: &Path,
        identity: &ChainIdentity,
    ) -> Result<Self, StoreError> {
        let mut found = Self::default();
        found.list(disk, dir)?;
        let mut next = None;
        while let Some(first) = found.view.sealed.pop() {
            let scan = Segment::scan(disk, dir, identity, first, Access::Read)?;
            let last = scan.last;
            let segment = match next {
                None => found.note_torn_tail(scan)?,
                Some(next) => whole(scan, next)?,
            };
            if segment.count() > 0 {
                found.view.active = Some(segment);
                found.view.head = last;
                break;
            }
            // A segment without a block says nothing; the one before it is full and was brought to
            // the disk before this one was created.
            found.leftovers.push(segment.path);
            next = Some(first);
        }
        Ok(found)
    }

    /// The first blocks of all segments, ascending, and the files that were not finished.
    fn list(&mut self, disk: &dyn Disk, dir: &Path) -> Result<(), StoreError> {
        let entries = match disk.list(dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            other => other.map_err(StoreError::io("list", dir))?,
        };
        for entry in entries {
            if let Some(first) = segment::first_of(&entry.name) {
                self.view.sealed.push(first);
            } else if segment::is_temporary(&entry.name) {
                self.leftovers.push(dir.join(&entry.name));
            }
        }
        self.view.sealed.sort_unstable();
        Ok(())
    }

    /// Notes what follows the last good record of the last segment as torn, unless it was
    /// acknowledged.
    fn note_torn_tail(&mut self, scan: Scan) -> Result<Segment, StoreError> {
        let segment = scan.segment;
        let Some(bad) = scan.bad else {
            return Ok(segment);
        };
        if bad.was_durable {
            return Err(segment.damaged(segment.end, bad.damage));
        }
        let (offset, bytes) = (segment.end, bad.length);
        self.torn = Some(TornTail { segment: segment.path.clone(), offset, bytes });
        Ok(segment)
    }

    /// Removes and cuts off what is to go, and opens the last segment for writing.
    pub(super) fn put_in_order(&mut self, disk: &dyn Disk, dir: &Path) -> Result<(), StoreError> {
        for path in self.leftovers.drain(..) {
            remove_segment(disk, dir, &path)?;
        }
        if let Some(last) = self.view.active.as_mut() {
            let opened = disk.open(&last.path, Access::Write);
            last.file = opened.map_err(StoreError::io("open", &last.path))?;
        }
        sync_found(disk, dir, self.view.active.as_ref())
    }
}

/// Brings what was found to the disk: after a killed process, though not after a power cut, it may
/// have been read from the memory of the system. The length is set although it is right, so that it
/// is written again should an earlier sync of a cut have failed.
fn sync_found(disk: &dyn Disk, dir: &Path, last: Option<&Segment>) -> Result<(), StoreError> {
    if let Some(last) = last {
        last.cut().map_err(StoreError::io("cut", &last.path))?;
        last.file.sync().map_err(StoreError::io("sync", &last.path))?;
    }
    disk.sync_dir(dir).map_err(StoreError::io("sync", dir))
}

/// Removes a segment's file, and brings that to the disk before anything else changes.
pub(super) fn remove_segment(disk: &dyn Disk, dir: &Path, path: &Path) -> Result<(), StoreError> {
    disk.remove_file(path).map_err(StoreError::io("remove", path))?;
    disk.sync_dir(dir).map_err(StoreError::io("sync", dir))
}
