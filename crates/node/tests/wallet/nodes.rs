//! What nodes do to wallets: they end in the middle of a command, and begin with any genesis.

use crate::harness::Dev;
use crate::life::Served;
use crate::shapes::Shapes;
use crate::{carbyne, try_carbyne};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The port a node listens on, to start another one there.
fn address(dev: &Dev) -> String {
    dev.url.trim_start_matches("ws://").to_owned()
}

fn begin(folder: &Path, words: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carbyne"));
    command.args(words).current_dir(folder).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("carbyne starts")
}

#[test]
fn a_transfer_arrives_once_though_its_node_was_killed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let data = folder.join("data").join("dev");
    let mut first = Dev::start_in(&data, &["--block-interval", "5"]);
    let transfer = begin(folder, &["transfer", "dev", "alice", "7"]);
    // Long enough to be sent, and not to come into a block.
    std::thread::sleep(Duration::from_secs(1));
    first.stop("-KILL");
    let _second = Dev::start_at(&data, &address(&first), &["--block-interval", "5"]);
    let output = transfer.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("in block"), "{said}");
    let has = carbyne(folder, &["balance", "alice"]);
    assert!(has.contains("1000007.00000  BTS"), "{has}");
}

#[test]
fn who_wants_to_be_sure_waits_until_nothing_can_undo_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let _dev = Dev::start_in(&folder.join("data").join("dev"), &[]);
    let output = try_carbyne(folder, &["transfer", "dev", "alice", "7", "--final"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("final in block"), "{said}");
}

/// A chain that goes back has left the branch on which the transfer was.
#[test]
fn a_transfer_whose_branch_is_left_is_sent_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let dev = Dev::start_in(&folder.join("data").join("dev"), &["--block-interval", "2"]);
    let head = || {
        let asked = dev.client().call("database", "get_dynamic_global_properties", json!([]));
        asked.expect("answered")["result"]["head_block_number"].clone()
    };
    let ask = |method: &str, arguments: Value| {
        let answer = dev.client().call("dev", method, arguments).expect("answered");
        assert!(answer["error"].is_null(), "{answer}");
        answer["result"].clone()
    };
    // At the beginning of a slot: the transfer builds on the block that stays.
    let first = head();
    wait_until(|| head() != first);
    let before = ask("snapshot", json!([]));
    let transfer = begin(folder, &["transfer", "dev", "alice", "7", "--final"]);
    wait_until(|| carbyne(folder, &["balance", "alice"]).contains("1000007.00000  BTS"));
    // In the next block, of which the wallet hears.
    let waiting = head();
    wait_until(|| head() != waiting);
    std::thread::sleep(Duration::from_millis(700));
    ask("revert", json!([before]));
    let output = transfer.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("a fork dropped it") && said.contains("final in block"), "{said}");
    assert!(output.status.success(), "{said}");
    assert!(carbyne(folder, &["balance", "alice"]).contains("1000007.00000  BTS"), "{said}");
}

fn wait_until(is_so: impl Fn() -> bool) {
    for _ in 0..100 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("it never came to that");
}

/// What other nodes refuse, one that opens these interfaces does.
#[test]
fn a_node_that_allows_it_is_debugged() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (data, other) = (folder.path().join("data"), folder.path().join("other"));
    for place in [&data, &other] {
        Dev::start_in(place, &["--instant"]).stop("-TERM");
    }
    let node = Dev::start_node(&data, "open = [\"database\", \"debug\", \"network_node\"]");
    let wallet = Served::start(folder.path(), &node);
    let shapes = Shapes::read();
    let ask = |command: &str, arguments: Value| {
        let answer = wallet.call(command, arguments);
        assert!(answer["error"].is_null(), "{command}: {answer}");
        let same = shapes.differ(command, &answer["result"]).expect("one of the reference's");
        same.unwrap_or_else(|why| panic!("{command}: {why}"));
        answer["result"].clone()
    };
    let head = || ask("get_dynamic_global_properties", json!([]))["head_block_number"].clone();
    let before = head().as_u64().expect("a number");
    let stream = folder.path().join("objects.jsonl");
    ask("dbg_stream_json_objects", json!([stream.to_str()]));
    let key = carbyne_wallet::dev::account_key().to_wif();
    ask("dbg_generate_blocks", json!([key, 2]));
    assert_eq!(head(), before + 2);
    ask("dbg_update_object", json!([{ "_action": "update", "id": "1.2.7", "name": "renamed" }]));
    assert_eq!(ask("get_account_name", json!(["1.2.7"])), "renamed");
    ask("dbg_push_blocks", json!([other.to_str(), 0]));
    assert!(stream.is_file(), "objects were written down");
    assert_eq!(ask("network_get_connected_peers", json!([])), json!([]));
}

#[test]
fn what_a_genesis_gives_is_claimed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let new = ["genesis", "new", "genesis.json", "--account", "ann-1", "--witnesses", "1"];
    let shown = carbyne(folder, &new);
    let key = |name: &str| {
        let line = shown.lines().find(|line| line.starts_with(name)).expect("a line");
        line.split_whitespace().last().expect("a key").to_owned()
    };
    let genesis = folder.join("genesis.json");
    let genesis = genesis.to_str().expect("a text");
    let options = ["--genesis", genesis, "--witness-key", &key("init0"), "--instant"];
    let _dev = Dev::start_in(&folder.join("data").join("dev"), &options);
    std::fs::write(folder.join("password"), "correct horse\n").expect("written");
    std::fs::write(folder.join("key"), key("ann-1")).expect("written");
    let wallet = |words: &[&str]| {
        carbyne(folder, &[&["wallet", "--yes", "--password-file", "password"], words].concat())
    };
    wallet(&["import_key", "ann-1", "@key"]);
    wallet(&["import_balance", "ann-1", "*", "true"]);
    let has = carbyne(folder, &["balance", "ann-1"]);
    assert!(has.contains("BTS") && !has.contains("nothing"), "{has}");
}
