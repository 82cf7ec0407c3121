//! Hashed time-lock contracts that nobody redeemed: their amounts go back.

use crate::Ledger;
use carbyne_protocol::Rejected;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::htlc::HtlcRefund;

/// Ends every contract whose time has come, in the order of their ends (reference:
/// `clear_expired_htlcs`).
pub(crate) fn expired_htlcs(ledger: &mut Ledger) -> Result<(), Rejected> {
    let now = ledger.head_time()?;
    while let Some((expiration, id)) = ledger.tables.htlcs.index().first_to_expire() {
        if expiration > now {
            break;
        }
        let contract = ledger.get(id)?;
        let record = HtlcRefund {
            fee: Asset::core(0),
            htlc_id: id,
            to: contract.transfer.from,
            original_htlc_recipient: contract.transfer.to,
            htlc_amount: contract.amount(),
            htlc_preimage_hash: contract.conditions.hash_lock.preimage_hash.clone(),
            htlc_preimage_size: contract.conditions.hash_lock.preimage_size,
        };
        ledger.adjust_balance(record.to, record.htlc_amount)?;
        ledger.run.push_virtual(record);
        ledger.remove(id)?;
    }
    Ok(())
}
