//! A new node takes a state of a peer, then the blocks behind it.

use super::network::{Network, wait};
use serde_json::{Value, json};

/// A network in which a node has written a snapshot of a state with money in it.
fn with_a_state() -> (Network, usize) {
    let mut network = Network::begin_with(4);
    let first = network.add("first", &[], true);
    wait("a block", || network.head(first) >= 1);
    network.claim(first);
    wait("the money is there", || network.balance(first) > 0);
    let paid = network.head(first);
    wait("a snapshot is written", || network.newest_snapshot(first) >= paid);
    (network, first)
}

#[test]
fn a_new_node_begins_with_the_state_of_a_peer_and_gets_the_blocks_behind_it() {
    let (mut network, first) = with_a_state();
    let place = network.place(first);
    let options = ["--snapshot-from", place.as_str()];
    let new = network.add_with("new", &[], &options);
    let said = network.process(new).said();
    assert!(said.contains("takes a state") && said.contains("took in the snapshot"), "{said}");
    assert!(network.balance(new) > 0, "the state is that of the other");
    let head = network.head(first);
    wait("blocks come behind it", || network.head(new) >= head + 3);
    let before = network.call(new, "block", "get_blocks", json!([1, 1]));
    assert_eq!(before[0], Value::Null, "it has no block from before the state");
    // It gives states itself: of what it got from another.
    wait("it has written a snapshot", || network.newest_snapshot(new) > head);
    let place = network.place(new);
    let third = network.add_with("third", &[first], &["--snapshot-from", &place]);
    assert!(network.balance(third) > 0);
    wait("it is in step", || network.head(third) >= network.head(first));
    network.kill(new);
    network.restart(new);
    let head = network.head(first);
    wait("it goes on after it was killed", || network.head(new) > head);
}

#[test]
fn a_state_with_another_hash_than_was_told_and_a_peer_without_one_are_refused() {
    let (network, first) = with_a_state();
    let place = network.place(first);
    let hash = "11".repeat(32);
    let why = network.refusal("hashed", &["--snapshot-from", &place, "--snapshot-hash", &hash]);
    assert!(why.contains("the state that the peer gives has the hash"), "{why}");
    let mut young = Network::begin();
    let none = young.add("none", &[], true);
    let place = young.place(none);
    let why = young.refusal("early", &["--snapshot-from", &place]);
    assert!(why.contains("it has no state to give yet"), "{why}");
    let why = young.refusal("mixed", &["--snapshot-from", &place, "--snapshot-from", "a.carb"]);
    assert!(why.contains("names one file, or nodes"), "{why}");
}
