//! Recordings as files: `.jsonl`, or `.jsonl.zst`, one JSON object per line.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Every file that this process opened, so that a recording nobody looks at is found.
static OPENED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// The recordings opened so far, by their canonical paths.
pub fn opened() -> BTreeSet<PathBuf> {
    OPENED.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// The lines of a recording, decompressed if need be.
pub fn lines(path: &Path) -> io::Result<impl Iterator<Item = io::Result<String>>> {
    Ok(BufReader::with_capacity(1 << 18, open(path)?).lines())
}

/// The bytes of a file, decompressed if need be.
pub fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    let file = File::open(path).map_err(|error| named(path, error))?;
    OPENED.lock().unwrap_or_else(PoisonError::into_inner).insert(path.canonicalize()?);
    let is_compressed = path.extension().is_some_and(|extension| extension == "zst");
    Ok(if is_compressed { Box::new(zstd::Decoder::new(file)?) } else { Box::new(file) })
}

/// The JSON objects of a recording.
pub fn objects(path: &Path) -> io::Result<Vec<Value>> {
    lines(path)?
        .map(|line| serde_json::from_str(&line?).map_err(io::Error::from))
        .collect::<io::Result<_>>()
        .map_err(|error| named(path, error))
}

/// The file `NAME.jsonl` of a folder, plain or compressed.
pub fn find(dir: &Path, name: &str) -> io::Result<PathBuf> {
    find_file(dir, &format!("{name}.jsonl"))
}

/// A file of a folder, plain or compressed.
pub fn find_file(dir: &Path, name: &str) -> io::Result<PathBuf> {
    let plain = dir.join(name);
    let compressed = dir.join(format!("{name}.zst"));
    [plain, compressed].into_iter().find(|path| path.is_file()).ok_or_else(|| {
        let message = format!("{} holds no {name} or {name}.zst", dir.display());
        io::Error::new(io::ErrorKind::NotFound, message)
    })
}

/// The recordings that `paths` name, folders opened, in order of name.
pub fn all(paths: &[PathBuf]) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            let entries = path.read_dir()?.map(|entry| entry.map(|entry| entry.path()));
            let mut inside: Vec<PathBuf> = entries.collect::<io::Result<_>>()?;
            inside.retain(|path| is_recording(path));
            inside.sort();
            found.extend(inside);
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

fn is_recording(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    name.ends_with(".jsonl") || name.ends_with(".jsonl.zst")
}

/// What a recording is called in reports.
pub fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn named(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
