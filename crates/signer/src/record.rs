//! The file that says which blocks were signed: witness, time of the slot, digest of the header.
//!
//! ```text
//! 8 bytes   "CBSIGN01"
//! 48 bytes  for each signature: witness (u64), time (u32), digest (32 bytes), CRC-32C of these
//! ```
//!
//! Of each witness the slots that were signed last are remembered; nothing is signed for older
//! ones. A file that has grown is written anew with those. Invariant: what [`Record::note`] took is
//! on the disk. This file must never know a key.

use carbyne_chain::SigningRefusal;
use carbyne_protocol::ids::WitnessId;
use carbyne_protocol::transaction::BlockHeader;
use carbyne_store::{
    Access, Disk, DiskFile, DiskLock, StoreError, create_dir, read_file, write_all_at, write_file,
};
use carbyne_wire::TimePointSec;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const MAGIC: &[u8; 8] = b"CBSIGN01";
const ENTRY: usize = 48;
/// Bytes before the checksum of an entry.
const SUMMED: usize = ENTRY - 4;
/// Slots of a witness that are remembered.
const SLOTS_MAX: usize = 200;
/// Witnesses that are remembered.
const WITNESSES_MAX: usize = 1_000;
/// Bytes by which a file has grown when it is written anew: 50,000 signatures.
const GROWTH_MAX: u64 = 50_000 * ENTRY as u64;
/// In the place of a witness: up to that time it is not known what anybody signed.
const EVERYBODY: u64 = u64::MAX;

/// Why a record cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The disk fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another process uses it.
    #[error("{path} is used by another process")]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// It is no such file.
    #[error("{path} is no record of signatures")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// An entry is damaged that was good once.
    #[error(
        "{path} is damaged at byte {at}: what was signed is not known any more. Wait until no node \
         can have signed a block of a time to come, then set the file aside"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where.
        at: usize,
    },
}

/// Digests of the headers that a witness signed, by their slots.
type Signed = BTreeMap<TimePointSec, [u8; 32]>;

/// What was signed.
pub struct Record {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    file: Box<dyn DiskFile>,
    /// Where the next entry goes.
    length: u64,
    /// Where it is written anew.
    length_max: u64,
    known: Known,
    _lock: Box<dyn DiskLock>,
}

impl std::fmt::Debug for Record {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Record").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Record {
    /// Opens the record, or begins one. `now` is the present: if the last entry was not written
    /// whole, its signature never left, but an entry that was damaged later looks the same; so
    /// nothing is signed for slots up to now then.
    pub fn open(disk: Arc<dyn Disk>, path: &Path, now: TimePointSec) -> Result<Self, RecordError> {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        create_dir(&*disk, parent.unwrap_or(Path::new(".")))?;
        let lock = lock(&*disk, path)?;
        let (mut known, torn) = match read_file(&*disk, path)? {
            None => (Known::default(), false),
            Some(bytes) => read(&bytes, path)?,
        };
        if torn {
            known.add(EVERYBODY, now, [0; 32]);
        }
        let (file, length) = write_anew(&*disk, path, &known)?;
        let path = path.to_owned();
        let length_max = length.saturating_add(GROWTH_MAX);
        Ok(Self { disk, path, file, length, length_max, known, _lock: lock })
    }

    /// Takes in that a header is to be signed, unless another of its slot may have been. It is on
    /// disk when this returns.
    pub fn note(&mut self, header: &BlockHeader) -> Result<(), SigningRefusal> {
        let (witness, time, digest) = (header.witness, header.timestamp, header.digest().0);
        match self.known.at(witness, time)? {
            Some(signed) if signed == digest => return Ok(()),
            Some(_) => return Err(SigningRefusal::AnotherSigned { witness, time }),
            None => {}
        }
        self.append(&entry(witness.0, time, &digest))
            .map_err(|error| SigningRefusal::NotRecorded { reason: error.to_string() })?;
        self.known.add(witness.0, time, digest);
        Ok(())
    }

    fn append(&mut self, entry: &[u8]) -> Result<(), StoreError> {
        if self.length >= self.length_max {
            (self.file, self.length) = write_anew(&*self.disk, &self.path, &self.known)?;
            self.length_max = self.length.saturating_add(GROWTH_MAX);
        }
        // After a failure the next entry takes the place of the one that was not noted.
        let written = write_all_at(&*self.file, self.length, entry);
        written.map_err(StoreError::io("write", &self.path))?;
        self.file.sync().map_err(StoreError::io("sync", &self.path))?;
        self.length = self.length.saturating_add(ENTRY as u64);
        Ok(())
    }
}

/// What is remembered.
#[derive(Debug, Default)]
struct Known(BTreeMap<u64, Signed>);

impl Known {
    /// What was signed for a slot, if that can be said.
    fn at(
        &self,
        witness: WitnessId,
        time: TimePointSec,
    ) -> Result<Option<[u8; 32]>, SigningRefusal> {
        let everybody = self.0.get(&EVERYBODY).and_then(|times| times.last_key_value());
        let unknown = everybody.map(|(time, _)| *time).filter(|until| time <= *until);
        let Some(signed) = self.0.get(&witness.0) else {
            if self.0.len() > WITNESSES_MAX {
                let reason = format!("{WITNESSES_MAX} witnesses are remembered already");
                return Err(SigningRefusal::NotRecorded { reason });
            }
            return match unknown {
                Some(known_after) => Err(SigningRefusal::Forgotten { witness, time, known_after }),
                None => Ok(None),
            };
        };
        let first = signed.first_key_value().filter(|_| signed.len() >= SLOTS_MAX);
        let oldest = first.map(|(first, _)| *first).filter(|first| time < *first);
        match (signed.get(&time), unknown.max(oldest)) {
            (Some(digest), _) => Ok(Some(*digest)),
            (None, None) => Ok(None),
            (None, Some(known_after)) => {
                Err(SigningRefusal::Forgotten { witness, time, known_after })
            }
        }
    }

    fn add(&mut self, witness: u64, time: TimePointSec, digest: [u8; 32]) {
        let signed = self.0.entry(witness).or_default();
        signed.insert(time, digest);
        if signed.len() > SLOTS_MAX {
            signed.pop_first();
        }
    }

    fn packed(&self) -> Vec<u8> {
        let all = self.0.iter().flat_map(|(witness, signed)| {
            signed.iter().flat_map(|(time, digest)| entry(*witness, *time, digest))
        });
        MAGIC.iter().copied().chain(all).collect()
    }
}

fn write_anew(
    disk: &dyn Disk,
    path: &Path,
    known: &Known,
) -> Result<(Box<dyn DiskFile>, u64), StoreError> {
    write_file(disk, path, &known.packed())?;
    let file = disk.open(path, Access::Write).map_err(StoreError::io("open", path))?;
    let length = file.length().map_err(StoreError::io("open", path))?;
    Ok((file, length))
}

fn lock(disk: &dyn Disk, path: &Path) -> Result<Box<dyn DiskLock>, RecordError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    disk.lock(&name).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => RecordError::Locked { path: path.to_owned() },
        _ => StoreError::io("lock", &name)(error).into(),
    })
}

fn entry(witness: u64, time: TimePointSec, digest: &[u8; 32]) -> [u8; ENTRY] {
    let mut entry = [0; ENTRY];
    entry[..8].copy_from_slice(&witness.to_le_bytes());
    entry[8..12].copy_from_slice(&time.0.to_le_bytes());
    entry[12..SUMMED].copy_from_slice(digest);
    let sum = crc32c::crc32c(&entry[..SUMMED]);
    entry[SUMMED..].copy_from_slice(&sum.to_le_bytes());
    entry
}

/// What a file says, and whether its last entry is not whole.
fn read(bytes: &[u8], path: &Path) -> Result<(Known, bool), RecordError> {
    let Some(entries) = bytes.strip_prefix(MAGIC) else {
        return Err(RecordError::Foreign { path: path.to_owned() });
    };
    let (mut known, mut torn) = (Known::default(), false);
    let last = entries.len().saturating_sub(1) / ENTRY;
    for (number, chunk) in entries.chunks(ENTRY).enumerate() {
        match parse(chunk) {
            Some((witness, time, digest)) => known.add(witness, time, digest),
            None if number == last => torn = true,
            None => {
                let at = MAGIC.len() + number * ENTRY;
                return Err(RecordError::Damaged { path: path.to_owned(), at });
            }
        }
    }
    Ok((known, torn))
}

fn parse(chunk: &[u8]) -> Option<(u64, TimePointSec, [u8; 32])> {
    let entry: &[u8; ENTRY] = chunk.try_into().ok()?;
    let witness = u64::from_le_bytes(entry[..8].try_into().ok()?);
    let time = TimePointSec(u32::from_le_bytes(entry[8..12].try_into().ok()?));
    let digest = entry[12..SUMMED].try_into().ok()?;
    let sum = u32::from_le_bytes(entry[SUMMED..].try_into().ok()?);
    (crc32c::crc32c(&entry[..SUMMED]) == sum).then_some((witness, time, digest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use carbyne_store::simulated::{Fault, SimulatedDisk};
    use carbyne_wire::{Digest, Id};

    const PATH: &str = "/data/signed";

    fn header(witness: u64, time: u32, root: u8) -> BlockHeader {
        BlockHeader {
            timestamp: TimePointSec(time),
            witness: Id(witness),
            transaction_merkle_root: Digest([root; 20]),
            ..BlockHeader::default()
        }
    }

    fn open_at(disk: &SimulatedDisk, now: u32) -> Result<Record, RecordError> {
        Record::open(Arc::new(disk.clone()), Path::new(PATH), TimePointSec(now))
    }

    fn open(disk: &SimulatedDisk) -> Result<Record, RecordError> {
        open_at(disk, 500)
    }

    fn reason(result: Result<(), SigningRefusal>) -> &'static str {
        use carbyne_protocol::Refusal;
        result.map_or_else(|refusal| refusal.reason(), |()| "ok")
    }

    #[test]
    fn two_blocks_of_one_slot_are_never_signed() {
        let disk = SimulatedDisk::new();
        let mut record = open(&disk).unwrap();
        for (header, expected) in [
            (header(1, 100, 1), "ok"),
            (header(1, 100, 1), "ok"),
            (header(1, 100, 2), "SigningRefusal::AnotherSigned"),
            (header(2, 100, 2), "ok"),
            (header(1, 103, 2), "ok"),
            (header(1, 100, 1), "ok"),
            (header(1, 97, 3), "ok"),
        ] {
            assert_eq!(reason(record.note(&header)), expected, "{header:?}");
        }
        drop(record);
        disk.restart(7);
        let mut record = open(&disk).unwrap();
        assert_eq!(reason(record.note(&header(1, 103, 9))), "SigningRefusal::AnotherSigned");
        assert_eq!(reason(record.note(&header(1, 103, 2))), "ok");
        assert_eq!(reason(record.note(&header(1, 97, 2))), "SigningRefusal::AnotherSigned");
        assert_eq!(reason(record.note(&header(2, 101, 2))), "ok");
    }

    #[test]
    fn whatever_the_disk_does_what_was_noted_is_noted() {
        for fault in Fault::ALL {
            for access in 0..12 {
                let disk = SimulatedDisk::new();
                let mut record = open(&disk).unwrap();
                disk.fail_at(disk.operations() + access, fault);
                let mut noted = Vec::new();
                for time in 100..110_u32 {
                    match reason(record.note(&header(1, time, 1))) {
                        "ok" => noted.push(time),
                        other => assert_eq!(other, "SigningRefusal::NotRecorded"),
                    }
                }
                drop(record);
                disk.restart(access);
                let mut record = open(&disk).unwrap();
                if let Some(last) = noted.last() {
                    let other = reason(record.note(&header(1, *last, 2)));
                    assert_ne!(other, "ok", "{fault:?} at {access}: {noted:?}");
                }
                assert_eq!(reason(record.note(&header(1, 501, 1))), "ok");
            }
        }
    }

    #[test]
    fn damage_is_refused_and_a_torn_end_is_not_trusted() {
        let disk = SimulatedDisk::new();
        let mut record = open(&disk).unwrap();
        (100..103).for_each(|time| record.note(&header(1, time, 1)).unwrap());
        drop(record);
        let good = read_file(&disk, Path::new(PATH)).unwrap().unwrap();
        let write = |bytes: &[u8]| write_file(&disk, Path::new(PATH), bytes).unwrap();
        let mut spoilt = good.clone();
        spoilt[8 + ENTRY + 3] ^= 1;
        write(&spoilt);
        assert!(matches!(open(&disk), Err(RecordError::Damaged { at: 56, .. })));
        write(&good[..good.len() - 1]);
        let mut record = open(&disk).unwrap();
        assert_eq!(reason(record.note(&header(1, 500, 2))), "SigningRefusal::Forgotten");
        assert_eq!(reason(record.note(&header(1, 501, 2))), "ok");
        assert!(matches!(open(&disk), Err(RecordError::Locked { .. })));
        drop(record);
        let mut record = open_at(&disk, 100).unwrap();
        assert_eq!(reason(record.note(&header(2, 500, 2))), "SigningRefusal::Forgotten");
        drop(record);
        write(b"something");
        assert!(matches!(open(&disk), Err(RecordError::Foreign { .. })));
    }

    #[test]
    fn a_long_record_is_written_anew_and_what_is_long_ago_is_refused() {
        let disk = SimulatedDisk::new();
        let mut record = open(&disk).unwrap();
        (1..=300).for_each(|n| record.note(&header(1, n * 10, 1)).unwrap());
        record.length_max = 0;
        record.note(&header(1, 3_010, 1)).unwrap();
        assert_eq!(record.length, (8 + 201 * ENTRY) as u64);
        for _ in 0..2 {
            assert_eq!(reason(record.note(&header(1, 3_010, 2))), "SigningRefusal::AnotherSigned");
            assert_eq!(reason(record.note(&header(1, 1_030, 2))), "SigningRefusal::AnotherSigned");
            assert_eq!(reason(record.note(&header(1, 1_005, 2))), "SigningRefusal::Forgotten");
            assert_eq!(reason(record.note(&header(2, 1, 1))), "ok");
            drop(record);
            record = open(&disk).unwrap();
        }
        let full = (2..2_000).find(|witness| record.note(&header(*witness, 1, 1)).is_err());
        assert_eq!(full, Some(1_002));
    }
}
