//! A slow model of options beside the rules: every contract that was written is a row of its own.

use crate::ops::contract_sandbox::{Beside, Naive, at, cases, open_chain, turns};
use crate::ops::sandbox::{amount, op};
use carbyne_protocol::ops::Operation;
use proptest::prelude::*;
use serde_json::{Value, json};

const EACH: i64 = 2_000;
const ACCOUNTS: u64 = 4;
const EXPIRY: i128 = 324_800;
const WINDOW: i128 = EXPIRY + 86_400;
/// What a call locks and is paid; a put the reverse.
const CALL: (i128, i128) = (10, 30);

#[derive(Clone, Debug)]
enum Deed {
    Write { who: u64, count: i64 },
    Close { who: u64, part: usize, count: i64 },
    Exercise { who: u64, count: i64 },
    Redeem { who: u64, part: usize },
    Give { from: u64, to: u64, count: i64 },
    Reserve { who: u64, count: i64 },
}

fn deed() -> impl Strategy<Value = Deed> + Clone {
    let who = || 1..=ACCOUNTS;
    let count = || 1..20_i64;
    prop_oneof![
        6 => (who(), count()).prop_map(|(who, count)| Deed::Write { who, count }),
        3 => (who(), any::<usize>(), count())
            .prop_map(|(who, part, count)| Deed::Close { who, part, count }),
        4 => (who(), count()).prop_map(|(who, count)| Deed::Exercise { who, count }),
        5 => (who(), any::<usize>()).prop_map(|(who, part)| Deed::Redeem { who, part }),
        4 => (who(), who(), count())
            .prop_map(|(from, to, count)| Deed::Give { from, to, count }),
        1 => (who(), count()).prop_map(|(who, count)| Deed::Reserve { who, count }),
    ]
}

/// What was written before somebody exercised against it.
#[derive(Clone, Debug)]
struct Part {
    number: usize,
    /// Who wrote, in the order of writing.
    shares: Vec<(u64, i128)>,
    open: i128,
    locked: i128,
    paid: i128,
    touched: bool,
}

impl Part {
    fn written(&self) -> i128 {
        self.shares.iter().map(|(_, count)| count).sum()
    }

    fn of(&self, who: u64) -> i128 {
        self.shares.iter().filter(|(writer, _)| *writer == who).map(|(_, count)| count).sum()
    }

    fn add(&mut self, who: u64, count: i128) {
        match self.shares.iter_mut().find(|(writer, _)| *writer == who) {
            Some((_, own)) => *own += count,
            None => self.shares.push((who, count)),
        }
        self.shares.retain(|(_, count)| *count > 0);
    }
}

#[derive(Clone)]
struct Model {
    is_put: bool,
    european: bool,
    now: i128,
    made: usize,
    parts: Vec<Part>,
    /// Of the underlying, the quote and the long.
    has: Vec<[i128; 3]>,
}

fn id(account: u64) -> String {
    format!("1.2.{account}")
}

fn terms(is_put: bool, european: bool) -> Value {
    json!({
        "underlying": "1.3.1", "quote": "1.3.2", "strike": 30, "contract_size": 10,
        "kind": if is_put { "put" } else { "call" },
        "style": if european { "european" } else { "american" }, "expiry": at(EXPIRY as u32),
    })
}

impl Model {
    fn new(is_put: bool, european: bool) -> Self {
        let has = vec![[EACH.into(), EACH.into(), 0]; ACCOUNTS as usize + 1];
        Self { is_put, european, now: 0, made: 0, parts: Vec::new(), has }
    }

    /// Asset and amount that a contract locks, and what it is paid.
    fn legs(&self) -> ((usize, i128), (usize, i128)) {
        let (size, strike) = ((0, CALL.0), (1, CALL.1));
        if self.is_put { (strike, size) } else { (size, strike) }
    }

    fn write(&mut self, who: u64, count: i64) -> (Operation, bool) {
        let operation = op(
            "option_write",
            json!({
                "writer": id(who), "series": "16.5.0",
                "terms": terms(self.is_put, self.european), "contracts": count,
            }),
        );
        let ((asset, each), _) = self.legs();
        let (count, has) = (i128::from(count), &mut self.has[who as usize]);
        let taken = self.now < EXPIRY && has[asset] >= each * count;
        if taken {
            has[asset] -= each * count;
            has[2] += count;
            let fresh = self.parts.iter().filter(|part| !part.touched).count() == 0;
            if fresh {
                let (number, shares) = (self.made, Vec::new());
                self.made += 1;
                let touched = false;
                self.parts.push(Part { number, shares, open: 0, locked: 0, paid: 0, touched });
            }
            let part = self.parts.iter_mut().find(|part| !part.touched).unwrap();
            part.add(who, count);
            part.open += count;
            part.locked += each * count;
        }
        (operation, taken)
    }

    fn close(&mut self, who: u64, place: usize, count: i64) -> (Operation, bool) {
        let ((asset, each), _) = self.legs();
        let part = &mut self.parts[place];
        let operation = op(
            "option_close",
            json!({
                "writer": id(who), "series": "16.5.0", "tranche": format!("16.11.{}", part.number),
                "contracts": count,
            }),
        );
        let count = i128::from(count);
        let taken = self.now < WINDOW
            && count <= part.of(who)
            && count <= part.open
            && count <= self.has[who as usize][2];
        if taken {
            part.add(who, -count);
            part.open -= count;
            part.locked -= each * count;
            self.has[who as usize][2] -= count;
            self.has[who as usize][asset] += each * count;
            self.parts.retain(|part| part.written() > 0);
        }
        (operation, taken)
    }

    fn exercise(&mut self, who: u64, count: i64) -> (Operation, bool) {
        let ((locks, each), (takes, price)) = self.legs();
        let operation = op(
            "option_exercise",
            json!({
                "holder": id(who), "series": "16.5.0", "contracts": count,
                "pays": amount(price as i64 * count, takes as u64 + 1),
                "gets": amount(each as i64 * count, locks as u64 + 1),
            }),
        );
        let (count, has) = (i128::from(count), &mut self.has[who as usize]);
        let timely = self.now < WINDOW && (!self.european || self.now >= EXPIRY);
        let taken = timely && has[2] >= count && has[takes] >= price * count;
        if taken {
            has[2] -= count;
            has[takes] -= price * count;
            has[locks] += each * count;
            for _ in 0..count {
                let part = self.parts.iter_mut().find(|part| part.open > 0).unwrap();
                part.open -= 1;
                part.locked -= each;
                part.paid += price;
                part.touched = true;
            }
        }
        (operation, taken)
    }

    fn redeem(&mut self, who: u64, place: usize) -> (Operation, bool) {
        let ((locks, _), (takes, _)) = self.legs();
        let part = &mut self.parts[place];
        let operation = op(
            "option_redeem",
            json!({
                "writer": id(who), "series": "16.5.0", "tranche": format!("16.11.{}", part.number),
            }),
        );
        let (own, all) = (part.of(who), part.written());
        let taken = own > 0 && (part.open == 0 || self.now >= WINDOW);
        if taken {
            let (locked, paid) = (part.locked * own / all, part.paid * own / all);
            part.add(who, -own);
            part.locked -= locked;
            part.paid -= paid;
            if part.shares.is_empty() {
                assert_eq!((part.locked, part.paid), (0, 0));
            }
            self.has[who as usize][locks] += locked;
            self.has[who as usize][takes] += paid;
            self.parts.retain(|part| part.written() > 0);
        }
        (operation, taken)
    }
}

impl Naive for Model {
    type Deed = Deed;

    fn act(&mut self, deed: &Deed) -> Option<(Operation, bool)> {
        let parts = self.parts.len();
        Some(match *deed {
            Deed::Write { who, count } => self.write(who, count),
            Deed::Close { who, part, count } => self.close(who, part.checked_rem(parts)?, count),
            Deed::Exercise { who, count } => self.exercise(who, count),
            Deed::Redeem { who, part } => self.redeem(who, part.checked_rem(parts)?),
            Deed::Give { from, to, count } => {
                let operation = op(
                    "transfer",
                    json!({
                        "from": id(from), "to": id(to), "amount": amount(count, 5),
                    }),
                );
                let taken = from != to && self.has[from as usize][2] >= i128::from(count);
                if taken {
                    self.has[from as usize][2] -= i128::from(count);
                    self.has[to as usize][2] += i128::from(count);
                }
                (operation, taken)
            }
            Deed::Reserve { who, count } => {
                let operation = op(
                    "asset_reserve",
                    json!({
                        "payer": id(who), "amount_to_reserve": amount(count, 5),
                    }),
                );
                let taken = self.has[who as usize][2] >= i128::from(count);
                if taken {
                    self.has[who as usize][2] -= i128::from(count);
                }
                (operation, taken)
            }
        })
    }

    fn end_block(&mut self, seconds: u32) {
        self.now = seconds.into();
    }

    fn amounts(&self) -> Vec<(u64, u64, i128)> {
        let all = (1..=ACCOUNTS).flat_map(|account| {
            let [underlying, quote, longs] = self.has[account as usize];
            [(account, 1, underlying), (account, 2, quote), (account, 5, longs)]
        });
        all.collect()
    }

    /// The series, the parts, and who wrote in them.
    fn contracts(&self) -> usize {
        1 + self.parts.iter().map(|part| 1 + part.shares.len()).sum::<usize>()
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_slow_model_pays_the_same(
        is_put in any::<bool>(),
        european in any::<bool>(),
        turns in turns(deed(), 1..60_000_u32),
    ) {
        let mut ledger = open_chain(EACH);
        let terms = terms(is_put, european);
        let series = op("option_series_create", json!({"creator": "1.2.1", "terms": terms}));
        crate::ops::sandbox::apply(&mut ledger, series).unwrap();
        Beside::new(ledger, Model::new(is_put, european)).take(&turns);
    }
}
