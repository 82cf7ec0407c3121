//! Nodes of one chain in a folder, and which witnesses each has.

use super::harness::{Client, Dev};
use carbyne_crypto::PrivateKey;
use carbyne_node::commands::genesis::pay_out;
use carbyne_node::core::public_keys;
use carbyne_node::genesis::{Recipe, make};
use carbyne_wire::{Dialect, TimePointSec};
use serde_json::{Value, json};
use std::ops::Range;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

/// How long anything may take; far more than it takes.
const PATIENCE: Duration = Duration::from_secs(90);
/// Witnesses.
const WITNESSES: usize = 3;
/// Seconds by which the genesis is older than the first block.
const AGE: u32 = 600;

/// Waits until something is true.
pub fn wait(what: &str, is_true: impl FnMut() -> bool) {
    wait_for(PATIENCE, what, is_true);
}

/// The same with another patience; gives how long it took.
pub fn wait_for(patience: Duration, what: &str, mut is_true: impl FnMut() -> bool) -> Duration {
    let start = Instant::now();
    while !is_true() {
        assert!(start.elapsed() < patience, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
    start.elapsed()
}

/// So many seconds ago, at a time at which a genesis may be.
pub fn ago(seconds: u32) -> TimePointSec {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    TimePointSec(now as u32 / 5 * 5 - seconds)
}

/// Keys of so many witnesses.
pub fn witness_keys(count: usize) -> Vec<PrivateKey> {
    (0..count).map(|n| PrivateKey::from_seed(&format!("peers witness {n}"))).collect()
}

/// The key of the account that the genesis gives everything to.
pub fn account_key() -> PrivateKey {
    PrivateKey::from_seed("peers account")
}

/// A genesis that is older than what a node waits for, with a block a second.
pub fn genesis(keys: &[PrivateKey], maintenance_interval: u32) -> String {
    make(&Recipe {
        dialect: Dialect::REFERENCE,
        time: ago(AGE),
        witnesses: &public_keys(keys),
        account: "dev",
        account_key: account_key().public_key(),
        others: &[],
        block_interval: 1,
        maintenance_interval,
        features: None,
    })
}

struct Member {
    process: Option<Dev>,
    data: PathBuf,
    config: String,
    place: String,
    options: Vec<String>,
}

/// Nodes of one chain.
pub struct Network {
    folder: TempDir,
    members: Vec<Member>,
    keys: Vec<PrivateKey>,
    /// Blocks between two snapshots.
    snapshot_every: u32,
    /// Connections of one address that nodes take.
    pub peers_of_an_address: usize,
}

impl Network {
    /// A chain without nodes yet.
    pub fn begin() -> Self {
        Self::begin_with(1_000)
    }

    /// The same; its nodes write a snapshot every so many blocks.
    pub fn begin_with(snapshot_every: u32) -> Self {
        let keys = witness_keys(WITNESSES);
        Self { snapshot_every, ..Self::of(genesis(&keys, 300).as_bytes(), keys) }
    }

    /// The chain of a genesis, with the keys of its witnesses.
    pub fn of(genesis: &[u8], keys: Vec<PrivateKey>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("genesis.json"), genesis).expect("written");
        let (members, peers_of_an_address) = (Vec::new(), 32);
        Self { folder, members, keys, snapshot_every: 1_000, peers_of_an_address }
    }

    /// Where a node that is added later has its data.
    pub fn data(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts one more node, with all witnesses if it is to make the blocks; gives its number.
    pub fn add(&mut self, name: &str, seeds: &[usize], is_witness: bool) -> usize {
        let witnesses = if is_witness { 0..self.keys.len() } else { 0..0 };
        let config = self.config(name, seeds, witnesses, is_witness);
        self.start(name, config, &[])
    }

    /// Starts one more node with one witness; gives its number. The first node makes blocks before
    /// it is in step with others.
    pub fn add_witness(&mut self, name: &str, seeds: &[usize], witness: usize) -> usize {
        let begins = self.members.is_empty();
        let config = self.config(name, seeds, witness..witness + 1, begins);
        self.start(name, config, &[])
    }

    /// Starts one more node with these witnesses, which makes blocks whoever else is there.
    pub fn add_beginner(&mut self, name: &str, witnesses: Range<usize>) -> usize {
        let config = self.config(name, &[], witnesses, true);
        self.start(name, config, &[])
    }

    /// Starts one more node without a witness, with these options; gives its number.
    pub fn add_with(&mut self, name: &str, seeds: &[usize], options: &[&str]) -> usize {
        let config = self.config(name, seeds, 0..0, false);
        self.start(name, config, options)
    }

    /// What a node that does not start says.
    pub fn refusal(&self, name: &str, options: &[&str]) -> String {
        let config = self.config(name, &[], 0..0, false).replace("PLACE", "127.0.0.1:0");
        let file = self.folder.path().join(name).with_extension("toml");
        std::fs::write(&file, config).expect("written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_carbyne"));
        let command = command.args(["node", "--config"]).arg(file).args(options);
        let output = command.output().expect("it runs");
        assert!(!output.status.success(), "it starts");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn config(&self, name: &str, seeds: &[usize], witnesses: Range<usize>, begins: bool) -> String {
        let seeds: Vec<&str> =
            seeds.iter().map(|seed| self.members[*seed].place.as_str()).collect();
        let keys: Vec<String> = self.keys[witnesses].iter().map(PrivateKey::to_wif).collect();
        let data = self.data(name);
        let genesis = self.folder.path().join("genesis.json");
        let (snapshot_every, most) = (self.snapshot_every, self.peers_of_an_address);
        format!(
            "data_dir = {data:?}\ngenesis = {genesis:?}\n[api]\nlisten = \"127.0.0.1:0\"\n\
             open = [\"database\", \"network_broadcast\", \"block\", \"network_node\"]\n\
             [storage]\nsnapshot_every = {snapshot_every}\n\
             [p2p]\nlisten = \"PLACE\"\nseeds = {seeds:?}\nconnect_to_others = false\n\
             max_peers_per_address = {most}\n\
             [witness]\nprivate_keys = {keys:?}\nenable_stale_production = {begins}\n"
        )
    }

    fn start(&mut self, name: &str, config: String, options: &[&str]) -> usize {
        let data = self.data(name);
        let first = config.replace("PLACE", "127.0.0.1:0");
        let mut process = Dev::start_configured_with(&data, &first, options);
        let place = process.p2p();
        let config = config.replace("PLACE", &place);
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        self.members.push(Member { process: Some(process), data, config, place, options });
        self.members.len() - 1
    }

    pub fn kill(&mut self, node: usize) {
        let mut process = self.members[node].process.take().expect("it runs");
        process.stop("-KILL");
    }

    pub fn restart(&mut self, node: usize) {
        let Member { data, config, process, options, .. } = &mut self.members[node];
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        *process = Some(Dev::start_configured_with(data, config, &options));
    }

    /// Where a node takes connections of others.
    pub fn place(&self, node: usize) -> String {
        self.members[node].place.clone()
    }

    pub fn client(&self, node: usize) -> Client {
        self.process(node).client()
    }

    pub fn process(&self, node: usize) -> &Dev {
        self.members[node].process.as_ref().expect("it runs")
    }

    /// The result of a call.
    pub fn call(&self, node: usize, api: &str, method: &str, arguments: Value) -> Value {
        let mut answer = self.client(node).call(api, method, arguments).expect("an answer");
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].take()
    }

    pub fn head(&self, node: usize) -> u64 {
        let found = self.call(node, "database", "get_dynamic_global_properties", json!([]));
        found["head_block_number"].as_u64().expect("a number")
    }

    /// Number of the block of the newest snapshot that a node has written.
    pub fn newest_snapshot(&self, node: usize) -> u64 {
        let folder = self.members[node].data.join("snapshots");
        let names = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let whole = names.filter(|name| name.ends_with(".carb"));
        let number = |name: String| name.split('-').nth(1)?.parse().ok();
        whole.filter_map(number).max().unwrap_or_default()
    }

    /// A block as a node has it.
    pub fn block(&self, node: usize, number: u64) -> Value {
        self.call(node, "database", "get_block", json!([number]))
    }

    /// Why the last connections of a node ended.
    pub fn reasons(&self, node: usize) -> Vec<String> {
        let drops = self.health(node)["peers"]["last_drops"].take();
        let drops = drops.as_array().expect("a list").iter();
        drops.map(|drop| drop["reason"].as_str().expect("a reason").to_owned()).collect()
    }

    pub fn health(&self, node: usize) -> Value {
        let (_, text) = self.client(node).get("/health").expect("a page");
        serde_json::from_str(&text).expect("JSON")
    }

    /// Sends a transaction that pays the supply out to a node.
    pub fn claim(&self, node: usize) {
        let url = &self.process(node).url;
        let api = url.trim_start_matches("ws://").parse().expect("an address");
        assert!(
            pay_out("dev", &account_key().to_wif(), api, Dialect::REFERENCE).expect("it is taken")
        );
    }

    /// What the account has, as a node sees it.
    pub fn balance(&self, node: usize) -> i64 {
        let found = self.call(node, "database", "get_named_account_balances", json!(["dev", []]));
        let amount = &found[0]["amount"];
        amount.as_i64().or_else(|| amount.as_str()?.parse().ok()).unwrap_or_default()
    }
}
