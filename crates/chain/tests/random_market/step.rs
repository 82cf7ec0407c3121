//! What traders and the issuer do: small numbers that name an operation whatever the state is, so
//! that sequences shrink well. Amounts and prices are small, so that rounding decides often.

use crate::contracts::{OfContract, of_contract};
use crate::world::{EUR, GOLD, ISSUER, POOL, SHARE, Setting, TRADERS, USD, coin_options, trader};
use carbyne_ledger::Ledger;
use carbyne_protocol::ids::{AccountId, AssetId, LimitOrderId};
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::asset::bid_collateral::BidCollateral;
use carbyne_protocol::ops::asset::global_settle::AssetGlobalSettle;
use carbyne_protocol::ops::asset::publish_feed::AssetPublishFeed;
use carbyne_protocol::ops::asset::settle::AssetSettle;
use carbyne_protocol::ops::asset::update_bitasset::AssetUpdateBitasset;
use carbyne_protocol::ops::market::call_order_update::{CallOrderOptions, CallOrderUpdate};
use carbyne_protocol::ops::market::limit_order_cancel::LimitOrderCancel;
use carbyne_protocol::ops::market::limit_order_create::{LimitOrderCreate, LimitOrderOptions};
use carbyne_protocol::ops::market::limit_order_update::LimitOrderUpdate;
use carbyne_protocol::ops::market::on_fill::{CreateTakeProfitOrder, LimitOrderAutoAction};
use carbyne_protocol::ops::pool::{
    LiquidityPoolDeposit, LiquidityPoolExchange, LiquidityPoolWithdraw,
};
use carbyne_protocol::price_feed::PriceFeed;
use carbyne_wire::Id;
use proptest::prelude::*;

/// What the assets are worth at first, in core.
const WORTH: [i64; 4] = [1, 3, 10, 25];

/// Something that somebody does. Prices and ratios are in thousandths, prices of what the assets
/// are worth at first.
#[derive(Clone, Debug)]
pub enum Step {
    Sell(Sale),
    Cancel { order: u8 },
    Change { order: u8, delta: i64, price: Option<i64> },
    OfCoin { who: u8, is_eur: bool, what: OfCoin },
    OfPool { who: u8, what: OfPool },
    OfContract(OfContract),
}

/// A limit order.
#[derive(Clone, Debug)]
pub struct Sale {
    who: u8,
    pair: (u8, u8),
    amount: i64,
    price: i64,
    fee_in_gold: bool,
    now_or_never: bool,
    seconds: u32,
    take_profit: Option<(u16, u16, bool)>,
}

/// What is done with a SmartCoin.
#[derive(Clone, Copy, Debug)]
pub enum OfCoin {
    Borrow { debt: i64, ratio: i64, target: Option<u16> },
    Settle { amount: i64 },
    Bid { collateral: i64, debt: i64 },
    Feed { price: i64, squeeze: u16 },
    SettleAll { price: i64 },
    Respond { response: u8 },
}

/// What is done with the liquidity pool.
#[derive(Clone, Copy, Debug)]
pub enum OfPool {
    Exchange { sells_core: bool, amount: i64 },
    Deposit { core: i64 },
    Withdraw { shares: i64 },
}

/// Any step.
pub fn step() -> impl Strategy<Value = Step> {
    let order = || any::<u8>();
    let change = (order(), -1_000..1_000_i64, proptest::option::of(900..1_150_i64));
    let of_coin = (any::<u8>(), proptest::bool::weighted(0.3), of_coin());
    prop_oneof![
        12 => sale().prop_map(Step::Sell),
        2 => order().prop_map(|order| Step::Cancel { order }),
        3 => change.prop_map(|(order, delta, price)| Step::Change { order, delta, price }),
        19 => of_coin.prop_map(|(who, is_eur, what)| Step::OfCoin { who, is_eur, what }),
        16 => of_contract().prop_map(Step::OfContract),
        4 => (any::<u8>(), of_pool()).prop_map(|(who, what)| Step::OfPool { who, what }),
    ]
}

fn sale() -> impl Strategy<Value = Sale> {
    // Two of the first four assets.
    let pair = (0..4_u8, 1..4_u8).prop_map(|(sold, distance)| (sold, (sold + distance) % 4));
    let profit = (1..3_000_u16, 1..=10_000_u16, any::<bool>());
    let profit = proptest::option::weighted(0.3, profit);
    let amounts = (any::<u8>(), pair, 1..3_000_i64, 900..1_150_i64);
    (amounts, any::<bool>(), proptest::bool::weighted(0.05), 1..400_u32, profit).prop_map(
        |((who, pair, amount, price), fee_in_gold, now_or_never, seconds, take_profit)| Sale {
            who,
            pair,
            amount,
            price,
            fee_in_gold,
            now_or_never,
            seconds,
            take_profit,
        },
    )
}

fn of_coin() -> impl Strategy<Value = OfCoin> {
    let target = proptest::option::weighted(0.5, 1_000..3_000_u16);
    // Mostly near the first price; what is far off calls many positions, or all.
    let price = || prop_oneof![4 => 900..1_200_i64, 1 => 500..2_500_i64];
    prop_oneof![
        8 => (-500..2_000_i64, 1_000..3_000_i64, target)
            .prop_map(|(debt, ratio, target)| OfCoin::Borrow { debt, ratio, target }),
        3 => (1..1_000_i64).prop_map(|amount| OfCoin::Settle { amount }),
        2 => (0..20_000_i64, 0..2_000_i64)
            .prop_map(|(collateral, debt)| OfCoin::Bid { collateral, debt }),
        4 => (price(), 1_001..1_600_u16)
            .prop_map(|(price, squeeze)| OfCoin::Feed { price, squeeze }),
        1 => price().prop_map(|price| OfCoin::SettleAll { price }),
        1 => (0..4_u8).prop_map(|response| OfCoin::Respond { response }),
    ]
}

fn of_pool() -> impl Strategy<Value = OfPool> {
    let amount = || 1..3_000_i64;
    prop_oneof![
        2 => (any::<bool>(), amount())
            .prop_map(|(sells_core, amount)| OfPool::Exchange { sells_core, amount }),
        1 => amount().prop_map(|core| OfPool::Deposit { core }),
        1 => amount().prop_map(|shares| OfPool::Withdraw { shares }),
    ]
}

/// First prices of both SmartCoins, and positions, so that everybody has some of everything.
pub fn opening() -> Vec<Step> {
    let feed = OfCoin::Feed { price: 1_000, squeeze: 1_100 };
    let mut steps: Vec<Step> =
        [false, true].map(|is_eur| Step::OfCoin { who: 0, is_eur, what: feed }).into();
    for who in 0..TRADERS as u8 {
        for (is_eur, debt) in [(false, 10_000), (true, 1_000)] {
            let ratio = 1_800 + 100 * i64::from(who);
            let target = (who % 2 == 1).then_some(1_900);
            let what = OfCoin::Borrow { debt, ratio, target };
            steps.push(Step::OfCoin { who, is_eur, what });
        }
    }
    steps
}

impl Step {
    /// The operation in this state; none if it has no meaning there.
    pub fn operation(&self, ledger: &Ledger, setting: &Setting) -> Option<Operation> {
        match self {
            Self::Sell(sale) => sale.operation(ledger),
            Self::Cancel { order } => cancel(ledger, *order),
            Self::Change { order, delta, price } => change(ledger, *order, *delta, *price),
            Self::OfCoin { who, is_eur, what } => {
                Some(what.operation(trader(*who), coin_of(*is_eur), setting))
            }
            Self::OfPool { who, what } => Some(what.operation(trader(*who))),
            Self::OfContract(what) => what.operation(ledger),
        }
    }
}

/// A SmartCoin and its collateral.
type Coin = (AssetId, AssetId);

fn coin_of(is_eur: bool) -> Coin {
    if is_eur { (EUR, USD) } else { (USD, Id(0)) }
}

/// What an amount is worth at first, in core.
fn worth(asset: AssetId, amount: i64) -> i64 {
    WORTH[asset.0 as usize] * amount
}

/// What somebody who sells `sold` asks for it.
fn asked(sold: Asset, wanted: AssetId, price: i64) -> Asset {
    let amount = worth(sold.asset_id, sold.amount) * price / 1_000 / worth(wanted, 1);
    Asset::new(amount.max(1), wanted)
}

impl Sale {
    fn operation(&self, ledger: &Ledger) -> Option<Operation> {
        let amount_to_sell = Asset::new(self.amount, Id(self.pair.0.into()));
        let order = LimitOrderCreate {
            fee: Asset::new(0, self.fee_asset()),
            seller: trader(self.who),
            amount_to_sell,
            min_to_receive: asked(amount_to_sell, Id(self.pair.1.into()), self.price),
            expiration: ledger.head_time().ok()?.wrapping_add(self.seconds),
            fill_or_kill: self.now_or_never,
            extensions: LimitOrderOptions { on_fill: self.on_fill() },
        };
        Some(order.into())
    }

    fn fee_asset(&self) -> AssetId {
        if self.fee_in_gold { GOLD } else { Id(0) }
    }

    fn on_fill(&self) -> Option<Vec<LimitOrderAutoAction>> {
        let (spread_percent, size_percent, repeat) = self.take_profit?;
        Some(vec![LimitOrderAutoAction::CreateTakeProfitOrder(CreateTakeProfitOrder {
            fee_asset_id: self.fee_asset(),
            spread_percent,
            size_percent,
            expiration_seconds: self.seconds,
            repeat,
            ..CreateTakeProfitOrder::default()
        })])
    }
}

/// An order that somebody placed; settled debt belongs to an account that cannot sign.
fn some_order(ledger: &Ledger, n: u8) -> Option<LimitOrderId> {
    let orders = || ledger.tables.limit_orders.iter().filter(|order| !order.is_settled_debt);
    let number = usize::from(n).checked_rem(orders().count())?;
    orders().nth(number).map(|order| order.id)
}

fn cancel(ledger: &Ledger, order: u8) -> Option<Operation> {
    let order = some_order(ledger, order)?;
    let fee_paying_account = ledger.find(order)?.seller;
    Some(LimitOrderCancel { fee_paying_account, order, ..Default::default() }.into())
}

fn change(ledger: &Ledger, order: u8, delta: i64, price: Option<i64>) -> Option<Operation> {
    let order = ledger.find(some_order(ledger, order)?)?;
    let (sold, wanted) = (order.sell_asset_id(), order.receive_asset_id());
    let new_price = price.map(|price| {
        let sold = Asset::new(1_000, sold);
        Price::new(sold, asked(sold, wanted, price))
    });
    let now = ledger.head_time().ok()?;
    let operation = LimitOrderUpdate {
        seller: order.seller,
        order: order.id,
        new_price,
        delta_amount_to_sell: (delta % 3 != 0).then_some(Asset::new(delta, sold)),
        new_expiration: (delta % 2 == 0).then_some(now.wrapping_add(60)),
        ..LimitOrderUpdate::default()
    };
    Some(operation.into())
}

impl OfCoin {
    fn operation(self, who: AccountId, coin: Coin, setting: &Setting) -> Operation {
        match self {
            Self::Borrow { debt, ratio, target } => borrow(who, coin, (debt, ratio), target),
            Self::Settle { amount } => {
                let amount = Asset::new(amount, coin.0);
                AssetSettle { account: who, amount, ..Default::default() }.into()
            }
            Self::Bid { collateral, debt } => BidCollateral {
                bidder: who,
                additional_collateral: Asset::new(collateral, coin.1),
                debt_covered: Asset::new(debt, coin.0),
                ..BidCollateral::default()
            }
            .into(),
            Self::Feed { price, squeeze } => feed(coin, price, squeeze),
            Self::SettleAll { price } => AssetGlobalSettle {
                issuer: ISSUER,
                asset_to_settle: coin.0,
                settle_price: coin_price(coin, price),
                ..AssetGlobalSettle::default()
            }
            .into(),
            Self::Respond { response } => AssetUpdateBitasset {
                issuer: ISSUER,
                asset_to_update: coin.0,
                new_options: coin_options(coin.1, setting, response),
                ..AssetUpdateBitasset::default()
            }
            .into(),
        }
    }
}

fn borrow(
    who: AccountId,
    (coin, backing): Coin,
    (debt, ratio): (i64, i64),
    target_collateral_ratio: Option<u16>,
) -> Operation {
    let collateral = worth(coin, debt) * ratio / 1_000 / worth(backing, 1);
    CallOrderUpdate {
        funding_account: who,
        delta_debt: Asset::new(debt, coin),
        delta_collateral: Asset::new(collateral, backing),
        extensions: CallOrderOptions { target_collateral_ratio },
        ..CallOrderUpdate::default()
    }
    .into()
}

fn coin_price((coin, backing): Coin, price: i64) -> Price {
    Price::new(Asset::new(worth(backing, 1_000), coin), Asset::new(worth(coin, price), backing))
}

fn feed(coin: Coin, price: i64, squeeze: u16) -> Operation {
    AssetPublishFeed {
        publisher: ISSUER,
        asset_id: coin.0,
        feed: PriceFeed {
            settlement_price: coin_price(coin, price),
            maximum_short_squeeze_ratio: squeeze,
            core_exchange_rate: Price::new(Asset::new(1, coin.0), Asset::core(worth(coin.0, 1))),
            ..PriceFeed::default()
        },
        ..AssetPublishFeed::default()
    }
    .into()
}

impl OfPool {
    fn operation(self, account: AccountId) -> Operation {
        match self {
            Self::Exchange { sells_core, amount } => {
                let (sold, wanted) = if sells_core { (Id(0), GOLD) } else { (GOLD, Id(0)) };
                LiquidityPoolExchange {
                    account,
                    pool: POOL,
                    amount_to_sell: Asset::new(amount, sold),
                    min_to_receive: Asset::new(1, wanted),
                    ..LiquidityPoolExchange::default()
                }
                .into()
            }
            Self::Deposit { core } => LiquidityPoolDeposit {
                account,
                pool: POOL,
                amount_a: Asset::core(core),
                amount_b: Asset::new(core, GOLD),
                ..LiquidityPoolDeposit::default()
            }
            .into(),
            Self::Withdraw { shares } => LiquidityPoolWithdraw {
                account,
                pool: POOL,
                share_amount: Asset::new(shares, SHARE),
                ..LiquidityPoolWithdraw::default()
            }
            .into(),
        }
    }
}
