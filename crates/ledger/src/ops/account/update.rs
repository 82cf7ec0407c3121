//! Account update: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::account::update`].

use super::{MemberFault, check_authority_members, check_special_authority, check_votes};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_objects::{Account, SpecialAuthorityObject};
use carbyne_protocol::Rejected;
use carbyne_protocol::authority::Authority;
use carbyne_protocol::ids::{AccountId, SpecialAuthorityId};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::account::update::AccountUpdate;

refusals! {
    /// Why an account is not updated.
    pub enum AccountUpdateRefusal {
        /// An authority with too many members.
        AuthorityTooLarge { count: usize, allowed: u16 } [ACCOUNT_UPDATE_MAX_AUTH_EXCEEDED]:
            "an authority of {count} members is above the {allowed} allowed",
        /// An authority with a member that does not exist.
        UnknownMember { account: AccountId } [ACCOUNT_UPDATE_AUTH_ACCOUNT_NOT_FOUND]:
            "there is no account {account}, which an authority names",
        /// The account was created with a special authority of nobody, which is on the list for
        /// good.
        AlreadyListed { account: AccountId }:
            "{account} is on the list of special authorities for good, with one of nobody",
    }
}

/// Whether the votes or the proxy change.
fn changes_votes(operation: &AccountUpdate, account: &Account) -> bool {
    operation.new_options.as_ref().is_some_and(|options| {
        options.voting_account != account.options.voting_account
            || options.votes != account.options.votes
    })
}

fn write(operation: &AccountUpdate, account: &mut Account) {
    let extensions = &operation.extensions;
    if let Some(owner) = &operation.owner {
        account.owner = owner.clone();
    }
    if let Some(active) = &operation.active {
        account.active = active.clone();
    }
    if let Some(options) = &operation.new_options {
        account.options = options.clone();
        account.num_committee_voted = options.num_committee_voted();
    }
    if let Some(authority) = &extensions.owner_special_authority {
        account.extras.owner_special_authority = authority.clone();
    }
    if let Some(authority) = &extensions.active_special_authority {
        account.extras.active_special_authority = authority.clone();
    }
    if operation.is_owner_update()
        || operation.active.is_some()
        || extensions.active_special_authority.is_some()
    {
        // What is rare is not taken to be changed where nothing does: that would give it a place.
        if account.extras.top_n_control_flags != 0 {
            account.extras.top_n_control_flags = 0;
        }
    }
}

impl From<MemberFault> for AccountUpdateRefusal {
    fn from(fault: MemberFault) -> Self {
        match fault {
            MemberFault::TooMany { count, allowed } => Self::AuthorityTooLarge { count, allowed },
            MemberFault::Unknown { account } => Self::UnknownMember { account },
        }
    }
}

/// Refuses an authority that is too large, or that names an account that does not exist.
pub(crate) fn check_members(ledger: &Ledger, authority: &Authority) -> Result<(), Rejected> {
    Ok(check_authority_members(ledger, authority).map_err(AccountUpdateRefusal::from)?)
}

impl Evaluate for AccountUpdate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        self.new_authorities().try_for_each(|authority| check_members(ledger, authority))?;
        check_special_authority(ledger, &self.extensions.owner_special_authority)?;
        check_special_authority(ledger, &self.extensions.active_special_authority)?;
        self.new_options.iter().try_for_each(|options| check_votes(ledger, options))
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let account = ledger.get(self.account)?;
        let was_special = account.has_special_authority();
        if let Some(options) = self.new_options.as_ref().filter(|_| changes_votes(self, account)) {
            let (statistics, now) = (account.statistics, ledger.head_time()?);
            ledger.modify(statistics, |statistics| {
                statistics.voting.is_voting = options.is_voting();
                statistics.voting.last_vote_time = now;
            })?;
        }
        let is_special = ledger.modify(self.account, |account| {
            write(self, account);
            account.has_special_authority()
        })?;
        follow_special_authority(ledger, self.account, was_special, is_special)?;
        Ok(OperationResult::Void)
    }
}

/// Keeps the list of accounts with a special authority, by which maintenance finds them.
fn follow_special_authority(
    ledger: &mut Ledger,
    account: AccountId,
    was_special: bool,
    is_special: bool,
) -> Result<(), Rejected> {
    let listed = ledger.tables.special_authorities.index().find(account);
    match (was_special, is_special) {
        (false, true) => {
            ensure!(listed.is_none(), AccountUpdateRefusal::AlreadyListed { account });
            let object = SpecialAuthorityObject { account, ..Default::default() };
            let _: SpecialAuthorityId = ledger.create(object);
        }
        (true, false) => {
            if let Some(id) = listed {
                ledger.remove(id)?;
            }
        }
        _ => {}
    }
    Ok(())
}
