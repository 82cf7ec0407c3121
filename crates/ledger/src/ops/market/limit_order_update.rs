//! Limit order update: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::market::limit_order_update`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate, Mode, is_authorized_asset};
use crate::market::{
    DeferredFee, adjust_core_in_orders, apply_order, defer_fee, refund_deferred_fee,
    take_cancel_fee,
};
use crate::ops::market::on_fill::{OnFillRefusal, check_fee_assets};
use crate::reference_words as asked;
use carbyne_objects::LimitOrder;
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::CORE;
use carbyne_protocol::ids::{AccountId, AssetId, LimitOrderId};
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::market::limit_order_cancel::LimitOrderCancel;
use carbyne_protocol::ops::market::limit_order_create::LimitOrderCreate;
use carbyne_protocol::ops::market::limit_order_update::LimitOrderUpdate;
use carbyne_protocol::ops::market::on_fill::LimitOrderAutoAction;
use carbyne_protocol::proportion::proportion;
use carbyne_wire::TimePointSec;

refusals! {
    /// Why a change of a limit order is refused.
    pub enum LimitOrderUpdateRefusal {
        /// No such order.
        UnknownOrder { order: LimitOrderId } [LIMIT_ORDER_UPDATE_NONEXIST]:
            "there is no order {order}",
        /// Another account's order.
        NotTheSeller {
            order: LimitOrderId,
            account: AccountId,
        } [LIMIT_ORDER_UPDATE_OWNER_MISMATCH]:
            "{order} is not an order of {account}",
        /// A price of other assets.
        IncompatiblePrice { order: LimitOrderId, base: AssetId, quote: AssetId }:
            "{order} is of other assets than the price of {base} in {quote}",
        /// A price that is written with more than there is to sell.
        PriceTooLarge { base: i64, most: i64 }:
            "the price is written with {base}, there are {most} to sell",
        /// An amount of another asset.
        IncompatibleAsset { order: LimitOrderId, asset: AssetId }: "{order} does not sell {asset}",
        /// All would be taken out, or more.
        TakesAll { order: LimitOrderId, for_sale: i64, delta: i64 }:
            "{order} has {for_sale} for sale: a change by {delta} leaves nothing",
        /// What would be left gets nothing.
        TooSmall { order: LimitOrderId }: "what would be left of {order} gets nothing",
        /// An order that would be expired already.
        Expired { expiration: TimePointSec, now: TimePointSec }:
            "the order would expire at {expiration}, now is {now}",
        /// The sold asset lists markets, and this is none of them.
        MarketNotWhitelisted { sells: AssetId, receives: AssetId }:
            "{sells} lists the markets it may be sold in, that with {receives} is none",
        /// The sold asset excludes this market.
        MarketBlacklisted { sells: AssetId, receives: AssetId }:
            "{sells} may not be sold for {receives}",
        /// The seller may not hold an asset.
        Unauthorized { account: AccountId, asset: AssetId, role: &'static str, verb: &'static str }:
            "{account} may not hold {asset}",
    }
}

fn check_actions(operation: &LimitOrderUpdate, ledger: &Ledger) -> Result<(), Rejected> {
    let actions = operation.on_fill.as_deref().unwrap_or_default();
    let asked = asked::market::UPDATE_ACTIONS;
    let count = actions.len();
    ensure!(count <= 1, OnFillRefusal::WrongNumberOfActions { count, asked });
    check_fee_assets(ledger, actions)
}

fn check_price(operation: &LimitOrderUpdate, order: &LimitOrder) -> Result<(), Rejected> {
    let Some(price) = operation.new_price else { return Ok(()) };
    let (base, quote) = (price.base.asset_id, price.quote.asset_id);
    ensure!(
        (base, quote) == (order.sell_asset_id(), order.receive_asset_id()),
        LimitOrderUpdateRefusal::IncompatiblePrice { order: order.id, base, quote }
    );
    let delta = operation.delta_amount_to_sell.map_or(0, |delta| delta.amount);
    let most = order.for_sale.max(order.sell_price.base.amount).plus(delta)?;
    let base = price.base.amount;
    ensure!(base <= most, LimitOrderUpdateRefusal::PriceTooLarge { base, most });
    Ok(())
}

fn check_amount(operation: &LimitOrderUpdate, order: &LimitOrder) -> Result<(), Rejected> {
    let (id, for_sale) = (order.id, order.for_sale);
    let delta = operation.delta_amount_to_sell.unwrap_or(Asset::new(0, order.sell_asset_id()));
    ensure!(
        delta.asset_id == order.sell_asset_id(),
        LimitOrderUpdateRefusal::IncompatibleAsset { order: id, asset: delta.asset_id }
    );
    let delta = delta.amount;
    ensure!(
        delta >= 0 || for_sale > 0_i64.minus(delta)?,
        LimitOrderUpdateRefusal::TakesAll { order: id, for_sale, delta }
    );
    if operation.new_price.is_some() || delta < 0 {
        let amount = Asset::new(for_sale.plus(delta)?, order.sell_asset_id());
        let receives = amount.times(operation.new_price.unwrap_or(order.sell_price))?;
        ensure!(receives.amount > 0, LimitOrderUpdateRefusal::TooSmall { order: id });
    }
    Ok(())
}

fn check_market(
    operation: &LimitOrderUpdate,
    ledger: &Ledger,
    order: &LimitOrder,
) -> Result<(), Rejected> {
    let (sells, receives) = (order.sell_asset_id(), order.receive_asset_id());
    let (sold, account) = (ledger.get(sells)?, ledger.get(operation.seller)?);
    let (white, black) = (&sold.options.whitelist_markets, &sold.options.blacklist_markets);
    ensure!(
        white.is_empty() || white.contains(&receives),
        LimitOrderUpdateRefusal::MarketNotWhitelisted { sells, receives }
    );
    ensure!(
        !black.contains(&receives),
        LimitOrderUpdateRefusal::MarketBlacklisted { sells, receives }
    );
    let received = ledger.get(receives)?;
    for (asset, role, verb) in [(sold, "sell", "selling"), (received, "receive", "receiving")] {
        let (id, seller) = (asset.id, account.id);
        ensure!(
            is_authorized_asset(account, asset),
            LimitOrderUpdateRefusal::Unauthorized { account: seller, asset: id, role, verb }
        );
    }
    Ok(())
}

/// Gives the fee back that waited with the order, less a share of the cost of a cancellation:
/// as much as a change costs in comparison to a new order.
fn release_fee(ledger: &mut Ledger, mut deferred: DeferredFee) -> Result<(), Rejected> {
    if deferred.core <= 0 {
        return Ok(());
    }
    let schedule = &ledger.parameters()?.current_fees;
    let mut cost = schedule.calculate_fee(&LimitOrderCancel::default().into())? as u128;
    let create = schedule.calculate_fee(&LimitOrderCreate::default().into())?;
    if cost > 0 && create > 0 {
        let update = schedule.calculate_fee(&LimitOrderUpdate::default().into())?;
        cost = proportion(cost, update as u128, create as u128);
    }
    let cost = cost.min(deferred.core as u128) as i64;
    take_cancel_fee(ledger, &mut deferred, cost)?;
    refund_deferred_fee(ledger, &deferred)
}

/// Whether the order linked to this one still takes its profit, or this one that of the other,
/// after the change.
fn keeps_link(operation: &LimitOrderUpdate, order: &LimitOrder, mode: Mode) -> bool {
    let changes_price = operation.new_price.is_some_and(|price| price != order.sell_price);
    if changes_price && mode != Mode::OnFill {
        return false;
    }
    let Some(actions) = &operation.on_fill else { return true };
    match (order.take_profit_action(), actions.first().map(LimitOrderAutoAction::take_profit)) {
        (None, None) => true,
        (Some(old), Some(new)) => {
            old.spread_percent == new.spread_percent && old.repeat == new.repeat
        }
        _ => false,
    }
}

impl Evaluate for LimitOrderUpdate {
    /// The order linked to this one, if the change parts them.
    type Plan = Option<LimitOrderId>;

    fn check(&self, ledger: &Ledger, context: &Context) -> Result<Self::Plan, Rejected> {
        check_actions(self, ledger)?;
        let (id, account) = (self.order, self.seller);
        let order = ledger.find(id).ok_or(LimitOrderUpdateRefusal::UnknownOrder { order: id })?;
        ensure!(
            order.seller == account,
            LimitOrderUpdateRefusal::NotTheSeller { order: id, account }
        );
        check_price(self, order)?;
        check_amount(self, order)?;
        if let Some(expiration) = self.new_expiration {
            let now = ledger.head_time()?;
            ensure!(expiration >= now, LimitOrderUpdateRefusal::Expired { expiration, now });
        }
        check_market(self, ledger, order)?;
        let keeps_link = keeps_link(self, order, context.mode);
        Ok(order.take_profit_order_id.filter(|_| !keeps_link))
    }

    fn pay_fee(
        &self,
        _: &mut Self::Plan,
        ledger: &mut Ledger,
        context: &Context,
    ) -> Result<(), Rejected> {
        defer_fee(ledger, context)
    }

    fn apply(
        &self,
        parted: Self::Plan,
        ledger: &mut Ledger,
        context: &Context,
    ) -> Result<OperationResult, Rejected> {
        if let Some(delta) = self.delta_amount_to_sell {
            ledger.adjust_balance(self.seller, delta.negated())?;
            if delta.asset_id == CORE {
                adjust_core_in_orders(ledger, self.seller, delta.amount)?;
            }
        }
        let deferred = DeferredFee::of(ledger.get(self.order)?);
        release_fee(ledger, deferred)?;
        if let Some(linked) = parted {
            ledger.modify(linked, |order| order.take_profit_order_id = None)?;
        }
        let fee = DeferredFee::brought(context);
        ledger.try_modify(self.order, |order| {
            order.sell_price = self.new_price.unwrap_or(order.sell_price);
            let delta = self.delta_amount_to_sell.map_or(0, |delta| delta.amount);
            order.for_sale = order.for_sale.plus(delta)?;
            order.expiration = self.new_expiration.unwrap_or(order.expiration);
            order.deferred_fee = fee.core;
            order.deferred_paid_fee = fee.paid;
            if let Some(actions) = &self.on_fill {
                order.on_fill.clone_from(actions);
            }
            if parted.is_some() {
                order.take_profit_order_id = None;
            }
            Ok(())
        })?;
        apply_order(ledger, self.order)?;
        Ok(OperationResult::Void)
    }
}
