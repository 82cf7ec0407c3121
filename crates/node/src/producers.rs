//! Who signs the blocks of a node: keys of its configuration or of a file, with a record in the
//! data directory of what they signed, or a signer that is asked.
//!
//! Invariant: no key signs without a record. This file must never know when a block is made.

use crate::clock::Clock;
use crate::config::WitnessConfig;
use anyhow::{Context, Result, anyhow, ensure};
use carbyne_chain::BlockSigner;
use carbyne_crypto::PrivateKey;
use carbyne_signer::{Address, Guard, NODE_NAME_MAX, Record, Remote, read_keys};
use carbyne_store::RealDisk;
use std::path::Path;
use std::sync::Arc;

/// The record of what was signed, in the data directory.
const RECORD: &str = "signed";

/// What the configuration gives.
pub enum Producers {
    /// Keys, none perhaps.
    Keys(Vec<PrivateKey>),
    /// Those of a signer.
    Remote(Vec<Arc<dyn BlockSigner>>),
}

/// Finds keys, or asks a signer for them, before the chain is opened.
pub fn find(config: &WitnessConfig, data_dir: &Path) -> Result<Producers> {
    let mut keys = Vec::new();
    for wif in &config.private_keys {
        let key = PrivateKey::from_wif(wif);
        keys.push(key.context("witness.private_keys: this is no private key")?);
    }
    if let Some(path) = &config.keys_file {
        keys.extend(read_keys(path).context("witness.keys_file")?);
    }
    let Some(signer) = &config.signer else { return Ok(Producers::Keys(keys)) };
    ensure!(keys.is_empty(), "[witness] has keys and a signer: its keys belong into the signer");
    let address: Address =
        signer.parse().map_err(|error: String| anyhow!("witness.signer: {error}"))?;
    let name = config.name.clone().unwrap_or_else(|| name_of(data_dir));
    ensure!(
        !name.is_empty() && name.len() <= NODE_NAME_MAX,
        "witness.name: a name has 1 to {NODE_NAME_MAX} bytes, \"{name}\" has not"
    );
    let keys = Remote::connect(&address, &name).with_context(|| {
        format!("no signer answers at {address}: start `carbyne signer --listen {address}` first")
    })?;
    let shared = keys.into_iter().map(|key| Arc::new(key) as Arc<dyn BlockSigner>);
    Ok(Producers::Remote(shared.collect()))
}

/// The name of a node that has none: the same after a restart, and no other's.
fn name_of(data_dir: &Path) -> String {
    let machine = rustix::system::uname();
    let path = std::path::absolute(data_dir).unwrap_or_else(|_| data_dir.to_owned());
    let name = format!("{}:{}", machine.nodename().to_string_lossy(), path.display());
    // The end of a path tells more than its begin.
    let from = name.len().saturating_sub(NODE_NAME_MAX);
    let from = (from..=name.len()).find(|from| name.is_char_boundary(*from));
    name.get(from.unwrap_or_default()..).unwrap_or_default().to_owned()
}

impl Producers {
    /// Puts keys under guard, in a data directory that is open.
    pub fn guard(self, data_dir: &Path) -> Result<Vec<Arc<dyn BlockSigner>>> {
        let keys = match self {
            Self::Remote(signers) => return Ok(signers),
            Self::Keys(keys) if keys.is_empty() => return Ok(Vec::new()),
            Self::Keys(keys) => keys,
        };
        let record = Record::open(Arc::new(RealDisk), &data_dir.join(RECORD), Clock.now())?;
        let keys = Guard::new(keys, record).into_signers();
        Ok(keys.into_iter().map(|key| Arc::new(key) as Arc<dyn BlockSigner>).collect())
    }
}
