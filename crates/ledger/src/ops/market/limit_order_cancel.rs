//! Limit order cancel: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::market::limit_order_cancel`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use crate::market::{Cancellation, cancel_limit_order};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, LimitOrderId};
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::market::limit_order_cancel::LimitOrderCancel;

refusals! {
    /// Why a cancellation is refused.
    pub enum LimitOrderCancelRefusal {
        /// No such order.
        UnknownOrder { order: LimitOrderId } [LIMIT_ORDER_CANCEL_NONEXIST]:
            "there is no order {order}",
        /// Another account's order.
        NotTheSeller {
            order: LimitOrderId,
            account: AccountId,
        } [LIMIT_ORDER_CANCEL_OWNER_MISMATCH]:
            "{order} is not an order of {account}",
    }
}

impl Evaluate for LimitOrderCancel {
    /// What the seller gets back.
    type Plan = Asset;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Asset, Rejected> {
        let (order, account) = (self.order, self.fee_paying_account);
        let found = ledger.find(order).ok_or(LimitOrderCancelRefusal::UnknownOrder { order })?;
        ensure!(found.seller == account, LimitOrderCancelRefusal::NotTheSeller { order, account });
        Ok(found.amount_for_sale())
    }

    fn apply(
        &self,
        refunded: Asset,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        cancel_limit_order(ledger, self.order, Cancellation::Asked)?;
        Ok(OperationResult::Amount(refunded))
    }
}
