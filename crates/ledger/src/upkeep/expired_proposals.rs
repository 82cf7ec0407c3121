//! Proposals that end: executed if they are authorized, and gone in any case.

use crate::Ledger;
use carbyne_protocol::Rejected;

/// Ends every proposal whose time has come, in the order of their ends (reference:
/// `clear_expired_proposals`).
pub(crate) fn expired_proposals(ledger: &mut Ledger) -> Result<(), Rejected> {
    let now = ledger.head_time()?;
    while let Some((expiration, proposal)) = ledger.tables.proposals.index().first_to_expire() {
        if expiration > now {
            break;
        }
        let is_executed =
            ledger.is_authorized_to_execute(proposal)? && ledger.push_proposal(proposal).is_ok();
        if !is_executed {
            ledger.remove(proposal)?;
        }
    }
    Ok(())
}
