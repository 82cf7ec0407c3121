//! The committee changes the block interval while nodes make blocks: those that are up follow, who
//! was down and who is new get through the change when they sync.

use super::network::{Network, account_key, ago, genesis, wait, witness_keys};
use carbyne_crypto::PrivateKey;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::transaction::{SignedTransaction, ref_block_prefix};
use carbyne_wire::{Dialect, Digest, Hash160, Json, JsonIn, TimePointSec};
use serde_json::{Value, json};

/// Nodes, each with one witness, who is of the committee as well.
const NODES: usize = 5;
/// Seconds between two blocks before and after the change.
const INTERVALS: [u32; 2] = [1, 2];
/// Seconds between maintenances: a multiple of both.
const MAINTENANCE_INTERVAL: u32 = 6;
/// Seconds of a proposal of the committee in which nobody can agree any more.
const REVIEW: u32 = 3;
/// Seconds that a proposal has.
const LIFE: u32 = 12;
/// More than anything costs, in smallest units of core.
const FEE: i64 = 1_000_000_000;

fn core(amount: i64) -> Value {
    json!({ "amount": amount, "asset_id": "1.3.0" })
}

fn core_fee() -> Value {
    core(FEE)
}

/// A genesis whose committee can change parameters within seconds.
fn hasty(keys: &[PrivateKey]) -> Vec<u8> {
    let mut genesis: Value =
        serde_json::from_str(&genesis(keys, MAINTENANCE_INTERVAL)).expect("JSON");
    let parameters = &mut genesis["initial_parameters"];
    parameters["committee_proposal_review_period"] = json!(REVIEW);
    // So that blocks follow each other evenly.
    parameters["maintenance_skip_slots"] = json!(0);
    genesis.to_string().into_bytes()
}

fn plain<T: Json>(value: &Value) -> T {
    T::from_json_in(value, Dialect::REFERENCE).expect("what the method gives")
}

/// Name and members of an operation as JSON.
fn tagged(name: &str, members: Value) -> Value {
    let found = Operation::TABLE.iter().find(|(_, known, _)| *known == name);
    json!([found.expect("an operation").0, members])
}

/// Sends an operation to a node, signed with some keys.
fn send(network: &Network, node: usize, operation: &Value, keys: &[PrivateKey]) {
    let operation = Operation::from_json_in(operation, Dialect::REFERENCE).expect("an operation");
    let head = network.call(node, "database", "get_dynamic_global_properties", json!([]));
    let chain_id: Digest<32> = plain(&network.call(node, "database", "get_chain_id", json!([])));
    let (number, id): (u32, Hash160) =
        (plain(&head["head_block_number"]), plain(&head["head_block_id"]));
    let mut transaction = SignedTransaction {
        ref_block_num: number as u16,
        ref_block_prefix: ref_block_prefix(&id),
        expiration: plain::<TimePointSec>(&head["time"]).wrapping_add(60),
        operations: [operation].into(),
        ..SignedTransaction::default()
    };
    keys.iter().for_each(|key| transaction.sign(key, &chain_id));
    let transaction = json!([transaction.to_json_in(Dialect::REFERENCE)]);
    network.call(node, "network_broadcast", "broadcast_transaction", transaction);
}

fn account(network: &Network, name: &str) -> Value {
    network.call(0, "database", "get_account_by_name", json!([name]))
}

/// Has the stakeholder offer core for something that nobody has: core in orders counts in votes.
fn stake(network: &Network, dev: &Value) {
    let price = json!({
        "base": { "amount": 1, "asset_id": "1.3.0" }, "quote": { "amount": 1, "asset_id": "1.3.1" },
    });
    let options = json!({
        "max_supply": 1_000, "issuer_permissions": 0, "flags": 0, "core_exchange_rate": price,
    });
    let asset = json!({
        "fee": core_fee(), "issuer": dev, "symbol": "NOTHING", "precision": 0,
        "common_options": options, "is_prediction_market": false,
    });
    send(network, 0, &tagged("asset_create", asset), &[account_key()]);
    let order = json!({
        "fee": core_fee(), "seller": dev, "amount_to_sell": core(1_000 * FEE),
        "min_to_receive": { "amount": 1, "asset_id": "1.3.1" }, "fill_or_kill": false,
        "expiration": ago(0).wrapping_add(86_400).to_json(),
    });
    send(network, 0, &tagged("limit_order_create", order), &[account_key()]);
}

/// Has the stakeholder vote for a committee.
fn elect(network: &Network) {
    let dev = account(network, "dev");
    stake(network, &dev["id"]);
    let ids: Vec<String> = (0..NODES).map(|n| format!("1.5.{n}")).collect();
    let committee = network.call(0, "database", "get_objects", json!([ids]));
    let members = committee.as_array().expect("a list").iter();
    let votes: Vec<&Value> = members.map(|member| &member["vote_id"]).collect();
    let options = json!({
        "memo_key": dev["options"]["memo_key"], "voting_account": "1.2.5", "votes": votes,
    });
    let members = json!({ "fee": core_fee(), "account": dev["id"], "new_options": options });
    send(network, 0, &tagged("account_update", members), &[account_key()]);
    wait("the committee is in office", || {
        let found = network.call(0, "database", "get_accounts", json!([["1.2.0"]]));
        found[0]["active"]["account_auths"].as_array().is_some_and(|all| all.len() == NODES)
    });
}

/// Proposes the other block interval, and has all members of the committee but the last agree.
fn decide(network: &Network, keys: &[PrivateKey]) {
    let dev = account(network, "dev")["id"].clone();
    let properties = network.call(0, "database", "get_global_properties", json!([]));
    let mut parameters = properties["parameters"].clone();
    parameters["block_interval"] = json!(INTERVALS[1]);
    // The committee pays for what it decides.
    let members =
        json!({ "fee": core_fee(), "from": dev, "to": "1.2.0", "amount": core(10 * FEE) });
    send(network, 0, &tagged("transfer", members), &[account_key()]);
    let update = json!({ "fee": core_fee(), "new_parameters": parameters });
    let update = tagged("committee_member_update_global_parameters", update);
    let head = network.call(0, "database", "get_dynamic_global_properties", json!([]));
    let end = plain::<TimePointSec>(&head["time"]).wrapping_add(LIFE);
    let members = json!({
        "fee": core_fee(), "fee_paying_account": dev, "proposed_ops": [{ "op": update }],
        "expiration_time": end.to_json(), "review_period_seconds": REVIEW,
    });
    send(network, 0, &tagged("proposal_create", members), &[account_key()]);
    let proposal = || network.call(1, "database", "get_objects", json!([["1.10.0"]]))[0].clone();
    wait("it is proposed", || !proposal().is_null());
    let agreeing = 0..NODES - 1;
    let accounts: Vec<Value> =
        agreeing.clone().map(|n| account(network, &format!("init{n}"))["id"].clone()).collect();
    let members = json!({
        "fee": core_fee(), "fee_paying_account": dev, "proposal": "1.10.0",
        "active_approvals_to_add": accounts,
    });
    let signers: Vec<PrivateKey> = keys[agreeing].iter().cloned().chain([account_key()]).collect();
    send(network, 1, &tagged("proposal_update", members), &signers);
    wait("they agree", || {
        let agreed = &proposal()["available_active_approvals"];
        agreed.as_array().is_some_and(|agreed| agreed.len() == NODES - 1)
    });
}

/// Whether the change is in force at a node.
fn is_new(network: &Network, node: usize) -> bool {
    let found = network.call(node, "database", "get_global_properties", json!([]));
    found["parameters"]["block_interval"] == INTERVALS[1]
}

/// Seconds from each of these blocks to the next.
fn gaps(network: &Network, from: u64, to: u64) -> Vec<u32> {
    let time = |number| plain::<TimePointSec>(&network.block(0, number)["timestamp"]).0;
    let times: Vec<u32> = (from..=to).map(time).collect();
    times.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

/// Blocks follow each other by that interval; now and then somebody misses a slot.
fn is_paced(gaps: &[u32], interval: u32) -> bool {
    gaps.iter().all(|gap| gap % interval == 0) && gaps.contains(&interval)
}

/// The number of the last block of a witness.
fn last_block_of(network: &Network, witness: usize) -> u64 {
    let id = format!("1.6.{}", witness + 1);
    let found = network.call(0, "database", "get_objects", json!([[id]]));
    found[0]["last_confirmed_block_num"].as_u64().expect("a number")
}

#[test]
fn a_network_follows_a_block_interval_that_its_committee_votes_for() {
    let keys = witness_keys(NODES);
    let mut network = Network::of(&hasty(&keys), keys.clone());
    for node in 0..NODES {
        let before: Vec<usize> = (0..node).collect();
        network.add_witness(&format!("node{node}"), &before, node);
    }
    wait("all have blocks", || (0..NODES).all(|node| network.head(node) >= 5));
    network.claim(0);
    wait("the stakeholder has the money", || network.balance(0) > 0);
    elect(&network);
    decide(&network, &keys);

    let away = NODES - 1;
    network.kill(away);
    let up = 0..away;
    assert!(!up.clone().any(|node| is_new(&network, node)), "it is in force too early");
    let before = network.head(0);
    wait("it is in force everywhere", || up.clone().all(|node| is_new(&network, node)));
    let changed = network.head(0);
    wait("blocks go on", || up.clone().all(|node| network.head(node) >= changed + 4));

    network.restart(away);
    let late = network.add("late", &[1], false);
    let all: Vec<usize> = (0..=late).collect();
    wait("who was down makes blocks again", || last_block_of(&network, away) > changed + 4);
    wait("all are in step", || {
        let height = network.head(0);
        all.iter().all(|node| network.head(*node).abs_diff(height) <= 1)
    });
    let height = all.iter().map(|node| network.head(*node)).min().expect("nodes");
    let blocks: Vec<Value> = all.iter().map(|node| network.block(*node, height)).collect();
    assert!(blocks.iter().all(|block| *block == blocks[0]), "{blocks:#?}");
    assert!(all.iter().all(|node| is_new(&network, *node)), "some have the old interval");
    // Slots are multiples of the interval: the first one after the change may be nearer.
    let slow = gaps(&network, changed + 1, height);
    let quick = gaps(&network, 1, before);
    assert!(quick.iter().any(|gap| gap % INTERVALS[1] != 0), "{quick:?}");
    assert!(is_paced(&slow, INTERVALS[1]), "{slow:?}");
    for node in all {
        // One was killed, and who looks for peers may find one that it has; nobody did wrong.
        let harmless = ["the other end closed it", "already connected"];
        for reason in network.reasons(node) {
            assert!(harmless.iter().any(|known| reason.contains(known)), "node {node}: {reason}");
        }
    }
}
