//! Properties of the whole chain (reference: `chain/global_property_object.hpp`,
//! `chain/chain_property_object.hpp`).

use carbyne_graph::NoIndex;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::Asset;
use carbyne_protocol::parameters::{ChainParameters, ImmutableParameters};
use carbyne_wire::{Digest, FlatSet, Hash160, TimePointSec, Wire};

/// What changes only at maintenance.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct GlobalProperty {
    /// Id.
    pub id: GlobalPropertyId,
    /// Parameters in force.
    pub parameters: ChainParameters,
    /// Parameters from the next maintenance on.
    pub pending_parameters: Option<Box<ChainParameters>>,
    /// Instance of the next vote id.
    pub next_available_vote_id: u32,
    /// Elected committee members.
    pub active_committee_members: Vec<CommitteeMemberId>,
    /// Elected witnesses.
    pub active_witnesses: FlatSet<WitnessId>,
}
object!(GlobalProperty, NoIndex, holds [], concerns []);

/// What changes with every block.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
pub struct DynamicGlobalProperty {
    /// Id.
    pub id: DynamicGlobalPropertyId,
    /// Number of the head block.
    pub head_block_number: u32,
    /// Id of the head block.
    pub head_block_id: Hash160,
    /// Time of the head block.
    pub time: TimePointSec,
    /// Witness of the head block.
    pub current_witness: WitnessId,
    /// When the next maintenance is due.
    pub next_maintenance_time: TimePointSec,
    /// When votes were last counted.
    pub last_vote_tally_time: TimePointSec,
    /// When the budget was last made.
    pub last_budget_time: TimePointSec,
    /// What is left to pay witnesses with, in smallest units of core.
    pub witness_budget: i64,
    /// Core in locked tickets, in smallest units.
    pub total_pob: i64,
    /// Core in unlocked tickets, in smallest units.
    pub total_inactive: i64,
    /// Accounts registered since the last maintenance.
    pub accounts_registered_this_interval: u32,
    /// Rises with missed blocks and falls with produced ones.
    pub recently_missed_count: u32,
    /// Slots since genesis, missed ones included.
    pub current_aslot: u64,
    /// One bit per recent slot: whether it had a block. Missed slots stand below the block that
    /// ended them.
    pub recent_slots_filled: u128,
    /// Bit 1: the head block was a maintenance block.
    pub dynamic_flags: u32,
    /// Number of the last block that cannot be undone.
    pub last_irreversible_block_num: u32,
}
object! {
    DynamicGlobalProperty, NoIndex,
    holds |dynamic, _assets, sheet| {
        sheet.hold(Asset::core(dynamic.witness_budget));
    },
    concerns []
}

/// What never changes.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
pub struct ChainProperty {
    /// Id.
    pub id: ChainPropertyId,
    /// SHA-256 of the genesis file's bytes.
    pub chain_id: Digest<32>,
    /// Parameters the committee cannot change.
    pub immutable_parameters: ImmutableParameters,
}
object!(ChainProperty, NoIndex, holds [], concerns []);
