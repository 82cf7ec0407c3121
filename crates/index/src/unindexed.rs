//! What leads to the record of operations from accounts and transactions, gathered for the tree.
//!
//! Accounts and transactions come in any order, and a tree that is given them one by one writes
//! everything many times. So they come into it in order, very many at once; should the program end
//! before, the record is read again from where the tree leads to it.

use crate::activity::{self, Counters};
use crate::disk::Bytes;
use crate::record::Record;
use crate::rows::packed;
use crate::transactions::{self, TransactionPlace};
use carbyne_protocol::ids::AccountId;
use carbyne_wire::Hash160;

/// Entries of accounts and transactions that are gathered, about.
const ENOUGH: usize = 131_072;

/// What the tree does not lead to yet.
#[derive(Default)]
pub(crate) struct Unindexed {
    /// What accounts came to, in order of time.
    heads: Vec<(AccountId, Counters)>,
    places: Vec<(Hash160, TransactionPlace)>,
}

impl Unindexed {
    /// Takes in a record and what accounts came to with it.
    pub(crate) fn add(&mut self, record: &Record, heads: &[(AccountId, Counters)]) {
        let block = (record.mark.block, record.mark.operations.time);
        self.heads.extend(heads);
        self.places.extend(TransactionPlace::of_block(block, &record.transactions));
    }

    /// Whether there is so much that the tree is to have it.
    pub(crate) fn is_enough(&self) -> bool {
        self.heads.len() + self.places.len() >= ENOUGH
    }

    /// Keys and values for the tree, in the order of keys.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = (Bytes, Bytes)> + use<> {
        let (mut heads, mut places) =
            (std::mem::take(&mut self.heads), std::mem::take(&mut self.places));
        // Of what an account came to the last counts, which is first then.
        heads.reverse();
        heads.sort_by_key(|(account, _)| *account);
        heads.dedup_by_key(|(account, _)| *account);
        places.sort_unstable_by_key(|(transaction, _)| *transaction);
        places.dedup_by_key(|(transaction, _)| *transaction);
        let places = places.into_iter().map(|(transaction, place)| {
            (Bytes::from(transactions::key(&transaction).as_bytes()), packed(&place))
        });
        places.chain(heads.into_iter().map(|(account, counters)| {
            (Bytes::from(activity::key(account).as_bytes()), packed(&counters))
        }))
    }
}
