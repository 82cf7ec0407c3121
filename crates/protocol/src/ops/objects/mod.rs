//! Owned objects, which are data with an owner, and listings, by which objects and the lender sides
//! of bonds are sold.

pub mod create;
pub mod destroy;
pub mod event;
pub mod listing_bid;
pub mod listing_buy;
pub mod listing_cancel;
pub mod listing_create;
pub mod transfer;
pub mod update;

pub use create::ObjectCreate;
pub use destroy::ObjectDestroy;
pub use event::{ObjectEvent, ObjectOutcome};
pub use listing_bid::ListingBid;
pub use listing_buy::ListingBuy;
pub use listing_cancel::ListingCancel;
pub use listing_create::{ListingCreate, ListingKind};
pub use transfer::ObjectTransfer;
pub use update::ObjectUpdate;
