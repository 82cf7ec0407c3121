//! What a limit order does by itself when it is filled: place an order that takes the profit.
//!
//! Invariant: an action is validated wherever an operation carries it; the rules keep at most one
//! per order.

use crate::constants::PERCENT_100;
use crate::ids::AssetId;
use crate::{Ledger, Rejected};
use carbyne_wire::{Extensions, Wire};

refusals! {
    /// Why an automatic action is refused.
    pub enum OnFillRefusal {
        /// No difference between the prices.
        NoSpread: "The spread percentage must be positive",
        /// A size of nothing.
        NoSize: "The size percentage must be positive",
        /// More would be sold than was bought.
        SizeTooLarge { percent: u16 }: "The size percentage must not exceed 100%, it is {percent}",
        /// An order that would expire at once.
        NoLifetime: "The expiration seconds must be positive",
        /// More actions than the chain can handle.
        WrongNumberOfActions { count: usize, words: &'static str }: "{words}",
        /// The fee asset is not there.
        UnknownFeeAsset { asset: AssetId }:
            "d.find( take_profit_action.fee_asset_id ): Fee asset does not exist",
    }
}

/// Places an order in the opposite direction, at a better price, for what a fill brought.
#[derive(Clone, Debug, PartialEq, Wire)]
pub struct CreateTakeProfitOrder {
    /// Asset that pays the fee of the new order.
    pub fee_asset_id: AssetId,
    /// How much better the price is, in basis points.
    pub spread_percent: u16,
    /// How much of what was received is sold again, in basis points.
    pub size_percent: u16,
    /// Lifetime of the new order, in seconds.
    pub expiration_seconds: u32,
    /// Whether the new order does the same when it is filled.
    pub repeat: bool,
    /// No extension is defined.
    pub extensions: Extensions,
}

impl Default for CreateTakeProfitOrder {
    fn default() -> Self {
        Self {
            fee_asset_id: AssetId::default(),
            spread_percent: 0,
            size_percent: PERCENT_100,
            expiration_seconds: 0,
            repeat: false,
            extensions: Extensions::default(),
        }
    }
}

/// An automatic action of a limit order (reference: `limit_order_auto_action`).
#[derive(Clone, Debug, PartialEq, Wire)]
pub enum LimitOrderAutoAction {
    /// Takes the profit.
    CreateTakeProfitOrder(CreateTakeProfitOrder),
}

impl Default for LimitOrderAutoAction {
    fn default() -> Self {
        Self::CreateTakeProfitOrder(CreateTakeProfitOrder::default())
    }
}

impl LimitOrderAutoAction {
    /// The action that takes the profit.
    pub fn take_profit(&self) -> &CreateTakeProfitOrder {
        let Self::CreateTakeProfitOrder(action) = self;
        action
    }

    fn validate(&self) -> Result<(), Rejected> {
        let action = self.take_profit();
        ensure!(action.spread_percent > 0, OnFillRefusal::NoSpread);
        ensure!(action.size_percent > 0, OnFillRefusal::NoSize);
        ensure!(
            action.size_percent <= PERCENT_100,
            OnFillRefusal::SizeTooLarge { percent: action.size_percent }
        );
        ensure!(action.expiration_seconds > 0, OnFillRefusal::NoLifetime);
        Ok(())
    }
}

/// Refuses actions that no state could make valid; an empty list is fine.
pub(super) fn validate_actions(actions: Option<&[LimitOrderAutoAction]>) -> Result<(), Rejected> {
    actions.unwrap_or_default().iter().try_for_each(LimitOrderAutoAction::validate)
}

/// Refuses actions whose fee asset does not exist.
pub(super) fn check_fee_assets(
    ledger: &Ledger,
    actions: &[LimitOrderAutoAction],
) -> Result<(), Rejected> {
    for action in actions {
        let asset = action.take_profit().fee_asset_id;
        ensure!(ledger.find(asset).is_some(), OnFillRefusal::UnknownFeeAsset { asset });
    }
    Ok(())
}
