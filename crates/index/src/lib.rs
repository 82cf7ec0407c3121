//! History from the stream of applied blocks: operations by account, fills by market, pools, stored
//! data.
//!
//! A follower: [`History::apply`] takes the operations of each block in order, [`History::undo`]
//! takes the newest block back when the chain switches forks, [`History::commit`] forgets how. It
//! must never write ledger state.

/// Says how a row is numbered: by its id.
macro_rules! row {
    ($type:ty, $index:ty) => {
        impl carbyne_graph::Object for $type {
            type Index = $index;
            fn instance(&self) -> u64 {
                self.id.0
            }
            fn set_instance(&mut self, instance: u64) {
                self.id = carbyne_wire::Id(instance);
            }
        }
    };
}
use row;

mod account;
mod history;
pub mod market;
mod operations;
pub mod pool;
pub mod storage;
mod transactions;
mod window;

pub use account::{AccountActivity, AccountHistory};
pub use history::{History, Settings};
pub use operations::{BlockOperations, OperationHistory, concerned_accounts};
pub use transactions::{Refusals, TransactionPlace};
