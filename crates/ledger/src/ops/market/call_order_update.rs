//! Call order update: borrows or pays back a SmartCoin, adds or takes collateral.
//!
//! Signed by: the active authority of `funding_account`, who pays the fee.

use crate::constants::CORE;
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::feeds::update_bitasset_current_feed;
use crate::ids::{AccountId, AssetBitassetDataId, AssetId, CallOrderId};
use crate::ledger::LedgerRefusal;
use crate::market::{BlackSwan, adjust_core_in_orders, check_call_orders, unit_price};
use crate::money::{Asset, Price, Shares};
use crate::objects::{AssetBitassetData, AssetObject, BlackSwanResponse, CallOrder};
use crate::ops::{OperationResult, Stateless};
use crate::reference_words::{self as asked, Asked};
use crate::{Ledger, Rejected};
use carbyne_wire::{FlatSet, Text, Wire};

refusals! {
    /// Why a change of a debt position is refused.
    pub enum CallOrderUpdateRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// An asset that backs itself.
        SameAsset { asset: AssetId }: "{asset} cannot be collateral for itself",
        /// No change.
        NothingToUpdate: "neither collateral nor debt changes",
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

/// What a debt position may ask for beside its amounts.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(extension)]
pub struct CallOrderOptions {
    /// On a margin call, sell only until this collateral ratio (in 1/1000) is reached.
    pub target_collateral_ratio: Option<u16>,
}

/// Changes a debt position.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CallOrderUpdate {
    /// Fee, paid by `funding_account`.
    pub fee: Asset,
    /// Whose position.
    pub funding_account: AccountId,
    /// Collateral added, or taken if negative.
    pub delta_collateral: Asset,
    /// Debt added, or paid back if negative.
    pub delta_debt: Asset,
    /// Options added later.
    pub extensions: CallOrderOptions,
}

fee_parameters! {
    /// Fee of a change, in smallest units of the core asset.
    pub struct CallOrderUpdateFee {
        /// Per change.
        fee: u64 = 2_000_000,
    }
}

impl Stateless for CallOrderUpdate {
    const NAME: &'static str = "call_order_update";
    type Fee = CallOrderUpdateFee;

    paid_by!(funding_account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        use CallOrderUpdateRefusal::*;
        let (collateral, debt) = (self.delta_collateral, self.delta_debt);
        ensure!(self.fee.amount >= 0, NegativeFee { fee: self.fee.amount });
        ensure!(collateral.asset_id != debt.asset_id, SameAsset { asset: debt.asset_id });
        ensure!(collateral.amount != 0 || debt.amount != 0, NothingToUpdate);
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.funding_account);
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

impl CallOrderUpdate {
    fn check_supply(&self, ledger: &Ledger, asset: &AssetObject) -> Result<(), Rejected> {
        let delta = self.delta_debt.amount;
        ensure!(
            delta <= 0 || asset.can_create_new_supply(),
            CallOrderUpdateRefusal::NoNewSupply { asset: asset.id }
        );
        let supply = ledger.get(asset.dynamic_asset_data_id)?.current_supply.plus(delta)?;
        let max_supply = asset.options.max_supply;
        ensure!(
            supply <= max_supply,
            CallOrderUpdateRefusal::AboveMaxSupply { supply, max_supply }
        );
        ensure!(supply >= 0, CallOrderUpdateRefusal::BelowZero { supply });
        Ok(())
    }

    fn check_amounts(&self, ledger: &Ledger) -> Result<PositionChange, Rejected> {
        use CallOrderUpdateRefusal::*;
        let (collateral, debt) = (self.delta_collateral.amount, self.delta_debt.amount);
        let index = ledger.tables.call_orders.index();
        let Some(id) = index.find(self.funding_account, self.delta_debt.asset_id) else {
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
        &self,
        bitasset: &AssetBitassetData,
        change: PositionChange,
    ) -> Result<(), Rejected> {
        let (collateral, debt) = (self.delta_collateral.amount, self.delta_debt.amount);
        if bitasset.is_prediction_market {
            ensure!(
                collateral == debt,
                CallOrderUpdateRefusal::UnequalPrediction { collateral, debt }
            );
            return Ok(());
        }
        let has_feed = !bitasset.current_feed.settlement_price.is_null();
        ensure!(
            has_feed || matches!(change, PositionChange::Close(_)),
            CallOrderUpdateRefusal::NoFeed { asset: bitasset.asset_id }
        );
        Ok(())
    }

    fn check_payer(&self, ledger: &Ledger) -> Result<(), Rejected> {
        let account = self.funding_account;
        let asked = asked::asset::DEBT_ASSET;
        check_authorized(ledger, account, self.delta_debt.asset_id, asked)?;
        let asked = asked::asset::COLLATERAL_ASSET;
        check_authorized(ledger, account, self.delta_collateral.asset_id, asked)
    }

    fn move_amounts(&self, ledger: &mut Ledger) -> Result<(), Rejected> {
        let (debt, collateral) = (self.delta_debt, self.delta_collateral);
        if debt.amount != 0 {
            ledger.adjust_balance(self.funding_account, debt)?;
            ledger.adjust_supply(debt)?;
        }
        if collateral.amount != 0 {
            ledger.adjust_balance(self.funding_account, collateral.negated())?;
            if collateral.asset_id == CORE {
                adjust_core_in_orders(ledger, self.funding_account, collateral.amount)?;
            }
        }
        Ok(())
    }

    fn open(&self, ledger: &mut Ledger) -> CallOrderId {
        let (collateral, debt) = (self.delta_collateral, self.delta_debt);
        ledger.create(CallOrder {
            borrower: self.funding_account,
            collateral: collateral.amount,
            debt: debt.amount,
            call_price: unit_price(collateral.asset_id, debt.asset_id),
            target_collateral_ratio: self.extensions.target_collateral_ratio,
            ..CallOrder::default()
        })
    }

    /// Changes a position; true if it has more collateral per debt than before and no more debt.
    fn change(&self, ledger: &mut Ledger, id: CallOrderId) -> Result<bool, Rejected> {
        ledger.try_modify(id, |position| {
            let before = position.collateralization();
            position.collateral = position.collateral.plus(self.delta_collateral.amount)?;
            position.debt = position.debt.plus(self.delta_debt.amount)?;
            position.target_collateral_ratio = self.extensions.target_collateral_ratio;
            Ok(self.delta_debt.amount <= 0 && position.collateralization() > before)
        })
    }
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
        self.check_supply(ledger, asset)?;
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
        let change = self.check_amounts(ledger)?;
        self.check_feed(bitasset, change)?;
        self.check_payer(ledger)?;
        Ok(change)
    }

    fn apply(
        &self,
        change: PositionChange,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        self.move_amounts(ledger)?;
        let bitasset = ledger.bitasset(ledger.get(self.delta_debt.asset_id)?)?;
        let (bitasset, is_prediction_market) = (bitasset.id, bitasset.is_prediction_market);
        let (id, is_raised) = match change {
            PositionChange::Close(id) => {
                ledger.remove(id)?;
                follow_closed_position(ledger, bitasset)?;
                return Ok(OperationResult::Object(id.into()));
            }
            PositionChange::Open => (self.open(ledger), false),
            PositionChange::Change(id) => (id, self.change(ledger, id)?),
        };
        if !is_prediction_market {
            check_position(ledger, bitasset, id, is_raised)?;
        }
        Ok(OperationResult::Object(id.into()))
    }
}
