//! Bond offer take: lends or borrows what somebody offers to.
//!
//! Signed by: the active authority of `taker`, who pays the fee.

use super::BondTerms;
use crate::Rejected;
use crate::contract::{check_fee, some_amount};
use crate::ids::{AccountId, BondOfferId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Lends or borrows what somebody offers to.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BondOfferTake {
    /// Fee, paid by `taker`.
    pub fee: Asset,
    /// Who takes it: the other side than the maker.
    pub taker: AccountId,
    /// The offer.
    pub offer: BondOfferId,
    /// What is agreed, again.
    pub terms: BondTerms,
    /// How much of what is offered: principal of an offer to lend, collateral of one to borrow.
    pub amount: Asset,
    /// Whether the chain is to repay what the taker borrows when it is due.
    pub auto_repay: bool,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct BondOfferTakeFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for BondOfferTake {
    const NAME: &'static str = "bond_offer_take";
    type Fee = BondOfferTakeFee;

    paid_by!(taker);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        self.terms.validate()?;
        some_amount("amount", self.amount.amount)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.taker]);
    }
}
