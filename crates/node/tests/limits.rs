//! What one client may use of a node, over real sockets.

#[allow(dead_code)]
mod harness;

use harness::Dev;
use serde_json::{Value, json};
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Error, Message, WebSocket};

type Socket = WebSocket<MaybeTlsStream<TcpStream>>;

/// A node that produces nothing, on a new chain, with these lines under `[api]`.
fn node(api: &str) -> (TempDir, Dev) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    Dev::start_in(Path::new(&data), &["--instant"]).stop("-TERM");
    let node = Dev::start_node(&data, api);
    (folder, node)
}

fn connect(node: &Dev) -> Result<Socket, Error> {
    tungstenite::connect(&node.url).map(|(socket, _)| socket)
}

fn ask(socket: &mut Socket, method: &str, arguments: Value) -> Value {
    let request = json!({ "id": 1, "method": "call", "params": ["database", method, arguments] });
    socket.send(Message::text(request.to_string())).expect("sent");
    let answer = socket.read().expect("answered").into_text().expect("text");
    serde_json::from_str(&answer).expect("JSON")
}

/// Asks until `done` says yes, for longer than a client may take for an answer.
fn wait(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..1_200 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{what} did not happen");
}

#[test]
fn an_address_has_so_many_connections_and_gets_them_back() {
    let (_folder, node) = node("connections_per_address = 2");
    let first = connect(&node).expect("the first");
    let _second = connect(&node).expect("the second");
    match connect(&node) {
        Err(Error::Http(response)) => assert_eq!(response.status(), 429),
        other => panic!("it was not refused: {other:?}"),
    }
    let (_, page) = node.client().get("/metrics").expect("answered");
    assert!(page.contains("\ncarbyne_connections 2\n"), "{page}");
    assert!(page.contains("\ncarbyne_refused_by_limit_total 1\n"), "{page}");
    drop(first);
    wait("a free place", || connect(&node).is_ok());
}

#[test]
fn too_many_subscriptions_end_the_connection_with_the_reason() {
    let (_folder, node) = node("subscriptions_per_connection = 1");
    let mut socket = connect(&node).expect("connected");
    assert!(ask(&mut socket, "set_block_applied_callback", json!([1])).get("error").is_none());
    assert!(
        ask(&mut socket, "set_pending_transaction_callback", json!([2])).get("error").is_none()
    );
    match socket.read() {
        Ok(Message::Close(Some(frame))) => {
            assert_eq!(frame.reason.as_str(), "a connection may have 1 subscriptions");
        }
        other => panic!("it was not closed: {other:?}"),
    }
    wait("nothing is left", || {
        let (_, page) = node.client().get("/metrics").expect("answered");
        page.contains("\ncarbyne_subscriptions 0\n") && page.contains("\ncarbyne_connections 0\n")
    });
}

#[test]
fn a_request_that_is_too_large_is_refused() {
    let (_folder, node) = node("frame_kib = 1");
    let (status, _) = node.client().post(&" ".repeat(1_500)).expect("answered");
    assert!(status.contains("413"), "{status}");
    let mut socket = connect(&node).expect("connected");
    socket.send(Message::text(" ".repeat(1_500))).expect("sent");
    assert!(!matches!(socket.read(), Ok(Message::Text(_))), "it was answered");
}

#[test]
fn an_address_that_asks_for_too_much_work_is_told_how_long_to_wait() {
    // Enough for a first request, however long a busy machine takes to unpack it.
    let (_folder, node) =
        node("cost_per_second_per_address = 2000\ncost_burst_per_address = 100000");
    let mut socket = connect(&node).expect("connected");
    let request = json!({ "id": 1, "method": "call", "params": ["carbyne", "get_openrpc", []] });
    socket.send(Message::text(request.to_string())).expect("sent");
    assert!(socket.read().expect("answered").len() > 10_000);
    // A document of so many bytes costs hundreds of units.
    let refused = (0..2_000).find_map(|_| {
        socket.send(Message::text(request.to_string())).expect("sent");
        let answer = socket.read().expect("answered").into_text().expect("text");
        (answer.len() < 10_000).then_some(answer)
    });
    let answer: Value = serde_json::from_str(&refused.expect("a refusal")).expect("JSON");
    let message = answer["error"]["message"].as_str().expect("a refusal");
    let told = message.split("try again in ").nth(1).and_then(|rest| rest.strip_suffix(" ms"));
    let told: u64 = told.and_then(|told| told.parse().ok()).unwrap_or_else(|| panic!("{message}"));
    assert!((1..=60_000).contains(&told), "{message}");
    wait("429", || {
        let (status, _) = node.client().post(&request.to_string()).expect("answered");
        status.contains("429")
    });
    wait_for_turn(&mut socket);
}

/// Asks until an answer comes; every refusal costs a little.
fn wait_for_turn(socket: &mut Socket) {
    wait("its turn", || {
        std::thread::sleep(Duration::from_millis(500));
        ask(socket, "get_chain_id", json!([])).get("error").is_none()
    });
}

#[test]
fn a_node_whose_head_is_old_is_not_healthy() {
    let (_folder, node) = node("healthy_head_age_seconds = 1");
    let mut last = String::new();
    wait("503", || {
        let (status, body) = node.client().get("/health").expect("answered");
        last = body;
        status.contains("503")
    });
    let health: Value = serde_json::from_str(&last).expect("JSON");
    assert_eq!(health["sync_state"], "behind");
    assert_eq!(health["head_age_limit_seconds"], 1);
}

#[test]
fn a_node_that_may_not_open_enough_files_says_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    Dev::start_in(&data, &["--instant"]).stop("-TERM");
    let node = Dev::start_node_with_files(&data, "connections = 1000", 600);
    let said = node.said();
    for part in ["does not let this process open enough files", "connections = 1000", "600"] {
        assert!(said.contains(part), "{said}");
    }
    let (_, page) = node.client().get("/metrics").expect("answered");
    assert!(page.contains("\nprocess_max_fds 600\n"), "{page}");
}

#[test]
fn the_openrpc_document_can_be_printed() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_carbyne"))
        .arg("openrpc")
        .output()
        .expect("it runs");
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(document["methods"].as_array().is_some_and(|methods| methods.len() > 100));
}

#[test]
fn the_openrpc_document_is_served_with_and_without_the_page() {
    for web in ["", "[web]\nenabled = false\n"] {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        Dev::start_in(&data, &["--instant"]).stop("-TERM");
        let data_dir = data.to_string_lossy();
        let text = format!("data_dir = \"{data_dir}\"\n[api]\nlisten = \"127.0.0.1:0\"\n{web}");
        let node = Dev::start_configured(&data, &text);
        let (status, served) = node.client().get("/openrpc.json").expect("answered");
        assert!(status.contains("200"), "{status}");
        let served: Value = serde_json::from_str(&served).expect("JSON");
        let asked = node.client().call("carbyne", "get_openrpc", json!([])).expect("answered");
        assert_eq!(served, asked["result"]);
        let (status, _) = node.client().get("/docs/").expect("answered");
        assert_eq!(status.contains("200"), web.is_empty(), "{status}");
    }
}

#[test]
fn a_client_that_does_not_read_its_answers_is_dropped() {
    let (_folder, node) = node("");
    let mut socket = connect(&node).expect("connected");
    // More than the buffers of the system hold, so that an answer has to wait for the client.
    let request = json!({ "id": 1, "method": "call", "params": ["carbyne", "get_openrpc", []] });
    for _ in 0..1_000 {
        socket.send(Message::text(request.to_string())).expect("sent");
    }
    wait("the end of its patience", || {
        let (_, page) = node.client().get("/metrics").expect("answered");
        page.contains("\ncarbyne_slow_readers_total 1\n")
            && page.contains("\ncarbyne_connections 0\n")
    });
}

#[test]
fn a_client_that_pings_and_does_not_read_is_dropped() {
    let (_folder, node) = node("");
    let mut socket = connect(&node).expect("connected");
    let MaybeTlsStream::Plain(stream) = socket.get_mut() else { panic!("it is not plain") };
    stream.set_write_timeout(Some(Duration::from_secs(2))).expect("a timeout");
    // Masked with zeros, 125 bytes each: every one is owed an answer of as many bytes.
    let ping = [&[0x89, 0x80 | 125, 0, 0, 0, 0][..], &[b'p'; 125]].concat();
    let pings = ping.repeat(1_000);
    let stops_to_read = (0..1_000).any(|_| stream.write_all(&pings).is_err());
    assert!(stops_to_read, "the node took a million pings");
    wait("the end of its patience", || {
        let (_, page) = node.client().get("/metrics").expect("answered");
        page.contains("\ncarbyne_slow_readers_total 1\n")
            && page.contains("\ncarbyne_connections 0\n")
    });
}
