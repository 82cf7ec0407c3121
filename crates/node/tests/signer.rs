//! `carbyne signer` and nodes that use it, as processes: one of two nodes makes the blocks, the
//! other takes over, and no slot has two blocks.

#[allow(dead_code)]
mod harness;

use carbyne_crypto::PrivateKey;
use harness::{Client, Dev};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);
const LEASE: &str = "4";

/// A signer that is killed when it is dropped.
struct Signer(Child);

impl Signer {
    fn start(dir: &Path, keys: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carbyne"));
        command.arg("signer").arg("--keys-file").arg(keys);
        command.arg("--record").arg(dir.join("signed"));
        command.args(["--listen", &format!("unix:{}", socket(dir).display()), "--lease", LEASE]);
        let child = command.stdout(Stdio::null()).spawn().expect("the signer starts");
        wait_until("the signer listens", || {
            std::os::unix::net::UnixStream::connect(socket(dir)).is_ok()
        });
        Self(child)
    }
}

impl Drop for Signer {
    fn drop(&mut self) {
        let _ended_already = self.0.kill();
        let _reaped_already = self.0.wait();
    }
}

fn socket(dir: &Path) -> PathBuf {
    dir.join("socket")
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < PATIENCE, "{what}: not after {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The keys of the witnesses of a `dev` chain, in a file.
fn write_keys(path: &Path, mode: u32) {
    let key = |n| PrivateKey::from_seed(&format!("carbyne dev witness {n}")).to_wif();
    let keys: Vec<String> = (0..11).map(key).collect();
    fs::write(path, keys.join("\n")).expect("a file");
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions");
}

fn head(client: &Client) -> u64 {
    let answer = client.call("database", "get_dynamic_global_properties", json!([]));
    answer.expect("an answer")["result"]["head_block_number"].as_u64().expect("a number")
}

/// The ids of the blocks of a chain by their times.
fn slots(data: &Path) -> BTreeMap<String, Value> {
    let file = data.with_extension("jsonl");
    let status = Command::new(env!("CARGO_BIN_EXE_carbyne"))
        .args(["export", "--data-dir"])
        .arg(data)
        .arg(&file)
        .stdout(Stdio::null())
        .status();
    assert!(status.expect("it runs").success());
    let text = fs::read_to_string(&file).expect("a file");
    let blocks = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    blocks
        .map(|block| {
            let block = &block["json"];
            let time = block["timestamp"].as_str().expect("a time").to_owned();
            (time, block["witness_signature"].clone())
        })
        .collect()
}

/// Two data directories of one chain that has a few blocks.
fn two_directories(dir: &Path) -> [PathBuf; 2] {
    let [one, two] = ["one", "two"].map(|name| dir.join(name));
    let mut dev = Dev::start_in(&one, &["--block-interval", "1"]);
    wait_until("a block", || head(&dev.client()) > 2);
    dev.stop("-TERM");
    let copied = Command::new("cp").arg("-a").args([&one, &two]).status().expect("cp");
    assert!(copied.success());
    [one, two]
}

#[test]
fn of_two_nodes_with_one_signer_one_makes_the_blocks_and_the_other_takes_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = folder.path().join("keys");
    write_keys(&keys, 0o600);
    let [one, two] = two_directories(folder.path());
    let signer = Signer::start(folder.path(), &keys);
    let witness = format!("[witness]\nsigner = \"unix:{}\"", socket(folder.path()).display());
    let mut first = Dev::start_node(&one, &witness);
    let begin = head(&first.client());
    wait_until("the first node makes blocks", || head(&first.client()) > begin + 2);
    let mut second = Dev::start_node(&two, &witness);
    let stands = head(&second.client());
    wait_until("the second node stands by", || second.said().contains("stands by"));
    let goes_on = head(&first.client());
    wait_until("the first node goes on", || head(&first.client()) > goes_on + 3);
    assert_eq!(head(&second.client()), stands, "{}", second.said());
    first.stop("-KILL");
    wait_until("the second node takes over", || head(&second.client()) > stands + 2);
    // Slots that the first used are lost to the second's chain, each with a reason.
    let (_, page) = second.client().get("/metrics").expect("a page");
    let missed = "carbyne_slots_missed_total{reason=\"SigningRefusal::Leased\"}";
    assert!(page.contains(missed), "{page}");
    second.stop("-TERM");
    drop(signer);
    let (ours, theirs) = (slots(&one), slots(&two));
    let common = ours.iter().filter(|(time, _)| theirs.contains_key(*time));
    let doubles: Vec<_> = common.filter(|(time, block)| theirs[*time] != **block).collect();
    assert!(doubles.is_empty(), "two blocks of one slot: {doubles:?}");
}

#[test]
fn keys_that_others_can_read_are_refused_and_a_node_keeps_a_record_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = folder.path().join("keys");
    write_keys(&keys, 0o644);
    let [one, _] = two_directories(folder.path());
    let config = folder.path().join("node.toml");
    let text = format!("data_dir = {one:?}\n[witness]\nkeys_file = {keys:?}\n");
    fs::write(&config, text).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_carbyne"));
    let refused = command.args(["node", "--config"]).arg(&config).output().expect("it runs");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("mode 644"), "{said}");
    write_keys(&keys, 0o600);
    let witness = format!("[witness]\nkeys_file = {keys:?}");
    let mut node = Dev::start_node(&one, &witness);
    let begin = head(&node.client());
    wait_until("the node makes blocks", || head(&node.client()) > begin + 2);
    node.stop("-KILL");
    let record = fs::metadata(one.join("signed")).expect("a record");
    assert!(record.len() > 100, "{record:?}");
    let node = Dev::start_node(&one, &witness);
    let begin = head(&node.client());
    wait_until("it goes on", || head(&node.client()) > begin + 2);
}
