//! Blinded balances (reference: `chain/confidential_object.hpp`).

use carbyne_graph::Index;
use carbyne_protocol::authority::Authority;
use carbyne_protocol::ids::*;
use carbyne_protocol::ops::confidential::CommitmentBytes;
use carbyne_wire::{Id, Wire};
use std::collections::BTreeSet;

/// An amount that only its owner knows.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BlindedBalance {
    /// Id.
    pub id: BlindedBalanceId,
    /// What hides the amount; no two balances have the same.
    pub commitment: CommitmentBytes,
    /// Of what.
    pub asset_id: AssetId,
    /// Who may spend it.
    pub owner: Authority,
}
object! {
    BlindedBalance, BlindedBalanceIndex,
    holds [],
    concerns |balance, accounts| {
        accounts.extend(balance.owner.account_auths.keys().copied());
    }
}

/// Blinded balances by commitment.
#[derive(Clone, Debug, Default)]
pub struct BlindedBalanceIndex {
    by_commitment: BTreeSet<(CommitmentBytes, u64)>,
}

impl BlindedBalanceIndex {
    /// The balance with that commitment.
    pub fn find(&self, commitment: &CommitmentBytes) -> Option<BlindedBalanceId> {
        super::first_of(&self.by_commitment, *commitment).map(Id)
    }
}

impl Index<BlindedBalance> for BlindedBalanceIndex {
    type Keys = CommitmentBytes;
    fn keys(row: &BlindedBalance) -> CommitmentBytes {
        row.commitment
    }
    fn insert(&mut self, instance: u64, commitment: CommitmentBytes) {
        self.by_commitment.insert((commitment, instance));
    }
    fn remove(&mut self, instance: u64, commitment: CommitmentBytes) {
        self.by_commitment.remove(&(commitment, instance));
    }
}
