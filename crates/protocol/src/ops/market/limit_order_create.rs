//! Limit order create: offers an amount of one asset for another at a price or better.
//!
//! Signed by: the active authority of `seller`, who pays the fee. The fee stays with the order
//! until it is filled or cancelled.

use crate::Rejected;
use crate::ids::{AccountId, AssetId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::ops::market::on_fill::{LimitOrderAutoAction, validate_actions};
use carbyne_wire::{FlatSet, TimePointSec, Wire};

refusals! {
    /// Why a limit order is refused, whatever the state.
    pub enum LimitOrderCreateRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// An asset offered for itself.
        SameAsset { asset: AssetId }: "{asset} cannot be traded for itself",
        /// Nothing, or less, is offered.
        NothingToSell { amount: i64 }: "the amount to sell {amount} is not positive",
        /// Nothing, or less, is asked for.
        NothingToReceive { amount: i64 }: "the amount to receive {amount} is not positive",
    }
}

/// What a limit order may ask for beside its price.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(extension)]
pub struct LimitOrderOptions {
    /// What the order does by itself when it is filled, wholly or in part.
    pub on_fill: Option<Vec<LimitOrderAutoAction>>,
}

/// Offers an amount of one asset for another.
#[derive(Clone, Debug, PartialEq, Wire)]
pub struct LimitOrderCreate {
    /// Fee, paid by `seller`.
    pub fee: Asset,
    /// Who sells.
    pub seller: AccountId,
    /// What is offered.
    pub amount_to_sell: Asset,
    /// What is asked for all of it, at least.
    pub min_to_receive: Asset,
    /// When the order is cancelled if it is not filled.
    pub expiration: TimePointSec,
    /// Whether it is refused unless it is filled at once.
    pub fill_or_kill: bool,
    /// Options added later.
    pub extensions: LimitOrderOptions,
}

impl Default for LimitOrderCreate {
    fn default() -> Self {
        Self {
            fee: Asset::default(),
            seller: AccountId::default(),
            amount_to_sell: Asset::default(),
            min_to_receive: Asset::default(),
            expiration: TimePointSec::MAX,
            fill_or_kill: false,
            extensions: LimitOrderOptions::default(),
        }
    }
}

fee_parameters! {
    /// Fee of a limit order, in smallest units of the core asset.
    pub struct LimitOrderCreateFee {
        /// Per order.
        fee: u64 = 500_000,
    }
}

impl Stateless for LimitOrderCreate {
    const NAME: &'static str = "limit_order_create";
    type Fee = LimitOrderCreateFee;

    paid_by!(seller);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        use LimitOrderCreateRefusal::*;
        let (sell, receive) = (self.amount_to_sell, self.min_to_receive);
        ensure!(sell.asset_id != receive.asset_id, SameAsset { asset: sell.asset_id });
        ensure!(self.fee.amount >= 0, NegativeFee { fee: self.fee.amount });
        ensure!(sell.amount > 0, NothingToSell { amount: sell.amount });
        ensure!(receive.amount > 0, NothingToReceive { amount: receive.amount });
        validate_actions(self.extensions.on_fill.as_deref())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.seller);
    }
}
