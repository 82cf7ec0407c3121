//! Recurring create: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::recurring::create`].

use crate::Ledger;
use crate::contracts::{ContractRefusal, from_now, in_time, may_move, within};
use crate::evaluate::{Context, Evaluate};
use crate::features::limits;
use carbyne_objects::Recurring;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::RecurringId;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::recurring::RecurringCreate;

/// Refuses payments that are too close to each other.
pub(super) fn check_interval(ledger: &Ledger, interval_sec: u32) -> Result<(), Rejected> {
    let least = limits(ledger)?.recurring_min_interval_sec;
    let (what, at, most) = ("interval_sec", u64::from(interval_sec), u64::from(u32::MAX));
    let least = u64::from(least);
    ensure!(at >= least, ContractRefusal::OutOfTime { what, at, least, most });
    Ok(())
}

impl Evaluate for RecurringCreate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let limits = limits(ledger)?;
        check_interval(ledger, self.interval_sec)?;
        within("times", self.times, limits.recurring_max_times)?;
        let latest = from_now(ledger, limits.offer_max_sec)?;
        in_time("start", self.start, from_now(ledger, 0)?, latest)?;
        may_move(ledger, (self.from, self.to), self.amount.asset_id)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let id: RecurringId = ledger.create(Recurring {
            from: self.from,
            to: self.to,
            amount: self.amount,
            interval_sec: self.interval_sec,
            times_left: self.times,
            next: self.start,
            ..Recurring::default()
        });
        Ok(OperationResult::Object(id.into()))
    }
}
