//! Witnesses: accounts that are voted for to make blocks (reference: `chain/witness_object.hpp`).

use crate::ids::*;
use carbyne_crypto::PublicKey;
use carbyne_graph::Index;
use carbyne_wire::{Id, Text, VoteId, VoteKind, Wire};
use std::collections::BTreeSet;

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
object!(Witness, WitnessIndex);

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

/// Witnesses by account and by vote; both are unique.
#[derive(Clone, Debug, Default)]
pub struct WitnessIndex {
    by_account: BTreeSet<(AccountId, u64)>,
    by_vote: BTreeSet<(VoteId, u64)>,
}

impl WitnessIndex {
    /// The witness that an account is.
    pub fn by_account(&self, account: AccountId) -> Option<WitnessId> {
        super::first_of(&self.by_account, account).map(Id)
    }

    /// The witness that a vote names.
    pub fn by_vote(&self, vote: VoteId) -> Option<WitnessId> {
        super::first_of(&self.by_vote, vote).map(Id)
    }
}

impl Index<Witness> for WitnessIndex {
    type Keys = (AccountId, VoteId);
    fn keys(row: &Witness) -> Self::Keys {
        (row.witness_account, row.vote_id)
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
