//! Limit order update: changes price, amount, expiration or automatic actions of a limit order.
//!
//! Signed by: the active authority of `seller`, who pays the fee. The fee takes the place of the
//! one the order had, which is given back, less a share of what a cancellation costs.

use crate::constants::CORE;
use crate::evaluate::{Context, Evaluate, Mode, is_authorized_asset};
use crate::ids::{AccountId, AssetId, LimitOrderId};
use crate::market::{
    DeferredFee, adjust_core_in_orders, apply_order, defer_fee, refund_deferred_fee,
    take_cancel_fee,
};
use crate::money::{Asset, Price, Shares};
use crate::objects::LimitOrder;
use crate::ops::market::limit_order_cancel::LimitOrderCancel;
use crate::ops::market::limit_order_create::LimitOrderCreate;
use crate::ops::market::on_fill::{
    LimitOrderAutoAction, OnFillRefusal, check_fee_assets, validate_actions,
};
use crate::ops::{OperationResult, Stateless};
use crate::proportion::proportion;
use crate::reference_words as asked;
use crate::{Ledger, Rejected};
use carbyne_wire::{Extensions, FlatSet, TimePointSec, Wire};

refusals! {
    /// Why a change of a limit order is refused.
    pub enum LimitOrderUpdateRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// No change.
        NothingToUpdate: "the update changes nothing",
        /// A change of the amount by nothing.
        ZeroDelta: "the amount is changed by nothing",
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

impl LimitOrderUpdate {
    fn check_actions(&self, ledger: &Ledger) -> Result<(), Rejected> {
        let actions = self.on_fill.as_deref().unwrap_or_default();
        let asked = asked::market::UPDATE_ACTIONS;
        let count = actions.len();
        ensure!(count <= 1, OnFillRefusal::WrongNumberOfActions { count, asked });
        check_fee_assets(ledger, actions)
    }

    fn check_price(&self, order: &LimitOrder) -> Result<(), Rejected> {
        let Some(price) = self.new_price else { return Ok(()) };
        let (base, quote) = (price.base.asset_id, price.quote.asset_id);
        ensure!(
            (base, quote) == (order.sell_asset_id(), order.receive_asset_id()),
            LimitOrderUpdateRefusal::IncompatiblePrice { order: order.id, base, quote }
        );
        let delta = self.delta_amount_to_sell.map_or(0, |delta| delta.amount);
        let most = order.for_sale.max(order.sell_price.base.amount).plus(delta)?;
        let base = price.base.amount;
        ensure!(base <= most, LimitOrderUpdateRefusal::PriceTooLarge { base, most });
        Ok(())
    }

    fn check_amount(&self, order: &LimitOrder) -> Result<(), Rejected> {
        let (id, for_sale) = (order.id, order.for_sale);
        let delta = self.delta_amount_to_sell.unwrap_or(Asset::new(0, order.sell_asset_id()));
        ensure!(
            delta.asset_id == order.sell_asset_id(),
            LimitOrderUpdateRefusal::IncompatibleAsset { order: id, asset: delta.asset_id }
        );
        let delta = delta.amount;
        ensure!(
            delta >= 0 || for_sale > 0_i64.minus(delta)?,
            LimitOrderUpdateRefusal::TakesAll { order: id, for_sale, delta }
        );
        if self.new_price.is_some() || delta < 0 {
            let amount = Asset::new(for_sale.plus(delta)?, order.sell_asset_id());
            let receives = amount.times(self.new_price.unwrap_or(order.sell_price))?;
            ensure!(receives.amount > 0, LimitOrderUpdateRefusal::TooSmall { order: id });
        }
        Ok(())
    }

    fn check_market(&self, ledger: &Ledger, order: &LimitOrder) -> Result<(), Rejected> {
        let (sells, receives) = (order.sell_asset_id(), order.receive_asset_id());
        let (sold, account) = (ledger.get(sells)?, ledger.get(self.seller)?);
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
    fn release_fee(&self, ledger: &mut Ledger, mut deferred: DeferredFee) -> Result<(), Rejected> {
        if deferred.core <= 0 {
            return Ok(());
        }
        let schedule = &ledger.parameters()?.current_fees;
        let mut cost = schedule.calculate_fee(&LimitOrderCancel::default().into())? as u128;
        let create = schedule.calculate_fee(&LimitOrderCreate::default().into())?;
        if cost > 0 && create > 0 {
            let update = schedule.calculate_fee(&Self::default().into())?;
            cost = proportion(cost, update as u128, create as u128);
        }
        let cost = cost.min(deferred.core as u128) as i64;
        take_cancel_fee(ledger, &mut deferred, cost)?;
        refund_deferred_fee(ledger, &deferred)
    }

    /// Whether the order linked to this one still takes its profit, or this one that of the other,
    /// after the change.
    fn keeps_link(&self, order: &LimitOrder, mode: Mode) -> bool {
        let changes_price = self.new_price.is_some_and(|price| price != order.sell_price);
        if changes_price && mode != Mode::OnFill {
            return false;
        }
        let Some(actions) = &self.on_fill else { return true };
        match (order.take_profit_action(), actions.first().map(LimitOrderAutoAction::take_profit)) {
            (None, None) => true,
            (Some(old), Some(new)) => {
                old.spread_percent == new.spread_percent && old.repeat == new.repeat
            }
            _ => false,
        }
    }
}

impl Evaluate for LimitOrderUpdate {
    /// The order linked to this one, if the change parts them.
    type Plan = Option<LimitOrderId>;

    fn check(&self, ledger: &Ledger, context: &Context) -> Result<Self::Plan, Rejected> {
        self.check_actions(ledger)?;
        let (id, account) = (self.order, self.seller);
        let order = ledger.find(id).ok_or(LimitOrderUpdateRefusal::UnknownOrder { order: id })?;
        ensure!(
            order.seller == account,
            LimitOrderUpdateRefusal::NotTheSeller { order: id, account }
        );
        self.check_price(order)?;
        self.check_amount(order)?;
        if let Some(expiration) = self.new_expiration {
            let now = ledger.head_time()?;
            ensure!(expiration >= now, LimitOrderUpdateRefusal::Expired { expiration, now });
        }
        self.check_market(ledger, order)?;
        let keeps_link = self.keeps_link(order, context.mode);
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
        self.release_fee(ledger, deferred)?;
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
