//! Account whitelist: one account lists another as good, as bad, as both or as neither.
//!
//! Signed by: the active authority of `authorizing_account`, who pays the fee. Assets may follow
//! such lists.

use crate::evaluate::{Context, Evaluate};
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::{OperationResult, Stateless};
use crate::{Ledger, Rejected};
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Bit of [`AccountWhitelist::new_listing`]: the account is good.
const WHITE_LISTED: u8 = 1;
/// Bit of [`AccountWhitelist::new_listing`]: the account is bad.
const BLACK_LISTED: u8 = 2;

refusals! {
    /// Why an account is not listed.
    pub enum AccountWhitelistRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// A listing with bits that mean nothing.
        UnknownListing { listing: u8 }: "there is no listing {listing}",
        /// Only lifetime members may list others.
        NotMember { account: AccountId }: "{account} is no lifetime member and cannot list others",
    }
}

/// Lists an account; replaces what the same account said of it before.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AccountWhitelist {
    /// Fee, paid by `authorizing_account`.
    pub fee: Asset,
    /// Who lists.
    pub authorizing_account: AccountId,
    /// Who is listed.
    pub account_to_list: AccountId,
    /// Bits: 1 good, 2 bad.
    pub new_listing: u8,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a listing, in smallest units of the core asset.
    pub struct AccountWhitelistFee {
        /// Per listing.
        fee: i64 = 300_000,
    }
}

impl AccountWhitelist {
    fn is_listed(&self, bit: u8) -> bool {
        self.new_listing & bit != 0
    }
}

/// Puts `account` in or takes it out.
fn set_membership(set: &mut FlatSet<AccountId>, account: AccountId, is_member: bool) {
    if is_member {
        set.insert(account);
    } else {
        set.remove(&account);
    }
}

impl Stateless for AccountWhitelist {
    const NAME: &'static str = "account_whitelist";
    type Fee = AccountWhitelistFee;

    paid_by!(authorizing_account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        let fee = self.fee.amount;
        ensure!(fee >= 0, AccountWhitelistRefusal::NegativeFee { fee });
        let listing = self.new_listing;
        ensure!(
            listing <= WHITE_LISTED | BLACK_LISTED,
            AccountWhitelistRefusal::UnknownListing { listing }
        );
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.authorizing_account, self.account_to_list]);
    }
}

impl Evaluate for AccountWhitelist {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        ledger.get(self.account_to_list)?;
        let account = self.authorizing_account;
        ensure!(
            ledger.parameters()?.allow_non_member_whitelists
                || ledger.get(account)?.is_lifetime_member(),
            AccountWhitelistRefusal::NotMember { account }
        );
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let (lister, listed) = (self.authorizing_account, self.account_to_list);
        let (white, black) = (self.is_listed(WHITE_LISTED), self.is_listed(BLACK_LISTED));
        ledger.modify(listed, |account| {
            set_membership(&mut account.whitelisting_accounts, lister, white);
            set_membership(&mut account.blacklisting_accounts, lister, black);
        })?;
        // The lister's own lists decide nothing; clients read them.
        ledger.modify(lister, |account| {
            set_membership(&mut account.whitelisted_accounts, listed, white);
            set_membership(&mut account.blacklisted_accounts, listed, black);
        })?;
        Ok(OperationResult::Void)
    }
}
