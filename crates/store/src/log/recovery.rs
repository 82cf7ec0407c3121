//! Opening a block log after any stop: which segments there are, where the last one ends.
//!
//! Invariant: only bytes that were never acknowledged are cut off; everything else that is bad is
//! an error. Interrupted and started again, recovery comes to the same result.
//! This file must never know which blocks the node expects.

use std::path::Path;

use super::TornTail;
use super::reader::{View, whole};
use super::segment::{self, Scan, Segment};
use crate::disk::Disk;
use crate::error::StoreError;
use crate::identity::ChainIdentity;

/// What is in the directory, and the tail that was cut off.
pub(super) fn recover(
    disk: &dyn Disk,
    dir: &Path,
    identity: &ChainIdentity,
) -> Result<(View, Option<TornTail>), StoreError> {
    let mut view = View { sealed: segments(disk, dir)?, ..View::default() };
    let mut torn = None;
    let mut next = None;
    while let Some(first) = view.sealed.pop() {
        let scan = Segment::scan(disk, dir, identity, first)?;
        let last = scan.last;
        let segment = match next {
            None => note_torn_tail(scan, &mut torn)?,
            Some(next) => whole(scan, next)?,
        };
        if segment.count() > 0 {
            view.active = Some(segment);
            view.head = last;
            break;
        }
        // A segment without a block says nothing; the one before it is full and was brought to the
        // disk before this one was created.
        remove_segment(disk, dir, &segment.path)?;
        next = Some(first);
    }
    sync_found(disk, dir, view.active.as_ref())?;
    Ok((view, torn))
}

/// The first blocks of all segments, ascending; removes files that were not finished.
fn segments(disk: &dyn Disk, dir: &Path) -> Result<Vec<u32>, StoreError> {
    let mut firsts = Vec::new();
    for entry in disk.list(dir).map_err(StoreError::io("list", dir))? {
        if let Some(first) = segment::first_of(&entry.name) {
            firsts.push(first);
        } else if segment::is_temporary(&entry.name) {
            let path = dir.join(&entry.name);
            disk.remove_file(&path).map_err(StoreError::io("remove", &path))?;
        }
    }
    firsts.sort_unstable();
    Ok(firsts)
}

/// Notes what follows the last good record of the last segment as torn, unless it was acknowledged.
fn note_torn_tail(scan: Scan, torn: &mut Option<TornTail>) -> Result<Segment, StoreError> {
    let segment = scan.segment;
    let Some(bad) = scan.bad else {
        return Ok(segment);
    };
    if bad.was_durable {
        return Err(segment.damaged(segment.end, bad.damage));
    }
    let (offset, bytes) = (segment.end, bad.length);
    *torn = Some(TornTail { segment: segment.path.clone(), offset, bytes });
    Ok(segment)
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
