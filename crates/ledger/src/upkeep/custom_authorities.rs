//! Custom authorities that have ended.

use crate::Ledger;
use carbyne_protocol::Rejected;

/// Removes every custom authority that cannot be used any more; done at maintenance only
/// (reference: `delete_expired_custom_auths`).
pub(crate) fn custom_authorities(ledger: &mut Ledger) -> Result<(), Rejected> {
    let now = ledger.head_time()?;
    while let Some((end, id)) = ledger.tables.custom_authorities.index().first_to_expire() {
        if end >= now {
            break;
        }
        ledger.remove(id)?;
    }
    Ok(())
}
