//! The pay of workers (reference: `chain/db_maint.cpp`, `chain/worker_evaluator.cpp`).

use crate::Ledger;
use carbyne_objects::WorkerType;
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::{CORE, NULL_ACCOUNT, SECONDS_PER_DAY};
use carbyne_protocol::ids::WorkerId;
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::proportion::signed_proportion;
use std::cmp::Reverse;

/// Pays the workers for the time since the last budget, those with most votes first, and returns
/// what is left of
/// `budget`, in smallest units of core.
pub(super) fn pay_workers(ledger: &mut Ledger, budget: i64) -> Result<i64, Rejected> {
    let mut left = budget;
    let dynamic = ledger.dynamic()?;
    let seconds = dynamic.time.since(dynamic.last_budget_time);
    for (worker, daily_pay) in payable(ledger)? {
        if left <= 0 {
            break;
        }
        // The reference computes in microseconds; the quotient is the same.
        let pay = left.min(signed_proportion(daily_pay, seconds, SECONDS_PER_DAY));
        pay_worker(ledger, worker, pay)?;
        left = left.minus(pay)?;
    }
    Ok(left)
}

/// Workers at work with votes, and their pay per day.
fn payable(ledger: &Ledger) -> Result<Vec<(WorkerId, i64)>, Rejected> {
    let now = ledger.head_time()?;
    let mut workers: Vec<_> = ledger
        .tables
        .workers
        .index()
        .ending_from(now)
        .filter_map(|id| ledger.find(id))
        .filter(|worker| worker.is_active(now) && worker.approving_stake() > 0)
        .map(|worker| (Reverse(worker.approving_stake()), worker.id, worker.daily_pay))
        .collect();
    workers.sort_unstable();
    Ok(workers.into_iter().map(|(_, id, daily_pay)| (id, daily_pay)).collect())
}

fn pay_worker(ledger: &mut Ledger, worker: WorkerId, pay: i64) -> Result<(), Rejected> {
    if let WorkerType::VestingBalance(vesting) = &ledger.get(worker)?.worker {
        let (balance, now) = (vesting.balance, ledger.head_time()?);
        return ledger.try_modify(balance, |balance| balance.deposit(now, Asset::core(pay)));
    }
    let is_refund = ledger.try_modify(worker, |worker| match &mut worker.worker {
        WorkerType::Refund(burnt) => {
            burnt.total_burned = burnt.total_burned.plus(pay)?;
            Ok(true)
        }
        WorkerType::Burn(burnt) => {
            burnt.total_burned = burnt.total_burned.plus(pay)?;
            Ok(false)
        }
        WorkerType::VestingBalance(_) => Ok(false),
    })?;
    if is_refund {
        ledger.adjust_supply(Asset::new(pay, CORE).negated())
    } else {
        ledger.adjust_balance(NULL_ACCOUNT, Asset::core(pay))
    }
}
