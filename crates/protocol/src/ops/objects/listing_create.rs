//! Listing create: puts objects and lender sides of bonds up for sale.
//!
//! Signed by: the active authority of `seller`, who pays the fee: a part for the listing and
//! one per 1,024 bytes of the operation.

use crate::Rejected;
use crate::constants::MAX_SHARE_SUPPLY;
use crate::contract::{ContractRefusal, check_fee, fits, in_range, maybe_amount, sized_fee};
use crate::fees::FeeSchedule;
use crate::ids::{AccountId, AssetId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, ObjectId, Pack, TimePointSec, Wire};

/// The most items in one listing.
pub const ITEMS_MAX: u32 = 16;
/// The shortest time that bids leave for another, in seconds: more than one witness decides.
pub const ANTI_SNIPE_SEC_MIN: u32 = 300;
/// The longest.
pub const ANTI_SNIPE_SEC_MAX: u32 = 3_600;

named_enum! {
    /// How a price is found.
    #[derive(Default)]
    pub enum ListingKind {
        /// The seller says it.
        #[default]
        Fixed = 1 "fixed",
        /// The highest bid is it.
        English = 2 "english",
        /// It falls until somebody buys.
        Dutch = 3 "dutch",
    }
}

/// Puts items up for sale.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct ListingCreate {
    /// Fee, paid by `seller`.
    pub fee: Asset,
    /// Who sells.
    pub seller: AccountId,
    /// Objects, and bonds of which the seller is the lender.
    pub items: Vec<ObjectId>,
    /// What is paid with.
    pub pay_asset: AssetId,
    /// How the price is found.
    pub kind: ListingKind,
    /// The lowest bid, or the price at the end, in smallest units; zero of a fixed price.
    pub min: i64,
    /// The price at which it is sold at once, or that at the beginning, in smallest units.
    pub buy_now: Option<i64>,
    /// When it ends, unless late bids make it longer.
    pub expiry: TimePointSec,
    /// Seconds that a bid leaves for another; zero without bids.
    pub anti_snipe_sec: u32,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a listing, in smallest units of the core asset.
    pub struct ListingCreateFee {
        /// Per listing.
        fee: u64 = 500_000,
        /// Per 1,024 bytes.
        price_per_kbyte: u32 = 500_000,
    }
}

impl ListingCreate {
    fn validate_items(&self) -> Result<(), Rejected> {
        in_range("items", self.items.len() as u64, 1_u32, ITEMS_MAX)?;
        let is_again =
            |(at, item): (usize, &ObjectId)| self.items.iter().take(at).any(|o| o == item);
        fits(!self.items.iter().enumerate().any(is_again), "an item is there twice")
    }

    fn validate_prices(&self) -> Result<(), Rejected> {
        maybe_amount("min", self.min)?;
        let buy_now = self.buy_now.unwrap_or(MAX_SHARE_SUPPLY);
        let (what, amount) = ("buy_now", buy_now);
        ensure!(
            buy_now > self.min && buy_now <= MAX_SHARE_SUPPLY,
            ContractRefusal::NoAmount { what, amount }
        );
        let (least, most) = match self.kind {
            ListingKind::Fixed => (0, 0),
            ListingKind::English | ListingKind::Dutch => (1, MAX_SHARE_SUPPLY),
        };
        in_range("min", self.min as u64, least as u64, most as u64)?;
        let has_price = self.kind == ListingKind::English || self.buy_now.is_some();
        fits(has_price, "without bids there is a price")?;
        let (least, most) = match self.kind {
            ListingKind::English => (ANTI_SNIPE_SEC_MIN, ANTI_SNIPE_SEC_MAX),
            ListingKind::Fixed | ListingKind::Dutch => (0, 0),
        };
        in_range("anti_snipe_sec", self.anti_snipe_sec, least, most)
    }
}

impl Stateless for ListingCreate {
    const NAME: &'static str = "listing_create";
    type Fee = ListingCreateFee;

    paid_by!(seller);

    fn calculate_fee(&self, fee: &ListingCreateFee, _: &FeeSchedule) -> Result<i64, Rejected> {
        sized_fee(fee.fee, fee.price_per_kbyte.into(), self.packed_len())
    }

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        self.validate_items()?;
        self.validate_prices()
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.seller);
    }
}
