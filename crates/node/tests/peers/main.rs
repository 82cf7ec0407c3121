//! Several nodes as processes, with real sockets between them.

mod away;
#[allow(dead_code)]
#[path = "../harness/chain.rs"]
mod chain;
#[allow(dead_code)]
#[path = "../../benches/filled/mod.rs"]
mod filled;
#[allow(dead_code)]
#[path = "../harness/mod.rs"]
mod harness;
mod hostile;
mod interval;
mod network;
mod states;
mod testnet;

use network::{Network, wait, wait_for};
use serde_json::{Value, json};
use std::time::Duration;

#[test]
fn who_comes_late_gets_everything_and_tells_of_it() {
    let mut network = Network::begin();
    let first = network.add("first", &[], true);
    wait("five blocks", || network.head(first) >= 5);
    let late = network.add("late", &[first], false);
    wait("the late one has them", || network.head(late) >= 5);
    let later = network.add("later", &[late], false);
    wait("blocks come to the last", || {
        let heads = [first, late, later].map(|node| network.head(node));
        heads[0] > 5 && heads.iter().all(|head| head.abs_diff(heads[0]) <= 1)
    });
    let peers = network.call(late, "network_node", "get_connected_peers", json!([]));
    let peers = peers.as_array().expect("a list");
    assert_eq!(peers.len(), 2, "{peers:?}");
    for field in ["addr", "inbound", "subver", "current_head_block_number", "conntime"] {
        assert!(!peers[0]["info"][field].is_null(), "{field} is missing in {peers:?}");
    }
    wait("it is healthy", || network.health(late)["sync_state"] == "synced");
    assert_eq!(network.health(late)["peers"]["inbound"], 1);
    let metrics = network.client(late).get("/metrics").expect("a page").1;
    assert!(metrics.contains("carbyne_peers{direction=\"outbound\"} 1\n"), "{metrics}");
    let known = network.call(late, "network_node", "get_potential_peers", json!([]));
    assert!(known.as_array().is_some_and(|known| !known.is_empty()), "{known}");
}

#[test]
fn a_transaction_goes_through_nodes_between_to_the_witness() {
    let mut network = Network::begin();
    let first = network.add("first", &[], true);
    wait("a block", || network.head(first) >= 1);
    let middle = network.add("middle", &[first], false);
    let last = network.add("last", &[middle], false);
    wait("all are in step", || network.head(last) >= 2);
    network.claim(last);
    wait("it is in a block that all have", || {
        [first, middle, last].into_iter().all(|node| network.balance(node) > 0)
    });
}

#[test]
fn who_was_killed_comes_back_and_who_is_added_by_hand_is_found() {
    let mut network = Network::begin();
    let first = network.add("first", &[], true);
    wait("a block", || network.head(first) >= 1);
    let second = network.add("second", &[first], false);
    wait("it is in step", || network.head(second) >= 3);
    network.kill(second);
    let before = network.head(first);
    wait("blocks without it", || network.head(first) >= before + 3);
    network.restart(second);
    wait("it is in step again", || network.head(second) >= before + 4);
    let third = network.add("third", &[], false);
    let place = network.place(first);
    assert_eq!(network.call(third, "network_node", "add_node", json!([place])), Value::Null);
    wait("it has been found", || network.head(third) >= before + 4);
    let parameters = network.call(third, "network_node", "get_advanced_node_parameters", json!([]));
    assert_eq!(parameters["maximum_number_of_connections"], 200);
    let wish = json!([{ "desired_number_of_connections": 7 }]);
    network.call(third, "network_node", "set_advanced_node_parameters", wish);
    let parameters = network.call(third, "network_node", "get_advanced_node_parameters", json!([]));
    assert_eq!(parameters["desired_number_of_connections"], 7);
    let info = network.call(first, "network_node", "get_info", json!([]));
    assert_eq!(info["listening_on"], json!(place));
}

#[test]
fn who_began_the_chain_each_for_itself_find_together() {
    let mut network = Network::begin();
    let one = network.add_beginner("one", 0..1);
    let other = network.add_beginner("other", 1..3);
    wait("both have blocks", || [one, other].iter().all(|node| network.head(*node) >= 3));
    let first = |node| network.block(node, 1);
    assert_ne!(first(one), first(other));
    network.call(one, "network_node", "add_node", json!([network.place(other)]));
    wait("one has given way", || first(one) == first(other));
    wait("all blocks become irreversible", || {
        let found = network.call(one, "database", "get_dynamic_global_properties", json!([]));
        found["last_irreversible_block_num"].as_u64().is_some_and(|number| number > 3)
    });
}

#[test]
fn who_cannot_go_to_the_branch_of_its_peers_says_so() {
    let mut network = Network::begin();
    let first = network.add("first", &[], true);
    let late = network.add("late", &[first], false);
    let irreversible = |network: &Network, node| {
        let found = network.call(node, "database", "get_dynamic_global_properties", json!([]));
        found["last_irreversible_block_num"].as_u64().expect("a number")
    };
    // As in the reference a few blocks more can be undone than are not irreversible.
    wait("blocks become irreversible", || irreversible(&network, late) >= 8);
    network.kill(first);
    let other = network.add("other", &[], true);
    wait("another branch, too", || irreversible(&network, other) >= 8);
    network.call(late, "network_node", "add_node", json!([network.place(other)]));
    wait("it knows", || network.health(late)["peers"]["apart"] == 1);
    // Its last block has to be old first.
    wait_for(Duration::from_secs(180), "it says so", || {
        network.health(late)["sync_state"] == "other_branch"
    });
    let health = network.health(late);
    let why = health["reason"].as_str().expect("a reason");
    assert!(why.contains("none of the 1 peers has a block"), "{why}");
    assert_eq!(network.health(other)["sync_state"], "synced");
}

#[test]
fn a_node_without_peers_says_so_and_one_with_peers_does_not() {
    let mut network = Network::begin();
    let alone = network.add("alone", &[], false);
    // The genesis is older than what a node waits for.
    wait("it says so", || network.health(alone)["sync_state"] == "no_peers");
    let first = network.add("first", &[], true);
    wait("a block", || network.head(first) >= 1);
    let place = network.place(first);
    network.call(alone, "network_node", "add_node", json!([place]));
    wait("it is in step", || network.health(alone)["sync_state"] == "synced");
}
