//! What a node keeps of its peers: its own key, and the nodes that it heard of.
//!
//! Invariant: a file that cannot be read costs a name or a list of addresses, never the start. This
//! file must never know what the addresses are good for.

use anyhow::{Context, Result};
use carbyne_crypto::PrivateKey;
use carbyne_net::Record;
use carbyne_store::{RealDisk, create_dir, write_file};
use carbyne_wire::{Pack, Tags, unpack_exact};
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The node's key, in hexadecimal.
const KEY: &str = "key";
/// The nodes that were heard of, packed.
const RECORDS: &str = "peers";

/// A key of chance.
pub(super) fn chance_key() -> Result<PrivateKey> {
    PrivateKey::generate().context("the system gives no chance")
}

/// The key of the node: that of its first start.
pub(super) fn key(folder: &Path) -> Result<PrivateKey> {
    let path = folder.join(KEY);
    let kept = fs::read_to_string(&path).ok();
    if let Some(key) = kept.and_then(|text| PrivateKey::from_wif(text.trim()).ok()) {
        return Ok(key);
    }
    let key = chance_key()?;
    create_dir(&RealDisk, folder)?;
    let mut options = fs::OpenOptions::new();
    let file = options.create(true).truncate(true).write(true).mode(0o600).open(&path);
    let written = file.and_then(|mut file| writeln!(file, "{}", key.to_wif()));
    written.with_context(|| format!("cannot write {}", path.display()))?;
    Ok(key)
}

/// The nodes that were heard of.
pub(super) fn records(folder: &Path) -> Vec<Record> {
    let bytes = fs::read(folder.join(RECORDS)).unwrap_or_default();
    unpack_exact(&bytes, Tags::Reference).unwrap_or_default()
}

/// Keeps the nodes that were heard of.
pub(super) fn keep<'a>(folder: &Path, records: impl Iterator<Item = &'a Record>) {
    let records: Vec<Record> = records.cloned().collect();
    let written = create_dir(&RealDisk, folder)
        .and_then(|()| write_file(&RealDisk, &folder.join(RECORDS), &records.to_bytes()));
    if let Err(error) = written {
        tracing::warn!(%error, "the nodes that were heard of cannot be kept");
    }
}
