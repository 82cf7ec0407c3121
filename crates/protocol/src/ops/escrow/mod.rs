//! Escrow: amounts in the hands of nobody until both parties agree, their arbiter rules, or time
//! decides. (What a secret unlocks is `htlc`.)

pub mod amend;
pub mod create;
pub mod dispute;
pub mod event;
pub mod ratify;
pub mod release;
pub mod rule;
pub mod split;

pub use amend::EscrowAmend;
pub use create::EscrowCreate;
pub use dispute::EscrowDispute;
pub use event::{EscrowEvent, EscrowOutcome};
pub use ratify::EscrowRatify;
pub use release::EscrowRelease;
pub use rule::EscrowRule;
pub use split::EscrowSplit;

use crate::Rejected;
use crate::contract::{different_assets, in_range, some_amount};
use crate::money::Asset;

/// The most assets in one escrow.
pub const ASSETS_MAX: u32 = 8;

/// Refuses amounts that no escrow can hold; `least` says how many there must be.
fn check_amounts(what: &'static str, amounts: &[Asset], least: u32) -> Result<(), Rejected> {
    in_range(what, amounts.len() as u64, least, ASSETS_MAX)?;
    amounts.iter().try_for_each(|amount| some_amount(what, amount.amount))?;
    different_assets(amounts)
}
