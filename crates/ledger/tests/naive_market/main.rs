//! The market of the ledger against a naive one: the same orders, positions, settlements and prices
//! give the same fills in the same order, and leave the same amounts.
//!
//! `CARBYNE_MARKET_CASES` says how many sequences are tried.

mod model;
mod world;

use model::{COIN, CORE, Feed, Order, Position, Settlement};
use proptest::prelude::*;
use world::World;

/// Sequences that are tried by default.
const CASES: u32 = 5_000;
/// What the assets are worth, in core.
const WORTH: [u128; 3] = [1, 10, 3];
/// Smallest units per unit of a step, so that rounding decides sometimes and sometimes not.
const SCALES: [u128; 4] = [1, 1, 7, 1_000_003];

/// Fees that differ between sequences: of makers and takers, in basis points, and of margin calls,
/// in thousandths.
#[derive(Clone, Debug)]
struct Setting {
    fees: Vec<(u128, u128)>,
    call_fee: u128,
    scale: u128,
}

/// Prices in thousandths of what the assets are worth.
#[derive(Clone, Debug)]
enum Step {
    Sell { who: u64, pair: (u64, u64), amount: u128, price: u128 },
    Cancel { order: usize },
    Change { order: usize, more: u128, price: Option<u128> },
    Borrow { who: u64, debt: u128, ratio: u128 },
    Settle { who: u64, amount: u128 },
    Publish { price: u128, squeeze: u128 },
}

fn setting() -> impl Strategy<Value = Setting> {
    let fee = || prop_oneof![Just(0_u128), Just(30), Just(1_500)];
    let fees = proptest::collection::vec((fee(), fee()), 3);
    (fees, proptest::sample::select(vec![0, 15, 200]), proptest::sample::select(SCALES.to_vec()))
        .prop_map(|(fees, call_fee, scale)| Setting { fees, call_fee, scale })
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 0..world::TRADERS;
    let amount = || prop_oneof![1..30_u128, 1..2_000_u128];
    let pair = prop_oneof![
        2 => Just((CORE, COIN)),
        4 => Just((COIN, CORE)),
        1 => Just((CORE, 2)),
        1 => Just((2, CORE)),
        1 => Just((COIN, 2)),
        1 => Just((2, COIN)),
    ];
    prop_oneof![
        12 => (who(), pair, amount(), 800..1_300_u128)
            .prop_map(|(who, pair, amount, price)| Step::Sell { who, pair, amount, price }),
        1 => any::<usize>().prop_map(|order| Step::Cancel { order }),
        2 => (any::<usize>(), 0..50_u128, proptest::option::of(800..1_300_u128))
            .prop_map(|(order, more, price)| Step::Change { order, more, price }),
        6 => (who(), amount(), 1_750..2_500_u128)
            .prop_map(|(who, debt, ratio)| Step::Borrow { who, debt, ratio }),
        3 => (who(), amount()).prop_map(|(who, amount)| Step::Settle { who, amount }),
        4 => (900..1_600_u128, 1_001..1_500_u128)
            .prop_map(|(price, squeeze)| Step::Publish { price, squeeze }),
    ]
}

/// What somebody who sells `amount` asks for it.
fn asked((sold, wanted): (u64, u64), amount: u128, price: u128) -> u128 {
    (amount * WORTH[sold as usize] * price / 1_000 / WORTH[wanted as usize]).max(1)
}

/// Does a step in both markets.
fn run(world: &mut World, setting: &Setting, step: &Step) {
    match *step {
        Step::Sell { who, pair, amount, price } => {
            let left = amount * setting.scale;
            let price = (asked(pair, left, price), left);
            let (sells, wants) = pair;
            world.sell(Order { id: 0, seller: who, sells, wants, left, price });
        }
        Step::Cancel { order } => {
            if let Some(order) = world.some_order(order) {
                world.cancel(&order);
            }
        }
        Step::Change { order, more, price } => {
            let Some(order) = world.some_order(order) else { return };
            let more = more * setting.scale;
            let pair = (order.sells, order.wants);
            let whole = order.left + more;
            let price = price.map(|price| (asked(pair, whole, price), whole));
            world.change(&order, more, price);
        }
        Step::Borrow { who, debt, ratio } => {
            let debt = debt * setting.scale;
            let collateral = asked((COIN, CORE), debt, ratio);
            world.borrow(Position { id: 0, owner: who, collateral, debt });
        }
        Step::Settle { who, amount } => {
            world.settle(Settlement { id: 0, owner: who, left: amount * setting.scale });
        }
        Step::Publish { price, squeeze } => world.publish(Feed {
            price: (price * WORTH[COIN as usize], 1_000),
            maintenance: 1_750,
            squeeze,
            call_fee: setting.call_fee,
        }),
    }
}

fn check(setting: &Setting, steps: &[Step]) {
    let mut world = World::new(&setting.fees, setting.call_fee);
    run(&mut world, setting, &Step::Publish { price: 1_000, squeeze: 1_100 });
    for step in steps {
        run(&mut world, setting, step);
        world.check();
        if world.is_settled() {
            return;
        }
    }
}

fn cases() -> u32 {
    let asked = std::env::var("CARBYNE_MARKET_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(CASES)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_naive_market_has_the_same_fills(
        setting in setting(),
        steps in proptest::collection::vec(step(), 1..80),
    ) {
        check(&setting, &steps);
    }
}
