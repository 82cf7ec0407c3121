//! History from the stream of applied blocks: operations by account, fills by market, pools, stored
//! data.
//!
//! A follower: [`History::apply`] takes the operations of each block in order, [`History::undo`]
//! takes the newest block back when the chain switches forks, [`History::commit`] forgets how and
//! lets blocks go to disk. It must never write ledger state.

mod account;
mod activity;
mod disk;
mod entries;
mod history;
mod keys;
pub mod market;
mod objects;
mod operations;
pub mod pool;
mod record;
mod rows;
pub mod storage;
mod store;
mod transactions;
mod unindexed;
mod verify;
mod window;

pub use account::{AccountActivity, AccountHistory};
pub use entries::{Step, Wanted};
pub use history::{Again, History, Settings};
pub use objects::{HistoryChange, KeptObject};
pub use operations::{BlockOperations, OperationHistory, concerned_accounts, named_assets};
pub use transactions::{Refusals, TransactionPlace};
pub use verify::Holdings;
