//! A slow model of objects and listings beside the rules.

use crate::ops::contract_sandbox::{Beside, Naive, at, cases, open_chain, turns};
use crate::ops::sandbox::{amount, op};
use carbyne_protocol::ops::Operation;
use proptest::prelude::*;
use serde_json::json;

const EACH: i64 = 1_000;
const ACCOUNTS: u64 = 4;
const DAY: i128 = 86_400;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Fixed,
    English,
    Dutch,
}

#[derive(Clone, Debug)]
enum Deed {
    Make {
        who: u64,
        moves: bool,
        royalty: u16,
    },
    Move {
        which: usize,
        who: Option<u64>,
        to: u64,
    },
    Destroy {
        which: usize,
    },
    List {
        items: Vec<usize>,
        who: Option<u64>,
        kind: Kind,
        min: i64,
        /// What it costs at once.
        now: Option<i64>,
        ends: i128,
    },
    Buy {
        which: usize,
        who: u64,
        most: i64,
    },
    Bid {
        which: usize,
        who: u64,
        units: i64,
    },
    Cancel {
        which: usize,
        who: Option<u64>,
    },
}

fn deed() -> impl Strategy<Value = Deed> + Clone {
    let who = || 1..=ACCOUNTS;
    let other = || proptest::option::weighted(0.1, who());
    let which = || any::<usize>();
    let kinds = vec![Kind::Fixed, Kind::English, Kind::English, Kind::Dutch];
    let kind = proptest::sample::select(kinds);
    let price = proptest::option::weighted(0.8, 1..400_i64);
    prop_oneof![
        3 => (who(), proptest::bool::weighted(0.9), prop_oneof![Just(0_u16), Just(1_999)])
            .prop_map(|(who, moves, royalty)| Deed::Make { who, moves, royalty }),
        1 => (which(), other(), who()).prop_map(|(which, who, to)| Deed::Move { which, who, to }),
        1 => which().prop_map(|which| Deed::Destroy { which }),
        5 => (
            proptest::collection::vec(which(), 1..3), other(), kind, 0..200_i64, price, 0..2 * DAY,
        ).prop_map(|(items, who, kind, min, now, ends)| {
            Deed::List { items, who, kind, min, now, ends }
        }),
        2 => (which(), who(), 1..400_i64)
            .prop_map(|(which, who, most)| Deed::Buy { which, who, most }),
        8 => (which(), who(), 1..400_i64)
            .prop_map(|(which, who, units)| Deed::Bid { which, who, units }),
        1 => (which(), other()).prop_map(|(which, who)| Deed::Cancel { which, who }),
    ]
}

#[derive(Clone, Debug)]
struct Thing {
    number: usize,
    owner: u64,
    maker: u64,
    moves: bool,
    royalty: i128,
    sold_in: Option<usize>,
}

#[derive(Clone, Debug)]
struct Sale {
    number: usize,
    seller: u64,
    items: Vec<usize>,
    kind: Kind,
    min: i128,
    now: Option<i128>,
    made: i128,
    expiry: i128,
    end: i128,
    best: Option<(u64, i128)>,
}

#[derive(Clone)]
struct Model {
    now: i128,
    made: (usize, usize),
    things: Vec<Thing>,
    sales: Vec<Sale>,
    has: Vec<i128>,
}

fn id(account: u64) -> String {
    format!("1.2.{account}")
}

fn named(items: &[usize]) -> Vec<String> {
    items.iter().map(|item| format!("16.8.{item}")).collect()
}

impl Model {
    fn new() -> Self {
        let has = vec![EACH.into(); ACCOUNTS as usize + 1];
        Self { now: 0, made: (0, 0), things: Vec::new(), sales: Vec::new(), has }
    }

    fn thing(&mut self, number: usize) -> &mut Thing {
        self.things.iter_mut().find(|thing| thing.number == number).unwrap()
    }

    fn list(&mut self, deed: &Deed) -> Option<(Operation, bool)> {
        let Deed::List { ref items, who, kind, min, now, ends } = *deed else { return None };
        let places: Option<Vec<usize>> =
            items.iter().map(|item| item.checked_rem(self.things.len())).collect();
        let things: Vec<Thing> = places?.iter().map(|place| self.things[*place].clone()).collect();
        let items: Vec<usize> = things.iter().map(|thing| thing.number).collect();
        let seller = who.unwrap_or(things[0].owner);
        let min = if kind == Kind::Fixed { 0 } else { min };
        let snipe = if kind == Kind::English { 600 } else { 0 };
        let name = match kind {
            Kind::Fixed => "fixed",
            Kind::English => "english",
            Kind::Dutch => "dutch",
        };
        let expiry = self.now + ends;
        let operation = op(
            "listing_create",
            json!({
                "seller": id(seller), "items": named(&items), "pay_asset": "1.3.1", "kind": name,
                "min": min, "buy_now": now, "expiry": at(expiry as u32), "anti_snipe_sec": snipe,
            }),
        );
        let makers: Vec<u64> =
            things.iter().filter(|thing| thing.royalty > 0).map(|thing| thing.maker).collect();
        let priced = match now {
            Some(now) => now > min,
            None => kind == Kind::English,
        };
        let taken = (items.len() < 2 || items[0] != items[1])
            && things.iter().all(|one| one.owner == seller && one.moves && one.sold_in.is_none())
            && makers.iter().all(|maker| *maker == makers[0])
            && priced
            && (kind == Kind::Fixed || min >= 1)
            && ends > 0;
        if taken {
            let number = self.made.1;
            items.iter().for_each(|item| self.thing(*item).sold_in = Some(number));
            self.sales.push(Sale {
                number,
                seller,
                items,
                kind,
                min: min.into(),
                now: now.map(i128::from),
                made: self.now,
                expiry,
                end: expiry,
                best: None,
            });
            self.made.1 += 1;
        }
        Some((operation, taken))
    }

    /// The money is there already; it goes to the maker and the seller, the things to the buyer.
    fn sell(&mut self, sale: &Sale, buyer: u64, price: i128) {
        let things: Vec<Thing> = sale.items.iter().map(|item| self.thing(*item).clone()).collect();
        let maker = things.iter().find(|thing| thing.royalty > 0).map(|thing| thing.maker);
        let royalty = things.iter().map(|thing| thing.royalty).max().unwrap();
        let part = match maker {
            Some(maker) if maker != sale.seller => {
                let part = price * royalty / 10_000;
                self.has[maker as usize] += part;
                part
            }
            _ => 0,
        };
        self.has[sale.seller as usize] += price - part;
        self.hand_over(sale, buyer);
    }

    fn hand_over(&mut self, sale: &Sale, to: u64) {
        for item in &sale.items {
            let thing = self.thing(*item);
            (thing.owner, thing.sold_in) = (to, None);
        }
    }

    fn buy(&mut self, place: usize, who: u64, most: i64) -> (Operation, bool) {
        let sale = self.sales[place].clone();
        let operation = op(
            "listing_buy",
            json!({
                "buyer": id(who), "listing": format!("16.9.{}", sale.number),
                "items": named(&sale.items), "max_price": amount(most, 1),
            }),
        );
        let start = sale.now.unwrap_or(i128::MAX);
        let price = match sale.kind {
            Kind::Dutch => {
                let all = sale.expiry - sale.made;
                start - (start - sale.min) * (self.now - sale.made) / all
            }
            _ => start,
        };
        let taken = sale.kind != Kind::English
            && who != sale.seller
            && self.now < sale.end
            && price <= i128::from(most)
            && self.has[who as usize] >= price;
        if taken {
            self.sales.remove(place);
            self.has[who as usize] -= price;
            self.sell(&sale, who, price);
        }
        (operation, taken)
    }

    fn bid(&mut self, place: usize, who: u64, units: i64) -> (Operation, bool) {
        let sale = self.sales[place].clone();
        let operation = op(
            "listing_bid",
            json!({
                "bidder": id(who), "listing": format!("16.9.{}", sale.number),
                "items": named(&sale.items), "amount": amount(units, 1),
            }),
        );
        let buys = sale.now.filter(|now| i128::from(units) >= *now);
        let pays = buys.unwrap_or(units.into());
        let least = sale.best.map_or(sale.min, |(_, best)| best + ((best + 99) / 100).max(1));
        let back = sale.best.filter(|(bidder, _)| *bidder == who).map_or(0, |(_, best)| best);
        let taken = sale.kind == Kind::English
            && who != sale.seller
            && self.now < sale.end
            && (buys.is_some() || pays >= least)
            && self.has[who as usize] + back >= pays;
        if !taken {
            return (operation, false);
        }
        if let Some((bidder, best)) = sale.best {
            self.has[bidder as usize] += best;
        }
        self.has[who as usize] -= pays;
        if buys.is_some() {
            self.sales.remove(place);
            self.sell(&sale, who, pays);
            return (operation, true);
        }
        let (now, sale) = (self.now, &mut self.sales[place]);
        sale.best = Some((who, pays));
        if sale.end - now < 600 {
            sale.end = (now + 600).min(sale.expiry + DAY);
        }
        (operation, true)
    }

    fn change(&mut self, deed: &Deed) -> Option<(Operation, bool)> {
        match *deed {
            Deed::Make { who, moves, royalty } => {
                let operation = op(
                    "object_create",
                    json!({
                        "owner": id(who), "kind": "thing", "data": "00", "transferable": moves,
                        "mutable": true, "royalty_bps": royalty,
                    }),
                );
                let (number, royalty) = (self.made.0, royalty.into());
                let sold_in = None;
                self.things.push(Thing { number, owner: who, maker: who, moves, royalty, sold_in });
                self.made.0 += 1;
                Some((operation, true))
            }
            Deed::Move { which, who, to } => {
                let place = which.checked_rem(self.things.len())?;
                let thing = &mut self.things[place];
                let who = who.unwrap_or(thing.owner);
                let operation = op(
                    "object_transfer",
                    json!({
                        "owner": id(who), "object": format!("16.8.{}", thing.number), "to": id(to),
                    }),
                );
                let free = thing.moves && thing.sold_in.is_none();
                let taken = who == thing.owner && to != who && free;
                if taken {
                    thing.owner = to;
                }
                Some((operation, taken))
            }
            Deed::Destroy { which } => {
                let place = which.checked_rem(self.things.len())?;
                let thing = self.things[place].clone();
                let operation = op(
                    "object_destroy",
                    json!({
                        "owner": id(thing.owner), "object": format!("16.8.{}", thing.number),
                    }),
                );
                let taken = thing.sold_in.is_none();
                if taken {
                    self.things.remove(place);
                }
                Some((operation, taken))
            }
            _ => None,
        }
    }
}

impl Naive for Model {
    type Deed = Deed;

    fn act(&mut self, deed: &Deed) -> Option<(Operation, bool)> {
        let sales = self.sales.len();
        match *deed {
            Deed::List { .. } => self.list(deed),
            Deed::Buy { which, who, most } => Some(self.buy(which.checked_rem(sales)?, who, most)),
            Deed::Bid { which, who, units } => {
                Some(self.bid(which.checked_rem(sales)?, who, units))
            }
            Deed::Cancel { which, who } => {
                let place = which.checked_rem(sales)?;
                let sale = self.sales[place].clone();
                let who = who.unwrap_or(sale.seller);
                let operation = op(
                    "listing_cancel",
                    json!({
                        "seller": id(who), "listing": format!("16.9.{}", sale.number),
                    }),
                );
                let taken = who == sale.seller && sale.best.is_none() && self.now < sale.end;
                if taken {
                    self.sales.remove(place);
                    self.hand_over(&sale, sale.seller);
                }
                Some((operation, taken))
            }
            _ => self.change(deed),
        }
    }

    fn end_block(&mut self, seconds: u32) {
        self.now = seconds.into();
        while let Some(place) = self.sales.iter().position(|sale| sale.end <= self.now) {
            let sale = self.sales.remove(place);
            match sale.best {
                Some((bidder, best)) => self.sell(&sale, bidder, best),
                None => self.hand_over(&sale, sale.seller),
            }
        }
    }

    fn amounts(&self) -> Vec<(u64, u64, i128)> {
        (1..=ACCOUNTS).map(|account| (account, 1, self.has[account as usize])).collect()
    }

    fn contracts(&self) -> usize {
        self.things.len() + self.sales.len()
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_slow_model_sells_the_same(turns in turns(deed(), 1..60_000_u32)) {
        Beside::new(open_chain(EACH), Model::new()).take(&turns);
    }
}
