//! What methods read: the state, its history and its blocks, all of one moment.

use crate::answer::{Answer, insert_after};
use crate::refusal::ApiRefusal;
use crate::{ApiError, Limits};
use carbyne_crypto::hash::sha256;
use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_index::{AccountActivity, History, Refusals};
use carbyne_ledger::Ledger;
use carbyne_ledger::tables::AnyTable;
use carbyne_objects::{Account, AssetObject};
use carbyne_protocol::ids::{AccountId, AssetId};
use carbyne_protocol::transaction::{SignedBlock, SignedTransaction};
use carbyne_wire::{Json, ObjectId, TimePointSec};
use serde_json::Value;
use std::cell::Cell;

/// Spaces that hold objects, of the reference's plugins too.
const SPACES: [u8; 5] = [1, 2, 4, 5, 7];

/// Space and type of the statistics of accounts, to which history adds.
const STATISTICS: (u8, u8) = (2, 6);

/// Blocks by number, from wherever they are kept.
pub trait Blocks {
    /// The block with that number on the current chain.
    fn block(&self, number: u32) -> Option<SignedBlock>;
}

/// Everything a method may read.
pub struct View<'a> {
    /// The state, pending transactions included.
    pub ledger: &'a Ledger,
    /// What happened.
    pub history: &'a History,
    /// Why transactions were refused.
    pub refusals: &'a Refusals,
    /// The blocks.
    pub blocks: &'a dyn Blocks,
    /// What the operator set.
    pub settings: &'a Settings,
    /// Bytes that were gathered for the answer so far.
    pub(crate) gathered: Cell<usize>,
    /// Whether something was asked that history knows.
    pub(crate) is_past_asked: Cell<bool>,
}

impl<'a> View<'a> {
    /// What methods read, of one moment.
    pub fn new(
        ledger: &'a Ledger,
        history: &'a History,
        refusals: &'a Refusals,
        blocks: &'a dyn Blocks,
        settings: &'a Settings,
    ) -> Self {
        Self {
            ledger,
            history,
            refusals,
            blocks,
            settings,
            gathered: Cell::new(0),
            is_past_asked: Cell::default(),
        }
    }

    /// Begins a new answer.
    pub(crate) fn begin(&self) {
        self.gathered.set(0);
        self.is_past_asked.set(false);
    }

    /// What happened; refused if this node does not know.
    pub(crate) fn past(&self) -> Result<&'a History, ApiError> {
        self.is_past_asked.set(true);
        match self.history.failure() {
            None => Ok(self.history),
            Some(why) => Err(ApiError::assert(format!("history cannot be asked: {why}"))),
        }
    }

    /// An object by id as JSON; refused if there is no such type of object.
    pub fn object(&self, id: ObjectId) -> Result<Option<Value>, ApiError> {
        if let Some(found) = self.history.object(id, self.ledger.dialect) {
            return Ok(found);
        }
        let mut object = self.table(id.space, id.type_)?.json(id.instance, self.ledger.dialect);
        if let (STATISTICS, Some(statistics)) = ((id.space, id.type_), &mut object)
            && let Some(Ok(owner)) = statistics.get("owner").map(AccountId::from_json)
        {
            add_activity(&self.history.activity(owner), statistics);
        }
        Ok(object)
    }

    /// An object by id, to become JSON when the answer is written, null if there is none; refused
    /// if there is no such type of object.
    pub(crate) fn shown(&self, id: ObjectId) -> Result<Answer, ApiError> {
        if let Some(found) = self.history.object(id, self.ledger.dialect) {
            return Ok(found.unwrap_or_default().into());
        }
        if (id.space, id.type_) == STATISTICS {
            return Ok(self.object(id)?.unwrap_or_default().into());
        }
        match self.table(id.space, id.type_)?.row(id.instance) {
            Some((bytes, json)) => {
                let dialect = self.ledger.dialect;
                self.later(bytes, move || json(dialect))
            }
            None => Ok(Value::Null.into()),
        }
    }

    /// The statistics of an account.
    pub(crate) fn statistics(&self, account: &Account) -> Result<Value, ApiError> {
        self.existing(account.statistics.into())
    }

    /// An account by name or id.
    pub(crate) fn account(&self, name_or_id: &str) -> Result<&'a Account, ApiError> {
        let account = self.find_account(name_or_id)?;
        Ok(account.ok_or_else(|| match name_or_id {
            "" => ApiRefusal::NoAccountName,
            name => ApiRefusal::UnknownAccount { name: name.into() },
        })?)
    }

    /// An account by name or id, if there is one.
    pub(crate) fn find_account(&self, name_or_id: &str) -> Result<Option<&'a Account>, ApiError> {
        let id = if name_or_id.starts_with(|first: char| first.is_ascii_digit()) {
            Some(AccountId::from_json(&Value::from(name_or_id))?)
        } else {
            self.ledger.tables.accounts.index().find(&name_or_id.into())
        };
        Ok(id.and_then(|id| self.ledger.find(id)))
    }

    /// An object that is always there.
    pub(crate) fn existing(&self, id: ObjectId) -> Result<Value, ApiError> {
        self.object(id)?.ok_or_else(|| ApiRefusal::MissingObject { id }.into())
    }

    /// The number the next object of a space and type gets.
    pub(crate) fn next_number(&self, space: u8, type_: u8) -> Result<u64, ApiError> {
        match self.history.next_number(space, type_) {
            Some(number) => Ok(number),
            None => Ok(self.table(space, type_)?.next_number()),
        }
    }

    /// The instance numbers of objects of a type from `first` on, in order, `most` at most.
    pub(crate) fn numbers_from(
        &self,
        (space, type_): (u8, u8),
        first: u64,
        most: usize,
    ) -> Result<Vec<u64>, ApiError> {
        match self.history.numbers_from(space, type_, first, most) {
            Some(numbers) => self.past().map(|_| numbers),
            None => Ok(self.table(space, type_)?.numbers_from(first, most)),
        }
    }

    /// The objects of a type of the state.
    fn table(&self, space: u8, type_: u8) -> Result<&'a dyn AnyTable, ApiError> {
        self.ledger.tables.any(space, type_).ok_or_else(|| {
            // The reference makes room for 255 types as soon as a space has one.
            let size = if SPACES.contains(&space) { u8::MAX } else { 0 };
            if type_ < size {
                ApiRefusal::NoObjects { space, type_ }.into()
            } else {
                ApiRefusal::NoSpace { space, type_, size }.into()
            }
        })
    }

    /// An asset by symbol or id.
    pub(crate) fn asset(&self, symbol_or_id: &str) -> Result<&'a AssetObject, ApiError> {
        Ok(self.find_asset(symbol_or_id)?.ok_or_else(|| match symbol_or_id {
            "" => ApiRefusal::NoAssetSymbol,
            symbol => ApiRefusal::UnknownAsset { symbol: symbol.into() },
        })?)
    }

    /// An asset by symbol or id, if there is one.
    pub(crate) fn find_asset(
        &self,
        symbol_or_id: &str,
    ) -> Result<Option<&'a AssetObject>, ApiError> {
        let by_id = symbol_or_id.starts_with(|first: char| first.is_ascii_digit());
        let id = if by_id {
            Some(AssetId::from_json(&Value::from(symbol_or_id))?)
        } else {
            self.ledger.tables.assets.index().find(&symbol_or_id.into())
        };
        Ok(id.and_then(|id| self.ledger.find(id)))
    }
}

/// Adds what history knows of an account to its statistics.
pub(crate) fn add_activity(activity: &AccountActivity, statistics: &mut Value) {
    let members = [
        ("most_recent_op", activity.most_recent_op.to_json()),
        ("total_ops", activity.total_ops.to_json()),
        ("removed_ops", Value::from(0)),
    ];
    insert_after(statistics, "name", &members);
}

/// A user whose rights differ from those of everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Name.
    pub name: String,
    /// SHA-256 of the password with the salt behind it.
    pub password_hash: [u8; 32],
    /// The salt.
    pub password_salt: Vec<u8>,
    /// API sets this user may use.
    pub allowed: Vec<crate::methods::ApiSet>,
}

impl User {
    /// Whether this is the password.
    pub(crate) fn has_password(&self, password: &str) -> bool {
        sha256(&[password.as_bytes(), &self.password_salt].concat()) == self.password_hash
    }
}

/// What the operator set for the interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Whether a client may subscribe to everything that is created and removed.
    pub enable_subscribe_to_all: bool,
    /// API sets open to everybody.
    pub open: Vec<crate::methods::ApiSet>,
    /// Users with other rights than everybody; nobody else is known by name.
    pub users: Vec<User>,
    /// The most that methods give in one answer.
    pub limits: Limits,
}

/// What a client wants to change from outside the rules.
#[derive(Clone, Debug, PartialEq)]
pub enum DebugRequest {
    /// Push the next blocks of the chain in another data directory.
    PushBlocks {
        /// The directory, on the machine of the node.
        folder: String,
        /// How many blocks at most.
        count: u32,
    },
    /// Make blocks in the next slots; the witnesses that are due get this key.
    GenerateBlocks {
        /// The key.
        key: PrivateKey,
        /// How many blocks.
        count: u32,
    },
    /// Write, change or delete an object.
    UpdateObject(Value),
    /// Write every object that changes to this file, on the machine of the node.
    StreamObjects(String),
    /// Bring that file up to date.
    FlushStream,
}

/// What a client asks about peers, or wants done about them.
#[derive(Clone, Debug, PartialEq)]
pub enum NetworkRequest {
    /// Who and where the node is.
    Info,
    /// A peer to connect to: address and port.
    AddNode(String),
    /// The peers.
    Connected,
    /// The nodes that were heard of.
    Potential,
    /// What is set.
    Parameters,
    /// What is to be set.
    SetParameters(Value),
}

impl NetworkRequest {
    /// The answer of a node that has no peers and wants none.
    pub fn without_peers(&self) -> Result<Value, ApiError> {
        match self {
            Self::AddNode(_) => Ok(Value::Null),
            Self::Connected | Self::Potential => Ok(Value::Array(Vec::new())),
            Self::Info | Self::Parameters | Self::SetParameters(_) => {
                Err(ApiRefusal::NoPeers.into())
            }
        }
    }
}

/// What a user of a chain for development wants.
#[derive(Clone, Debug, PartialEq)]
pub enum DevRequest {
    /// Coins.
    Faucet {
        /// Name or id of who gets them.
        account: String,
        /// Smallest units of the core asset; what the faucet likes to give if none.
        amount: Option<i64>,
    },
    /// An account.
    CreateAccount {
        /// Its name.
        name: String,
        /// The key of its owner authority.
        owner: PublicKey,
        /// The key of its active authority and of its memos.
        active: PublicKey,
    },
    /// A block at this time.
    SetTime(TimePointSec),
    /// The present state, to be gone back to.
    Snapshot,
    /// The state of a snapshot, as if nothing had happened since.
    Revert(u32),
    /// The chain as it began.
    Reset,
}

/// What a client wants to enter the chain.
#[derive(Clone, Debug, PartialEq)]
pub enum Submission {
    /// A question about peers, or a wish.
    Network(NetworkRequest),
    /// A transaction; the answer comes as soon as it is pending.
    Transaction(SignedTransaction),
    /// A transaction; the answer comes as soon as it is pending, and a notice with its block.
    WithCallback(SignedTransaction, u64),
    /// A transaction; the answer comes with its block.
    Synchronous(SignedTransaction),
    /// A transaction that is only tried; the answer is the transaction with the results of its
    /// operations.
    Validate(SignedTransaction),
    /// A transaction that is only tried; the answer is what it would do.
    Simulate {
        /// The transaction.
        transaction: SignedTransaction,
        /// Whether it must be signed.
        with_signatures: bool,
    },
    /// A change from outside the rules.
    Debug(DebugRequest),
    /// Something that a chain for development does for its users.
    Dev(DevRequest),
    /// A block.
    Block(SignedBlock),
    /// Blocks to be produced at once, the first of them this many seconds after the head block at
    /// least.
    Produce {
        /// How many.
        blocks: u32,
        /// Seconds.
        seconds: u32,
    },
}
