//! Keys together with the record of what they signed.

use crate::record::Record;
use carbyne_chain::{BlockSigner, SigningRefusal};
use carbyne_crypto::{PrivateKey, PublicKey, Signature};
use carbyne_protocol::transaction::BlockHeader;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Signs a header only when the record says that no other of its slot was signed.
pub struct Guard {
    keys: BTreeMap<[u8; 33], PrivateKey>,
    record: Record,
}

impl fmt::Debug for Guard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Guard").field("record", &self.record).finish_non_exhaustive()
    }
}

impl Guard {
    /// These keys, and the record of them.
    pub fn new(keys: Vec<PrivateKey>, record: Record) -> Self {
        let keys = keys.into_iter().map(|key| (key.public_key().0, key)).collect();
        Self { keys, record }
    }

    /// The public keys.
    pub fn public_keys(&self) -> Vec<PublicKey> {
        self.keys.keys().copied().map(PublicKey).collect()
    }

    /// Signs a header; what it is of is on disk by then.
    pub fn sign(
        &mut self,
        key: &PublicKey,
        header: &BlockHeader,
    ) -> Result<Signature, SigningRefusal> {
        let key = self.keys.get(&key.0).ok_or(SigningRefusal::NotMyKey)?;
        self.record.note(header)?;
        Ok(key.sign(&header.digest().0))
    }

    /// Each key as somebody who signs blocks.
    pub fn into_signers(self) -> Vec<GuardedKey> {
        let keys = self.public_keys();
        let guard = Arc::new(Mutex::new(self));
        keys.into_iter().map(|key| GuardedKey { key, guard: guard.clone() }).collect()
    }
}

/// A key of a [`Guard`].
#[derive(Debug)]
pub struct GuardedKey {
    key: PublicKey,
    guard: Arc<Mutex<Guard>>,
}

impl BlockSigner for GuardedKey {
    fn public_key(&self) -> PublicKey {
        self.key
    }

    fn sign_header(&self, header: &BlockHeader) -> Result<Signature, SigningRefusal> {
        let mut guard = self.guard.lock().unwrap_or_else(PoisonError::into_inner);
        guard.sign(&self.key, header)
    }
}
