//! What a buyer pays, and who gets it.

use super::items::check_buyer;
use crate::Ledger;
use crate::contracts::{before, may_move, pinned};
use crate::market::fees::pay_market_fees;
use carbyne_objects::Listing;
use carbyne_protocol::Rejected;
use carbyne_protocol::contract::different;
use carbyne_protocol::ids::{AccountId, AssetId};
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::objects::ListingKind;
use carbyne_protocol::proportion::{basis_points, proportion};
use carbyne_wire::{ObjectId, TimePointSec};

/// Refuses a buyer who may not pay or not hold what is sold, or who means another listing.
pub(super) fn check_deal(
    ledger: &Ledger,
    listing: &Listing,
    buyer: AccountId,
    (items, pays): (&[ObjectId], AssetId),
) -> Result<(), Rejected> {
    different(&[buyer, listing.seller])?;
    pinned("items", items, listing.items.as_slice())?;
    pinned("asset", pays, listing.bid.asset_id)?;
    before(ledger, listing.end)?;
    may_move(ledger, (buyer, listing.seller), pays)?;
    check_buyer(ledger, buyer, items)
}

/// The price at `now` of what is sold without bids, in smallest units. That of a Dutch listing
/// falls in a straight line, and what falls is rounded down.
pub(super) fn price_at(listing: &Listing, now: TimePointSec) -> i64 {
    let start = listing.buy_now.unwrap_or(listing.min);
    if listing.kind != ListingKind::Dutch {
        return start;
    }
    let range = start.saturating_sub(listing.min) as u64;
    let (passed, all) = (now.0.saturating_sub(listing.made.0), listing.expiry.0);
    let fallen = proportion(range, passed, all.saturating_sub(listing.made.0));
    start.saturating_sub(fallen as i64)
}

/// Parts a price between the market's fee, the creator and the seller; says who got what.
pub(super) fn pay_out(
    ledger: &mut Ledger,
    listing: &Listing,
    price: Asset,
) -> Result<Vec<(AccountId, Asset)>, Rejected> {
    let asset = price.asset_id;
    let fee = pay_market_fees(ledger, Some(listing.seller), asset, price, true, None)?;
    let net = price.minus(fee)?;
    let creator = listing.creator.filter(|creator| *creator != listing.seller);
    let part = match creator {
        Some(_) => basis_points(net.amount as u64, listing.royalty_bps) as i64,
        None => 0,
    };
    let to_creator = creator.map(|creator| (creator, Asset::new(part, asset)));
    let to_seller = (listing.seller, Asset::new(net.amount.minus(part)?, asset));
    let moved: Vec<_> = to_creator.into_iter().chain([to_seller]).collect();
    for (account, amount) in &moved {
        ledger.adjust_balance(*account, *amount)?;
    }
    Ok(moved)
}
