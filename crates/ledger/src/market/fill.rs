//! Fills: one side of a match is paid, its order shrinks or goes, and history hears of it.
//!
//! Invariant: a fill only moves what the match decided; it does not ask whether the match was
//! right.

use super::cancel::remove_limit_order;
use super::deferred_fee::adjust_fee_pool;
use super::fees::{accumulate_collateral_fee, pay_force_settle_fees, pay_market_fees, percent_of};
use super::{cancel, on_fill};
use crate::Ledger;
use crate::evaluate::book_fee;
use crate::ledger::LedgerRefusal;
use carbyne_objects::LimitOrder;
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::CORE;
use carbyne_protocol::ids::{AccountId, CallOrderId, ForceSettlementId, LimitOrderId};
use carbyne_protocol::money::{Asset, Price, Shares};
use carbyne_protocol::ops::market::fill_order::FillOrder;
use carbyne_wire::ObjectId;

refusals! {
    /// Why an order cannot be filled as decided.
    pub enum FillRefusal {
        /// A fee that was paid in another asset but stands for no core.
        NoDeferredFee { order: LimitOrderId }:
            "{order} has a fee paid in another asset that stands for no core",
    }
}

/// What one side of a match gives and gets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fill {
    /// What it gives.
    pub(super) pays: Asset,
    /// What it gets, fees included.
    pub(super) receives: Asset,
    /// The price that history shows.
    pub(super) price: Price,
    /// Whether it was on the book before the other side.
    pub(super) is_maker: bool,
}

impl Fill {
    fn record(&self, ledger: &mut Ledger, order: impl Into<ObjectId>, who: AccountId, fee: Asset) {
        ledger.run.push_virtual(FillOrder {
            fee,
            order_id: order.into(),
            account_id: who,
            pays: self.pays,
            receives: self.receives,
            fill_price: self.price,
            is_maker: self.is_maker,
        });
    }
}

/// Fills a limit order, wholly or in part; true if it is gone afterwards, filled or, with
/// `cull_if_small`, too small to go on.
pub(super) fn fill_limit_order(
    ledger: &mut Ledger,
    id: LimitOrderId,
    fill: &Fill,
    cull_if_small: bool,
) -> Result<bool, Rejected> {
    let seller = ledger.get(id)?.seller;
    let received = fill.receives;
    let fee =
        pay_market_fees(ledger, Some(seller), received.asset_id, received, fill.is_maker, None)?;
    let received = received.minus(fee)?;
    if fill.pays.asset_id == CORE {
        adjust_core_in_orders(ledger, seller, fill.pays.amount.wrapping_neg())?;
    }
    ledger.adjust_balance(seller, received)?;
    fill.record(ledger, id, seller, fee);
    release_deferred_fee(ledger, id, fill.is_maker)?;
    let take_profit = on_fill::process(ledger, id, received)?;

    if fill.pays == ledger.get(id)?.amount_for_sale() {
        remove_limit_order(ledger, id)?;
        return Ok(true);
    }
    shrink(ledger, id, fill.pays.amount, take_profit)?;
    if cull_if_small { cancel::maybe_cull_small_order(ledger, id) } else { Ok(false) }
}

/// Takes what was sold off a limit order that goes on, and links it to the order that takes its
/// profit.
fn shrink(
    ledger: &mut Ledger,
    id: LimitOrderId,
    sold: i64,
    take_profit: Option<LimitOrderId>,
) -> Result<(), Rejected> {
    if let Some(take_profit) = take_profit {
        ledger.modify(take_profit, |order| order.take_profit_order_id = Some(id))?;
    }
    ledger.try_modify(id, |order| {
        order.for_sale = order.for_sale.minus(sold)?;
        order.filled_amount = order.filled_amount.wrapping_add(sold as u128);
        order.deferred_fee = 0;
        order.deferred_paid_fee.amount = 0;
        if take_profit.is_some() {
            order.take_profit_order_id = take_profit;
        }
        Ok(())
    })
}

/// Adds `delta`, in smallest units, to the core that an account has in orders.
pub(crate) fn adjust_core_in_orders(
    ledger: &mut Ledger,
    account: AccountId,
    delta: i64,
) -> Result<(), Rejected> {
    let statistics = ledger.get(account)?.statistics;
    ledger.try_modify(statistics, |statistics| {
        statistics.total_core_in_orders = statistics.total_core_in_orders.plus(delta)?;
        Ok(())
    })
}

/// Hands the fee that waited with an order to the network; makers get a part of it back (BSIP 85).
fn release_deferred_fee(
    ledger: &mut Ledger,
    id: LimitOrderId,
    is_maker: bool,
) -> Result<(), Rejected> {
    let LimitOrder { seller, deferred_fee, deferred_paid_fee, .. } = *ledger.get(id)?;
    if deferred_fee <= 0 && deferred_paid_fee.amount <= 0 {
        return Ok(());
    }
    let discount = match is_maker {
        true => ledger.parameters()?.extensions.maker_fee_discount_percent.unwrap_or(0),
        false => 0,
    };
    let mut core_fee = deferred_fee;
    if deferred_paid_fee.amount > 0 {
        let refund = percent_of(deferred_paid_fee.amount, discount)?;
        let mut pool_refund = 0;
        if refund > 0 {
            ensure!(deferred_fee > 0, FillRefusal::NoDeferredFee { order: id });
            ledger.adjust_balance(seller, Asset::new(refund, deferred_paid_fee.asset_id))?;
            pool_refund = percent_of(deferred_fee, discount)?;
            core_fee = core_fee.minus(pool_refund)?;
        }
        let paid = deferred_paid_fee.amount.minus(refund)?;
        adjust_fee_pool(ledger, Asset::new(paid, deferred_paid_fee.asset_id), pool_refund)?;
    } else {
        let refund = percent_of(deferred_fee, discount)?;
        ledger.adjust_balance(seller, Asset::core(refund))?;
        core_fee = core_fee.minus(refund)?;
    }
    if core_fee > 0 { book_fee(ledger, seller, core_fee) } else { Ok(()) }
}

/// What a fill does to a debt position beside moving its collateral.
#[derive(Clone, Copy, Debug)]
pub(super) struct CallFill {
    /// Amounts and price.
    pub(super) fill: Fill,
    /// Part of the collateral paid that goes to the issuer, in smallest units (BSIP 74).
    pub(super) margin_call_fee: i64,
    /// Whether the debt that is paid back ceases to exist now.
    pub(super) reduce_current_supply: bool,
}

/// Fills a debt position, wholly or in part; true if it is gone afterwards.
pub(super) fn fill_call_order(
    ledger: &mut Ledger,
    id: CallOrderId,
    call_fill: &CallFill,
) -> Result<bool, Rejected> {
    let Fill { pays, receives, .. } = call_fill.fill;
    let order = ledger.get(id)?;
    let borrower = order.borrower;
    let has = order.collateral;
    let what = "a position pays more collateral than it has";
    ensure!(has >= pays.amount, LedgerRefusal::Contradiction { what });
    let (debt_left, collateral_left) =
        (order.debt.minus(receives.amount)?, has.minus(pays.amount)?);
    let is_closed = debt_left == 0;
    if is_closed {
        // Nobody looks at the position until it is removed below; a position without debt has no
        // place in a book.
        ledger.remove(id)?;
    } else {
        ledger.modify(id, |order| {
            order.debt = debt_left;
            order.collateral = collateral_left;
        })?;
    }
    if call_fill.reduce_current_supply {
        ledger.adjust_supply(receives.negated())?;
    }
    let freed = if is_closed { collateral_left } else { 0 };
    ledger.adjust_balance(borrower, Asset::new(freed, pays.asset_id))?;
    if pays.asset_id == CORE {
        let released = pays.amount.plus(freed)?;
        adjust_core_in_orders(ledger, borrower, released.wrapping_neg())?;
    }
    accumulate_collateral_fee(ledger, receives.asset_id, call_fill.margin_call_fee)?;
    let fee = Asset::new(call_fill.margin_call_fee, pays.asset_id);
    call_fill.fill.record(ledger, id, borrower, fee);
    Ok(is_closed)
}

/// Fills a force settlement, wholly or in part; true if it is gone afterwards. Whoever settles pays
/// the market fee of the collateral and, unless the position it meets is margin called, the force
/// settlement fee of the SmartCoin.
pub(super) fn fill_settle_order(
    ledger: &mut Ledger,
    id: ForceSettlementId,
    fill: &Fill,
    pay_force_settle_fee: bool,
) -> Result<bool, Rejected> {
    let settlement = ledger.get(id)?;
    let (owner, balance) = (settlement.owner, settlement.balance);
    let Fill { pays, receives, is_maker, .. } = *fill;
    let mut fees =
        pay_market_fees(ledger, Some(owner), receives.asset_id, receives, is_maker, None)?;
    if pay_force_settle_fee {
        let rest = receives.minus(fees)?;
        fees = fees.plus(pay_force_settle_fees(ledger, pays.asset_id, rest)?)?;
    }
    let is_filled = pays.amount >= balance.amount;
    if !is_filled {
        ledger.try_modify(id, |settlement| {
            settlement.balance = settlement.balance.minus(pays)?;
            Ok(())
        })?;
    }
    ledger.adjust_balance(owner, receives.minus(fees)?)?;
    fill.record(ledger, id, owner, fees);
    if is_filled {
        ledger.remove(id)?;
    }
    Ok(is_filled)
}
