//! Account upgrade: an account becomes a lifetime member and gets its own cashback.
//!
//! Signed by: the active authority of `account_to_upgrade`, who pays the fee. Annual memberships
//! can no longer be bought; their price is still part of the fee schedule.

use crate::Rejected;
use crate::fees::FeeSchedule;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

refusals! {
    /// Why an account is not upgraded, whatever the state.
    pub enum AccountUpgradeRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
    }
}

/// Makes an account a member.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AccountUpgrade {
    /// Fee, paid by `account_to_upgrade`.
    pub fee: Asset,
    /// The account.
    pub account_to_upgrade: AccountId,
    /// Whether for life; the only membership there is.
    pub upgrade_to_lifetime_member: bool,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a membership, in smallest units of the core asset.
    pub struct AccountUpgradeFee {
        /// For a year.
        membership_annual_fee: u64 = 200_000_000,
        /// For life.
        membership_lifetime_fee: u64 = 1_000_000_000,
    }
}

impl Stateless for AccountUpgrade {
    const NAME: &'static str = "account_upgrade";
    type Fee = AccountUpgradeFee;

    paid_by!(account_to_upgrade);

    fn calculate_fee(&self, fee: &AccountUpgradeFee, _: &FeeSchedule) -> Result<i64, Rejected> {
        Ok(if self.upgrade_to_lifetime_member {
            fee.membership_lifetime_fee as i64
        } else {
            fee.membership_annual_fee as i64
        })
    }

    fn validate(&self) -> Result<(), Rejected> {
        ensure!(self.fee.amount >= 0, AccountUpgradeRefusal::NegativeFee { fee: self.fee.amount });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account_to_upgrade);
    }
}
