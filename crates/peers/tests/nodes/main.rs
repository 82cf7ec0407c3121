//! Nodes with chains of their own, in one thread: what one makes all have, whoever comes late.

mod told;
mod world;

use world::World;

#[test]
fn blocks_and_transactions_reach_everybody_through_nodes_between() {
    let mut world = World::line(3);
    world.produce(0, 5);
    assert_eq!(world.heads(), [5; 3]);
    world.send(2, 7);
    assert_eq!(world.pending(), [1; 3], "it went from the end of the line to the other");
    world.produce(0, 1);
    assert_eq!((world.heads(), world.pending()), (vec![6; 3], vec![0; 3]));
    assert_eq!(world.endings(), Vec::<String>::new());
}

#[test]
fn who_comes_late_gets_everything() {
    let mut world = World::line(1);
    world.produce(0, 2_500);
    let late = world.join(0);
    world.settle();
    assert_eq!(world.heads(), [2_500; 2]);
    world.join(late);
    world.produce(0, 1);
    assert_eq!(world.heads(), [2_501; 3], "the last had them of one that had them of another");
    assert_eq!(world.endings(), Vec::<String>::new());
}

#[test]
fn who_was_apart_takes_the_longer_branch() {
    let mut world = World::line(2);
    world.produce(0, 2);
    world.part(0, 1);
    world.produce(1, 2);
    world.produce(0, 5);
    assert_eq!(world.heads(), [7, 4]);
    world.connect(0, 1);
    world.settle();
    assert_eq!(world.heads(), [7, 7]);
    assert!(world.agree());
    assert_eq!(world.endings(), Vec::<String>::new());
}

#[test]
fn a_block_goes_on_before_it_is_applied() {
    let mut world = World::line(3);
    world.produce(0, 2);
    world.hold_core(1);
    world.produce(0, 1);
    assert_eq!(world.heads(), [3, 2, 3], "the one between has not applied it");
    world.release_core(1);
    assert_eq!(world.heads(), [3; 3]);
}

#[test]
fn a_block_that_its_witness_did_not_sign_goes_nowhere_and_its_sender_is_left() {
    let mut world = World::line(3);
    world.produce(0, 2);
    world.forge(1);
    assert_eq!(world.heads(), [2; 3]);
    // Who is told that it is left has some time to close the connection itself.
    (0..30).for_each(|_| world.settle());
    let endings = world.endings();
    assert_eq!(endings.len(), 2, "{endings:?}");
    assert!(endings.iter().all(|why| why.contains("is not signed by")), "{endings:?}");
}
