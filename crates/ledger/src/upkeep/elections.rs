//! Who produces and who governs until the next maintenance (reference: `chain/db_maint.cpp`).

use super::votes::Tally;
use super::weights::Weights;
use crate::Ledger;
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::{COMMITTEE_ACCOUNT, RELAXED_COMMITTEE_ACCOUNT, WITNESS_ACCOUNT};
use carbyne_protocol::ids::{AccountId, CommitteeMemberId, WitnessId, WorkerId};
use carbyne_wire::VoteId;
use std::cmp::Reverse;

/// Somebody who can be voted for.
struct Candidate<I> {
    id: I,
    account: AccountId,
    vote_id: VoteId,
    votes: u64,
}

/// The `count` candidates with most votes, the older one first among equals.
fn most_voted<I>(mut candidates: Vec<Candidate<I>>, count: usize) -> Vec<Candidate<I>> {
    candidates.sort_by_key(|one| (Reverse(one.votes as i64), one.vote_id));
    candidates.truncate(count);
    candidates
}

fn weights_of<I>(elected: &[Candidate<I>]) -> Weights {
    let mut weights = Weights::default();
    elected.iter().for_each(|one| weights.add(one.account, one.votes));
    weights
}

/// Elects the witnesses. Everybody's votes are noted, also of those who were not elected.
pub(super) fn update_active_witnesses(ledger: &mut Ledger, tally: &Tally) -> Result<(), Rejected> {
    let minimum = ledger.immutable_parameters()?.min_witness_count;
    let candidates: Vec<Candidate<WitnessId>> = ledger
        .tables
        .witnesses
        .iter()
        .map(|row| Candidate {
            id: row.id,
            account: row.witness_account,
            vote_id: row.vote_id,
            votes: tally.votes_for(row.vote_id),
        })
        .collect();
    for Candidate { id, votes, .. } in &candidates {
        // Also where nothing changes: subscribers are told of every candidate.
        ledger.modify(*id, |witness| witness.total_votes = *votes)?;
    }
    let elected = most_voted(candidates, tally.witnesses.elected_count(minimum));
    if let Some(authority) = weights_of(&elected).majority() {
        ledger.modify(WITNESS_ACCOUNT, |account| account.active = authority)?;
    }
    ledger.modify_global(|global| {
        global.active_witnesses = elected.iter().map(|one| one.id).collect();
    })
}

/// Elects the committee.
pub(super) fn update_active_committee_members(
    ledger: &mut Ledger,
    tally: &Tally,
) -> Result<(), Rejected> {
    let minimum = ledger.immutable_parameters()?.min_committee_member_count;
    let candidates: Vec<Candidate<CommitteeMemberId>> = ledger
        .tables
        .committee_members
        .iter()
        .map(|row| Candidate {
            id: row.id,
            account: row.committee_member_account,
            vote_id: row.vote_id,
            votes: tally.votes_for(row.vote_id),
        })
        .collect();
    for Candidate { id, votes, .. } in &candidates {
        ledger.modify(*id, |member| member.total_votes = *votes)?;
    }
    let elected = most_voted(candidates, tally.committee.elected_count(minimum));
    if !elected.is_empty() {
        if let Some(authority) = weights_of(&elected).majority() {
            ledger.modify(COMMITTEE_ACCOUNT, |account| account.active = authority)?;
        }
        let authority = ledger.get(COMMITTEE_ACCOUNT)?.active.clone();
        ledger.modify(RELAXED_COMMITTEE_ACCOUNT, |account| account.active = authority)?;
    }
    ledger.modify_global(|global| {
        global.active_committee_members = elected.iter().map(|one| one.id).collect();
    })
}

/// Notes the votes for the workers; votes against one count no more.
pub(super) fn update_worker_votes(ledger: &mut Ledger, tally: &Tally) -> Result<(), Rejected> {
    let workers = ledger.tables.workers.iter();
    let votes: Vec<(WorkerId, u64)> =
        workers.map(|worker| (worker.id, tally.votes_for(worker.vote_for))).collect();
    for (id, votes) in votes {
        ledger.modify(id, |worker| worker.total_votes_for = votes)?;
    }
    Ok(())
}
