//! How fast a node that knows nothing gets a chain from another over a socket, beside how fast the
//! same blocks are imported from a file: `cargo bench -p carbyne --bench sync -- SCALE`; prints one
//! JSON line. Once more with 100 ms on the way between the two, in each direction.
//!
//! Three chains are made, with no, one and 1,000 transfers a block; SCALE (3) times as many blocks
//! as the table in `filled` says: to find each other, two nodes that are far away need a second.
//! Both ways check everything and keep history. Both nodes share the machine. Files go to the
//! folder for temporary files (`TMPDIR`).

#[path = "../tests/harness/chain.rs"]
#[allow(dead_code)]
mod chain;
mod filled;
#[path = "../tests/harness/mod.rs"]
#[allow(dead_code)]
mod harness;

use harness::Dev;
use serde_json::{Map, Value, json};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

/// How often it is looked whether everything came: the chain waits for who looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long bytes are on the way to a node that is far away.
const DELAY: Duration = Duration::from_millis(100);

fn carbyne(arguments: &[&str], files: &[&Path]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carbyne"));
    let output = command.args(arguments).args(files).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Seconds that an import of the chain in a folder takes.
fn import(folder: &Path, source: &Path) -> f64 {
    let file = folder.join("blocks");
    carbyne(&["export", "--data-dir"], &[source, &file]);
    let genesis = source.join("genesis.json");
    let started = Instant::now();
    let target = folder.join("imported");
    let command = ["import", "--genesis", genesis.to_str().expect("a path"), "--data-dir"];
    carbyne(&command, &[&target, &file]);
    started.elapsed().as_secs_f64()
}

fn node(data: &Path, genesis: &Path, peers: &str) -> Dev {
    let config = format!(
        "data_dir = {data:?}\ngenesis = {genesis:?}\n[api]\nlisten = \"127.0.0.1:0\"\n\
         [p2p]\nlisten = \"127.0.0.1:0\"\n{peers}\n"
    );
    Dev::start_configured(data, &config)
}

/// Passes bytes on after a while, in order.
fn delayed(mut from: TcpStream, mut to: TcpStream, delay: Duration) {
    let (sender, waiting) = channel::<(Instant, Vec<u8>)>();
    std::thread::spawn(move || {
        for (due, bytes) in waiting {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                return;
            }
        }
    });
    std::thread::spawn(move || {
        let mut bytes = vec![0; 64 << 10];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            if sender.send((Instant::now() + delay, bytes[..count].to_vec())).is_err() {
                return;
            }
        }
    });
}

/// A place where who connects is connected to another, with a delay in each direction.
fn far_from(place: String, delay: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let here = listener.local_addr().expect("an address").to_string();
    std::thread::spawn(move || {
        for near in listener.incoming().map_while(Result::ok) {
            let Ok(far) = TcpStream::connect(&place) else { return };
            let copy = |stream: &TcpStream| stream.try_clone().expect("a copy");
            near.set_nodelay(true).expect("it can");
            far.set_nodelay(true).expect("it can");
            delayed(copy(&near), copy(&far), delay);
            delayed(far, near, delay);
        }
    });
    here
}

/// Seconds that a node takes to get the chain in a folder from another that has it, and is so far
/// away.
fn sync(folder: &Path, source: &Path, length: u64, delay: Duration) -> f64 {
    let genesis = source.join("genesis.json");
    let mut first = node(source, &genesis, "");
    let place = first.p2p();
    let place = if delay.is_zero() { place } else { far_from(place, delay) };
    let started = Instant::now();
    let target = folder.join(format!("synced-{}", delay.as_millis()));
    let second = node(&target, &genesis, &format!("seeds = [\"{place}\"]"));
    let client = second.client();
    loop {
        let told = client.call("database", "get_dynamic_global_properties", json!([]));
        let head = told.ok().and_then(|told| told["result"]["head_block_number"].as_u64());
        if head.is_some_and(|head| head >= length) {
            return started.elapsed().as_secs_f64();
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn main() {
    let scale = std::env::args().find_map(|text| text.parse::<usize>().ok()).unwrap_or(3);
    let mut found = Map::new();
    for (per_block, blocks) in filled::CHAINS {
        let folder = tempfile::tempdir().expect("a folder");
        let blocks = blocks * scale;
        let source = folder.path().join("source");
        let length = u64::from(filled::make(&source, per_block, blocks).chain().head_number());
        let imported = import(folder.path(), &source);
        let synced = sync(folder.path(), &source, length, Duration::ZERO);
        let from_afar = sync(folder.path(), &source, length, DELAY);
        let rate = |seconds: f64| json!((blocks as f64 / seconds).round());
        found.insert(format!("import_blocks_per_second_{per_block}"), rate(imported));
        found.insert(format!("sync_blocks_per_second_{per_block}"), rate(synced));
        let name = format!("sync_blocks_per_second_{per_block}_at_100_ms");
        found.insert(name, rate(from_afar));
    }
    println!("{}", Value::Object(found));
}
