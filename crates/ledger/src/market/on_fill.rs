//! Orders that take a profit: what a fill brought is sold again at a better price (the reference's
//! `on_fill`).
//!
//! Invariant: an automatic action that is refused leaves no trace and does not disturb the fill
//! that caused it.

use crate::Ledger;
use crate::evaluate::Mode;
use carbyne_objects::LimitOrder;
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::{CORE, PERCENT_100};
use carbyne_protocol::ids::{AssetId, LimitOrderId};
use carbyne_protocol::money::{Asset, Price, Shares};
use carbyne_protocol::ops::market::limit_order_create::{LimitOrderCreate, LimitOrderOptions};
use carbyne_protocol::ops::market::limit_order_update::LimitOrderUpdate;
use carbyne_protocol::ops::market::on_fill::CreateTakeProfitOrder;
use carbyne_protocol::ops::{Operation, OperationResult};
use carbyne_protocol::ratio::Ratio;
use carbyne_wire::{Id, TimePointSec};

/// Does what `id` asks for when it is filled and has received `received`. Returns the order that
/// takes the profit if a new one was made, which may be filled already.
pub(super) fn process(
    ledger: &mut Ledger,
    id: LimitOrderId,
    received: Asset,
) -> Result<Option<LimitOrderId>, Rejected> {
    let order = ledger.get(id)?;
    let Some(action) = order.take_profit_action().cloned() else { return Ok(None) };
    let product = (received.amount as u128).wrapping_mul(action.size_percent.into());
    let size = product.div_ceil(PERCENT_100.into()) as i64;
    if size == 0 {
        return Ok(None);
    }
    let for_sale = Asset::new(size, received.asset_id);
    let linked = order.take_profit_order_id;
    // A refusal is the user's loss of a convenience, not of the fill: the seller may lack the fee
    // or may not trade.
    let result = match linked {
        Some(linked) => update(ledger, id, linked, &action, for_sale).map(|()| None),
        None => create(ledger, id, &action, for_sale),
    };
    Ok(result.unwrap_or(None))
}

/// Makes the order that takes the profit, unless it would meet the one whose profit it takes.
fn create(
    ledger: &mut Ledger,
    id: LimitOrderId,
    action: &CreateTakeProfitOrder,
    for_sale: Asset,
) -> Result<Option<LimitOrderId>, Rejected> {
    let order = ledger.get(id)?;
    let mut operation = LimitOrderCreate {
        seller: order.seller,
        amount_to_sell: for_sale,
        expiration: expiration(ledger, action)?,
        ..LimitOrderCreate::default()
    };
    if action.repeat {
        operation.extensions = LimitOrderOptions { on_fill: Some(order.on_fill.clone()) };
    }
    operation.fee = fee(ledger, &operation.clone().into(), action.fee_asset_id)?;
    operation.min_to_receive = for_sale.times_round_up(profitable_price(order, action)?)?;
    let price = Price::of(operation.min_to_receive, for_sale)?;
    if price <= order.sell_price {
        return Ok(None);
    }
    match push(ledger, operation.into())? {
        OperationResult::Object(created) => Ok(Some(Id(created.instance))),
        _ => Ok(None),
    }
}

fn update(
    ledger: &mut Ledger,
    id: LimitOrderId,
    linked: LimitOrderId,
    action: &CreateTakeProfitOrder,
    for_sale: Asset,
) -> Result<(), Rejected> {
    let order = ledger.get(id)?;
    let mut operation = LimitOrderUpdate {
        seller: order.seller,
        order: linked,
        delta_amount_to_sell: Some(for_sale),
        new_expiration: Some(expiration(ledger, action)?),
        ..LimitOrderUpdate::default()
    };
    operation.fee = fee(ledger, &operation.clone().into(), action.fee_asset_id)?;
    // An order that was made by this one follows its price; one that made this one keeps its own.
    if linked > id {
        let total = ledger.get(linked)?.for_sale.plus(for_sale.amount)?;
        let total = Asset::new(total, for_sale.asset_id);
        let min_to_receive = total.times_round_up(profitable_price(order, action)?)?;
        let price = Price::of(total, min_to_receive)?;
        if price.inverted() <= order.sell_price {
            return Ok(());
        }
        operation.new_price = Some(price);
    }
    push(ledger, operation.into()).map(drop)
}

/// The price of what an order received, better than the order's own by the spread.
fn profitable_price(order: &LimitOrder, action: &CreateTakeProfitOrder) -> Result<Price, Rejected> {
    let base = u32::from(PERCENT_100);
    let with_spread = base.saturating_add(action.spread_percent.into());
    order.sell_price.inverted().times_ratio(Ratio::new(base, with_spread))
}

fn expiration(ledger: &Ledger, action: &CreateTakeProfitOrder) -> Result<TimePointSec, Rejected> {
    let later = ledger.head_time()?.checked_add(action.expiration_seconds);
    Ok(later.unwrap_or(TimePointSec::MAX))
}

fn fee(ledger: &Ledger, operation: &Operation, fee_asset: AssetId) -> Result<Asset, Rejected> {
    let schedule = &ledger.parameters()?.current_fees;
    if fee_asset == CORE {
        return Ok(Asset::core(schedule.calculate_fee(operation)?));
    }
    let core_exchange_rate = ledger.get(fee_asset)?.options.core_exchange_rate;
    schedule.calculate_fee_in(operation, core_exchange_rate)
}

/// Applies an operation that nobody sent, as if its seller had.
fn push(ledger: &mut Ledger, operation: Operation) -> Result<OperationResult, Rejected> {
    operation.stateless().check_stateless()?;
    ledger.nested(|ledger| ledger.apply_operation(&operation, Mode::OnFill, true))
}
