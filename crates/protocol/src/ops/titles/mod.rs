//! Titles: account names that are sold. Changing keys is not changing the owner: what others were
//! given by the old one, or gave to him, does not come to the new one.

pub mod accept;
pub mod event;
pub mod offer;
pub mod withdraw;

pub use accept::TitleAccept;
pub use event::{TitleEvent, TitleOutcome};
pub use offer::TitleOffer;
pub use withdraw::TitleWithdraw;
