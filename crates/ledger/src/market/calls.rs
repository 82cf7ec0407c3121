//! Margin calls: positions that are not collateralized enough are sold to the best limit orders and
//! force settlements that are on the book.
//!
//! Invariant: the least collateralized position comes first, limit orders before force settlements;
//! a position that the feed protects ends it. Called after everything that may change a price, a
//! position or a settlement.

use super::black_swan::{BlackSwan, check_for_blackswan, find_least_collateralized};
use super::book::Walk;
use super::cover::max_debt_to_cover;
use super::fill::{CallFill, Fill, fill_call_order, fill_limit_order};
use super::match_call::margin_call_fee;
use super::settle::match_force_settlements;
use super::settled_debt::check_settled_debt_order;
use crate::Ledger;
use crate::feeds::update_bitasset_current_feed;
use carbyne_objects::{AssetBitassetData, CallOrder};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AssetBitassetDataId, AssetId, CallOrderId, LimitOrderId};
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::asset::options::BlackSwanResponse;

/// Calls the positions of a SmartCoin that are to be called. True if any was.
pub fn check_call_orders(
    ledger: &mut Ledger,
    asset: AssetId,
    swan: BlackSwan,
) -> Result<bool, Rejected> {
    check_calls(ledger, asset, swan, Settlements::Match)
}

/// Whether called positions meet force settlements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settlements {
    /// After the limit orders.
    Match,
    /// Not now, because one of them is being matched.
    Skip,
}

/// [`check_call_orders`], with or without force settlements.
pub(super) fn check_calls(
    ledger: &mut Ledger,
    asset: AssetId,
    swan: BlackSwan,
    settlements: Settlements,
) -> Result<bool, Rejected> {
    let Some(id) = ledger.get(asset)?.bitasset_data_id else { return Ok(false) };
    let bitasset = ledger.get(id)?;
    if bitasset.is_prediction_market {
        return Ok(false);
    }
    let response = bitasset.black_swan_response_method();
    let is_individual = matches!(
        response,
        BlackSwanResponse::IndividualSettlementToFund
            | BlackSwanResponse::IndividualSettlementToOrder
    );
    if !is_individual && check_for_blackswan(ledger, asset, swan)? {
        return Ok(false);
    }
    let bitasset = ledger.get(id)?;
    if bitasset.current_feed.settlement_price.is_null() {
        return Ok(false);
    }
    let calls = Calls {
        asset,
        bitasset: id,
        response,
        follows_cap: response == BlackSwanResponse::NoSettlement
            && bitasset.is_current_feed_price_capped(),
        offers: Walk::new(ledger, bitasset.margin_call_order_price()?),
        called_some: false,
    };
    calls.run(ledger, swan, settlements)
}

/// What goes on while positions are called.
struct Calls {
    asset: AssetId,
    bitasset: AssetBitassetDataId,
    response: BlackSwanResponse,
    /// Whether the price in force is capped and follows the weakest position.
    follows_cap: bool,
    /// Limit orders that buy the collateral at a price margin calls accept.
    offers: Walk,
    called_some: bool,
}

/// What a position and a limit order exchange.
#[derive(Clone, Copy, Debug)]
struct Trade {
    call_pays: Asset,
    call_receives: Asset,
    order_receives: Asset,
}

impl Calls {
    fn run(
        mut self,
        ledger: &mut Ledger,
        swan: BlackSwan,
        settlements: Settlements,
    ) -> Result<bool, Rejected> {
        while self.least_collateralized(ledger)?.is_some() {
            let settled_some = check_for_blackswan(ledger, self.asset, swan)?;
            if ledger.get(self.bitasset)?.is_globally_settled() {
                return Ok(self.called_some);
            }
            if settled_some {
                self.called_some = true;
                if self.response == BlackSwanResponse::IndividualSettlementToFund {
                    self.find_last_offer(ledger)?;
                }
            }
            let Some(call) = self.least_collateralized(ledger)? else { break };
            if self.is_protected(ledger, call)? {
                break;
            }
            if self.match_offer(ledger, call)? {
                continue;
            }
            let has_settlement =
                ledger.tables.force_settlements.index().of_asset(self.asset).next().is_some();
            if settlements == Settlements::Skip || !has_settlement {
                return Ok(self.called_some);
            }
            if match_force_settlements(ledger, self.bitasset)? {
                self.called_some = true;
                self.follow_cap(ledger)?;
            }
        }
        check_settled_debt_order(ledger, self.bitasset)?;
        Ok(self.called_some)
    }

    fn least_collateralized(&self, ledger: &Ledger) -> Result<Option<CallOrderId>, Rejected> {
        Ok(find_least_collateralized(ledger, ledger.get(self.bitasset)?))
    }

    fn is_protected(&self, ledger: &Ledger, call: CallOrderId) -> Result<bool, Rejected> {
        let maintenance = ledger.get(self.bitasset)?.current_maintenance_collateralization;
        Ok(maintenance < ledger.get(call)?.collateralization())
    }

    /// Sets the end of the offers after the price in force changed.
    fn find_last_offer(&mut self, ledger: &Ledger) -> Result<(), Rejected> {
        let last = ledger.get(self.bitasset)?.margin_call_order_price()?;
        self.offers = self.offers.until(ledger, last);
        Ok(())
    }

    fn follow_cap(&mut self, ledger: &Ledger) -> Result<(), Rejected> {
        if self.follows_cap {
            self.find_last_offer(ledger)?;
            self.follows_cap = ledger.get(self.bitasset)?.is_current_feed_price_capped();
        }
        Ok(())
    }

    /// Matches a position with the best offer. False if there is none, or if the position cannot
    /// pay what it asks for.
    fn match_offer(&mut self, ledger: &mut Ledger, call: CallOrderId) -> Result<bool, Rejected> {
        let Some(offer) = self.offers.peek() else { return Ok(false) };
        self.called_some = true;
        let order = ledger.get(offer)?;
        let (price, offered) = (order.sell_price, order.amount_for_sale());
        let bitasset = ledger.get(self.bitasset)?;
        let Some(trade) = Trade::of(offered, ledger.get(call)?, price, bitasset)? else {
            return Ok(false);
        };
        let fill =
            Fill { pays: trade.call_pays, receives: trade.call_receives, price, is_maker: false };
        let margin_call_fee = margin_call_fee(trade.call_pays, trade.order_receives)?;
        let call_fill = CallFill { fill, margin_call_fee, reduce_current_supply: true };
        fill_call_order(ledger, call, &call_fill)?;
        if self.follows_cap {
            update_bitasset_current_feed(ledger, self.bitasset, true)?;
            self.follow_cap(ledger)?;
        }
        self.fill_offer(ledger, offer, &trade, price)?;
        Ok(true)
    }

    fn fill_offer(
        &mut self,
        ledger: &mut Ledger,
        offer: LimitOrderId,
        trade: &Trade,
        price: Price,
    ) -> Result<(), Rejected> {
        let fill = Fill {
            pays: trade.call_receives,
            receives: trade.order_receives,
            price,
            is_maker: true,
        };
        let stepped = self.offers.stepped(ledger);
        if fill_limit_order(ledger, offer, &fill, true)? {
            self.offers = stepped;
        }
        Ok(())
    }
}

impl Trade {
    /// The exchange with a limit order that offers debt at `price`. None if the position has too
    /// little collateral for it, or would have less per debt afterwards.
    fn of(
        offered: Asset,
        call: &CallOrder,
        price: Price,
        bitasset: &AssetBitassetData,
    ) -> Result<Option<Self>, Rejected> {
        let call_price = price.times_ratio(bitasset.margin_call_pays_ratio())?;
        let to_cover = max_debt_to_cover(call, call_price, bitasset)?;
        let to_cover = Asset::new(to_cover, call.debt_type());
        if to_cover.minus(offered)?.amount <= 0 {
            let call_pays = to_cover.times_round_up(call_price)?;
            let order_receives = to_cover.times_round_up(price)?;
            let trade = Self { call_pays, call_receives: to_cover, order_receives };
            return Ok((call_pays.amount <= call.collateral).then_some(trade));
        }
        let order_receives = offered.times(price)?;
        let call_receives = order_receives.times_round_up(price)?;
        let call_pays = call_receives.times(call_price)?;
        if call_pays.amount >= call.collateral {
            return Ok(None);
        }
        let left = Price::of(
            call.get_collateral().minus(call_pays)?,
            call.get_debt().minus(call_receives)?,
        )?;
        let trade = Self { call_pays, call_receives, order_receives };
        Ok((left >= call.collateralization()).then_some(trade))
    }
}
