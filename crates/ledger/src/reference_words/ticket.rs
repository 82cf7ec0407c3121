//! What the reference says about tickets.

use crate::ops::ticket::TicketRefusal;

reference_words! { TicketRefusal {
    NotOwned => "_ticket->account == op.account: Ticket is not owned by the account",
    LockedForever =>
        "_ticket->current_type != lock_forever: Can not to update a ticket that is locked forever",
    SameTarget =>
        "static_cast<uint64_t>(_ticket->target_type) != op.target_type: Target type does not \
         change",
    Insufficient =>
        "*op.amount_for_new_target <= _ticket->amount: Insufficient amount in ticket to be \
         updated",
} }
