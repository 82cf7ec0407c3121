//! Withdraw permissions that end.

use crate::Ledger;
use carbyne_protocol::Rejected;

/// Removes every withdraw permission whose time has come (reference:
/// `update_withdraw_permissions`).
pub(crate) fn withdraw_permissions(ledger: &mut Ledger) -> Result<(), Rejected> {
    let now = ledger.head_time()?;
    while let Some((expiration, id)) = ledger.tables.withdraw_permissions.index().first_to_expire()
    {
        if expiration > now {
            break;
        }
        ledger.remove(id)?;
    }
    Ok(())
}
