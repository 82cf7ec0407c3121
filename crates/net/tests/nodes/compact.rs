//! New blocks between Carbyne nodes: what both have is not sent once more.

use crate::world::{Chain, World, carbyne, plain};
use carbyne_crypto::PrivateKey;
use carbyne_net::{Config, Input};
use carbyne_protocol::transaction::SignedTransaction;
use std::ops::Range;
use std::sync::Arc;

/// Bytes of a transaction of these tests, at least.
const TRANSACTION: usize = 200;

fn transactions(numbers: Range<u16>) -> Vec<SignedTransaction> {
    let signature = PrivateKey::from_seed("somebody").sign(&[1; 32]);
    let transaction = |ref_block_num| SignedTransaction {
        ref_block_num,
        signatures: vec![signature; 3].into(),
        ..SignedTransaction::default()
    };
    numbers.map(transaction).collect()
}

/// Two nodes in step.
fn pair(config: fn() -> Config) -> (World, usize, usize) {
    let mut world = World::new(20);
    let chain = Chain::of(50);
    let (one, two) = (world.add(config(), chain.clone()), world.add(config(), chain));
    world.connect(one, two);
    world.run(5, |_| false);
    (world, one, two)
}

fn send(world: &mut World, member: usize, transactions: &[SignedTransaction]) {
    for transaction in transactions {
        world.input(member, Input::NewTransaction(Arc::new(transaction.clone())));
    }
    world.run(5, |_| false);
}

/// Bytes that go over the network until a block has come to the other.
fn relay(world: &mut World, (from, to): (usize, usize), block: &[SignedTransaction]) -> usize {
    let (before, height) = (world.bytes, world.height(to));
    world.make_block_of(from, block);
    world.run(20, |world| world.height(to) > height);
    assert_eq!(world.height(to), height + 1);
    assert!(world.members.iter().all(|member| member.closed.is_empty()));
    world.bytes - before
}

#[test]
fn what_both_have_is_not_sent_again() {
    let known = transactions(0..1_000);
    let relayed = |config| {
        let (mut world, one, two) = pair(config);
        send(&mut world, one, &known);
        relay(&mut world, (one, two), &known)
    };
    let (short, whole) = (relayed(carbyne), relayed(plain));
    println!("a block of 1,000 transactions: {short} bytes in short form, {whole} as it is");
    assert!(whole > 1_000 * TRANSACTION);
    assert!(short < 1_000 * 14, "{short} bytes");
}

#[test]
fn what_the_other_was_not_told_of_comes_with_the_block() {
    let (mut world, one, two) = pair(carbyne);
    send(&mut world, one, &transactions(0..500));
    let bytes = relay(&mut world, (one, two), &transactions(0..600));
    let few = 100 * TRANSACTION..600 * 14 + 100 * (TRANSACTION + 30);
    assert!(few.contains(&bytes), "{bytes} bytes");
}

#[test]
fn what_the_other_has_let_go_is_asked_for() {
    let (mut world, one, two) = pair(carbyne);
    send(&mut world, one, &transactions(0..100));
    for _ in 0..7 {
        relay(&mut world, (one, two), &[]);
    }
    send(&mut world, one, &transactions(100..500));
    let bytes = relay(&mut world, (one, two), &transactions(0..500));
    let few = 100 * TRANSACTION..500 * 14 + 100 * (TRANSACTION + 30);
    assert!(few.contains(&bytes), "{bytes} bytes");
}

#[test]
fn of_a_block_of_which_hardly_anything_is_here_all_is_asked_for() {
    let (mut world, one, two) = pair(carbyne);
    send(&mut world, one, &transactions(0..500));
    for _ in 0..7 {
        relay(&mut world, (one, two), &[]);
    }
    let bytes = relay(&mut world, (one, two), &transactions(0..500));
    assert!(bytes > 500 * TRANSACTION, "{bytes} bytes");
}

#[test]
fn a_block_goes_on_in_short_form_through_one_that_put_it_together() {
    let mut world = World::new(20);
    let chain = Chain::of(50);
    let line: Vec<usize> = (0..3).map(|_| world.add(carbyne(), chain.clone())).collect();
    line.windows(2).for_each(|pair| world.connect(pair[0], pair[1]));
    world.run(5, |_| false);
    let known = transactions(0..1_000);
    send(&mut world, line[0], &known);
    let bytes = relay(&mut world, (line[0], line[2]), &known);
    assert!(bytes < 2 * 1_000 * 14, "{bytes} bytes");
}

#[test]
fn carbyne_and_others_give_blocks_to_each_other() {
    let mut world = World::new(20);
    let chain = Chain::of(50);
    let configs = [carbyne, plain, carbyne];
    let line: Vec<usize> =
        configs.iter().map(|config| world.add(config(), chain.clone())).collect();
    line.windows(2).for_each(|pair| world.connect(pair[0], pair[1]));
    world.run(5, |_| false);
    let known = transactions(0..200);
    send(&mut world, line[0], &known);
    let bytes = relay(&mut world, (line[0], line[2]), &known);
    assert!(bytes > 2 * 200 * TRANSACTION, "twice as it is");
}
