//! History from the stream of applied blocks: operations by account, fills by market, pools, stored data.
//!
//! A follower: [`History::apply`] takes the operations of each block in order, [`History::undo`] takes the newest
//! block back when the chain switches forks, [`History::commit`] forgets how. It must never write ledger state.

mod account;
mod history;
pub mod market;
mod operations;

pub use account::{AccountActivity, AccountHistory};
pub use history::{History, Settings};
pub use operations::{BlockOperations, OperationHistory, concerned_accounts};
