//! Escrow amend: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::escrow::amend`].

use super::check_running;
use crate::Ledger;
use crate::contracts::{before, concerns, from_now, in_time, is_party, may_move, moment, only_if};
use crate::evaluate::{Context, Evaluate};
use crate::features::limits;
use carbyne_objects::{Escrow, EscrowState};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::escrow::EscrowAmend;
use carbyne_wire::TimePointSec;

/// Refuses another time of delivery that is not later, or in a dispute.
fn check_time(ledger: &Ledger, escrow: &Escrow, deliver_by: TimePointSec) -> Result<(), Rejected> {
    only_if(escrow.state == EscrowState::Active, "a dispute has its own end")?;
    let later = u64::from(escrow.deliver_by.0).saturating_add(1);
    let latest = from_now(ledger, limits(ledger)?.escrow_max_sec)?;
    in_time("deliver_by", deliver_by, later, latest)
}

impl Evaluate for EscrowAmend {
    /// When it ends from then on.
    type Plan = TimePointSec;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<TimePointSec, Rejected> {
        let escrow = ledger.get(self.escrow)?;
        is_party(self.from, escrow.from)?;
        is_party(self.to, escrow.to)?;
        check_running(escrow)?;
        before(ledger, escrow.end)?;
        let has_both = self.agent.is_some() == escrow.agent.is_some();
        only_if(has_both, "who has an agent names one, who signs too")?;
        let takes_another = self.agent != escrow.agent;
        only_if(takes_another || self.deliver_by.is_some(), "nothing would change")?;
        if let Some(agent) = self.agent.filter(|_| takes_another) {
            may_move(ledger, (escrow.from, agent), escrow.agent_fee.asset_id)?;
        }
        if let Some(deliver_by) = self.deliver_by {
            check_time(ledger, escrow, deliver_by)?;
            return Ok(deliver_by);
        }
        if escrow.state != EscrowState::Disputed {
            return Ok(escrow.end);
        }
        let reviewed = from_now(ledger, escrow.review_sec)?.min(u32::MAX.into());
        Ok(escrow.end.max(moment(reviewed)?))
    }

    fn apply(
        &self,
        end: TimePointSec,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let before = ledger.get(self.escrow)?.parties();
        ledger.modify(self.escrow, |escrow| {
            (escrow.agent, escrow.end) = (self.agent, end);
            escrow.deliver_by = self.deliver_by.unwrap_or(escrow.deliver_by);
        })?;
        Ok(concerns(before))
    }
}
