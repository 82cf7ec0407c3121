//! Ticket update: gives a ticket, or a part of it, another target type.
//!
//! Signed by: the active authority of `account`, who must own the ticket and pays the fee. A part
//! gets a ticket of its own.

use super::{TicketRefusal, check_amount, check_type};
use crate::evaluate::{Context, Evaluate};
use crate::ids::{AccountId, TicketId};
use crate::money::{Asset, Shares};
use crate::objects::TicketType;
use crate::ops::{GenericResult, OperationResult, Stateless};
use crate::reference_words as asked;
use crate::upkeep::tickets::process_tickets;
use crate::{Ledger, Rejected};
use carbyne_wire::{Extensions, FlatSet, VarUint, Wire};

/// Changes the target of a ticket.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct TicketUpdate {
    /// Fee, paid by `account`.
    pub fee: Asset,
    /// The ticket.
    pub ticket: TicketId,
    /// Who owns it.
    pub account: AccountId,
    /// The number of the [`TicketType`] it is to have.
    pub target_type: VarUint,
    /// How much of it; all if not set.
    pub amount_for_new_target: Option<Asset>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a change, in smallest units of the core asset.
    pub struct TicketUpdateFee {
        /// Per change.
        fee: u64 = 5_000_000,
    }
}

impl Stateless for TicketUpdate {
    const NAME: &'static str = "ticket_update";
    type Fee = TicketUpdateFee;

    paid_by!(account);
    // Whatever the schedule says: the reference never asks it (`fee_schedule.hpp`).
    flat_fee!(5_000_000);

    fn validate(&self) -> Result<(), Rejected> {
        ensure!(self.fee.amount >= 0, TicketRefusal::NegativeFee { fee: self.fee.amount });
        check_type(self.target_type.0)?;
        self.amount_for_new_target.map_or(Ok(()), |amount| {
            check_amount(amount, asked::ticket::UPDATE_AMOUNT, asked::ticket::UPDATE_CORE)
        })
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account);
    }
}

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
                let (ticket, value) = self.split(ledger, plan.target, part)?;
                result.new_objects.insert(ticket.into());
                value
            }
            None => self.retarget(ledger, plan.target)?,
        };
        result.updated_objects.insert(self.ticket.into());
        let gained = new_value.minus(old_value)?;
        let statistics = ledger.get(self.account)?.statistics;
        ledger.try_modify(statistics, |statistics| {
            statistics.total_pol_value = statistics.total_pol_value.plus(gained)?;
            Ok(())
        })?;
        add_due_steps(ledger, &mut result)?;
        Ok(OperationResult::Generic(Box::new(result)))
    }
}

impl TicketUpdate {
    /// Gives all of the ticket a new target and returns its value.
    fn retarget(&self, ledger: &mut Ledger, target: TicketType) -> Result<i64, Rejected> {
        let now = ledger.head_time()?;
        ledger.try_modify(self.ticket, |ticket| {
            ticket.set_target(now, target)?;
            Ok(ticket.value)
        })
    }

    /// Gives a part a ticket of its own and returns that and the value of both.
    fn split(
        &self,
        ledger: &mut Ledger,
        target: TicketType,
        part: Asset,
    ) -> Result<(TicketId, i64), Rejected> {
        let now = ledger.head_time()?;
        let new = ledger.get(self.ticket)?.split(now, target, part)?;
        let new_value = new.value;
        let id = ledger.create(new);
        let rest = ledger.try_modify(self.ticket, |ticket| {
            ticket.take(part)?;
            Ok(ticket.value)
        })?;
        Ok((id, new_value.plus(rest)?))
    }
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
