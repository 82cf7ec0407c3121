//! Title withdraw: takes the offer of an account back.
//!
//! Signed by: the owner authority of `account`, which pays the fee.

use crate::Rejected;
use crate::contract::check_fee;
use crate::ids::{AccountId, TitleOfferId};
use crate::money::Asset;
use crate::ops::{RequiredAuthorities, Stateless};
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Takes the offer of an account back.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct TitleWithdraw {
    /// Fee, paid by `account`.
    pub fee: Asset,
    /// What was offered.
    pub account: AccountId,
    /// The offer.
    pub offer: TitleOfferId,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct TitleWithdrawFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for TitleWithdraw {
    const NAME: &'static str = "title_withdraw";
    type Fee = TitleWithdrawFee;

    paid_by!(account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)
    }

    fn authorities(&self, required: &mut RequiredAuthorities) {
        required.owner.insert(self.account);
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account);
    }
}
