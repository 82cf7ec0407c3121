//! Title offer: offers an account for sale, which does nothing else until that is over.
//!
//! Signed by: the owner authority of `account`, which pays the fee.

use crate::Rejected;
use crate::constants::PROXY_TO_SELF_ACCOUNT;
use crate::contract::{check_fee, different, fits, maybe_amount};
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::{RequiredAuthorities, Stateless};
use carbyne_wire::{Extensions, FlatSet, TimePointSec, Wire};

/// Offers an account for sale.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct TitleOffer {
    /// Fee, paid by `account`.
    pub fee: Asset,
    /// What is offered.
    pub account: AccountId,
    /// What it costs; nothing only for a buyer who is named.
    pub price: Asset,
    /// Who is paid.
    pub payout: AccountId,
    /// Who may accept; anybody if it is not said.
    pub buyer: Option<AccountId>,
    /// When the offer ends.
    pub expiry: TimePointSec,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct TitleOfferFee {
        /// Per operation.
        fee: u64 = 50_000_000,
    }
}

impl Stateless for TitleOffer {
    const NAME: &'static str = "title_offer";
    type Fee = TitleOfferFee;

    paid_by!(account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        fits(self.account > PROXY_TO_SELF_ACCOUNT, "an account of the chain itself is not sold")?;
        maybe_amount("price", self.price.amount)?;
        let is_gift = self.price.amount == 0;
        fits(!is_gift || self.buyer.is_some(), "what costs nothing is for somebody named")?;
        different(&[self.account, self.payout])?;
        self.buyer.iter().try_for_each(|buyer| different(&[self.account, *buyer]))
    }

    fn authorities(&self, required: &mut RequiredAuthorities) {
        required.owner.insert(self.account);
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.account, self.payout]);
        accounts.extend(self.buyer);
    }
}
