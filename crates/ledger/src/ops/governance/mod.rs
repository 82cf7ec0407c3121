//! Operations on those who are voted for: what they do to the state. What they say is
//! [`carbyne_protocol::ops::governance`].

pub mod carbyne_set;
pub mod committee_member_create;
pub mod committee_member_update;
pub mod update_global_parameters;
pub mod witness_create;
pub mod witness_update;
pub mod worker_create;

use crate::Ledger;
use carbyne_protocol::Rejected;
use carbyne_wire::{VoteId, VoteKind};

/// A vote id that nothing else has.
pub(crate) fn next_vote_id(ledger: &mut Ledger, kind: VoteKind) -> Result<VoteId, Rejected> {
    ledger.modify_global(|global| {
        let instance = global.next_available_vote_id;
        global.next_available_vote_id = instance.wrapping_add(1);
        VoteId::new(kind, instance)
    })
}

#[cfg(test)]
mod tests;
