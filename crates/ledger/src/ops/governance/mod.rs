//! Operations on those who are voted for: witnesses, committee members and workers.

pub mod committee_member_create;
pub mod committee_member_update;
pub mod update_global_parameters;
pub mod witness_create;
pub mod witness_update;
pub mod worker_create;

use crate::{Ledger, Rejected};
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
