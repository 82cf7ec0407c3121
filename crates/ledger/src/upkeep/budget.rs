//! What the network may spend until the next maintenance, and on whom (reference:
//! `chain/db_maint.cpp`).
//!
//! Invariant: what is spent comes out of the reserve, that is, out of what was never issued, fees
//! the network took and what witnesses left over.

use super::workers::pay_workers;
use crate::Ledger;
use crate::schedule::ScheduleRefusal;
use carbyne_objects::{BudgetRecord, BudgetRecordObject};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::{CORE, SECONDS_PER_DAY};
use carbyne_protocol::ids::BudgetRecordId;
use carbyne_protocol::money::Shares;
use carbyne_protocol::proportion::proportion;
use carbyne_wire::{Id, TimePointSec};

/// Per second, this part of the reserve over 2^32 may be spent.
const CORE_ASSET_CYCLE_RATE: u128 = 17;
const CORE_ASSET_CYCLE_RATE_BITS: u32 = 32;

/// Gives witnesses and workers their budget and pays the workers.
pub(super) fn process_budget(ledger: &mut Ledger) -> Result<(), Rejected> {
    let now = ledger.head_time()?;
    let mut record = initial_record(ledger, now)?;
    let dynamic = ledger.dynamic()?;
    let until_maintenance = dynamic.next_maintenance_time.since(now).max(0) as u64;
    record.requested_witness_budget = requested_witness_budget(ledger, until_maintenance)?;
    record.witness_budget = record.requested_witness_budget.min(record.total_budget);
    let rest = record.total_budget.minus(record.witness_budget)?;
    let per_day = ledger.parameters()?.worker_budget_per_day as u128;
    let wanted = proportion(per_day, until_maintenance, SECONDS_PER_DAY);
    record.worker_budget = if wanted >= rest as u128 { rest } else { wanted as i64 };
    record.leftover_worker_funds = pay_workers(ledger, record.worker_budget)?;
    record.supply_delta = record
        .witness_budget
        .plus(record.worker_budget)?
        .minus(record.leftover_worker_funds)?
        .minus(record.from_accumulated_fees)?
        .minus(record.from_unused_witness_budget)?;
    book(ledger, record, now)
}

/// Where the budget comes from. None is made without time since the last one.
fn initial_record(ledger: &Ledger, now: TimePointSec) -> Result<BudgetRecord, Rejected> {
    let (dynamic, core) = (ledger.dynamic()?, ledger.get(CORE)?);
    let data = ledger.get(core.dynamic_asset_data_id)?;
    let mut record = BudgetRecord {
        from_initial_reserve: core.options.max_supply.minus(data.current_supply)?,
        from_accumulated_fees: data.accumulated_fees,
        from_unused_witness_budget: dynamic.witness_budget,
        max_supply: core.options.max_supply,
        ..BudgetRecord::default()
    };
    let last = dynamic.last_budget_time;
    if last != TimePointSec::default() && now > last {
        let seconds = now.since(last) as u64;
        let reserve = record
            .from_initial_reserve
            .plus(record.from_accumulated_fees)?
            .plus(record.from_unused_witness_budget)?;
        record.time_since_last_budget = seconds;
        record.total_budget = spendable(reserve, seconds);
    }
    Ok(record)
}

/// Rounded up, so that the whole reserve can be spent in the end.
fn spendable(reserve: i64, seconds: u64) -> i64 {
    let rate = (reserve as u128).wrapping_mul(seconds.into()).wrapping_mul(CORE_ASSET_CYCLE_RATE);
    let rounding = (1_u128 << CORE_ASSET_CYCLE_RATE_BITS) - 1;
    let budget = rate.wrapping_add(rounding) >> CORE_ASSET_CYCLE_RATE_BITS;
    if budget < reserve as u128 { budget as i64 } else { reserve }
}

/// The pay of all blocks that can be produced in `seconds`.
fn requested_witness_budget(ledger: &Ledger, seconds: u64) -> Result<i64, Rejected> {
    let parameters = ledger.parameters()?;
    let interval = u64::from(parameters.block_interval);
    ensure!(interval > 0, ScheduleRefusal::NoInterval);
    let blocks = seconds.div_ceil(interval);
    Ok(parameters.witness_pay_per_block.wrapping_mul(blocks as i64))
}

fn book(ledger: &mut Ledger, mut record: BudgetRecord, now: TimePointSec) -> Result<(), Rejected> {
    let core = ledger.get(CORE)?.dynamic_asset_data_id;
    record.current_supply = ledger.try_modify(core, |core| {
        core.current_supply = core.current_supply.plus(record.supply_delta)?;
        core.accumulated_fees = 0;
        Ok(core.current_supply)
    })?;
    ledger.modify_dynamic(|dynamic| {
        dynamic.witness_budget = record.witness_budget;
        dynamic.last_budget_time = now;
    })?;
    ledger.create::<BudgetRecordId>(BudgetRecordObject { id: Id(0), time: now, record });
    Ok(())
}
