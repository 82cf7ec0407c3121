//! Owned objects, and listings by which they and lender sides of bonds are sold.

use super::{ContractIndex, Placed};
use carbyne_protocol::ids::*;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::objects::ListingKind;
use carbyne_wire::{Bytes, ObjectId, Text, TimePointSec, Wire};
use smallvec::{SmallVec, smallvec};

/// Data with an owner.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct OwnedObject {
    /// Id.
    pub id: OwnedObjectId,
    /// Whose.
    pub owner: AccountId,
    /// Who made it.
    pub creator: AccountId,
    /// What it is, in its creator's words.
    pub kind: Text,
    /// Its content.
    pub data: Bytes,
    /// Whether it can have another owner.
    pub transferable: bool,
    /// Whether its content can change.
    pub mutable: bool,
    /// Part of the price of a sale for the creator, in basis points.
    pub royalty_bps: u16,
    /// Whether it is for sale.
    pub is_listed: bool,
}
object!(OwnedObject, ContractIndex, holds [], concerns [owner]);

impl Placed for OwnedObject {
    fn accounts(&self) -> SmallVec<[AccountId; 3]> {
        smallvec![self.owner]
    }
    fn assets(&self) -> SmallVec<[AssetId; 2]> {
        smallvec![]
    }
    fn due(&self) -> Option<TimePointSec> {
        None
    }
}

/// Items that are for sale.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Listing {
    /// Id.
    pub id: ListingId,
    /// Who sells.
    pub seller: AccountId,
    /// What is sold.
    pub items: Vec<ObjectId>,
    /// How the price is found.
    pub kind: ListingKind,
    /// The lowest bid, or the price at the end, in smallest units.
    pub min: i64,
    /// The price at which it is sold at once, or that at the beginning, in smallest units.
    pub buy_now: Option<i64>,
    /// When it was made.
    pub made: TimePointSec,
    /// When it was to end.
    pub expiry: TimePointSec,
    /// When it ends.
    pub end: TimePointSec,
    /// Seconds that a bid leaves for another.
    pub anti_snipe_sec: u32,
    /// Who made what is sold, if he gets a part of the price.
    pub creator: Option<AccountId>,
    /// That part, in basis points.
    pub royalty_bps: u16,
    /// Who has bid most.
    pub bidder: Option<AccountId>,
    /// What he bid, which is locked; nothing, of what is paid with, if there is no bid.
    pub bid: Asset,
}
object! {
    Listing, ContractIndex,
    holds [bid],
    concerns |listing, accounts| {
        accounts.extend(listing.parties());
    }
}

impl Listing {
    /// Who sells, who gets a part, and who has bid most.
    pub fn parties(&self) -> SmallVec<[AccountId; 3]> {
        [Some(self.seller), self.creator, self.bidder].into_iter().flatten().collect()
    }
}

impl Placed for Listing {
    fn accounts(&self) -> SmallVec<[AccountId; 3]> {
        self.parties()
    }
    fn assets(&self) -> SmallVec<[AssetId; 2]> {
        smallvec![self.bid.asset_id]
    }
    fn due(&self) -> Option<TimePointSec> {
        Some(self.end)
    }
    fn bound(&self) -> SmallVec<[AccountId; 3]> {
        [Some(self.seller), self.bidder].into_iter().flatten().collect()
    }
}
