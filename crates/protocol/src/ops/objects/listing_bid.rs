//! Listing bid: bids for what is listed; as much as it costs to buy it at once buys it.
//!
//! Signed by: the active authority of `bidder`, who pays the fee.

use crate::Rejected;
use crate::contract::{check_fee, some_amount};
use crate::ids::{AccountId, ListingId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, ObjectId, Wire};

/// Bids for what is listed.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct ListingBid {
    /// Fee, paid by `bidder`.
    pub fee: Asset,
    /// Who bids.
    pub bidder: AccountId,
    /// The listing.
    pub listing: ListingId,
    /// What is listed, again.
    pub items: Vec<ObjectId>,
    /// The bid, which is locked until a higher one comes.
    pub amount: Asset,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct ListingBidFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for ListingBid {
    const NAME: &'static str = "listing_bid";
    type Fee = ListingBidFee;

    paid_by!(bidder);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        some_amount("amount", self.amount.amount)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.bidder]);
    }
}
