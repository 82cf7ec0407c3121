//! Operations on tickets: what they do to the state. What they say is
//! [`carbyne_protocol::ops::ticket`].

pub mod create;
pub mod update;

use carbyne_protocol::ids::{AccountId, TicketId};

refusals! {
    /// Why an operation on a ticket is refused.
    pub enum TicketRefusal {
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

#[cfg(test)]
mod tests;
