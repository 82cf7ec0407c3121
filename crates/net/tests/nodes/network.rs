//! Nodes that keep to the rules, on a network that does not always.

use crate::world::{Chain, World, carbyne, plain};
use carbyne_net::{Config, Input, Now, Question, Reason};
use carbyne_protocol::transaction::SignedTransaction;
use std::sync::Arc;

fn transaction(number: u16) -> SignedTransaction {
    SignedTransaction { ref_block_num: number, ..SignedTransaction::default() }
}

fn seconds(from: Now, to: Now) -> f64 {
    (to.0 - from.0) as f64 / 1e6
}

/// A node without blocks and one with so many; gives the seconds until the first has them all.
fn sync(config: fn() -> Config, blocks: u32, delay_ms: i64) -> f64 {
    let mut world = World::new(delay_ms);
    let full = world.add(config(), Chain::of(blocks));
    let new = world.add(config(), Chain::default());
    world.connect(new, full);
    let begin = world.now;
    world.run(3_600, |world| world.height(new) == blocks as usize);
    assert_eq!(world.members[new].chain.ids, world.members[full].chain.ids);
    seconds(begin, world.now)
}

#[test]
fn a_new_node_gets_every_block() {
    for blocks in [1, 2, 199, 200, 201, 2_001, 13_000] {
        sync(plain, blocks, 10);
        sync(carbyne, blocks, 10);
    }
}

#[test]
fn a_chain_that_is_slower_than_the_network_gets_every_block() {
    for config in [plain, carbyne] {
        let mut world = World::new(1);
        // Such a chain takes longer.
        world.now = world.now.after(400_000);
        let full = world.add(config(), Chain::of(130_000));
        let new = world.add(config(), Chain::default());
        world.members[new].delay_of_chain = 100_000;
        world.connect(new, full);
        world.run(60, |world| world.height(new) == 130_000);
        assert_eq!(world.height(new), 130_000);
        assert!(world.members[new].closed.is_empty());
    }
}

#[test]
fn carbyne_nodes_wait_for_the_way_less_often() {
    let (plain, carbyne) = (sync(plain, 10_000, 100), sync(carbyne, 10_000, 100));
    println!("10,000 blocks at 100 ms: {plain} s like the reference, {carbyne} s as Carbyne");
    assert!(carbyne < plain / 3.0, "{carbyne} s, {plain} s");
}

#[test]
fn a_node_syncs_from_several_and_leaves_one_that_falls_silent() {
    let mut world = World::new(20);
    let chain = Chain::of(5_000);
    let full: Vec<usize> = (0..3).map(|_| world.add(plain(), chain.clone())).collect();
    let new = world.add(plain(), Chain::default());
    full.iter().for_each(|peer| world.connect(new, *peer));
    world.run(60, |world| world.height(new) > 1_000);
    world.members[full[0]].is_deaf = true;
    world.run(60, |world| world.height(new) == 5_000);
    assert_eq!(world.members[new].chain.ids, chain.ids);
    let reasons: Vec<&Reason> = world.members[new].closed.iter().map(|(_, why)| why).collect();
    assert_eq!(reasons, [&Reason::NoAnswer(Question::Blocks)]);
}

#[test]
fn what_one_gets_all_get_once() {
    let mut world = World::new(20);
    let chain = Chain::of(50);
    let line: Vec<usize> = (0..4).map(|_| world.add(carbyne(), chain.clone())).collect();
    line.windows(2).for_each(|pair| world.connect(pair[0], pair[1]));
    world.connect(line[0], line[2]);
    world.run(5, |_| false);
    for number in 0..300 {
        let input = Input::NewTransaction(Arc::new(transaction(number)));
        world.input(line[usize::from(number) % 2], input);
    }
    world.make_block(line[3]);
    world.run(10, |_| false);
    for member in &line {
        assert_eq!(world.height(*member), 51);
        assert!(world.members[*member].closed.is_empty());
    }
    let delivered: Vec<usize> = line.iter().map(|m| world.members[*m].delivered).collect();
    assert_eq!(delivered, [150 + 1, 150 + 1, 300 + 1, 300]);
}

#[test]
fn a_node_that_was_away_learns_what_it_missed_from_a_new_block() {
    let mut world = World::new(20);
    let chain = Chain::of(100);
    let (one, two) = (world.add(plain(), chain.clone()), world.add(plain(), chain));
    world.connect(one, two);
    world.run(5, |_| false);
    // Blocks that the other was not told of.
    for _ in 0..30 {
        let block = world.members[one].chain.next();
        world.members[one].chain.push(&block).unwrap();
    }
    world.make_block(one);
    world.run(10, |_| false);
    assert_eq!(world.height(two), 131);
    assert!(world.members[two].closed.is_empty());
}

#[test]
fn an_idle_connection_stays_and_one_whose_peer_is_gone_ends() {
    let mut world = World::new(20);
    let chain = Chain::of(10);
    let (one, two) = (world.add(plain(), chain.clone()), world.add(plain(), chain));
    world.connect(one, two);
    world.run(600, |_| false);
    assert_eq!(world.connections(one).len(), 1);
    world.members[two].is_deaf = true;
    world.run(120, |_| false);
    assert_eq!((world.connections(one).len(), world.connections(two).len()), (0, 0));
    // The one that hears nothing has said so, does not hear that it was understood, and knows why.
    assert_eq!(world.members[two].closed[0].1, Reason::Silent);
}

#[test]
fn clocks_are_measured() {
    let mut world = World::new(50);
    let (one, two) = (world.add(plain(), Chain::of(9)), world.add(plain(), Chain::of(9)));
    world.connect(one, two);
    world.run(5, |_| false);
    assert_eq!(world.members[one].node.clock_offset(), Some(0));
    assert_eq!(world.members[one].node.peers().next().unwrap().round_trip, 100_000);
}

#[test]
fn a_second_connection_to_the_same_node_is_refused() {
    let mut world = World::new(10);
    let (one, two) = (world.add(plain(), Chain::of(9)), world.add(plain(), Chain::of(9)));
    world.connect(one, two);
    world.run(2, |_| false);
    world.connect(two, one);
    world.connect(one, one);
    world.run(60, |_| false);
    assert_eq!((world.connections(one).len(), world.connections(two).len()), (1, 1));
}

#[test]
fn a_node_has_no_more_connections_than_it_takes() {
    let mut world = World::new(10);
    let config = Config { connections_max: 5, ..plain() };
    let full = world.add(config, Chain::of(9));
    for _ in 0..40 {
        let new = world.add(plain(), Chain::default());
        world.connect(new, full);
        world.run(1, |_| false);
    }
    world.run(60, |_| false);
    let count = world.connections(full).len();
    assert!((5..=6).contains(&count), "{count} connections");
}

#[test]
fn who_asks_only_nodes_that_are_behind_themselves_gets_every_block() {
    for config in [plain, carbyne] {
        let mut world = World::new(20);
        let full = world.add(config(), Chain::of(20_000));
        let behind: Vec<usize> = (0..3).map(|_| world.add(config(), Chain::of(100))).collect();
        let new = world.add(config(), Chain::default());
        behind.iter().for_each(|peer| world.connect(new, *peer));
        world.run(30, |world| world.height(new) == 100);
        assert_eq!(world.height(new), 100, "what they have");
        // What follows is known to nobody whom it asks, until it is known to one of them.
        behind.iter().for_each(|peer| world.connect(*peer, full));
        world.run(600, |world| world.height(new) == 20_000);
        assert_eq!(world.members[new].chain.ids, world.members[full].chain.ids);
        for member in behind.iter().chain([&new]) {
            assert!(world.members[*member].closed.is_empty(), "nobody is left");
        }
    }
}

#[test]
fn who_joins_while_its_only_peer_syncs_gets_every_block() {
    for config in [plain, carbyne] {
        let mut world = World::new(20);
        let full = world.add(config(), Chain::of(20_000));
        let (middle, new) = (world.add(config(), Chain::of(20)), world.add(config(), Chain::of(1)));
        world.connect(middle, full);
        world.connect(new, middle);
        world.run(600, |world| world.height(new) == 20_000);
        assert_eq!(world.members[new].chain.ids, world.members[full].chain.ids);
        assert!(world.members[new].closed.is_empty() && world.members[middle].closed.is_empty());
    }
}

#[test]
fn a_sync_goes_on_when_blocks_that_it_found_at_the_chain_were_in_the_wrong_order() {
    let mut world = World::new(5);
    let chain = Chain::of(9);
    let (one, late) = (world.add(carbyne(), chain.clone()), world.add(carbyne(), chain));
    world.connect(one, late);
    world.run(5, |_| false);
    world.members[late].delay_of_chain = 5_000_000;
    // The later block is told first, and both are still at the chain when a sync finds them there.
    let tenth = world.members[one].chain.next();
    world.members[one].chain.push(&tenth).expect("it follows");
    world.make_block(one);
    world.run(1, |_| false);
    world.input(one, Input::NewBlock(Box::new(tenth)));
    world.run(1, |_| false);
    let chain = world.members[one].chain.clone();
    let other = world.add(carbyne(), chain);
    world.connect(late, other);
    world.run(1, |_| false);
    world.part(one, late);
    world.run(30, |world| world.height(late) == 11);
    assert_eq!(world.height(late), 11);
}

#[test]
fn two_that_connect_to_each_other_at_once_stay_connected() {
    for count in [(9, 12), (12, 9)] {
        let mut world = World::new(20);
        let one = world.add(carbyne(), Chain::of(count.0));
        let other = world.add(carbyne(), Chain::of(count.1));
        world.connect(one, other);
        world.connect(other, one);
        world.run(5, |_| false);
        assert_eq!(world.connections(one).len(), 1, "{:?}", world.members[one].closed);
        assert_eq!(world.connections(other).len(), 1);
        assert_eq!([world.height(one), world.height(other)], [12, 12]);
    }
}

#[test]
fn who_comes_over_from_another_branch_is_not_apart_any_more() {
    let mut world = World::new(20);
    let mut elsewhere = Chain::default();
    let mut first = elsewhere.next();
    first.signed_header.header.witness.0 = 7;
    elsewhere.push(&first).expect("it follows");
    (0..30).for_each(|_| elsewhere.push(&elsewhere.next()).expect("it follows"));
    let one = world.add(plain(), Chain::of(30));
    let other = world.add(plain(), elsewhere);
    let is_apart = |world: &World| world.members[one].node.peers().all(|peer| peer.is_apart);
    world.connect(one, other);
    world.run(5, |_| false);
    assert!(is_apart(&world));
    // It comes over by what others tell it.
    world.members[other].chain = world.members[one].chain.clone();
    world.make_block(other);
    world.run(5, |_| false);
    assert_eq!([world.height(one), world.height(other)], [31, 31]);
    assert!(!is_apart(&world));
}
