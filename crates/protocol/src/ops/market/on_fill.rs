//! What a limit order does by itself when it is filled: place an order that takes the profit.
//!
//! Invariant: an action is validated wherever an operation carries it; the rules keep at most one
//! per order.

use crate::Rejected;
use crate::constants::PERCENT_100;
use crate::ids::AssetId;
use carbyne_wire::{Extensions, Wire};

refusals! {
    /// Why an automatic action is refused, whatever the state.
    pub enum OnFillRefusal {
        /// No difference between the prices.
        NoSpread: "the spread of the order that takes the profit is zero",
        /// A size of nothing.
        NoSize: "the order that takes the profit would sell nothing",
        /// More would be sold than was bought.
        SizeTooLarge { percent: u16 }:
            "{percent} basis points of what was bought are more than all of it",
        /// An order that would expire at once.
        NoLifetime: "the order that takes the profit would expire at once",
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

    /// Refuses what no state could make valid.
    pub fn validate(&self) -> Result<(), Rejected> {
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
