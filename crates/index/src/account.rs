//! The history of each account: entries 2.9.N that point at operations, and the counters the
//! reference keeps in the account's statistics.

use carbyne_protocol::ids::{AccountHistoryId, AccountId, OperationHistoryId};
use carbyne_wire::Wire;

/// An entry in the history of an account (reference: `account_history_object`).
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AccountHistory {
    /// Id.
    pub id: AccountHistoryId,
    /// Whose history.
    pub account: AccountId,
    /// The operation.
    pub operation_id: OperationHistoryId,
    /// Counts the entries of this account from 1.
    pub sequence: u64,
    /// The entry before, 2.9.0 if there is none.
    pub next: AccountHistoryId,
}

/// How much history an account has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
pub struct AccountActivity {
    /// The account.
    pub account: AccountId,
    /// Its newest entry.
    pub most_recent_op: AccountHistoryId,
    /// Number of its entries.
    pub total_ops: u64,
}
