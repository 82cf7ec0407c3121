//! Recurring payments: what the operations do to the state, and what the chain does when a payment
//! is due. What they say is [`carbyne_protocol::ops::recurring`].

pub mod cancel;
pub mod create;
pub mod update;

#[cfg(test)]
mod naive;
#[cfg(test)]
mod tests;

use crate::Ledger;
use crate::evaluate::{Context, Evaluate, Mode};
use carbyne_objects::Recurring;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::RecurringId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::recurring::{RecurringEvent, RecurringOutcome};
use carbyne_protocol::ops::transfer::Transfer;
use carbyne_wire::TimePointSec;

/// So many failures in a row end the payments.
const FAILURES_MAX: u32 = 10;

/// Makes the payment that has been due longest; false if none is due.
pub(crate) fn due(ledger: &mut Ledger, now: TimePointSec) -> Result<bool, Rejected> {
    let Some((time, id)) = ledger.tables.recurring.index().first_due() else { return Ok(false) };
    if time > now {
        return Ok(false);
    }
    attempt(ledger, id, now)?;
    Ok(true)
}

/// Uses up one time, whether it can be paid or not.
fn attempt(ledger: &mut Ledger, id: RecurringId, now: TimePointSec) -> Result<(), Rejected> {
    let order = ledger.get(id)?.clone();
    let is_paid = ledger.nested(|ledger| pay(ledger, &order)).is_ok();
    let failures = if is_paid { 0 } else { order.failures.saturating_add(1) };
    let times_left = order.times_left.saturating_sub(1);
    let next = next_after(order.next, order.interval_sec, now);
    let goes_on = next.filter(|_| times_left > 0 && failures < FAILURES_MAX);
    let what = match (is_paid, goes_on.is_some()) {
        (true, true) => RecurringOutcome::Paid,
        (true, false) => RecurringOutcome::PaidLast,
        (false, true) => RecurringOutcome::Failed,
        (false, false) => RecurringOutcome::FailedLast,
    };
    let mut event = RecurringEvent::new(id, what, [order.from, order.to]);
    if is_paid {
        event.moved = vec![(order.from, order.amount.negated()), (order.to, order.amount)];
    }
    ledger.run.push_virtual(event);
    match goes_on {
        None => ledger.remove(id).map(drop),
        Some(next) => ledger.modify(id, |order| {
            (order.times_left, order.failures, order.next) = (times_left, failures, next);
        }),
    }
}

/// Pays as a transfer of this moment would.
fn pay(ledger: &mut Ledger, order: &Recurring) -> Result<(), Rejected> {
    let (from, to, amount, fee) = (order.from, order.to, order.amount, Asset::core(0));
    let transfer = Transfer { from, to, amount, ..Transfer::default() };
    let context = Context { mode: Mode::Free, fee_payer: from, fee, core_fee_paid: 0 };
    let plan = transfer.check(ledger, &context)?;
    transfer.apply(plan, ledger, &context).map(drop)
}

/// The first whole number of intervals behind `due` that is after `now`; none past the last
/// moment. What a standstill skipped is neither used up nor made up for.
fn next_after(due: TimePointSec, interval_sec: u32, now: TimePointSec) -> Option<TimePointSec> {
    let passed = now.0.saturating_sub(due.0).checked_div(interval_sec)?;
    let seconds = passed.checked_add(1)?.checked_mul(interval_sec)?;
    due.checked_add(seconds)
}
