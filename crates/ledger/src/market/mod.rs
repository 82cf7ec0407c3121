//! Markets: what happens when orders meet. Limit orders, debt positions that are called, force
//! settlements, and what follows when a debt position cannot pay.
//!
//! Invariant: nothing is created or destroyed by a match: what one side pays is what the other side
//! receives plus fees, and every unit that rounding leaves over has a named receiver. Orders of ids
//! and of virtual operations are those of the reference (`chain/db_market.cpp`), because users see
//! them. Never knows who sent what.

mod bids;
pub(crate) mod black_swan;
mod book;
mod calls;
mod cancel;
mod cover;
mod deferred_fee;
pub mod fees;
pub(crate) mod fill;
mod match_call;
pub(crate) mod match_limit;
mod on_fill;
mod settle;
mod settled_debt;
#[cfg(test)]
mod tests;

pub use bids::{process_bids, revive_bitasset};
pub use black_swan::{BlackSwan, MarginCalls, find_least_collateralized, globally_settle_asset};
pub use calls::check_call_orders;
pub use cancel::{Cancellation, cancel_limit_order};
pub use match_limit::apply_order;
pub use settle::apply_force_settlement;
pub use settled_debt::update_settled_debt_order;

pub(crate) use bids::unit_price;
pub(crate) use deferred_fee::{DeferredFee, defer_fee, refund_deferred_fee, take_cancel_fee};
pub(crate) use fill::adjust_core_in_orders;
pub(crate) use settle::{SettlementTerms, match_settlement};

use crate::Ledger;
use crate::feeds::NO_FEEDS;
use carbyne_objects::AssetBitassetData;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AssetBitassetDataId, AssetId};

/// Id of the feeds and the settlement state of a SmartCoin.
pub(crate) fn bitasset_id(
    ledger: &Ledger,
    asset: AssetId,
) -> Result<AssetBitassetDataId, Rejected> {
    let id = ledger.get(asset)?.bitasset_data_id;
    id.ok_or_else(|| NO_FEEDS.into())
}

/// Feeds and settlement state of a SmartCoin.
pub(crate) fn bitasset(ledger: &Ledger, asset: AssetId) -> Result<&AssetBitassetData, Rejected> {
    ledger.get(bitasset_id(ledger, asset)?)
}
