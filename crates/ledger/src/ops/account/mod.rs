//! Operations on accounts, and what creating and updating one have in common.
//!
//! Invariant: the functions here only read; what an operation changes stands in its own file.

pub mod create;
pub mod transfer;
pub mod update;
pub mod upgrade;
pub mod whitelist;

use crate::authority::{Authority, SpecialAuthority};
use crate::ids::{AccountId, AssetId};
use crate::objects::AccountOptions;
use crate::reference_words::Asked;
use crate::reference_words::account::AuthorityQuestions;
use crate::{Ledger, Rejected};
use carbyne_wire::{FlatSet, VoteId, VoteKind, Wire};

refusals! {
    /// Why the authorities, options or votes that an operation gives to an account are refused.
    pub enum AccountRefusal {
        /// An authority of nobody.
        EmptyAuthority { asked: Asked }: "an authority needs at least one key or account",
        /// An authority that names addresses.
        AddressAuthority { count: usize, asked: Asked }:
            "an authority may not name addresses, this one has {count}",
        /// An authority that all its members together do not satisfy.
        ImpossibleAuthority { threshold: u32, asked: Asked }:
            "all members of the authority together do not reach its threshold {threshold}",
        /// A wish for more witnesses than there are votes for witnesses.
        TooFewWitnessVotes { missing: u16 }:
            "more witnesses are wished for than voted for: {missing} votes are missing",
        /// A wish for more committee members than there are votes for committee members.
        TooFewCommitteeVotes { missing: u16 }:
            "more committee members are wished for than voted for: {missing} votes are missing",
        /// Control by the top zero holders.
        NoTopHolders { asset: AssetId }: "the top 0 holders of {asset} cannot control an account",
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

/// Nothing: the content of an extension member that was reserved and never used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Wire)]
pub struct Void {}

/// Refuses an authority that nobody can use, or that names addresses.
fn validate_members(authority: &Authority, asked: &AuthorityQuestions) -> Result<(), Rejected> {
    ensure!(authority.num_auths() != 0, AccountRefusal::EmptyAuthority { asked: asked.empty });
    let count = authority.address_auths.len();
    ensure!(count == 0, AccountRefusal::AddressAuthority { count, asked: asked.addresses });
    Ok(())
}

/// Refuses an authority that all its members together do not satisfy.
fn validate_threshold(authority: &Authority, asked: &AuthorityQuestions) -> Result<(), Rejected> {
    let (threshold, asked) = (authority.weight_threshold, asked.impossible);
    ensure!(!authority.is_impossible(), AccountRefusal::ImpossibleAuthority { threshold, asked });
    Ok(())
}

/// Refuses options that ask for more active witnesses or committee members than they vote for.
fn validate_options(options: &AccountOptions) -> Result<(), Rejected> {
    let votes = |kind| options.votes.iter().filter(|vote| vote.vote_kind() == Some(kind)).count();
    let missing = |wanted: u16, kind| usize::from(wanted).saturating_sub(votes(kind)) as u16;
    let witnesses = missing(options.num_witness, VoteKind::Witness);
    ensure!(witnesses == 0, AccountRefusal::TooFewWitnessVotes { missing: witnesses });
    let members = missing(options.num_committee, VoteKind::Committee);
    ensure!(members == 0, AccountRefusal::TooFewCommitteeVotes { missing: members });
    Ok(())
}

/// Refuses a special authority of nobody.
fn validate_special_authority(authority: &Option<SpecialAuthority>) -> Result<(), Rejected> {
    match authority {
        Some(SpecialAuthority::TopHolders(top)) if top.num_top_holders == 0 => {
            Err(AccountRefusal::NoTopHolders { asset: top.asset }.into())
        }
        _ => Ok(()),
    }
}

/// Adds the accounts that an authority names.
fn add_authority_accounts(accounts: &mut FlatSet<AccountId>, authority: &Authority) {
    accounts.extend(authority.account_auths.keys().copied());
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
