//! Ways back on a chain for development: snapshots, and the chain as it began.

mod harness;

use harness::Dev;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Calls a method that must not be refused.
#[track_caller]
fn call(dev: &Dev, api: &str, method: &str, arguments: Value) -> Value {
    let mut answer = dev.client().call(api, method, arguments).expect("answered");
    assert_eq!(answer["error"], Value::Null, "{method}: {answer}");
    answer["result"].take()
}

/// Why a method is refused.
#[track_caller]
fn refusal(dev: &Dev, method: &str, arguments: Value) -> String {
    let answer = dev.client().call("dev", method, arguments).expect("answered");
    let said = answer["error"]["message"].as_str();
    said.unwrap_or_else(|| panic!("{method} is not refused: {answer}")).to_owned()
}

fn properties(dev: &Dev) -> Value {
    call(dev, "database", "get_dynamic_global_properties", json!([]))
}

fn head(dev: &Dev) -> u64 {
    properties(dev)["head_block_number"].as_u64().expect("a number")
}

/// What of a chain its users see: head, a balance, a history, a block, an account.
fn seen(dev: &Dev) -> Value {
    json!([
        properties(dev),
        call(dev, "database", "get_named_account_balances", json!(["alice", ["1.3.0"]])),
        call(dev, "history", "get_account_history", json!(["alice", "1.11.0", 100, "1.11.0"])),
        call(dev, "database", "get_block", json!([head(dev) + 1])),
        call(dev, "database", "get_account_by_name", json!(["nina"])),
    ])
}

const KEY: &str = "BTS6uoVxGH4okWxAPTuEfhk6SR8Fqxs3t9Gpp3WLJC685J5ieV3G7";

/// Lets something happen.
fn live(dev: &Dev) {
    call(dev, "dev", "faucet", json!(["alice", 77]));
    call(dev, "dev", "create_account", json!(["nina", KEY, KEY]));
    call(dev, "dev", "advance_time", json!([3_600]));
    call(dev, "dev", "produce_blocks", json!([30]));
}

fn run(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_carbyne")).args(arguments).output();
    let output = output.expect("it runs");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), said(&output.stdout) + &said(&output.stderr))
}

#[test]
fn a_chain_goes_back_to_a_snapshot_as_if_nothing_had_happened_since() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    // Snapshots of the state on disk come between, too.
    let options = ["--instant", "--snapshot-every", "7"];
    let mut dev = Dev::start_in(&data, &options);
    call(&dev, "dev", "faucet", json!(["alice", 5]));
    let snapshot = call(&dev, "dev", "snapshot", json!([]));
    let before = seen(&dev);
    let mut after = Vec::new();
    for _ in 0..3 {
        live(&dev);
        after.push(seen(&dev));
        let time = call(&dev, "dev", "revert", json!([snapshot]));
        assert_eq!(time, before[0]["time"]);
        assert_eq!(seen(&dev), before);
    }
    assert_ne!(after[0], before);
    assert_eq!(after[0][1], after[2][1], "what happened again happened alike");
    live(&dev);
    let told = seen(&dev);
    dev.stop("-KILL");
    let mut dev = Dev::start_in(&data, &options);
    assert_eq!(seen(&dev), told, "the blocks that came instead are on disk");
    let said = refusal(&dev, "revert", json!([snapshot]));
    assert!(said.contains("there is no snapshot 1, there is none"), "{said}");
    dev.stop("-TERM");
    let (good, said) = run(&["check", "--replay", "--data-dir", data.to_str().expect("a path")]);
    assert!(good, "{said}");
}

#[test]
fn later_snapshots_are_gone_and_nonsense_is_refused() {
    let dev = Dev::start(&["--instant"]);
    let take = || call(&dev, "dev", "snapshot", json!([])).as_u64().expect("a number");
    let taken: Vec<u64> = (0..3)
        .map(|_| {
            live_a_little(&dev);
            take()
        })
        .collect();
    assert_eq!(taken, [1, 2, 3]);
    let at_second = head(&dev) - 1;
    call(&dev, "dev", "revert", json!([2]));
    assert_eq!(head(&dev), at_second);
    let said = refusal(&dev, "revert", json!([3]));
    assert!(said.contains("there is no snapshot 3, there are 1, 2"), "{said}");
    call(&dev, "dev", "revert", json!([1]));
    call(&dev, "dev", "revert", json!([1]));
    assert_eq!(take(), 4, "no number is given twice");
    for nonsense in [json!([]), json!([0]), json!([-1]), json!([1.5]), json!(["x"]), json!([null])]
    {
        let answer = dev.client().call("dev", "revert", nonsense.clone()).expect("answered");
        assert_ne!(answer["error"], Value::Null, "{nonsense}");
    }
    for _ in 0..20 {
        take();
    }
    let said = refusal(&dev, "revert", json!([4]));
    assert!(said.contains("there are 9, 10") && said.contains("24: the newest 16"), "{said}");
}

fn live_a_little(dev: &Dev) {
    call(dev, "dev", "faucet", json!(["alice", 77]));
}

#[test]
fn a_chain_that_goes_by_the_clock_goes_back_and_on_and_misses_no_slot() {
    let dev = Dev::start(&["--demo"]);
    let number = head(&dev);
    let snapshot = call(&dev, "dev", "snapshot", json!([]));
    let wait_for = |number: u64| {
        let came = (0..600).any(|_| {
            std::thread::sleep(Duration::from_millis(50));
            head(&dev) >= number
        });
        assert!(came, "no block {number}: {}", dev.said());
    };
    wait_for(number + 5);
    call(&dev, "dev", "revert", json!([snapshot]));
    assert!(head(&dev) <= number + 2, "it went back");
    wait_for(number + 4);
    let newest = call(&dev, "database", "get_block", json!([number + 4]));
    assert_ne!(newest["transactions"], json!([]), "the traders go on: {newest}");
    let (_, page) = dev.client().get("/metrics").expect("answered");
    assert!(!page.contains("reason=\"left_behind\"} 1"), "{page}");
    assert!(!page.contains("reason=\"not_asked\"} 1"), "{page}");
}

#[test]
fn a_chain_begins_again_where_it_was_told_to() {
    let dev = Dev::start(&["--instant"]);
    call(&dev, "dev", "snapshot", json!([]));
    let chain = call(&dev, "database", "get_chain_id", json!([]));
    let balance =
        || call(&dev, "database", "get_named_account_balances", json!(["alice", ["1.3.0"]]));
    let at_first = balance();
    for _ in 0..2 {
        live(&dev);
        assert_ne!(balance(), at_first);
        assert_eq!(call(&dev, "dev", "reset", json!([])), Value::Null);
        assert_eq!(head(&dev), 1, "{}", dev.said());
        assert_eq!(balance(), at_first);
    }
    assert_eq!(call(&dev, "database", "get_chain_id", json!([])), chain);
    assert!(refusal(&dev, "revert", json!([1])).contains("no snapshot 1, there is none"));
    assert_eq!(call(&dev, "dev", "snapshot", json!([])), 1);
    assert!(dev.said().contains("the chain begins again"), "{}", dev.said());
}

#[test]
fn a_chain_that_may_not_be_deleted_is_not_reset() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (data, blocks, copy) = (path("data"), path("blocks"), path("copy"));
    let mut dev = Dev::start_in(Path::new(&data), &["--instant"]);
    live(&dev);
    dev.stop("-TERM");
    let genesis = format!("{data}/genesis.json");
    for arguments in [
        vec!["export", "--data-dir", &data, &blocks],
        vec!["import", "--genesis", &genesis, "--data-dir", &copy, &blocks],
    ] {
        let (good, said) = run(&arguments);
        assert!(good, "{said}");
    }
    let dev = Dev::start_in(Path::new(&copy), &["--instant"]);
    let before = seen(&dev);
    assert!(refusal(&dev, "reset", json!([])).contains("delete it yourself"));
    assert_eq!(seen(&dev), before);
}

#[test]
fn a_node_that_is_not_for_development_never_goes_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let mut dev = Dev::start_in(&data, &["--instant"]);
    live(&dev);
    dev.stop("-TERM");
    let node = Dev::start_node(&data, "open = [\"database\", \"dev\", \"history\"]");
    let before = seen(&node);
    for (method, arguments) in
        [("snapshot", json!([])), ("revert", json!([1])), ("reset", json!([]))]
    {
        let said = refusal(&node, method, arguments);
        assert!(said.contains("start it with `carbyne dev`"), "{said}");
    }
    assert_eq!(seen(&node), before);
}

#[test]
fn the_faucet_is_on_the_command_line() {
    let dev = Dev::start(&["--instant"]);
    let api = dev.url.trim_start_matches("ws://").to_owned();
    let balance = || {
        let found = call(&dev, "database", "get_named_account_balances", json!(["bob", ["1.3.0"]]));
        found[0]["amount"].to_string().trim_matches('"').parse::<i64>().expect("an amount")
    };
    let before = balance();
    let (good, said) = run(&["faucet", "bob", "12.5", "--api", &api]);
    assert!(good && said.starts_with("the faucet sends 12.5 coins to bob with"), "{said}");
    assert_eq!(balance(), before + 1_250_000);
    let (good, said) = run(&["faucet", "bob", "--api", &api]);
    assert!(good, "{said}");
    assert_eq!(balance(), before + 1_250_000 + 1_000_000_000);
    for (arguments, words) in [
        (["faucet", "nobody", "1"], "the node refuses faucet: there is no account nobody"),
        (["faucet", "bob", "0"], "the node refuses faucet: the faucet gives"),
        (["faucet", "bob", "1e5"], "coins are a number such as 100 or 12.5"),
    ] {
        let (good, said) = run(&[&arguments[..], &["--api", &api]].concat());
        assert!(!good && said.contains(words), "{said}");
    }
}
