//! A new limit order meets the book: first better limit orders, then debt positions that are being
//! called, then the other limit orders.
//!
//! Invariant: the maker sets the price; what rounding leaves over stays with the larger order, and
//! an order that has nothing to gain any more is cancelled.

use super::black_swan::BlackSwan;
use super::book::Walk;
use super::calls::check_call_orders;
use super::cancel::maybe_cull_small_order;
use super::fill::{Fill, fill_limit_order};
use super::match_call::{CallPrices, match_limit_with_call, next_call};
use super::settled_debt::match_limit_with_settled_debt;
use crate::Ledger;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AssetId, LimitOrderId};
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::asset::options::BlackSwanResponse;

refusals! {
    /// Why two orders cannot be matched.
    pub enum MatchRefusal {
        /// Both go on: the taker met the order that takes its own profit, which grows as fast as it
        /// is filled.
        NoneFilled { taker: LimitOrderId, maker: LimitOrderId }:
            "neither {taker} nor {maker} would be filled",
    }
}

/// Which orders are gone after a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Filled {
    /// The order that came last.
    pub(super) taker: bool,
    /// The order that was there.
    pub(super) maker: bool,
}

impl Filled {
    /// Whether the taker is done: gone, or neither can go on.
    pub(super) fn ends_walk(self) -> bool {
        self.taker || !self.maker
    }
}

/// Matches a limit order that is new or changed with what is on the other side. Returns whether it
/// is gone.
pub fn apply_order(ledger: &mut Ledger, id: LimitOrderId) -> Result<bool, Rejected> {
    let order = ledger.get(id)?;
    let (price, debt) = (order.sell_price, order.sell_asset_id());
    if !ledger.tables.limit_orders.index().is_best(price, id) {
        return Ok(false);
    }
    let mut walk = Walk::new(ledger, price.inverted());
    let mut is_done = false;
    let mut feed_changed = false;
    if let Some(prices) = callable(ledger, price)? {
        let mut better = walk.until_before(ledger, prices.order_gets);
        is_done = match_book(ledger, id, &mut better)?;
        walk = walk.from(better);
        if !is_done {
            let response = super::bitasset(ledger, debt)?.black_swan_response_method();
            let before = feed_price(ledger, debt)?;
            is_done = match_calls(ledger, id, debt, prices)?;
            feed_changed =
                response == BlackSwanResponse::NoSettlement && feed_price(ledger, debt)? != before;
        }
    }
    if !is_done {
        match_book(ledger, id, &mut walk)?;
    }
    let is_gone = ledger.find(id).is_none() || maybe_cull_small_order(ledger, id)?;
    if is_gone && feed_changed {
        // The cap of the price moved, so that other limit orders may meet positions now.
        check_call_orders(ledger, debt, BlackSwan::Allowed)?;
    }
    Ok(is_gone)
}

fn feed_price(ledger: &Ledger, asset: AssetId) -> Result<Price, Rejected> {
    Ok(super::bitasset(ledger, asset)?.current_feed.settlement_price)
}

/// The prices of margin calls that an order at `price` may meet, if its asset has any: it must pay
/// back debt for the collateral of a SmartCoin with a price that is not settled, and must offer
/// enough.
fn callable(ledger: &Ledger, price: Price) -> Result<Option<CallPrices>, Rejected> {
    let Some(id) = ledger.get(price.base.asset_id)?.bitasset_data_id else { return Ok(None) };
    let bitasset = ledger.get(id)?;
    let has_calls = bitasset.options.short_backing_asset == price.quote.asset_id
        && !bitasset.is_prediction_market
        && !bitasset.is_globally_settled()
        && !bitasset.current_feed.settlement_price.is_null();
    if !has_calls {
        return Ok(None);
    }
    let prices = CallPrices::of(bitasset)?;
    Ok((price.inverted() <= prices.order_gets).then_some(prices))
}

/// Matches a taker with limit orders along a walk. Returns whether the taker is done.
fn match_book(ledger: &mut Ledger, taker: LimitOrderId, walk: &mut Walk) -> Result<bool, Rejected> {
    while let Some(maker) = walk.step(ledger) {
        let price = ledger.get(maker)?.sell_price;
        if match_limit_orders(ledger, taker, maker, price)?.ends_walk() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Matches a taker with positions that are called, the least collateralized first. Returns whether
/// the taker is done.
fn match_calls(
    ledger: &mut Ledger,
    taker: LimitOrderId,
    debt: AssetId,
    mut prices: CallPrices,
) -> Result<bool, Rejected> {
    let bitasset_id = super::bitasset_id(ledger, debt)?;
    let bitasset = ledger.get(bitasset_id)?;
    let mut follows_cap = bitasset.black_swan_response_method() == BlackSwanResponse::NoSettlement
        && bitasset.is_current_feed_price_capped();
    while let Some(call) = next_call(ledger, ledger.get(bitasset_id)?)? {
        // Neither side is gone if the position reached its target ratio.
        if match_limit_with_call(ledger, taker, call, prices)?.taker {
            return Ok(true);
        }
        if follows_cap {
            let bitasset = ledger.get(bitasset_id)?;
            prices = CallPrices::of(bitasset)?;
            follows_cap = bitasset.is_current_feed_price_capped();
        }
    }
    Ok(false)
}

/// Matches two limit orders at the maker's price.
fn match_limit_orders(
    ledger: &mut Ledger,
    taker: LimitOrderId,
    maker: LimitOrderId,
    price: Price,
) -> Result<Filled, Rejected> {
    if ledger.get(maker)?.is_settled_debt {
        return match_limit_with_settled_debt(ledger, taker, maker, price);
    }
    let taker_sells = ledger.get(taker)?.amount_for_sale();
    let maker_sells = ledger.get(maker)?.amount_for_sale();
    let Some(trade) = Trade::of(taker_sells, maker_sells, price)? else {
        // What is left of the taker buys nothing: its caller cancels it.
        return Ok(Filled { taker: true, maker: false });
    };
    let (given, taken) = (trade.taker_pays, trade.taker_receives);
    let taker_fill = Fill { pays: given, receives: taken, price, is_maker: false };
    let taker_gone = fill_limit_order(ledger, taker, &taker_fill, trade.taker_is_smaller)?;
    let maker_fill = Fill { pays: taken, receives: given, price, is_maker: true };
    let maker_gone = fill_limit_order(ledger, maker, &maker_fill, true)?;
    ensure!(taker_gone || maker_gone, MatchRefusal::NoneFilled { taker, maker });
    Ok(Filled { taker: taker_gone, maker: maker_gone })
}

/// What two limit orders exchange.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Trade {
    taker_pays: Asset,
    taker_receives: Asset,
    taker_is_smaller: bool,
}

impl Trade {
    /// The exchange at `price` of all that the smaller order has. It receives rounded down, and
    /// pays for that rounded up, so that it keeps what would buy nothing. None if the taker's rest
    /// buys nothing at all.
    fn of(taker_sells: Asset, maker_sells: Asset, price: Price) -> Result<Option<Self>, Rejected> {
        let taker_is_smaller = taker_sells.minus(maker_sells.times(price)?)?.amount <= 0;
        if !taker_is_smaller {
            let taker_pays = maker_sells.times(price)?;
            let taker_receives = taker_pays.times_round_up(price)?;
            return Ok(Some(Self { taker_pays, taker_receives, taker_is_smaller }));
        }
        let taker_receives = taker_sells.times(price)?;
        if taker_receives.amount == 0 {
            return Ok(None);
        }
        let taker_pays = taker_receives.times_round_up(price)?;
        Ok(Some(Self { taker_pays, taker_receives, taker_is_smaller }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use carbyne_wire::Id;

    /// What a taker with `taker` units of asset 1 and a maker with `maker` units of asset 0
    /// exchange at `price.0` of asset 0 for `price.1` of asset 1: what the taker pays and receives.
    fn check(taker: i64, maker: i64, price: (i64, i64), trade: Option<(i64, i64)>) {
        let price = Price::new(Asset::new(price.0, Id(0)), Asset::new(price.1, Id(1)));
        let found = Trade::of(Asset::new(taker, Id(1)), Asset::new(maker, Id(0)), price).unwrap();
        assert_eq!(found.map(|t| (t.taker_pays.amount, t.taker_receives.amount)), trade);
    }

    #[test]
    fn orders_of_equal_size_exchange_everything() {
        check(100, 200, (2, 1), Some((100, 200)));
    }

    #[test]
    fn a_smaller_taker_keeps_what_would_buy_nothing() {
        check(105, 100, (1, 10), Some((100, 10)));
        check(109, 11, (1, 10), Some((100, 10)));
    }

    #[test]
    fn a_smaller_maker_pays_only_for_what_it_gets() {
        check(1000, 33, (10, 3), Some((9, 30)));
    }

    #[test]
    fn a_taker_whose_rest_buys_nothing_is_done() {
        check(9, 100, (1, 10), None);
    }
}
