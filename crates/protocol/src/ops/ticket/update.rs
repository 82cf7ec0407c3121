//! Ticket update: gives a ticket, or a part of it, another target type.
//!
//! Signed by: the active authority of `account`, who must own the ticket and pays the fee. A part
//! gets a ticket of its own.

use super::{TicketRefusal, check_amount, check_type};
use crate::Rejected;
use crate::ids::{AccountId, TicketId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
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
    /// The number of the [`TicketType`](super::TicketType) it is to have.
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
