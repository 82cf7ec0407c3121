//! `carbyne testnet` as a user uses it: one command makes a network, others cut it, mend it, kill
//! nodes of it and end it.

use super::network::wait;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

/// Nodes of the network.
const NODES: usize = 5;

struct Testnet {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    folder: tempfile::TempDir,
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carbyne"));
    command.arg("testnet").arg("--dir").arg(folder.join("net"));
    command
}

impl Testnet {
    fn start(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = command(folder.path());
        command.args(options).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let lines = Arc::new(Mutex::new(Vec::new()));
        collect(child.stdout.take().expect("its output"), lines.clone());
        collect(child.stderr.take().expect("its errors"), lines.clone());
        Self { child, lines, folder }
    }

    /// Gives an order from another process; what that printed.
    fn order(&self, words: &[&str]) -> Result<String, String> {
        let output = command(self.folder.path()).args(words).output().expect("it runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        match output.status.success() {
            true => Ok(text(&output.stdout)),
            false => Err(text(&output.stderr)),
        }
    }

    /// Whether a line of what it printed begins so.
    fn said(&self, beginning: &str) -> bool {
        self.lines.lock().expect("lines").iter().any(|line| line.starts_with(beginning))
    }

    /// The addresses of the nodes' interfaces.
    fn nodes(&self) -> Vec<String> {
        let path = self.folder.path().join("net/testnet.json");
        let plan: Value =
            serde_json::from_str(&std::fs::read_to_string(path).expect("a plan")).expect("JSON");
        let nodes = plan["nodes"].as_array().expect("nodes").iter();
        nodes.map(|node| node["api"].as_str().expect("an address").to_owned()).collect()
    }

    /// Head block and the ids up to it that a node has, if it answers.
    fn head(&self, node: usize) -> Option<(u64, Value)> {
        let found = call(&self.nodes()[node], "get_dynamic_global_properties")?;
        Some((found["head_block_number"].as_u64()?, found["head_block_id"].clone()))
    }

    fn number(&self, node: usize) -> u64 {
        self.head(node).map_or(0, |(number, _)| number)
    }

    /// Whether so many nodes have the same head.
    fn agree(&self, nodes: &[usize]) -> bool {
        let heads: Vec<_> = nodes.iter().map(|node| self.head(*node)).collect();
        heads[0].is_some() && heads.iter().all(|head| *head == heads[0])
    }
}

impl Drop for Testnet {
    fn drop(&mut self) {
        let _ended_already = self.order(&["--down"]);
        let _ended_already = self.child.kill();
        let _reaped_already = self.child.wait();
        if std::thread::panicking() {
            let lines = self.lines.lock().expect("lines");
            let last = lines.iter().rev().take(40).rev();
            last.for_each(|line| eprintln!("{line}"));
            for node in 0..NODES {
                let log = self.folder.path().join(format!("net/node{node}.log"));
                let log = std::fs::read_to_string(log).unwrap_or_default();
                log.lines().rev().take(12).for_each(|line| eprintln!("node {node}: {line}"));
            }
        }
    }
}

fn collect(stream: impl Read + Send + 'static, lines: Arc<Mutex<Vec<String>>>) {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            lines.lock().expect("lines").push(line);
        }
    });
}

fn call(address: &str, method: &str) -> Option<Value> {
    let mut stream = TcpStream::connect(address).ok()?;
    let body = json!({ "id": 1, "method": "call", "params": ["database", method, []] }).to_string();
    write!(
        stream,
        "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n\
         {body}",
        body.len()
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    Some(serde_json::from_str::<Value>(body).ok()?["result"].take())
}

#[test]
fn a_network_is_cut_mended_robbed_of_a_node_and_ended() {
    let net = Testnet::start(&[
        "--nodes",
        &NODES.to_string(),
        "--block-interval",
        "1",
        "--account",
        "ann",
    ]);
    wait("it is ready", || net.said("ready"));
    let all = [0, 1, 2, 3, 4];
    wait("all have blocks", || all.iter().all(|node| net.number(*node) >= 8));
    assert_eq!(net.order(&["--partition", "2/3"]), Ok("6 links are cut".to_owned()));
    wait("two branches", || {
        let (one, other) = (net.head(0), net.head(4));
        one.is_some() && other.is_some() && one != other && net.agree(&[2, 3, 4])
    });
    let before = net.number(4);
    wait("both go on", || net.number(4) >= before + 6 && net.number(0) > before);
    assert!(!net.agree(&[0, 4]), "they are apart");
    assert_eq!(net.order(&["--heal"]), Ok("all links are mended".to_owned()));
    wait("all agree", || net.agree(&all));
    assert_eq!(net.order(&["--kill", "4"]), Ok("node 4 was killed".to_owned()));
    wait("the table says so", || net.said("node 4 down"));
    let refused = net.order(&["--kill", "4"]).expect_err("it is gone");
    assert!(refused.contains("node 4 is not running"), "{refused}");
    let before = net.number(0);
    wait("the others go on", || net.number(0) >= before + 5);
    assert_eq!(net.order(&["--start", "4"]), Ok("node 4 was started".to_owned()));
    wait("it is back", || net.number(4) >= before + 5 && net.agree(&all));
    assert_eq!(net.order(&["--down"]), Ok("the network ends".to_owned()));
    let refused = || net.order(&["--heal"]).is_err_and(|why| why.contains("no network runs"));
    wait("it has ended", refused);
}
