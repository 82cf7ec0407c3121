//! Recurring update: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::recurring::update`].

use super::create::check_interval;
use crate::Ledger;
use crate::contracts::{before, concerns, from_now, is_party, moment, pinned, within};
use crate::evaluate::{Context, Evaluate};
use crate::features::limits;
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::recurring::RecurringUpdate;
use carbyne_wire::TimePointSec;

/// What is to come after the change.
#[derive(Clone, Copy, Debug)]
pub struct Changed {
    next: TimePointSec,
    times_left: u32,
}

impl Evaluate for RecurringUpdate {
    type Plan = Changed;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Changed, Rejected> {
        let order = ledger.get(self.recurring)?;
        is_party(self.from, order.from)?;
        pinned("asset", self.amount.asset_id, order.amount.asset_id)?;
        before(ledger, order.next)?;
        let mut next = order.next.0.into();
        if self.interval_sec != order.interval_sec {
            check_interval(ledger, self.interval_sec)?;
            next = from_now(ledger, self.interval_sec)?;
        }
        let times_left = order.times_left.saturating_add(self.add_times);
        // An order from before the limit was lowered may keep what it has.
        if self.add_times > 0 {
            within("times", times_left, limits(ledger)?.recurring_max_times)?;
        }
        let intervals = u64::from(times_left.saturating_sub(1));
        let rest = intervals.saturating_mul(self.interval_sec.into());
        let last = next.saturating_add(rest);
        within("the last time", last, u32::MAX)?;
        Ok(Changed { next: moment(next)?, times_left })
    }

    fn apply(
        &self,
        changed: Changed,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let to = ledger.modify(self.recurring, |order| {
            order.amount = self.amount;
            order.interval_sec = self.interval_sec;
            (order.next, order.times_left) = (changed.next, changed.times_left);
            order.to
        })?;
        Ok(concerns([to]))
    }
}
