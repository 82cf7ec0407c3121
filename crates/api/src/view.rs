//! What methods read: the state, its history and its blocks, all of one moment.

use crate::ApiError;
use carbyne_index::History;
use carbyne_ledger::Ledger;
use carbyne_ledger::ids::AssetId;
use carbyne_ledger::objects::AssetObject;
use carbyne_ledger::tables::AnyTable;
use carbyne_ledger::transaction::{SignedBlock, SignedTransaction};
use carbyne_wire::{Json, ObjectId};
use serde_json::Value;

/// Blocks by number, from wherever they are kept.
pub trait Blocks {
    /// The block with that number on the current chain.
    fn block(&self, number: u32) -> Option<SignedBlock>;
}

/// Everything a method may read.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The state, pending transactions included.
    pub ledger: &'a Ledger,
    /// What happened.
    pub history: &'a History,
    /// The blocks.
    pub blocks: &'a dyn Blocks,
    /// What the operator set.
    pub settings: &'a Settings,
}

impl<'a> View<'a> {
    /// An object by id as JSON; refused if there is no such type of object.
    pub fn object(&self, id: ObjectId) -> Result<Option<Value>, ApiError> {
        match self.history.object(id) {
            Some(found) => Ok(found),
            None => Ok(self.table(id.space, id.type_)?.json(id.instance)),
        }
    }

    /// An object that is always there.
    pub(crate) fn existing(&self, id: ObjectId) -> Result<Value, ApiError> {
        self.object(id)?.ok_or_else(|| ApiError::assert(format!("there is no object {id}")))
    }

    /// The number the next object of a space and type gets.
    pub(crate) fn next_number(&self, space: u8, type_: u8) -> Result<u64, ApiError> {
        match self.history.next_number(space, type_) {
            Some(next) => Ok(next),
            None => Ok(self.table(space, type_)?.next_number()),
        }
    }

    fn table(&self, space: u8, type_: u8) -> Result<&'a dyn AnyTable, ApiError> {
        self.ledger.tables.any(space, type_).ok_or_else(|| {
            ApiError::assert(format!(
                "tmp != nullptr: Database index {space}.{type_} has not been initialized"
            ))
        })
    }

    /// An asset by symbol or id.
    pub fn asset(&self, symbol_or_id: &str) -> Result<&'a AssetObject, ApiError> {
        self.find_asset(symbol_or_id)?.ok_or_else(|| ApiError::assert("asset_ptr: no such asset"))
    }

    /// An asset by symbol or id, if there is one.
    pub fn find_asset(&self, symbol_or_id: &str) -> Result<Option<&'a AssetObject>, ApiError> {
        let by_id = symbol_or_id.starts_with(|first: char| first.is_ascii_digit());
        let id = if by_id {
            Some(AssetId::from_json(&Value::from(symbol_or_id))?)
        } else {
            self.ledger.tables.assets.index().find(&symbol_or_id.into())
        };
        Ok(id.and_then(|id| self.ledger.find(id)))
    }
}

/// What the operator set for the interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether a client may subscribe to everything that is created and removed.
    pub enable_subscribe_to_all: bool,
    /// API sets open to everybody.
    pub open: Vec<crate::methods::ApiSet>,
}

/// What a client wants to enter the chain.
#[derive(Clone, Debug, PartialEq)]
pub enum Submission {
    /// A transaction; the answer comes as soon as it is pending.
    Transaction(SignedTransaction),
    /// A transaction; the answer comes as soon as it is pending, and a notice with its block.
    WithCallback(SignedTransaction, u64),
    /// A transaction; the answer comes with its block.
    Synchronous(SignedTransaction),
    /// A block.
    Block(SignedBlock),
    /// Blocks to be produced at once, the first of them this many seconds after the head block at least.
    Produce {
        /// How many.
        blocks: u32,
        /// Seconds.
        seconds: u32,
    },
}
