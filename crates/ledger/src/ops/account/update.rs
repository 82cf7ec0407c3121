//! Account update: new authorities, options or votes.
//!
//! Signed by: the owner authority of `account` if the owner authority or its special authority
//! changes, otherwise the active one. The fee has a part per 1,024 bytes of the operation if the
//! options change.

use super::{
    MemberFault, Void, add_authority_accounts, check_authority_members, check_special_authority,
    check_votes, validate_members, validate_options, validate_special_authority,
    validate_threshold,
};
use crate::authority::{Authority, SpecialAuthority};
use crate::constants::{COMMITTEE_ACCOUNT, TEMP_ACCOUNT};
use crate::evaluate::{Context, Evaluate};
use crate::fees::{FeeSchedule, data_fee};
use crate::ids::{AccountId, SpecialAuthorityId};
use crate::money::{Asset, Shares};
use crate::objects::{Account, AccountOptions, SpecialAuthorityObject};
use crate::ops::{OperationResult, RequiredAuthorities, Stateless};
use crate::reference_words as asked;
use crate::{Ledger, Rejected};
use carbyne_wire::{FlatSet, Pack, Wire};

refusals! {
    /// Why an account is not updated.
    pub enum AccountUpdateRefusal {
        /// The temp account, which anybody may act for.
        TempAccount: "the temp account cannot be updated",
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// The committee account, which follows the votes.
        CommitteeAccount: "the committee account cannot be updated",
        /// Nothing to change.
        NothingToUpdate: "the update changes nothing",
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

/// What else of an account may change.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(extension)]
pub struct AccountUpdateExtensions {
    /// Not used.
    pub null_ext: Option<Void>,
    /// Who else the owner authority follows from now on.
    pub owner_special_authority: Option<SpecialAuthority>,
    /// Who else the active authority follows from now on.
    pub active_special_authority: Option<SpecialAuthority>,
}

/// Changes an account; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AccountUpdate {
    /// Fee, paid by `account`.
    pub fee: Asset,
    /// The account.
    pub account: AccountId,
    /// New owner authority.
    pub owner: Option<Authority>,
    /// New active authority.
    pub active: Option<Authority>,
    /// New options, votes among them.
    pub new_options: Option<AccountOptions>,
    /// What else changes.
    pub extensions: AccountUpdateExtensions,
}

fee_parameters! {
    /// Fee of an account update, in smallest units of the core asset.
    pub struct AccountUpdateFee {
        /// Per update.
        fee: i64 = 2_000_000,
        /// Per 1,024 bytes of the operation, if the options change.
        price_per_kbyte: u32 = 100_000,
    }
}

impl AccountUpdate {
    fn is_owner_update(&self) -> bool {
        self.owner.is_some() || self.extensions.owner_special_authority.is_some()
    }

    fn has_action(&self) -> bool {
        self.is_owner_update()
            || self.active.is_some()
            || self.new_options.is_some()
            || self.extensions.active_special_authority.is_some()
    }

    fn new_authorities(&self) -> impl Iterator<Item = &Authority> {
        self.owner.iter().chain(&self.active)
    }

    /// Whether the votes or the proxy change.
    fn changes_votes(&self, account: &Account) -> bool {
        self.new_options.as_ref().is_some_and(|options| {
            options.voting_account != account.options.voting_account
                || options.votes != account.options.votes
        })
    }

    fn write(&self, account: &mut Account) {
        let extensions = &self.extensions;
        if let Some(owner) = &self.owner {
            account.owner = owner.clone();
        }
        if let Some(active) = &self.active {
            account.active = active.clone();
        }
        if let Some(options) = &self.new_options {
            account.options = options.clone();
            account.num_committee_voted = options.num_committee_voted();
        }
        if let Some(authority) = &extensions.owner_special_authority {
            account.owner_special_authority = authority.clone();
        }
        if let Some(authority) = &extensions.active_special_authority {
            account.active_special_authority = authority.clone();
        }
        if self.is_owner_update()
            || self.active.is_some()
            || extensions.active_special_authority.is_some()
        {
            account.top_n_control_flags = 0;
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

impl Stateless for AccountUpdate {
    const NAME: &'static str = "account_update";
    type Fee = AccountUpdateFee;

    paid_by!(account);

    fn calculate_fee(&self, fee: &AccountUpdateFee, _: &FeeSchedule) -> Result<i64, Rejected> {
        if self.new_options.is_none() {
            return Ok(fee.fee);
        }
        fee.fee.plus(data_fee(self.packed_len(), fee.price_per_kbyte.into())?)
    }

    fn validate(&self) -> Result<(), Rejected> {
        ensure!(self.account != TEMP_ACCOUNT, AccountUpdateRefusal::TempAccount);
        ensure!(self.fee.amount >= 0, AccountUpdateRefusal::NegativeFee { fee: self.fee.amount });
        ensure!(self.account != COMMITTEE_ACCOUNT, AccountUpdateRefusal::CommitteeAccount);
        ensure!(self.has_action(), AccountUpdateRefusal::NothingToUpdate);
        for (authority, asked) in [
            (&self.owner, &asked::account::UPDATE_OWNER),
            (&self.active, &asked::account::UPDATE_ACTIVE),
        ] {
            if let Some(authority) = authority {
                validate_members(authority, asked)?;
                validate_threshold(authority, asked)?;
            }
        }
        self.new_options.iter().try_for_each(validate_options)?;
        validate_special_authority(&self.extensions.owner_special_authority)?;
        validate_special_authority(&self.extensions.active_special_authority)
    }

    fn authorities(&self, required: &mut RequiredAuthorities) {
        if self.is_owner_update() {
            required.owner.insert(self.account);
        }
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account);
        self.new_authorities().for_each(|authority| add_authority_accounts(accounts, authority));
    }
}

impl Evaluate for AccountUpdate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        for authority in self.new_authorities() {
            check_authority_members(ledger, authority).map_err(AccountUpdateRefusal::from)?;
        }
        check_special_authority(ledger, &self.extensions.owner_special_authority)?;
        check_special_authority(ledger, &self.extensions.active_special_authority)?;
        self.new_options.iter().try_for_each(|options| check_votes(ledger, options))
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let account = ledger.get(self.account)?;
        let was_special = account.has_special_authority();
        if let Some(options) = self.new_options.as_ref().filter(|_| self.changes_votes(account)) {
            let (statistics, now) = (account.statistics, ledger.head_time()?);
            ledger.modify(statistics, |statistics| {
                statistics.is_voting = options.is_voting();
                statistics.last_vote_time = now;
            })?;
        }
        let is_special = ledger.modify(self.account, |account| {
            self.write(account);
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
