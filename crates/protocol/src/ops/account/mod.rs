//! Operations on accounts, and what creating and updating one have in common.
//!
//! Invariant: the functions here only read; what an operation changes stands in its own file.

pub mod create;
pub mod options;
pub mod transfer;
pub mod update;
pub mod upgrade;
pub mod whitelist;

use crate::Rejected;
use crate::authority::{Authority, SpecialAuthority};
use crate::ids::{AccountId, AssetId};
use crate::ops::account::options::AccountOptions;
use crate::reference_words::Asked;
use crate::reference_words::account::AuthorityQuestions;
use carbyne_wire::{FlatSet, VoteKind, Wire};

refusals! {
    /// Why the authorities, options or votes that an operation gives to an account are refused,
    /// whatever the state.
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
