//! Debt positions that could not pay and were settled one by one to an order: it sells their
//! collateral for their debt (the fourth black swan response).
//!
//! Invariant: the order behaves like one debt position. What it owes and what it has stand in the
//! SmartCoin's data; the order shows how much of it is for sale, at the price of margin calls as
//! long as that is enough.

use super::book::Walk;
use super::fees::accumulate_collateral_fee;
use super::fill::{Fill, fill_limit_order};
use super::match_limit::Filled;
use crate::Ledger;
use carbyne_objects::{AssetBitassetData, LimitOrder};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AssetBitassetDataId, AssetId, LimitOrderId};
use carbyne_protocol::money::{Asset, Price, Shares};
use carbyne_protocol::ops::asset::options::BlackSwanResponse;
use carbyne_protocol::ops::market::fill_order::FillOrder;

/// The order that sells the collateral of settled debt in `asset`.
pub(super) fn find_settled_debt_order(ledger: &Ledger, asset: AssetId) -> Option<LimitOrderId> {
    ledger.tables.limit_orders.index().settled_debt(asset)
}

fn settled_debt(bitasset: &AssetBitassetData) -> Asset {
    Asset::new(bitasset.individual_settlement_debt, bitasset.asset_id)
}

/// Sets price and amount of the order that sells the collateral of settled debt after the price in
/// force changed: at the price of margin calls if the collateral is enough for that, otherwise all
/// of it for all of the debt.
pub fn update_settled_debt_order(
    ledger: &mut Ledger,
    bitasset: AssetBitassetDataId,
) -> Result<(), Rejected> {
    let data = ledger.get(bitasset)?;
    // Without a price the order stays where it is.
    if data.current_feed.settlement_price.is_null() {
        return Ok(());
    }
    let Some(id) = find_settled_debt_order(ledger, data.asset_id) else { return Ok(()) };
    let price = data.margin_call_order_price()?.inverted();
    let enough = settled_debt(data).times_round_up(price).ok().map(|asset| asset.amount);
    let fund = data.individual_settlement_fund;
    let (for_sale, sell_price) = match enough.filter(|amount| *amount <= fund) {
        Some(amount) => (amount, price),
        None => (fund, data.individual_settlement_price()?.inverted()),
    };
    ledger.modify(id, |order| {
        order.for_sale = for_sale;
        order.sell_price = sell_price;
    })
}

/// What a limit order and the settled debt exchange.
#[derive(Clone, Copy, Debug)]
struct Trade {
    order_pays: Asset,
    order_receives: Asset,
    /// Whether all of the debt is paid back.
    is_last: bool,
}

/// Matches a limit order that comes to the order of settled debt.
pub(super) fn match_limit_with_settled_debt(
    ledger: &mut Ledger,
    taker: LimitOrderId,
    maker: LimitOrderId,
    price: Price,
) -> Result<Filled, Rejected> {
    let settled = ledger.get(maker)?;
    let bitasset = super::bitasset_id(ledger, settled.receive_asset_id())?;
    let debt = settled_debt(ledger.get(bitasset)?);
    let offered = ledger.get(taker)?.amount_for_sale();
    let is_last = debt.minus(offered)?.amount <= 0;
    let trade = if is_last {
        Trade { order_pays: debt, order_receives: settled.amount_for_sale(), is_last }
    } else {
        let order_receives = offered.times(price)?;
        if order_receives.amount == 0 {
            return Ok(Filled { taker: true, maker: false });
        }
        let order_pays = order_receives.times_round_up(price)?;
        Trade { order_pays, order_receives, is_last }
    };
    let fill =
        Fill { pays: trade.order_pays, receives: trade.order_receives, price, is_maker: false };
    let taker = fill_limit_order(ledger, taker, &fill, !is_last)?;
    fill_settled_debt(ledger, maker, &trade, Fill { is_maker: true, ..fill })?;
    Ok(Filled { taker, maker: is_last })
}

/// Lets the order of settled debt meet limit orders that are on the book, after its price changed.
pub(super) fn check_settled_debt_order(
    ledger: &mut Ledger,
    bitasset: AssetBitassetDataId,
) -> Result<(), Rejected> {
    let data = ledger.get(bitasset)?;
    if data.black_swan_response_method() != BlackSwanResponse::IndividualSettlementToOrder {
        return Ok(());
    }
    let Some(taker) = find_settled_debt_order(ledger, data.asset_id) else { return Ok(()) };
    let mut price = ledger.get(taker)?.sell_price;
    let mut walk = Walk::new(ledger, price.inverted());
    while let Some(maker) = walk.step(ledger) {
        if match_settled_debt_with_limit(ledger, taker, maker)?.ends_walk() {
            break;
        }
        let new_price = ledger.get(taker)?.sell_price;
        if new_price != price {
            walk = walk.until(ledger, new_price.inverted());
            price = new_price;
        }
    }
    Ok(())
}

fn match_settled_debt_with_limit(
    ledger: &mut Ledger,
    taker: LimitOrderId,
    maker: LimitOrderId,
) -> Result<Filled, Rejected> {
    let bitasset = super::bitasset_id(ledger, ledger.get(taker)?.receive_asset_id())?;
    let debt = settled_debt(ledger.get(bitasset)?);
    let (offered, price) = {
        let order = ledger.get(maker)?;
        (order.amount_for_sale(), order.sell_price)
    };
    let is_last = debt.minus(offered)?.amount <= 0;
    let trade = if is_last {
        Trade { order_pays: debt, order_receives: debt.times_round_up(price)?, is_last }
    } else {
        let order_receives = offered.times(price)?;
        let order_pays = order_receives.times_round_up(price)?;
        Trade { order_pays, order_receives, is_last }
    };
    let fill =
        Fill { pays: trade.order_pays, receives: trade.order_receives, price, is_maker: true };
    fill_settled_debt(ledger, taker, &trade, Fill { is_maker: false, ..fill })?;
    let maker = fill_limit_order(ledger, maker, &fill, true)?;
    Ok(Filled { taker: is_last, maker })
}

/// Fills the order of settled debt: like a debt position it pays its share of the collateral, and
/// what the limit order does not get of it goes to the issuer.
fn fill_settled_debt(
    ledger: &mut Ledger,
    id: LimitOrderId,
    trade: &Trade,
    of_limit_order: Fill,
) -> Result<(), Rejected> {
    let LimitOrder { seller, for_sale, sell_price, .. } = *ledger.get(id)?;
    let asset = sell_price.quote.asset_id;
    let bitasset = super::bitasset_id(ledger, asset)?;
    let pays = settled_debt_pays(ledger.get(bitasset)?, for_sale, trade)?;
    let fee = pays.minus(trade.order_receives)?;
    ledger.adjust_supply(trade.order_pays.negated())?;
    accumulate_collateral_fee(ledger, asset, fee.amount)?;
    ledger.run.push_virtual(FillOrder {
        fee,
        order_id: id.into(),
        account_id: seller,
        pays,
        receives: trade.order_pays,
        fill_price: of_limit_order.price,
        is_maker: of_limit_order.is_maker,
    });
    ledger.try_modify(bitasset, |data| {
        let debt = &mut data.individual_settlement_debt;
        *debt = debt.minus(trade.order_pays.amount)?;
        let fund = &mut data.individual_settlement_fund;
        *fund = fund.minus(pays.amount)?;
        Ok(())
    })?;
    if trade.is_last {
        return ledger.remove(id).map(drop);
    }
    shrink_settled_debt_order(ledger, id, bitasset)
}

/// The collateral that the order of settled debt, which has `for_sale` on offer, gives in a trade.
fn settled_debt_pays(
    bitasset: &AssetBitassetData,
    for_sale: i64,
    trade: &Trade,
) -> Result<Asset, Rejected> {
    let fund = bitasset.individual_settlement_fund;
    let pays = if trade.is_last {
        Asset::new(fund, trade.order_receives.asset_id)
    } else if for_sale != fund {
        trade.order_pays.times(bitasset.individual_settlement_price()?)?
    } else {
        trade.order_receives
    };
    Ok(if pays.compare(trade.order_receives)?.is_lt() { trade.order_receives } else { pays })
}

/// Offers what the debt that is left needs, at the price the order has.
fn shrink_settled_debt_order(
    ledger: &mut Ledger,
    id: LimitOrderId,
    bitasset: AssetBitassetDataId,
) -> Result<(), Rejected> {
    let data = ledger.get(bitasset)?;
    let fund = data.individual_settlement_fund;
    let price = ledger.get(id)?.sell_price;
    let mut sell_price = price;
    let mut for_sale = settled_debt(data).times_round_up(price)?.amount;
    if for_sale > fund {
        for_sale = fund;
        sell_price = data.individual_settlement_price()?.inverted();
    }
    ledger.modify(id, |order| {
        order.for_sale = for_sale;
        order.sell_price = sell_price;
    })
}
