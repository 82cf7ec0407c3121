//! Limit order update: changes price, amount, expiration or automatic actions of a limit order.
//!
//! Signed by: the active authority of `seller`, who pays the fee. The fee takes the place of the
//! one the order had, which is given back, less a share of what a cancellation costs.

use crate::Rejected;
use crate::ids::{AccountId, LimitOrderId};
use crate::money::{Asset, Price};
use crate::ops::Stateless;
use crate::ops::market::on_fill::{LimitOrderAutoAction, validate_actions};
use carbyne_wire::{Extensions, FlatSet, TimePointSec, Wire};

refusals! {
    /// Why a change of a limit order is refused, whatever the state.
    pub enum LimitOrderUpdateRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// No change.
        NothingToUpdate: "the update changes nothing",
        /// A change of the amount by nothing.
        ZeroDelta: "the amount is changed by nothing",
    }
}

/// Changes a limit order.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct LimitOrderUpdate {
    /// Fee, paid by `seller`.
    pub fee: Asset,
    /// Who sells.
    pub seller: AccountId,
    /// The order.
    pub order: LimitOrderId,
    /// The price from now on.
    pub new_price: Option<Price>,
    /// How much more is offered, or less if negative.
    pub delta_amount_to_sell: Option<Asset>,
    /// When the order expires from now on.
    pub new_expiration: Option<TimePointSec>,
    /// What the order does by itself when it is filled; an empty list takes the action away.
    pub on_fill: Option<Vec<LimitOrderAutoAction>>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a change, in smallest units of the core asset.
    pub struct LimitOrderUpdateFee {
        /// Per change.
        fee: u64 = 37_500,
    }
}

impl Stateless for LimitOrderUpdate {
    const NAME: &'static str = "limit_order_update";
    type Fee = LimitOrderUpdateFee;

    paid_by!(seller);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        use LimitOrderUpdateRefusal::*;
        ensure!(self.fee.amount >= 0, NegativeFee { fee: self.fee.amount });
        let changes = self.new_price.is_some()
            || self.delta_amount_to_sell.is_some()
            || self.new_expiration.is_some()
            || self.on_fill.is_some();
        ensure!(changes, NothingToUpdate);
        self.new_price.map_or(Ok(()), Price::validate)?;
        ensure!(self.delta_amount_to_sell.is_none_or(|delta| delta.amount != 0), ZeroDelta);
        validate_actions(self.on_fill.as_deref())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.seller);
    }
}
