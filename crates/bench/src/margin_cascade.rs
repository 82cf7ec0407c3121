//! A price that falls, so that many positions of a SmartCoin are called in one block and sold to
//! those who offer the coin: a called position is the thing that is counted.

use crate::figures::Figures;
use crate::watch::Watch;
use crate::world::{NO_SIGNATURES, World};
use crate::yardstick;
use carbyne_protocol::ids::{AccountId, AssetId};
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::asset::create::AssetCreate;
use carbyne_protocol::ops::asset::options::{AssetOptions, BitassetOptions};
use carbyne_protocol::ops::asset::publish_feed::AssetPublishFeed;
use carbyne_protocol::ops::asset::update_feed_producers::AssetUpdateFeedProducers;
use carbyne_protocol::ops::market::call_order_update::CallOrderUpdate;
use carbyne_protocol::ops::market::limit_order_create::LimitOrderCreate;
use carbyne_protocol::price_feed::PriceFeed;
use carbyne_protocol::recovered::Recover;
use carbyne_wire::FlatSet;

/// Safe positions for each that is called: ten times as many should cost no more.
const SAFE_FOR_EACH: [u64; 2] = [1, 10];
/// What every position owes, in smallest units of the coin.
const DEBT: i64 = 10_000;
/// Core for one unit of the coin at first, and after the fall.
const PRICES: [i64; 2] = [100, 150];
/// What positions lock for one unit of debt, in core: those to be called, and the safe ones.
const LOCKED: [i64; 2] = [200, 1_000];
/// Operations of a block while positions are made.
const PER_BLOCK: usize = 3_000;

struct Cascade {
    world: World,
    coin: AssetId,
    issuer: AccountId,
}

impl Cascade {
    /// A chain on which a fall of the price calls so many positions, and not the others.
    fn new(calls: u64, safe: u64) -> Self {
        let positions = calls + safe;
        let world = World::new(positions + 1);
        let issuer = world.account(positions);
        let coin = carbyne_wire::Id(world.chain.ledger().tables.assets.next_instance());
        let mut cascade = Self { world, coin, issuer };
        cascade.world.enrich(issuer);
        let scenery = [cascade.create(), cascade.producers(), cascade.feed(PRICES[0])];
        scenery.into_iter().for_each(|one| cascade.push(vec![one], &mut Watch::default()));
        let called = (0..calls).map(|n| cascade.borrows(n, LOCKED[0]));
        let safe = (calls..positions).map(|n| cascade.borrows(n, LOCKED[1]));
        let borrowed: Vec<_> = called.chain(safe).collect();
        cascade.push_all(borrowed);
        let offered: Vec<_> = (0..calls).map(|n| cascade.offers(n)).collect();
        cascade.push_all(offered);
        cascade
    }

    fn create(&self) -> Operation {
        let backed = BitassetOptions { feed_lifetime_sec: 86_400, ..BitassetOptions::default() };
        let rate = Price::new(Asset::core(1), Asset::new(1, carbyne_wire::Id(1)));
        AssetCreate {
            issuer: self.issuer,
            symbol: "COIN".into(),
            common_options: AssetOptions { core_exchange_rate: rate, ..AssetOptions::default() },
            bitasset_opts: Some(backed),
            ..AssetCreate::default()
        }
        .into()
    }

    fn producers(&self) -> Operation {
        AssetUpdateFeedProducers {
            issuer: self.issuer,
            asset_to_update: self.coin,
            new_feed_producers: FlatSet::from_iter([self.issuer]),
            ..AssetUpdateFeedProducers::default()
        }
        .into()
    }

    fn feed(&self, core: i64) -> Operation {
        let price = Price::new(Asset::new(1, self.coin), Asset::core(core));
        let feed = PriceFeed {
            settlement_price: price,
            core_exchange_rate: price,
            ..PriceFeed::default()
        };
        AssetPublishFeed {
            publisher: self.issuer,
            asset_id: self.coin,
            feed,
            ..AssetPublishFeed::default()
        }
        .into()
    }

    /// No two positions are alike.
    fn borrows(&self, number: u64, locked: i64) -> Operation {
        CallOrderUpdate {
            funding_account: self.world.account(number),
            delta_collateral: Asset::core(DEBT * locked + number as i64),
            delta_debt: Asset::new(DEBT, self.coin),
            ..CallOrderUpdate::default()
        }
        .into()
    }

    /// Whoever will be called sells what he borrowed, a little below what a call may pay after the
    /// fall.
    fn offers(&self, number: u64) -> Operation {
        LimitOrderCreate {
            seller: self.world.account(number),
            amount_to_sell: Asset::new(DEBT, self.coin),
            min_to_receive: Asset::core(DEBT * (PRICES[1] + 1) + number as i64),
            ..LimitOrderCreate::default()
        }
        .into()
    }

    fn push_all(&mut self, operations: Vec<Operation>) {
        for block in operations.chunks(PER_BLOCK) {
            self.push(block.to_vec(), &mut Watch::default());
        }
    }

    /// A block with these operations, timed as the positions that were closed by it.
    fn push(&mut self, operations: Vec<Operation>, watch: &mut Watch) {
        let before = self.positions();
        let paid = operations.into_iter().map(|one| self.world.with_fee(one));
        let transactions = paid.map(|one| self.world.unsigned(one)).collect();
        let block = self.world.block(transactions, Recover::Nothing);
        let ((), taken) = Watch::once(|| self.world.push(&block, NO_SIGNATURES));
        watch.add(before.saturating_sub(self.positions()), &taken);
    }

    fn positions(&self) -> u64 {
        self.world.chain.ledger().tables.call_orders.len() as u64
    }
}

/// So many positions called at once, with as many safe ones beside them and with ten times as
/// many.
pub fn run(calls: u64) -> Vec<Figures> {
    SAFE_FOR_EACH.into_iter().map(|safe| fall(calls, safe)).collect()
}

fn fall(calls: u64, safe_for_each: u64) -> Figures {
    let mut watch = Watch::default();
    let mut cascade = Cascade::new(calls, calls * safe_for_each);
    let fall = cascade.feed(PRICES[1]);
    cascade.push(vec![fall], &mut watch);
    assert_eq!(watch.count(), calls, "all of them were called, and no other");
    let hash = cascade.world.checked_hash();
    let name = format!("margin_cascade, {safe_for_each} safe for each");
    Figures::new(name, calls, &watch, yardstick::ordered_map(calls)).with_state(hash)
}
