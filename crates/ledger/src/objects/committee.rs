//! Committee members: accounts that are voted for to set the parameters of the chain (reference:
//! `chain/committee_member_object.hpp`).

use crate::ids::*;
use carbyne_graph::Index;
use carbyne_wire::{Id, Text, VoteId, Wire};
use std::collections::BTreeSet;

/// A committee member, elected or not.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CommitteeMember {
    /// Id.
    pub id: CommitteeMemberId,
    /// The account.
    pub committee_member_account: AccountId,
    /// What a vote for it names.
    pub vote_id: VoteId,
    /// Voting power for it at the last maintenance.
    pub total_votes: u64,
    /// Where it presents itself.
    pub url: Text,
}
object!(CommitteeMember, CommitteeMemberIndex);

/// Committee members by account and by vote; both are unique.
#[derive(Clone, Debug, Default)]
pub struct CommitteeMemberIndex {
    by_account: BTreeSet<(AccountId, u64)>,
    by_vote: BTreeSet<(VoteId, u64)>,
}

impl CommitteeMemberIndex {
    /// The committee member that an account is.
    pub fn by_account(&self, account: AccountId) -> Option<CommitteeMemberId> {
        super::first_of(&self.by_account, account).map(Id)
    }

    /// The committee member that a vote names.
    pub fn by_vote(&self, vote: VoteId) -> Option<CommitteeMemberId> {
        super::first_of(&self.by_vote, vote).map(Id)
    }
}

impl Index<CommitteeMember> for CommitteeMemberIndex {
    type Keys = (AccountId, VoteId);
    fn keys(row: &CommitteeMember) -> Self::Keys {
        (row.committee_member_account, row.vote_id)
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
