//! Operations on accounts: what they do to the state, and what creating and updating one have in
//! common. What they say is [`carbyne_protocol::ops::account`].
//!
//! Invariant: the functions here only read; what an operation changes stands in its own file.

pub mod create;
pub mod update;
pub mod upgrade;
pub mod whitelist;

use crate::Ledger;
use carbyne_protocol::Rejected;
use carbyne_protocol::authority::{Authority, SpecialAuthority};
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::ops::account::options::AccountOptions;
use carbyne_wire::{VoteId, VoteKind};

refusals! {
    /// Why the authorities, options or votes that an operation gives to an account are refused.
    pub enum AccountRefusal {
        /// A wish for more witnesses than there may be.
        TooManyWitnesses { wanted: u16, allowed: u16 }:
            "{wanted} witnesses are wished for, {allowed} are allowed",
        /// A wish for more committee members than there may be.
        TooManyCommitteeMembers { wanted: u16, allowed: u16 }:
            "{wanted} committee members are wished for, {allowed} are allowed",
        /// A proxy that is no account.
        InvalidProxy: "there is no such account to vote by",
        /// A vote for something that was never there.
        FutureVote { vote: VoteId }: "nothing can be voted for as {vote} yet",
        /// A vote for something that is of another kind.
        UnknownVote { vote: VoteId, index: &'static str }: "there is nothing to vote for as {vote}",
        /// A vote for a worker that is not there.
        UnknownWorker { vote: VoteId }: "there is no worker to vote for as {vote}",
        /// A vote against a worker.
        VoteAgainstWorker { vote: VoteId }:
            "{vote} is a vote against a worker, which does not exist any more",
        /// A vote for something that is neither witness, committee member nor worker.
        InvalidVoteType { vote: VoteId } [UNSPECIFIED]:
            "{vote} is neither of a witness, a committee member nor a worker",
    }
}

/// What [`check_authority_members`] objects to; each operation has error codes of its own for it.
enum MemberFault {
    TooMany { count: usize, allowed: u16 },
    Unknown { account: AccountId },
}

/// Asks that an authority is not too large and that all its accounts exist.
fn check_authority_members(ledger: &Ledger, authority: &Authority) -> Result<(), MemberFault> {
    let allowed = ledger.parameters().map_or(0, |p| p.maximum_authority_membership);
    let count = authority.num_auths();
    if count > usize::from(allowed) {
        return Err(MemberFault::TooMany { count, allowed });
    }
    match authority.account_auths.keys().find(|account| ledger.find(**account).is_none()) {
        Some(account) => Err(MemberFault::Unknown { account: *account }),
        None => Ok(()),
    }
}

/// Refuses a special authority over the holders of an asset that does not exist.
fn check_special_authority(
    ledger: &Ledger,
    authority: &Option<SpecialAuthority>,
) -> Result<(), Rejected> {
    match authority {
        Some(SpecialAuthority::TopHolders(top)) => ledger.get(top.asset).map(|_| ()),
        _ => Ok(()),
    }
}

/// Refuses votes that the state does not allow; the order of the questions decides the error code.
fn check_votes(ledger: &Ledger, options: &AccountOptions) -> Result<(), Rejected> {
    let global = ledger.global()?;
    let (wanted, allowed) = (options.num_witness, global.parameters.maximum_witness_count);
    ensure!(wanted <= allowed, AccountRefusal::TooManyWitnesses { wanted, allowed });
    let (wanted, allowed) = (options.num_committee, global.parameters.maximum_committee_count);
    ensure!(wanted <= allowed, AccountRefusal::TooManyCommitteeMembers { wanted, allowed });
    let proxy = options.voting_account;
    ensure!(ledger.find(proxy).is_some(), AccountRefusal::InvalidProxy);
    for vote in &options.votes {
        let is_known = vote.instance() < global.next_available_vote_id;
        ensure!(is_known, AccountRefusal::FutureVote { vote: *vote });
    }
    let workers = ledger.tables.workers.index();
    for vote in options.votes.iter().filter(|vote| vote.vote_kind() == Some(VoteKind::Worker)) {
        let is_against = workers.by_vote_against(*vote).is_some();
        ensure!(!is_against, AccountRefusal::VoteAgainstWorker { vote: *vote });
    }
    options.votes.iter().try_for_each(|vote| check_vote_exists(ledger, *vote))
}

fn check_vote_exists(ledger: &Ledger, vote: VoteId) -> Result<(), Rejected> {
    let tables = &ledger.tables;
    let (exists, refusal) = match vote.vote_kind() {
        Some(VoteKind::Committee) => (
            tables.committee_members.index().by_vote(vote).is_some(),
            AccountRefusal::UnknownVote { vote, index: "committee_idx" },
        ),
        Some(VoteKind::Witness) => (
            tables.witnesses.index().by_vote(vote).is_some(),
            AccountRefusal::UnknownVote { vote, index: "witness_idx" },
        ),
        Some(VoteKind::Worker) => (
            tables.workers.index().by_vote_for(vote).is_some(),
            AccountRefusal::UnknownWorker { vote },
        ),
        None => (false, AccountRefusal::InvalidVoteType { vote }),
    };
    ensure!(exists, refusal);
    Ok(())
}

#[cfg(test)]
mod tests;
