//! The data directory: an identity file, the block log, the snapshots and the history.
//!
//! ```text
//! chain.toml    whose data it is: format version, chain id, and marks of the directory
//! lock          held by the process that has the directory open
//! blocks/       the block log
//! snapshots/    the last two states
//! history/      belongs wholly to the history index
//! history.new/  the same while it is made anew
//! aside-1/      what was set aside because the blocks it came from are lost
//! ```
//!
//! Invariant: data in the directory is data of the chain that `chain.toml` names.
//! This file must never know what a history file looks like.

use std::io;
use std::path::{Path, PathBuf};

use crate::disk::{
    Access, Disk, DiskLock, Entry, RealDisk, ensure_dir, publish, read_up_to, write_all_at,
};
use crate::error::StoreError;
use crate::identity::{ChainIdentity, hex_of};
use crate::{log, snapshot};

/// The newest layout of a data directory that this program knows.
const FORMAT: u32 = 1;
const IDENTITY: &str = "chain.toml";
const IDENTITY_TEMPORARY: &str = "chain.toml.tmp";
const LOCK: &str = "lock";
const BLOCKS: &str = "blocks";
const SNAPSHOTS: &str = "snapshots";
const HISTORY: &str = "history";

/// An identity file is a few lines; more is something else.
const IDENTITY_LEN_MAX: usize = 4096;

/// What the identity file says of the directory itself.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// Whether its maker allowed that the chain is deleted without being asked again.
    pub is_disposable: bool,
    /// Number of the first block that was brought to its log: should the log be gone, this says so.
    pub first_block: Option<u32>,
}

/// A data directory that this process holds.
pub struct DataDir {
    root: PathBuf,
    identity: ChainIdentity,
    marks: Marks,
    _lock: Option<Box<dyn DiskLock>>,
}

/// What [`DataDir::wipe`] did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Wiped {
    /// How many files were deleted.
    pub files: usize,
    /// What was left because no part of Carbyne writes files of that name there.
    pub left: Vec<PathBuf>,
}

impl DataDir {
    /// The name of the directory where a history index is made anew.
    pub const NEW_HISTORY: &str = "history.new";

    /// Takes hold of the directory on this machine's disk, creating it if missing.
    pub fn open(root: &Path, identity: &ChainIdentity) -> Result<DataDir, StoreError> {
        DataDir::open_on(&RealDisk, root, identity)
    }

    /// Takes hold of the directory on a disk, creating it if missing.
    pub fn open_on(
        disk: &dyn Disk,
        root: &Path,
        identity: &ChainIdentity,
    ) -> Result<DataDir, StoreError> {
        DataDir::open_marked_on(disk, root, identity, Marks::default())
    }

    /// As [`DataDir::open_on`]; a directory that is new gets these marks.
    pub fn open_marked_on(
        disk: &dyn Disk,
        root: &Path,
        identity: &ChainIdentity,
        marks: Marks,
    ) -> Result<DataDir, StoreError> {
        // First what needs no writing: a directory that is refused stays as it is.
        if DataDir::is_new_on(disk, root, identity)? {
            ensure_dir(disk, root).map_err(StoreError::io("create", root))?;
        }
        let lock = lock(disk, root)?;
        let marks = match read_identity(disk, root)? {
            Some(text) => parse_expected(&text, root, identity)?,
            None => {
                refuse_unnamed_data(disk, root)?;
                write_identity(disk, root, identity, &marks)?;
                marks
            }
        };
        for dir in [BLOCKS, SNAPSHOTS, HISTORY].map(|name| root.join(name)) {
            ensure_dir(disk, &dir).map_err(StoreError::io("create", &dir))?;
        }
        Ok(DataDir { root: root.into(), identity: *identity, marks, _lock: Some(lock) })
    }

    /// Takes hold of a directory of this chain without changing anything in it.
    pub fn look_on(
        disk: &dyn Disk,
        root: &Path,
        identity: &ChainIdentity,
    ) -> Result<DataDir, StoreError> {
        let has_lock = disk.open(&root.join(LOCK), Access::Read).is_ok();
        let lock = has_lock.then(|| lock(disk, root)).transpose()?;
        let text = read_identity(disk, root)?.unwrap_or_default();
        let marks = parse_expected(&text, root, identity)?;
        Ok(DataDir { root: root.into(), identity: *identity, marks, _lock: lock })
    }

    /// Whether the directory holds no chain yet and could take this one. Changes nothing; refuses a
    /// directory that could not.
    pub fn is_new_on(
        disk: &dyn Disk,
        root: &Path,
        identity: &ChainIdentity,
    ) -> Result<bool, StoreError> {
        match read_identity(disk, root)? {
            Some(text) => parse_expected(&text, root, identity).map(|_| false),
            None => refuse_unnamed_data(disk, root).map(|()| true),
        }
    }

    /// The chain that the directory on a disk belongs to; `None` if it holds none yet.
    pub fn identity_on(disk: &dyn Disk, root: &Path) -> Result<Option<ChainIdentity>, StoreError> {
        let text = read_identity(disk, root)?;
        let parsed = text.map(|text| parse_identity(&text, &root.join(IDENTITY))).transpose()?;
        Ok(parsed.map(|(identity, _)| identity))
    }

    /// Deletes the data in a directory that was made to be deleted, of whatever chain, and nothing
    /// else. An interrupted deletion can be started again.
    pub fn wipe(root: &Path) -> Result<Wiped, StoreError> {
        DataDir::wipe_on(&RealDisk, root)
    }

    /// As [`DataDir::wipe`], on a disk.
    pub fn wipe_on(disk: &dyn Disk, root: &Path) -> Result<Wiped, StoreError> {
        let Some(text) = read_identity(disk, root)? else {
            refuse_unnamed_data(disk, root)?;
            return Ok(Wiped::default());
        };
        let (_, marks) = parse_identity(&text, &root.join(IDENTITY))?;
        if !marks.is_disposable {
            return Err(StoreError::NotDisposable { path: root.into() });
        }
        let _lock = lock(disk, root)?;
        let mut wiped = Wiped::default();
        wipe_dir(disk, &root.join(BLOCKS), &|name| log::owns(name) || name == LOCK, &mut wiped)?;
        wipe_dir(disk, &root.join(SNAPSHOTS), &snapshot::owns, &mut wiped)?;
        for name in [HISTORY, Self::NEW_HISTORY] {
            wipe_dir(disk, &root.join(name), &|_| true, &mut wiped)?;
        }
        // Last, since it is what lets an interrupted deletion go on.
        disk.sync_dir(root).map_err(StoreError::io("sync", root))?;
        wipe_identity(disk, root, &mut wiped)?;
        Ok(wiped)
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What the identity file says of it.
    pub fn marks(&self) -> Marks {
        self.marks
    }

    /// Notes which block is the first of the log, which has been brought to the disk.
    pub fn note_first_block(
        &mut self,
        disk: &dyn Disk,
        first: Option<u32>,
    ) -> Result<(), StoreError> {
        self.marks.first_block = first;
        write_identity(disk, &self.root, &self.identity, &self.marks)
    }

    /// Makes a directory for what is to be set aside.
    pub fn make_aside(&self, disk: &dyn Disk) -> Result<PathBuf, StoreError> {
        let mut paths = (1_u32..).map(|number| self.root.join(format!("aside-{number}")));
        let dir = paths.find(|path| disk.list(path).is_err()).unwrap_or_default();
        ensure_dir(disk, &dir).map_err(StoreError::io("create", &dir))?;
        Ok(dir)
    }

    /// Where the block log is.
    pub fn blocks(&self) -> PathBuf {
        self.root.join(BLOCKS)
    }

    /// Where the snapshots are.
    pub fn snapshots(&self) -> PathBuf {
        self.root.join(SNAPSHOTS)
    }

    /// Where the history index is.
    pub fn history(&self) -> PathBuf {
        self.root.join(HISTORY)
    }

    /// Where a history index is made anew.
    pub fn new_history(&self) -> PathBuf {
        self.root.join(Self::NEW_HISTORY)
    }

    /// Puts the history index that was made anew in the place of the one there is. Should it be
    /// interrupted, neither is left whole, and a new one must be made.
    pub fn replace_history(&self) -> Result<(), StoreError> {
        let (old, new) = (self.history(), self.new_history());
        std::fs::remove_dir_all(&old).map_err(StoreError::io("remove", &old))?;
        std::fs::rename(&new, &old).map_err(StoreError::io("rename", &new))?;
        RealDisk.sync_dir(&self.root).map_err(StoreError::io("sync", &self.root))
    }
}

/// Locks a directory against other processes, until the lock is dropped.
pub(crate) fn lock(disk: &dyn Disk, dir: &Path) -> Result<Box<dyn DiskLock>, StoreError> {
    disk.lock(&dir.join(LOCK)).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => StoreError::InUse { path: dir.into() },
        _ => StoreError::io("lock", dir)(error),
    })
}

/// The text of the identity file, if there is one.
fn read_identity(disk: &dyn Disk, root: &Path) -> Result<Option<String>, StoreError> {
    let path = root.join(IDENTITY);
    let file = match disk.open(&path, Access::Read) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(StoreError::io("open", &path))?,
    };
    let mut bytes = vec![0; IDENTITY_LEN_MAX];
    let count = read_up_to(&*file, 0, &mut bytes).map_err(StoreError::io("read", &path))?;
    bytes.truncate(count);
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Reads the identity file; refuses a newer format.
fn parse_identity(text: &str, path: &Path) -> Result<(ChainIdentity, Marks), StoreError> {
    let bad = |field| StoreError::BadIdentity { path: path.into(), field };
    let number = |value: &toml::Value| value.as_integer().and_then(|n| u32::try_from(n).ok());
    let table: toml::Table = text.parse().map_err(|_| bad("its TOML"))?;
    let found = table.get("format").and_then(number).ok_or(bad("format"))?;
    if found > FORMAT {
        return Err(StoreError::NewerFormat { path: path.into(), found, supported: FORMAT });
    }
    let digits = table.get("chain_id").and_then(toml::Value::as_str).ok_or(bad("chain_id"))?;
    let mut chain_id = [0; 32];
    hex::decode_to_slice(digits, &mut chain_id).map_err(|_| bad("chain_id"))?;
    let marks = Marks {
        is_disposable: table.get("disposable").and_then(toml::Value::as_bool) == Some(true),
        first_block: table.get("first_block").and_then(number),
    };
    Ok((ChainIdentity { chain_id }, marks))
}

/// The marks of a directory that is to be of this chain.
fn parse_expected(text: &str, root: &Path, identity: &ChainIdentity) -> Result<Marks, StoreError> {
    let path = root.join(IDENTITY);
    let (found, marks) = parse_identity(text, &path)?;
    identity.expect(found.chain_id, root)?;
    Ok(marks)
}

fn write_identity(
    disk: &dyn Disk,
    root: &Path,
    identity: &ChainIdentity,
    marks: &Marks,
) -> Result<(), StoreError> {
    let mut text = format!(
        "# The chain whose data this directory holds. Written by carbyne; do not change.\n\
         format = {FORMAT}\nchain_id = \"{}\"\n",
        hex_of(&identity.chain_id)
    );
    if marks.is_disposable {
        text.push_str("# Its maker may delete it without being asked again.\ndisposable = true\n");
    }
    if let Some(first) = marks.first_block {
        let what = "# The block log began with this block.";
        text.push_str(&format!("{what}\nfirst_block = {first}\n"));
    }
    let path = root.join(IDENTITY);
    publish(disk, &path, &root.join(IDENTITY_TEMPORARY), |file| {
        write_all_at(file, 0, text.as_bytes()).map_err(StoreError::io("write", &path))
    })?;
    Ok(())
}

/// Refuses a directory that holds data without saying of which chain.
fn refuse_unnamed_data(disk: &dyn Disk, root: &Path) -> Result<(), StoreError> {
    for dir in [BLOCKS, SNAPSHOTS, HISTORY].map(|name| root.join(name)) {
        if !list_or_nothing(disk, &dir)?.is_empty() {
            return Err(StoreError::NoIdentity { path: root.into() });
        }
    }
    Ok(())
}

fn list_or_nothing(disk: &dyn Disk, dir: &Path) -> Result<Vec<Entry>, StoreError> {
    match disk.list(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        other => other.map_err(StoreError::io("list", dir)),
    }
}

/// Deletes the files in a directory whose names `owns` knows. Directories in it belong to it as a
/// whole or not at all; links are deleted, not followed.
fn wipe_dir(
    disk: &dyn Disk,
    dir: &Path,
    owns: &dyn Fn(&str) -> bool,
    wiped: &mut Wiped,
) -> Result<(), StoreError> {
    for entry in list_or_nothing(disk, dir)? {
        let path = dir.join(&entry.name);
        if !owns(&entry.name) {
            wiped.left.push(path);
        } else if entry.is_dir {
            wipe_dir(disk, &path, owns, wiped)?;
            disk.remove_dir(&path).map_err(StoreError::io("remove", &path))?;
        } else {
            disk.remove_file(&path).map_err(StoreError::io("remove", &path))?;
            wiped.files += 1;
        }
    }
    match disk.sync_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other.map_err(StoreError::io("sync", dir)),
    }
}

/// Deletes the identity file. The lock stays: another process may be waiting for it.
fn wipe_identity(disk: &dyn Disk, root: &Path, wiped: &mut Wiped) -> Result<(), StoreError> {
    for entry in list_or_nothing(disk, root)? {
        let path = root.join(&entry.name);
        match entry.name.as_str() {
            IDENTITY | IDENTITY_TEMPORARY => {
                disk.remove_file(&path).map_err(StoreError::io("remove", &path))?;
                wiped.files += 1;
            }
            LOCK | BLOCKS | SNAPSHOTS | HISTORY | DataDir::NEW_HISTORY => {}
            _ => wiped.left.push(path),
        }
    }
    disk.sync_dir(root).map_err(StoreError::io("sync", root))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::parent_of;
    use crate::simulated::{Fault, SimulatedDisk};

    const OURS: ChainIdentity = ChainIdentity { chain_id: [1; 32] };
    const OTHER: ChainIdentity = ChainIdentity { chain_id: [2; 32] };
    const ROOT: &str = "/var/carbyne";

    fn put(disk: &SimulatedDisk, path: &str, text: &str) {
        let path = Path::new(path);
        ensure_dir(disk, parent_of(path)).unwrap();
        let file = disk.open(path, Access::Create).unwrap();
        write_all_at(&*file, 0, text.as_bytes()).unwrap();
    }

    fn open(disk: &SimulatedDisk, identity: &ChainIdentity) -> Result<DataDir, String> {
        DataDir::open_on(disk, Path::new(ROOT), identity).map_err(|error| error.to_string())
    }

    /// Makes a directory that may be deleted.
    fn make_disposable(disk: &SimulatedDisk, identity: &ChainIdentity) {
        let marks = Marks { is_disposable: true, ..Marks::default() };
        drop(DataDir::open_marked_on(disk, Path::new(ROOT), identity, marks).unwrap());
    }

    #[track_caller]
    fn check_refused(disk: &SimulatedDisk, identity: &ChainIdentity, message: &str) {
        let error = open(disk, identity).err().expect("the directory must be refused");
        assert!(error.contains(message), "{error}");
        assert!(!error.contains('\n'), "more than one line: {error}");
    }

    #[test]
    fn a_directory_is_created_and_opened_again() {
        let disk = SimulatedDisk::new();
        let dir = open(&disk, &OURS).unwrap();
        for part in [dir.blocks(), dir.snapshots(), dir.history()] {
            assert_eq!(disk.list(&part).unwrap(), []);
        }
        check_refused(&disk, &OURS, "in use by another process");
        drop(dir);
        open(&disk, &OURS).unwrap();
    }

    #[test]
    fn a_directory_of_another_chain_is_refused() {
        let disk = SimulatedDisk::new();
        open(&disk, &OURS).unwrap();
        check_refused(&disk, &OTHER, "belongs to chain 0101");
    }

    #[test]
    fn a_malformed_identity_names_its_field() {
        for (text, message) in [
            ("format = 2\n", "has format 2, this program reads up to format 1"),
            ("format = -1\n", "format is missing or malformed"),
            ("format = 1\n", "chain_id is missing or malformed"),
            ("format = 1\nchain_id = \"12\"\n", "chain_id is missing or malformed"),
            ("\u{0}\u{0}", "its TOML is missing or malformed"),
        ] {
            let disk = SimulatedDisk::new();
            put(&disk, "/var/carbyne/chain.toml", text);
            check_refused(&disk, &OURS, message);
        }
    }

    #[test]
    fn data_without_an_identity_is_refused_and_never_wiped() {
        let disk = SimulatedDisk::new();
        put(&disk, "/var/carbyne/blocks/blocks-0000000001.log", "of whom?");
        check_refused(&disk, &OURS, "holds data but no chain.toml");
        assert!(DataDir::wipe_on(&disk, Path::new(ROOT)).is_err());
        assert!(open(&disk, &OURS).is_err());
    }

    #[test]
    fn a_wipe_deletes_only_what_it_recognises() {
        let disk = SimulatedDisk::new();
        make_disposable(&disk, &OTHER);
        put(&disk, "/var/carbyne/blocks/blocks-0000000001.log", "");
        put(&disk, "/var/carbyne/blocks/blocks-1.log", "mine");
        put(&disk, "/var/carbyne/history/deep/table", "");
        put(&disk, "/var/carbyne/snapshots/notes.txt", "mine");
        put(&disk, "/var/carbyne/keys.toml", "mine");
        let wiped = DataDir::wipe_on(&disk, Path::new(ROOT)).unwrap();
        let left = ["blocks/blocks-1.log", "snapshots/notes.txt", "keys.toml"];
        assert_eq!(wiped.left, left.map(|name| Path::new(ROOT).join(name)));
        assert_eq!(wiped.files, 3);
        assert_eq!(disk.list(Path::new("/var/carbyne/history")).unwrap(), []);
        // What was left keeps the directory from being taken for an empty one.
        check_refused(&disk, &OURS, "holds data but no chain.toml");
    }

    #[test]
    fn only_a_directory_that_was_made_to_be_deleted_is_wiped() {
        let disk = SimulatedDisk::new();
        drop(open(&disk, &OURS).unwrap());
        let wiped = DataDir::wipe_on(&disk, Path::new(ROOT));
        assert!(matches!(wiped, Err(StoreError::NotDisposable { .. })), "{wiped:?}");
        open(&disk, &OURS).unwrap();
    }

    #[test]
    fn a_directory_that_is_refused_stays_as_it_is() {
        let disk = SimulatedDisk::new();
        put(&disk, "/var/carbyne/history/table", "of whom?");
        let before = disk.list(Path::new(ROOT)).unwrap();
        check_refused(&disk, &OURS, "holds data but no chain.toml");
        assert_eq!(disk.list(Path::new(ROOT)).unwrap(), before);
        let look = DataDir::look_on(&disk, Path::new("/nowhere"), &OURS);
        assert!(matches!(look, Err(StoreError::BadIdentity { .. })));
        assert!(disk.list(Path::new("/nowhere")).is_err());
    }

    #[test]
    fn marks_stay() {
        let disk = SimulatedDisk::new();
        make_disposable(&disk, &OURS);
        open(&disk, &OURS).unwrap();
        let mut dir = DataDir::open_on(&disk, Path::new(ROOT), &OURS).unwrap();
        dir.note_first_block(&disk, Some(7)).unwrap();
        drop(dir);
        let dir = DataDir::look_on(&disk, Path::new(ROOT), &OURS).unwrap();
        assert_eq!(dir.marks(), Marks { is_disposable: true, first_block: Some(7) });
    }

    #[test]
    fn after_a_wipe_the_directory_serves_another_chain() {
        let disk = SimulatedDisk::new();
        make_disposable(&disk, &OTHER);
        assert_eq!(DataDir::wipe_on(&disk, Path::new(ROOT)).unwrap().files, 1);
        open(&disk, &OURS).unwrap();
        let nowhere = DataDir::wipe_on(&disk, Path::new("/nowhere")).unwrap();
        assert_eq!(nowhere, Wiped::default());
    }

    #[test]
    fn a_directory_in_use_is_not_wiped() {
        let disk = SimulatedDisk::new();
        make_disposable(&disk, &OURS);
        let _held = open(&disk, &OURS).unwrap();
        assert!(matches!(DataDir::wipe_on(&disk, Path::new(ROOT)), Err(StoreError::InUse { .. })));
    }

    /// Opens and wipes with a fault at each operation, then cuts the power: it opens again.
    #[test]
    fn no_fault_leaves_a_directory_that_cannot_be_opened() {
        for fault in Fault::ALL {
            for at in 0..40 {
                let disk = SimulatedDisk::new();
                disk.fail_at(at, fault);
                let marks = Marks { is_disposable: true, ..Marks::default() };
                drop(DataDir::open_marked_on(&disk, Path::new(ROOT), &OURS, marks));
                let _ = DataDir::wipe_on(&disk, Path::new(ROOT));
                let _ = open(&disk, &OURS);
                disk.restart(at);
                open(&disk, &OURS).unwrap_or_else(|error| panic!("{fault:?} at {at}: {error}"));
            }
        }
    }
}
