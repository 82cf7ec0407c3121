//! Hashed time-lock contracts (reference: `chain/htlc_object.hpp`).

use super::{Run, all_of};
use carbyne_graph::Index;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::htlc::HtlcHash;
use carbyne_protocol::ops::transfer::Memo;
use carbyne_wire::{Id, TimePointSec, Wire};
use std::collections::BTreeSet;

/// A hashed time-lock contract.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Htlc {
    /// Id.
    pub id: HtlcId,
    /// Who gets what.
    pub transfer: HtlcTransfer,
    /// When it happens.
    pub conditions: HtlcConditions,
    /// A message for the receiver.
    pub memo: Option<Box<Memo>>,
}
object! {
    Htlc, HtlcIndex,
    holds |htlc, _assets, sheet| {
        sheet.hold(Asset::new(htlc.transfer.amount, htlc.transfer.asset_id));
    },
    concerns [transfer.from, transfer.to]
}

/// Who gets what from a contract.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct HtlcTransfer {
    /// Account that gives, and gets it back in the end.
    pub from: AccountId,
    /// Account that receives if the secret is shown.
    pub to: AccountId,
    /// What was set aside, in smallest units of `asset_id`.
    pub amount: i64,
    /// Of what.
    pub asset_id: AssetId,
}

/// When a contract pays out.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct HtlcConditions {
    /// The secret that pays out.
    pub hash_lock: HashLock,
    /// The time after which it goes back.
    pub time_lock: TimeLock,
}

/// The secret that pays out.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct HashLock {
    /// Its hash.
    pub preimage_hash: HtlcHash,
    /// Its size, in bytes; zero means any.
    pub preimage_size: u16,
}

/// The time after which a contract is over.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct TimeLock {
    /// That time.
    pub expiration: TimePointSec,
}

impl Htlc {
    /// What was set aside.
    pub fn amount(&self) -> Asset {
        Asset::new(self.transfer.amount, self.transfer.asset_id)
    }

    /// When it is over.
    pub fn expiration(&self) -> TimePointSec {
        self.conditions.time_lock.expiration
    }
}

/// Contracts by either account and by end.
#[derive(Clone, Debug, Default)]
pub struct HtlcIndex {
    by_from: BTreeSet<(AccountId, u64)>,
    by_to: BTreeSet<(AccountId, u64)>,
    by_expiration: BTreeSet<(TimePointSec, u64)>,
}

impl HtlcIndex {
    /// Contracts an account made, in order of number.
    pub fn from(&self, account: AccountId) -> Run<'_, AccountId, 1, 16> {
        all_of(&self.by_from, account)
    }

    /// Contracts made for an account, in order of number.
    pub fn to(&self, account: AccountId) -> Run<'_, AccountId, 1, 16> {
        all_of(&self.by_to, account)
    }

    /// The contract that is over first, and when.
    pub fn first_to_expire(&self) -> Option<(TimePointSec, HtlcId)> {
        self.by_expiration.first().map(|(expiration, n)| (*expiration, Id(*n)))
    }
}

impl Index<Htlc> for HtlcIndex {
    type Keys = (AccountId, AccountId, TimePointSec);
    fn keys(row: &Htlc) -> Self::Keys {
        (row.transfer.from, row.transfer.to, row.expiration())
    }
    fn insert(&mut self, instance: u64, (from, to, expiration): Self::Keys) {
        self.by_from.insert((from, instance));
        self.by_to.insert((to, instance));
        self.by_expiration.insert((expiration, instance));
    }
    fn remove(&mut self, instance: u64, (from, to, expiration): Self::Keys) {
        self.by_from.remove(&(from, instance));
        self.by_to.remove(&(to, instance));
        self.by_expiration.remove(&(expiration, instance));
    }
}
