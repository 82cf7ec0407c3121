//! Escrow dispute: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::escrow::dispute`].

use super::check_running;
use crate::Ledger;
use crate::contracts::{ContractRefusal, before, concerns, from_now, moment, only_if};
use crate::evaluate::{Context, Evaluate};
use carbyne_objects::EscrowState;
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::escrow::EscrowDispute;
use carbyne_wire::TimePointSec;

impl Evaluate for EscrowDispute {
    /// Until when the agent is to rule.
    type Plan = TimePointSec;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<TimePointSec, Rejected> {
        let (escrow, account) = (ledger.get(self.escrow)?, self.who);
        let is_party = account == escrow.from || account == escrow.to;
        ensure!(is_party, ContractRefusal::NotParty { account });
        check_running(escrow)?;
        only_if(escrow.state == EscrowState::Active, "it is disputed already")?;
        only_if(escrow.agent.is_some(), "without an agent nobody can rule")?;
        before(ledger, escrow.deliver_by)?;
        let reviewed = from_now(ledger, escrow.review_sec)?.min(u32::MAX.into());
        Ok(escrow.deliver_by.max(moment(reviewed)?))
    }

    fn apply(
        &self,
        end: TimePointSec,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let parties = ledger.modify(self.escrow, |escrow| {
            (escrow.state, escrow.end) = (EscrowState::Disputed, end);
            escrow.parties()
        })?;
        Ok(concerns(parties))
    }
}
