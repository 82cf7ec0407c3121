//! Credit offer delete: gives an offer back to its owner, even if the owner may not hold the asset
//! any more.
//!
//! Signed by: the active authority of `owner_account`, who pays the fee.

use super::check_fee;
use crate::Rejected;
use crate::ids::{AccountId, CreditOfferId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Removes a credit offer that nothing is borrowed from.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CreditOfferDelete {
    /// Fee.
    pub fee: Asset,
    /// Account that owns the offer.
    pub owner_account: AccountId,
    /// The offer.
    pub offer_id: CreditOfferId,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of removing an offer, in smallest units of the core asset.
    pub struct CreditOfferDeleteFee {
        /// Per offer.
        fee: u64 = 0,
    }
}

impl Stateless for CreditOfferDelete {
    const NAME: &'static str = "credit_offer_delete";
    type Fee = CreditOfferDeleteFee;

    paid_by!(owner_account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.owner_account);
    }
}
