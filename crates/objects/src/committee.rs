//! Committee members: accounts that are voted for to set the parameters of the chain (reference:
//! `chain/committee_member_object.hpp`).

use super::candidate::{Candidate, CandidateIndex};
use carbyne_protocol::ids::*;
use carbyne_wire::{Text, VoteId, Wire};

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
object! {
    CommitteeMember, CandidateIndex<CommitteeMemberId>,
    holds [],
    concerns [committee_member_account]
}

impl Candidate for CommitteeMember {
    fn account(&self) -> AccountId {
        self.committee_member_account
    }
    fn vote(&self) -> VoteId {
        self.vote_id
    }
}
