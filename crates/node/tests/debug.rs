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
    assert_eq!(answer.expect("answered")["result"], Value::Null);
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
    check_page(&client, "dev", "advance_time", &dev.data);
    check_page(&client, "dev", "produce_blocks", &dev.data);
    assert_eq!(head(&client).0, before + 4);
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
