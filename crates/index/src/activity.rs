//! How many operations accounts have, for the accounts the program has seen.
//!
//! Invariant: what is known is what the blocks that were not taken back say. What is not known is
//! kept under the account. An operation may name accounts that do not exist, with any number.

use crate::keys::{Key, Kind};
use crate::record::Place;
use carbyne_graph::Sparse;
use carbyne_protocol::ids::AccountId;
use carbyne_wire::Wire;
use std::collections::VecDeque;

/// Counters of one account that has entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Wire)]
pub(crate) struct Counters {
    /// The number of the newest entry.
    pub(crate) newest: u64,
    /// How many entries.
    pub(crate) total: u64,
    /// Where the row of the newest entry is.
    pub(crate) place: Place,
}

/// What the counters of an account are kept under.
pub(crate) fn key(account: AccountId) -> Key {
    Key::new(Kind::AccountHead).bytes(&account.0.to_be_bytes())
}

/// Counters of accounts.
#[derive(Default)]
pub(crate) struct Activities {
    known: Sparse<Counters>,
    /// What each block that can be taken back changed, in order: what was before.
    blocks: VecDeque<Vec<(AccountId, Option<Counters>)>>,
}

impl Activities {
    /// The counters of an account, if they are known.
    pub(crate) fn get(&self, account: AccountId) -> Option<Counters> {
        self.known.get(account.0).copied()
    }

    /// Begins a block.
    pub(crate) fn begin(&mut self) {
        self.blocks.push_back(Vec::new());
    }

    /// The newest block gives an account these counters.
    pub(crate) fn set(&mut self, account: AccountId, counters: Counters) {
        let before = self.known.insert(account.0, counters);
        if let Some(block) = self.blocks.back_mut() {
            block.push((account, before));
        }
    }

    /// Takes the newest block back.
    pub(crate) fn undo(&mut self) {
        for (account, before) in self.blocks.pop_back().unwrap_or_default().into_iter().rev() {
            match before {
                Some(before) => self.known.insert(account.0, before),
                None => self.known.remove(account.0),
            };
        }
    }

    /// Forgets how to take back all but the newest `undoable` blocks.
    pub(crate) fn commit(&mut self, undoable: usize) {
        let gone = self.blocks.len().saturating_sub(undoable.max(1));
        self.blocks.drain(..gone);
    }

    /// The accounts of the newest block, in order.
    pub(crate) fn newest(&self) -> Vec<AccountId> {
        let changed = self.blocks.back().into_iter().flatten();
        let mut accounts: Vec<AccountId> = changed.map(|(account, _)| *account).collect();
        accounts.sort_unstable();
        accounts.dedup();
        accounts
    }
}
