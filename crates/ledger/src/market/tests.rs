//! Tables of what happens in markets: a few words per line, run through the rules, one [`check`]
//! door.
//!
//! After every line the amounts of every asset must add up: what balances, orders, positions, funds
//! and fees hold together never changes, but for debt that is borrowed or paid back.

use crate::Ledger;
use crate::ops::sandbox::{check_supplies, push};
use carbyne_objects::*;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::asset::options::flag;
use carbyne_protocol::ops::asset::settle::AssetSettle;
use carbyne_protocol::ops::market::call_order_update::{CallOrderOptions, CallOrderUpdate};
use carbyne_protocol::ops::market::limit_order_cancel::LimitOrderCancel;
use carbyne_protocol::ops::market::limit_order_create::{LimitOrderCreate, LimitOrderOptions};
use carbyne_protocol::ops::market::limit_order_update::LimitOrderUpdate;
use carbyne_protocol::ops::market::on_fill::{CreateTakeProfitOrder, LimitOrderAutoAction};
use carbyne_protocol::price_feed::{PriceFeed, PriceFeedWithIcr};
use carbyne_wire::{FlatSet, Id, Text, TimePointSec};
use std::collections::BTreeMap;

/// A ledger with accounts and assets that have names, and no fees.
struct Table {
    ledger: Ledger,
    accounts: BTreeMap<String, AccountId>,
    assets: BTreeMap<String, AssetId>,
}

/// Runs the lines of a table; a line may end in `=>` and the reason why it is refused.
fn check(lines: &str) {
    let mut table = Table::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (statement, reason) = line.split_once("=>").unwrap_or((line, ""));
        table.run(statement.trim(), reason.trim(), line);
        check_supplies(&table.ledger);
    }
}

impl Table {
    fn new() -> Self {
        let mut ledger = Ledger::default();
        let mut global = GlobalProperty::default();
        global.parameters.current_fees.scale = 0;
        global.active_witnesses = FlatSet::from_iter([Id(0)]);
        ledger.create::<GlobalPropertyId>(global);
        let now = TimePointSec(1_000_000);
        let dynamic = DynamicGlobalProperty { time: now, ..Default::default() };
        ledger.create::<DynamicGlobalPropertyId>(dynamic);
        let mut table = Self { ledger, accounts: BTreeMap::new(), assets: BTreeMap::new() };
        // The accounts below the first free number belong to the chain.
        (0..6).for_each(|n| table.add_account(&format!("special{n}")));
        table.add_asset("CORE", None);
        table
    }

    fn run(&mut self, statement: &str, reason: &str, line: &str) {
        let words: Vec<&str> = statement.split_whitespace().collect();
        match words.as_slice() {
            ["asset", symbol] => self.add_asset(symbol, None),
            ["fee", percent, symbol] => self.set_market_fee(symbol, percent),
            ["coin", symbol, "of", backing] => self.add_asset(symbol, Some(self.asset(backing))),
            ["response", symbol, number] => self.set_response(symbol, number),
            ["feed", symbol, debt, "is", collateral] => {
                self.set_feed(symbol, debt, collateral);
                let asset = self.asset(symbol);
                super::check_call_orders(&mut self.ledger, asset, super::BlackSwan::Allowed)
                    .unwrap();
            }
            ["unseen", "feed", symbol, debt, "is", collateral] => {
                self.set_feed(symbol, debt, collateral);
            }
            ["account", name] => self.add_account(name),
            ["give", name, amount, symbol] => self.give(name, amount, symbol),
            [name, "has", amount, symbol] => {
                let has = self.ledger.balance(self.accounts[*name], self.asset(symbol));
                assert_eq!(has, amount.parse::<i64>().unwrap(), "{line}");
            }
            ["order", id, "has", amount] => {
                assert_eq!(self.for_sale(id), amount.parse().ok(), "{line}");
            }
            ["order", id, "is", "gone"] => assert_eq!(self.for_sale(id), None, "{line}"),
            ["fund", symbol, amount] => {
                let bitasset = super::bitasset_id(&self.ledger, self.asset(symbol)).unwrap();
                let fund = self.ledger.get(bitasset).unwrap();
                let total = fund.settlement_fund + fund.individual_settlement_fund;
                assert_eq!(total, amount.parse::<i64>().unwrap(), "{line}");
            }
            _ => self.apply(&words, reason, line),
        }
    }

    fn apply(&mut self, words: &[&str], reason: &str, line: &str) {
        let operation = self.operation(words).unwrap_or_else(|| panic!("unknown: {line}"));
        match push(&mut self.ledger, vec![operation]) {
            Ok(_) => assert_eq!("", reason, "{line}"),
            Err(rejected) => assert_eq!(rejected.reason(), reason, "{line}: {rejected}"),
        }
    }

    fn operation(&self, words: &[&str]) -> Option<Operation> {
        let account = *self.accounts.get(*words.first()?)?;
        Some(match words.get(1..)? {
            ["sells", a, x, "for", b, y, rest @ ..] => {
                let take_profit = |spread: &str, repeat| CreateTakeProfitOrder {
                    spread_percent: spread.parse().unwrap_or(0),
                    expiration_seconds: 1000,
                    repeat,
                    ..Default::default()
                };
                let action = match rest {
                    ["spread", spread] => Some(take_profit(spread, false)),
                    ["repeat", spread] => Some(take_profit(spread, true)),
                    _ => None,
                };
                let actions = |action| vec![LimitOrderAutoAction::CreateTakeProfitOrder(action)];
                LimitOrderCreate {
                    seller: account,
                    amount_to_sell: self.amount(a, x),
                    min_to_receive: self.amount(b, y),
                    fill_or_kill: rest == ["now"],
                    extensions: LimitOrderOptions { on_fill: action.map(actions) },
                    ..Default::default()
                }
                .into()
            }
            ["cancels", order] => LimitOrderCancel {
                fee_paying_account: account,
                order: Id(order.parse().ok()?),
                ..Default::default()
            }
            .into(),
            ["adds", a, x, "to", order] => LimitOrderUpdate {
                seller: account,
                order: Id(order.parse().ok()?),
                delta_amount_to_sell: Some(self.amount(a, x)),
                ..Default::default()
            }
            .into(),
            ["prices", order, a, x, "for", b, y] => LimitOrderUpdate {
                seller: account,
                order: Id(order.parse().ok()?),
                new_price: Some(Price::new(self.amount(a, x), self.amount(b, y))),
                ..Default::default()
            }
            .into(),
            ["borrows", a, x, "with", b, y, rest @ ..] => CallOrderUpdate {
                funding_account: account,
                delta_debt: self.amount(a, x),
                delta_collateral: self.amount(b, y),
                extensions: CallOrderOptions {
                    target_collateral_ratio: rest.get(1).and_then(|ratio| ratio.parse().ok()),
                },
                ..Default::default()
            }
            .into(),
            ["settles", a, x] => {
                AssetSettle { account, amount: self.amount(a, x), ..Default::default() }.into()
            }
            _ => return None,
        })
    }

    fn asset(&self, symbol: &str) -> AssetId {
        self.assets[symbol]
    }

    fn amount(&self, amount: &str, symbol: &str) -> Asset {
        Asset::new(amount.parse().unwrap(), self.asset(symbol))
    }

    fn for_sale(&self, id: &str) -> Option<i64> {
        let id: LimitOrderId = Id(id.parse().unwrap());
        self.ledger.find(id).map(|order| order.for_sale)
    }

    fn add_account(&mut self, name: &str) {
        let statistics = self.ledger.create(AccountStatistics::default());
        let account = Account { name: Text::from(name), statistics, ..Account::default() };
        self.accounts.insert(name.to_owned(), self.ledger.create(account));
    }

    fn add_asset(&mut self, symbol: &str, backing: Option<AssetId>) {
        let data = self.ledger.create(AssetDynamicData::default());
        let asset_id: AssetId = crate::ledger::next_id(&self.ledger);
        let bitasset_data_id = backing.map(|backing| {
            let mut bitasset = AssetBitassetData { asset_id, ..AssetBitassetData::default() };
            bitasset.options.short_backing_asset = backing;
            self.ledger.create(bitasset)
        });
        self.ledger.create::<AssetId>(AssetObject {
            symbol: Text::from(symbol),
            dynamic_asset_data_id: data,
            bitasset_data_id,
            ..AssetObject::default()
        });
        self.assets.insert(symbol.to_owned(), asset_id);
    }

    fn set_market_fee(&mut self, symbol: &str, percent: &str) {
        let change = |asset: &mut AssetObject| {
            asset.options.flags |= flag::CHARGE_MARKET_FEE;
            asset.options.market_fee_percent = percent.parse().unwrap();
        };
        self.ledger.modify(self.assets[symbol], change).unwrap();
    }

    fn set_response(&mut self, symbol: &str, number: &str) {
        let id = super::bitasset_id(&self.ledger, self.asset(symbol)).unwrap();
        let change = |data: &mut AssetBitassetData| {
            data.options.extensions.black_swan_response_method = number.parse().ok();
        };
        self.ledger.modify(id, change).unwrap();
    }

    /// Sets the price without asking producers.
    fn set_feed(&mut self, symbol: &str, debt: &str, collateral: &str) {
        let asset = self.asset(symbol);
        let id = super::bitasset_id(&self.ledger, asset).unwrap();
        let change = |data: &mut AssetBitassetData| {
            let backing = Asset::new(collateral.parse().unwrap(), data.options.short_backing_asset);
            let settlement_price = Price::new(Asset::new(debt.parse().unwrap(), asset), backing);
            let feed = PriceFeed { settlement_price, ..PriceFeed::default() };
            let published = (TimePointSec(999_999), PriceFeedWithIcr::new(&feed, None));
            data.feeds.insert(Id(0), published);
        };
        self.ledger.modify(id, change).unwrap();
        crate::feeds::update_bitasset_current_feed(&mut self.ledger, id, false).unwrap();
    }

    fn give(&mut self, name: &str, amount: &str, symbol: &str) {
        let amount = self.amount(amount, symbol);
        self.ledger.adjust_balance(self.accounts[name], amount).unwrap();
        self.ledger.adjust_supply(amount).unwrap();
    }
}

const TWO_TRADERS: &str = "
    asset USD
    account ann
    account bob
    give ann 1000 CORE
    give bob 1000 USD
";

fn check_traders(lines: &str) {
    check(&format!("{TWO_TRADERS}{lines}"));
}

#[test]
fn the_maker_sets_the_price_and_the_rest_waits() {
    check_traders(
        "ann sells 100 CORE for 50 USD
         bob sells 80 USD for 100 CORE
         ann has 50 USD
         bob has 100 CORE
         order 0 is gone
         order 1 has 30",
    );
}

#[test]
fn at_one_price_the_older_order_is_filled_first() {
    check_traders(
        "ann sells 10 CORE for 10 USD
         ann sells 20 CORE for 20 USD
         bob sells 15 USD for 15 CORE
         order 0 is gone
         order 1 has 15",
    );
}

#[test]
fn a_rest_that_gets_nothing_is_cancelled() {
    check_traders(
        "ann sells 100 CORE for 9 USD
         bob sells 8 USD for 88 CORE
         order 0 has 12
         bob sells 1 USD for 11 CORE
         order 0 is gone
         ann has 9 USD
         ann has 901 CORE",
    );
}

#[test]
fn an_order_that_must_be_filled_at_once_is_refused_otherwise() {
    check_traders(
        "ann sells 100 CORE for 50 USD now => LimitOrderCreateRefusal::Unfilled
         ann has 1000 CORE
         bob sells 50 USD for 100 CORE
         ann sells 100 CORE for 50 USD now
         ann has 50 USD",
    );
}

#[test]
fn the_receiver_pays_the_market_fee() {
    check_traders(
        "fee 1000 USD
         ann sells 100 CORE for 50 USD
         bob sells 50 USD for 100 CORE
         ann has 45 USD
         bob has 100 CORE",
    );
}

#[test]
fn only_the_seller_changes_an_order_and_never_into_nothing() {
    check_traders(
        "ann sells 100 CORE for 50 USD
         bob cancels 0 => LimitOrderCancelRefusal::NotTheSeller
         bob cancels 7 => LimitOrderCancelRefusal::UnknownOrder
         bob adds 5 USD to 0 => LimitOrderUpdateRefusal::NotTheSeller
         ann adds 5 USD to 0 => LimitOrderUpdateRefusal::IncompatibleAsset
         ann adds -100 CORE to 0 => LimitOrderUpdateRefusal::TakesAll
         ann adds -99 CORE to 0 => LimitOrderUpdateRefusal::TooSmall
         ann adds 0 CORE to 0 => LimitOrderUpdateRefusal::ZeroDelta
         ann prices 0 1000 CORE for 1 USD => LimitOrderUpdateRefusal::PriceTooLarge
         ann adds 50 CORE to 0
         order 0 has 150
         ann cancels 0
         ann has 1000 CORE",
    );
}

#[test]
fn a_better_price_meets_what_waits_on_the_other_side() {
    check_traders(
        "ann sells 100 CORE for 100 USD
         bob sells 50 USD for 100 CORE
         order 0 has 100
         ann prices 0 100 CORE for 50 USD
         order 0 is gone
         order 1 is gone
         ann has 50 USD",
    );
}

#[test]
fn a_profit_is_taken_at_a_better_price_and_the_orders_know_each_other() {
    check_traders(
        "ann sells 100 CORE for 100 USD spread 1000
         bob sells 50 USD for 50 CORE
         order 0 has 50
         order 2 has 50
         bob sells 50 USD for 50 CORE
         order 0 is gone
         order 2 has 100
         ann has 0 USD
         bob sells 10 USD for 1 CORE
         order 2 has 100
         ann has 900 CORE",
    );
}

#[test]
fn a_repeated_profit_goes_back_and_forth() {
    check_traders(
        "ann sells 100 CORE for 100 USD repeat 1000
         bob sells 100 USD for 100 CORE
         order 2 has 100
         bob sells 100 CORE for 50 USD
         order 2 has 10
         order 4 has 99",
    );
}

const COIN: &str = "
    coin USD of CORE
    feed USD 1 is 10
    account ann
    account bob
    account eve
    give ann 100000 CORE
    give bob 100000 CORE
    give eve 100000 CORE
";

fn check_coin(lines: &str) {
    check(&format!("{COIN}{lines}"));
}

#[test]
fn a_position_must_be_above_the_initial_ratio() {
    check_coin(
        "ann borrows 100 USD with 1750 CORE => CallOrderUpdateRefusal::WouldBeCalled
         ann borrows 100 USD with 1400 CORE => CallOrderUpdateRefusal::WouldBlackSwan
         ann borrows 0 USD with 1400 CORE => CallOrderUpdateRefusal::NewNotPositive
         ann borrows 100 USD with 1751 CORE
         ann has 100 USD
         ann borrows -100 USD with 0 CORE => CallOrderUpdateRefusal::CollateralLeft
         ann borrows 0 USD with -1751 CORE => CallOrderUpdateRefusal::NotPositive
         ann borrows -100 USD with -1751 CORE
         ann has 100000 CORE",
    );
}

#[test]
fn no_change_of_a_position_settles_a_smartcoin() {
    check_coin(
        "ann borrows 100 USD with 2000 CORE
         unseen feed USD 1 is 15
         ann borrows 0 USD with 1 CORE => BlackSwanRefusal::NotAllowed",
    );
}

#[test]
fn a_called_position_meets_the_best_offer_and_keeps_the_rest() {
    check_coin(
        "ann borrows 100 USD with 2000 CORE
         bob borrows 100 USD with 9000 CORE
         bob sells 100 USD for 1300 CORE
         feed USD 1 is 12
         order 0 is gone
         bob has 92300 CORE
         ann has 98700 CORE",
    );
}

#[test]
fn a_target_ratio_keeps_most_of_the_position() {
    check_coin(
        "ann borrows 100 USD with 2000 CORE target 1800
         bob borrows 100 USD with 9000 CORE
         bob sells 100 USD for 1300 CORE
         feed USD 1 is 12
         order 0 has 81
         ann has 98000 CORE",
    );
}

#[test]
fn a_new_offer_meets_called_positions_after_better_orders() {
    check_coin(
        "ann borrows 100 USD with 2000 CORE
         bob borrows 300 USD with 9000 CORE
         eve sells 15 CORE for 1 USD
         feed USD 1 is 12
         bob sells 50 USD for 500 CORE
         order 0 has 15
         bob has 91900 CORE",
    );
}

#[test]
fn a_settlement_meets_a_called_position_at_once() {
    check_coin(
        "ann borrows 100 USD with 2000 CORE
         bob borrows 300 USD with 9000 CORE
         feed USD 1 is 12
         bob settles 100 USD
         bob has 92800 CORE
         ann has 98200 CORE",
    );
}

#[test]
fn a_black_swan_settles_everything_by_default() {
    check_coin(
        "ann borrows 100 USD with 2000 CORE
         bob borrows 100 USD with 9000 CORE
         feed USD 1 is 15
         fund USD 2668
         bob has 98666 CORE
         bob borrows 100 USD with 9000 CORE => CallOrderUpdateRefusal::GloballySettled
         bob settles 50 USD
         bob has 99333 CORE",
    );
}

#[test]
fn a_capped_price_settles_nothing() {
    check_coin(
        "response USD 1
         ann borrows 100 USD with 2000 CORE
         bob borrows 100 USD with 9000 CORE
         feed USD 1 is 15
         fund USD 0
         bob sells 100 USD for 1900 CORE
         order 0 is gone
         ann has 98000 CORE
         bob has 93000 CORE",
    );
}

#[test]
fn a_position_that_cannot_pay_moves_to_the_fund_alone() {
    check_coin(
        "response USD 2
         ann borrows 100 USD with 2000 CORE
         bob borrows 100 USD with 9000 CORE
         feed USD 1 is 15
         fund USD 2000
         bob settles 50 USD
         bob has 92000 CORE
         fund USD 1000",
    );
}

#[test]
fn a_position_that_cannot_pay_is_sold_by_an_order() {
    check_coin(
        "response USD 3
         ann borrows 100 USD with 2000 CORE
         bob borrows 100 USD with 9000 CORE
         feed USD 1 is 15
         fund USD 2000
         order 0 has 2000
         bob sells 50 USD for 900 CORE
         bob has 92000 CORE
         fund USD 1000",
    );
}
