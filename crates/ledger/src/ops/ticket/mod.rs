//! Operations on tickets: core locked for more weight in votes.

pub mod create;
pub mod update;

use crate::Rejected;
use crate::constants::CORE;
use crate::ids::{AccountId, AssetId, TicketId};
use crate::money::Asset;
use crate::objects::TicketType;
use crate::reference_words::Asked;

refusals! {
    /// Why an operation on a ticket is refused.
    pub enum TicketRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// A type that does not exist.
        UnknownType { target_type: u64 }: "there is no ticket type {target_type}",
        /// A new ticket that locks nothing.
        LiquidTarget: "a new ticket cannot be liquid",
        /// An amount of nothing, or less.
        AmountNotPositive { amount: i64, asked: Asked }: "the amount {amount} is not positive",
        /// An amount of another asset than core.
        NotCore { asset: AssetId, asked: Asked }: "tickets hold core, not {asset}",
        /// The ticket is another account's.
        NotOwned { ticket: TicketId, account: AccountId }: "{ticket} does not belong to {account}",
        /// The ticket is locked forever.
        LockedForever { ticket: TicketId }: "{ticket} is locked forever",
        /// The ticket has that target already.
        SameTarget { ticket: TicketId }: "{ticket} has that target already",
        /// The ticket holds less than is to be taken from it.
        Insufficient { ticket: TicketId, has: i64, needs: i64 }:
            "{ticket} holds {has}, not {needs}",
    }
}

fn check_type(target_type: u64) -> Result<TicketType, Rejected> {
    TicketType::from_tag(target_type)
        .ok_or_else(|| TicketRefusal::UnknownType { target_type }.into())
}

fn check_amount(amount: Asset, positive: Asked, core: Asked) -> Result<(), Rejected> {
    let Asset { amount, asset_id: asset } = amount;
    ensure!(amount > 0, TicketRefusal::AmountNotPositive { amount, asked: positive });
    ensure!(asset == CORE, TicketRefusal::NotCore { asset, asked: core });
    Ok(())
}

#[cfg(test)]
mod tests;
