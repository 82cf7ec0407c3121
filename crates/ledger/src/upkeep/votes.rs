//! The counting of votes (reference: `chain/db_maint.cpp`, `vote_tally_helper`).
//!
//! Invariant: counts wrap at 64 bits as the reference's do; nobody has that much core.

use super::voting_power::{decayed, voting_stake};
use crate::Ledger;
use crate::ops::titles::is_void_proxy;
use carbyne_objects::{Account, AccountStatistics};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::PROXY_TO_SELF_ACCOUNT;
use carbyne_protocol::ids::AccountId;
use carbyne_wire::{TimePointSec, VoteId, VoteKind};

/// Votes counted so far.
pub(super) struct Tally {
    now: TimePointSec,
    pob_is_active: bool,
    count_non_member_votes: bool,
    maximum_witness_count: u16,
    maximum_committee_count: u16,
    /// Votes for each vote id.
    votes: Vec<u64>,
    /// Who wants how many witnesses.
    pub(super) witnesses: Wishes,
    /// Who wants how many committee members.
    pub(super) committee: Wishes,
}

/// How many producers voters want.
pub(super) struct Wishes {
    /// Stake that wants `2 n` or `2 n + 1` of them.
    by_half: Vec<u64>,
    total: u64,
}

impl Wishes {
    fn new(maximum: u16) -> Self {
        Self { by_half: vec![0; usize::from(maximum / 2) + 1], total: 0 }
    }

    fn add(&mut self, wanted: u16, maximum: u16, stake: u64) {
        self.total = self.total.wrapping_add(stake);
        let half = self.by_half.get_mut(usize::from(wanted / 2));
        if let Some(sum) = half.filter(|_| stake > 0 && wanted <= maximum) {
            *sum = sum.wrapping_add(stake);
        }
    }

    /// The odd number that more than half of the stake finds not too few; those who want none or
    /// one do not count.
    pub(super) fn elected_count(&self, minimum: u16) -> usize {
        let abstained = self.by_half.first().copied().unwrap_or(0);
        let target = self.total.wrapping_sub(abstained) as i64 / 2;
        let mut half = 0_usize;
        if target > 0 {
            let mut tally = 0_i64;
            for stake in self.by_half.iter().skip(1) {
                if tally > target {
                    break;
                }
                tally = tally.wrapping_add(*stake as i64);
                half = half.saturating_add(1);
            }
        }
        half.saturating_mul(2).saturating_add(1).max(usize::from(minimum))
    }
}

/// The power of one account's votes.
struct Power {
    all: u64,
    /// Less if a proxy was not renewed for long.
    active: u64,
    committee: u64,
    witness: u64,
    worker: u64,
}

impl Tally {
    pub(super) fn new(ledger: &Ledger) -> Result<Self, Rejected> {
        let (global, dynamic) = (ledger.global()?, ledger.dynamic()?);
        let parameters = &global.parameters;
        Ok(Self {
            now: dynamic.time,
            pob_is_active: dynamic.total_pob > 0 || dynamic.total_inactive > 0,
            count_non_member_votes: parameters.count_non_member_votes,
            maximum_witness_count: parameters.maximum_witness_count,
            maximum_committee_count: parameters.maximum_committee_count,
            votes: vec![0; global.next_available_vote_id as usize],
            witnesses: Wishes::new(parameters.maximum_witness_count),
            committee: Wishes::new(parameters.maximum_committee_count),
        })
    }

    /// Votes for one vote id.
    pub(super) fn votes_for(&self, vote: VoteId) -> u64 {
        self.votes.get(vote.instance() as usize).copied().unwrap_or(0)
    }

    /// Counts the votes of one account, which may follow another's opinion.
    pub(super) fn count(
        &mut self,
        ledger: &mut Ledger,
        account: AccountId,
    ) -> Result<(), Rejected> {
        let stake_account = ledger.get(account)?;
        let statistics = ledger.get(stake_account.statistics)?;
        if !self.may_vote(stake_account, statistics) {
            return Ok(());
        }
        let stake = voting_stake(statistics, self.pob_is_active);
        if stake == 0 {
            return Ok(());
        }
        let proxy = stake_account.options.voting_account;
        if is_void_proxy(ledger, proxy, statistics) {
            return Ok(());
        }
        let (opinion, power) = if proxy == PROXY_TO_SELF_ACCOUNT {
            (stake_account, self.power(stake, stake, statistics))
        } else {
            let opinion = ledger.get(proxy)?;
            let active = decayed(stake, statistics.voting.last_vote_time, self.now);
            (opinion, self.power(stake, active, ledger.get(opinion.statistics)?))
        };
        self.add(opinion, &power);
        let (statistics, now) = (opinion.statistics, self.now);
        ledger.modify(statistics, |statistics| power.record(statistics, now))
    }

    fn may_vote(&self, account: &Account, statistics: &AccountStatistics) -> bool {
        let has_locked =
            statistics.tickets.total_core_pob != 0 || statistics.tickets.total_core_inactive != 0;
        (has_locked || !self.pob_is_active)
            && (self.count_non_member_votes || !account.is_basic_account(self.now))
    }

    fn power(&self, all: u64, active: u64, opinion: &AccountStatistics) -> Power {
        let fresh = decayed(active, opinion.voting.last_vote_time, self.now);
        Power { all, active, committee: fresh, witness: fresh, worker: fresh }
    }

    fn add(&mut self, opinion: &Account, power: &Power) {
        let members = u64::from(opinion.num_committee_voted.max(1));
        for vote in &opinion.options.votes {
            let stake = match vote.vote_kind() {
                Some(VoteKind::Committee) => power.committee.checked_div(members).unwrap_or(0),
                Some(VoteKind::Witness) => power.witness,
                _ => power.worker,
            };
            // A vote for nobody does not count.
            if let Some(sum) = self.votes.get_mut(vote.instance() as usize) {
                *sum = sum.wrapping_add(stake);
            }
        }
        let options = &opinion.options;
        self.witnesses.add(options.num_witness, self.maximum_witness_count, power.witness);
        self.committee.add(options.num_committee, self.maximum_committee_count, power.committee);
    }
}

impl Power {
    /// Notes the power with the account whose opinion it follows; several may follow one.
    fn record(&self, statistics: &mut AccountStatistics, now: TimePointSec) {
        let voting = &mut *statistics.voting;
        if voting.vote_tally_time != now {
            voting.vote_tally_time = now;
            voting.vp_all = 0;
            voting.vp_active = 0;
            voting.vp_committee = 0;
            voting.vp_witness = 0;
            voting.vp_worker = 0;
        }
        voting.vp_all = voting.vp_all.wrapping_add(self.all);
        voting.vp_active = voting.vp_active.wrapping_add(self.active);
        voting.vp_committee = voting.vp_committee.wrapping_add(self.committee);
        voting.vp_witness = voting.vp_witness.wrapping_add(self.witness);
        voting.vp_worker = voting.vp_worker.wrapping_add(self.worker);
    }
}
