//! Witnesses: accounts that are voted for to make blocks (reference: `chain/witness_object.hpp`).

use super::candidate::{Candidate, CandidateIndex};
use carbyne_crypto::PublicKey;
use carbyne_protocol::ids::*;
use carbyne_wire::{Id, Text, VoteId, VoteKind, Wire};

/// A witness.
#[derive(Clone, Debug, PartialEq, Wire)]
pub struct Witness {
    /// Id.
    pub id: WitnessId,
    /// The account.
    pub witness_account: AccountId,
    /// Slot of its last block, counted from genesis.
    pub last_aslot: u64,
    /// Key that signs its blocks.
    pub signing_key: PublicKey,
    /// Where its pay vests.
    pub pay_vb: Option<VestingBalanceId>,
    /// What a vote for it names.
    pub vote_id: VoteId,
    /// Voting power for it at the last maintenance.
    pub total_votes: u64,
    /// Where it presents itself.
    pub url: Text,
    /// Slots it missed.
    pub total_missed: i64,
    /// Number of its last block.
    pub last_confirmed_block_num: u32,
}
object!(Witness, CandidateIndex<WitnessId>, holds [], concerns [witness_account]);

impl Default for Witness {
    fn default() -> Self {
        Self {
            id: Id(0),
            witness_account: Id(0),
            last_aslot: 0,
            signing_key: PublicKey::default(),
            pay_vb: None,
            vote_id: VoteId::new(VoteKind::Witness, 0),
            total_votes: 0,
            url: Text::default(),
            total_missed: 0,
            last_confirmed_block_num: 0,
        }
    }
}

impl Candidate for Witness {
    fn account(&self) -> AccountId {
        self.witness_account
    }
    fn vote(&self) -> VoteId {
        self.vote_id
    }
}
