//! Fill order: the record of one side of a match, made by the chain for history. Nobody can send
//! it.

use crate::Rejected;
use crate::ids::AccountId;
use crate::money::{Asset, Price};
use crate::ops::Stateless;
use carbyne_wire::{FlatSet, ObjectId, Wire};

refusals! {
    /// Why a fill is refused.
    pub enum FillOrderRefusal {
        /// Only the chain makes fills.
        Virtual: "only the chain makes this operation",
    }
}

/// One side of a match.
#[derive(Clone, Debug, PartialEq, Wire)]
pub struct FillOrder {
    /// Fee, paid by `account_id` from what it receives.
    pub fee: Asset,
    /// The limit order, debt position or settlement that was filled, wholly or in part.
    pub order_id: ObjectId,
    /// Whose order.
    pub account_id: AccountId,
    /// What it gave.
    pub pays: Asset,
    /// What it got, the fee included.
    pub receives: Asset,
    /// At what price.
    pub fill_price: Price,
    /// Whether the order was on the book before the other one.
    pub is_maker: bool,
}

impl Default for FillOrder {
    fn default() -> Self {
        Self {
            fee: Asset::default(),
            order_id: ObjectId::default(),
            account_id: AccountId::default(),
            pays: Asset::default(),
            receives: Asset::default(),
            fill_price: Price::default(),
            is_maker: true,
        }
    }
}

fee_parameters! {
    /// A fill costs no fee of its own.
    pub struct FillOrderFee {}
}

impl Stateless for FillOrder {
    const NAME: &'static str = "fill_order";
    type Fee = FillOrderFee;

    paid_by!(account_id);
    flat_fee!(0);

    fn validate(&self) -> Result<(), Rejected> {
        Err(FillOrderRefusal::Virtual.into())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account_id);
    }
}
