//! What an account sets for itself: memo key, proxy and votes (reference: `protocol/account.hpp`).

use crate::constants::PROXY_TO_SELF_ACCOUNT;
use crate::ids::AccountId;
use carbyne_crypto::PublicKey;
use carbyne_wire::{Extensions, FlatSet, Rare, VoteId, VoteKind, Wire};

/// What an account sets for itself (reference: `protocol/account.hpp`).
#[derive(Clone, Debug, PartialEq, Wire)]
pub struct AccountOptions {
    /// Key others encrypt memos with.
    pub memo_key: PublicKey,
    /// Account whose votes count for this one; [`PROXY_TO_SELF_ACCOUNT`] if it votes itself.
    pub voting_account: AccountId,
    /// Number of active witnesses voted for.
    pub num_witness: u16,
    /// Number of active committee members voted for.
    pub num_committee: u16,
    /// Witnesses, committee members and workers voted for.
    pub votes: Rare<FlatSet<VoteId>>,
    /// No extension is defined.
    pub extensions: Extensions,
}

impl Default for AccountOptions {
    fn default() -> Self {
        Self {
            memo_key: PublicKey::default(),
            voting_account: PROXY_TO_SELF_ACCOUNT,
            num_witness: 0,
            num_committee: 0,
            votes: Rare::default(),
            extensions: Extensions::default(),
        }
    }
}

impl AccountOptions {
    /// Whether the account votes, itself or through another.
    pub fn is_voting(&self) -> bool {
        self.voting_account != PROXY_TO_SELF_ACCOUNT || !self.votes.is_empty()
    }

    /// Number of committee members the account itself votes for.
    pub fn num_committee_voted(&self) -> u16 {
        if self.voting_account != PROXY_TO_SELF_ACCOUNT {
            return 0;
        }
        let is_committee = |vote: &&VoteId| vote.vote_kind() == Some(VoteKind::Committee);
        self.votes.iter().filter(is_committee).count() as u16
    }
}
