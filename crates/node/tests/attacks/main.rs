//! What many can do to a node with default limits, and what an honest client beside them notices.
//!
//! `CARBYNE_ATTACK_SECONDS=30` attacks for longer than the test command has time for and holds the
//! node to exact figures; `CARBYNE_ATTACK=pings` makes one attack only; `CARBYNE_BINARY=FILE`
//! attacks another program, whatever it does, and only prints.

mod attacker;
#[allow(dead_code)]
#[path = "../harness/mod.rs"]
mod harness;
mod honest;
mod table;
mod transactions;

use attacker::{Attacker, Chain};
use harness::Dev;
use honest::{Honest, Seen};
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use table::{ATTACKS, Attack};

/// Witnesses of a chain that `carbyne dev` made.
const WITNESSES: usize = 11;
/// How long an attack lasts unless somebody has more time.
const SECONDS: u64 = 2;
/// How long an attacker waits after something went wrong.
const PAUSE: Duration = Duration::from_millis(20);

/// What a node is held to.
struct Bounds {
    p99: Duration,
    gap: Duration,
    missed: u64,
    memory_mib: u64,
}

/// The machine may be busy with other tests.
const SHORT: Bounds = Bounds {
    p99: Duration::from_secs(2),
    gap: Duration::from_secs(4),
    missed: 2,
    memory_mib: 1_024,
};
const LONG: Bounds = Bounds {
    p99: Duration::from_millis(100),
    gap: Duration::from_millis(1_500),
    missed: 0,
    memory_mib: 1_024,
};
const STOP: Duration = Duration::from_secs(10);

/// What came of an attack.
struct Outcome {
    seen: Seen,
    memory_mib: u64,
    stopped: Duration,
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn start(data: &Path) -> (Dev, Chain) {
    let mut maker = Dev::start_in(data, &["--instant"]);
    let properties = maker.client().call("database", "get_dynamic_global_properties", json!([]));
    let properties = properties.expect("answered");
    let payer = maker.client().call("database", "get_account_by_name", json!([maker.account]));
    let payer = payer.expect("answered")["result"]["id"].as_str().expect("an id").to_owned();
    let (id, key) = (maker.chain_id.clone(), maker.key.clone());
    let chain = Chain { id, payer, key, reference: reference(&properties["result"]) };
    maker.stop("-TERM");
    let key =
        |n| carbyne_crypto::PrivateKey::from_seed(&format!("carbyne dev witness {n}")).to_wif();
    let keys: Vec<_> = (0..WITNESSES).map(key).collect();
    let configuration = format!("[witness]\nprivate_keys = {}", json!(keys));
    (Dev::start_program(&variable("CARBYNE_BINARY"), data, &configuration), chain)
}

/// What transactions say of the block they build on.
fn reference(properties: &Value) -> (u16, u32) {
    let id = properties["head_block_id"].as_str().expect("an id");
    let id = hex::decode(id).expect("hexadecimal");
    let number = properties["head_block_number"].as_u64().expect("a number");
    (number as u16, u32::from_le_bytes([id[4], id[5], id[6], id[7]]))
}

fn attacked(attack: &Attack, seconds: u64) -> Outcome {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (mut node, chain) = start(&folder.path().join("data"));
    let chain = Arc::new(chain);
    let address = node.url.trim_start_matches("ws://").parse().expect("an address");
    let honest = Honest::start_at_a_block(node.url.clone());
    let mut threads = tokio::runtime::Builder::new_multi_thread();
    let threads = threads.worker_threads(1).on_thread_start(stand_back).enable_all();
    let attackers = threads.build().expect("threads");
    for number in 0..attack.attackers {
        // Not the address of the honest client.
        let last = u8::try_from(number % usize::from(attack.addresses)).expect("a number") + 2;
        let from = Ipv4Addr::new(127, 0, 0, last);
        let attacker = Attacker { node: address, from, number, chain: chain.clone() };
        let run = attack.run;
        attackers.spawn(async move {
            loop {
                let _whatever_the_node_does = run(attacker.clone()).await;
                tokio::time::sleep(PAUSE).await;
            }
        });
    }
    std::thread::sleep(Duration::from_secs(seconds));
    let seen = honest.stop();
    let memory_mib = peak_memory_mib(node.id());
    let stopped = node.stop("-TERM");
    attackers.shutdown_background();
    Outcome { seen, memory_mib, stopped }
}

/// Attackers have machines of their own: they are not to take the processors of this one from the
/// node and from the honest client.
fn stand_back() {
    rustix::process::setpriority_process(None, 19).expect("a thread may have less");
}

fn peak_memory_mib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    // A node that is gone has used all it could.
    kib.map_or(u64::MAX, |kib: u64| kib >> 10)
}

/// What the node did not stand.
fn faults(outcome: &Outcome, bounds: &Bounds) -> Vec<String> {
    let Outcome { seen, memory_mib, stopped } = outcome;
    let mut faults = Vec::new();
    let mut check = |is_held: bool, what: String| {
        if !is_held {
            faults.push(what);
        }
    };
    check(seen.p99() <= bounds.p99, format!("p99 {:?}: {}", seen.p99(), seen.unanswered.1));
    check(seen.longest_gap <= bounds.gap, format!("no block for {:?}", seen.longest_gap));
    check(seen.missed <= bounds.missed, format!("{} slots missed", seen.missed));
    check(*memory_mib <= bounds.memory_mib, format!("{memory_mib} MiB"));
    check(*stopped <= STOP, format!("it stopped after {stopped:?}"));
    faults
}

#[test]
fn an_honest_client_notices_nothing_of_attacks() {
    let long = variable("CARBYNE_ATTACK_SECONDS").and_then(|seconds| seconds.parse().ok());
    let (seconds, bounds) = long.map_or((SECONDS, SHORT), |seconds| (seconds, LONG));
    let only = variable("CARBYNE_ATTACK");
    let chosen =
        ATTACKS.iter().filter(|attack| only.as_ref().is_none_or(|name| name == attack.name));
    println!(
        "| {:33} | {:>10} | {:>10} | {:>6} | {:>10} | {:>8} |",
        "attack", "honest p99", "gap", "missed", "memory MiB", "SIGTERM"
    );
    let mut failed = Vec::new();
    for attack in chosen {
        let outcome = attacked(attack, seconds);
        println!(
            "| {:33} | {:>7} ms | {:>7} ms | {:>6} | {:>10} | {:>5} ms |",
            attack.name,
            outcome.seen.p99().as_millis(),
            outcome.seen.longest_gap.as_millis(),
            outcome.seen.missed,
            outcome.memory_mib,
            outcome.stopped.as_millis(),
        );
        let faults = faults(&outcome, &bounds);
        if !faults.is_empty() {
            failed.push(format!("{}: {}", attack.name, faults.join(", ")));
        }
    }
    assert!(failed.is_empty() || variable("CARBYNE_BINARY").is_some(), "{}", failed.join("\n"));
}
