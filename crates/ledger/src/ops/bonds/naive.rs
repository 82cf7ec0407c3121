//! A slow model of bonds beside the rules.

use crate::ops::contract_sandbox::{Beside, Naive, at, cases, open_chain, turns};
use crate::ops::sandbox::{amount, op, price};
use carbyne_protocol::ops::Operation;
use proptest::prelude::*;
use serde_json::{Value, json};

const EACH: i64 = 1_000;
const ACCOUNTS: u64 = 4;
const DAY: i128 = 86_400;

/// What is agreed: collateral for principal, seconds, seconds, basis points, callable, claimed by
/// the chain.
type Terms = (i128, i128, i128, i128, i128, bool, bool);

#[derive(Clone, Debug)]
enum Deed {
    Offer { who: u64, lends: bool, units: i64, least: i64, terms: Terms, repay: bool, ends: i128 },
    Cancel { which: usize, who: Option<u64> },
    Take { which: usize, who: u64, units: i64, lies: bool, repay: bool },
    Repay { which: usize, who: u64, units: i64, all: bool },
    Claim { which: usize },
    Amend { which: usize, due: i128, least: i128, apr: i128, collateral: i64, repay: bool },
    Close { which: usize, units: i64 },
    Transfer { which: usize, to: u64 },
}

fn terms() -> impl Strategy<Value = Terms> + Clone {
    let rate = prop_oneof![Just(0_i128), Just(10_000), Just(777)];
    (1..5_i128, 1..5_i128, DAY..4 * DAY, 0..2 * DAY, rate, any::<bool>(), any::<bool>()).prop_map(
        |(c, p, term, least, apr, callable, claims)| {
            (c, p, term, least.min(term), apr, callable, claims)
        },
    )
}

fn deed() -> impl Strategy<Value = Deed> + Clone {
    let who = || 1..=ACCOUNTS;
    let which = || any::<usize>();
    let other = || proptest::option::weighted(0.1, who());
    prop_oneof![
        4 => (who(), any::<bool>(), 1..600_i64, 1..60_i64, terms(), any::<bool>(), 0..2 * DAY)
            .prop_map(|(who, lends, units, least, terms, repay, ends)| Deed::Offer {
                who, lends, units, least, terms, repay, ends
            }),
        1 => (which(), other()).prop_map(|(which, who)| Deed::Cancel { which, who }),
        6 => (which(), who(), 1..300_i64, proptest::bool::weighted(0.05), any::<bool>())
            .prop_map(|(which, who, units, lies, repay)| Deed::Take {
                which, who, units, lies, repay
            }),
        4 => (which(), who(), 1..200_i64, any::<bool>())
            .prop_map(|(which, who, units, all)| Deed::Repay { which, who, units, all }),
        2 => which().prop_map(|which| Deed::Claim { which }),
        1 => (which(), 0..3 * DAY, 0..2 * DAY, 0..9_000_i128, 0..400_i64, any::<bool>())
            .prop_map(|(which, due, least, apr, collateral, repay)| Deed::Amend {
                which, due, least, apr, collateral, repay
            }),
        1 => (which(), 0..200_i64).prop_map(|(which, units)| Deed::Close { which, units }),
        1 => (which(), who()).prop_map(|(which, to)| Deed::Transfer { which, to }),
    ]
}

#[derive(Clone, Debug)]
struct Offer {
    number: usize,
    who: u64,
    lends: bool,
    left: i128,
    least: i128,
    terms: Terms,
    repay: bool,
    ends: i128,
}

#[derive(Clone, Debug)]
struct Bond {
    number: usize,
    lender: u64,
    borrower: u64,
    owed: i128,
    locked: i128,
    start: i128,
    due: i128,
    least: i128,
    apr: i128,
    callable: bool,
    claims: bool,
    repays: bool,
    /// What was owed at which rate on each day that has begun.
    days: Vec<i128>,
    paid: i128,
    over: bool,
}

#[derive(Clone)]
struct Model {
    now: i128,
    made: (usize, usize),
    offers: Vec<Offer>,
    bonds: Vec<Bond>,
    /// Of 1.3.1, which is lent, and of 1.3.2, which is locked.
    has: Vec<[i128; 2]>,
}

fn id(account: u64) -> String {
    format!("1.2.{account}")
}

fn agreed((c, p, term, least, apr, callable, claims): Terms) -> Value {
    json!({
        "ratio": price(amount(c as i64, 2), amount(p as i64, 1)), "term_sec": term as u32,
        "min_term_sec": least as u32, "apr_bps": apr as u32, "callable": callable,
        "auto_claim": claims,
    })
}

fn up(a: i128, b: i128) -> i128 {
    (a + b - 1) / b
}

impl Bond {
    /// Notes the days that have begun.
    fn note(&mut self, now: i128) {
        while (self.days.len() as i128) < 1 + (now - self.start) / DAY {
            self.days.push(self.owed * self.apr);
        }
    }

    fn interest(&self) -> i128 {
        up(self.days.iter().sum::<i128>(), 3_650_000) - self.paid
    }
}

impl Model {
    fn new() -> Self {
        let has = vec![[EACH.into(); 2]; ACCOUNTS as usize + 1];
        Self { now: 0, made: (0, 0), offers: Vec::new(), bonds: Vec::new(), has }
    }

    fn offer(&mut self, deed: &Deed) -> Option<(Operation, bool)> {
        let Deed::Offer { who, lends, units, least, terms, repay, ends } = *deed else {
            return None;
        };
        let asset = if lends { 1 } else { 2 };
        let operation = op(
            "bond_offer_create",
            json!({
                "creator": id(who), "side": if lends { "lend" } else { "borrow" },
                "amount": amount(units, asset), "terms": agreed(terms), "min_take": least,
                "auto_repay": repay, "expiry": at((self.now + ends) as u32),
            }),
        );
        let (units, least) = (i128::from(units), i128::from(least));
        let worth = if lends { 1 } else { least * terms.1 / terms.0 };
        let has = &mut self.has[who as usize][asset as usize - 1];
        let fits = least <= units && worth >= 1 && ends > 0 && (!lends || !repay);
        let taken = fits && *has >= units;
        if taken {
            *has -= units;
            let (number, ends) = (self.made.0, self.now + ends);
            self.made.0 += 1;
            self.offers.push(Offer { number, who, lends, left: units, least, terms, repay, ends });
        }
        Some((operation, taken))
    }

    fn drop_offer(&mut self, place: usize) {
        let offer = self.offers.remove(place);
        self.has[offer.who as usize][if offer.lends { 0 } else { 1 }] += offer.left;
    }

    fn take(&mut self, deed: &Deed) -> Option<(Operation, bool)> {
        let Deed::Take { which, who, units, lies, repay } = *deed else { return None };
        let place = which.checked_rem(self.offers.len())?;
        let offer = self.offers[place].clone();
        let mut said = offer.terms;
        said.4 += i128::from(lies);
        said.4 = said.4.min(10_000);
        let lies = said != offer.terms;
        let operation = op(
            "bond_offer_take",
            json!({
                "taker": id(who), "offer": format!("16.3.{}", offer.number), "terms": agreed(said),
                "amount": amount(units, if offer.lends { 1 } else { 2 }), "auto_repay": repay,
            }),
        );
        let units = i128::from(units);
        let (c, p, term, least, apr, callable, claims) = offer.terms;
        let lent = if offer.lends { units } else { units * p / c };
        let locked = up(lent * c, p);
        let gives = if offer.lends { (1, locked) } else { (0, lent) };
        let fits = !lies
            && who != offer.who
            && self.now < offer.ends
            && (offer.least..=offer.left).contains(&units)
            && lent > 0
            && self.has[who as usize][gives.0] >= gives.1;
        if !fits {
            return Some((operation, false));
        }
        self.has[who as usize][gives.0] -= gives.1;
        let (lender, borrower) = if offer.lends { (offer.who, who) } else { (who, offer.who) };
        self.has[borrower as usize][0] += lent;
        self.offers[place].left -= if offer.lends { lent } else { locked };
        if self.offers[place].left < offer.least {
            self.drop_offer(place);
        }
        let (start, due, least) = (self.now, self.now + term, self.now + least);
        let repays = if offer.lends { repay } else { offer.repay };
        self.bonds.push(Bond {
            number: self.made.1,
            lender,
            borrower,
            owed: lent,
            locked,
            start,
            due,
            least,
            apr,
            callable,
            claims,
            repays,
            days: Vec::new(),
            paid: 0,
            over: false,
        });
        self.made.1 += 1;
        Some((operation, true))
    }

    fn pay(&mut self, place: usize, who: u64, units: i128) {
        let bond = &mut self.bonds[place];
        let interest = units.min(bond.interest());
        let principal = units - interest;
        let freed = bond.locked * principal / bond.owed;
        bond.paid += interest;
        bond.owed -= principal;
        bond.locked -= freed;
        let (lender, borrower, owed) = (bond.lender, bond.borrower, bond.owed);
        self.has[who as usize][0] -= units;
        self.has[lender as usize][0] += units;
        self.has[borrower as usize][1] += freed;
        if owed == 0 {
            assert_eq!(self.bonds.remove(place).locked, 0);
        }
    }

    fn repay(&mut self, place: usize, who: u64, units: i64, all: bool) -> (Operation, bool) {
        let now = self.now;
        let mut after = self.bonds[place].clone();
        after.note(now);
        let debt = after.owed + after.interest();
        let units = if all { debt } else { units.into() };
        let operation = op(
            "bond_repay",
            json!({
                "payer": id(who), "bond": format!("16.4.{}", after.number), "amount": units as i64,
            }),
        );
        let early = units > after.interest() && !after.callable && now < after.least;
        let late = after.claims && now >= after.due;
        let affords = self.has[who as usize][0] >= units;
        let taken = units <= debt && !early && !late && affords;
        if taken {
            self.bonds[place] = after;
            self.pay(place, who, units);
        }
        (operation, taken)
    }

    fn end(&mut self, place: usize, to_lender: i128) {
        let bond = self.bonds.remove(place);
        self.has[bond.lender as usize][1] += to_lender;
        self.has[bond.borrower as usize][1] += bond.locked - to_lender;
    }

    fn amend(&mut self, deed: &Deed) -> Option<(Operation, bool)> {
        let Deed::Amend { which, due, least, apr, collateral, repay } = *deed else { return None };
        let (now, place) = (self.now, which.checked_rem(self.bonds.len())?);
        let bond = &mut self.bonds[place];
        let operation = op(
            "bond_amend",
            json!({
                "borrower": id(bond.borrower), "lender": id(bond.lender),
                "bond": format!("16.4.{}", bond.number), "due": at((now + due) as u32),
                "min_until": at((now + least) as u32), "apr_bps": apr as u32,
                "collateral": collateral, "auto_repay": repay,
            }),
        );
        let more = i128::from(collateral) - bond.locked;
        let late = bond.claims && now >= bond.due;
        let has = &mut self.has[bond.borrower as usize][1];
        let taken = collateral > 0 && least <= due && due > 0 && !late && *has >= more;
        if taken {
            bond.note(now);
            *has -= more;
            (bond.locked, bond.due, bond.least) = (collateral.into(), now + due, now + least);
            (bond.apr, bond.repays, bond.over) = (apr, repay, false);
        }
        Some((operation, taken))
    }

    fn change_hands(&mut self, place: usize, to: u64) -> (Operation, bool) {
        let bond = &mut self.bonds[place];
        let operation = op(
            "bond_transfer",
            json!({
                "lender": id(bond.lender), "bond": format!("16.4.{}", bond.number), "to": id(to),
            }),
        );
        let taken = to != bond.lender && !(bond.claims && self.now >= bond.due);
        if taken && to == bond.borrower {
            self.end(place, 0);
        } else if taken {
            bond.lender = to;
        }
        (operation, taken)
    }

    /// What is due first, offers before bonds of the same moment: when, whether it is a bond, and
    /// its number. Whose balance is spent by one cannot pay another.
    fn first_due(&self) -> Option<(i128, bool, usize)> {
        let offers = self.offers.iter().map(|offer| (offer.ends, false, offer.number));
        let bonds = self.bonds.iter().filter(|bond| !bond.over);
        offers.chain(bonds.map(|bond| (bond.due, true, bond.number))).min()
    }

    fn fall_due(&mut self, place: usize) {
        let now = self.now;
        let mut bond = self.bonds[place].clone();
        bond.note(now);
        let debt = bond.owed + bond.interest();
        if bond.repays && self.has[bond.borrower as usize][0] >= debt {
            let borrower = bond.borrower;
            self.bonds[place] = bond;
            self.pay(place, borrower, debt);
        } else if bond.claims {
            self.end(place, bond.locked);
        } else {
            self.bonds[place].over = true;
        }
    }
}

impl Naive for Model {
    type Deed = Deed;

    fn act(&mut self, deed: &Deed) -> Option<(Operation, bool)> {
        let (now, offers, bonds) = (self.now, self.offers.len(), self.bonds.len());
        match *deed {
            Deed::Offer { .. } => self.offer(deed),
            Deed::Take { .. } => self.take(deed),
            Deed::Amend { .. } => self.amend(deed),
            Deed::Cancel { which, who } => {
                let place = which.checked_rem(offers)?;
                let offer = &self.offers[place];
                let who = who.unwrap_or(offer.who);
                let operation = op(
                    "bond_offer_cancel",
                    json!({
                        "creator": id(who), "offer": format!("16.3.{}", offer.number),
                    }),
                );
                let taken = who == offer.who && now < offer.ends;
                if taken {
                    self.drop_offer(place);
                }
                Some((operation, taken))
            }
            Deed::Repay { which, who, units, all } => {
                Some(self.repay(which.checked_rem(bonds)?, who, units, all))
            }
            Deed::Claim { which } => {
                let place = which.checked_rem(bonds)?;
                let bond = &self.bonds[place];
                let operation = op(
                    "bond_claim",
                    json!({
                        "lender": id(bond.lender), "bond": format!("16.4.{}", bond.number),
                    }),
                );
                let taken = !bond.claims && now >= bond.due && (bond.over || !bond.repays);
                if taken {
                    let all = bond.locked;
                    self.end(place, all);
                }
                Some((operation, taken))
            }
            Deed::Close { which, units } => {
                let place = which.checked_rem(bonds)?;
                let bond = &self.bonds[place];
                let operation = op(
                    "bond_close",
                    json!({
                        "borrower": id(bond.borrower), "lender": id(bond.lender),
                        "bond": format!("16.4.{}", bond.number), "to_lender": units,
                    }),
                );
                let late = bond.claims && now >= bond.due;
                let taken = i128::from(units) <= bond.locked && !late;
                if taken {
                    self.end(place, units.into());
                }
                Some((operation, taken))
            }
            Deed::Transfer { which, to } => Some(self.change_hands(which.checked_rem(bonds)?, to)),
        }
    }

    fn end_block(&mut self, seconds: u32) {
        self.now = seconds.into();
        let now = self.now;
        while let Some((_, is_bond, number)) = self.first_due().filter(|(time, ..)| *time <= now) {
            if is_bond {
                let place = self.bonds.iter().position(|bond| bond.number == number).unwrap();
                self.fall_due(place);
            } else {
                let place = self.offers.iter().position(|offer| offer.number == number).unwrap();
                self.drop_offer(place);
            }
        }
    }

    fn amounts(&self) -> Vec<(u64, u64, i128)> {
        let all = (1..=ACCOUNTS).flat_map(|account| {
            let [one, two] = self.has[account as usize];
            [(account, 1, one), (account, 2, two)]
        });
        all.collect()
    }

    fn contracts(&self) -> usize {
        self.offers.len() + self.bonds.len()
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_slow_model_pays_the_same(turns in turns(deed(), 1..100_000_u32)) {
        Beside::new(open_chain(EACH), Model::new()).take(&turns);
    }
}
