//! What happens when a debt position cannot pay: everything is settled at once, or that position
//! alone, or the price is capped so that it can (BSIPs 18, 71, 77; `black_swan_response_method`).
//!
//! Invariant: after a response no position is left that the best offer or, without one, the maximum
//! short squeeze price would leave owing. Collateral taken in goes to a fund or an order; what it
//! does not need is the issuer's fee.

use super::fill::{CallFill, Fill, fill_call_order};
use super::settled_debt::{find_settled_debt_order, update_settled_debt_order};
use crate::Ledger;
use crate::feeds::update_bitasset_current_feed;
use crate::ledger::LedgerRefusal;
use carbyne_objects::{AssetBitassetData, LimitOrder};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::{COLLATERAL_RATIO_DENOM, NULL_ACCOUNT};
use carbyne_protocol::ids::{AssetBitassetDataId, AssetId, CallOrderId, LimitOrderId};
use carbyne_protocol::money::{Asset, Price, Shares};
use carbyne_protocol::ops::asset::options::BlackSwanResponse;
use carbyne_protocol::ratio::Ratio;
use carbyne_wire::TimePointSec;

refusals! {
    /// Why a SmartCoin is not settled.
    pub enum BlackSwanRefusal {
        /// A user's own change would leave a position that cannot pay.
        NotAllowed { asset: AssetId }:
            "{asset} would be settled by a change that may not cause that",
    }
}

/// Whether a position that cannot pay may be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlackSwan {
    /// It is responded to.
    Allowed,
    /// Whatever led to it is refused.
    Refused,
}

/// The least collateralized position of a SmartCoin.
pub fn find_least_collateralized(
    ledger: &Ledger,
    bitasset: &AssetBitassetData,
) -> Option<CallOrderId> {
    let index = ledger.tables.call_orders.index();
    index.by_collateral(bitasset.options.short_backing_asset, bitasset.asset_id).next()
}

/// Looks for a position that cannot pay and responds to it. True if the SmartCoin is globally
/// settled or positions were settled one by one.
pub(super) fn check_for_blackswan(
    ledger: &mut Ledger,
    asset: AssetId,
    swan: BlackSwan,
) -> Result<bool, Rejected> {
    let id = super::bitasset_id(ledger, asset)?;
    let bitasset = ledger.get(id)?;
    if bitasset.is_globally_settled() {
        return Ok(true);
    }
    if bitasset.current_feed.settlement_price.is_null() {
        return Ok(false);
    }
    // Force settlements meet the positions first.
    if ledger.tables.force_settlements.index().of_asset(asset).next().is_some() {
        return Ok(false);
    }
    let response = bitasset.black_swan_response_method();
    let best_offer = best_offer(ledger, bitasset)?;
    let mut settled_some = false;
    while let Some(call) = find_least_collateralized(ledger, ledger.get(id)?) {
        let debt_price = ledger.get(call)?.collateralization().inverted();
        if debt_price <= swan_price(ledger.get(id)?, best_offer)? {
            return Ok(settled_some);
        }
        ensure!(swan == BlackSwan::Allowed, BlackSwanRefusal::NotAllowed { asset });
        match response {
            BlackSwanResponse::IndividualSettlementToFund
            | BlackSwanResponse::IndividualSettlementToOrder => {
                individually_settle(ledger, id, call)?;
            }
            BlackSwanResponse::GlobalSettlement | BlackSwanResponse::NoSettlement => {
                globally_settle_asset(ledger, asset, debt_price, MarginCalls::PayFees)?;
                return Ok(true);
            }
        }
        settled_some = true;
    }
    Ok(settled_some)
}

/// What a position pays, as debt / collateral, to the best limit order that buys collateral, if
/// there is one.
fn best_offer(ledger: &Ledger, bitasset: &AssetBitassetData) -> Result<Option<Price>, Rejected> {
    let index = ledger.tables.limit_orders.index();
    let best = index.book(bitasset.asset_id, bitasset.options.short_backing_asset).next();
    let Some(best) = best else { return Ok(None) };
    let price = ledger.get(best)?.sell_price;
    price.times_ratio(bitasset.margin_call_pays_ratio()).map(Some)
}

/// The price, as debt / collateral, that every position must be able to pay.
fn swan_price(bitasset: &AssetBitassetData, offer: Option<Price>) -> Result<Price, Rejected> {
    let current = bitasset.current_feed.max_short_squeeze_price()?;
    if bitasset.black_swan_response_method() != BlackSwanResponse::IndividualSettlementToFund {
        return Ok(offer.map_or(current, |offer| offer.max(current)));
    }
    // Here the price in force is capped by the fund, and only an offer that is good enough for it
    // counts.
    match offer.filter(|offer| *offer >= current) {
        Some(offer) => Ok(offer),
        None => bitasset.median_feed.max_short_squeeze_price(),
    }
}

/// What positions pay that are called at a global settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarginCalls {
    /// The same as the others.
    None,
    /// More than the others: the settlement price, of which the fund gets what the maximum short
    /// squeeze ratio leaves and the issuer gets the rest.
    PayFees,
}

/// Closes all positions of a SmartCoin at `settlement_price`, as debt / collateral, and keeps their
/// collateral in a fund for whoever holds the SmartCoin.
pub fn globally_settle_asset(
    ledger: &mut Ledger,
    asset: AssetId,
    settlement_price: Price,
    margin_calls: MarginCalls,
) -> Result<(), Rejected> {
    let id = super::bitasset_id(ledger, asset)?;
    let bitasset = ledger.get(id)?;
    let what = "a SmartCoin is globally settled twice";
    ensure!(!bitasset.is_globally_settled(), LedgerRefusal::Contradiction { what });
    let backing = bitasset.options.short_backing_asset;
    let supply = ledger.get(ledger.get(asset)?.dynamic_asset_data_id)?.current_supply;
    let gathered = close_positions(ledger, id, settlement_price, margin_calls)?;
    if let Some(order) = find_settled_debt_order(ledger, asset) {
        ledger.remove::<LimitOrderId>(order)?;
    }
    ledger.try_modify(id, |data| {
        data.settlement_fund = gathered.plus(data.individual_settlement_fund)?;
        data.settlement_price =
            Price::of(Asset::new(supply, asset), Asset::new(data.settlement_fund, backing))?;
        data.options.extensions.black_swan_response_method = None;
        data.current_feed = data.median_feed;
        data.individual_settlement_debt = 0;
        data.individual_settlement_fund = 0;
        Ok(())
    })
}

/// Closes all positions and returns the collateral that comes to the fund, in smallest units.
fn close_positions(
    ledger: &mut Ledger,
    bitasset: AssetBitassetDataId,
    settlement_price: Price,
    margin_calls: MarginCalls,
) -> Result<i64, Rejected> {
    let data = ledger.get(bitasset)?;
    let maintenance = data.current_maintenance_collateralization;
    let fund_price = match margin_calls {
        MarginCalls::None => settlement_price,
        MarginCalls::PayFees => {
            let squeeze = data.current_feed.maximum_short_squeeze_ratio;
            settlement_price.times_ratio(Ratio::new(squeeze, COLLATERAL_RATIO_DENOM))?
        }
    };
    let index = ledger.tables.call_orders.index();
    let calls: Vec<CallOrderId> =
        index.by_collateral(data.options.short_backing_asset, data.asset_id).collect();
    let mut gathered = 0_i64;
    let mut had_margin_call = false;
    for call in calls {
        let order = ledger.get(call)?;
        let is_margin_call =
            margin_calls == MarginCalls::PayFees && order.collateralization() <= maintenance;
        had_margin_call |= is_margin_call;
        // The fund's price is for the others once there was a margin call; without one they pay the
        // settlement price.
        let price = if had_margin_call && !is_margin_call { fund_price } else { settlement_price };
        let (debt, collateral) = (order.get_debt(), order.get_collateral());
        let pays = at_most(debt.times_round_up(price)?, collateral)?;
        let fund_gets =
            if is_margin_call { at_most(debt.times_round_up(fund_price)?, pays)? } else { pays };
        gathered = gathered.plus(fund_gets.amount)?;
        let margin_call_fee = pays.minus(fund_gets)?.amount;
        close_position(ledger, call, pays, debt, fund_price, margin_call_fee)?;
    }
    Ok(gathered)
}

fn at_most(amount: Asset, limit: Asset) -> Result<Asset, Rejected> {
    Ok(if amount.compare(limit)?.is_gt() { limit } else { amount })
}

/// Closes one position; the debt lives on.
fn close_position(
    ledger: &mut Ledger,
    call: CallOrderId,
    pays: Asset,
    debt: Asset,
    price: Price,
    margin_call_fee: i64,
) -> Result<(), Rejected> {
    let fill = Fill { pays, receives: debt, price, is_maker: true };
    let call_fill = CallFill { fill, margin_call_fee, reduce_current_supply: false };
    let is_closed = fill_call_order(ledger, call, &call_fill)?;
    ensure!(is_closed, LedgerRefusal::Contradiction { what: "a settled position has debt left" });
    Ok(())
}

/// Closes one position that cannot pay. All its collateral but the margin call fee goes to the fund
/// or to the order.
fn individually_settle(
    ledger: &mut Ledger,
    bitasset: AssetBitassetDataId,
    call: CallOrderId,
) -> Result<(), Rejected> {
    let order = ledger.get(call)?;
    let (debt, collateral) = (order.get_debt(), order.get_collateral());
    let data = ledger.get(bitasset)?;
    let response = data.black_swan_response_method();
    let fund_price =
        order.collateralization().inverted().over_ratio(data.margin_call_pays_ratio())?;
    let fund_gets = at_most(debt.times_round_up(fund_price)?, collateral)?;
    ledger.try_modify(bitasset, |data| {
        let owed = &mut data.individual_settlement_debt;
        *owed = owed.plus(debt.amount)?;
        let fund = &mut data.individual_settlement_fund;
        *fund = fund.plus(fund_gets.amount)?;
        Ok(())
    })?;
    if response == BlackSwanResponse::IndividualSettlementToOrder {
        settle_to_order(ledger, bitasset, fund_gets, debt)?;
    }
    let margin_call_fee = collateral.minus(fund_gets)?.amount;
    close_position(ledger, call, collateral, debt, fund_price, margin_call_fee)?;
    if response == BlackSwanResponse::IndividualSettlementToFund {
        update_bitasset_current_feed(ledger, bitasset, true)?;
    }
    Ok(())
}

/// Adds collateral and debt to the order that sells settled debt, which is made if need be. Its
/// core does not count as core in orders, because it is nobody's.
fn settle_to_order(
    ledger: &mut Ledger,
    bitasset: AssetBitassetDataId,
    collateral: Asset,
    debt: Asset,
) -> Result<(), Rejected> {
    if find_settled_debt_order(ledger, debt.asset_id).is_some() {
        return update_settled_debt_order(ledger, bitasset);
    }
    ledger.create::<LimitOrderId>(LimitOrder {
        expiration: TimePointSec::MAX,
        seller: NULL_ACCOUNT,
        for_sale: collateral.amount,
        sell_price: Price::of(collateral, debt)?,
        is_settled_debt: true,
        ..LimitOrder::default()
    });
    Ok(())
}
