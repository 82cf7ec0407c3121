//! Nodes of one chain in a folder; the first has the keys of all witnesses.

use super::harness::{Client, Dev};
use carbyne_crypto::PrivateKey;
use carbyne_node::commands::genesis::pay_out;
use carbyne_node::core::public_keys;
use carbyne_node::genesis::{Recipe, make};
use carbyne_wire::{Dialect, TimePointSec};
use serde_json::{Value, json};
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
pub fn wait(what: &str, mut is_true: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_true() {
        assert!(start.elapsed() < PATIENCE, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
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
    account_key: PrivateKey,
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
        let folder = tempfile::tempdir().expect("a folder");
        let key = |n| PrivateKey::from_seed(&format!("peers witness {n}"));
        let keys: Vec<PrivateKey> = (0..WITNESSES).map(key).collect();
        let account_key = PrivateKey::from_seed("peers account");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        let genesis = make(&Recipe {
            dialect: Dialect::REFERENCE,
            time: TimePointSec(now as u32 / 5 * 5 - AGE),
            witnesses: &public_keys(&keys),
            account: "dev",
            account_key: account_key.public_key(),
            others: &[],
            block_interval: 1,
            maintenance_interval: 300,
            features: None,
        });
        std::fs::write(folder.path().join("genesis.json"), genesis).expect("written");
        let (members, peers_of_an_address) = (Vec::new(), 32);
        Self { folder, members, keys, account_key, snapshot_every, peers_of_an_address }
    }

    /// Starts one more node; gives its number.
    pub fn add(&mut self, name: &str, seeds: &[usize], is_witness: bool) -> usize {
        let config = self.config(name, seeds, is_witness);
        self.start(name, config, &[])
    }

    /// Starts one more node without a witness, with these options; gives its number.
    pub fn add_with(&mut self, name: &str, seeds: &[usize], options: &[&str]) -> usize {
        let config = self.config(name, seeds, false);
        self.start(name, config, options)
    }

    /// What a node that does not start says.
    pub fn refusal(&self, name: &str, options: &[&str]) -> String {
        let config = self.config(name, &[], false).replace("PLACE", "127.0.0.1:0");
        let file = self.folder.path().join(name).with_extension("toml");
        std::fs::write(&file, config).expect("written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_carbyne"));
        let command = command.args(["node", "--config"]).arg(file).args(options);
        let output = command.output().expect("it runs");
        assert!(!output.status.success(), "it starts");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn config(&self, name: &str, seeds: &[usize], is_witness: bool) -> String {
        let seeds: Vec<&str> =
            seeds.iter().map(|seed| self.members[*seed].place.as_str()).collect();
        let keys: Vec<String> = self.keys.iter().map(PrivateKey::to_wif).collect();
        let keys = if is_witness { keys } else { Vec::new() };
        let data = self.folder.path().join(name);
        let genesis = self.folder.path().join("genesis.json");
        let (snapshot_every, most) = (self.snapshot_every, self.peers_of_an_address);
        format!(
            "data_dir = {data:?}\ngenesis = {genesis:?}\n[api]\nlisten = \"127.0.0.1:0\"\n\
             open = [\"database\", \"network_broadcast\", \"block\", \"network_node\"]\n\
             [storage]\nsnapshot_every = {snapshot_every}\n\
             [p2p]\nlisten = \"PLACE\"\nseeds = {seeds:?}\nconnect_to_others = false\n\
             max_peers_per_address = {most}\n\
             [witness]\nprivate_keys = {keys:?}\nenable_stale_production = {is_witness}\n"
        )
    }

    fn start(&mut self, name: &str, config: String, options: &[&str]) -> usize {
        let data = self.folder.path().join(name);
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

    pub fn health(&self, node: usize) -> Value {
        let (_, text) = self.client(node).get("/health").expect("a page");
        serde_json::from_str(&text).expect("JSON")
    }

    /// Sends a transaction that pays the supply out to a node.
    pub fn claim(&self, node: usize) {
        let url = &self.process(node).url;
        let api = url.trim_start_matches("ws://").parse().expect("an address");
        assert!(
            pay_out("dev", &self.account_key.to_wif(), api, Dialect::REFERENCE)
                .expect("it is taken")
        );
    }

    /// What the account has, as a node sees it.
    pub fn balance(&self, node: usize) -> i64 {
        let found = self.call(node, "database", "get_named_account_balances", json!(["dev", []]));
        let amount = &found[0]["amount"];
        amount.as_i64().or_else(|| amount.as_str()?.parse().ok()).unwrap_or_default()
    }
}
