//! Call order update: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::market::call_order_update`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::feeds::update_bitasset_current_feed;
use crate::ledger::LedgerRefusal;
use crate::market::{BlackSwan, adjust_core_in_orders, check_call_orders, unit_price};
use crate::reference_words as asked;
use carbyne_objects::{AssetBitassetData, AssetObject, CallOrder};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::CORE;
use carbyne_protocol::ids::{AssetBitassetDataId, AssetId, CallOrderId};
use carbyne_protocol::money::{Price, Shares};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::asset::options::BlackSwanResponse;
use carbyne_protocol::ops::market::call_order_update::CallOrderUpdate;
use carbyne_protocol::reference_words::Asked;
use carbyne_wire::Text;

refusals! {
    /// Why a change of a debt position is refused.
    pub enum CallOrderUpdateRefusal {
        /// The asset has no price feed.
        NotMarketIssued { asset: AssetId, symbol: Text }: "{symbol} ({asset}) is no SmartCoin",
        /// The issuer stopped new supply.
        NoNewSupply { asset: AssetId }: "no new supply of {asset} may be created",
        /// More debt than may exist.
        AboveMaxSupply { supply: i64, max_supply: i64 }:
            "the supply of {supply} would pass the maximum of {max_supply}",
        /// More would be paid back than exists.
        BelowZero { supply: i64 }: "more would be paid back than the supply of {supply}",
        /// Settled assets have no positions.
        GloballySettled { asset: AssetId }: "{asset} is globally settled: it has no debt positions",
        /// Collateral of another asset than the one that backs the debt.
        WrongCollateral { collateral: AssetId, backing: AssetId }:
            "the collateral is in {collateral}, it must be in {backing}",
        /// A position without debt that keeps collateral.
        CollateralLeft { collateral: i64 }:
            "a position without debt cannot keep {collateral} of collateral",
        /// A position that would have debt and no collateral, or less than nothing.
        NotPositive { collateral: i64, debt: i64 }:
            "the position would have collateral {collateral} and debt {debt}: both must be \
             positive",
        /// A new position without collateral or without debt.
        NewNotPositive { amount: i64, side: &'static str }:
            "a new position needs {side}, not {amount}",
        /// In a prediction market one unit backs one unit.
        UnequalPrediction { collateral: i64, debt: i64 }:
            "in a prediction market one unit backs one unit: {collateral} do not back {debt}",
        /// No price.
        NoFeed { asset: AssetId } [INSUFFICIENT_FEEDS]:
            "{asset} has no price feed: nothing can be borrowed",
        /// A position that could not pay.
        WouldBlackSwan { collateralization: Price }:
            "the position could not pay at the price its collateral brings: {collateralization:?}",
        /// A position that is called at once and goes on.
        WouldBeCalled { collateralization: Price, initial: Price, asked: Asked }:
            "the position would be called at once: {collateralization:?} is not above {initial:?}",
    }
}

/// What happens to a position.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PositionChange {
    /// There was none.
    Open,
    /// It gets other amounts.
    Change(CallOrderId),
    /// It ends.
    Close(CallOrderId),
}

fn check_supply(
    operation: &CallOrderUpdate,
    ledger: &Ledger,
    asset: &AssetObject,
) -> Result<(), Rejected> {
    let delta = operation.delta_debt.amount;
    ensure!(
        delta <= 0 || asset.can_create_new_supply(),
        CallOrderUpdateRefusal::NoNewSupply { asset: asset.id }
    );
    let supply = ledger.get(asset.dynamic_asset_data_id)?.current_supply.plus(delta)?;
    let max_supply = asset.options.max_supply;
    ensure!(supply <= max_supply, CallOrderUpdateRefusal::AboveMaxSupply { supply, max_supply });
    ensure!(supply >= 0, CallOrderUpdateRefusal::BelowZero { supply });
    Ok(())
}

fn check_amounts(operation: &CallOrderUpdate, ledger: &Ledger) -> Result<PositionChange, Rejected> {
    use CallOrderUpdateRefusal::*;
    let (collateral, debt) = (operation.delta_collateral.amount, operation.delta_debt.amount);
    let index = ledger.tables.call_orders.index();
    let Some(id) = index.find(operation.funding_account, operation.delta_debt.asset_id) else {
        for (amount, side) in [(collateral, "collateral"), (debt, "debt")] {
            ensure!(amount > 0, NewNotPositive { amount, side });
        }
        return Ok(PositionChange::Open);
    };
    let position = ledger.get(id)?;
    let collateral = position.collateral.plus(collateral)?;
    let debt = position.debt.plus(debt)?;
    if debt == 0 {
        ensure!(collateral == 0, CollateralLeft { collateral });
        return Ok(PositionChange::Close(id));
    }
    ensure!(collateral > 0 && debt > 0, NotPositive { collateral, debt });
    Ok(PositionChange::Change(id))
}

fn check_feed(
    operation: &CallOrderUpdate,
    bitasset: &AssetBitassetData,
    change: PositionChange,
) -> Result<(), Rejected> {
    let (collateral, debt) = (operation.delta_collateral.amount, operation.delta_debt.amount);
    if bitasset.is_prediction_market {
        ensure!(collateral == debt, CallOrderUpdateRefusal::UnequalPrediction { collateral, debt });
        return Ok(());
    }
    let has_feed = !bitasset.current_feed.settlement_price.is_null();
    ensure!(
        has_feed || matches!(change, PositionChange::Close(_)),
        CallOrderUpdateRefusal::NoFeed { asset: bitasset.asset_id }
    );
    Ok(())
}

fn check_payer(operation: &CallOrderUpdate, ledger: &Ledger) -> Result<(), Rejected> {
    let account = operation.funding_account;
    let asked = asked::asset::DEBT_ASSET;
    check_authorized(ledger, account, operation.delta_debt.asset_id, asked)?;
    let asked = asked::asset::COLLATERAL_ASSET;
    check_authorized(ledger, account, operation.delta_collateral.asset_id, asked)
}

fn move_amounts(operation: &CallOrderUpdate, ledger: &mut Ledger) -> Result<(), Rejected> {
    let (debt, collateral) = (operation.delta_debt, operation.delta_collateral);
    if debt.amount != 0 {
        ledger.adjust_balance(operation.funding_account, debt)?;
        ledger.adjust_supply(debt)?;
    }
    if collateral.amount != 0 {
        ledger.adjust_balance(operation.funding_account, collateral.negated())?;
        if collateral.asset_id == CORE {
            adjust_core_in_orders(ledger, operation.funding_account, collateral.amount)?;
        }
    }
    Ok(())
}

fn open_position(operation: &CallOrderUpdate, ledger: &mut Ledger) -> CallOrderId {
    let (collateral, debt) = (operation.delta_collateral, operation.delta_debt);
    ledger.create(CallOrder {
        borrower: operation.funding_account,
        collateral: collateral.amount,
        debt: debt.amount,
        call_price: unit_price(collateral.asset_id, debt.asset_id),
        target_collateral_ratio: operation.extensions.target_collateral_ratio,
        ..CallOrder::default()
    })
}

/// Changes a position; true if it has more collateral per debt than before and no more debt.
fn change_position(
    operation: &CallOrderUpdate,
    ledger: &mut Ledger,
    id: CallOrderId,
) -> Result<bool, Rejected> {
    ledger.try_modify(id, |position| {
        let before = position.collateralization();
        position.collateral = position.collateral.plus(operation.delta_collateral.amount)?;
        position.debt = position.debt.plus(operation.delta_debt.amount)?;
        position.target_collateral_ratio = operation.extensions.target_collateral_ratio;
        Ok(operation.delta_debt.amount <= 0 && position.collateralization() > before)
    })
}

/// Moves the cap of the price where it follows the weakest position, and calls positions if it
/// moved.
fn follow_closed_position(
    ledger: &mut Ledger,
    bitasset: AssetBitassetDataId,
) -> Result<(), Rejected> {
    let data = ledger.get(bitasset)?;
    let (asset, before) = (data.asset_id, data.current_feed.settlement_price);
    if data.black_swan_response_method() != BlackSwanResponse::NoSettlement {
        return Ok(());
    }
    update_bitasset_current_feed(ledger, bitasset, true)?;
    let now = ledger.get(bitasset)?.current_feed.settlement_price;
    if !now.is_null() && now != before {
        check_call_orders(ledger, asset, BlackSwan::Allowed)?;
    }
    Ok(())
}

/// Calls positions after one was opened or changed, and refuses what the rules for collateral
/// ratios do not allow: whoever raises the ratio without more debt always may; else the position
/// must be above the initial ratio, or gone.
fn check_position(
    ledger: &mut Ledger,
    bitasset: AssetBitassetDataId,
    id: CallOrderId,
    is_raised: bool,
) -> Result<(), Rejected> {
    use CallOrderUpdateRefusal::*;
    let data = ledger.get(bitasset)?;
    let (asset, response) = (data.asset_id, data.black_swan_response_method());
    let collateralization = ledger.get(id)?.collateralization();
    ensure!(
        is_raised || collateralization >= data.median_feed.max_short_squeeze_price()?.inverted(),
        WouldBlackSwan { collateralization }
    );
    if response == BlackSwanResponse::NoSettlement {
        update_bitasset_current_feed(ledger, bitasset, true)?;
    }
    let called_some = check_call_orders(ledger, asset, BlackSwan::Refused)?;
    let initial = ledger.get(bitasset)?.current_initial_collateralization;
    let Some(position) = ledger.find(id) else {
        let what = "a position vanished and none was called";
        ensure!(called_some, LedgerRefusal::Contradiction { what });
        return Ok(());
    };
    let collateralization = position.collateralization();
    let asked = if called_some {
        asked::market::CALLED_AT_ONCE
    } else {
        asked::market::BELOW_INITIAL_RATIO
    };
    ensure!(
        is_raised || collateralization > initial,
        WouldBeCalled { collateralization, initial, asked }
    );
    Ok(())
}

impl Evaluate for CallOrderUpdate {
    type Plan = PositionChange;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<PositionChange, Rejected> {
        let asset = ledger.get(self.delta_debt.asset_id)?;
        if !asset.is_market_issued() {
            let (asset, symbol) = (asset.id, asset.symbol.clone());
            return Err(CallOrderUpdateRefusal::NotMarketIssued { asset, symbol }.into());
        }
        check_supply(self, ledger, asset)?;
        let bitasset = ledger.bitasset(asset)?;
        ensure!(
            !bitasset.is_globally_settled(),
            CallOrderUpdateRefusal::GloballySettled { asset: asset.id }
        );
        let backing = bitasset.options.short_backing_asset;
        let collateral = self.delta_collateral.asset_id;
        ensure!(
            collateral == backing,
            CallOrderUpdateRefusal::WrongCollateral { collateral, backing }
        );
        let change = check_amounts(self, ledger)?;
        check_feed(self, bitasset, change)?;
        check_payer(self, ledger)?;
        Ok(change)
    }

    fn apply(
        &self,
        change: PositionChange,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        move_amounts(self, ledger)?;
        let bitasset = ledger.bitasset(ledger.get(self.delta_debt.asset_id)?)?;
        let (bitasset, is_prediction_market) = (bitasset.id, bitasset.is_prediction_market);
        let (id, is_raised) = match change {
            PositionChange::Close(id) => {
                ledger.remove(id)?;
                follow_closed_position(ledger, bitasset)?;
                return Ok(OperationResult::Object(id.into()));
            }
            PositionChange::Open => (open_position(self, ledger), false),
            PositionChange::Change(id) => (id, change_position(self, ledger, id)?),
        };
        if !is_prediction_market {
            check_position(ledger, bitasset, id, is_raised)?;
        }
        Ok(OperationResult::Object(id.into()))
    }
}
