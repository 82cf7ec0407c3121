//! Nodes of one chain in a folder; the first has the keys of all witnesses.

use super::harness::{Client, Dev};
use carbyne_crypto::PrivateKey;
use carbyne_node::commands::genesis::pay_out;
use carbyne_node::core::public_keys;
use carbyne_node::genesis::{Recipe, make};
use carbyne_wire::TimePointSec;
use serde_json::{Value, json};
use std::path::PathBuf;
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
}

/// Nodes of one chain.
pub struct Network {
    folder: TempDir,
    members: Vec<Member>,
    keys: Vec<PrivateKey>,
    account_key: PrivateKey,
}

impl Network {
    /// A chain without nodes yet.
    pub fn begin() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let key = |n| PrivateKey::from_seed(&format!("peers witness {n}"));
        let keys: Vec<PrivateKey> = (0..WITNESSES).map(key).collect();
        let account_key = PrivateKey::from_seed("peers account");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        let genesis = make(&Recipe {
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
        Self { folder, members: Vec::new(), keys, account_key }
    }

    /// Starts one more node; gives its number.
    pub fn add(&mut self, name: &str, seeds: &[usize], is_witness: bool) -> usize {
        let seeds: Vec<&str> =
            seeds.iter().map(|seed| self.members[*seed].place.as_str()).collect();
        let keys: Vec<String> = self.keys.iter().map(PrivateKey::to_wif).collect();
        let keys = if is_witness { keys } else { Vec::new() };
        let data = self.folder.path().join(name);
        let genesis = self.folder.path().join("genesis.json");
        let config = format!(
            "data_dir = {data:?}\ngenesis = {genesis:?}\n[api]\nlisten = \"127.0.0.1:0\"\n\
             open = [\"database\", \"network_broadcast\", \"block\", \"network_node\"]\n\
             [p2p]\nlisten = \"PLACE\"\nseeds = {seeds:?}\nconnect_to_others = false\n\
             [witness]\nprivate_keys = {keys:?}\nenable_stale_production = {is_witness}\n"
        );
        let first = config.replace("PLACE", "127.0.0.1:0");
        let mut process = Dev::start_configured(&data, &first);
        let place = process.p2p();
        let config = config.replace("PLACE", &place);
        self.members.push(Member { process: Some(process), data, config, place });
        self.members.len() - 1
    }

    pub fn kill(&mut self, node: usize) {
        let mut process = self.members[node].process.take().expect("it runs");
        process.stop("-KILL");
    }

    pub fn restart(&mut self, node: usize) {
        let Member { data, config, process, .. } = &mut self.members[node];
        *process = Some(Dev::start_configured(data, config));
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

    pub fn health(&self, node: usize) -> Value {
        let (_, text) = self.client(node).get("/health").expect("a page");
        serde_json::from_str(&text).expect("JSON")
    }

    /// Sends a transaction that pays the supply out to a node.
    pub fn claim(&self, node: usize) {
        let url = &self.process(node).url;
        let api = url.trim_start_matches("ws://").parse().expect("an address");
        assert!(pay_out("dev", &self.account_key.to_wif(), api).expect("it is taken"));
    }

    /// What the account has, as a node sees it.
    pub fn balance(&self, node: usize) -> i64 {
        let found = self.call(node, "database", "get_named_account_balances", json!(["dev", []]));
        let amount = &found[0]["amount"];
        amount.as_i64().or_else(|| amount.as_str()?.parse().ok()).unwrap_or_default()
    }
}
