//! Bond offer cancel: takes back what was not taken.
//!
//! Signed by: the active authority of `creator`, who pays the fee.

use crate::Rejected;
use crate::contract::check_fee;
use crate::ids::{AccountId, BondOfferId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Takes back what was not taken.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BondOfferCancel {
    /// Fee, paid by `creator`.
    pub fee: Asset,
    /// Whose offer.
    pub creator: AccountId,
    /// The offer.
    pub offer: BondOfferId,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct BondOfferCancelFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for BondOfferCancel {
    const NAME: &'static str = "bond_offer_cancel";
    type Fee = BondOfferCancelFee;

    paid_by!(creator);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.creator]);
    }
}
