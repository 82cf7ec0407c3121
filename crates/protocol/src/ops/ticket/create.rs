//! Ticket creation: locks core for more weight in votes.
//!
//! Signed by: the active authority of `account`, who pays the fee.

use super::{TicketRefusal, TicketType, check_amount, check_type};
use crate::Rejected;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
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
