//! Account whitelist: one account lists another as good, as bad, as both or as neither.
//!
//! Signed by: the active authority of `authorizing_account`, who pays the fee. Assets may follow
//! such lists.

use crate::Rejected;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Bit of [`AccountWhitelist::new_listing`]: the account is good.
pub const WHITE_LISTED: u8 = 1;

/// Bit of [`AccountWhitelist::new_listing`]: the account is bad.
pub const BLACK_LISTED: u8 = 2;

refusals! {
    /// Why an account is not listed, whatever the state.
    pub enum AccountWhitelistRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// A listing with bits that mean nothing.
        UnknownListing { listing: u8 }: "there is no listing {listing}",
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
