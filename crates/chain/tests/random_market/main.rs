//! Random orders, positions, settlements, bids, feeds, pool operations, contracts and proposals on
//! a small chain. After every block all amounts add up, no book is crossed, and undoing the block
//! gives the state before it, applying it again the state after it, with the same operations.
//!
//! `CARBYNE_MARKET_CASES` says how many sequences are tried.

mod branches;
mod contracts;
mod forks;
mod step;
mod world;

use carbyne_ledger::Ledger;
use carbyne_ledger::audit::audit;
use carbyne_objects::LimitOrder;
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::money::{Asset, Price};
use proptest::prelude::*;
use std::collections::BTreeMap;
use step::{Step, opening, step};
use world::{Setting, World};

/// Sequences that are tried by default.
const CASES: u32 = 128;

/// What happens in a block, and the slot after the head block that it is in.
#[derive(Clone, Debug)]
struct Block {
    steps: Vec<Step>,
    slots: u32,
}

fn setting() -> impl Strategy<Value = Setting> {
    let scale = proptest::sample::select(vec![0, 1, 10_000]);
    let market_fee = proptest::sample::select(vec![0, 30, 2_500]);
    let margin_call_fee_ratio = proptest::sample::select(vec![1_000, 1_020, 1_090]);
    (scale, market_fee, [0..4_u8, 0..4_u8], margin_call_fee_ratio).prop_map(
        |(fee_scale, market_fee, responses, margin_call_fee_ratio)| Setting {
            fee_scale,
            market_fee,
            responses,
            margin_call_fee_ratio,
        },
    )
}

fn blocks() -> impl Strategy<Value = Vec<Block>> {
    let block = (proptest::collection::vec(step(), 0..16), 1..5_u32)
        .prop_map(|(steps, slots)| Block { steps, slots });
    // Now and then a day or so passes.
    let pause = (1_000..30_000_u32).prop_map(|slots| Block { steps: Vec::new(), slots });
    proptest::collection::vec(prop_oneof![12 => block, 1 => pause], 1..16)
}

/// Pushes what happens in a block; what is refused leaves nothing behind.
fn push(world: &mut World, setting: &Setting, steps: &[Step]) {
    for (n, step) in steps.iter().enumerate() {
        let Some(operation) = step.operation(world.ledger(), setting) else { continue };
        // Every eighth is looked at closely, because hashing takes longest.
        let before =
            (n % 8 == 3 && world.chain.pending_is_open()).then(|| world.ledger().state_hash());
        if world.push(operation).is_err()
            && let Some(before) = before
        {
            assert_eq!(world.ledger().state_hash(), before, "{step:?} was refused");
        }
    }
}

/// Applies a block, undoes it and applies it again.
fn run(world: &mut World, setting: &Setting, block: &Block) {
    let before = world.ledger().state_hash();
    push(world, setting, &block.steps);
    let recovered = world.produce(block.slots);
    let operations = world.take_operations();
    check_state(world.ledger());
    let after = world.ledger().state_hash();
    world.pop_block();
    assert_eq!(world.ledger().state_hash(), before, "a block that is undone leaves no trace");
    world.push_block(&recovered);
    assert_eq!(world.ledger().state_hash(), after, "a block applies again alike");
    assert_eq!(world.take_operations(), operations, "with the same operations");
}

fn check_state(ledger: &Ledger) {
    for line in audit(ledger).expect("nothing is negative") {
        assert!(line.is_balanced(), "{line:?}");
    }
    check_books(ledger);
    check_core_in_orders(ledger);
}

/// No two orders that could be matched wait, and none that gets nothing.
fn check_books(ledger: &Ledger) {
    let orders = || ledger.tables.limit_orders.iter().filter(|order| !order.is_settled_debt);
    let mut best: BTreeMap<(u64, u64), &LimitOrder> = BTreeMap::new();
    for order in orders() {
        assert!(order.amount_to_receive().expect("an amount").amount > 0, "{order:?}");
        let pair = (order.sell_asset_id().0, order.receive_asset_id().0);
        let first = best.entry(pair).or_insert(order);
        if order.sell_price > first.sell_price {
            *first = order;
        }
    }
    for ((sold, wanted), order) in &best {
        let Some(other) = best.get(&(*wanted, *sold)) else { continue };
        let limit: Price = other.sell_price.inverted();
        assert!(order.sell_price < limit, "{order:?} and {other:?}");
    }
}

/// The statistics know how much core an account has in orders, positions and contracts.
fn check_core_in_orders(ledger: &Ledger) {
    let mut sums: BTreeMap<AccountId, i64> = BTreeMap::new();
    for order in ledger.tables.limit_orders.iter().filter(|order| !order.is_settled_debt) {
        if order.sell_asset_id().0 == 0 {
            *sums.entry(order.seller).or_default() += order.for_sale;
        }
    }
    let mut add = |account: AccountId, amount: Asset| {
        if amount.asset_id.0 == 0 {
            *sums.entry(account).or_default() += amount.amount;
        }
    };
    for escrow in ledger.tables.escrows.iter() {
        let locked = escrow.amounts.iter().chain([&escrow.agent_fee]);
        locked.for_each(|amount| add(escrow.from, *amount));
    }
    ledger.tables.bond_offers.iter().for_each(|offer| add(offer.creator, offer.amount));
    ledger.tables.bonds.iter().for_each(|bond| add(bond.borrower, bond.collateral));
    for call in ledger.tables.call_orders.iter().filter(|call| call.collateral_type().0 == 0) {
        *sums.entry(call.borrower).or_default() += call.collateral;
    }
    for statistics in ledger.tables.statistics.iter() {
        let sum = sums.get(&statistics.owner).copied().unwrap_or_default();
        assert_eq!(statistics.total_core_in_orders, sum, "{:?}", statistics.owner);
    }
}

fn check(setting: &Setting, blocks: &[Block]) {
    let mut world = World::new(setting);
    run(&mut world, setting, &Block { steps: opening(), slots: 1 });
    for block in blocks {
        run(&mut world, setting, block);
    }
    undo_far(&mut world);
}

/// Undoes all blocks that can be undone and applies them again.
fn undo_far(world: &mut World) {
    let after = world.ledger().state_hash();
    let mut undone = Vec::new();
    loop {
        let head = world.chain.head_id();
        let block = world.chain.recent_block(&head).cloned();
        if world.chain.pop_block().is_err() {
            break;
        }
        world.chain.clear_pending();
        undone.extend(block);
    }
    undone.iter().rev().for_each(|block| world.push_block(block));
    assert_eq!(world.ledger().state_hash(), after, "blocks apply again alike");
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
    fn blocks_add_up_and_can_be_undone(setting in setting(), blocks in blocks()) {
        check(&setting, &blocks);
    }
}
