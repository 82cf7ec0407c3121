//! A slow model of titles beside the rules: names are sold while their owners and strangers give,
//! promise and claim.

use crate::ops::contract_sandbox::{Beside, Naive, at, cases, open_chain, turns};
use crate::ops::sandbox::{DIALECT, amount, op};
use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_protocol::ops::Operation;
use carbyne_wire::JsonIn;
use proptest::prelude::*;
use serde_json::{Value, json};

const EACH: i64 = 1_000;
/// People, and then the names that are sold.
const ACCOUNTS: [u64; 6] = [1, 2, 3, 4, 6, 7];
const LONGEST: i128 = 2_592_000;
/// So far away that nothing is due.
const FAR: u32 = 30_000_000;

#[derive(Clone, Debug)]
enum Deed {
    Offer { name: u64, price: i64, payout: u64, buyer: Option<u64>, seconds: u32 },
    Withdraw { which: usize, by: Option<u64> },
    Accept { which: usize, buyer: u64, wrong: u8 },
    Give { from: u64, to: u64, amount: i64 },
    Promise { from: u64, to: u64 },
    Break { which: usize },
    Permit { from: u64, to: u64 },
    Claim { which: usize },
}

fn deed() -> impl Strategy<Value = Deed> + Clone {
    let who = || proptest::sample::select(ACCOUNTS.to_vec());
    let person = || 1..5_u64;
    let name = || 6..8_u64;
    let price = || prop_oneof![1..400_i64, Just(0)];
    let seconds = || prop_oneof![1..400_000_u32, Just(2_592_001)];
    prop_oneof![
        6 => (name(), price(), who(), proptest::option::weighted(0.4, who()), seconds()).prop_map(
            |(name, price, payout, buyer, seconds)| Deed::Offer {
                name, price, payout, buyer, seconds
            }
        ),
        2 => (any::<usize>(), proptest::option::weighted(0.2, who()))
            .prop_map(|(which, by)| Deed::Withdraw { which, by }),
        6 => (any::<usize>(), who(), prop_oneof![4 => Just(0_u8), 1 => 1..4_u8])
            .prop_map(|(which, buyer, wrong)| Deed::Accept { which, buyer, wrong }),
        4 => (who(), who(), 1..300_i64)
            .prop_map(|(from, to, amount)| Deed::Give { from, to, amount }),
        1 => (who(), who()).prop_map(|(from, to)| Deed::Promise { from, to }),
        2 => any::<usize>().prop_map(|which| Deed::Break { which }),
        2 => (person(), name()).prop_map(|(from, to)| Deed::Permit { from, to }),
        4 => any::<usize>().prop_map(|which| Deed::Claim { which }),
    ]
}

#[derive(Clone, Debug)]
struct Offer {
    number: usize,
    name: u64,
    price: i64,
    payout: u64,
    buyer: Option<u64>,
    end: i128,
}

#[derive(Clone)]
struct Model {
    now: i128,
    offered: usize,
    offers: Vec<Offer>,
    promised: usize,
    /// Number, who pays, who is paid.
    promises: Vec<(usize, u64, u64)>,
    /// Who gives, who takes, how often that one had been sold, and since when.
    permits: Vec<(u64, u64, usize, i128)>,
    /// Of each account: what it has, and the memo keys it had, the newest last.
    has: Vec<(u64, i128, Vec<Value>)>,
}

fn id(account: u64) -> String {
    format!("1.2.{account}")
}

impl Model {
    fn new() -> Self {
        let has =
            ACCOUNTS.map(|who| (who, EACH.into(), vec![PublicKey::default().to_json_in(DIALECT)]));
        let (offers, promises, permits) = (Vec::new(), Vec::new(), Vec::new());
        Self { now: 0, offered: 0, offers, promised: 0, promises, permits, has: has.to_vec() }
    }

    fn of(&mut self, who: u64) -> &mut (u64, i128, Vec<Value>) {
        self.has.iter_mut().find(|one| one.0 == who).unwrap()
    }

    fn sold(&mut self, who: u64) -> usize {
        self.of(who).2.len() - 1
    }

    fn acts(&self, who: u64) -> bool {
        !self.offers.iter().any(|offer| offer.name == who && self.now < offer.end)
    }

    fn moves(&mut self, from: u64, to: u64, amount: i64) -> bool {
        let can = self.of(from).1 >= i128::from(amount);
        if can {
            self.of(from).1 -= i128::from(amount);
            self.of(to).1 += i128::from(amount);
        }
        can
    }

    fn offer(&mut self, deed: &Deed) -> Option<(Operation, bool)> {
        let Deed::Offer { name, price, payout, buyer, seconds } = *deed else { return None };
        let end = self.now + i128::from(seconds);
        let operation = op(
            "title_offer",
            json!({
                "account": id(name), "price": amount(price, 1), "payout": id(payout),
                "buyer": buyer.map(id), "expiry": at(end as u32),
            }),
        );
        let is_bare = self.promises.iter().all(|one| one.1 != name);
        let taken = self.acts(name)
            && is_bare
            && payout != name
            && buyer != Some(name)
            && (price > 0 || buyer.is_some())
            && end - self.now <= LONGEST;
        if taken {
            let number = self.offered;
            self.offered += 1;
            self.offers.push(Offer { number, name, price, payout, buyer, end });
        }
        Some((operation, taken))
    }

    fn accept(&mut self, which: usize, buyer: u64, wrong: u8) -> Option<(Operation, bool)> {
        let place = which.checked_rem(self.offers.len())?;
        let Offer { number, name, price, payout, buyer: named, .. } = self.offers[place].clone();
        let keys = &self.of(name).2;
        let fresh = PrivateKey::from_seed(&format!("{name} {}", keys.len())).public_key();
        let memo =
            if wrong == 3 { keys[keys.len() - 1].clone() } else { fresh.to_json_in(DIALECT) };
        let owner = json!({"weight_threshold": 1, "account_auths": [["1.2.8", 1]]});
        let operation = op(
            "title_accept",
            json!({
                "buyer": id(buyer), "offer": format!("16.10.{number}"),
                "account": id(if wrong == 2 { 13 - name } else { name }),
                "price": amount(price + i64::from(wrong == 1), 1), "owner": owner,
                "active": owner, "memo_key": memo,
            }),
        );
        let may = wrong == 0 && buyer != name && named.is_none_or(|named| named == buyer);
        let taken = may && self.acts(buyer) && self.moves(buyer, payout, price);
        if taken {
            self.of(name).2.push(memo);
            self.offers.remove(place);
        }
        Some((operation, taken))
    }

    fn withdraw(&mut self, which: usize, by: Option<u64>) -> Option<(Operation, bool)> {
        let place = which.checked_rem(self.offers.len())?;
        let Offer { number, name, .. } = self.offers[place];
        let by = by.unwrap_or(name);
        let operation =
            op("title_withdraw", json!({"account": id(by), "offer": format!("16.10.{number}")}));
        if by == name {
            self.offers.remove(place);
        }
        Some((operation, by == name))
    }

    fn promise(&mut self, from: u64, to: u64) -> (Operation, bool) {
        let start = self.now as u32 + FAR;
        let operation = op(
            "recurring_create",
            json!({
                "from": id(from), "to": id(to), "amount": amount(1, 1), "interval_sec": 86_400,
                "times": 1, "start": at(start),
            }),
        );
        let taken = from != to && self.acts(from);
        if taken {
            self.promises.push((self.promised, from, to));
            self.promised += 1;
        }
        (operation, taken)
    }

    fn permit(&mut self, from: u64, to: u64) -> (Operation, bool) {
        let operation = op(
            "withdraw_permission_create",
            json!({
                "withdraw_from_account": id(from), "authorized_account": id(to),
                "withdrawal_limit": amount(1_000_000, 1), "withdrawal_period_sec": 86_400,
                "periods_until_expiration": 1_000, "period_start_time": at(self.now as u32 + 1),
            }),
        );
        let sold = self.sold(to);
        self.permits.push((from, to, sold, self.now + 1));
        (operation, true)
    }

    fn claim(&mut self, which: usize) -> Option<(Operation, bool)> {
        let place = which.checked_rem(self.permits.len())?;
        let (from, to, sold, start) = self.permits[place];
        let operation = op(
            "withdraw_permission_claim",
            json!({
                "withdraw_permission": format!("1.12.{place}"), "withdraw_from_account": id(from),
                "withdraw_to_account": id(to), "amount_to_withdraw": amount(7, 1),
            }),
        );
        let may = self.now >= start && self.acts(to) && self.sold(to) == sold;
        let taken = may && self.moves(from, to, 7);
        Some((operation, taken))
    }
}

impl Naive for Model {
    type Deed = Deed;

    fn act(&mut self, deed: &Deed) -> Option<(Operation, bool)> {
        match *deed {
            Deed::Offer { .. } => self.offer(deed),
            Deed::Withdraw { which, by } => self.withdraw(which, by),
            Deed::Accept { which, buyer, wrong } => self.accept(which, buyer, wrong),
            Deed::Give { from, to, amount: units } => {
                let operation = op(
                    "transfer",
                    json!({"from": id(from), "to": id(to), "amount": amount(units, 1)}),
                );
                let may = from != to && self.acts(from);
                Some((operation, may && self.moves(from, to, units)))
            }
            Deed::Promise { from, to } => Some(self.promise(from, to)),
            Deed::Break { which } => {
                let place = which.checked_rem(self.promises.len())?;
                let (number, from, _) = self.promises[place];
                let members = json!({"account": id(from), "recurring": format!("16.1.{number}")});
                self.promises.remove(place);
                Some((op("recurring_cancel", members), true))
            }
            Deed::Permit { from, to } => Some(self.permit(from, to)),
            Deed::Claim { which } => self.claim(which),
        }
    }

    fn end_block(&mut self, seconds: u32) {
        self.now = seconds.into();
        self.offers.retain(|offer| offer.end > self.now);
    }

    fn amounts(&self) -> Vec<(u64, u64, i128)> {
        self.has.iter().map(|(who, units, _)| (*who, 1, *units)).collect()
    }

    /// Offers, promises, and the titles of what was ever sold.
    fn contracts(&self) -> usize {
        let titles = self.has.iter().filter(|one| one.2.len() > 1).count();
        self.offers.len() + self.promises.len() + titles
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_slow_model_pays_the_same(turns in turns(deed(), 1..200_000_u32)) {
        Beside::new(open_chain(EACH), Model::new()).take(&turns);
    }
}
