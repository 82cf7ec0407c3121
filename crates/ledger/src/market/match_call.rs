//! A limit order meets a debt position that is being called.
//!
//! Invariant: the position pays at most the maximum short squeeze price; the difference to what the
//! limit order gets is the margin call fee of the issuer (BSIP 74).

use super::cover::max_debt_to_cover;
use super::fill::{CallFill, Fill, fill_call_order, fill_limit_order};
use super::match_limit::Filled;
use crate::Ledger;
use crate::feeds::update_bitasset_current_feed;
use crate::ledger::LedgerRefusal;
use carbyne_objects::{AssetBitassetData, CallOrder};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AssetBitassetDataId, CallOrderId, LimitOrderId};
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::asset::options::BlackSwanResponse;

/// The prices of a margin call, as collateral / debt.
#[derive(Clone, Copy, Debug)]
pub(super) struct CallPrices {
    /// What the other side gets: where margin calls stand in the book.
    pub(super) order_gets: Price,
    /// What the position pays, the margin call fee included.
    pub(super) call_pays: Price,
}

impl CallPrices {
    /// The prices that follow from the feed in force.
    pub(super) fn of(bitasset: &AssetBitassetData) -> Result<Self, Rejected> {
        Ok(Self {
            order_gets: bitasset.margin_call_order_price()?.inverted(),
            call_pays: bitasset.current_feed.max_short_squeeze_price()?.inverted(),
        })
    }
}

/// The position that is called next, if any is: the least collateralized one, unless the feed
/// protects it.
pub(super) fn next_call(
    ledger: &Ledger,
    bitasset: &AssetBitassetData,
) -> Result<Option<CallOrderId>, Rejected> {
    let Some(id) = super::find_least_collateralized(ledger, bitasset) else { return Ok(None) };
    let is_protected =
        ledger.get(id)?.collateralization() > bitasset.current_maintenance_collateralization;
    Ok((!is_protected).then_some(id))
}

/// What a limit order and a position exchange.
#[derive(Clone, Copy, Debug)]
struct Trade {
    call_pays: Asset,
    call_receives: Asset,
    order_receives: Asset,
    order_is_smaller: bool,
}

impl Trade {
    /// The exchange of a taker that sells `offered` debt. None if it buys nothing.
    fn of(
        offered: Asset,
        call: &CallOrder,
        prices: CallPrices,
        bitasset: &AssetBitassetData,
    ) -> Result<Option<Self>, Rejected> {
        let to_cover = max_debt_to_cover(call, prices.call_pays, bitasset)?;
        let to_cover = Asset::new(to_cover, call.debt_type());
        if to_cover.minus(offered)?.amount <= 0 {
            // A called position never gets more than it has to pay back: rounding favours the limit
            // order.
            return Ok(Some(Self {
                call_pays: to_cover.times_round_up(prices.call_pays)?,
                call_receives: to_cover,
                order_receives: to_cover.times_round_up(prices.order_gets)?,
                order_is_smaller: false,
            }));
        }
        let order_receives = offered.times(prices.order_gets)?;
        if order_receives.amount == 0 {
            return Ok(None);
        }
        let call_receives = order_receives.times_round_up(prices.order_gets)?;
        let call_pays = call_receives.times(prices.call_pays)?;
        Ok(Some(Self { call_pays, call_receives, order_receives, order_is_smaller: true }))
    }
}

/// Matches a limit order that buys collateral with a position that was called before.
pub(super) fn match_limit_with_call(
    ledger: &mut Ledger,
    taker: LimitOrderId,
    call_id: CallOrderId,
    prices: CallPrices,
) -> Result<Filled, Rejected> {
    let call = ledger.get(call_id)?;
    let bitasset_id = super::bitasset_id(ledger, call.debt_type())?;
    let offered = ledger.get(taker)?.amount_for_sale();
    let Some(trade) = Trade::of(offered, call, prices, ledger.get(bitasset_id)?)? else {
        return Ok(Filled { taker: true, maker: false });
    };
    let price = prices.order_gets;
    let margin_call_fee = margin_call_fee(trade.call_pays, trade.order_receives)?;
    let order_fill =
        Fill { pays: trade.call_receives, receives: trade.order_receives, price, is_maker: false };
    let taker = fill_limit_order(ledger, taker, &order_fill, trade.order_is_smaller)?;
    let fill = Fill { pays: trade.call_pays, receives: trade.call_receives, price, is_maker: true };
    let call_fill = CallFill { fill, margin_call_fee, reduce_current_supply: true };
    let maker = fill_call_order(ledger, call_id, &call_fill)?;
    follow_positions(ledger, bitasset_id)?;
    Ok(Filled { taker, maker })
}

/// What is left of a position's payment for the issuer, in smallest units.
pub(super) fn margin_call_fee(call_pays: Asset, order_receives: Asset) -> Result<i64, Rejected> {
    let fee = call_pays.minus(order_receives)?.amount;
    ensure!(fee >= 0, LedgerRefusal::Contradiction { what: "a margin call fee is negative" });
    Ok(fee)
}

/// Where no position is ever settled, the price in force is capped by the weakest one: moves the
/// cap after a fill.
pub(super) fn follow_positions(
    ledger: &mut Ledger,
    bitasset: AssetBitassetDataId,
) -> Result<(), Rejected> {
    match ledger.get(bitasset)?.black_swan_response_method() {
        BlackSwanResponse::NoSettlement => update_bitasset_current_feed(ledger, bitasset, true),
        _ => Ok(()),
    }
}
