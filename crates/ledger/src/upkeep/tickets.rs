//! Tickets whose next step is due (reference: `chain/db_update.cpp`, `process_tickets`).

use crate::Ledger;
use carbyne_objects::{AccountStatistics, Ticket};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::TicketId;
use carbyne_protocol::money::Shares;
use carbyne_protocol::ops::GenericResult;
use carbyne_protocol::ops::ticket::TicketType;

/// Takes every step that is due, and says which tickets changed and which went back to the balance.
pub(crate) fn process_tickets(ledger: &mut Ledger) -> Result<GenericResult, Rejected> {
    let mut result = GenericResult::default();
    let now = ledger.head_time()?;
    while let Some(id) = ledger.tables.tickets.index().due(now) {
        if ledger.get(id)?.is_released() {
            release(ledger, id)?;
            result.removed_objects.insert(id.into());
        } else {
            step(ledger, id)?;
            result.updated_objects.insert(id.into());
        }
    }
    Ok(result)
}

fn release(ledger: &mut Ledger, id: TicketId) -> Result<(), Rejected> {
    let ticket = ledger.remove(id)?;
    ledger.adjust_balance(ticket.account, ticket.amount)?;
    let statistics = ledger.get(ticket.account)?.statistics;
    ledger.try_modify(statistics, |statistics| {
        statistics.tickets.total_core_pol =
            statistics.tickets.total_core_pol.minus(ticket.amount.amount)?;
        statistics.tickets.total_pol_value =
            statistics.tickets.total_pol_value.minus(ticket.value)?;
        Ok(())
    })
}

fn step(ledger: &mut Ledger, id: TicketId) -> Result<(), Rejected> {
    let old = ledger.get(id)?.clone();
    let new = ledger.try_modify(id, |ticket| {
        ticket.step()?;
        Ok(ticket.clone())
    })?;
    let change = Change::between(&old, &new)?;
    let statistics = ledger.get(old.account)?.statistics;
    ledger.try_modify(statistics, |statistics| change.apply(statistics))?;
    if change.forever != 0 || change.inactive != 0 {
        let (pob, inactive) = (change.forever, change.inactive);
        ledger.modify_dynamic(|dynamic| {
            dynamic.total_pob = dynamic.total_pob.plus(pob)?;
            dynamic.total_inactive = dynamic.total_inactive.plus(inactive)?;
            Ok(())
        })?
    } else {
        Ok(())
    }
}

/// What a step changes in the sums of its account: amounts in smallest units of core, and voting
/// values.
#[derive(Default)]
struct Change {
    /// Locked forever, all value lost.
    inactive: i64,
    /// Locked forever, with value.
    forever: i64,
    forever_value: i64,
    /// In all other tickets.
    other: i64,
    other_value: i64,
}

impl Change {
    fn between(old: &Ticket, new: &Ticket) -> Result<Self, Rejected> {
        let amount = new.amount.amount;
        let mut change = Self::default();
        let is_forever = |ticket: &Ticket| ticket.current_type == TicketType::LockForever;
        if is_forever(old) {
            if new.value == 0 {
                change.inactive = amount;
                change.forever = amount.wrapping_neg();
            }
            change.forever_value = new.value.minus(old.value)?;
        } else if is_forever(new) {
            change.forever = amount;
            change.forever_value = new.value;
            change.other = amount.wrapping_neg();
            change.other_value = old.value.wrapping_neg();
        } else {
            change.other_value = new.value.minus(old.value)?;
        }
        Ok(change)
    }

    fn apply(&self, statistics: &mut AccountStatistics) -> Result<(), Rejected> {
        statistics.tickets.total_core_inactive =
            statistics.tickets.total_core_inactive.plus(self.inactive)?;
        statistics.tickets.total_core_pob = statistics.tickets.total_core_pob.plus(self.forever)?;
        statistics.tickets.total_core_pol = statistics.tickets.total_core_pol.plus(self.other)?;
        statistics.tickets.total_pob_value =
            statistics.tickets.total_pob_value.plus(self.forever_value)?;
        statistics.tickets.total_pol_value =
            statistics.tickets.total_pol_value.plus(self.other_value)?;
        Ok(())
    }
}
