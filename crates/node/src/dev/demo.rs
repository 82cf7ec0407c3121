//! A world to look at: assets, a SmartCoin with a price, a pool, and traders who keep a market
//! moving.
//!
//! Invariant: what happens in a round follows from the number of its block alone, so that two runs
//! trade alike. This file must never know how blocks are made.

use super::accounts::Accounts;
use super::signer::Signer;
use carbyne_ledger::Ledger;
use carbyne_wire::{Json, TimePointSec};
use serde_json::{Value, json};

/// Smallest units of a whole one, of the core asset and of those of the demonstration.
const CORE: i64 = 100_000;
const COIN: i64 = 10_000;
/// Hundredths of 1 % that are all.
const WHOLE: i64 = 10_000;
/// Steps away from the middle at which orders are put, and the part of the price of one, in
/// hundredths of 1 %.
const LEVELS: i64 = 24;
const STEP: i64 = 12;
/// Seconds for which an order waits.
const ORDER_SECONDS: u32 = 900;
/// Rounds between two prices that are published, and between two exchanges in the pool.
const FEED_EVERY: u32 = 10;
const POOL_EVERY: u32 = 4;

/// Something that is traded for the core asset.
struct Traded {
    symbol: &'static str,
    /// Smallest units of the core asset for a whole one, in the long run.
    price: i64,
    /// How far the price goes from there, in hundredths of 1 %.
    swing: i64,
    /// What one order is over, in whole ones.
    size: i64,
}

const TRADED: [Traded; 3] = [
    Traded { symbol: "USD", price: 50 * CORE, swing: 400, size: 40 },
    Traded { symbol: "GOLD", price: 2_500 * CORE, swing: 1_500, size: 2 },
    Traded { symbol: "SILVER", price: 30 * CORE, swing: 2_500, size: 120 },
];
/// The pool's shares.
const SHARES: &str = "GOLDPOOL";

/// What an account does: names of operations and their fields.
type Deed = (Signer, Vec<(&'static str, Value)>);

/// The demonstration.
#[derive(Clone, Debug)]
pub(crate) struct Demo {
    /// Who owns everything at first.
    pub(crate) owner: Signer,
    /// Who trades.
    pub(crate) accounts: Accounts,
}

impl Demo {
    /// The steps that make the world, one after the other; the next needs the one before.
    pub(crate) const STEPS: usize = 4;

    /// What is done in a step.
    pub(crate) fn step(&self, ledger: &Ledger, step: usize) -> Vec<Deed> {
        match step {
            0 => vec![(self.owner.clone(), self.assets())],
            1 => vec![(self.owner.clone(), self.smart_coin(ledger))],
            2 => vec![(self.owner.clone(), self.gifts(ledger))],
            _ => self.positions(ledger),
        }
    }

    /// Whether the world is there.
    pub(crate) fn is_there(ledger: &Ledger) -> bool {
        asset(ledger, SHARES).is_some()
    }

    fn assets(&self) -> Vec<(&'static str, Value)> {
        let plain = |symbol: &str| {
            json!({
                "issuer": self.owner.id(),
                "symbol": symbol,
                "precision": 4,
                "common_options": options(0x47, 0),
                "is_prediction_market": false,
            })
        };
        let mut coin = plain("USD");
        coin["common_options"] = options(0xff, 0);
        coin["bitasset_opts"] = json!({
            "feed_lifetime_sec": 86_400,
            "minimum_feeds": 1,
            "force_settlement_delay_sec": 3_600,
            "force_settlement_offset_percent": 100,
            "maximum_force_settlement_volume": 2_000,
            "short_backing_asset": "1.3.0",
        });
        let mut gold = plain("GOLD");
        gold["common_options"] = options(0x47, 1);
        gold["common_options"]["market_fee_percent"] = json!(10);
        let plain = ["SILVER", SHARES].map(plain);
        [coin, gold].into_iter().chain(plain).map(|fields| ("asset_create", fields)).collect()
    }

    fn smart_coin(&self, ledger: &Ledger) -> Vec<(&'static str, Value)> {
        let id = |symbol| asset(ledger, symbol).unwrap_or_default();
        let amount = |symbol, whole: i64| amount(&id(symbol), whole * COIN);
        let me = self.owner.id();
        let issue = |symbol, whole| {
            json!({
                "issuer": me, "asset_to_issue": amount(symbol, whole), "issue_to_account": me,
            })
        };
        vec![
            (
                "asset_update_feed_producers",
                json!({ "issuer": me, "asset_to_update": id("USD"), "new_feed_producers": [me] }),
            ),
            ("asset_publish_feed", self.feed(ledger, 0)),
            (
                "call_order_update",
                json!({
                    "funding_account": me,
                    "delta_collateral": core(200_000_000 * CORE),
                    "delta_debt": amount("USD", 1_000_000),
                }),
            ),
            ("asset_issue", issue("GOLD", 200_000)),
            ("asset_issue", issue("SILVER", 10_000_000)),
            (
                "liquidity_pool_create",
                json!({
                    "account": me, "asset_a": "1.3.0", "asset_b": id("GOLD"),
                    "share_asset": id(SHARES),
                    "taker_fee_percent": 30, "withdrawal_fee_percent": 0,
                }),
            ),
        ]
    }

    fn gifts(&self, ledger: &Ledger) -> Vec<(&'static str, Value)> {
        let id = |symbol| asset(ledger, symbol).unwrap_or_default();
        let mut deeds = vec![(
            "liquidity_pool_deposit",
            json!({
                "account": self.owner.id(), "pool": "1.19.0",
                "amount_a": core(2_500 * 1_000 * CORE),
                "amount_b": amount(&id("GOLD"), 1_000 * COIN),
            }),
        )];
        for (_, to) in self.accounts.found(ledger) {
            for (symbol, whole) in [("USD", 20_000), ("GOLD", 2_000), ("SILVER", 100_000)] {
                let amount = amount(&id(symbol), whole * COIN);
                let fields = json!({ "from": self.owner.id(), "to": to.id(), "amount": amount });
                deeds.push(("transfer", fields));
            }
        }
        deeds
    }

    fn positions(&self, ledger: &Ledger) -> Vec<Deed> {
        let usd = asset(ledger, "USD").unwrap_or_default();
        let borrow = |(number, (_, who)): (usize, (String, Signer))| {
            let collateral = (100_000 + 20_000 * number as i64) * CORE;
            let fields = json!({
                "funding_account": who.id(),
                "delta_collateral": core(collateral),
                "delta_debt": amount(&usd, 800 * COIN),
            });
            (who, vec![("call_order_update", fields)])
        };
        self.accounts.found(ledger).into_iter().take(3).enumerate().map(borrow).collect()
    }

    /// What is done after block `number`, whose time is `time`.
    pub(crate) fn round(&self, ledger: &Ledger, number: u32, time: TimePointSec) -> Vec<Deed> {
        let traders: Vec<Signer> =
            self.accounts.found(ledger).into_iter().map(|(_, signer)| signer).collect();
        if traders.len() < 2 {
            return Vec::new();
        }
        let mut deeds = Vec::new();
        for (market, traded) in TRADED.iter().enumerate() {
            let Some(id) = asset(ledger, traded.symbol) else { continue };
            let place = Place { traded, id, number, market: market as u32, time };
            deeds.extend(place.orders(&traders));
        }
        if number.is_multiple_of(FEED_EVERY) {
            let feed = ("asset_publish_feed", self.feed(ledger, number));
            deeds.push((self.owner.clone(), vec![feed]));
        }
        if number.is_multiple_of(POOL_EVERY) {
            deeds.extend(exchange(ledger, number, &traders));
        }
        deeds
    }

    fn feed(&self, ledger: &Ledger, number: u32) -> Value {
        let usd = asset(ledger, "USD").unwrap_or_default();
        let middle = price(&TRADED[0], 0, number);
        let rate = json!({ "base": amount(&usd, COIN), "quote": core(middle) });
        json!({
            "publisher": self.owner.id(),
            "asset_id": usd,
            "feed": {
                "settlement_price": rate,
                "maintenance_collateral_ratio": 1_600,
                "maximum_short_squeeze_ratio": 1_100,
                "core_exchange_rate": rate,
            },
        })
    }
}

/// A market in a round.
struct Place<'a> {
    traded: &'a Traded,
    id: String,
    number: u32,
    market: u32,
    time: TimePointSec,
}

impl Place<'_> {
    /// Two who wait and, most of the time, one who does not.
    fn orders(&self, traders: &[Signer]) -> Vec<Deed> {
        let chance = |what: u32| draw(self.number, self.market * 100 + what);
        let middle = price(self.traded, self.market, self.number);
        let whom = |what: u32| traders[chance(what) as usize % traders.len()].clone();
        let size = |what: u32| {
            self.traded.size * COIN / 4 + (chance(what) as i64 % (self.traded.size * COIN))
        };
        let away = |what: u32| (1 + chance(what) as i64 % LEVELS) * STEP;
        let mut deeds = vec![
            self.order(whom(1), Side::Sell, size(2), middle * (WHOLE + away(3)) / WHOLE),
            self.order(whom(4), Side::Buy, size(5), middle * (WHOLE - away(6)) / WHOLE),
        ];
        if chance(7) % 4 != 0 {
            let side = if chance(8) % 2 == 0 { Side::Buy } else { Side::Sell };
            let crossed = match side {
                Side::Buy => middle * (WHOLE + 4 * STEP) / WHOLE,
                Side::Sell => middle * (WHOLE - 4 * STEP) / WHOLE,
            };
            deeds.push(self.order(whom(9), side, size(10) / 2, crossed));
        }
        deeds
    }

    fn order(&self, who: Signer, side: Side, size: i64, price: i64) -> Deed {
        let (coins, cores) = (amount(&self.id, size), core(size * price / COIN));
        let (gives, wants) = match side {
            Side::Sell => (coins, cores),
            Side::Buy => (cores, coins),
        };
        let fields = json!({
            "seller": who.id(),
            "amount_to_sell": gives,
            "min_to_receive": wants,
            "expiration": self.time.wrapping_add(ORDER_SECONDS).to_json(),
            "fill_or_kill": false,
        });
        (who, vec![("limit_order_create", fields)])
    }
}

#[derive(Clone, Copy)]
enum Side {
    Buy,
    Sell,
}

/// One exchange in the pool, now this way, now that.
fn exchange(ledger: &Ledger, number: u32, traders: &[Signer]) -> Option<Deed> {
    let gold = asset(ledger, "GOLD")?;
    let who = traders[draw(number, 900) as usize % traders.len()].clone();
    let (gives, wants) = match draw(number, 901) % 2 {
        0 => (core(2_500 * CORE), amount(&gold, 1)),
        _ => (amount(&gold, COIN), core(1)),
    };
    let fields = json!({
        "account": who.id(), "pool": "1.19.0", "amount_to_sell": gives, "min_to_receive": wants,
    });
    Some((who, vec![("liquidity_pool_exchange", fields)]))
}

fn asset(ledger: &Ledger, symbol: &str) -> Option<String> {
    let id = ledger.tables.assets.index().find(&symbol.into())?;
    id.to_json().as_str().map(str::to_owned)
}

fn options(permissions: u16, flags: u16) -> Value {
    json!({
        "max_supply": "1000000000000000",
        "market_fee_percent": 0,
        "max_market_fee": "1000000000000000",
        "issuer_permissions": permissions,
        "flags": flags,
        "core_exchange_rate": { "base": core(CORE), "quote": amount("1.3.1", COIN) },
        "description": "of the demonstration",
    })
}

fn amount(asset: &str, amount: i64) -> Value {
    json!({ "amount": amount, "asset_id": asset })
}

fn core(units: i64) -> Value {
    amount("1.3.0", units)
}

/// The price around which a market trades after a block: waves of three lengths, each between
/// heights that chance gives.
fn price(traded: &Traded, market: u32, number: u32) -> i64 {
    let waves = [(300, 5), (60, 3), (12, 1)];
    let sum: i64 = waves
        .iter()
        .map(|(length, weight)| {
            let (wave, place) = (number / length, i64::from(number % length));
            let height = |wave: u32| draw(wave, market * 10 + length) as i64 % 2_001 - 1_000;
            let (from, to) = (height(wave), height(wave + 1));
            (from + (to - from) * place / i64::from(*length)) * weight
        })
        .sum();
    traded.price + traded.price * traded.swing / WHOLE * sum / 9_000
}

/// A number that looks like chance and is always the same (SplitMix64).
fn draw(number: u32, what: u32) -> u32 {
    let mut state = (u64::from(number) << 32 | u64::from(what)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((state ^ (state >> 31)) >> 33) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_move_by_little_and_stay_around_where_they_began() {
        for (market, traded) in TRADED.iter().enumerate() {
            let prices: Vec<i64> =
                (0..5_000).map(|number| price(traded, market as u32, number)).collect();
            for pair in prices.windows(2) {
                assert!((pair[1] - pair[0]).abs() * 50 < traded.price, "{pair:?}");
            }
            let most = traded.price * traded.swing / WHOLE;
            assert!(prices.iter().all(|price| (price - traded.price).abs() <= most));
            assert!(prices.iter().max() != prices.iter().min());
        }
    }
}
