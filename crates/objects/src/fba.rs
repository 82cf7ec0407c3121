//! Fees collected for an asset that is backed by them (reference: `chain/fba_object.hpp`).

use carbyne_graph::NoIndex;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::Asset;
use carbyne_wire::{Id, Wire};

/// Collects the fees of `transfer_to_blind`.
pub const FBA_TRANSFER_TO_BLIND: FbaAccumulatorId = Id(0);
/// Collects the fees of `blind_transfer`.
pub const FBA_BLIND_TRANSFER: FbaAccumulatorId = Id(1);
/// Collects the fees of `transfer_from_blind`.
pub const FBA_TRANSFER_FROM_BLIND: FbaAccumulatorId = Id(2);
/// The asset to which the fees of confidential transfers go.
pub const FBA_STEALTH_ASSET: AssetId = Id(743);

/// Fees of one kind of operation, shared out at maintenance.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct FbaAccumulator {
    /// Id.
    pub id: FbaAccumulatorId,
    /// What was collected since the last maintenance, in smallest units of core.
    pub accumulated_fba_fees: i64,
    /// The asset they are for.
    pub designated_asset: Option<AssetId>,
}
object! {
    FbaAccumulator, NoIndex,
    holds |accumulator, _assets, sheet| {
        sheet.hold(Asset::core(accumulator.accumulated_fba_fees));
    },
    concerns []
}
