//! What only a node can answer: the debug, dev and network node APIs, as their pages show them.

mod harness;

use harness::{Client, Dev};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// The call on the page of a method, and its answer.
fn example(set: &str, method: &str) -> (Value, Value) {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api");
    let page = fs::read_to_string(pages.join(set).join(format!("{method}.md"))).expect("a page");
    let mut blocks = page.split("```json\n").skip(1).map(|rest| {
        let (block, _) = rest.split_once("```").expect("an end");
        serde_json::from_str(block).expect("JSON")
    });
    (blocks.next().expect("a request"), blocks.next().expect("an answer"))
}

/// Makes the call on the page of a method, with `path` for the one it names.
fn check_page(client: &Client, set: &str, method: &str, path: &Path) {
    let (mut request, answer) = example(set, method);
    if request["params"][2][0].as_str().is_some_and(|first| first.starts_with('/')) {
        request["params"][2][0] = path.to_str().into();
    }
    let (_, got) = client.post(&request.to_string()).expect("answered");
    assert_eq!(got, answer, "{set}.{method}");
}

fn head(client: &Client) -> (u64, Value) {
    let answer = client.call("database", "get_dynamic_global_properties", json!([]));
    let mut properties = answer.expect("answered")["result"].take();
    let number = properties["head_block_number"].as_u64().expect("a number");
    (number, properties["head_block_id"].take())
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("copied");
        }
    }
}

/// Produces blocks on the chain in a folder; its head then.
fn go_on(data: &Path, blocks: u32) -> (u64, Value) {
    let mut dev = Dev::start_in(data, &["--instant"]);
    let answer = dev.client().call("dev", "produce_blocks", json!([blocks]));
    assert_eq!(answer.expect("answered")["error"], Value::Null);
    let head = head(&dev.client());
    dev.stop("-TERM");
    head
}

#[test]
fn blocks_are_pushed_from_another_folder_and_objects_are_changed_and_streamed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (ahead, data) = (folder.path().join("ahead"), folder.path().join("data"));
    let stream = folder.path().join("objects.jsonl");
    let (common, _) = go_on(&ahead, 2);
    copy_folder(&ahead, &data);
    let wanted = go_on(&ahead, 14);
    let node = Dev::start_node(&data, "open = [\"database\", \"debug\"]");
    let client = node.client();
    assert_eq!(head(&client).0, common);
    check_page(&client, "debug", "debug_stream_json_objects", &stream);
    check_page(&client, "debug", "debug_push_blocks", &ahead);
    assert_eq!(head(&client).0, common + 10, "as many as asked for");
    let push = |folder: &Path| {
        let arguments = json!([folder.to_str(), 1_000]);
        client.call("debug", "debug_push_blocks", arguments).expect("answered")
    };
    assert_eq!(push(&ahead)["result"], Value::Null);
    assert_eq!(head(&client), wanted, "no more than there are");
    assert_eq!(push(&folder.path().join("nothing"))["error"]["code"], 10);
    check_page(&client, "debug", "debug_update_object", &data);
    let account = client.call("database", "get_objects", json!([["1.2.7"]])).expect("answered");
    assert_eq!(account["result"][0]["name"], "renamed");
    check_page(&client, "debug", "debug_generate_blocks", &data);
    assert_eq!(head(&client).0, wanted.0 + 2);
    check_page(&client, "debug", "debug_stream_json_objects_flush", &data);
    let lines = fs::read_to_string(&stream).expect("the stream");
    let blocks = lines.lines().filter(|line| line.starts_with("{\"bn\":")).count() as u64;
    assert_eq!(blocks, wanted.0 + 2 - common, "a line for every block");
}

#[test]
fn time_moves_as_the_pages_of_dev_say() {
    let dev = Dev::start(&["--instant"]);
    let client = dev.client();
    let (before, _) = head(&client);
    for method in ["advance_time", "produce_blocks", "set_time"] {
        let (request, shown) = example("dev", method);
        let (_, got) = client.post(&request.to_string()).expect("answered");
        let time = got["result"].as_str().expect("the time of the chain");
        assert_eq!(time.len(), shown["result"].as_str().expect("a time").len(), "{method}: {got}");
        let now = client.call("database", "get_dynamic_global_properties", json!([]));
        assert_eq!(now.expect("answered")["result"]["time"], time, "{method}");
    }
    assert_eq!(head(&client).0, before + 5);
    let back = client.call("dev", "set_time", json!(["2030-01-01T00:00:00"])).expect("answered");
    assert!(back["error"]["message"].to_string().contains("forward"), "{back}");
}

#[test]
fn ways_back_are_as_their_pages_say() {
    let dev = Dev::start(&["--instant"]);
    let client = dev.client();
    check_page(&client, "dev", "snapshot", &dev.data);
    let time = client.call("database", "get_dynamic_global_properties", json!([]));
    let time = time.expect("answered")["result"]["time"].take();
    client.call("dev", "produce_blocks", json!([3])).expect("answered");
    let (request, shown) = example("dev", "revert");
    let (_, got) = client.post(&request.to_string()).expect("answered");
    assert_eq!(got["result"], time);
    assert_eq!(got["result"].to_string().len(), shown["result"].to_string().len());
    check_page(&client, "dev", "reset", &dev.data);
    assert_eq!(head(&client).0, 1);
}

#[test]
fn the_faucet_gives_coins_and_accounts_as_its_pages_say() {
    let dev = Dev::start(&["--instant"]);
    let client = dev.client();
    for method in ["faucet", "create_account"] {
        let (request, shown) = example("dev", method);
        let (_, got) = client.post(&request.to_string()).expect("answered");
        let id = got["result"].as_str().expect("an id");
        assert_eq!(id.len(), shown["result"].as_str().expect("an id").len(), "{method}: {got}");
    }
    let balance = |name: &str| {
        let arguments = json!([name, ["1.3.0"]]);
        let answer = client.call("database", "get_account_balances", arguments).expect("answered");
        answer["result"][0]["amount"].to_string()
    };
    assert_eq!(balance("alice"), "\"100000100000\"");
    for (arguments, word) in [
        (json!(["nobody"]), "no account nobody"),
        (json!(["alice", 0]), "the faucet gives"),
        (json!(["alice", -1]), "the faucet gives"),
        (json!(["alice", 10_000_000_000_001_i64]), "the faucet gives"),
    ] {
        let refused = client.call("dev", "faucet", arguments).expect("answered");
        assert!(refused["error"]["message"].to_string().contains(word), "{refused}");
    }
}

#[test]
fn the_pages_of_the_peer_network_say_what_a_node_without_one_answers() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    go_on(&data, 1);
    let node = Dev::start_node(&data, "open = [\"database\", \"network_node\"]");
    for method in [
        "get_info",
        "add_node",
        "get_connected_peers",
        "get_potential_peers",
        "get_advanced_node_parameters",
        "set_advanced_node_parameters",
    ] {
        check_page(&node.client(), "network_node", method, &data);
    }
}
