//! A node that feeds PostgreSQL while both are killed again and again and the chain switches
//! branches: in the end the database holds what the node's own history says, row by row.

#[path = "harness/chain.rs"]
#[allow(dead_code)]
mod chain;
#[path = "../../sink/tests/harness/cluster.rs"]
mod cluster;
#[allow(dead_code)]
mod harness;

use carbyne_ledger::Trust;
use carbyne_node::home::{Home, KeepHistory, read_block};
use carbyne_protocol::recovered::{Recover, RecoveredBlock};
use carbyne_protocol::transaction::SignedBlock;
use carbyne_wire::{Dialect, JsonIn};
use cluster::Cluster;
use harness::{Client, Dev};
use postgres::NoTls;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Blocks that are there before the database is.
const BEFORE: u32 = 300;
/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Produces the next block of a branch that the amount tells from others.
fn produce(home: &mut Home, amount: i64) -> SignedBlock {
    let (number, _) = chain::produce_with(home, amount).expect("a block");
    read_block(&home.kept.log.reader(), number).expect("a log").expect("the block")
}

fn push(home: &mut Home, block: &SignedBlock) {
    let block = RecoveredBlock::new(block.clone(), home.chain().chain_id(), Recover::Signatures);
    home.take_in(Arc::new(block), Trust::Nobody).expect("it applies");
    home.settle().expect("it is kept");
}

fn broadcast(node: &Dev, block: &SignedBlock) {
    let sent = node.client().call(
        "network_broadcast",
        "broadcast_block",
        json!([block.to_json_in(Dialect::REFERENCE)]),
    );
    assert_eq!(sent.expect("an answer")["error"], Value::Null);
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-r").args([from, to]).status().expect("cp");
    assert!(copied.success());
}

/// Runs `carbyne sink postgres`; what it printed.
fn sink(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carbyne"));
    let output = command.args(["sink", "postgres"]).args(arguments).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn connect(cluster: &Cluster) -> postgres::Client {
    let url = format!("{} options='-c search_path=carbyne'", cluster.url());
    postgres::Client::connect(&url, NoTls).expect("a connection")
}

fn position(cluster: &Cluster) -> u32 {
    let row = connect(cluster).query_one("SELECT block FROM position", &[]).expect("a row");
    row.get::<_, i64>(0) as u32
}

fn wait_for_position(cluster: &Cluster, wanted: u32) {
    let started = Instant::now();
    while position(cluster) < wanted {
        assert!(started.elapsed() < PATIENCE, "it does not come to block {wanted}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn node_and_database_die_and_every_operation_is_there_once() {
    let mut cluster = Cluster::start();
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let mut home =
        Home::open(&path("ours"), Some(chain::genesis()), KeepHistory::OnDisk).expect("a chain");
    for _ in 0..BEFORE {
        chain::produce(&mut home).expect("a block");
    }
    drop(home);
    copy(&path("ours"), &path("rival"));
    copy(&path("ours"), &path("node"));
    let mut ours = Home::open(&path("ours"), None, KeepHistory::OnDisk).expect("a chain");
    let mut rival = Home::open(&path("rival"), None, KeepHistory::OnDisk).expect("a chain");

    let config = format!("[sink.postgres]\nurl = \"{}\"\nbatch_operations = 3", cluster.url());
    let start = || Dev::start_node(&path("node"), &config);
    let mut node = start();
    sink(&["init", "--url", &cluster.url()]);
    for kill in 1..=6 {
        wait_for_position(&cluster, kill * 30);
        if kill % 2 == 0 {
            cluster.stop("-KILL");
            cluster.resume();
        } else {
            node.stop("-KILL");
            assert!(position(&cluster) < BEFORE, "killed in the middle");
            node = start();
        }
    }
    wait_for_position(&cluster, BEFORE);
    for round in 0..9 {
        // A block of ours, which two of the rival replace.
        broadcast(&node, &produce(&mut ours, 1_000 + round));
        for amount in [2_000, 3_000] {
            let block = produce(&mut rival, amount + round);
            push(&mut ours, &block);
            broadcast(&node, &block);
        }
        match round % 4 {
            0 => wait_for_position(&cluster, ours.chain().head_number()),
            1 => {
                node.stop("-KILL");
                node = start();
            }
            2 => {
                cluster.stop("-KILL");
                cluster.resume();
            }
            _ => {}
        }
    }
    wait_for_position(&cluster, ours.chain().head_number());
    assert_eq!(ours.chain().head_id(), rival.chain().head_id());
    check(&mut connect(&cluster), &node.client(), &ours);
    let (_, metrics) = node.client().get("/metrics").expect("a page");
    assert!(metrics.contains("carbyne_postgres_state{state=\"following\"} 1\n"));
    assert!(metrics.contains("carbyne_postgres_behind_blocks 0\n"));
    let status = sink(&["status", "--url", &cluster.url()]);
    let line = format!("block       {} {}", ours.chain().head_number(), ours.chain().head_id());
    assert!(status.contains(&line), "{status}");
}

/// Compares the database with the history that the node shows.
fn check(database: &mut postgres::Client, node: &Client, ours: &Home) {
    let operations =
        "SELECT jsonb_build_object('id', '1.11.' || id, 'op', jsonb_build_array(op_type, op),
        'result', result, 'block_num', block, 'trx_in_block', trx_in_block, 'op_in_trx', op_in_trx,
        'virtual_op', virtual_op, 'is_virtual', is_virtual,
        'block_time', to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS'))
        FROM operations ORDER BY id";
    let found = database.query(operations, &[]).expect("rows");
    let found: Vec<Value> = found.iter().map(|row| row.get(0)).collect();
    assert!(found.len() as u32 >= ours.chain().head_number(), "one a block at least");
    // One more than there are, which the node must not know.
    let ids: Vec<String> = (0..=found.len()).map(|number| format!("1.11.{number}")).collect();
    let mut wanted = Vec::new();
    for ids in ids.chunks(50) {
        let answer = node.call("database", "get_objects", json!([ids])).expect("an answer");
        wanted.extend(answer["result"].as_array().expect("objects").clone());
    }
    assert_eq!(wanted.pop(), Some(Value::Null));
    assert_eq!(found, wanted);
    let blocks = "SELECT number, encode(id, 'hex') FROM blocks ORDER BY number";
    let blocks = database.query(blocks, &[]).expect("rows");
    assert_eq!(blocks.len() as u32, ours.chain().head_number());
    for row in blocks {
        let block = read_block(&ours.kept.log.reader(), row.get::<_, i64>(0) as u32);
        let block = block.expect("a log").expect("a block");
        assert_eq!(row.get::<_, String>(1), block.id().to_string());
    }
}
