//! Owned objects and listings: what the operations do to the state, and what the chain does when a
//! listing ends. What they say is [`carbyne_protocol::ops::objects`].
//!
//! Invariant: an item is in one listing at most, and while it is, nobody but a payer of a bond
//! changes it.

pub mod create;
pub mod destroy;
mod items;
pub mod listing_bid;
pub mod listing_buy;
pub mod listing_cancel;
pub mod listing_create;
mod sale;
pub mod transfer;
pub mod update;

#[cfg(test)]
mod naive;
#[cfg(test)]
mod tests;

use crate::Ledger;
use crate::contracts::{is_party, only_if};
use carbyne_objects::OwnedObject;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, ListingId, OwnedObjectId};
use carbyne_protocol::ops::objects::{ObjectEvent, ObjectOutcome};
use carbyne_wire::TimePointSec;

/// The object, refused of another owner's and of what is for sale.
fn own_object(
    ledger: &Ledger,
    owner: AccountId,
    id: OwnedObjectId,
) -> Result<&OwnedObject, Rejected> {
    let object = ledger.get(id)?;
    is_party(owner, object.owner)?;
    only_if(!object.is_listed, "the object is for sale")?;
    Ok(object)
}

/// Ends the listing that has been due longest; false if none is due.
pub(crate) fn due(ledger: &mut Ledger, now: TimePointSec) -> Result<bool, Rejected> {
    let Some((time, id)) = ledger.tables.listings.index().first_due() else { return Ok(false) };
    if time > now {
        return Ok(false);
    }
    end_listing(ledger, id)?;
    Ok(true)
}

/// The highest bid wins, or the items thaw.
fn end_listing(ledger: &mut Ledger, id: ListingId) -> Result<(), Rejected> {
    let listing = ledger.remove(id)?;
    let (what, moved) = match listing.bidder {
        Some(bidder) => {
            let moved = sale::pay_out(ledger, &listing, listing.bid)?;
            items::deliver(ledger, &listing.items, bidder)?;
            (ObjectOutcome::Sold, moved)
        }
        None => {
            items::deliver(ledger, &listing.items, listing.seller)?;
            (ObjectOutcome::Unsold, Vec::new())
        }
    };
    let event = ObjectEvent::new(id, what, listing.parties());
    ledger.run.push_virtual(ObjectEvent { moved, ..event });
    Ok(())
}
