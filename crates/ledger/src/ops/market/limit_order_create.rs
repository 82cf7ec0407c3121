//! Limit order create: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::market::limit_order_create`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate, is_authorized_asset};
use crate::market::{DeferredFee, adjust_core_in_orders, apply_order, defer_fee};
use crate::ops::market::on_fill::{OnFillRefusal, check_fee_assets};
use crate::reference_words as asked;
use carbyne_objects::{AssetObject, LimitOrder};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::CORE;
use carbyne_protocol::ids::{AccountId, AssetId, LimitOrderId};
use carbyne_protocol::money::Price;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::market::limit_order_create::LimitOrderCreate;
use carbyne_wire::{JsonIn, TimePointSec, Value};

refusals! {
    /// Why a limit order is refused.
    pub enum LimitOrderCreateRefusal {
        /// An order that would be expired already.
        Expired { expiration: TimePointSec, now: TimePointSec }:
            "the order expires at {expiration}, now is {now}",
        /// The seller's asset lists markets, and this is none of them.
        MarketNotWhitelisted {
            sells: AssetId,
            receives: AssetId,
        } [LIMIT_ORDER_MARKET_NOT_WHITELISTED]:
            "{sells} lists the markets it may be sold in, that with {receives} is none",
        /// The seller's asset excludes this market.
        MarketBlacklisted { sells: AssetId, receives: AssetId } [LIMIT_ORDER_MARKET_BLACKLISTED]:
            "{sells} may not be sold for {receives}",
        /// The seller may not hold what is sold.
        SellingUnauthorized {
            account: AccountId,
            asset: AssetId,
        } [LIMIT_ORDER_SELLING_UNAUTHORIZED]:
            "{account} may not hold {asset}, which is sold",
        /// The seller may not hold what is bought.
        ReceivingUnauthorized {
            account: AccountId,
            asset: AssetId,
        } [LIMIT_ORDER_RECEIVING_UNAUTHORIZED]:
            "{account} may not hold {asset}, which is bought",
        /// The seller has less than is offered.
        InsufficientBalance {
            account: AccountId,
            has: i64,
            needs: i64,
        } [LIMIT_ORDER_INSUFFICIENT_BALANCE]:
            "{account} has {has}, not {needs}",
        /// The order was to be filled at once and was not.
        Unfilled { order: Value } [LIMIT_ORDER_KILL_UNFILLED]:
            "the order was to be filled at once, and cannot be",
    }
}

fn check_market(
    operation: &LimitOrderCreate,
    ledger: &Ledger,
    sold: &AssetObject,
) -> Result<(), Rejected> {
    let (sells, receives) = (operation.amount_to_sell.asset_id, operation.min_to_receive.asset_id);
    let (white, black) = (&sold.options.whitelist_markets, &sold.options.blacklist_markets);
    ensure!(
        white.is_empty() || white.contains(&receives),
        LimitOrderCreateRefusal::MarketNotWhitelisted { sells, receives }
    );
    ensure!(
        !black.contains(&receives),
        LimitOrderCreateRefusal::MarketBlacklisted { sells, receives }
    );
    let (seller, account) = (ledger.get(operation.seller)?, operation.seller);
    ensure!(
        is_authorized_asset(seller, sold),
        LimitOrderCreateRefusal::SellingUnauthorized { account, asset: sells }
    );
    ensure!(
        is_authorized_asset(seller, ledger.get(receives)?),
        LimitOrderCreateRefusal::ReceivingUnauthorized { account, asset: receives }
    );
    Ok(())
}

impl Evaluate for LimitOrderCreate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        if let Some(actions) = &self.extensions.on_fill {
            let asked = asked::market::CREATE_ACTIONS;
            let count = actions.len();
            ensure!(count == 1, OnFillRefusal::WrongNumberOfActions { count, asked });
            check_fee_assets(ledger, actions)?;
        }
        let (expiration, now) = (self.expiration, ledger.head_time()?);
        ensure!(expiration >= now, LimitOrderCreateRefusal::Expired { expiration, now });
        let sold = ledger.get(self.amount_to_sell.asset_id)?;
        ledger.get(self.min_to_receive.asset_id)?;
        check_market(self, ledger, sold)?;
        let (account, needs) = (self.seller, self.amount_to_sell.amount);
        let has = ledger.balance(account, sold.id);
        ensure!(has >= needs, LimitOrderCreateRefusal::InsufficientBalance { account, has, needs });
        Ok(())
    }

    fn pay_fee(&self, (): &mut (), ledger: &mut Ledger, context: &Context) -> Result<(), Rejected> {
        defer_fee(ledger, context)
    }

    fn apply(
        &self,
        (): (),
        ledger: &mut Ledger,
        context: &Context,
    ) -> Result<OperationResult, Rejected> {
        if self.amount_to_sell.asset_id == CORE {
            adjust_core_in_orders(ledger, self.seller, self.amount_to_sell.amount)?;
        }
        ledger.adjust_balance(self.seller, self.amount_to_sell.negated())?;
        let fee = DeferredFee::brought(context);
        let order: LimitOrderId = ledger.create(LimitOrder {
            expiration: self.expiration,
            seller: self.seller,
            for_sale: self.amount_to_sell.amount,
            sell_price: Price::of(self.amount_to_sell, self.min_to_receive)?,
            deferred_fee: fee.core,
            deferred_paid_fee: fee.paid,
            on_fill: self.extensions.on_fill.clone().unwrap_or_default(),
            ..LimitOrder::default()
        });
        let is_filled = apply_order(ledger, order)?;
        if self.fill_or_kill && !is_filled {
            let order = self.to_json_in(ledger.dialect);
            return Err(LimitOrderCreateRefusal::Unfilled { order }.into());
        }
        Ok(OperationResult::Object(order.into()))
    }
}
