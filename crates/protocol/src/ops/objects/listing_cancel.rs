//! Listing cancel: takes back what nobody has bid for.
//!
//! Signed by: the active authority of `seller`, who pays the fee.

use crate::Rejected;
use crate::contract::check_fee;
use crate::ids::{AccountId, ListingId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Takes back what nobody has bid for.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct ListingCancel {
    /// Fee, paid by `seller`.
    pub fee: Asset,
    /// Who sells.
    pub seller: AccountId,
    /// The listing.
    pub listing: ListingId,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct ListingCancelFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for ListingCancel {
    const NAME: &'static str = "listing_cancel";
    type Fee = ListingCancelFee;

    paid_by!(seller);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.seller]);
    }
}
