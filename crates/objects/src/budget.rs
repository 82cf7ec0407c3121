//! How each maintenance shared out the budget (reference: `chain/budget_record_object.hpp`).

use carbyne_graph::NoIndex;
use carbyne_protocol::ids::*;
use carbyne_wire::{TimePointSec, Wire};

/// One budget, in smallest units of core unless said otherwise.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BudgetRecord {
    /// Seconds since the last budget.
    pub time_since_last_budget: u64,
    /// What has not been issued.
    pub from_initial_reserve: i64,
    /// Fees the network took.
    pub from_accumulated_fees: i64,
    /// What witnesses did not use of their last budget.
    pub from_unused_witness_budget: i64,
    /// What the witnesses would get if every slot until the next maintenance were used.
    pub requested_witness_budget: i64,
    /// What may be spent.
    pub total_budget: i64,
    /// What the witnesses get.
    pub witness_budget: i64,
    /// What the workers may get.
    pub worker_budget: i64,
    /// What the workers did not use.
    pub leftover_worker_funds: i64,
    /// Change of the supply.
    pub supply_delta: i64,
    /// Largest supply.
    pub max_supply: i64,
    /// Supply after this budget.
    pub current_supply: i64,
}

/// The budget of one maintenance.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BudgetRecordObject {
    /// Id.
    pub id: BudgetRecordId,
    /// Time of the maintenance block.
    pub time: TimePointSec,
    /// The budget.
    pub record: BudgetRecord,
}
object!(BudgetRecordObject, NoIndex, holds [], concerns []);
