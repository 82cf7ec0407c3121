//! Ticket update: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::ticket::update`].

use super::TicketRefusal;
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use crate::upkeep::tickets::process_tickets;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::TicketId;
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::ticket::update::TicketUpdate;
use carbyne_protocol::ops::ticket::{TicketType, check_type};
use carbyne_protocol::ops::{GenericResult, OperationResult};

/// What to do with the ticket.
pub struct TicketUpdatePlan {
    target: TicketType,
    /// The amount that gets a ticket of its own.
    part: Option<Asset>,
}

impl Evaluate for TicketUpdate {
    type Plan = TicketUpdatePlan;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<TicketUpdatePlan, Rejected> {
        let ticket = ledger.get(self.ticket)?;
        let (id, account) = (self.ticket, self.account);
        ensure!(ticket.account == account, TicketRefusal::NotOwned { ticket: id, account });
        ensure!(
            ticket.current_type != TicketType::LockForever,
            TicketRefusal::LockedForever { ticket: id }
        );
        let target = check_type(self.target_type.0)?;
        ensure!(ticket.target_type != target, TicketRefusal::SameTarget { ticket: id });
        let has = ticket.amount.amount;
        if let Some(Asset { amount: needs, .. }) = self.amount_for_new_target {
            ensure!(needs <= has, TicketRefusal::Insufficient { ticket: id, has, needs });
        }
        let part = self.amount_for_new_target.filter(|part| part.amount < has);
        Ok(TicketUpdatePlan { target, part })
    }

    fn apply(
        &self,
        plan: TicketUpdatePlan,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let mut result = GenericResult::default();
        let old_value = ledger.get(self.ticket)?.value;
        let new_value = match plan.part {
            Some(part) => {
                let (ticket, value) = split(self, ledger, plan.target, part)?;
                result.new_objects.insert(ticket.into());
                value
            }
            None => retarget(self, ledger, plan.target)?,
        };
        result.updated_objects.insert(self.ticket.into());
        let gained = new_value.minus(old_value)?;
        let statistics = ledger.get(self.account)?.statistics;
        ledger.try_modify(statistics, |statistics| {
            statistics.tickets.total_pol_value = statistics.tickets.total_pol_value.plus(gained)?;
            Ok(())
        })?;
        add_due_steps(ledger, &mut result)?;
        Ok(OperationResult::Generic(Box::new(result)))
    }
}

/// Gives all of the ticket a new target and returns its value.
fn retarget(
    operation: &TicketUpdate,
    ledger: &mut Ledger,
    target: TicketType,
) -> Result<i64, Rejected> {
    let now = ledger.head_time()?;
    ledger.try_modify(operation.ticket, |ticket| {
        ticket.set_target(now, target)?;
        Ok(ticket.value)
    })
}

/// Gives a part a ticket of its own and returns that and the value of both.
fn split(
    operation: &TicketUpdate,
    ledger: &mut Ledger,
    target: TicketType,
    part: Asset,
) -> Result<(TicketId, i64), Rejected> {
    let now = ledger.head_time()?;
    let new = ledger.get(operation.ticket)?.split(now, target, part)?;
    let new_value = new.value;
    let id = ledger.create(new);
    let rest = ledger.try_modify(operation.ticket, |ticket| {
        ticket.take(part)?;
        Ok(ticket.value)
    })?;
    Ok((id, new_value.plus(rest)?))
}

/// A step down that was begun long ago may be due at once. No other ticket can be: the head block
/// took those steps.
fn add_due_steps(ledger: &mut Ledger, result: &mut GenericResult) -> Result<(), Rejected> {
    let steps = process_tickets(ledger)?;
    result.removed_objects.extend(steps.removed_objects);
    result.updated_objects.extend(steps.updated_objects);
    let GenericResult { new_objects, updated_objects, removed_objects } = result;
    updated_objects.retain(|id| !new_objects.contains(id) && !removed_objects.contains(id));
    Ok(())
}
