//! The fee of a limit order waits with it: whoever fills or cancels the order decides what becomes
//! of it.
//!
//! Invariant: a fee in another asset waits twice, as it was paid and as the core its pool gave for
//! it; both leave together, or go back where they came from.

use crate::Ledger;
use crate::evaluate::{Context, book_fee};
use carbyne_objects::LimitOrder;
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::CORE;
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::money::{Asset, Shares};

/// The fee that waits with a limit order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeferredFee {
    /// Who paid it.
    pub(crate) seller: AccountId,
    /// In smallest units of core.
    pub(crate) core: i64,
    /// As it was paid, if not in core.
    pub(crate) paid: Asset,
}

impl DeferredFee {
    /// The fee of an order.
    pub(crate) const fn of(order: &LimitOrder) -> Self {
        Self { seller: order.seller, core: order.deferred_fee, paid: order.deferred_paid_fee }
    }

    /// The fee that an operation brings.
    pub(crate) fn brought(context: &Context) -> Self {
        let Context { fee_payer, fee, core_fee_paid, .. } = *context;
        let paid = if fee.asset_id == CORE { Asset::core(0) } else { fee };
        Self { seller: fee_payer, core: core_fee_paid, paid }
    }
}

/// Takes the core for a fee in another asset out of the fee pool, to wait with an order.
pub(crate) fn defer_fee(ledger: &mut Ledger, context: &Context) -> Result<(), Rejected> {
    if context.fee.asset_id == CORE {
        return Ok(());
    }
    let pool_gives = context.core_fee_paid.wrapping_neg();
    adjust_fee_pool(ledger, Asset::new(0, context.fee.asset_id), pool_gives)
}

/// Takes up to `cost`, in smallest units of core, from a fee that waited, and returns what was
/// taken in the asset it was paid in. Of a fee that was paid in another asset an equal share is
/// taken, rounded up, for its issuer.
pub(crate) fn take_cancel_fee(
    ledger: &mut Ledger,
    deferred: &mut DeferredFee,
    cost: i64,
) -> Result<Asset, Rejected> {
    let taken = cost.min(deferred.core);
    if taken <= 0 {
        return Ok(Asset::core(0));
    }
    book_fee(ledger, deferred.seller, taken)?;
    let before = deferred.core;
    deferred.core = before.minus(taken)?;
    if deferred.paid.amount == 0 {
        return Ok(Asset::core(taken));
    }
    let product = (deferred.paid.amount as u128).wrapping_mul(taken as u128);
    let share = Asset::new(product.div_ceil(before as u128) as i64, deferred.paid.asset_id);
    adjust_fee_pool(ledger, share, 0)?;
    deferred.paid = deferred.paid.minus(share)?;
    Ok(share)
}

/// Gives a fee that waited back to who paid it; what was paid in another asset is exchanged back
/// into its fee pool.
pub(crate) fn refund_deferred_fee(
    ledger: &mut Ledger,
    deferred: &DeferredFee,
) -> Result<(), Rejected> {
    if deferred.paid.asset_id == CORE {
        return ledger.adjust_balance(deferred.seller, Asset::core(deferred.core));
    }
    ledger.adjust_balance(deferred.seller, deferred.paid)?;
    adjust_fee_pool(ledger, Asset::new(0, deferred.paid.asset_id), deferred.core)
}

/// Adds `fee` to what the issuer of its asset may claim, and `core`, in smallest units, to the fee
/// pool of that asset.
pub(super) fn adjust_fee_pool(ledger: &mut Ledger, fee: Asset, core: i64) -> Result<(), Rejected> {
    let data = ledger.get(fee.asset_id)?.dynamic_asset_data_id;
    ledger.try_modify(data, |data| {
        data.accumulated_fees = data.accumulated_fees.plus(fee.amount)?;
        data.fee_pool = data.fee_pool.plus(core)?;
        Ok(())
    })
}
