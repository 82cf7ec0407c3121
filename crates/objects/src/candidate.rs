//! What committee members and witnesses have in common: accounts that are voted for.
//!
//! Invariant: an account is at most one candidate of a kind, and a vote names at most one.

use super::first_of;
use carbyne_graph::Index;
use carbyne_protocol::ids::AccountId;
use carbyne_wire::{Id, VoteId};
use std::collections::BTreeSet;
use std::marker::PhantomData;

/// What is voted for.
pub trait Candidate {
    /// The account.
    fn account(&self) -> AccountId;
    /// What a vote for it names.
    fn vote(&self) -> VoteId;
}

/// Candidates by account and by vote; both are unique.
#[derive(Clone, Debug, Default)]
pub struct CandidateIndex<I> {
    by_account: BTreeSet<(AccountId, u64)>,
    by_vote: BTreeSet<(VoteId, u64)>,
    id: PhantomData<I>,
}

impl<const SPACE: u8, const TYPE: u8> CandidateIndex<Id<SPACE, TYPE>> {
    /// The candidate that an account is.
    pub fn by_account(&self, account: AccountId) -> Option<Id<SPACE, TYPE>> {
        first_of(&self.by_account, account).map(Id)
    }

    /// The candidate that a vote names.
    pub fn by_vote(&self, vote: VoteId) -> Option<Id<SPACE, TYPE>> {
        first_of(&self.by_vote, vote).map(Id)
    }
}

impl<T: Candidate, I: Default> Index<T> for CandidateIndex<I> {
    type Keys = (AccountId, VoteId);
    fn keys(row: &T) -> Self::Keys {
        (row.account(), row.vote())
    }
    fn insert(&mut self, instance: u64, (account, vote): Self::Keys) {
        self.by_account.insert((account, instance));
        self.by_vote.insert((vote, instance));
    }
    fn remove(&mut self, instance: u64, (account, vote): Self::Keys) {
        self.by_account.remove(&(account, instance));
        self.by_vote.remove(&(vote, instance));
    }
}
