//! The wallet: what it remembers, whether it is open, and the node it asks.
//!
//! Invariant: while it is locked no key is in memory; whatever needs one says so.

use crate::dev;
use crate::error::{Result, WalletError};
use crate::node::{Node, same_chain};
use crate::review::Manner;
use crate::store::{Data, Public, ReferenceFile, Sealed, digest_of, read, write_atomically};
use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Dialect, Digest};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Whether keys are here.
enum Lock {
    /// No password was ever set.
    New,
    /// They are in the file only.
    Locked,
    /// They are in memory.
    Open(Box<Open>),
}

/// What is in memory while a wallet is open.
struct Open {
    /// What closes the file again; none if it lies nowhere.
    seal: Option<Sealed>,
    data: Data,
}

/// Where a wallet lies.
struct Place {
    file: PathBuf,
    /// What was there when it was read or written last.
    digest: Option<[u8; 32]>,
    /// The text, as it was read.
    text: Option<String>,
}

/// A wallet.
pub struct Wallet {
    node: Option<Node>,
    /// How its chain writes keys.
    pub(crate) dialect: Dialect,
    place: Option<Place>,
    lock: Lock,
    /// What is in the open.
    pub(crate) public: Public,
    /// Transactions that are being built, by handle.
    pub(crate) builders: BTreeMap<u32, SignedTransaction>,
    /// Who uses it.
    pub(crate) manner: Manner,
    /// Whether a person waits until what was sent cannot be undone.
    pub(crate) until_final: bool,
    /// The words from which keys follow, if the chain is one whose keys everybody knows.
    dev_words: Option<String>,
    /// Closes itself when it was not used for so long.
    lock_after: Option<Duration>,
    used: Instant,
}

impl Wallet {
    /// The wallet in a file, or a new one that will be; locked.
    pub fn in_file(file: &Path, node: Node, manner: Manner) -> Result<Self> {
        let dialect = node.dialect();
        let mut wallet = Self::with(Some(node), dialect, manner);
        wallet.load(file)?;
        Ok(wallet)
    }

    /// The same without a node, for a chain with that dialect.
    pub fn offline(file: &Path, dialect: Dialect, manner: Manner) -> Result<Self> {
        let mut wallet = Self::with(None, dialect, manner);
        wallet.load(file)?;
        Ok(wallet)
    }

    /// A wallet that lies nowhere, open, with the keys of a development chain.
    pub fn of_dev(node: Node, words: String, manner: Manner) -> Result<Self> {
        let dialect = node.dialect();
        let mut wallet = Self::with(Some(node), dialect, manner);
        if !wallet.node()?.account(dev::ACCOUNT).is_ok_and(|account| {
            account.active.key_auths.contains_key(&dev::account_key().public_key())
        }) {
            return Err(WalletError::impossible(
                "this is no chain of `carbyne dev`: its account dev has another key",
            ));
        }
        wallet.dev_words = Some(words);
        let mut data = Data::default();
        data.add(dev::account_key());
        for key in dev::witness_keys() {
            data.add(key);
        }
        wallet.lock = Lock::Open(Box::new(Open { seal: None, data }));
        let id = wallet.node()?.account(dev::ACCOUNT)?.id;
        wallet.public.accounts.insert(id, dev::ACCOUNT.to_owned());
        Ok(wallet)
    }

    fn with(node: Option<Node>, dialect: Dialect, manner: Manner) -> Self {
        let mut public = Public::default();
        if let Some(node) = &node {
            public.chain_id = node.chain_id();
        }
        Self {
            node,
            dialect,
            place: None,
            lock: Lock::New,
            public,
            builders: BTreeMap::new(),
            manner,
            until_final: false,
            dev_words: None,
            lock_after: None,
            used: Instant::now(),
        }
    }

    /// Lets it lock itself when it was not used for so long.
    pub fn lock_after(&mut self, idle: Duration) {
        self.lock_after = Some(idle);
    }

    /// Locks it if it was not used for long enough; whether it did.
    pub fn lock_if_idle(&mut self) -> bool {
        let is_due = self.lock_after.is_some_and(|idle| self.used.elapsed() >= idle);
        is_due && !self.is_locked() && self.place.is_some() && self.lock().is_ok()
    }

    /// Notes that it is used.
    pub(crate) fn touch(&mut self) {
        self.used = Instant::now();
    }

    /// The node.
    pub fn node(&self) -> Result<&Node> {
        self.node.as_ref().ok_or(WalletError::Offline)
    }

    /// The chain it is for; zeros if that is not known.
    pub fn chain_id(&self) -> Digest<32> {
        self.public.chain_id
    }

    /// Whether the chain is one whose keys everybody knows.
    pub fn is_dev(&self) -> bool {
        self.dev_words.is_some()
    }

    /// The key of an account, if the chain is one whose keys everybody knows.
    pub(crate) fn dev_key(&self, name: &str) -> Option<PrivateKey> {
        self.dev_words.as_ref().map(|words| dev::key_of(words, name))
    }

    /// Whether no password was ever set.
    pub fn is_new(&self) -> bool {
        matches!(self.lock, Lock::New)
    }

    /// Whether no keys are in memory.
    pub fn is_locked(&self) -> bool {
        !matches!(self.lock, Lock::Open(_))
    }

    /// Takes up what a file holds, locked; whether there is such a file.
    pub fn load(&mut self, file: &Path) -> Result<bool> {
        let text = read(file)?;
        let Some(text) = text else {
            if self.place.is_none() {
                self.place = Some(Place { file: file.to_path_buf(), digest: None, text: None });
            }
            return Ok(false);
        };
        // The reference's file is opened whole, at `unlock`; its chain is in the open, too.
        let public = if ReferenceFile::is_one(&text) {
            let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
            let chain_id = carbyne_wire::Json::from_json(&value["chain_id"])?;
            Public { chain_id, ..Public::default() }
        } else {
            Sealed::public_of(&text, file, self.dialect)?
        };
        self.public = self.of_this_chain(public)?;
        self.lock = Lock::Locked;
        let digest = digest_of(Some(&text));
        self.place = Some(Place { file: file.to_path_buf(), digest, text: Some(text) });
        Ok(true)
    }

    /// Refuses what belongs to another chain than the node's; what was made without a node belongs
    /// to the first one it meets.
    fn of_this_chain(&self, mut public: Public) -> Result<Public> {
        if let Some(node) = &self.node {
            if public.chain_id == Digest::default() {
                public.chain_id = node.chain_id();
            }
            same_chain(node.chain_id(), public.chain_id)?;
        }
        Ok(public)
    }

    /// Opens it.
    pub fn unlock(&mut self, password: &str) -> Result<()> {
        if matches!(self.lock, Lock::New) {
            return Err(WalletError::New);
        }
        let place = self.place.as_ref().ok_or(WalletError::New)?;
        let text = place.text.as_deref().ok_or(WalletError::New)?;
        let (seal, public, data) = if ReferenceFile::is_one(text) {
            let opened = ReferenceFile::open(text, &place.file, password, self.dialect)?;
            (Sealed::with_password(password)?, opened.public, opened.data)
        } else {
            Sealed::open(text, &place.file, password, self.dialect)?
        };
        self.public = self.of_this_chain(public)?;
        self.lock = Lock::Open(Box::new(Open { seal: Some(seal), data }));
        Ok(())
    }

    /// Wipes the keys from memory; what was changed is saved first.
    pub fn lock(&mut self) -> Result<()> {
        self.opened()?;
        if self.place.is_none() {
            return Err(WalletError::impossible("a wallet that lies in no file stays open"));
        }
        self.save()?;
        self.lock = Lock::Locked;
        Ok(())
    }

    /// Gives it a password, another one if it is open. A new one stays locked, as in the
    /// reference.
    pub fn set_password(&mut self, password: &str) -> Result<()> {
        if password.is_empty() {
            return Err(WalletError::argument("password", "is empty"));
        }
        let data = match std::mem::replace(&mut self.lock, Lock::Locked) {
            Lock::New => Data::default(),
            Lock::Open(open) => open.data,
            Lock::Locked => return Err(WalletError::Locked),
        };
        let seal = Some(Sealed::with_password(password)?);
        self.lock = Lock::Open(Box::new(Open { seal, data }));
        self.lock()
    }

    fn opened(&self) -> Result<&Open> {
        match &self.lock {
            Lock::New => Err(WalletError::New),
            Lock::Locked => Err(WalletError::Locked),
            Lock::Open(open) => Ok(open),
        }
    }

    /// What is under the password.
    pub fn data(&self) -> Result<&Data> {
        self.opened().map(|open| &open.data)
    }

    /// What is under the password, to change; [`Wallet::save`] keeps it.
    pub fn data_mut(&mut self) -> Result<&mut Data> {
        match &mut self.lock {
            Lock::New => Err(WalletError::New),
            Lock::Locked => Err(WalletError::Locked),
            Lock::Open(open) => Ok(&mut open.data),
        }
    }

    /// Writes it to its file.
    pub fn save(&mut self) -> Result<()> {
        let open = self.opened()?;
        let (Some(seal), Some(place)) = (&open.seal, &self.place) else { return Ok(()) };
        let text = seal.seal(&self.public, &open.data, self.dialect)?;
        write_atomically(&place.file, &text, place.digest)?;
        let (file, digest) = (place.file.clone(), digest_of(Some(&text)));
        self.place = Some(Place { file, digest, text: Some(text) });
        Ok(())
    }

    /// Writes it to another file, which must not be there.
    pub fn save_as(&mut self, file: &Path) -> Result<()> {
        if self.place.as_ref().is_some_and(|place| place.file == file) {
            return self.save();
        }
        let open = self.opened()?;
        let seal = open.seal.as_ref().ok_or_else(|| {
            WalletError::impossible("the keys of a development chain are kept in no file")
        })?;
        write_atomically(file, &seal.seal(&self.public, &open.data, self.dialect)?, None)
    }

    /// The file it lies in.
    pub fn file(&self) -> Option<&Path> {
        self.place.as_ref().map(|place| place.file.as_path())
    }

    /// The private key of a public one.
    pub fn key(&self, public: &PublicKey) -> Result<&PrivateKey> {
        let key = self.data()?.keys.get(&public.0);
        let text = || public.to_text(self.dialect.prefix());
        key.ok_or_else(|| WalletError::NoKey(text()))
    }
}

impl Wallet {
    /// On a development chain: takes in the key that an account has there.
    pub(crate) fn add_dev_key(&mut self, name: &str) -> Result<()> {
        if let Some(key) = self.dev_key(name) {
            self.data_mut()?.add(key);
        }
        Ok(())
    }
}
