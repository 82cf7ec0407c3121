//! Who produces when, and the ids of recent blocks (reference: `chain/witness_schedule_object.hpp`,
//! `chain/block_summary_object.hpp`).

use carbyne_graph::NoIndex;
use carbyne_protocol::ids::*;
use carbyne_wire::{Hash160, Wire};

/// The order in which the active witnesses produce until they are shuffled again.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct WitnessSchedule {
    /// Id.
    pub id: WitnessScheduleId,
    /// The witness of slot `n` stands at `n` modulo their number.
    pub current_shuffled_witnesses: Vec<WitnessId>,
}
object!(WitnessSchedule, NoIndex, holds [], concerns []);

/// The id of the last block whose number ends in the same 16 bits as this object's id.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BlockSummary {
    /// Id.
    pub id: BlockSummaryId,
    /// Id of the block.
    pub block_id: Hash160,
}
object!(BlockSummary, NoIndex, holds [], concerns []);
