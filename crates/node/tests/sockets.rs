//! Sockets as anybody may use them: counted, with deadlines, and not for every web page.

#[allow(dead_code)]
mod harness;

use harness::Dev;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A node that produces nothing, with these lines under `[api]`.
fn node(api: &str) -> (TempDir, Dev) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    Dev::start_in(&data, &["--instant"]).stop("-TERM");
    let node = Dev::start_node(&data, api);
    (folder, node)
}

fn address(node: &Dev) -> &str {
    node.url.trim_start_matches("ws://")
}

fn connect(node: &Dev) -> TcpStream {
    let stream = TcpStream::connect(address(node)).expect("connected");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
    stream
}

/// Everything that comes until the node ends the connection.
fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let _reset = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The answer to a request with these headers; a port in `HOST` is the node's.
fn answer(node: &Dev, line: &str, headers: &[&str], body: &str) -> String {
    let mut stream = connect(node);
    let (_, port) = address(node).rsplit_once(':').expect("a port");
    let headers = headers.join("\r\n").replace("PORT", port);
    let length = body.len();
    let request = format!(
        "{line} HTTP/1.1\r\n{headers}\r\nConnection: close\r\nContent-Length: \
         {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).expect("sent");
    rest(stream).to_lowercase()
}

const LOCAL: &str = "Host: 127.0.0.1:PORT";
const QUESTION: &str = r#"{"id":1,"method":"get_chain_id","params":[]}"#;
const UPGRADE: &str = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                       Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

#[test]
fn methods_that_are_not_there_are_answered_with_those_that_are() {
    let (_folder, node) = node("");
    for line in ["GET /anything", "PUT /", "DELETE /x", "HEAD /anything", "PATCH /"] {
        let answer = answer(&node, line, &[LOCAL], "");
        assert!(answer.starts_with("http/1.1 405"), "{line}: {answer}");
        assert!(answer.contains("\r\nallow: post, options\r\n"), "{line}: {answer}");
    }
    let options = answer(&node, "OPTIONS /", &[LOCAL], "");
    assert!(options.starts_with("http/1.1 204"), "{options}");
    assert!(options.contains("\r\nallow: post, options\r\n"), "{options}");
}

#[test]
fn a_web_page_asks_if_its_origin_is_allowed_and_says_so_to_its_browser() {
    let (_folder, node) = node(r#"allowed_origins = ["https://wallet.example", "null"]"#);
    for (host, origin, is_allowed) in [
        (LOCAL, "", true),
        ("Host: localhost:PORT", "", true),
        (LOCAL, "http://127.0.0.1:PORT", true),
        (LOCAL, "https://wallet.example", true),
        (LOCAL, "null", true),
        (LOCAL, "https://evil.example", false),
        (LOCAL, "http://localhost:3000", false),
        ("Host: evil.example:PORT", "", false),
        ("Host: evil.example:PORT", "http://evil.example:PORT", false),
        ("Host: evil.example:PORT", "https://wallet.example", false),
    ] {
        let line = format!("Origin: {origin}");
        let mut headers = vec![host];
        headers.extend((!origin.is_empty()).then_some(line.as_str()));
        let post = answer(&node, "POST /", &headers, QUESTION);
        let expected = if is_allowed { "http/1.1 200" } else { "http/1.1 403" };
        assert!(post.starts_with(expected), "{host} {origin}: {post}");
        let foreign = is_allowed && !origin.is_empty() && !origin.contains("127.0.0.1");
        let told = format!("access-control-allow-origin: {origin}\r\n");
        assert_eq!(post.contains(&told), foreign, "{host} {origin}: {post}");
        let preflight = answer(&node, "OPTIONS /", &headers, "");
        assert_eq!(preflight.contains(&told), foreign, "{host} {origin}: {preflight}");
        headers.push(UPGRADE);
        headers.push("Connection: upgrade");
        let mut stream = connect(&node);
        let (_, port) = address(&node).rsplit_once(':').expect("a port");
        let request = format!("GET / HTTP/1.1\r\n{}\r\n\r\n", headers.join("\r\n"));
        stream.write_all(request.replace("PORT", port).as_bytes()).expect("sent");
        let mut start = [0; 12];
        stream.read_exact(&mut start).expect("an answer");
        let expected = if is_allowed { b"HTTP/1.1 101" } else { b"HTTP/1.1 403" };
        assert_eq!(&start, expected, "{host} {origin}");
    }
}

#[test]
fn a_web_page_reaches_dev_methods_only_if_it_is_named() {
    let node = Dev::start(&["--instant", "--allow-origin", "*", "--allow-origin", "http://mine"]);
    let question = r#"{"id":1,"method":"call","params":["dev","advance_time",[1]]}"#;
    for (origin, is_allowed) in
        [("", true), ("\r\nOrigin: http://mine", true), ("\r\nOrigin: http://other", false)]
    {
        let headers = format!("{LOCAL}{origin}");
        let answer = answer(&node, "POST /", &[&headers], question);
        assert_eq!(answer.contains("access denied"), !is_allowed, "{origin}: {answer}");
    }
}

fn post(node: &Dev, body: &Value) -> (String, Value) {
    node.client().post(&body.to_string()).expect("answered")
}

#[test]
fn a_batch_is_answered_in_order_without_what_wants_no_answer() {
    let (_folder, node) = node("");
    let ask = |id: u32, method: &str| json!({ "id": id, "method": method, "params": [] });
    let told = json!({ "jsonrpc": "2.0", "method": "get_chain_id", "params": [] });
    let batch = json!([ask(7, "get_chain_id"), told, ask(8, "nosuch"), 5, ask(9, "get_config")]);
    let check = |answer: &Value| {
        let answers = answer.as_array().expect("a list");
        let ids: Vec<_> = answers.iter().map(|answer| answer["id"].clone()).collect();
        assert_eq!(json!(ids), json!([7, 8, null, 9]));
        assert!(answers[0]["result"].is_string() && answers[3]["result"].is_object());
        assert_eq!(answers[1]["error"]["code"], -32601);
        assert_eq!(answers[2]["error"]["code"], -32600);
    };
    let (status, answer) = post(&node, &batch);
    assert!(status.contains("200"), "{status}");
    check(&answer);
    let (mut socket, _) = tungstenite::connect(&node.url).expect("connected");
    for (text, is_batch) in [(batch.to_string(), true), ("[]".to_owned(), false)] {
        socket.send(tungstenite::Message::text(text)).expect("sent");
        let text = socket.read().expect("answered").into_text().expect("text");
        let answer: Value = serde_json::from_str(&text).expect("JSON");
        if is_batch {
            check(&answer);
        } else {
            assert_eq!(answer["error"]["code"], -32600);
        }
    }
    let (status, _) = post(&node, &json!([told, told]));
    assert!(status.contains("204"), "{status}");
    let (status, answer) = post(&node, &json!([]));
    assert!(status.contains("400") && answer["error"]["code"] == -32600, "{status} {answer}");
    let (status, answer) = post(&node, &json!(vec![ask(1, "get_chain_id"); 101]));
    assert!(status.contains("400"), "{status} {answer}");
}

#[test]
fn a_batch_pays_for_every_request() {
    // Enough for the first of them, and not for so many documents.
    let (_folder, node) = node("cost_per_second_per_address = 1\ncost_burst_per_address = 5000");
    let one = json!({ "id": 1, "method": "call", "params": ["carbyne", "get_openrpc", []] });
    let (_, answer) = post(&node, &json!(vec![one; 100]));
    assert!(answer[0]["result"].is_object());
    let refused = answer[99]["error"]["message"].as_str().unwrap_or_default();
    assert!(refused.contains("try again in"), "{refused}");
}

#[test]
fn what_is_told_later_is_not_asked_by_post() {
    let (_folder, node) = node("");
    for (method, arguments) in [
        ("set_subscribe_callback", json!([1, false])),
        ("set_block_applied_callback", json!([1])),
        ("set_pending_transaction_callback", json!([1])),
        ("subscribe_to_market", json!([1, "1.3.0", "1.3.1"])),
    ] {
        let answer = node.client().call("database", method, arguments).expect("answered");
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains(method) && message.contains("WebSocket"), "{answer}");
    }
}

/// How long until the node ends a connection over which this came.
fn ended_after(node: &Dev, sent: &[u8]) -> (Duration, String) {
    let started = Instant::now();
    let mut stream = connect(node);
    stream.write_all(sent).expect("sent");
    let rest = rest(stream);
    (started.elapsed(), rest)
}

#[test]
fn everything_that_is_not_finished_has_a_deadline() {
    let (_folder, node) = node("head_seconds = 1\nmessage_seconds = 2");
    let websocket =
        format!("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\n{UPGRADE}\r\n\r\n");
    let with = |frame: &[u8]| [websocket.as_bytes(), frame].concat();
    let body = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n[";
    let answered = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{QUESTION}",
        QUESTION.len()
    );
    for (what, sent, seconds, expected) in [
        ("nothing", b"".to_vec(), 1, ""),
        ("half a head", b"POST / HTTP/1.1\r\nHost:".to_vec(), 1, ""),
        ("nothing after an answer", answered.into_bytes(), 1, "200 OK"),
        ("half a body", body.to_vec(), 2, "408"),
        ("half a frame", with(&[0x81, 0x85, 0, 0, 0, 0, b' ']), 2, "took longer"),
        ("half a message", with(&[0x01, 0x81, 0, 0, 0, 0, b' ']), 2, "took longer"),
        ("half the head of a frame", with(&[0x81]), 2, "took longer"),
    ] {
        let (time, said) = ended_after(&node, &sent);
        assert!(said.contains(expected), "{what}: {said}");
        assert!(time >= Duration::from_secs(seconds), "{what}: {time:?}");
    }
    let (mut socket, _) = tungstenite::connect(&node.url).expect("connected");
    std::thread::sleep(Duration::from_secs(3));
    socket.send(tungstenite::Message::text(QUESTION)).expect("a silent client stays");
    assert!(socket.read().is_ok_and(|message| message.is_text()));
}

#[test]
fn sockets_of_an_address_are_counted_before_they_say_anything() {
    let (_folder, node) = node("sockets_per_address = 3");
    let silent: Vec<_> = (0..3).map(|_| connect(&node)).collect();
    std::thread::sleep(Duration::from_millis(300));
    let refused = rest(connect(&node));
    assert!(refused.starts_with("HTTP/1.1 429"), "{refused}");
    assert!(refused.contains("your address has 3 connections already"), "{refused}");
    drop(silent);
    let deadline = Instant::now() + Duration::from_secs(30);
    while node.client().get("/health").is_ok_and(|(status, _)| status.contains("429")) {
        assert!(Instant::now() < deadline, "places do not come back");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn bytes_of_an_address_that_are_under_way_are_bounded() {
    let (_folder, node) = node("in_flight_mib_per_address = 1\nframe_kib = 1024");
    let head =
        format!("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", 1_000_000);
    let mut first = connect(&node);
    first.write_all(head.as_bytes()).expect("sent");
    first.write_all(&vec![b' '; 900_000]).expect("sent");
    std::thread::sleep(Duration::from_millis(500));
    let large = " ".repeat(500_000);
    let (status, _) = node.client().post(&large).expect("answered");
    assert!(status.contains("429"), "{status}");
    let (status, _) = node.client().post(QUESTION).expect("answered");
    assert!(status.contains("200"), "{status}");
    drop(first);
}
