//! History on disk: it is that of a node that never stopped, however the node stops and starts.

#[path = "harness/chain.rs"]
mod chain;
#[path = "harness/mod.rs"]
mod harness;

use carbyne_crypto::PrivateKey;
use carbyne_node::home::{Home, KeepHistory};
use carbyne_node::snapshots::Held;
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::misc::custom::Custom;
use carbyne_wire::{Dialect, Digest, Hash160, Json, JsonIn, Pack, Text, TimePointSec};
use harness::{Client, Dev};
use parking_lot::RwLock;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Blocks that are made.
const BLOCKS: u32 = 40;

type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

fn open(dir: &Path, keep: KeepHistory) -> Home {
    Home::open(dir, Some(chain::genesis()), keep).expect("a chain")
}

fn produce(home: &mut Home, count: u32) {
    for _ in 0..count {
        chain::produce(home).expect("a block");
    }
}

fn pairs(home: &Home) -> Pairs {
    assert_eq!(home.history.failure(), None);
    home.history.verify(&mut || {}).expect("a true history");
    home.history.pairs().collect()
}

/// The history of a node that never stops, after so many blocks.
fn expected(blocks: u32) -> Pairs {
    let dir = tempfile::tempdir().expect("a directory");
    let mut home = open(dir.path(), KeepHistory::InMemory);
    produce(&mut home, blocks);
    pairs(&home)
}

fn snapshot(home: Home) -> Home {
    let shared = Arc::new(RwLock::new(home));
    Held::new(shared.clone()).write(&|| false).expect("a snapshot");
    Arc::into_inner(shared).expect("nobody else").into_inner()
}

#[test]
fn a_node_that_stops_after_every_few_blocks_has_the_history_of_one_that_never_did() {
    let dir = tempfile::tempdir().expect("a directory");
    for n in 1..=BLOCKS / 4 {
        let mut home = open(dir.path(), KeepHistory::OnDisk);
        produce(&mut home, 4);
        if n % 3 == 0 {
            home = snapshot(home);
        }
        drop(home);
    }
    let home = open(dir.path(), KeepHistory::OnDisk);
    assert!(home.began_at > 0, "a snapshot was used");
    assert!(pairs(&home) == expected(BLOCKS), "the histories differ");
}

#[test]
fn blocks_that_can_be_undone_are_not_on_disk_and_go_with_their_branch() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut home = open(dir.path(), KeepHistory::OnDisk);
    produce(&mut home, BLOCKS);
    let undoable = home.chain().undoable_blocks();
    assert!(undoable > 0);
    for _ in 0..undoable {
        home.history.undo();
    }
    assert_eq!(home.history.head().0, BLOCKS - undoable);
    assert!(pairs(&home) == expected(BLOCKS - undoable), "the histories differ");
}

#[test]
fn a_history_that_is_missing_says_so_and_is_made_anew() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut home = open(dir.path(), KeepHistory::OnDisk);
    produce(&mut home, BLOCKS);
    drop(snapshot(home));
    // Without history nothing is kept; with it again, what was before is missing.
    drop(open(dir.path(), KeepHistory::Not));
    std::fs::remove_dir_all(dir.path().join("history")).expect("removed");
    let home = open(dir.path(), KeepHistory::OnDisk);
    assert!(home.history.first_block() > 1);
    drop(home);
    let (head, _) = Home::rebuild_history(dir.path()).expect("made anew");
    let mut home = open(dir.path(), KeepHistory::OnDisk);
    assert!(head > 0 && pairs(&home) == expected(BLOCKS), "the histories differ");
    produce(&mut home, 4);
    assert!(pairs(&home) == expected(BLOCKS + 4), "it goes on wrong");
}

#[test]
fn a_history_behind_the_state_is_refused_and_does_not_stop_the_node() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut home = open(dir.path(), KeepHistory::OnDisk);
    produce(&mut home, 10);
    drop(home);
    let mut home = open(dir.path(), KeepHistory::Not);
    produce(&mut home, BLOCKS);
    drop(snapshot(home));
    let mut home = open(dir.path(), KeepHistory::OnDisk);
    let failure = home.history.failure().expect("it is behind").to_owned();
    assert!(failure.contains("carbyne history rebuild"), "{failure}");
    produce(&mut home, 1);
}

#[test]
fn a_history_of_other_blocks_is_refused() {
    let (dir, other) = (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("two"));
    let mut home = open(dir.path(), KeepHistory::OnDisk);
    produce(&mut home, BLOCKS);
    drop(home);
    let mut home = open(other.path(), KeepHistory::OnDisk);
    for n in 0..i64::from(BLOCKS) {
        chain::produce_with(&mut home, n + 7).expect("a block");
    }
    drop(home);
    std::fs::remove_dir_all(dir.path().join("history")).expect("removed");
    std::fs::rename(other.path().join("history"), dir.path().join("history")).expect("moved");
    let home = open(dir.path(), KeepHistory::OnDisk);
    let failure = home.history.failure().expect("it is another chain's").to_owned();
    assert!(failure.contains("has another block"), "{failure}");
}

/// How long history may take to fail, and to heal.
const PATIENCE: Duration = Duration::from_secs(60);

/// What stores a large text under a key, in the tree of the history.
fn stored(key: &str, mut seed: u32) -> carbyne_wire::Bytes {
    // Nothing that can be made much smaller, since the files are compressed.
    let letters = std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b' ' + 3 + (seed >> 24) as u8 % 56)
    });
    let text: String = letters.take(90_000).collect();
    // The first of its kind, nothing to be removed, a catalog and one key with a value.
    let mut data = vec![0, 0];
    Text::from("catalog").pack(&mut data);
    data.push(1);
    Text::from(key).pack(&mut data);
    data.push(1);
    Text::from(format!("\"{text}\"").as_str()).pack(&mut data);
    carbyne_wire::Bytes(data)
}

/// Takes a large transaction that lands in a file of the history, sooner or later.
fn send_large(client: &Client, dev: &Dev, number: usize) -> Value {
    let state = client.call("database", "get_dynamic_global_properties", json!([])).unwrap();
    let head = Hash160::from_json(&state["result"]["head_block_id"]).expect("an id");
    let time = TimePointSec::from_json(&state["result"]["time"]).expect("a time");
    let number_of_head = state["result"]["head_block_number"].as_u64().expect("a number") as u32;
    let accounts = json!([[dev.account]]);
    let account = client.call("database", "get_accounts", accounts).unwrap();
    let payer = AccountId::from_json(&account["result"][0]["id"]).expect("an account");
    let data = stored(&format!("key {number}"), number as u32);
    let custom = Custom { fee: Asset::core(10_000_000), payer, data, ..Custom::default() };
    let key = PrivateKey::from_wif(&dev.key).expect("a key");
    let mut id = [0; 32];
    hex::decode_to_slice(&dev.chain_id, &mut id).expect("a chain id");
    let made = chain::signed(custom.into(), (number_of_head, head), time, &key, &Digest(id));
    let transaction = json!([made.transaction().to_json_in(Dialect::REFERENCE)]);
    let sent = client.call("network_broadcast", "broadcast_transaction", transaction);
    let sent = sent.expect("an answer");
    client.call("dev", "produce_blocks", json!([1])).expect("a block");
    sent
}

fn asked(client: &Client, dev: &Dev) -> Value {
    let newest = json!([dev.account, "1.11.0", 1, "1.11.0"]);
    client.call("history", "get_account_history", newest).expect("an answer")
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < PATIENCE, "{what}: not after {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_history_whose_disk_failed_is_whole_again_when_that_has_passed() {
    let mut dev = Dev::start(&["--instant"]);
    let client = dev.client();
    let (dir, away) = (dev.data.join("history"), dev.data.join("away"));
    send_large(&client, &dev, 0);
    assert_eq!(asked(&client, &dev)["result"].as_array().map(Vec::len), Some(1));
    // No file can be made there any more, as if too many were open.
    std::fs::rename(&dir, &away).expect("moved away");
    let mut sent = 1;
    until("history fails", || {
        let answer = send_large(&client, &dev, sent);
        assert!(answer.get("error").is_none(), "the node goes on: {answer}");
        sent += 1;
        asked(&client, &dev).get("error").is_some()
    });
    let health = client.get("/health").expect("an answer").1;
    assert!(!health.is_empty());
    // What failed half-way is not in the way of what is put back.
    let _made_anew = std::fs::remove_dir_all(&dir);
    std::fs::rename(&away, &dir).expect("moved back");
    until("history heals", || asked(&client, &dev).get("result").is_some());
    send_large(&client, &dev, sent);
    dev.stop("-TERM");
    let home = Home::open(&dev.data, None, KeepHistory::OnDisk).expect("a chain");
    let healed = pairs(&home);
    drop(home);
    Home::rebuild_history(&dev.data).expect("made anew");
    let home = Home::open(&dev.data, None, KeepHistory::OnDisk).expect("a chain");
    assert!(healed == pairs(&home), "it lacks something");
}
