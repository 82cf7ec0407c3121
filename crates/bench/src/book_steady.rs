//! Markets whose number of open orders stays, each at a price of its own: of a hundred operations
//! 51 place an order that waits, 39 cancel one, and 10 take what is offered. Full rules, fees,
//! balances, undo on; signatures are not asked for. What is measured was made before, and begins
//! when as many transactions are forgotten as are learned.

use crate::figures::Figures;
use crate::sequence::Sequence;
use crate::watch::Watch;
use crate::world::{NO_SIGNATURES, World};
use crate::yardstick;
use carbyne_protocol::ids::{AccountId, AssetId, LimitOrderId};
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::market::limit_order_cancel::LimitOrderCancel;
use carbyne_protocol::ops::market::limit_order_create::LimitOrderCreate;
use carbyne_protocol::recovered::{Recover, RecoveredBlock};
use std::sync::Arc;

/// Operations of a block.
const PER_BLOCK: usize = 3_000;
/// Blocks of a run.
const BLOCKS: usize = if cfg!(test) { 2 } else { 20 };
/// Blocks before it: the first transactions expire then.
const SETTLING: usize = if cfg!(test) { 2 } else { 120 };
/// Traders of one market, and of many.
const TRADERS: u64 = 1_000;
const TRADERS_OF_MANY: u64 = 100;
/// Open orders of each of many markets.
const ORDERS_OF_EACH: u64 = 100;
/// What an order offers at least, in smallest units.
const AMOUNT: i64 = 100_000;
/// Prices lie so far apart from the middle at most: parts in a million.
const SPREAD: u64 = 500_000;

struct Book {
    world: World,
    sequence: Sequence,
    traders: u64,
    coins: Vec<AssetId>,
    open: Vec<LimitOrderId>,
}

impl Book {
    /// So many orders in so many markets.
    fn new(orders: u64, markets: u64, traders: u64) -> Self {
        let mut world = World::new(traders);
        let coins = (0..markets).map(|_| world.add_coin()).collect();
        let mut book = Self { world, sequence: Sequence(5), traders, coins, open: Vec::new() };
        while (book.open.len() as u64) < orders {
            let missing = usize::try_from(orders).expect("orders in memory") - book.open.len();
            let placed = (0..missing.min(PER_BLOCK)).map(|_| book.waiting()).collect();
            book.push(placed);
        }
        book
    }

    fn trader(&mut self) -> AccountId {
        let number = self.sequence.below(self.traders);
        self.world.account(number)
    }

    /// Of which market: the one of rank n as often as 1/n says.
    fn coin(&mut self) -> AssetId {
        let chance = self.sequence.below(1 << 20) as f64 / f64::from(1 << 20);
        let rank = (self.coins.len() as f64).powf(chance) as usize - 1;
        self.coins[rank]
    }

    /// An order for so many millionths of what it offers.
    fn order(&mut self, millionths: u64) -> Operation {
        let (coin, core) = (self.coin(), AssetId::default());
        let sells_coin = self.sequence.below(2) == 0;
        let (sold, wanted) = if sells_coin { (coin, core) } else { (core, coin) };
        let amount = AMOUNT + self.sequence.below(AMOUNT as u64) as i64;
        let order = LimitOrderCreate {
            seller: self.trader(),
            amount_to_sell: Asset::new(amount, sold),
            min_to_receive: Asset::new(amount * millionths as i64 / 1_000_000, wanted),
            ..LimitOrderCreate::default()
        };
        self.world.with_fee(order.into())
    }

    /// An order that waits.
    fn waiting(&mut self) -> Operation {
        let above = self.sequence.below(SPREAD);
        self.order(1_000_001 + above)
    }

    /// One that takes the best offers.
    fn taking(&mut self) -> Operation {
        self.order(500_000)
    }

    fn cancelling(&mut self) -> Option<Operation> {
        let place = self.sequence.below(self.open.len() as u64) as usize;
        let order = self.open.swap_remove(place);
        let seller = self.world.chain.ledger().get(order).ok()?.seller;
        let cancel = LimitOrderCancel { fee_paying_account: seller, order, ..Default::default() };
        Some(self.world.with_fee(cancel.into()))
    }

    /// What a block does; orders are cancelled first, so that none is filled before.
    fn operations(&mut self) -> Vec<Operation> {
        let share = |percent: usize| PER_BLOCK * percent / 100;
        let cancelled = share(39).min(self.open.len() / 2);
        let mut operations: Vec<_> = (0..cancelled).filter_map(|_| self.cancelling()).collect();
        operations.extend((0..share(51)).map(|_| self.waiting()));
        operations.extend((0..share(10)).map(|_| self.taking()));
        operations
    }

    /// Applies a block of these.
    fn push(&mut self, operations: Vec<Operation>) -> Arc<RecoveredBlock> {
        let first = self.world.chain.ledger().tables.limit_orders.next_instance();
        let transactions = operations.into_iter().map(|one| self.world.unsigned(one)).collect();
        let block = self.world.block(transactions, Recover::Nothing);
        self.world.push(&block, NO_SIGNATURES);
        let ledger = self.world.chain.ledger();
        let after = ledger.tables.limit_orders.next_instance();
        let new = (first..after).map(carbyne_wire::Id).filter(|id| ledger.get(*id).is_ok());
        self.open.extend(new);
        block
    }
}

/// With so many open orders in one market.
pub fn run(orders: u64) -> Figures {
    steady(|| Book::new(orders, 1, TRADERS), orders)
}

/// With so many open orders, a hundred in each market.
pub fn many_markets(orders: u64) -> Figures {
    let markets = orders.div_ceil(ORDERS_OF_EACH);
    steady(|| Book::new(orders, markets, TRADERS_OF_MANY), orders).named("book_many_markets")
}

fn steady(new: impl Fn() -> Book, orders: u64) -> Figures {
    let mut book = new();
    let blocks = (0..SETTLING + BLOCKS).map(|_| {
        let operations = book.operations();
        book.push(operations)
    });
    let blocks: Vec<_> = blocks.collect();
    let hash = book.world.checked_hash();
    drop(book);
    let (mut world, mut watch) = (new().world, Watch::default());
    let (settling, measured) = blocks.split_at(SETTLING);
    settling.iter().for_each(|block| world.push(block, NO_SIGNATURES));
    for block in measured {
        let count = block.transactions().count() as u64;
        watch.time(count, || world.push(block, NO_SIGNATURES));
    }
    assert_eq!(world.checked_hash(), hash, "the same blocks give the same state");
    Figures::new("book_steady", orders, &watch, yardstick::ordered_map(orders)).with_state(hash)
}
