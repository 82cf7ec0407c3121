//! Recurring cancel: either side ends the payments.
//!
//! Signed by: the active authority of `account`, who pays the fee.

use crate::Rejected;
use crate::contract::check_fee;
use crate::ids::{AccountId, RecurringId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Ends the payments. What was paid for those that were to come is not given back.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct RecurringCancel {
    /// Fee, paid by `account`.
    pub fee: Asset,
    /// Account that gives or receives.
    pub account: AccountId,
    /// The order.
    pub recurring: RecurringId,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of the end, in smallest units of the core asset.
    pub struct RecurringCancelFee {
        /// Per order.
        fee: u64 = 100_000,
    }
}

impl Stateless for RecurringCancel {
    const NAME: &'static str = "recurring_cancel";
    type Fee = RecurringCancelFee;

    paid_by!(account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account);
    }
}
