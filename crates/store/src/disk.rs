//! The one door to the file system, and the real disk behind it.
//!
//! Invariant: no other file of this crate opens, reads, writes, renames or removes anything, so a
//! test that replaces the disk sees, and can spoil, every access. This file must never know what
//! the bytes mean.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::error::StoreError;

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// An existing file, for reading.
    Read,
    /// An existing file, for reading and writing.
    Write,
    /// An empty file, for reading and writing; what was there is gone.
    Create,
}

/// One entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The name without its directory; characters that are not text are replaced.
    pub name: String,
    /// Whether it is a directory; links are not followed.
    pub is_dir: bool,
}

/// A lock on a file, held until it is dropped or the process ends.
pub trait DiskLock: Send + Sync {}

/// Files and directories.
pub trait Disk: Send + Sync {
    /// Opens a file.
    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn DiskFile>>;

    /// The entries of a directory, sorted by name.
    fn list(&self, dir: &Path) -> io::Result<Vec<Entry>>;

    /// Creates a directory in one that exists.
    fn create_dir(&self, dir: &Path) -> io::Result<()>;

    /// Gives a file another name, in place of a file that has it.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    fn remove_file(&self, path: &Path) -> io::Result<()>;

    /// Removes an empty directory.
    fn remove_dir(&self, dir: &Path) -> io::Result<()>;

    /// Brings the names in a directory to the disk: files created, renamed and removed.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;

    /// Locks a file, which is created if missing; `WouldBlock` if another has it.
    fn lock(&self, path: &Path) -> io::Result<Box<dyn DiskLock>>;

    /// Bytes that may still be written to the file system on which `dir` is.
    fn free_bytes(&self, dir: &Path) -> io::Result<u64>;
}

/// The bytes of a file; `None` if there is none.
pub fn read_file(disk: &dyn Disk, path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    let file = match disk.open(path, Access::Read) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(StoreError::io("open", path))?,
    };
    let length = file.length().map_err(StoreError::io("read", path))?;
    let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
    let count = read_up_to(&*file, 0, &mut bytes).map_err(StoreError::io("read", path))?;
    bytes.truncate(count);
    Ok(Some(bytes))
}

/// Creates a directory that may be missing, with those above it.
pub fn create_dir(disk: &dyn Disk, dir: &Path) -> Result<(), StoreError> {
    ensure_dir(disk, dir).map_err(StoreError::io("create", dir))
}

/// Writes a small file: at `path` there is the old one or the whole new one, whatever happens.
pub fn write_file(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".tmp");
    publish(disk, path, Path::new(&temporary), |file| {
        write_all_at(file, 0, bytes).map_err(StoreError::io("write", path))
    })?;
    Ok(())
}

/// An open file.
pub trait DiskFile: Send + Sync {
    /// Its length in bytes.
    fn length(&self) -> io::Result<u64>;

    /// Reads up to `buffer.len()` bytes from `offset`; 0 at the end.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// Writes up to `bytes.len()` bytes at `offset`; tells how many.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<usize>;

    /// Cuts the file, or extends it with zeros.
    fn set_length(&self, length: u64) -> io::Result<()>;

    /// Brings the contents and the length to the disk.
    fn sync(&self) -> io::Result<()>;
}

/// Writes all of `bytes` at `offset`, however many pieces the disk takes them in.
pub fn write_all_at(file: &dyn DiskFile, offset: u64, bytes: &[u8]) -> io::Result<()> {
    let (mut offset, mut rest) = (offset, bytes);
    while !rest.is_empty() {
        match file.write_at(offset, rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => {
                offset += written as u64;
                rest = rest.get(written..).unwrap_or_default();
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Fills `buffer` from `offset`; tells how many bytes there were before the end of the file.
pub(crate) fn read_up_to(file: &dyn DiskFile, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(offset + filled as u64, rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Writes a file under a temporary name in the same directory, brings it to the disk and only then
/// gives it its name: at `path` there is the old file or the whole new one, never a part.
///
/// `SyncFailed` means that either of the two may be there after a power cut.
pub(crate) fn publish(
    disk: &dyn Disk,
    path: &Path,
    temporary: &Path,
    fill: impl FnOnce(&dyn DiskFile) -> Result<(), StoreError>,
) -> Result<Box<dyn DiskFile>, StoreError> {
    let written = (|| {
        let file = disk.open(temporary, Access::Create).map_err(StoreError::io("create", path))?;
        fill(&*file)?;
        file.sync().map_err(StoreError::io("sync", path))?;
        disk.rename(temporary, path).map_err(StoreError::io("rename", path))?;
        Ok(file)
    })();
    if written.is_err() {
        // It takes up room but does no harm if this fails too: nobody reads temporary files.
        let _ = disk.remove_file(temporary);
    }
    let file = written?;
    disk.sync_dir(parent_of(path))
        .map_err(|source| StoreError::SyncFailed { path: path.into(), source })?;
    Ok(file)
}

/// The directory that a name is in.
pub(crate) fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Creates a directory that may be missing, with those above it, and brings their names to the
/// disk.
pub(crate) fn ensure_dir(disk: &dyn Disk, dir: &Path) -> io::Result<()> {
    match disk.list(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        other => return other.map(drop),
    }
    let parent = parent_of(dir);
    ensure_dir(disk, parent)?;
    disk.create_dir(dir)?;
    disk.sync_dir(parent)
}

/// The disk of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn DiskFile>> {
        let mut options = OpenOptions::new();
        options.read(true);
        match access {
            Access::Read => {}
            Access::Write => drop(options.write(true)),
            Access::Create => drop(options.write(true).create(true).truncate(true)),
        }
        Ok(Box::new(RealFile(options.open(path)?)))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            entries.push(Entry { name, is_dir: entry.file_type()?.is_dir() });
        }
        entries.sort();
        Ok(entries)
    }

    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        fs::create_dir(dir)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_dir(&self, dir: &Path) -> io::Result<()> {
        fs::remove_dir(dir)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        File::open(dir)?.sync_all()
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn DiskLock>> {
        let opened = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        let file = match opened {
            // To look at a directory one need not be allowed to write there.
            Err(error) if is_read_only(&error) => File::open(path)?,
            other => other?,
        };
        match file.try_lock() {
            Ok(()) => Ok(Box::new(RealLock { file })),
            Err(TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn free_bytes(&self, dir: &Path) -> io::Result<u64> {
        let found = rustix::fs::statvfs(dir)?;
        Ok(found.f_bavail.saturating_mul(found.f_frsize))
    }
}

fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

struct RealFile(File);

impl DiskFile for RealFile {
    fn length(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(buffer, offset)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_at(bytes, offset)
    }

    fn set_length(&self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }

    // `fdatasync` also brings a changed length to the disk: without it the data could not be read.
    fn sync(&self) -> io::Result<()> {
        self.0.sync_data()
    }
}

/// The kernel lets go of the lock when the process ends, however it does.
struct RealLock {
    file: File,
}

impl DiskLock for RealLock {}

impl Drop for RealLock {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that is just being started by another thread
        // has a copy of it for a moment, which would keep the lock.
        let _closed_next = self.file.unlock();
    }
}
