//! The tables of methods: one row per method, under the names of the reference.

mod asset;
mod block;
mod carbyne;
mod crypto;
mod custom_operations;
mod database;
mod debug;
mod dev;
mod history;
mod login;
mod network_broadcast;
mod network_node;
mod orders;

pub use carbyne::List;

use crate::signature::{self, Signature};
use crate::view::Submission;
use crate::{ApiError, Arguments, Session, View};
use serde_json::Value;

/// A group of methods that is opened or closed as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ApiSet {
    /// The state.
    Database,
    /// Who one is, and numbers for the other sets.
    Login,
    /// Sending transactions.
    NetworkBroadcast,
    /// What happened.
    History,
    /// Order books by price group.
    Orders,
    /// Data stored by custom operations.
    CustomOperations,
    /// Whole blocks.
    Block,
    /// Holders of assets.
    Asset,
    /// Commitments and range proofs.
    Crypto,
    /// Peers.
    NetworkNode,
    /// For tests of nodes.
    Debug,
    /// For tests of what is built on a chain: moves its time. Ours, not the reference's.
    Dev,
    /// What the reference does not answer. Ours.
    Carbyne,
}

impl ApiSet {
    /// Every set.
    pub const ALL: [Self; 13] = [
        Self::Database,
        Self::Login,
        Self::NetworkBroadcast,
        Self::History,
        Self::Orders,
        Self::CustomOperations,
        Self::Block,
        Self::Asset,
        Self::Crypto,
        Self::NetworkNode,
        Self::Debug,
        Self::Dev,
        Self::Carbyne,
    ];

    /// The sets that are open unless the operator says otherwise.
    pub const DEFAULT: [Self; 6] = [
        Self::Database,
        Self::NetworkBroadcast,
        Self::History,
        Self::Orders,
        Self::CustomOperations,
        Self::Carbyne,
    ];

    /// The name clients ask for it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Login => "login",
            Self::NetworkBroadcast => "network_broadcast",
            Self::History => "history",
            Self::Orders => "orders",
            Self::CustomOperations => "custom_operations",
            Self::Block => "block",
            Self::Asset => "asset",
            Self::Crypto => "crypto",
            Self::NetworkNode => "network_node",
            Self::Debug => "debug",
            Self::Dev => "dev",
            Self::Carbyne => "carbyne",
        }
    }

    /// The set clients ask for by `name`; login is not asked for, it is there.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.name() == name && *set != Self::Login)
    }

    /// Its methods, in parts.
    fn parts(self) -> &'static [&'static [Method]] {
        match self {
            Self::Database => database::PARTS,
            Self::Login => &[login::METHODS],
            Self::NetworkBroadcast => &[network_broadcast::METHODS],
            Self::Block => &[block::METHODS],
            Self::Dev => &[dev::METHODS],
            Self::Carbyne => &[carbyne::METHODS],
            Self::Asset => &[asset::METHODS],
            Self::Crypto => &[crypto::METHODS],
            Self::History => &[history::METHODS],
            Self::Orders => &[orders::METHODS],
            Self::CustomOperations => &[custom_operations::METHODS],
            Self::NetworkNode => &[network_node::METHODS],
            Self::Debug => &[debug::METHODS],
        }
    }

    /// Its methods.
    pub fn methods(self) -> impl Iterator<Item = &'static Method> {
        self.parts().iter().flat_map(|part| part.iter())
    }
}

/// A method.
#[derive(Clone, Copy)]
pub struct Method {
    /// Name.
    pub name: &'static str,
    /// What it takes and gives, as [`Method::signature`] reads it.
    line: &'static str,
    /// What it does, in a sentence.
    pub doc: &'static str,
    /// The code behind it.
    pub handler: Handler,
}

impl Method {
    /// A row of a table; its name is what the line of its signature begins with.
    const fn new(line: &'static str, doc: &'static str, handler: Handler) -> Self {
        Self { name: signature::name_of(line), line, doc, handler }
    }

    /// What it takes and gives; a test sees to it that every row can be read.
    pub fn signature(&self) -> Option<Signature> {
        signature::parse(self.line)
    }

    /// Whether it has something told later.
    pub fn has_callback(&self) -> bool {
        self.line.contains(": callback")
    }

    /// The line of its signature, for people.
    pub fn line(&self) -> &'static str {
        self.line
    }
}

/// What a method needs.
#[derive(Clone, Copy)]
pub enum Handler {
    /// Only reads.
    Read(fn(&View<'_>, &Arguments<'_>) -> Result<Value, ApiError>),
    /// Reads and changes what the connection is told.
    Session(fn(&mut Session, &View<'_>, &Arguments<'_>) -> Result<Value, ApiError>),
    /// Sends something into the chain.
    Submit(fn(&Arguments<'_>) -> Result<Submission, ApiError>),
}

type Read = fn(&View<'_>, &Arguments<'_>) -> Result<Value, ApiError>;
type Submit = fn(&Arguments<'_>) -> Result<Submission, ApiError>;
type Call = fn(&mut Session, &View<'_>, &Arguments<'_>) -> Result<Value, ApiError>;

/// A row for a method that only reads.
const fn read(line: &'static str, doc: &'static str, handler: Read) -> Method {
    Method::new(line, doc, Handler::Read(handler))
}

/// A row for a method that sends something into the chain.
const fn submit(line: &'static str, doc: &'static str, handler: Submit) -> Method {
    Method::new(line, doc, Handler::Submit(handler))
}

/// A row for a method that changes what the connection is told.
const fn call(line: &'static str, doc: &'static str, handler: Call) -> Method {
    Method::new(line, doc, Handler::Session(handler))
}
