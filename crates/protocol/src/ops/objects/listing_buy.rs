//! Listing buy: buys what is listed at its price of the moment.
//!
//! Signed by: the active authority of `buyer`, who pays the fee.

use crate::Rejected;
use crate::contract::{check_fee, some_amount};
use crate::ids::{AccountId, ListingId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, ObjectId, Wire};

/// Buys what is listed.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct ListingBuy {
    /// Fee, paid by `buyer`.
    pub fee: Asset,
    /// Who buys.
    pub buyer: AccountId,
    /// The listing.
    pub listing: ListingId,
    /// What is listed, again.
    pub items: Vec<ObjectId>,
    /// The most that is paid.
    pub max_price: Asset,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct ListingBuyFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for ListingBuy {
    const NAME: &'static str = "listing_buy";
    type Fee = ListingBuyFee;

    paid_by!(buyer);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        some_amount("max_price", self.max_price.amount)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.buyer]);
    }
}
