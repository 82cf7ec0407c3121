//! Contracts on two branches of a chain, and a name that is sold while others vote by it.

use crate::check_state;
use crate::contracts::{LATER, op};
use crate::world::{GOLD, NAME, World, trader};
use carbyne_protocol::ids::{AccountId, AssetId, WitnessId};
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_wire::{Id, Json, JsonIn, TimePointSec};
use serde_json::{Value, json};

const DAY: u32 = 86_400;
const HASH: [&str; 2] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0200000000000000000000000000000000000000000000000000000000000000",
];

fn made(name: &str, members: Value) -> Operation {
    op(name, members).unwrap_or_else(|| panic!("no {name}"))
}

fn amount(units: i64, asset: AssetId) -> Value {
    Asset::new(units, asset).to_json()
}

fn who(number: u8) -> Value {
    trader(number).to_json()
}

/// A moment so many seconds after the start of all these chains.
fn at(seconds: u32) -> Value {
    TimePointSec(1_900_000_000 + seconds).to_json()
}

/// The first Friday morning that is more than a day away.
fn friday() -> Value {
    let tomorrow = 1_900_000_000 + DAY;
    TimePointSec(tomorrow - (tomorrow - 115_200) % (7 * DAY) + 7 * DAY).to_json()
}

fn terms(collateral: i64) -> Value {
    json!({
        "ratio": {"base": amount(collateral, Id(0)), "quote": amount(1, GOLD)}, "term_sec": DAY,
        "min_term_sec": 0, "apr_bps": 0, "callable": true, "auto_claim": true,
    })
}

fn lend(creator: u8, collateral: i64) -> Operation {
    made(
        "bond_offer_create",
        json!({
            "creator": who(creator), "side": "lend", "amount": amount(100, GOLD), "min_take": 1,
            "terms": terms(collateral), "allowed": [], "auto_repay": false, "expiry": at(DAY),
        }),
    )
}

fn take() -> Operation {
    made(
        "bond_offer_take",
        json!({
            "taker": who(1), "offer": "16.3.0", "terms": terms(1), "amount": amount(100, GOLD),
            "auto_repay": false,
        }),
    )
}

fn escrow(agreement: usize) -> Operation {
    made(
        "escrow_create",
        json!({
            "from": who(0), "to": who(1), "amounts": [amount(100, GOLD)],
            "agent_fee": amount(0, GOLD), "agreement_hash": HASH[agreement], "ratify_by": at(DAY),
            "deliver_by": at(DAY), "review_sec": 0, "default_bps": 0,
        }),
    )
}

fn ratify() -> Operation {
    made(
        "escrow_ratify",
        json!({"who": who(1), "escrow": "16.2.0", "agreement_hash": HASH[0], "approve": true}),
    )
}

fn option_terms(strike: i64) -> Value {
    json!({
        "underlying": GOLD.to_json(), "quote": "1.3.0", "strike": strike, "contract_size": 10,
        "kind": "call", "style": "american", "expiry": friday(),
    })
}

fn series(strike: i64) -> Operation {
    let members = json!({"creator": who(0), "terms": option_terms(strike)});
    made("option_series_create", members)
}

fn write() -> Operation {
    let members = json!({
        "writer": who(1), "series": "16.5.0", "terms": option_terms(30), "contracts": 4,
    });
    made("option_write", members)
}

fn exercise() -> Operation {
    let members = json!({
        "holder": who(1), "series": "16.5.0", "contracts": 1, "pays": amount(30, Id(0)),
        "gets": amount(10, GOLD),
    });
    made("option_exercise", members)
}

fn title(price: i64) -> Operation {
    let members = json!({
        "account": NAME.to_json(), "price": amount(price, GOLD), "payout": who(0),
        "expiry": at(DAY),
    });
    made("title_offer", members)
}

fn key(seed: &str) -> Value {
    carbyne_crypto::PrivateKey::from_seed(seed).public_key().to_json_in(LATER)
}

fn accept() -> Operation {
    let authority = json!({"weight_threshold": 1, "key_auths": [[key("new"), 1]]});
    let members = json!({
        "buyer": who(1), "offer": "16.10.0", "account": NAME.to_json(), "price": amount(7, GOLD),
        "owner": authority, "active": authority, "memo_key": key("new memo"),
    });
    made("title_accept", members)
}

fn object() -> Operation {
    let members = json!({
        "owner": who(0), "kind": "picture", "data": "00", "transferable": true, "mutable": false,
        "royalty_bps": 0,
    });
    made("object_create", members)
}

fn list(item: u8) -> Operation {
    let members = json!({
        "seller": who(0), "items": [format!("16.8.{item}")], "pay_asset": GOLD.to_json(),
        "kind": "fixed", "min": 0, "buy_now": 5, "expiry": at(DAY), "anti_snipe_sec": 0,
    });
    made("listing_create", members)
}

fn buy() -> Operation {
    let members = json!({
        "buyer": who(1), "listing": "16.9.0", "items": ["16.8.0"], "max_price": amount(5, GOLD),
    });
    made("listing_buy", members)
}

/// What one branch has under an id, what another has under it, and who agrees to the first.
struct Case {
    before: fn() -> Vec<Operation>,
    here: fn() -> Operation,
    there: fn() -> Operation,
    agrees: fn() -> Operation,
}

const CASES: &[Case] = &[
    Case { before: Vec::new, here: || lend(0, 1), there: || lend(2, 9), agrees: take },
    Case { before: Vec::new, here: || escrow(0), there: || escrow(1), agrees: ratify },
    Case { before: Vec::new, here: || series(30), there: || series(31), agrees: write },
    Case { before: Vec::new, here: || title(7), there: || title(700), agrees: accept },
    Case { before: || vec![object(), object()], here: || list(0), there: || list(1), agrees: buy },
];

/// Two nodes that have the same first blocks.
fn two_nodes(before: Vec<Operation>) -> [World; 2] {
    let (mut here, mut there) = (World::without_fees(), World::without_fees());
    push(&mut here, before);
    let block = here.produce(1);
    there.push_block(&block);
    [here, there]
}

fn push(world: &mut World, operations: Vec<Operation>) {
    for operation in operations {
        let said = format!("{operation:?}");
        world.push(operation).unwrap_or_else(|refused| panic!("{said}: {refused}"));
    }
}

/// The branch of `there`, which is longer, comes to `here`.
fn switch(here: &mut World, there: &mut World) {
    let blocks: Vec<_> = (0..3).map(|n| there.produce(if n == 0 { 2 } else { 1 })).collect();
    blocks.iter().for_each(|block| here.push_block(block));
    assert_eq!(here.chain.head_id(), there.chain.head_id(), "the longer branch");
    assert_eq!(here.ledger().state_hash(), there.ledger().state_hash(), "of one branch");
    check_state(here.ledger());
}

#[test]
fn a_fork_makes_an_id_another_offer_and_nobody_agrees_to_that() {
    for case in CASES {
        let [mut here, mut there] = two_nodes((case.before)());
        push(&mut here, vec![(case.here)()]);
        here.produce(1);
        push(&mut here, vec![(case.agrees)()]);
        here.produce(1);
        push(&mut there, vec![(case.there)()]);
        switch(&mut here, &mut there);
        let before = here.ledger().state_hash();
        let refused = here.push((case.agrees)()).unwrap_err();
        assert_eq!(refused.reason(), "ContractRefusal::OtherTerms", "{:?}", (case.agrees)());
        assert_eq!(here.ledger().state_hash(), before);
    }
}

fn longs(world: &World) -> i64 {
    let series = world.ledger().tables.option_series.iter().next().expect("a series");
    world.ledger().balance(trader(1), series.long)
}

#[test]
fn a_fork_undoes_an_exercise_and_it_is_exercised_again() {
    let [mut here, mut there] = two_nodes(vec![series(30), write()]);
    let has = |world: &World| {
        let of = |asset| world.ledger().balance(trader(1), asset);
        (longs(world), of(GOLD), of(Id(0)))
    };
    let (count, gold, core) = has(&here);
    push(&mut here, vec![exercise(), exercise()]);
    here.produce(1);
    assert_eq!(has(&here), (count - 2, gold + 20, core - 60));
    switch(&mut here, &mut there);
    assert_eq!(has(&here), (count, gold, core), "undone");
    // After an exercise a new tranche begins, on this branch as on any.
    push(&mut here, vec![exercise(), write()]);
    here.produce(1);
    assert_eq!(has(&here), (count - 1 + 4, gold + 10 - 40, core - 30));
    assert_eq!(here.ledger().tables.option_tranches.iter().count(), 2);
    check_state(here.ledger());
}

/// What is due between the branches is done on each by its own time.
#[test]
fn a_fork_undoes_what_the_chain_did_about_contracts() {
    let [mut here, mut there] = two_nodes(vec![lend(0, 1), take(), escrow(0), title(7)]);
    let slots = DAY / 5 + 1;
    here.produce(slots);
    assert!(here.ledger().tables.bonds.is_empty() && here.ledger().tables.escrows.is_empty());
    here.pop_block();
    assert!(!here.ledger().tables.bonds.is_empty());
    // On the other branch the debt was paid before.
    let repay = made(
        "bond_repay",
        json!({"payer": who(1), "bond": "16.4.0", "amount": 100, "in_backing": false}),
    );
    push(&mut there, vec![repay]);
    there.produce(1);
    there.produce(slots);
    assert!(there.ledger().tables.bonds.is_empty() && there.ledger().tables.escrows.is_empty());
    check_state(there.ledger());
}

fn vote(account: AccountId, proxy: AccountId, witness: Option<u64>, world: &World) -> Operation {
    let chosen = witness.map(|id| world.ledger().get(Id(id) as WitnessId).expect("a witness"));
    let votes: Vec<Value> = chosen.iter().map(|witness| witness.vote_id.to_json()).collect();
    let options = json!({
        "memo_key": key("everybody"), "voting_account": proxy.to_json(),
        "num_witness": votes.len(), "num_committee": 0, "votes": votes, "extensions": [],
    });
    made("account_update", json!({"account": account.to_json(), "new_options": options}))
}

/// Votes for a witness after the next maintenance.
fn counted(world: &mut World, witness: u64) -> i64 {
    world.produce(13);
    world.produce(1);
    world.ledger().get(Id(witness) as WitnessId).expect("a witness").total_votes as i64
}

/// Only what is locked has a vote, here by an order that nobody takes.
fn locks_a_vote(seller: AccountId) -> Operation {
    made(
        "limit_order_create",
        json!({
            "seller": seller.to_json(), "amount_to_sell": amount(STAKE, Id(0)),
            "min_to_receive": amount(i64::from(u32::MAX), GOLD),
            "expiration": TimePointSec::MAX.to_json(), "fill_or_kill": false,
        }),
    )
}

const STAKE: i64 = 500;

#[test]
fn whoever_voted_by_a_name_that_was_sold_votes_by_nobody() {
    let mut world = World::without_fees();
    let (voter, itself) = (trader(0), Id(5));
    let opinion = vote(NAME, itself, Some(1), &world);
    let follows = vote(voter, NAME, None, &world);
    push(&mut world, vec![locks_a_vote(voter), opinion, follows.clone()]);
    assert_eq!(counted(&mut world, 1), STAKE);
    push(&mut world, vec![title(7)]);
    world.produce(1);
    assert_eq!(counted(&mut world, 1), STAKE, "for sale it still has its say");
    push(&mut world, vec![accept()]);
    assert_eq!(counted(&mut world, 1), 0, "bought votes do not come along");
    let opinion = vote(NAME, itself, Some(2), &world);
    push(&mut world, vec![opinion]);
    assert_eq!(counted(&mut world, 2), 0, "who trusted the old owner does not trust the new one");
    // Who says again what he said has not voted again.
    let alone = vote(voter, itself, None, &world);
    push(&mut world, vec![alone, follows]);
    assert_eq!(counted(&mut world, 2), STAKE, "until he says so");
    check_state(world.ledger());
}
