//! `carbyne dev` as its user meets it: answers, restarts, messages.

mod harness;

use harness::Dev;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Sends a request over HTTP and gives back status line and answer.
fn post(dev: &Dev, body: &str) -> (String, Value) {
    dev.client().post(body).expect("answered")
}

fn call(dev: &Dev, method: &str, arguments: Value) -> Value {
    dev.client().call("database", method, arguments).expect("answered")
}

fn head(dev: &Dev) -> u64 {
    let answer = call(dev, "get_dynamic_global_properties", json!([]));
    answer["result"]["head_block_number"].as_u64().expect("a number")
}

fn wait_for_block(dev: &Dev, number: u64) {
    for _ in 0..600 {
        if head(dev) >= number {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("no block {number}: {}", dev.said());
}

/// What it says is written by a thread of its own, after who asked was answered.
fn wait_for_words(dev: &Dev, words: &str) {
    for _ in 0..100 {
        if dev.said().contains(words) {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("not \"{words}\": {}", dev.said());
}

#[test]
fn the_first_block_is_there_before_the_api_and_holds_the_claim() {
    let dev = Dev::start(&["--block-interval", "30"]);
    assert_eq!(head(&dev), 1);
    let block = call(&dev, "get_block", json!([1]));
    let transactions = block["result"]["transactions"].as_array().expect("transactions");
    assert_eq!(transactions.len(), 1, "{block}");
}

#[test]
fn answers_over_http_in_the_reference_envelope() {
    let dev = Dev::start(&[]);
    let answer = call(&dev, "get_chain_id", json!([]));
    assert_eq!(answer, json!({ "id": 1, "result": dev.chain_id }));
    let (status, answer) = post(&dev, "{bad json");
    assert!(status.contains("400"), "{status}");
    assert_eq!(answer["error"]["code"], -32700);
    let (status, _) = post(&dev, r#"{"method":"get_chain_id","params":[]}"#);
    assert!(status.contains("204"), "{status}");
}

#[test]
fn goes_on_at_the_same_head_after_sigterm_and_after_sigkill() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let mut dev = Dev::start_in(&data, &[]);
    wait_for_block(&dev, 2);
    let chain_id = dev.chain_id.clone();
    assert!(dev.stop("-TERM") < Duration::from_secs(2), "it ends within two seconds");
    let before = head_of(&data);
    let mut dev = Dev::start_in(&data, &[]);
    assert_eq!(dev.chain_id, chain_id);
    assert!(head(&dev) >= before);
    wait_for_block(&dev, before + 2);
    let told = head(&dev);
    dev.stop("-KILL");
    assert!(head_of(&data) >= told, "a block that was told is there");
}

/// The head that `inspect` finds on disk.
fn head_of(data: &Path) -> u64 {
    let output = Command::new(env!("CARGO_BIN_EXE_carbyne"))
        .args(["inspect", "--data-dir"])
        .arg(data)
        .output()
        .expect("inspect runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find(|line| line.starts_with("head")).expect("a head");
    line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).expect("a number")
}

#[test]
fn health_and_metrics_say_how_it_is() {
    let dev = Dev::start(&[]);
    wait_for_block(&dev, 2);
    let (status, health) = dev.client().get("/health").expect("answered");
    let health: Value = serde_json::from_str(&health).expect("JSON");
    assert!(status.contains("200"), "{status}");
    assert_eq!(health["chain_id"], dev.chain_id.as_str());
    assert_eq!(health["sync_state"], "synced");
    assert!(health["head_block_number"].as_u64() >= Some(2), "{health}");
    assert!(health["head_age_seconds"].is_u64(), "{health}");
    let unknown = call(&dev, "get_block", json!(["no number"]));
    assert_ne!(unknown["error"], Value::Null);
    let (status, page) = dev.client().get("/metrics").expect("answered");
    assert!(status.contains("200"), "{status}");
    for start in [
        "carbyne_head_block ",
        "carbyne_blocks_total ",
        "carbyne_stage_seconds_count{stage=\"apply\"} ",
        "carbyne_objects{type=\"1.2\"} ",
        "carbyne_table_bytes{type=\"1.2\"} ",
        "carbyne_api_seconds_count{api=\"database\",method=\"get_dynamic_global_properties\"} ",
        "carbyne_api_errors_total{api=\"database\",method=\"get_block\"} 1",
    ] {
        assert!(page.lines().any(|line| line.starts_with(start)), "no {start} in\n{page}");
    }
}

#[test]
fn instant_moves_time_forward() {
    let dev = Dev::start(&["--instant"]);
    let body = json!({ "id": 1, "method": "call", "params": ["dev", "advance_time", [3600]] });
    let before = call(&dev, "get_dynamic_global_properties", json!([]))["result"]["time"].clone();
    let told = post(&dev, &body.to_string()).1["result"].clone();
    let after = call(&dev, "get_dynamic_global_properties", json!([]))["result"]["time"].clone();
    assert_ne!(before, after);
    assert_eq!(told, after);
    assert_eq!(head(&dev), 2);
}

#[test]
fn time_that_the_clock_moves_is_not_moved_by_hand() {
    let dev = Dev::start(&[]);
    for method in ["advance_time", "produce_blocks"] {
        let refused = dev.client().call("dev", method, json!([1])).expect("answered");
        assert!(refused["error"]["message"].to_string().contains("--instant"), "{refused}");
    }
}

#[test]
fn chain_id_and_keys_stay_the_same_from_run_to_run_and_follow_from_the_seed() {
    let accounts = |dev: &Dev| {
        let said = dev.said();
        let rows = said.lines().filter(|line| line.contains("  1.2.")).map(str::to_owned);
        rows.collect::<Vec<_>>()
    };
    let (one, other) = (Dev::start(&[]), Dev::start(&[]));
    assert_eq!(one.chain_id, other.chain_id);
    assert_eq!(accounts(&one).len(), 10, "{}", one.said());
    assert_eq!(accounts(&one), accounts(&other));
    let seeded = Dev::start(&["--seed", "mine", "--accounts", "3", "--balance", "5"]);
    assert_ne!(seeded.chain_id, one.chain_id);
    assert_eq!(accounts(&seeded).len(), 3);
    let balance = call(&seeded, "get_named_account_balances", json!(["carol", ["1.3.0"]]));
    assert_eq!(balance["result"][0]["amount"], 500_000, "{balance}");
    assert!(one.said().contains("everybody has these keys"), "{}", one.said());
}

#[test]
fn the_demonstration_trades_by_itself() {
    let dev = Dev::start(&["--demo"]);
    let trades = || {
        let (now, then) = ("2100-01-01T00:00:00", "2000-01-01T00:00:00");
        let arguments = json!(["BTS", "GOLD", now, then, 100]);
        let answer = dev.client().call("database", "get_trade_history", arguments);
        let answer = answer.expect("answered");
        let newest = answer["result"][0]["sequence"].clone();
        (newest.as_u64().unwrap_or_default(), answer)
    };
    let (before, answer) = trades();
    assert!(before > 100, "{answer}");
    let first = head(&dev);
    wait_for_block(&dev, first + 8);
    assert!(trades().0 > before, "{}", dev.said());
    let arguments = json!(["USD"]);
    let asset = call(&dev, "lookup_asset_symbols", json!([arguments]));
    let bitasset = asset["result"][0]["bitasset_data_id"].clone();
    let feed = call(&dev, "get_objects", json!([[bitasset]]));
    let price = &feed["result"][0]["current_feed"]["settlement_price"]["quote"]["amount"];
    assert!(price.as_u64() > Some(0), "{feed}");
    let positions = call(&dev, "get_margin_positions", json!(["alice"]));
    assert_eq!(positions["result"].as_array().map(Vec::len), Some(1), "{positions}");
    let pools = call(&dev, "list_liquidity_pools", json!([]));
    assert_eq!(pools["result"].as_array().map(Vec::len), Some(1), "{pools}");
}

#[test]
fn it_says_as_much_as_is_wanted_and_as_json() {
    let quiet = Dev::start(&["--quiet"]);
    wait_for_block(&quiet, 3);
    assert!(!quiet.said().contains("block "), "{}", quiet.said());
    let verbose = Dev::start(&["--verbose"]);
    wait_for_block(&verbose, 1);
    wait_for_words(&verbose, "balance claim {");
    let plain = Dev::start(&["--instant"]);
    plain.client().call("dev", "create_account", json!(["Bad Name", KEY, KEY])).expect("answered");
    wait_for_words(&plain, "1 balance claim, 10 transfer");
    wait_for_words(&plain, "refused   ");
}

const KEY: &str = "BTS6uoVxGH4okWxAPTuEfhk6SR8Fqxs3t9Gpp3WLJC685J5ieV3G7";

#[test]
fn exported_blocks_can_be_imported() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let mut dev = Dev::start_in(&data, &[]);
    wait_for_block(&dev, 3);
    dev.stop("-TERM");
    let (blocks, copy) = (folder.path().join("blocks.jsonl"), folder.path().join("copy"));
    let run = |arguments: &[&std::ffi::OsStr]| {
        let output = Command::new(env!("CARGO_BIN_EXE_carbyne")).args(arguments).output();
        let output = output.expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run(&["export".as_ref(), "--data-dir".as_ref(), data.as_os_str(), blocks.as_os_str()]);
    let genesis = data.join("genesis.json");
    run(&[
        "import".as_ref(),
        "--genesis".as_ref(),
        genesis.as_os_str(),
        "--data-dir".as_ref(),
        copy.as_os_str(),
        blocks.as_os_str(),
    ]);
    assert_eq!(head_of(&copy), head_of(&data));
}

#[test]
fn a_snapshot_goes_from_one_directory_to_another() {
    take_a_snapshot_around(&["--instant", "--snapshot-every", "5"]);
}

#[test]
fn a_snapshot_of_a_chain_with_contracts_does_so_too() {
    take_a_snapshot_around(&["--instant", "--snapshot-every", "5", "--features", "all"]);
}

/// Takes a snapshot of a chain that is started with these options from one directory to another.
fn take_a_snapshot_around(options: &[&str]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (data, copy, file) = (path("data"), path("copy"), path("state.carb"));
    let mut dev = Dev::start_in(Path::new(&data), options);
    let produced = dev.client().call("dev", "produce_blocks", json!([40])).expect("answered");
    assert_eq!(produced["error"], Value::Null);
    dev.stop("-TERM");
    let run = |arguments: &[&str]| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_carbyne")).args(arguments).output().expect("it runs");
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.success(), said(&output.stdout) + &said(&output.stderr))
    };
    let (good, exported) = run(&["snapshot", "export", "--data-dir", &data, &file]);
    assert!(good && exported.contains("hash"), "{exported}");
    let (good, said) = run(&["snapshot", "verify", &file]);
    assert!(good && said.starts_with(&exported), "{said}");
    let (good, said) = run(&["snapshot", "import", "--data-dir", &copy, &file]);
    assert!(good && said == exported, "{said}");
    let block = exported.lines().nth(1).expect("a block");
    assert!(block.contains(&head_of(Path::new(&copy)).to_string()), "{block}");
    // The second start is that of a node that has the chain already.
    let new = path("new");
    for _ in 0..2 {
        let mut node = Dev::start_from_snapshot(Path::new(&new), Path::new(&file));
        node.stop("-TERM");
        assert_eq!(head_of(Path::new(&new)), head_of(Path::new(&copy)));
    }
    let (good, said) = run(&["check", "--replay", "--data-dir", &data]);
    assert!(good && said.contains("snapshots"), "{said}");
    // With the same interval it would be the same chain.
    let mut other = Dev::start(&["--block-interval", "2"]);
    other.stop("-TERM");
    let other_data = other.data.to_string_lossy().into_owned();
    let (good, said) = run(&["snapshot", "import", "--data-dir", &other_data, &file]);
    assert!(!good && said.contains("holds chain") && said.lines().count() == 1, "{said}");
    spoil(Path::new(&file));
    let (good, said) = run(&["snapshot", "verify", &file]);
    assert!(!good && said.contains("damaged") && said.lines().count() == 1, "{said}");
    let newest = std::fs::read_dir(Path::new(&data).join("snapshots")).expect("a directory");
    newest.for_each(|entry| spoil(&entry.expect("a file").path()));
    let (good, said) = run(&["check", "--data-dir", &data]);
    assert!(!good && said.contains("WRONG"), "{said}");
}

#[test]
fn it_ends_soon_however_much_waits_for_it() {
    let mut dev = Dev::start(&["--instant"]);
    let client = dev.client();
    let asker = std::thread::spawn(move || client.call("dev", "produce_blocks", json!([10_000])));
    wait_for_block(&dev, 3);
    assert!(dev.stop("-TERM") < Duration::from_secs(10), "it ends within ten seconds");
    let _cut_off = asker.join().expect("no bug");
    assert!(head_of(&dev.data) >= 3);
}

/// Changes a byte in the middle of a file.
fn spoil(file: &Path) {
    let mut bytes = std::fs::read(file).expect("readable");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(file, bytes).expect("writable");
}

#[test]
fn mistakes_get_one_line_and_a_bad_exit_code() {
    let dev = Dev::start(&[]);
    let port = dev.url.trim_start_matches("ws://").to_owned();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let spoilt = folder.path().join("spoilt.json");
    std::fs::write(&spoilt, "{").expect("written");
    let other = folder.path().join("other");
    let data = dev.data.to_string_lossy().into_owned();
    let spoilt = spoilt.to_string_lossy().into_owned();
    let other = other.to_string_lossy().into_owned();
    for (arguments, word) in [
        (vec!["dev", "--data-dir", &other, "--api", &port], "cannot listen"),
        (vec!["dev", "--data-dir", &data, "--api", "127.0.0.1:0"], "use"),
        (
            vec!["dev", "--data-dir", &other, "--genesis", &spoilt, "--witness-key", "x"],
            "private key",
        ),
        (vec!["inspect", "--data-dir", "/nonexistent"], "no chain"),
        (vec!["keys", "show", "nonsense"], "no private key"),
        (vec!["node", "--config", "/nonexistent.toml"], "cannot read"),
    ] {
        let output =
            Command::new(env!("CARGO_BIN_EXE_carbyne")).args(&arguments).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{arguments:?}");
        assert_eq!(said.trim().lines().count(), 1, "{arguments:?}: {said}");
        assert!(said.contains(word), "{arguments:?}: {said}");
    }
}

/// Waits until the node says why no blocks come, in its log and to whoever asks.
fn check_standstill(dev: &Dev, name: &str, words: &str) {
    for _ in 0..200 {
        let (status, health) = dev.client().get("/health").expect("answered");
        if status.contains("503") && dev.said().contains("no blocks:") {
            let health: Value = serde_json::from_str(&health).expect("JSON");
            assert_eq!(health["sync_state"], name);
            assert!(health["reason"].as_str().is_some_and(|why| why.contains(words)), "{health}");
            assert!(dev.said().contains(words), "{}", dev.said());
            let (_, page) = dev.client().get("/metrics").expect("answered");
            let line = format!("carbyne_standstill{{reason=\"{name}\"}} 1");
            assert!(page.contains(&line), "{page}");
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it does not say that it stands still: {}", dev.said());
}

#[test]
fn a_chain_whose_time_was_moved_ahead_says_why_it_stands_still() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let mut dev = Dev::start_in(&data, &["--instant"]);
    let moved = dev.client().call("dev", "advance_time", json!([3_600])).expect("answered");
    assert_eq!(moved["error"], Value::Null);
    dev.stop("-TERM");
    let dev = Dev::start_in(&data, &[]);
    check_standstill(&dev, "head_ahead", "ahead of the clock");
}

#[test]
fn a_chain_whose_producers_are_elsewhere_says_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let genesis = folder.path().join("genesis.json").to_string_lossy().into_owned();
    let mut made = Command::new(env!("CARGO_BIN_EXE_carbyne"));
    let made = made.args(["genesis", "new", &genesis]).output().expect("it runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let key = "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3";
    let arguments = ["--genesis", &genesis, "--witness-key", key];
    let dev = Dev::start_in(&folder.path().join("data"), &arguments);
    check_standstill(&dev, "no_key", "none of the keys here");
}

#[test]
fn a_node_without_keys_says_that_nobody_gives_it_blocks() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    Dev::start_in(&data, &["--instant"]).stop("-TERM");
    let file = data.join("genesis.json");
    let genesis = std::fs::read_to_string(&file).expect("a genesis");
    let mut genesis: Value = serde_json::from_str(&genesis).expect("JSON");
    genesis["initial_timestamp"] = json!("2026-01-01T00:00:00");
    let old = folder.path().join("old.json");
    std::fs::write(&old, genesis.to_string()).expect("written");
    let other = folder.path().join("other");
    let old = old.to_string_lossy().into_owned();
    let key = "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3";
    let begin = ["--instant", "--genesis", &old, "--witness-key", key];
    Dev::start_in(&other, &begin).stop("-TERM");
    let dev = Dev::start_node(&other, "");
    check_standstill(&dev, "no_peers", "no peer to get blocks from");
}

#[test]
fn history_that_began_with_a_snapshot_says_what_it_does_not_know() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (data, copy, file) = (path("data"), folder.path().join("copy"), path("state.carb"));
    let mut dev = Dev::start_in(Path::new(&data), &["--instant", "--snapshot-every", "5"]);
    dev.client().call("dev", "produce_blocks", json!([40])).expect("answered");
    dev.stop("-TERM");
    let text = copy.to_string_lossy().into_owned();
    let rebuild = ["history", "rebuild", "--data-dir", &text];
    for arguments in [
        vec!["snapshot", "export", "--data-dir", &data, &file],
        vec!["snapshot", "import", "--data-dir", &text, &file],
        rebuild.to_vec(),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_carbyne")).args(&arguments).output();
        let output = output.expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}");
    }
    let first = head_of(&copy) + 1;
    let ask = |dev: &Dev| {
        let arguments = json!(["dev", "1.11.0", 10, "1.11.0"]);
        let answer = dev.client().call("history", "get_account_history", arguments);
        answer.expect("answered")["error"]["message"].as_str().unwrap_or_default().to_owned()
    };
    let last_page = |dev: &Dev, method: &str, arguments: Value| {
        let answer = dev.client().call("carbyne", method, arguments).expect("answered");
        assert_eq!(answer["result"]["cursor"], Value::Null, "{method}");
        answer["result"]["not_known_before"].clone()
    };
    let expected = format!("history is not known before block {first}");
    let mut dev = Dev::start_in(&copy, &["--instant"]);
    assert_eq!(last_page(&dev, "account_history", json!(["dev"])), first);
    assert_eq!(last_page(&dev, "list", json!(["get_account_history", ["dev"]])), first);
    assert_eq!(last_page(&dev, "list", json!(["lookup_accounts"])), Value::Null);
    dev.client().call("dev", "produce_blocks", json!([30])).expect("answered");
    assert!(ask(&dev).contains(&expected), "{}", ask(&dev));
    dev.stop("-TERM");
    let output = Command::new(env!("CARGO_BIN_EXE_carbyne")).args(rebuild).output();
    let output = output.expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.starts_with(&format!("history  blocks {first} to ")), "{said}");
    let dev = Dev::start_in(&copy, &["--instant"]);
    assert!(ask(&dev).contains(&expected), "{}", ask(&dev));
}
