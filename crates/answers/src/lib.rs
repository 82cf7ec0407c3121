//! What clients read: the answers of the API that are no objects, operations or blocks, as structs.
//!
//! The server writes them and a client library reads them back into the same types. Their JSON is
//! the reference's, derived. A client that links this room links objects and with them the ledger,
//! which is pure, but neither the server nor history nor anything that opens a file or a socket.
//! Never knows how an answer is found.

mod accounts;
mod assets;
mod markets;
mod pools;

pub use accounts::{Candidate, FullAccount, MoreData, MorePromises, Promises, Statistics};
pub use assets::{AssetHolder, ExtendedAsset};
pub use markets::{BookOrder, LimitOrderGroup, OrderBook, Ticker, Trade, Volume};
pub use pools::{ExtendedLiquidityPool, LiquidityPoolTicker, PoolSums};
