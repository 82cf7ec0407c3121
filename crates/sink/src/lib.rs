//! History for other databases: what the chain did, written to PostgreSQL.
//!
//! A [`Feeder`] pulls blocks from a [`Source`] and writes them in order, on a thread of its own:
//! the chain never waits for a database. Invariant: the rows of a block and the position after it
//! are written in one transaction, so a block is there exactly once, whoever dies when. This room
//! must never know a rule of the chain.

mod connection;
mod error;
mod feeder;
mod progress;
mod rows;
pub mod schema;
mod status;
mod writer;

pub use connection::{Settings, connect};
pub use error::{Error, SourceError};
pub use feeder::Feeder;
pub use progress::{Progress, State};
pub use status::Status;
pub use writer::{Outcome, step};

use carbyne_index::OperationHistory;
use carbyne_protocol::ids::WitnessId;
use carbyne_wire::{Dialect, Digest, Hash160, TimePointSec};

/// A block and what it did.
#[derive(Clone, Debug)]
pub struct SinkBlock {
    /// Number, from 1.
    pub number: u32,
    /// Id.
    pub id: Hash160,
    /// Id of the block before.
    pub previous: Hash160,
    /// When its slot began.
    pub time: TimePointSec,
    /// Who made it.
    pub witness: WitnessId,
    /// Bytes of the block.
    pub bytes: usize,
    /// Ids of its transactions in order.
    pub transactions: Vec<Hash160>,
    /// Everything that was applied, virtual operations included, in order.
    pub operations: Vec<OperationHistory>,
}

/// Where blocks come from. Two questions need not see the same branch of the chain.
pub trait Source: Send + Sync + 'static {
    /// Which chain it is.
    fn chain_id(&self) -> Digest<32>;

    /// How the chain writes keys.
    fn dialect(&self) -> Dialect;

    /// Number and id of the head block; none before the first.
    fn head(&self) -> Result<Option<(u32, Hash160)>, SourceError>;

    /// Id of a block; none if it is later than the head, or if the source does not have it.
    fn block_id(&self, number: u32) -> Result<Option<Hash160>, SourceError>;

    /// A block; none if it is later than the head, or if the source does not have it.
    fn block(&self, number: u32) -> Result<Option<SinkBlock>, SourceError>;
}
