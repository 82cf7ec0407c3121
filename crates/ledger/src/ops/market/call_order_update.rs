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
        NotMarketIssued { asset: AssetId, symbol: Text }:
            "_debt_asset->is_market_issued(): \
             Unable to cover {symbol} as it is not a collateralized asset.",
        /// The issuer stopped new supply.
        NoNewSupply { asset: AssetId }:
            "o.delta_debt.amount <= 0 || _debt_asset->can_create_new_supply(): \
             Can not create new supply",
        /// More debt than may exist.
        AboveMaxSupply { supply: i64, max_supply: i64 }:
            "_dynamic_data_obj->current_supply + o.delta_debt.amount <= \
             _debt_asset->options.max_supply: Borrowing this quantity would exceed MAX_SUPPLY",
        /// More would be paid back than exists.
        BelowZero { supply: i64 }:
            "_dynamic_data_obj->current_supply + o.delta_debt.amount >= 0: \
             This transaction would bring current supply below zero.",
        /// Settled assets have no positions.
        GloballySettled { asset: AssetId }:
            "!_bitasset_data->is_globally_settled(): \
             Cannot update debt position when the asset has been globally settled",
        /// Collateral of another asset than the one that backs the debt.
        WrongCollateral { collateral: AssetId, backing: AssetId }:
            "o.delta_collateral.asset_id == _bitasset_data->options.short_backing_asset: \
             Collateral asset type should be same as backing asset of debt asset",
        /// A position without debt that keeps collateral.
        CollateralLeft { collateral: i64 }:
            "new_collateral == 0: Should claim all collateral when closing debt position",
        /// A position that would have debt and no collateral, or less than nothing.
        NotPositive { collateral: i64, debt: i64 }:
            "new_collateral > 0 && new_debt > 0: Both collateral and debt should be positive after \
             updated a debt position if not to close it",
        /// A new position without collateral or without debt.
        NewNotPositive { amount: i64, side: &'static str }:
            "o.delta_{side}.amount > 0: Delta {side} amount of new debt position should be \
            positive",
        /// In a prediction market one unit backs one unit.
        UnequalPrediction { collateral: i64, debt: i64 }:
            "o.delta_collateral.amount == o.delta_debt.amount: Debt amount and collateral amount \
             should be same when updating debt position in a prediction market",
        /// No price.
        NoFeed { asset: AssetId } [INSUFFICIENT_FEEDS]:
            "Cannot borrow asset with no price feed.",
        /// A position that could not pay.
        WouldBlackSwan { collateralization: Price }:
            "increasing_cr || \
             call_collateralization >= ~( _bitasset_data->median_feed.max_short_squeeze_price() ): \
             Could not create a debt position which would trigger a blackswan event instantly, \
             unless it is to increase collateral ratio of an existing debt position and is not \
             increasing its debt amount",
        /// A position that is called at once and goes on.
        WouldBeCalled { collateralization: Price, initial: Price, words: &'static str }: "{words}",
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

/// What is said of a position that was called and is not above the initial ratio.
const CALLED_IN_PART: &str = "!call_ptr || increasing_cr || \
    call_ptr->collateralization() > _bitasset_data->current_initial_collateralization: \
    Could not create a debt position which would trigger a margin call instantly, unless the debt \
    position is fully filled, or it is to increase collateral ratio of an existing debt position \
    and is not increasing its debt amount, or the remaining debt position's collateral ratio is \
    above required initial collateral ratio (ICR)";
/// What is said of a position that nobody called and that is not above the initial ratio.
const CALLED_LATER: &str = "ok: Can only increase collateral ratio without increasing debt when \
    the debt position's collateral ratio is lower than or equal to required initial collateral \
    ratio (ICR), if not to trigger a margin call immediately";

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
        let words = "is_authorized_asset( d, *fee_paying_account, *_debt_asset ): \
                     The account is not allowed to transact the debt asset";
        check_authorized(ledger, account, self.delta_debt.asset_id, words)?;
        let words = "is_authorized_asset( d, *fee_paying_account, \
                     _bitasset_data->options.short_backing_asset(d) ): \
                     The account is not allowed to transact the collateral asset";
        check_authorized(ledger, account, self.delta_collateral.asset_id, words)
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
    let words = if called_some { CALLED_IN_PART } else { CALLED_LATER };
    ensure!(
        is_raised || collateralization > initial,
        WouldBeCalled { collateralization, initial, words }
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
