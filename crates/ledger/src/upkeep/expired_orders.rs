//! Limit orders that expire are cancelled at the end of the block, the earliest first.

use crate::Ledger;
use crate::market::{Cancellation, cancel_limit_order};
use carbyne_protocol::Rejected;

/// Cancels limit orders whose time has come.
pub(crate) fn clear_expired_orders(ledger: &mut Ledger) -> Result<(), Rejected> {
    let now = ledger.head_time()?;
    while let Some((expiration, order)) = ledger.tables.limit_orders.index().first_to_expire() {
        if expiration > now {
            break;
        }
        cancel_limit_order(ledger, order, Cancellation::Forced)?;
    }
    Ok(())
}
