//! The two markets side by side: whatever the ledger takes, the naive one does too, and they are
//! compared.

use crate::model::{COIN, CORE, Event, Feed, Model, Order, Position, Settlement, Who};
use carbyne_ledger::Ledger;
use carbyne_ledger::evaluate::Mode;
use carbyne_ledger::ledger::next_id;
use carbyne_objects::*;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::asset::options::{AssetOptions, flag};
use carbyne_protocol::ops::asset::publish_feed::AssetPublishFeed;
use carbyne_protocol::ops::asset::settle::AssetSettle;
use carbyne_protocol::ops::market::call_order_update::CallOrderUpdate;
use carbyne_protocol::ops::market::limit_order_cancel::LimitOrderCancel;
use carbyne_protocol::ops::market::limit_order_create::LimitOrderCreate;
use carbyne_protocol::ops::market::limit_order_update::LimitOrderUpdate;
use carbyne_protocol::ops::{Operation, OperationResult};
use carbyne_protocol::price_feed::PriceFeed;
use carbyne_wire::{FlatSet, Id, TimePointSec};

/// How many trade.
pub const TRADERS: u64 = 4;
/// Accounts below belong to the chain.
const FIRST_TRADER: u64 = 10;
const FUNDS: i64 = 1_000_000_000_000;
const NOW: TimePointSec = TimePointSec(1_000_000);

/// Both markets.
pub struct World {
    ledger: Ledger,
    model: Model,
}

fn amount(amount: u128, asset: u64) -> Asset {
    Asset::new(i64::try_from(amount).expect("a small amount"), Id(asset))
}

fn account(trader: u64) -> AccountId {
    Id(FIRST_TRADER + trader)
}

fn trader(account: AccountId) -> u64 {
    account.0 - FIRST_TRADER
}

impl World {
    pub fn new(fees: &[(u128, u128)], call_fee: u128) -> Self {
        let mut ledger = Ledger::default();
        let active_witnesses = FlatSet::from_iter([Id(0)]);
        let global = GlobalProperty { active_witnesses, ..GlobalProperty::default() };
        ledger.create::<GlobalPropertyId>(global);
        let dynamic = DynamicGlobalProperty { time: NOW, ..DynamicGlobalProperty::default() };
        ledger.create::<DynamicGlobalPropertyId>(dynamic);
        for (n, (maker, taker)) in (0_u64..).zip(fees) {
            add_asset(&mut ledger, (*maker as u16, *taker as u16), n == COIN, call_fee as u16);
        }
        for _ in 0..FIRST_TRADER + TRADERS {
            let statistics = ledger.create(AccountStatistics::default());
            ledger.create::<AccountId>(Account { statistics, ..Account::default() });
        }
        let mut model = Model::new(fees);
        for who in 0..TRADERS {
            for asset in 0..fees.len() as u64 {
                ledger.adjust_balance(account(who), Asset::new(FUNDS, Id(asset))).expect("funds");
                model.add(who, asset, FUNDS as u128);
            }
        }
        Self { ledger, model }
    }

    /// Applies an operation to the ledger; what is refused is undone.
    fn apply(&mut self, operation: impl Into<Operation>) -> bool {
        self.ledger.begin();
        let is_taken = self.ledger.apply_operation(&operation.into(), Mode::Free, false).is_ok();
        if is_taken {
            self.ledger.merge();
        } else {
            self.ledger.undo();
            self.ledger.run.operations.clear();
        }
        is_taken
    }

    pub fn some_order(&self, n: usize) -> Option<Order> {
        let place = n.checked_rem(self.model.orders.len())?;
        self.model.orders.get(place).cloned()
    }

    pub fn sell(&mut self, order: Order) {
        let id: LimitOrderId = next_id(&self.ledger);
        let operation = LimitOrderCreate {
            seller: account(order.seller),
            amount_to_sell: amount(order.left, order.sells),
            min_to_receive: amount(order.price.0, order.wants),
            expiration: TimePointSec::MAX,
            ..LimitOrderCreate::default()
        };
        let can_pay = self.model.has(order.seller, order.sells) >= order.left;
        assert_eq!(self.apply(operation), can_pay, "{order:?}");
        if can_pay {
            self.model.submit(Order { id: id.0, ..order });
        }
    }

    pub fn cancel(&mut self, order: &Order) {
        let fee_paying_account = account(order.seller);
        let order_id = Id(order.id);
        let is_taken = self.apply(LimitOrderCancel {
            fee_paying_account,
            order: order_id,
            ..LimitOrderCancel::default()
        });
        assert!(is_taken, "{order:?}");
        self.model.cancel(order.id);
    }

    /// Offers `more` at another price, which is as good as a new order that keeps its age.
    pub fn change(&mut self, order: &Order, more: u128, price: Option<(u128, u128)>) {
        let new_price = price.map(|(wants, sells)| {
            Price::new(amount(sells, order.sells), amount(wants, order.wants))
        });
        let is_taken = self.apply(LimitOrderUpdate {
            seller: account(order.seller),
            order: Id(order.id),
            new_price,
            delta_amount_to_sell: (more > 0).then(|| amount(more, order.sells)),
            new_expiration: Some(TimePointSec::MAX),
            ..LimitOrderUpdate::default()
        });
        if !is_taken {
            return;
        }
        self.model.take(order.seller, order.sells, more);
        let changed = self.model.orders.iter_mut().find(|one| one.id == order.id);
        let changed = changed.expect("an order");
        changed.left += more;
        changed.price = price.unwrap_or(order.price);
        self.model.match_taker(order.id);
    }

    /// Opens a position, or adds to it.
    pub fn borrow(&mut self, position: Position) {
        let id: CallOrderId = next_id(&self.ledger);
        let Position { owner, collateral, debt, .. } = position;
        let is_taken = self.apply(CallOrderUpdate {
            funding_account: account(owner),
            delta_collateral: amount(collateral, CORE),
            delta_debt: amount(debt, COIN),
            ..CallOrderUpdate::default()
        });
        if !is_taken {
            return;
        }
        self.model.take(owner, CORE, collateral);
        self.model.add(owner, COIN, debt);
        match self.model.positions.iter_mut().find(|one| one.owner == owner) {
            Some(old) => {
                old.collateral += collateral;
                old.debt += debt;
            }
            None => self.model.positions.push(Position { id: id.0, ..position }),
        }
        self.model.call_positions();
    }

    pub fn settle(&mut self, settlement: Settlement) {
        let id: ForceSettlementId = next_id(&self.ledger);
        let is_taken = self.apply(AssetSettle {
            account: account(settlement.owner),
            amount: amount(settlement.left, COIN),
            ..AssetSettle::default()
        });
        assert!(is_taken, "{settlement:?}");
        self.model.settle(Settlement { id: id.0, ..settlement });
    }

    pub fn publish(&mut self, feed: Feed) {
        let (collateral, debt) = feed.price;
        let settlement_price = Price::new(amount(debt, COIN), amount(collateral, CORE));
        let is_taken = self.apply(AssetPublishFeed {
            asset_id: Id(COIN),
            feed: PriceFeed {
                settlement_price,
                core_exchange_rate: settlement_price,
                maintenance_collateral_ratio: feed.maintenance as u16,
                maximum_short_squeeze_ratio: feed.squeeze as u16,
            },
            ..AssetPublishFeed::default()
        });
        assert!(is_taken, "{feed:?}");
        self.model.feed = Some(feed);
        self.model.call_positions();
    }

    /// Whether a position could not pay, so that all was settled.
    pub fn is_settled(&self) -> bool {
        self.model.swan
    }

    /// Whether both markets are alike and did the same.
    pub fn check(&mut self) {
        let bitasset = self.ledger.tables.bitassets.iter().next().expect("a SmartCoin");
        assert_eq!(self.model.swan, bitasset.is_globally_settled());
        let mut happened = self.model.take_events();
        let operations = std::mem::take(&mut self.ledger.run.operations);
        let mut events: Vec<Event> = operations
            .iter()
            .filter(|applied| applied.is_virtual)
            .map(|applied| event(&applied.op, &applied.result))
            .collect();
        if self.model.swan {
            // What follows is not the naive market's business.
            events.truncate(happened.len());
        }
        // Both may be long: the first difference says most.
        while !happened.is_empty() && happened.first() == events.first() {
            happened.remove(0);
            events.remove(0);
        }
        assert_eq!(happened, events, "the naive market on the left");
        if !self.model.swan {
            self.check_rests();
        }
    }

    fn check_rests(&self) {
        let tables = &self.ledger.tables;
        let orders = tables.limit_orders.iter().map(|order| Order {
            id: order.id.0,
            seller: trader(order.seller),
            sells: order.sell_asset_id().0,
            wants: order.receive_asset_id().0,
            left: order.for_sale as u128,
            price: (order.sell_price.quote.amount as u128, order.sell_price.base.amount as u128),
        });
        let positions = tables.call_orders.iter().map(|call| Position {
            id: call.id.0,
            owner: trader(call.borrower),
            collateral: call.collateral as u128,
            debt: call.debt as u128,
        });
        let settlements = tables.force_settlements.iter().map(|settlement| Settlement {
            id: settlement.id.0,
            owner: trader(settlement.owner),
            left: settlement.balance.amount as u128,
        });
        let mut model = self.model.clone();
        model.sort();
        assert_eq!(model.orders, orders.collect::<Vec<_>>());
        assert_eq!(model.positions, positions.collect::<Vec<_>>());
        assert_eq!(model.settlements, settlements.collect::<Vec<_>>());
        for ((owner, asset), has) in &model.balances {
            let balance = self.ledger.balance(account(*owner), Id(*asset));
            assert_eq!(*has, balance as u128, "trader {owner}, asset {asset}");
        }
    }
}

fn add_asset(ledger: &mut Ledger, fees: (u16, u16), is_coin: bool, call_fee: u16) {
    let dynamic_asset_data_id = ledger.create(AssetDynamicData::default());
    let asset_id: AssetId = next_id(ledger);
    let bitasset_data_id = is_coin.then(|| {
        let mut bitasset = AssetBitassetData { asset_id, ..AssetBitassetData::default() };
        bitasset.options.extensions.margin_call_fee_ratio = (call_fee > 0).then_some(call_fee);
        bitasset.feeds.insert(Id(0), Default::default());
        ledger.create(bitasset)
    });
    let mut options = AssetOptions { market_fee_percent: fees.0, ..AssetOptions::default() };
    options.flags = flag::CHARGE_MARKET_FEE;
    options.extensions.taker_fee_percent = Some(fees.1);
    ledger.create::<AssetId>(AssetObject {
        options,
        dynamic_asset_data_id,
        bitasset_data_id,
        ..AssetObject::default()
    });
}

/// A virtual operation as the naive market would tell it.
fn event(operation: &Operation, result: &OperationResult) -> Event {
    let told = |asset: Asset| (asset.asset_id.0, asset.amount as u128);
    match operation {
        Operation::FillOrder(fill) => Event::Fill {
            who: match fill.order_id.type_ {
                7 => Who::Order(fill.order_id.instance),
                8 => Who::Position(fill.order_id.instance),
                _ => Who::Settlement(fill.order_id.instance),
            },
            gives: told(fill.pays),
            gets: told(fill.receives),
            fee: fill.fee.amount as u128,
            is_maker: fill.is_maker,
        },
        Operation::LimitOrderCancel(cancel) => {
            let OperationResult::Amount(back) = result else { panic!("{result:?}") };
            Event::Cancel { who: Who::Order(cancel.order.0), back: back.amount as u128 }
        }
        Operation::AssetSettleCancel(cancel) => Event::Cancel {
            who: Who::Settlement(cancel.settlement.0),
            back: cancel.amount.amount as u128,
        },
        other => panic!("{other:?}"),
    }
}
