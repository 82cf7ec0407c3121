//! What connections cost that say nothing: the memory of a `carbyne node` before and after so many
//! clients connected, asked one question each and fell silent.
//!
//! `cargo bench -p carbyne --bench idle -- CONNECTIONS`; prints one JSON line. Memory is that of
//! the node's process (`VmRSS`), in MiB; the clients live in another one.

#[path = "../tests/harness/mod.rs"]
#[allow(dead_code)]
mod harness;

use harness::Dev;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use std::net::TcpStream;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Message, WebSocket};

/// Files of this process that are no connections.
const OTHER_FILES: u64 = 100;
/// How long nothing happens before memory is measured.
const REST: Duration = Duration::from_secs(3);

type Client = WebSocket<TcpStream>;

/// Lets this process open so many connections.
fn raise_limit(connections: u64) {
    let limit = getrlimit(Resource::Nofile);
    let wanted = connections + OTHER_FILES;
    if limit.current.is_some_and(|current| current < wanted) {
        let raised = Rlimit { current: Some(wanted), maximum: limit.maximum };
        setrlimit(Resource::Nofile, raised).expect("the limit of open files allows the clients");
    }
}

fn connect(node: &Dev) -> Client {
    let address = node.url.trim_start_matches("ws://");
    let stream = TcpStream::connect(address).expect("connected");
    let config = WebSocketConfig::default().read_buffer_size(1_024).write_buffer_size(0);
    let connected = tungstenite::client::client_with_config(&node.url, stream, Some(config));
    connected.expect("a WebSocket").0
}

fn ask(client: &mut Client) {
    let request = json!({
        "id": 1, "method": "call", "params": ["database", "get_dynamic_global_properties", []]
    });
    client.send(Message::text(request.to_string())).expect("sent");
    assert!(client.read().expect("answered").to_string().contains("head_block_number"));
}

fn resident_mib(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    let kib = line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number");
    kib / 1024.0
}

/// A node on a new chain that lets one address have all connections.
fn node(folder: &Path, connections: u64) -> Dev {
    let data = folder.join("data");
    Dev::start_in(&data, &["--instant"]).stop("-TERM");
    let most = connections + OTHER_FILES;
    Dev::start_node(&data, &format!("connections = {most}\nconnections_per_address = {most}"))
}

fn main() {
    let connections = std::env::args().find_map(|text| text.parse().ok()).unwrap_or(10_000);
    raise_limit(connections);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let node = node(folder.path(), connections);
    ask(&mut connect(&node));
    sleep(REST);
    let before = resident_mib(node.id());
    let started = Instant::now();
    let mut clients: Vec<Client> = (0..connections).map(|_| connect(&node)).collect();
    let connecting = started.elapsed().as_secs_f64();
    sleep(REST);
    let connected = resident_mib(node.id());
    clients.iter_mut().for_each(ask);
    sleep(REST);
    let asked = resident_mib(node.id());
    let figures = json!({
        "connections": connections,
        "connect_seconds": connecting,
        "before_mib": before,
        "added_by_connecting_mib": connected - before,
        "added_after_one_request_each_mib": asked - before,
    });
    println!("{figures}");
}
