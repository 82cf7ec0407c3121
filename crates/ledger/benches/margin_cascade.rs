//! What one margin call costs when a feed drops and many debt positions are called at once, each
//! bought by a limit order; undo is on. The second figure of a line is for ten times as many
//! positions that are not called: it must be about the same, because the work follows what happens
//! and not what exists. Prints one JSON line per size.
//!
//! `cargo bench -p carbyne-ledger --bench margin_cascade -- CALLS...`; without arguments 1,000,
//! 10,000 and 100,000.

use carbyne_ledger::Ledger;
use carbyne_ledger::evaluate::Mode;
use carbyne_objects::*;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::asset::publish_feed::AssetPublishFeed;
use carbyne_protocol::price_feed::PriceFeed;
use carbyne_wire::{FlatSet, Id, TimePointSec};
use std::time::Instant;

/// Repetitions of a size, of which the fastest counts.
const REPEATS: usize = 3;
/// Owed by every position, in smallest units.
const DEBT: i64 = 1_000;
/// Locked in positions that are called, in smallest units of core: twice what the debt is worth at
/// first.
const CALLED_COLLATERAL: i64 = 20_000;
/// Locked in positions that are not called.
const SAFE_COLLATERAL: i64 = 80_000;
/// What buyers of collateral want for as much as one position owes, in smallest units of core.
const OFFER: i64 = 12_500;
/// Units of core for one unit of the SmartCoin: before and after.
const PRICES: [i64; 2] = [10, 12];

const COIN: AssetId = Id(1);
const PRODUCER: AccountId = Id(0);

fn ledger() -> Ledger {
    let mut ledger = Ledger::default();
    let active_witnesses = FlatSet::from_iter([Id(0)]);
    ledger.create::<GlobalPropertyId>(GlobalProperty { active_witnesses, ..Default::default() });
    let time = TimePointSec(1_000_000);
    let dynamic = DynamicGlobalProperty { time, ..DynamicGlobalProperty::default() };
    ledger.create::<DynamicGlobalPropertyId>(dynamic);
    for bitasset_data_id in [None, Some(Id(0))] {
        let dynamic_asset_data_id = ledger.create(AssetDynamicData::default());
        ledger.create::<AssetId>(AssetObject {
            dynamic_asset_data_id,
            bitasset_data_id,
            ..AssetObject::default()
        });
    }
    let mut bitasset = AssetBitassetData { asset_id: COIN, ..AssetBitassetData::default() };
    bitasset.feeds.insert(PRODUCER, Default::default());
    ledger.create::<AssetBitassetDataId>(bitasset);
    add_account(&mut ledger);
    ledger
}

fn add_account(ledger: &mut Ledger) -> AccountId {
    let statistics = ledger.create(AccountStatistics::default());
    ledger.create(Account { statistics, ..Account::default() })
}

/// A position of a new account, whose debt it sold.
fn add_position(ledger: &mut Ledger, collateral: i64) {
    let borrower = add_account(ledger);
    let statistics = ledger.get(borrower).expect("an account").statistics;
    ledger
        .modify(statistics, |statistics| statistics.total_core_in_orders = collateral)
        .expect("statistics");
    ledger.create::<CallOrderId>(CallOrder {
        borrower,
        collateral,
        debt: DEBT,
        call_price: Price::new(Asset::core(1), Asset::new(1, COIN)),
        ..CallOrder::default()
    });
    let supply: AssetDynamicDataId = Id(1);
    ledger.modify(supply, |data| data.current_supply += DEBT).expect("an asset");
}

/// An offer of a new account for the collateral of one position.
fn add_offer(ledger: &mut Ledger) {
    let seller = add_account(ledger);
    ledger.create::<LimitOrderId>(LimitOrder {
        expiration: TimePointSec::MAX,
        seller,
        for_sale: DEBT,
        sell_price: Price::new(Asset::new(DEBT, COIN), Asset::core(OFFER)),
        ..LimitOrder::default()
    });
}

fn publish(ledger: &mut Ledger, price: i64) {
    let settlement_price = Price::new(Asset::new(1, COIN), Asset::core(price));
    let operation = AssetPublishFeed {
        publisher: PRODUCER,
        asset_id: COIN,
        feed: PriceFeed {
            settlement_price,
            core_exchange_rate: settlement_price,
            maximum_short_squeeze_ratio: 1_100,
            ..PriceFeed::default()
        },
        ..AssetPublishFeed::default()
    };
    ledger.apply_operation(&operation.into(), Mode::Free, false).expect("a feed that is taken");
}

/// Microseconds per call when `calls` of `calls + safe` positions are called.
fn microseconds_per_call(calls: usize, safe: usize) -> f64 {
    let mut ledger = ledger();
    publish(&mut ledger, PRICES[0]);
    (0..safe).for_each(|_| add_position(&mut ledger, SAFE_COLLATERAL));
    (0..calls).for_each(|n| add_position(&mut ledger, CALLED_COLLATERAL + n as i64 % 50));
    (0..calls).for_each(|_| add_offer(&mut ledger));
    ledger.begin();
    let start = Instant::now();
    publish(&mut ledger, PRICES[1]);
    let elapsed = start.elapsed();
    assert_eq!(ledger.tables.call_orders.len(), safe, "all that is to be called is");
    assert_eq!(ledger.tables.limit_orders.len(), 0, "every offer is taken");
    elapsed.as_secs_f64() * 1e6 / calls as f64
}

fn best(calls: usize, safe: usize) -> f64 {
    (0..REPEATS).map(|_| microseconds_per_call(calls, safe)).fold(f64::INFINITY, f64::min)
}

fn main() {
    let mut sizes: Vec<usize> =
        std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![1_000, 10_000, 100_000];
    }
    for calls in sizes {
        let (alone, among_safe) = (best(calls, 0), best(calls, 10 * calls));
        println!(
            r#"{{"name":"margin_cascade","calls":{calls},"microseconds_per_call":{alone:.3},{}}}"#,
            format_args!(r#""with_ten_times_as_many_safe":{among_safe:.3}"#),
        );
    }
}
