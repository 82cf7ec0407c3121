//! Bids for the collateral of a globally settled SmartCoin, and its revival (BSIP 18).
//!
//! Invariant: a revived SmartCoin has positions that cover its whole supply with the whole fund.

use super::fill::adjust_core_in_orders;
use crate::Ledger;
use crate::ledger::LedgerRefusal;
use carbyne_objects::{CallOrder, CollateralBid};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::{COLLATERAL_RATIO_DENOM, CORE, MAX_SHARE_SUPPLY};
use carbyne_protocol::ids::{AssetBitassetDataId, AssetId, CallOrderId, CollateralBidId};
use carbyne_protocol::money::{Asset, Price, Shares};
use carbyne_protocol::ops::asset::execute_bid::ExecuteBid;
use carbyne_protocol::proportion::quotient;
use carbyne_protocol::ratio::{greatest_common_divisor, halved_up};

/// Turns a bid into a position with `debt` and, beside what was bid, `collateral_from_fund`, both
/// in smallest units.
fn execute_bid(
    ledger: &mut Ledger,
    id: CollateralBidId,
    debt: i64,
    collateral_from_fund: i64,
) -> Result<(), Rejected> {
    let CollateralBid { bidder, inv_swan_price, .. } = *ledger.get(id)?;
    let Price { base, quote } = inv_swan_price;
    let collateral = base.amount.plus(collateral_from_fund)?;
    ledger.create_unique::<CallOrderId>(CallOrder {
        borrower: bidder,
        collateral,
        debt,
        call_price: unit_price(base.asset_id, quote.asset_id),
        ..CallOrder::default()
    })?;
    if base.asset_id == CORE {
        adjust_core_in_orders(ledger, bidder, collateral)?;
    }
    ledger.run.push_virtual(ExecuteBid {
        bidder,
        debt: Asset::new(debt, quote.asset_id),
        collateral: Asset::new(collateral, base.asset_id),
        ..Default::default()
    });
    ledger.remove(id).map(drop)
}

/// The price that only names the assets of a position.
pub(crate) const fn unit_price(collateral: AssetId, debt: AssetId) -> Price {
    Price::new(Asset::new(1, collateral), Asset::new(1, debt))
}

/// Revives a SmartCoin whose fund covers its supply: the issuer takes over all of it, as if by a
/// bid. That is refused while the issuer has a bid, since an account has one bid for a SmartCoin.
pub fn revive_bitasset(ledger: &mut Ledger, bitasset: AssetBitassetDataId) -> Result<(), Rejected> {
    let data = ledger.get(bitasset)?;
    let (asset, fund) = (data.asset_id, data.settlement_fund);
    let backing = data.options.short_backing_asset;
    let object = ledger.get(asset)?;
    let supply = ledger.get(object.dynamic_asset_data_id)?.current_supply;
    if supply > 0 {
        let inv_swan_price = Price::of(Asset::new(0, backing), Asset::new(supply, asset))?;
        let bidder = object.issuer;
        let bid = CollateralBid { bidder, inv_swan_price, ..CollateralBid::default() };
        let bid = ledger.create_unique(bid)?;
        execute_bid(ledger, bid, supply, fund)?;
    } else {
        let what = "a SmartCoin without supply has a settlement fund";
        ensure!(fund == 0, LedgerRefusal::Contradiction { what });
    }
    cancel_bids_and_revive(ledger, bitasset)
}

fn cancel_bids_and_revive(
    ledger: &mut Ledger,
    bitasset: AssetBitassetDataId,
) -> Result<(), Rejected> {
    let asset = ledger.get(bitasset)?.asset_id;
    ledger.cancel_bids(asset)?;
    ledger.modify(bitasset, |data| {
        data.settlement_price = Price::default();
        data.settlement_fund = 0;
    })
}

/// Revives a globally settled SmartCoin at maintenance if there are bids for all of it, the best
/// ones first.
pub fn process_bids(ledger: &mut Ledger, bitasset: AssetBitassetDataId) -> Result<(), Rejected> {
    let data = ledger.get(bitasset)?;
    if data.is_prediction_market || data.current_feed.settlement_price.is_null() {
        return Ok(());
    }
    let supply = ledger.get(ledger.get(data.asset_id)?.dynamic_asset_data_id)?.current_supply;
    if supply == 0 {
        return cancel_bids_and_revive(ledger, bitasset);
    }
    let Some(accepted) = accepted_bids(ledger, bitasset, supply)? else { return Ok(()) };
    let (mut debt_left, mut fund_left) = (supply, ledger.get(bitasset)?.settlement_fund);
    for Accepted { id, debt, collateral } in accepted {
        let is_last = debt >= debt_left;
        let (debt, collateral) = if is_last { (debt_left, fund_left) } else { (debt, collateral) };
        debt_left = debt_left.minus(debt)?;
        fund_left = fund_left.minus(collateral)?;
        execute_bid(ledger, id, debt, collateral)?;
    }
    let what = "bids that cover a SmartCoin leave some of it";
    ensure!(debt_left == 0 && fund_left == 0, LedgerRefusal::Contradiction { what });
    cancel_bids_and_revive(ledger, bitasset)
}

/// A bid with the part of supply and fund that it takes over, in smallest units.
struct Accepted {
    id: CollateralBidId,
    debt: i64,
    collateral: i64,
}

/// The best bids, as many as it takes to cover the supply; none if there are not enough good ones.
fn accepted_bids(
    ledger: &Ledger,
    bitasset: AssetBitassetDataId,
    supply: i64,
) -> Result<Option<Vec<Accepted>>, Rejected> {
    let data = ledger.get(bitasset)?;
    let ratio = data.current_feed.initial_collateral_ratio;
    let mut covered = 0_i64;
    let mut accepted = Vec::new();
    for id in ledger.tables.collateral_bids.index().of_asset(data.asset_id) {
        if covered >= supply {
            break;
        }
        let bid = ledger.get(id)?;
        let debt = Asset::new(bid.debt_covered().amount.min(supply), data.asset_id);
        let collateral = debt.times(data.settlement_price)?;
        let total = collateral.plus(bid.additional_collateral())?;
        if call_price(debt, total, ratio)? >= data.current_feed.settlement_price {
            break;
        }
        covered = covered.plus(debt.amount)?;
        accepted.push(Accepted { id, debt: debt.amount, collateral: collateral.amount });
    }
    Ok((covered >= supply).then_some(accepted))
}

/// The feed price, as debt / collateral, below which a position would be at the ratio (in 1/1000).
/// What does not fit is halved and raised by one until it does, as in the reference's
/// `price::call_price`.
fn call_price(debt: Asset, collateral: Asset, ratio: u16) -> Result<Price, Rejected> {
    let mut numerator = (debt.amount as u128).saturating_mul(ratio.into());
    let mut denominator = (collateral.amount as u128).saturating_mul(COLLATERAL_RATIO_DENOM.into());
    let limit = MAX_SHARE_SUPPLY as u128;
    (numerator, denominator) = reduced(numerator, denominator);
    while numerator > limit || denominator > limit {
        (numerator, denominator) = reduced(halved_up(numerator), halved_up(denominator));
    }
    Price::of(
        Asset::new(numerator as i64, debt.asset_id),
        Asset::new(denominator as i64, collateral.asset_id),
    )
}

fn reduced(numerator: u128, denominator: u128) -> (u128, u128) {
    let divisor = greatest_common_divisor(numerator, denominator);
    (quotient(numerator, divisor), quotient(denominator, divisor))
}
