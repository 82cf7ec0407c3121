//! Account update: new authorities, options or votes.
//!
//! Signed by: the owner authority of `account` if the owner authority or its special authority
//! changes, otherwise the active one. The fee has a part per 1,024 bytes of the operation if the
//! options change.

use super::{
    Void, add_authority_accounts, validate_members, validate_options, validate_special_authority,
    validate_threshold,
};
use crate::Rejected;
use crate::authority::{Authority, SpecialAuthority};
use crate::constants::{COMMITTEE_ACCOUNT, TEMP_ACCOUNT};
use crate::fees::{FeeSchedule, data_fee};
use crate::ids::AccountId;
use crate::money::{Asset, Shares};
use crate::ops::account::options::AccountOptions;
use crate::ops::{RequiredAuthorities, Stateless};
use crate::reference_words as asked;
use carbyne_wire::{FlatSet, Pack, Wire};

refusals! {
    /// Why an account is not updated, whatever the state.
    pub enum AccountUpdateRefusal {
        /// The temp account, which anybody may act for.
        TempAccount: "the temp account cannot be updated",
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// The committee account, which follows the votes.
        CommitteeAccount: "the committee account cannot be updated",
        /// Nothing to change.
        NothingToUpdate: "the update changes nothing",
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
    /// Whether the owner authority changes, or what it follows.
    pub fn is_owner_update(&self) -> bool {
        self.owner.is_some() || self.extensions.owner_special_authority.is_some()
    }

    fn has_action(&self) -> bool {
        self.is_owner_update()
            || self.active.is_some()
            || self.new_options.is_some()
            || self.extensions.active_special_authority.is_some()
    }

    /// The authorities that are given.
    pub fn new_authorities(&self) -> impl Iterator<Item = &Authority> {
        self.owner.iter().chain(&self.active)
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
