//! Limit orders and debt positions, and the order books over them (reference:
//! `chain/market_object.hpp`).
//!
//! Invariant: a book is walked best price first and, at one price, oldest order first.

use super::places::{Pair, Places, Ratio, pair};
use carbyne_graph::Index;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::market::on_fill::{CreateTakeProfitOrder, LimitOrderAutoAction};
use carbyne_wire::{Id, TimePointSec, Wire};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

/// An offer to sell at a price or better.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct LimitOrder {
    /// Id.
    pub id: LimitOrderId,
    /// When it is cancelled.
    pub expiration: TimePointSec,
    /// Who sells.
    pub seller: AccountId,
    /// What is left to sell, in smallest units of the price's base.
    pub for_sale: i64,
    /// The price, as sold / received.
    pub sell_price: Price,
    /// What was sold, in smallest units of the price's base.
    pub filled_amount: u128,
    /// The fee that waits for the end of the order, in smallest units of core.
    pub deferred_fee: i64,
    /// The fee as it was paid, if not in core.
    pub deferred_paid_fee: Asset,
    /// Whether it sells the collateral of debt positions that were settled one by one.
    pub is_settled_debt: bool,
    /// What it does by itself when it is filled; at most one action.
    pub on_fill: Vec<LimitOrderAutoAction>,
    /// The order that takes this one's profit, or whose profit this one takes.
    pub take_profit_order_id: Option<LimitOrderId>,
}
object! {
    LimitOrder, LimitOrderIndex,
    holds |order, _assets, sheet| {
        sheet.hold(Asset::core(order.deferred_fee));
        sheet.hold(order.deferred_paid_fee);
        // What a settled debt sells is counted with the fund of its asset.
        if !order.is_settled_debt {
            sheet.hold(order.amount_for_sale());
        }
    },
    concerns |order, accounts| {
        accounts.insert(order.seller);
    },
    market |_assets| {
        Some(super::market(order.sell_price.base.asset_id, order.sell_price.quote.asset_id))
    }
}

impl LimitOrder {
    /// What is left to sell.
    pub const fn amount_for_sale(&self) -> Asset {
        Asset::new(self.for_sale, self.sell_price.base.asset_id)
    }

    /// What it gets, at least, for all that is left.
    pub fn amount_to_receive(&self) -> Result<Asset, Rejected> {
        self.amount_for_sale().times(self.sell_price)
    }

    /// The asset it sells.
    pub const fn sell_asset_id(&self) -> AssetId {
        self.sell_price.base.asset_id
    }

    /// The asset it receives.
    pub const fn receive_asset_id(&self) -> AssetId {
        self.sell_price.quote.asset_id
    }

    /// What it does to take the profit when it is filled, if anything.
    pub fn take_profit_action(&self) -> Option<&CreateTakeProfitOrder> {
        self.on_fill.first().map(LimitOrderAutoAction::take_profit)
    }
}

/// Order of a book: the highest price first.
type Best = Reverse<Ratio>;

fn best(price: &Price) -> Best {
    Reverse(Ratio::of(price))
}

/// Limit orders by book, expiration, seller, and those of settled debt by asset.
#[derive(Clone, Debug, Default)]
pub struct LimitOrderIndex {
    by_price: Places<Best>,
    by_expiration: BTreeSet<(TimePointSec, u64)>,
    by_account: BTreeSet<(AccountId, u64)>,
    /// For questions only, no rule asks it.
    by_account_and_price: BTreeSet<(AccountId, Pair, Best, u64)>,
    settled_debt: BTreeSet<(AssetId, u64)>,
}

impl LimitOrderIndex {
    /// The first order, over all books, whose price is `price` or comes after it.
    pub fn first_from(&self, price: Price) -> Option<LimitOrderId> {
        let from = Bound::Included((best(&price), 0));
        self.by_price.first_from(pair(&price), from).map(Id)
    }

    /// The first order, over all books, whose price comes after `price`.
    pub fn first_after(&self, price: Price) -> Option<LimitOrderId> {
        self.next(price, Id(u64::MAX))
    }

    /// The order next to the one with that price and id, over all books.
    pub fn next(&self, price: Price, id: LimitOrderId) -> Option<LimitOrderId> {
        let from = Bound::Excluded((best(&price), id.0));
        self.by_price.first_from(pair(&price), from).map(Id)
    }

    /// Whether the order with that price and id is the best one of its book.
    pub fn is_best(&self, price: Price, id: LimitOrderId) -> bool {
        self.by_price.range(pair(&price), ..(best(&price), id.0)).next().is_none()
    }

    /// The orders that sell `base` for `quote`, best price first.
    pub fn book(&self, base: AssetId, quote: AssetId) -> impl Iterator<Item = LimitOrderId> {
        self.by_price.range((base, quote), ..).map(Id)
    }

    /// The orders of a book from a price and an id on.
    pub fn book_from(
        &self,
        (price, id): (Price, LimitOrderId),
    ) -> impl Iterator<Item = LimitOrderId> {
        self.by_price.range(pair(&price), (best(&price), id.0)..).map(Id)
    }

    /// The orders of an account in a book from a price and an id on.
    pub fn of_account_in_book(
        &self,
        account: AccountId,
        (price, id): (Price, LimitOrderId),
    ) -> impl Iterator<Item = LimitOrderId> {
        let pair = pair(&price);
        let places = self.by_account_and_price.range((account, pair, best(&price), id.0)..);
        let of_book = places.take_while(move |place| (place.0, place.1) == (account, pair));
        of_book.map(|(_, _, _, instance)| Id(*instance))
    }

    /// The order that expires first, and when.
    pub fn first_to_expire(&self) -> Option<(TimePointSec, LimitOrderId)> {
        self.by_expiration.first().map(|(time, instance)| (*time, Id(*instance)))
    }

    /// The orders of an account from `first` on, oldest first.
    pub fn of_account(
        &self,
        account: AccountId,
        first: LimitOrderId,
    ) -> impl DoubleEndedIterator<Item = LimitOrderId> {
        let range = (account, first.0)..=(account, u64::MAX);
        self.by_account.range(range).map(|(_, instance)| Id(*instance))
    }

    /// The order that sells the collateral of settled debt in `asset`.
    pub fn settled_debt(&self, asset: AssetId) -> Option<LimitOrderId> {
        let range = (asset, 0)..=(asset, u64::MAX);
        self.settled_debt.range(range).next().map(|(_, instance)| Id(*instance))
    }
}

/// What the place of a limit order in its indexes depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitOrderKeys {
    price: Price,
    expiration: TimePointSec,
    seller: AccountId,
    is_settled_debt: bool,
}

impl Index<LimitOrder> for LimitOrderIndex {
    type Keys = LimitOrderKeys;
    fn keys(row: &LimitOrder) -> LimitOrderKeys {
        LimitOrderKeys {
            price: row.sell_price,
            expiration: row.expiration,
            seller: row.seller,
            is_settled_debt: row.is_settled_debt,
        }
    }
    fn insert(&mut self, instance: u64, keys: LimitOrderKeys) {
        let (pair, best) = (pair(&keys.price), best(&keys.price));
        self.by_price.insert(pair, (best, instance));
        self.by_expiration.insert((keys.expiration, instance));
        self.by_account.insert((keys.seller, instance));
        self.by_account_and_price.insert((keys.seller, pair, best, instance));
        if keys.is_settled_debt {
            self.settled_debt.insert((keys.price.quote.asset_id, instance));
        }
    }
    fn remove(&mut self, instance: u64, keys: LimitOrderKeys) {
        let (pair, best) = (pair(&keys.price), best(&keys.price));
        self.by_price.remove(pair, &(best, instance));
        self.by_expiration.remove(&(keys.expiration, instance));
        self.by_account.remove(&(keys.seller, instance));
        self.by_account_and_price.remove(&(keys.seller, pair, best, instance));
        if keys.is_settled_debt {
            self.settled_debt.remove(&(keys.price.quote.asset_id, instance));
        }
    }
}

/// A debt position: collateral locked for a SmartCoin that was borrowed.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CallOrder {
    /// Id.
    pub id: CallOrderId,
    /// Who borrowed.
    pub borrower: AccountId,
    /// What is locked, in smallest units of the price's base.
    pub collateral: i64,
    /// What is owed, in smallest units of the price's quote.
    pub debt: i64,
    /// One unit of collateral for one unit of debt: names the assets, decides nothing.
    pub call_price: Price,
    /// On a margin call, sell only until this collateral ratio (in 1/1000) is reached.
    pub target_collateral_ratio: Option<u16>,
}
object! {
    CallOrder, CallOrderIndex,
    holds |order, _assets, sheet| {
        sheet.hold(order.get_collateral());
        sheet.owe(order.get_debt());
    },
    concerns |order, accounts| {
        accounts.insert(order.borrower);
    },
    market |_assets| {
        Some(super::market(order.call_price.base.asset_id, order.call_price.quote.asset_id))
    }
}

impl CallOrder {
    /// What is locked.
    pub const fn get_collateral(&self) -> Asset {
        Asset::new(self.collateral, self.collateral_type())
    }

    /// What is owed.
    pub const fn get_debt(&self) -> Asset {
        Asset::new(self.debt, self.debt_type())
    }

    /// The asset that is owed.
    pub const fn debt_type(&self) -> AssetId {
        self.call_price.quote.asset_id
    }

    /// The asset that is locked.
    pub const fn collateral_type(&self) -> AssetId {
        self.call_price.base.asset_id
    }

    /// Collateral / debt: the lower, the sooner it is called.
    pub const fn collateralization(&self) -> Price {
        Price::new(self.get_collateral(), self.get_debt())
    }
}

/// Debt positions by collateralization, lowest first, and by borrower; and sums of collateral,
/// which no rule asks.
#[derive(Clone, Debug, Default)]
pub struct CallOrderIndex {
    by_collateral: Places<Ratio>,
    by_account: BTreeSet<(AccountId, AssetId, u64)>,
    in_collateral: BTreeMap<AssetId, i64>,
    backing: BTreeMap<AssetId, i64>,
}

impl CallOrderIndex {
    /// The positions with debt in `debt` and collateral in `collateral`, the least collateralized
    /// first.
    pub fn by_collateral(
        &self,
        collateral: AssetId,
        debt: AssetId,
    ) -> impl Iterator<Item = CallOrderId> {
        self.by_collateral.range((collateral, debt), ..).map(Id)
    }

    /// The positions of a market from a collateralization and an id on.
    pub fn by_collateral_from(
        &self,
        (price, id): (Price, CallOrderId),
    ) -> impl Iterator<Item = CallOrderId> {
        self.by_collateral.range(pair(&price), (Ratio::of(&price), id.0)..).map(Id)
    }

    /// How much of an asset is locked in positions, in its smallest units.
    pub fn amount_in_collateral(&self, collateral: AssetId) -> i64 {
        self.in_collateral.get(&collateral).copied().unwrap_or_default()
    }

    /// How much is locked in the positions that owe an asset, in smallest units of its collateral.
    pub fn backing_collateral(&self, debt: AssetId) -> i64 {
        self.backing.get(&debt).copied().unwrap_or_default()
    }

    fn add_collateral(&mut self, collateral: Asset, debt: AssetId, sign: i64) {
        let change = collateral.amount.wrapping_mul(sign);
        let sums = [
            self.in_collateral.entry(collateral.asset_id).or_default(),
            self.backing.entry(debt).or_default(),
        ];
        for sum in sums {
            *sum = sum.wrapping_add(change);
        }
    }

    /// The position of an account in an asset.
    pub fn find(&self, borrower: AccountId, debt: AssetId) -> Option<CallOrderId> {
        let range = (borrower, debt, 0)..=(borrower, debt, u64::MAX);
        self.by_account.range(range).next().map(|(_, _, instance)| Id(*instance))
    }

    /// The positions of an account from the one in `first` on, in order of the asset that is owed.
    pub fn of_account(
        &self,
        borrower: AccountId,
        first: AssetId,
    ) -> impl Iterator<Item = CallOrderId> {
        let range = (borrower, first, 0)..=(borrower, Id(u64::MAX), u64::MAX);
        self.by_account.range(range).map(|(_, _, instance)| Id(*instance))
    }
}

/// What the place of a debt position in its indexes depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallOrderKeys {
    collateralization: Price,
    borrower: AccountId,
    // Prices of equal ratio are equal, so the amount counts for itself.
    collateral: i64,
}

impl Index<CallOrder> for CallOrderIndex {
    type Keys = CallOrderKeys;
    fn keys(row: &CallOrder) -> CallOrderKeys {
        CallOrderKeys {
            collateralization: row.collateralization(),
            borrower: row.borrower,
            collateral: row.collateral,
        }
    }
    fn insert(&mut self, instance: u64, keys: CallOrderKeys) {
        let debt = keys.collateralization.quote.asset_id;
        let ratio = Ratio::of(&keys.collateralization);
        self.by_collateral.insert(pair(&keys.collateralization), (ratio, instance));
        self.by_account.insert((keys.borrower, debt, instance));
        self.add_collateral(keys.collateralization.base, debt, 1);
    }
    fn remove(&mut self, instance: u64, keys: CallOrderKeys) {
        let debt = keys.collateralization.quote.asset_id;
        let ratio = Ratio::of(&keys.collateralization);
        self.by_collateral.remove(pair(&keys.collateralization), &(ratio, instance));
        self.by_account.remove(&(keys.borrower, debt, instance));
        self.add_collateral(keys.collateralization.base, debt, -1);
    }
}
