//! What befalls contracts from outside, told as tables: a settlement of all of a coin, lists and
//! restrictions, an account that is for sale, other fees and limits, a crowd that is due at once.
//!
//! One chain for all of it: accounts are told by what they do in every contract, so that a trial
//! concerns all families.

mod crowd;
mod frozen;
mod lists;
mod settled;

use super::contract_sandbox::Step::{self, Do};
use super::contract_sandbox::at;
use super::sandbox::{DIALECT, amount, op, price, with};
use carbyne_protocol::ops::Operation;
use carbyne_wire::{Id, JsonIn, Value};
use serde_json::json;

const DAY: u32 = 86_400;
/// The first Friday morning, in seconds after the start.
const EXPIRY: u32 = 324_800;
/// When nothing is exercised any more.
const WINDOW: u32 = EXPIRY + DAY;
/// The long of the first series.
const LONG: u64 = 5;

const HASH: &str = "0100000000000000000000000000000000000000000000000000000000000000";

fn transfer(from: &str, to: &str, what: Value) -> Operation {
    op("transfer", json!({"from": from, "to": to, "amount": what}))
}

/// 1.2.1 pays 1.2.2 five times, a day apart.
fn recurring(what: Value) -> Operation {
    let order = json!({
        "from": "1.2.1", "to": "1.2.2", "amount": what, "interval_sec": DAY, "times": 5,
        "start": at(DAY),
    });
    op("recurring_create", order)
}

/// 1.2.1 locks something for 1.2.2, 1.2.3 rules.
fn escrow(what: Value) -> Operation {
    let none = with(what.clone(), json!({"amount": 0}));
    let escrow = json!({
        "from": "1.2.1", "to": "1.2.2", "agent": "1.2.3", "amounts": [what], "agent_fee": none,
        "agreement_hash": HASH, "ratify_by": at(DAY), "deliver_by": at(10 * DAY),
        "review_sec": DAY, "default_bps": 2_500,
    });
    op("escrow_create", escrow)
}

fn ratify(who: &str) -> Operation {
    let members = json!({"who": who, "escrow": "16.2.0", "agreement_hash": HASH, "approve": true});
    op("escrow_ratify", members)
}

fn release(who: &str, what: Value) -> Operation {
    op("escrow_release", json!({"who": who, "escrow": "16.2.0", "amounts": [what]}))
}

/// So much of the collateral for so much of the principal, for ten days, without interest.
fn terms(collateral: Value, principal: Value) -> Value {
    json!({
        "ratio": price(collateral, principal), "term_sec": 10 * DAY, "min_term_sec": 0,
        "apr_bps": 0, "callable": true, "auto_claim": false,
    })
}

/// An offer to lend all of the principal.
fn lend(creator: &str, collateral: Value, principal: Value) -> Operation {
    let offer = json!({
        "creator": creator, "side": "lend", "amount": principal, "min_take": 1,
        "terms": terms(collateral, principal), "expiry": at(DAY),
    });
    op("bond_offer_create", offer)
}

fn take(taker: &str, offer: u64, collateral: Value, principal: Value) -> Operation {
    let take = json!({
        "taker": taker, "offer": format!("16.3.{offer}"), "amount": principal,
        "terms": terms(collateral, principal),
    });
    op("bond_offer_take", take)
}

fn repay(payer: &str, bond: u64, units: i64, in_backing: bool) -> Operation {
    let members = json!({
        "payer": payer, "bond": format!("16.4.{bond}"), "amount": units, "in_backing": in_backing,
    });
    op("bond_repay", members)
}

fn claim(lender: &str, bond: u64) -> Operation {
    op("bond_claim", json!({"lender": lender, "bond": format!("16.4.{bond}")}))
}

/// A call: ten of one asset for so much of another.
fn series(underlying: u64, quote: u64, strike: i64) -> Operation {
    let terms = option_terms(underlying, quote, strike);
    op("option_series_create", json!({"creator": "1.2.1", "terms": terms}))
}

fn option_terms(underlying: u64, quote: u64, strike: i64) -> Value {
    json!({
        "underlying": format!("1.3.{underlying}"), "quote": format!("1.3.{quote}"),
        "strike": strike, "contract_size": 10, "kind": "call", "style": "american",
        "expiry": at(EXPIRY),
    })
}

/// 1.2.1 writes options of the series with these terms.
fn write(series: u64, terms: Value, contracts: i64) -> Operation {
    let members = json!({
        "writer": "1.2.1", "series": format!("16.5.{series}"), "terms": terms,
        "contracts": contracts,
    });
    op("option_write", members)
}

fn exercise(holder: &str, series: u64, (pays, gets): (Value, Value)) -> Operation {
    let members = json!({
        "holder": holder, "series": format!("16.5.{series}"), "contracts": 1, "pays": pays,
        "gets": gets,
    });
    op("option_exercise", members)
}

fn redeem(series: u64, tranche: u64) -> Operation {
    let members = json!({
        "writer": "1.2.1", "series": format!("16.5.{series}"),
        "tranche": format!("16.11.{tranche}"),
    });
    op("option_redeem", members)
}

/// An object of 1.2.4.
fn object(data: &str) -> Operation {
    let object = json!({
        "owner": "1.2.4", "kind": "picture", "data": data, "transferable": true, "mutable": true,
    });
    op("object_create", object)
}

/// An auction of it, from one on, until the end of the third day.
fn auction(pays: u64) -> Operation {
    let listing = json!({
        "seller": "1.2.4", "items": ["16.8.0"], "pay_asset": format!("1.3.{pays}"),
        "kind": "english", "min": 1, "expiry": at(3 * DAY), "anti_snipe_sec": 600,
    });
    op("listing_create", listing)
}

fn bid(bidder: &str, what: Value) -> Operation {
    let members = json!({
        "bidder": bidder, "listing": "16.9.0", "items": ["16.8.0"], "amount": what,
    });
    op("listing_bid", members)
}

/// 1.2.6 is for sale, 1.2.4 is paid.
fn title(costs: Value) -> Operation {
    let members = json!({
        "account": "1.2.6", "price": costs, "payout": "1.2.4", "expiry": at(DAY),
    });
    op("title_offer", members)
}

fn authority(seed: &str) -> Value {
    let key = carbyne_crypto::PrivateKey::from_seed(seed).public_key();
    json!({"weight_threshold": 1, "key_auths": [[key.to_json_in(DIALECT), 1]]})
}

fn accept(buyer: &str, costs: Value) -> Operation {
    let key = carbyne_crypto::PrivateKey::from_seed("new memo").public_key();
    let members = json!({
        "buyer": buyer, "offer": "16.10.0", "account": "1.2.6", "price": costs,
        "owner": authority("new owner"), "active": authority("new active"),
        "memo_key": key.to_json_in(DIALECT),
    });
    op("title_accept", members)
}

/// A contract of every family about 1.3.1, against 1.3.2 where it takes two.
fn one_of_each() -> Vec<Step> {
    let (collateral, principal) = (|| amount(100, 2), || amount(100, 1));
    [
        recurring(amount(5, 1)),
        escrow(amount(100, 1)),
        ratify("1.2.2"),
        ratify("1.2.3"),
        lend("1.2.1", collateral(), principal()),
        take("1.2.2", 0, collateral(), principal()),
        lend("1.2.3", amount(10, 2), amount(10, 1)),
        series(1, 2, 30),
        write(0, option_terms(1, 2, 30), 4),
        transfer("1.2.1", "1.2.3", amount(2, LONG)),
        object("c0ffee"),
        auction(1),
        bid("1.2.3", amount(20, 1)),
        title(amount(7, 1)),
    ]
    .map(|operation| Do(operation, "ok"))
    .into()
}

fn account(number: u64) -> carbyne_protocol::ids::AccountId {
    Id(number)
}
