//! History from the stream of applied blocks: operations by account, fills by market, transactions by id.
//!
//! A follower: it reads what the core did, can roll back with a fork, and must never write ledger state.

use carbyne_wire::ObjectId;
use serde_json::Value;

/// What happened, to be asked.
#[derive(Clone, Debug, Default)]
pub struct History {}

impl History {
    /// An object that only history knows (operations 1.11, account history 2.9): none if the id is of another type.
    pub fn object(&self, _id: ObjectId) -> Option<Option<Value>> {
        None
    }

    /// The number the next such object gets: none if the type is another one.
    pub fn next_number(&self, _space: u8, _type: u8) -> Option<u64> {
        None
    }
}
