//! `carbyne dev` as its user meets it: answers, restarts, messages.

mod harness;

use harness::Dev;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

/// Sends a request over HTTP and gives back status line and answer.
fn post(dev: &Dev, body: &str) -> (String, Value) {
    let address = dev.url.trim_start_matches("ws://");
    let mut stream = TcpStream::connect(address).expect("the API listens");
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    let (head, body) = answer.split_once("\r\n\r\n").expect("head and body");
    let status = head.lines().next().unwrap_or_default().to_owned();
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}

fn call(dev: &Dev, method: &str, arguments: Value) -> Value {
    let body = json!({ "id": 1, "method": "call", "params": ["database", method, arguments] });
    post(dev, &body.to_string()).1
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
fn head_of(data: &std::path::Path) -> u64 {
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
fn instant_moves_time_forward() {
    let dev = Dev::start(&["--instant"]);
    let body = json!({ "id": 1, "method": "call", "params": ["dev", "advance_time", [3600]] });
    let before = call(&dev, "get_dynamic_global_properties", json!([]))["result"]["time"].clone();
    assert_eq!(post(&dev, &body.to_string()).1["result"], Value::Null);
    let after = call(&dev, "get_dynamic_global_properties", json!([]))["result"]["time"].clone();
    assert_ne!(before, after);
    assert_eq!(head(&dev), 1);
}

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
