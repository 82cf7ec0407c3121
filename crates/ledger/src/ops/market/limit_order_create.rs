//! Limit order create: offers an amount of one asset for another at a price or better.
//!
//! Signed by: the active authority of `seller`, who pays the fee. The fee stays with the order
//! until it is filled or cancelled.

use crate::constants::CORE;
use crate::evaluate::{Context, Evaluate, is_authorized_asset};
use crate::ids::{AccountId, AssetId, LimitOrderId};
use crate::market::{DeferredFee, adjust_core_in_orders, apply_order, defer_fee};
use crate::money::{Asset, Price};
use crate::objects::{AssetObject, LimitOrder};
use crate::ops::market::on_fill::{
    LimitOrderAutoAction, OnFillRefusal, check_fee_assets, validate_actions,
};
use crate::ops::{OperationResult, Stateless};
use crate::reference_words as asked;
use crate::{Ledger, Rejected};
use carbyne_wire::{FlatSet, Json, TimePointSec, Value, Wire};

refusals! {
    /// Why a limit order is refused.
    pub enum LimitOrderCreateRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// An asset offered for itself.
        SameAsset { asset: AssetId }: "{asset} cannot be traded for itself",
        /// Nothing, or less, is offered.
        NothingToSell { amount: i64 }: "the amount to sell {amount} is not positive",
        /// Nothing, or less, is asked for.
        NothingToReceive { amount: i64 }: "the amount to receive {amount} is not positive",
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

impl LimitOrderCreate {
    fn check_market(&self, ledger: &Ledger, sold: &AssetObject) -> Result<(), Rejected> {
        let (sells, receives) = (self.amount_to_sell.asset_id, self.min_to_receive.asset_id);
        let (white, black) = (&sold.options.whitelist_markets, &sold.options.blacklist_markets);
        ensure!(
            white.is_empty() || white.contains(&receives),
            LimitOrderCreateRefusal::MarketNotWhitelisted { sells, receives }
        );
        ensure!(
            !black.contains(&receives),
            LimitOrderCreateRefusal::MarketBlacklisted { sells, receives }
        );
        let (seller, account) = (ledger.get(self.seller)?, self.seller);
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
        self.check_market(ledger, sold)?;
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
            return Err(LimitOrderCreateRefusal::Unfilled { order: self.to_json() }.into());
        }
        Ok(OperationResult::Object(order.into()))
    }
}
