//! Ticket creation: locks core for more weight in votes.
//!
//! Signed by: the active authority of `account`, who pays the fee.

use super::{TicketRefusal, check_amount, check_type};
use crate::evaluate::{Context, Evaluate};
use crate::ids::{AccountId, TicketId};
use crate::money::{Asset, Shares};
use crate::objects::{Ticket, TicketType};
use crate::ops::{OperationResult, Stateless};
use crate::reference_words as asked;
use crate::{Ledger, Rejected};
use carbyne_wire::{Extensions, FlatSet, VarUint, Wire};

/// Locks core.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct TicketCreate {
    /// Fee, paid by `account`.
    pub fee: Asset,
    /// Whose core.
    pub account: AccountId,
    /// The number of the [`TicketType`] the ticket climbs to.
    pub target_type: VarUint,
    /// How much.
    pub amount: Asset,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a ticket, in smallest units of the core asset.
    pub struct TicketCreateFee {
        /// Per ticket.
        fee: u64 = 5_000_000,
    }
}

impl Stateless for TicketCreate {
    const NAME: &'static str = "ticket_create";
    type Fee = TicketCreateFee;

    paid_by!(account);
    // Whatever the schedule says: the reference never asks it (`fee_schedule.hpp`).
    flat_fee!(5_000_000);

    fn validate(&self) -> Result<(), Rejected> {
        ensure!(self.fee.amount >= 0, TicketRefusal::NegativeFee { fee: self.fee.amount });
        let target = check_type(self.target_type.0)?;
        ensure!(target != TicketType::Liquid, TicketRefusal::LiquidTarget);
        check_amount(self.amount, asked::ticket::CREATE_AMOUNT, asked::ticket::CREATE_CORE)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account);
    }
}

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
            statistics.total_core_pol = statistics.total_core_pol.plus(self.amount.amount)?;
            statistics.total_pol_value = statistics.total_pol_value.plus(value)?;
            Ok(())
        })?;
        Ok(OperationResult::Object(ticket.into()))
    }
}
