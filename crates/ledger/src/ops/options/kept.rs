//! What options keep others from: selling dead longs into old bids. The symbols of longs need
//! no keeping: nobody creates an asset whose symbol begins with `BIT`.
//!
//! Operations of the reference know nothing of options; this is asked of each of them before its
//! own rules, on chains that opted in.

use super::check_window;
use crate::Ledger;
use crate::contracts::only_if;
use carbyne_objects::OptionSeries;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AssetId, OptionSeriesId};
use carbyne_protocol::ops::Operation;
use smallvec::{SmallVec, smallvec};

/// What somebody newly agrees to give or to get by an operation of the reference.
fn agreed(ledger: &Ledger, operation: &Operation) -> SmallVec<[AssetId; 2]> {
    match operation {
        Operation::LimitOrderCreate(order) => {
            smallvec![order.amount_to_sell.asset_id, order.min_to_receive.asset_id]
        }
        Operation::LimitOrderUpdate(update) => match ledger.find(update.order) {
            Some(order) => {
                smallvec![order.sell_price.base.asset_id, order.sell_price.quote.asset_id]
            }
            None => smallvec![],
        },
        Operation::LiquidityPoolCreate(pool) => smallvec![pool.asset_a, pool.asset_b],
        Operation::LiquidityPoolExchange(exchange) => {
            smallvec![exchange.amount_to_sell.asset_id, exchange.min_to_receive.asset_id]
        }
        Operation::LiquidityPoolDeposit(deposit) => {
            smallvec![deposit.amount_a.asset_id, deposit.amount_b.asset_id]
        }
        // Paying back is always possible.
        Operation::CallOrderUpdate(update) if update.delta_debt.amount > 0 => {
            smallvec![update.delta_collateral.asset_id, update.delta_debt.asset_id]
        }
        Operation::SametFundCreate(fund) => smallvec![fund.asset_type],
        Operation::SametFundBorrow(loan) => smallvec![loan.borrow_amount.asset_id],
        Operation::CreditOfferCreate(offer) => {
            let collateral = offer.acceptable_collateral.keys().copied();
            collateral.chain([offer.asset_type]).collect()
        }
        Operation::CreditOfferAccept(loan) => {
            smallvec![loan.borrow_amount.asset_id, loan.collateral.asset_id]
        }
        _ => smallvec![],
    }
}

/// What is to back a SmartCoin by an operation of the reference.
fn backing(operation: &Operation) -> Option<AssetId> {
    match operation {
        Operation::AssetCreate(create) => {
            create.bitasset_opts.as_ref().map(|options| options.short_backing_asset)
        }
        Operation::AssetUpdateBitasset(update) => Some(update.new_options.short_backing_asset),
        _ => None,
    }
}

/// Refuses an operation of the reference by which somebody agrees to get or give dead longs, now
/// or later: a coin that longs back would outlive them, and its margin calls sell them into old
/// bids.
pub(crate) fn check_kept(ledger: &Ledger, operation: &Operation) -> Result<(), Rejected> {
    let backs = backing(operation).is_some_and(|asset| series_of(ledger, asset).is_some());
    only_if(!backs, "longs end, and back no coin")?;
    check_alive(ledger, &agreed(ledger, operation))
}

/// The series of which an asset is the long.
fn series_of(ledger: &Ledger, asset: AssetId) -> Option<&OptionSeries> {
    let known: Option<OptionSeriesId> = ledger.tables.option_series.index().of_long(asset);
    known.and_then(|id| ledger.find(id))
}

/// Refuses the longs of a series of which nothing is exercised any more.
pub(crate) fn check_alive(ledger: &Ledger, assets: &[AssetId]) -> Result<(), Rejected> {
    let mut series = assets.iter().filter_map(|asset| series_of(ledger, *asset));
    series.try_for_each(|series| check_window(ledger, series))
}
