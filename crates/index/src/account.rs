//! The history of each account: entries 2.9.N that point at operations, and the counters the
//! reference keeps in the account's statistics.

use carbyne_graph::{Index, NoIndex, Object};
use carbyne_ledger::ids::{AccountHistoryId, AccountId, OperationHistoryId};
use carbyne_wire::{Id, Wire};
use std::collections::BTreeMap;

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

crate::row!(AccountHistory, ByAccount);

/// Entries by account and sequence.
#[derive(Clone, Debug, Default)]
pub struct ByAccount {
    entries: BTreeMap<(AccountId, u64), u64>,
}

impl ByAccount {
    /// Instance numbers of the entries of an account, by sequence, within a range of sequences.
    pub fn range(
        &self,
        account: AccountId,
        sequences: std::ops::RangeInclusive<u64>,
    ) -> impl DoubleEndedIterator<Item = u64> {
        let (first, last) = sequences.into_inner();
        let range = if first <= last { Some((account, first)..=(account, last)) } else { None };
        range.into_iter().flat_map(|range| self.entries.range(range).map(|(_, entry)| *entry))
    }
}

impl Index<AccountHistory> for ByAccount {
    type Keys = (AccountId, u64);
    fn keys(row: &AccountHistory) -> Self::Keys {
        (row.account, row.sequence)
    }
    fn insert(&mut self, instance: u64, keys: Self::Keys) {
        self.entries.insert(keys, instance);
    }
    fn remove(&mut self, _: u64, keys: Self::Keys) {
        self.entries.remove(&keys);
    }
}

/// How much history an account has; its instance number is the account's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Wire)]
pub struct AccountActivity {
    /// The account.
    pub account: AccountId,
    /// Its newest entry.
    pub most_recent_op: AccountHistoryId,
    /// Number of its entries.
    pub total_ops: u64,
}

impl Object for AccountActivity {
    type Index = NoIndex;
    fn instance(&self) -> u64 {
        self.account.0
    }
    fn set_instance(&mut self, instance: u64) {
        self.account = Id(instance);
    }
}
