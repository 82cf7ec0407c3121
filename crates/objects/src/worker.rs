//! Workers: proposals that are voted for to be paid by the chain (reference:
//! `chain/worker_object.hpp`).

use super::{Run, all_of};
use carbyne_graph::Index;
use carbyne_protocol::ids::*;
use carbyne_wire::{Id, Text, TimePointSec, VoteId, Wire};
use std::collections::BTreeSet;

/// What becomes of a worker's pay.
#[derive(Clone, Debug, PartialEq, Wire)]
pub enum WorkerType {
    /// It goes back to the reserve.
    Refund(BurntPay),
    /// It vests for the worker's account.
    VestingBalance(VestingPay),
    /// It goes to an account that nobody controls.
    Burn(BurntPay),
}

impl Default for WorkerType {
    fn default() -> Self {
        Self::Refund(BurntPay::default())
    }
}

/// Pay that nobody gets.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BurntPay {
    /// All of it until now, in smallest units of core.
    pub total_burned: i64,
}

/// Pay that vests.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct VestingPay {
    /// Where.
    pub balance: VestingBalanceId,
}

/// A worker. Once created it never changes but for its votes and pay.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Worker {
    /// Id.
    pub id: WorkerId,
    /// The account.
    pub worker_account: AccountId,
    /// When its work begins.
    pub work_begin_date: TimePointSec,
    /// When its work ends.
    pub work_end_date: TimePointSec,
    /// What it asks for per day, in smallest units of core.
    pub daily_pay: i64,
    /// What becomes of its pay.
    pub worker: WorkerType,
    /// What a vote for it names.
    pub vote_for: VoteId,
    /// What a vote against it named while there were such votes.
    pub vote_against: VoteId,
    /// Voting power for it at the last maintenance.
    pub total_votes_for: u64,
    /// Voting power against it at the last maintenance.
    pub total_votes_against: u64,
    /// Its name.
    pub name: Text,
    /// Where it presents itself.
    pub url: Text,
}
object!(Worker, WorkerIndex, holds [], concerns [worker_account]);

impl Worker {
    /// Whether it works at `now`.
    pub fn is_active(&self, now: TimePointSec) -> bool {
        self.work_begin_date <= now && now <= self.work_end_date
    }

    /// Voting power for it less that against it.
    pub fn approving_stake(&self) -> i64 {
        (self.total_votes_for as i64).wrapping_sub(self.total_votes_against as i64)
    }
}

/// Workers by account, by vote and by the end of their work.
#[derive(Clone, Debug, Default)]
pub struct WorkerIndex {
    by_account: BTreeSet<(AccountId, u64)>,
    by_vote_for: BTreeSet<(VoteId, u64)>,
    by_vote_against: BTreeSet<(VoteId, u64)>,
    by_end_date: BTreeSet<(TimePointSec, u64)>,
}

impl WorkerIndex {
    /// The workers of an account, in order of id.
    pub fn by_account(&self, account: AccountId) -> Run<'_, AccountId, 1, 14> {
        all_of(&self.by_account, account)
    }

    /// The worker that a vote supports.
    pub fn by_vote_for(&self, vote: VoteId) -> Option<WorkerId> {
        super::first_of(&self.by_vote_for, vote).map(Id)
    }

    /// The worker that a vote opposes.
    pub fn by_vote_against(&self, vote: VoteId) -> Option<WorkerId> {
        super::first_of(&self.by_vote_against, vote).map(Id)
    }

    /// Workers whose work ends at `time` or later, in order of its end, then of id.
    pub fn ending_from(&self, time: TimePointSec) -> impl DoubleEndedIterator<Item = WorkerId> {
        self.by_end_date.range((time, 0)..).map(|(_, instance)| Id(*instance))
    }
}

impl Index<Worker> for WorkerIndex {
    type Keys = (AccountId, VoteId, VoteId, TimePointSec);
    fn keys(row: &Worker) -> Self::Keys {
        (row.worker_account, row.vote_for, row.vote_against, row.work_end_date)
    }
    fn insert(&mut self, instance: u64, (account, vote_for, vote_against, end): Self::Keys) {
        self.by_account.insert((account, instance));
        self.by_vote_for.insert((vote_for, instance));
        self.by_vote_against.insert((vote_against, instance));
        self.by_end_date.insert((end, instance));
    }
    fn remove(&mut self, instance: u64, (account, vote_for, vote_against, end): Self::Keys) {
        self.by_account.remove(&(account, instance));
        self.by_vote_for.remove(&(vote_for, instance));
        self.by_vote_against.remove(&(vote_against, instance));
        self.by_end_date.remove(&(end, instance));
    }
}
