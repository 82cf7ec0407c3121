//! What became of a transaction.

use crate::{ApiError, Arguments, View};
use carbyne_protocol::RefusedTransaction;
use carbyne_wire::{Hash160, Json};
use serde_json::{Value, json};

/// Answers `{"status": ...}`: "included" with its place and whether it is final, "pending" with its
/// expiration, "expired" or "refused" with the reason, or "unknown". Refusals of long
/// ago are forgotten.
pub(super) fn get_transaction_status(
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Value, ApiError> {
    let id: Hash160 = arguments.get(0)?;
    if let Some(place) = view.past()?.transaction(&id) {
        return Ok(json!({
            "status": "included",
            "block_num": place.block_num,
            "trx_in_block": place.trx_in_block,
            "block_time": place.time.to_json(),
            "is_final": place.block_num <= view.ledger.dynamic()?.last_irreversible_block_num,
        }));
    }
    let pending = &view.ledger.tables.transactions;
    if let Some(known) = pending.index().find(&id).and_then(|known| view.ledger.find(known)) {
        let expiration = known.trx.expiration.to_json();
        return Ok(json!({ "status": "pending", "expiration": expiration }));
    }
    Ok(view.refusals.of(&id).map_or(json!({ "status": "unknown" }), |refused| {
        let now = view.ledger.head_time().unwrap_or_default();
        not_included(refused, refused.expiration < now)
    }))
}

fn not_included(refused: &RefusedTransaction, is_expired: bool) -> Value {
    json!({
        "status": if is_expired { "expired" } else { "refused" },
        "expiration": refused.expiration.to_json(),
        "error": ApiError::from(refused).to_json(),
    })
}
