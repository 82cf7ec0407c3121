//! A slow model of recurring payments beside the rules.

use crate::ops::contract_sandbox::{Beside, Naive, at, cases, open_chain, turns};
use crate::ops::sandbox::{amount, op};
use carbyne_protocol::ops::Operation;
use proptest::prelude::*;
use serde_json::json;

/// What everybody begins with, of each of two assets.
const EACH: i64 = 1_000;
const ACCOUNTS: u64 = 4;

#[derive(Clone, Debug)]
enum Deed {
    Create { from: u64, to: u64, asset: u64, amount: i64, interval: u32, times: u32, start: u32 },
    Update { which: usize, by: Option<u64>, amount: i64, interval: u32, more: u32 },
    Cancel { which: usize, by: u64 },
    Give { from: u64, to: u64, asset: u64, amount: i64 },
}

fn deed() -> impl Strategy<Value = Deed> + Clone {
    let who = || 1..=ACCOUNTS;
    let interval = || prop_oneof![Just(3_600_u32), Just(5_000), Just(7_200), Just(100)];
    let amount = || prop_oneof![1..300_i64, Just(0)];
    prop_oneof![
        4 => (who(), who(), 1..3_u64, amount(), interval(), 0..15_u32, 0..9_000_u32).prop_map(
            |(from, to, asset, amount, interval, times, start)| Deed::Create {
                from, to, asset, amount, interval, times, start
            }
        ),
        2 => (
            any::<usize>(), proptest::option::weighted(0.1, who()), amount(), interval(), 0..4_u32,
        )
            .prop_map(|(which, by, amount, interval, more)| Deed::Update {
                which, by, amount, interval, more
            }),
        1 => (any::<usize>(), who()).prop_map(|(which, by)| Deed::Cancel { which, by }),
        2 => (who(), who(), 1..3_u64, 1..500_i64)
            .prop_map(|(from, to, asset, amount)| Deed::Give { from, to, asset, amount }),
    ]
}

#[derive(Clone, Debug)]
struct Order {
    number: usize,
    from: u64,
    to: u64,
    asset: u64,
    amount: i128,
    interval: i128,
    left: i128,
    next: i128,
    failed: u32,
}

#[derive(Clone)]
struct Model {
    now: i128,
    made: usize,
    orders: Vec<Order>,
    amounts: Vec<(u64, u64, i128)>,
}

impl Model {
    fn new() -> Self {
        let each = i128::from(EACH);
        let pairs = (1..=ACCOUNTS).flat_map(|account| [(account, 1, each), (account, 2, each)]);
        Self { now: 0, made: 0, orders: Vec::new(), amounts: pairs.collect() }
    }

    fn amount(&mut self, account: u64, asset: u64) -> &mut i128 {
        let place = self.amounts.iter_mut().find(|one| (one.0, one.1) == (account, asset));
        &mut place.unwrap().2
    }

    fn give(&mut self, from: u64, to: u64, asset: u64, amount: i128) -> bool {
        if from == to || amount <= 0 || *self.amount(from, asset) < amount {
            return false;
        }
        *self.amount(from, asset) -= amount;
        *self.amount(to, asset) += amount;
        true
    }

    fn update(&mut self, deed: &Deed) -> Option<(Operation, bool)> {
        let Deed::Update { which, by, amount: units, interval, more } = *deed else { return None };
        let count = self.orders.len();
        let now = self.now;
        let order = self.orders.get_mut(which.checked_rem(count)?)?;
        let from = by.unwrap_or(order.from);
        let operation = op(
            "recurring_update",
            json!({
                "from": format!("1.2.{from}"),
                "recurring": format!("16.1.{}", order.number),
                "amount": amount(units, order.asset), "interval_sec": interval,
                "add_times": more,
            }),
        );
        let interval = i128::from(interval);
        let changes = interval != order.interval;
        let taken =
            from == order.from && units > 0 && now < order.next && (!changes || interval >= 3_600);
        if taken {
            if changes {
                order.next = now + interval;
            }
            (order.interval, order.amount) = (interval, units.into());
            order.left += i128::from(more);
        }
        Some((operation, taken))
    }
}

impl Naive for Model {
    type Deed = Deed;

    fn act(&mut self, deed: &Deed) -> Option<(Operation, bool)> {
        Some(match *deed {
            Deed::Create { from, to, asset, amount: units, interval, times, start } => {
                let start = i128::from(start) + self.now;
                let operation = op(
                    "recurring_create",
                    json!({
                        "from": format!("1.2.{from}"), "to": format!("1.2.{to}"),
                        "amount": amount(units, asset), "interval_sec": interval, "times": times,
                        "start": at(start as u32),
                    }),
                );
                let taken = from != to && units > 0 && times > 0 && interval >= 3_600;
                if taken {
                    let (number, left) = (self.made, times.into());
                    let (amount, interval) = (units.into(), interval.into());
                    let (next, failed) = (start, 0);
                    self.orders.push(Order {
                        number,
                        from,
                        to,
                        asset,
                        amount,
                        interval,
                        left,
                        next,
                        failed,
                    });
                    self.made += 1;
                }
                (operation, taken)
            }
            Deed::Update { .. } => return self.update(deed),
            Deed::Cancel { which, by } => {
                let place = which.checked_rem(self.orders.len())?;
                let order = self.orders.get(place)?;
                let operation = op(
                    "recurring_cancel",
                    json!({
                        "account": format!("1.2.{by}"),
                        "recurring": format!("16.1.{}", order.number),
                    }),
                );
                let taken = (by == order.from || by == order.to) && self.now < order.next;
                if taken {
                    self.orders.remove(place);
                }
                (operation, taken)
            }
            Deed::Give { from, to, asset, amount: units } => {
                let operation = op(
                    "transfer",
                    json!({
                        "from": format!("1.2.{from}"), "to": format!("1.2.{to}"),
                        "amount": amount(units, asset),
                    }),
                );
                (operation, self.give(from, to, asset, units.into()))
            }
        })
    }

    fn end_block(&mut self, seconds: u32) {
        self.now = seconds.into();
        let now = self.now;
        let mut due: Vec<Order> =
            self.orders.iter().filter(|order| order.next <= now).cloned().collect();
        due.sort_by_key(|order| (order.next, order.number));
        for Order { number, from, to, asset, amount, .. } in due {
            let paid = self.give(from, to, asset, amount);
            let place = self.orders.iter().position(|order| order.number == number).unwrap();
            let order = &mut self.orders[place];
            order.left -= 1;
            order.failed = if paid { 0 } else { order.failed + 1 };
            while order.next <= now {
                order.next += order.interval;
            }
            if order.left == 0 || order.failed == 10 {
                self.orders.remove(place);
            }
        }
    }

    fn amounts(&self) -> Vec<(u64, u64, i128)> {
        self.amounts.clone()
    }

    fn contracts(&self) -> usize {
        self.orders.len()
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_slow_model_pays_the_same(turns in turns(deed(), 1..12_000_u32)) {
        Beside::new(open_chain(EACH), Model::new()).take(&turns);
    }
}
