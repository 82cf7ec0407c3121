//! Limit order cancel: takes a limit order from the market and gives its seller back what is left
//! of it.
//!
//! Signed by: the active authority of `fee_paying_account`, who must be the seller and pays the
//! fee. The fee that came with the order is given back. The chain itself sends this operation when
//! an order expires or becomes too small.

use crate::Rejected;
use crate::ids::{AccountId, LimitOrderId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

refusals! {
    /// Why a cancellation is refused, whatever the state.
    pub enum LimitOrderCancelRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
    }
}

/// Takes a limit order from the market.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct LimitOrderCancel {
    /// Fee, paid by `fee_paying_account`.
    pub fee: Asset,
    /// The order's seller.
    pub fee_paying_account: AccountId,
    /// The order.
    pub order: LimitOrderId,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a cancellation, in smallest units of the core asset.
    pub struct LimitOrderCancelFee {
        /// Per order.
        fee: u64 = 0,
    }
}

impl Stateless for LimitOrderCancel {
    const NAME: &'static str = "limit_order_cancel";
    type Fee = LimitOrderCancelFee;

    paid_by!(fee_paying_account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        ensure!(
            self.fee.amount >= 0,
            LimitOrderCancelRefusal::NegativeFee { fee: self.fee.amount }
        );
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.fee_paying_account);
    }
}
