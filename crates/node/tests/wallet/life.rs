//! The life of a user over the HTTP endpoint: every command of the table, in `life.txt`.

use crate::harness::{Client, Dev};
use crate::shapes::Shapes;
use carbyne_crypto::hash::sha512;
use carbyne_crypto::{PrivateKey, aes512};
use carbyne_node::genesis::{Recipe, make};
use carbyne_wire::{Bytes, Dialect, Json, JsonIn, TimePointSec};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const LIFE: &str = include_str!("life.txt");
const CONTRACTS: &str = include_str!("contracts.txt");
/// How long an answer may take to become what it should be.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many commands answer as the reference's wallet, at least.
const COMPARED_MIN: usize = 120;

/// A wallet that serves its commands.
pub struct Served {
    child: Child,
    address: String,
}

impl Served {
    /// Over HTTP.
    pub fn start(folder: &Path, dev: &Dev) -> Self {
        Self::start_at("--rpc-http-endpoint", folder, dev)
    }

    fn start_at(endpoint: &str, folder: &Path, dev: &Dev) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carbyne"));
        command.args(["wallet", endpoint, "127.0.0.1:0", "--node", &dev.url]);
        let command = command.current_dir(folder).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the wallet starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let address = line.trim().rsplit("://").next().expect("an address").to_owned();
        Self { child, address }
    }

    pub fn call(&self, method: &str, arguments: Value) -> Value {
        let client = Client::at(&self.address);
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": arguments });
        client.post(&body.to_string()).expect("answered").1
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _reaped_already = self.child.wait();
    }
}

/// A line of the script with what is expected of its answer.
struct Step<'a> {
    line: usize,
    method: &'a str,
    arguments: &'a str,
    expected: Vec<&'a str>,
}

fn steps(script: &'static str) -> Vec<Step<'static>> {
    let mut steps: Vec<Step<'static>> = Vec::new();
    for (line, text) in (1..).zip(script.lines()) {
        match (text.starts_with(' '), text.trim()) {
            (_, "") => {}
            (_, text) if text.starts_with('#') => {}
            (true, text) => steps.last_mut().expect("a step before").expected.push(text),
            (false, text) => {
                let (method, arguments) = text.split_once(' ').expect("a method and arguments");
                steps.push(Step { line, method, arguments, expected: Vec::new() });
            }
        }
    }
    steps
}

type Saved = BTreeMap<String, Value>;

/// A text with what was saved in the place of its names.
fn filled(text: &str, saved: &Saved) -> Value {
    let mut text = text.to_owned();
    // Longer names first: one may begin with another.
    for (name, value) in saved.iter().rev() {
        text = text.replace(&format!("\"${name}\""), &value.to_string());
        if let Some(inner) = value.as_str() {
            text = text.replace(&format!("${name}/"), &format!("{inner}/"));
        }
    }
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// What is wrong with an answer; keeps what is to be saved.
fn wrong(step: &Step<'_>, answer: &Value, saved: &mut Saved) -> Option<String> {
    let error = answer["error"]["message"].as_str();
    let expected_error = step.expected.iter().find_map(|line| line.strip_prefix("error "));
    match (error, expected_error) {
        (Some(said), Some(part)) if said.contains(part) => return None,
        (None, None) => {}
        _ => return Some(format!("expected {expected_error:?}, got {answer}")),
    }
    for line in &step.expected {
        let (what, rest) = line.split_once(' ').unwrap_or((line, ""));
        let pointer = |text: &str| text.trim_matches('"').to_owned();
        let at = |text: &str| answer["result"].pointer(&pointer(text)).cloned();
        let fits = match what {
            "=" => {
                let (place, value) = rest.split_once(' ').expect("a pointer and a value");
                at(place) == Some(filled(value, saved))
            }
            "?" => at(rest).is_some_and(|value| !value.is_null()),
            "save" => {
                let (name, place) = rest.split_once(' ').expect("a name and a pointer");
                let found = at(place);
                let is_there = found.is_some();
                saved.insert(name.to_owned(), found.unwrap_or_default());
                is_there
            }
            _ => true,
        };
        if !fits {
            return Some(format!("expected {line}, got {answer}"));
        }
    }
    None
}

/// Takes a step; its answer.
fn live(step: &Step<'_>, wallet: &Served, saved: &mut Saved) -> Value {
    let start = Instant::now();
    loop {
        let answer = wallet.call(step.method, filled(step.arguments, saved));
        let Some(why) = wrong(step, &answer, saved) else { return answer };
        let is_patient = step.expected.contains(&"eventually") && start.elapsed() < PATIENCE;
        assert!(is_patient, "line {}: {}: {why}", step.line, step.method);
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The head block's time and so many days.
fn after(days: u32, dev: &Dev) -> Value {
    let head = dev.client().call("database", "get_dynamic_global_properties", json!([]));
    let time = TimePointSec::from_json(&head.expect("answered")["result"]["time"]);
    time.expect("a time").wrapping_add(days * 86_400).to_json()
}

/// The Friday morning after tomorrow, on which options expire.
fn friday(dev: &Dev) -> Value {
    let tomorrow = TimePointSec::from_json(&after(1, dev)).expect("a time");
    let past = (tomorrow.0 - 115_200) % 604_800;
    TimePointSec(tomorrow.0 - past + 604_800).to_json()
}

/// A file with the key of `dev` as the reference exports keys.
fn export_keys(file: &Path, password: &str, dev: &Dev) {
    let key = PrivateKey::from_wif(&dev.key).expect("a key");
    let hash = sha512(password.as_bytes());
    let hidden = aes512::encrypt(&hash, &key.to_bytes());
    let item = json!({
        "account_name": "dev",
        "encrypted_private_keys": [Bytes(hidden).to_json()],
        "public_keys": [key.public_key().to_json_in(Dialect::REFERENCE)],
    });
    let checksum = Bytes(sha512(&hash).to_vec()).to_json();
    let exported = json!({ "password_checksum": checksum, "account_keys": [item] });
    std::fs::write(file, exported.to_string()).expect("written");
}

/// A chain whose committee allows contracts with hash locks from the beginning on.
fn chain_with_contracts(folder: &Path) -> Dev {
    let witness = PrivateKey::from_seed("a witness of a chain with contracts");
    let text = make(&Recipe {
        dialect: Dialect::REFERENCE,
        time: TimePointSec(1_900_000_000),
        witnesses: &[witness.public_key(); 11],
        account: "dev",
        account_key: carbyne_wallet::dev::account_key().public_key(),
        others: &[],
        block_interval: 5,
        maintenance_interval: 300,
        features: None,
    });
    let mut genesis: Value = serde_json::from_str(&text).expect("JSON");
    genesis["initial_parameters"]["extensions"]["updatable_htlc_options"] =
        json!({ "max_timeout_secs": 86_400 * 30, "max_preimage_size": 1_024 });
    let file = folder.join("genesis.json");
    std::fs::write(&file, genesis.to_string()).expect("written");
    let (file, key) = (file.to_str().expect("a text"), witness.to_wif());
    Dev::start(&["--instant", "--genesis", file, "--witness-key", &key])
}

/// Lives a script; the commands whose answers were compared with what the reference's wallet gives.
fn live_all(script: &'static str, dev: &Dev, folder: &Path) -> BTreeSet<&'static str> {
    let wallet = Served::start(folder, dev);
    let mut saved = Saved::new();
    for (name, value) in [("chain_id", &dev.chain_id), ("key", &dev.key)] {
        saved.insert(name.to_owned(), value.as_str().into());
    }
    let here = folder.to_str().expect("a text");
    saved.insert("folder".to_owned(), here.into());
    saved.insert("tomorrow".to_owned(), after(1, dev));
    // The committee has two weeks to look at what it decides.
    saved.insert("in_three_weeks".to_owned(), after(21, dev));
    saved.insert("in_four_weeks".to_owned(), after(28, dev));
    saved.insert("friday".to_owned(), friday(dev));
    export_keys(&folder.join("keys.json"), "exported", dev);
    let steps = steps(script);
    let (shapes, mut compared) = (Shapes::read(), BTreeSet::new());
    for step in &steps {
        let answer = live(step, &wallet, &mut saved);
        let Some(result) = answer.get("result") else { continue };
        if let Some(same) = shapes.differ(step.method, result) {
            let at = (step.line, step.method);
            same.unwrap_or_else(|why| panic!("line {}: {}: {why}", at.0, at.1));
            compared.insert(step.method);
        }
    }
    println!("{} steps over HTTP", steps.len());
    let left: Vec<&str> = shapes.commands().filter(|name| !compared.contains(name)).collect();
    println!("never answered: {left:?}");
    compared
}

#[test]
fn a_user_lives_over_http() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dev = chain_with_contracts(folder.path());
    let compared = live_all(LIFE, &dev, folder.path());
    println!("{} commands answer with the shapes of the reference", compared.len());
    assert!(compared.len() >= COMPARED_MIN, "{} commands compared", compared.len());
}

/// How many rows an answer of the node has.
pub fn rows(dev: &Dev, method: &str, arguments: Value) -> usize {
    let answer = dev.client().call("carbyne", method, arguments).expect("answered");
    let items = answer.pointer("/result/items").and_then(Value::as_array);
    items.unwrap_or_else(|| panic!("{method}: {answer}")).len()
}

/// The calls on the pages about contracts.
fn examples() -> Vec<String> {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/contracts");
    let pages = std::fs::read_dir(pages).expect("the pages").map(|entry| entry.expect("a page"));
    let texts = pages.map(|page| std::fs::read_to_string(page.path()).expect("a text"));
    let calls = |text: String| {
        let blocks = text.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
        blocks.filter(|block| block.contains("method")).map(str::to_owned).collect::<Vec<_>>()
    };
    texts.flat_map(calls).collect()
}

#[test]
fn a_user_has_contracts_and_the_node_tells_of_them() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dev = Dev::start(&["--instant", "--features", "all"]);
    live_all(CONTRACTS, &dev, folder.path());
    let examples = examples();
    assert!(examples.len() > 7, "{examples:?}");
    for example in examples {
        let answer = dev.client().post(&example).expect("answered").1;
        assert!(answer["result"].is_object() || answer["result"].is_array(), "{example} {answer}");
    }
    assert_eq!(rows(&dev, "list", json!(["list_option_tranches", [], null, 10])), 1);
    assert_eq!(rows(&dev, "list", json!(["get_listings_by_account", ["ann-1"], null, 10])), 1);
    assert_eq!(rows(&dev, "list", json!(["get_recurring_payments_by_due", [], null, 10])), 1);
    // Who is named in an operation, and who only had a part in it, both have it in their history.
    let of_kind = |who: &str, kind: u32| {
        rows(&dev, "account_history", json!([who, {"operations": [kind]}, null, 100]))
    };
    assert_eq!((of_kind("ann-1", 1_020), of_kind("bob-1", 1_020)), (2, 2));
    assert_eq!((of_kind("ann-1", 1_022), of_kind("bob-1", 1_022)), (1, 1));
    assert_eq!((of_kind("cid-1", 1_045), of_kind("bob-1", 1_045)), (1, 1));
    let by_list = json!(["get_account_history_operations", ["ann-1", 1_081], null, 10]);
    assert_eq!(rows(&dev, "list", by_list), 1);
    let of_gold = json!(["ann-1", {"operations": [1_060], "asset": "GOLD"}, null, 100]);
    assert_eq!(rows(&dev, "account_history", of_gold), 2);
}

#[test]
fn commands_go_over_a_websocket_and_pages_are_refused() {
    use tungstenite::client::IntoClientRequest;
    use tungstenite::{Message, connect};
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dev = Dev::start(&["--instant"]);
    let wallet = Served::start_at("--rpc-endpoint", folder.path(), &dev);
    let url = format!("ws://{}", wallet.address);
    let (mut socket, _) = connect(&url).expect("connected");
    let mut ask = |text: &str| -> Value {
        socket.send(Message::text(text)).expect("sent");
        let answer = socket.read().expect("answered").into_text().expect("a text");
        serde_json::from_str(&answer).expect("JSON")
    };
    // Both dialects, and what is neither.
    let plain = ask(r#"{"id": 1, "method": "get_account", "params": ["dev"]}"#);
    assert_eq!(plain["result"]["name"], "dev", "{plain}");
    let called = ask(r#"{"id": 2, "method": "call", "params": [0, "is_locked", []]}"#);
    assert_eq!((&called["id"], called["result"].is_boolean()), (&json!(2), true), "{called}");
    let unknown = ask(r#"{"id": 3, "method": "no_such_command", "params": []}"#);
    assert_eq!(unknown["error"]["code"], -32_601, "{unknown}");
    let garbage = ask("{");
    assert_eq!(garbage["error"]["code"], -32_700, "{garbage}");
    let mut from_a_page = url.into_client_request().expect("a request");
    from_a_page.headers_mut().insert("Origin", "http://example.com".parse().expect("a value"));
    assert!(connect(from_a_page).is_err(), "a page of a browser is refused");
}

/// Every command, as `help` lists them.
fn commands() -> BTreeSet<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let help = crate::carbyne(folder.path(), &["wallet", "--offline", "help"]);
    let lines = help.lines().filter(|line| line.starts_with("  "));
    lines.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn no_command_is_without_a_test() {
    let steps = [steps(LIFE), steps(CONTRACTS)];
    let used: BTreeSet<&str> = steps.iter().flatten().map(|step| step.method).collect();
    let unused: Vec<String> =
        commands().into_iter().filter(|name| !used.contains(name.as_str())).collect();
    println!("commands without a test: {unused:?}");
    assert!(unused.is_empty(), "commands without a test: {unused:?}");
}

/// The methods of the reference's wallet, version 7.0.2.
const REFERENCE: &str = include_str!("reference.txt");

#[test]
fn every_command_of_the_reference_is_there() {
    let commands = commands();
    let missing: Vec<&str> = REFERENCE.lines().filter(|name| !commands.contains(*name)).collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
    println!("{} of {} commands", REFERENCE.lines().count(), REFERENCE.lines().count());
}
