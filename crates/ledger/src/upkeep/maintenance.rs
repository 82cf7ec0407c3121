//! Maintenance: votes are counted, fees shared out, producers elected, parameters changed, budgets
//! made (reference:
//! `chain/db_maint.cpp`, `perform_chain_maintenance`).
//!
//! Invariant: the steps happen in the reference's order; the budget comes last because it needs the
//! time of the next maintenance.

use super::accounts::perform_account_maintenance;
use super::bitassets::process_bitassets;
use super::budget::process_budget;
use super::buybacks::create_buyback_orders;
use super::custom_authorities::custom_authorities;
use super::elections::*;
use super::fba::distribute_fba_balances;
use super::first::correct_genesis;
use super::special_authorities::update_top_n_authorities;
use super::votes::Tally;
use crate::Ledger;
use carbyne_protocol::Rejected;
use carbyne_wire::TimePointSec;

/// Everything that is done once per maintenance interval, in the first block after it.
pub(crate) fn perform_chain_maintenance(ledger: &mut Ledger) -> Result<(), Rejected> {
    distribute_fba_balances(ledger)?;
    create_buyback_orders(ledger)?;
    let mut tally = Tally::new(ledger)?;
    perform_account_maintenance(ledger, &mut tally)?;
    update_top_n_authorities(ledger)?;
    update_active_witnesses(ledger, &tally)?;
    update_active_committee_members(ledger, &tally)?;
    update_worker_votes(ledger, &tally)?;
    update_parameters(ledger)?;
    crate::features::update_settings(ledger)?;
    schedule_next_maintenance(ledger)?;
    process_bitassets(ledger)?;
    custom_authorities(ledger)?;
    process_budget(ledger)
}

/// Lowers the fee of registration to what it was before many registered, and puts pending
/// parameters in force.
fn update_parameters(ledger: &mut Ledger) -> Result<(), Rejected> {
    let registered = ledger.dynamic()?.accounts_registered_this_interval;
    ledger.modify_global(|global| {
        let parameters = &mut global.parameters;
        let per_scale = u32::from(parameters.accounts_per_fee_scale);
        let raised = registered.checked_div(per_scale).unwrap_or(0);
        let shift = raised.wrapping_mul(parameters.account_fee_scale_bitshifts.into());
        if let Some(fee) = parameters.current_fees.account_create_mut() {
            fee.basic_fee = fee.basic_fee.wrapping_shr(shift);
        }
        if let Some(pending) = global.pending_parameters.take() {
            global.parameters = *pending;
        }
    })
}

fn schedule_next_maintenance(ledger: &mut Ledger) -> Result<(), Rejected> {
    let interval = ledger.parameters()?.maintenance_interval;
    let dynamic = ledger.dynamic()?;
    let is_first = dynamic.next_maintenance_time == TimePointSec::default();
    let next = if dynamic.head_block_number == 1 {
        next_after(TimePointSec::default(), dynamic.time, interval)
    } else {
        next_after(dynamic.next_maintenance_time, dynamic.time, interval)
    };
    if is_first {
        correct_genesis(ledger)?;
    }
    ledger.modify_dynamic(|dynamic| {
        dynamic.next_maintenance_time = next;
        dynamic.last_vote_tally_time = dynamic.time;
        dynamic.accounts_registered_this_interval = 0;
    })
}

/// The first moment after `now` that is a whole number of intervals behind `due`.
fn next_after(due: TimePointSec, now: TimePointSec, interval: u32) -> TimePointSec {
    let passed = now.0.wrapping_sub(due.0).checked_div(interval).unwrap_or(0);
    due.wrapping_add(passed.wrapping_add(1).wrapping_mul(interval))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maintenance_is_due_at_the_next_multiple_of_the_interval() {
        let next = |due, now| next_after(TimePointSec(due), TimePointSec(now), 100).0;
        assert_eq!(next(0, 1_234), 1_300);
        assert_eq!(next(0, 1_300), 1_400);
        assert_eq!(next(1_250, 1_250), 1_350);
        assert_eq!(next(1_250, 1_649), 1_650);
        assert_eq!(next(1_250, 1_650), 1_750);
    }
}
