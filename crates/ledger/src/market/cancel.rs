//! Orders that leave the market unfilled: what is left goes back to their owners, and so does the
//! fee that waited, less what a cancellation costs.

use super::deferred_fee::{DeferredFee, refund_deferred_fee, take_cancel_fee};
use super::fill::adjust_core_in_orders;
use crate::Ledger;
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::CORE;
use carbyne_protocol::ids::LimitOrderId;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::market::limit_order_cancel::LimitOrderCancel;

/// Why a limit order is cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancellation {
    /// Its seller asked, and paid for it.
    Asked,
    /// The chain does it, because the order expired or became too small. It is recorded as a
    /// virtual operation, and its cost is taken from the fee that waited.
    Forced,
}

/// Takes a limit order from the market and gives its seller back what is left of it.
pub fn cancel_limit_order(
    ledger: &mut Ledger,
    id: LimitOrderId,
    cancellation: Cancellation,
) -> Result<(), Rejected> {
    let order = ledger.get(id)?;
    let (seller, refunded) = (order.seller, order.amount_for_sale());
    let mut deferred = DeferredFee::of(order);
    let mut record =
        LimitOrderCancel { order: id, fee_paying_account: seller, ..Default::default() };
    if cancellation == Cancellation::Forced && deferred.core > 0 {
        let cost = ledger.parameters()?.current_fees.calculate_fee(&record.clone().into())?;
        record.fee = take_cancel_fee(ledger, &mut deferred, cost)?;
    }
    if refunded.asset_id == CORE {
        adjust_core_in_orders(ledger, seller, refunded.amount.wrapping_neg())?;
    }
    ledger.adjust_balance(seller, refunded)?;
    refund_deferred_fee(ledger, &deferred)?;
    if cancellation == Cancellation::Forced {
        let place = ledger.run.push(|| record.into(), true);
        ledger.run.set_result(place, &OperationResult::Amount(refunded));
    }
    remove_limit_order(ledger, id)
}

/// Removes a limit order and forgets it in the order linked to it.
pub(super) fn remove_limit_order(ledger: &mut Ledger, id: LimitOrderId) -> Result<(), Rejected> {
    if let Some(linked) = ledger.get(id)?.take_profit_order_id {
        ledger.modify(linked, |order| order.take_profit_order_id = None)?;
    }
    ledger.remove(id).map(drop)
}

/// Cancels a limit order if what is left of it is so small that its own price gives nothing for it.
pub(super) fn maybe_cull_small_order(
    ledger: &mut Ledger,
    id: LimitOrderId,
) -> Result<bool, Rejected> {
    let is_too_small = ledger.get(id)?.amount_to_receive()?.amount == 0;
    if is_too_small {
        cancel_limit_order(ledger, id, Cancellation::Forced)?;
    }
    Ok(is_too_small)
}
