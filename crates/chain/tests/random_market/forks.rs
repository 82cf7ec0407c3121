//! Branches of any depth: a longer one is switched to, with the state of a straight replay; what
//! parts below what cannot be undone changes nothing.

use crate::check_state;
use crate::world::{UNSIGNED, World, trader};
use carbyne_protocol::ids::WitnessId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::transfer::Transfer;
use carbyne_protocol::recovered::RecoveredBlock;
use carbyne_wire::Id;
use std::sync::Arc;

type Blocks = Vec<Arc<RecoveredBlock>>;

/// Slots among which every witness has a turn.
const SLOTS: u32 = 12;

/// The next slot after the head block in which a witness has its turn.
fn turn_of(world: &World, witness: WitnessId) -> u32 {
    let is_due = |slot: &u32| world.chain.slot(*slot).expect("a slot").witness == witness;
    (1..=SLOTS).find(is_due).expect("everybody has a turn")
}

/// So many blocks of one witness, which make no block irreversible, each with a transfer of that
/// much.
fn alone(world: &mut World, witness: WitnessId, count: usize, units: i64) -> Blocks {
    let blocks = (0..count).map(|_| {
        let (from, to, amount) = (trader(0), trader(1), Asset::core(units));
        let transfer = Transfer { from, to, amount, ..Transfer::default() };
        world.push(transfer.into()).expect("it applies");
        world.produce(turn_of(world, witness))
    });
    blocks.collect()
}

/// So many blocks of everybody.
fn together(world: &mut World, count: usize) -> Blocks {
    (0..count).map(|_| world.produce(1)).collect()
}

fn check_switch(depth: usize) {
    let (mut here, mut there, mut straight) =
        (World::without_fees(), World::without_fees(), World::without_fees());
    alone(&mut here, Id(1), depth, 1);
    let branch = alone(&mut there, Id(2), depth + 1, 2);
    branch.iter().for_each(|block| here.push_block(block));
    branch.iter().for_each(|block| straight.push_block(block));
    assert_eq!(here.chain.head_id(), there.chain.head_id(), "depth {depth}: the longer branch");
    for other in [&there, &straight] {
        assert_eq!(here.ledger().state_hash(), other.ledger().state_hash(), "depth {depth}");
    }
    check_state(here.ledger());
}

#[test]
fn a_switch_of_any_depth_gives_the_state_of_a_straight_replay() {
    [1, 10, 1_000].into_iter().for_each(check_switch);
}

/// A branch from the first block on is pushed to a chain with irreversible blocks behind that.
fn check_refused(branch: &Blocks, chain: &mut World) {
    let (head, state) = (chain.chain.head_id(), chain.ledger().state_hash());
    for block in branch {
        let pushed = chain.chain.push_block(block.clone(), UNSIGNED);
        let reason = pushed.expect_err("it parts too deep").reason();
        assert!(reason.starts_with("ChainRefusal::"), "{reason}");
    }
    assert_eq!((chain.chain.head_id(), chain.ledger().state_hash()), (head, state));
}

#[test]
fn a_branch_of_a_minority_or_from_long_ago_ends_at_the_irreversible_block() {
    let mut here = World::without_fees();
    together(&mut here, 60);
    let few = alone(&mut World::without_fees(), Id(1), 10, 1);
    check_refused(&few, &mut here);
    let longer = alone(&mut World::without_fees(), Id(2), 100, 1);
    check_refused(&longer, &mut here);
    check_state(here.ledger());
}
