//! Ticket creation: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::ticket::create`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_objects::Ticket;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::TicketId;
use carbyne_protocol::money::Shares;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::ticket::check_type;
use carbyne_protocol::ops::ticket::create::TicketCreate;

impl Evaluate for TicketCreate {
    type Plan = Ticket;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Ticket, Rejected> {
        let target = check_type(self.target_type.0)?;
        Ok(Ticket::new(ledger.head_time()?, self.account, target, self.amount))
    }

    fn apply(
        &self,
        ticket: Ticket,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        ledger.adjust_balance(self.account, self.amount.negated())?;
        let value = ticket.value;
        let ticket: TicketId = ledger.create(ticket);
        let statistics = ledger.get(self.account)?.statistics;
        ledger.try_modify(statistics, |statistics| {
            statistics.tickets.total_core_pol =
                statistics.tickets.total_core_pol.plus(self.amount.amount)?;
            statistics.tickets.total_pol_value = statistics.tickets.total_pol_value.plus(value)?;
            Ok(())
        })?;
        Ok(OperationResult::Object(ticket.into()))
    }
}
