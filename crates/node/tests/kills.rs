//! A node that is killed at random moments under load, again and again: it starts again by itself,
//! every block it had told of is there, and its state and history are those of a node that never
//! died.

#[path = "harness/chain.rs"]
#[allow(dead_code)]
mod chain;
#[allow(dead_code)]
mod harness;
#[path = "harness/operations.rs"]
mod operations;

use carbyne_chain::ChainEvent;
use carbyne_crypto::PrivateKey;
use carbyne_ledger::Trust;
use carbyne_node::home::{Home, KeepHistory, read_block};
use carbyne_protocol::recovered::{Recover, RecoveredBlock};
use carbyne_store::simulated::Chance;
use carbyne_wire::{Digest, Hash160, Json, ObjectId, TimePointSec};
use harness::{Client, Dev};
use operations::Situation;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How often the node is killed; `CARBYNE_KILLS` says otherwise.
const KILLS: u64 = 20;
/// One kill of this many comes while the node starts.
const STARTS: u64 = 4;
/// Kinds of operations that must have been in blocks, of those that the load sends.
const SEEN_MIN: usize = 20;
/// Stands for a proposal that failed on its `assert`.
const FAILED: &str = "a failed proposal";
/// Options that make for many blocks and snapshots.
const OPTIONS: [&str; 3] = ["--instant", "--snapshot-every", "3"];

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Who sends what.
struct Sender {
    client: Client,
    key: PrivateKey,
    chain_id: Digest<32>,
    from: String,
    to: String,
}

impl Sender {
    fn of(dev: &Dev) -> io::Result<Self> {
        let client = dev.client();
        let names = json!([[dev.account, "init0"]]);
        let accounts = client.call("database", "get_accounts", names)?;
        let account = |n: usize| accounts["result"][n]["id"].as_str().expect("an id").to_owned();
        Ok(Self {
            client,
            key: PrivateKey::from_wif(&dev.key).expect("a key"),
            chain_id: Digest::from_json(&json!(dev.chain_id)).expect("a chain id"),
            from: account(0),
            to: account(1),
        })
    }

    /// Sends the operation whose turn it is and gives back the head block that the node tells of
    /// afterwards.
    fn send(&self, turn: u64) -> io::Result<(u32, Hash160)> {
        let (head, time) = self.head()?;
        let situation = Situation {
            account: &self.from,
            other: &self.to,
            key: &self.key.public_key().to_text("BTS"),
            turn,
            now: time.0,
            newest: &|space, type_| self.newest(space, type_).unwrap_or_default(),
        };
        let (name, operation) = situation.operation();
        let transaction = chain::signed(operation, head, time, &self.key, &self.chain_id);
        let json = transaction.transaction().to_json();
        let sent = self.client.call("network_broadcast", "broadcast_transaction", json!([json]))?;
        if name == "transfer" {
            assert_eq!(sent["error"], Value::Null);
        }
        Ok(self.head()?.0)
    }

    /// The number of the newest object of a type.
    fn newest(&self, space: u8, type_: u8) -> io::Result<u64> {
        let answer =
            self.client.call("database", "get_next_object_id", json!([space, type_, true]))?;
        let next = ObjectId::from_json(&answer["result"]).map_err(io::Error::other)?;
        Ok(next.instance.saturating_sub(1))
    }

    fn head(&self) -> io::Result<((u32, Hash160), TimePointSec)> {
        let answer = self.client.call("database", "get_dynamic_global_properties", json!([]))?;
        let found = &answer["result"];
        let number = found["head_block_number"].as_u64().ok_or(io::ErrorKind::UnexpectedEof)?;
        let id = Hash160::from_json(&found["head_block_id"]).expect("an id");
        let time = TimePointSec::from_json(&found["time"]).expect("a time");
        Ok(((number as u32, id), time))
    }
}

/// Sends operations until the node no longer answers; the blocks it told of come out.
fn load(dev: &Dev, first_turn: u64) -> Receiver<(u32, Hash160)> {
    let (told, tells) = channel();
    let sender = Sender::of(dev);
    std::thread::spawn(move || {
        let Ok(sender) = sender else { return };
        for turn in first_turn.. {
            let Ok(head) = sender.send(turn) else { return };
            let _nobody_listens = told.send(head);
        }
    });
    tells
}

/// Starts a node and kills it before it is ready.
fn kill_while_starting(data: &Path, after: Duration) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_carbyne"))
        .args(["dev", "--api", "127.0.0.1:0", "--data-dir"])
        .arg(data)
        .args(OPTIONS)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the node starts");
    std::thread::sleep(after);
    child.kill().expect("killed");
    child.wait().expect("ended");
}

/// Lets a node work for a while and kills it; gives the blocks it had told of.
fn kill_at_work(data: &Path, first_turn: u64, after: Duration) -> Vec<(u32, Hash160)> {
    let mut dev = Dev::start_in(data, &OPTIONS);
    let told = load(&dev, first_turn);
    std::thread::sleep(after);
    dev.stop("-KILL");
    told.iter().collect()
}

/// A node that never dies, which is given the blocks of the other.
struct Immortal {
    home: Home,
    /// Kinds of operations that were in blocks, and proposals that failed.
    seen: BTreeSet<&'static str>,
    _folder: tempfile::TempDir,
}

impl Immortal {
    fn new(data: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let genesis = std::fs::read(data.join("genesis.json")).expect("a genesis");
        let home = Home::open(folder.path(), Some(genesis), KeepHistory::OnDisk).expect("a chain");
        Self { home, seen: BTreeSet::new(), _folder: folder }
    }

    /// Checks blocks as any others and compares.
    fn compare(&mut self, mortal: &Home) {
        for number in self.home.chain().head_number() + 1..=mortal.chain().head_number() {
            let block = read_block(&mortal.kept.log.reader(), number).expect("readable");
            let block = block.expect("a block");
            let chain_id = self.home.chain().chain_id();
            let recovered = RecoveredBlock::new(block, chain_id, Recover::Signatures);
            self.home.take_in(Arc::new(recovered), Trust::Nobody).expect("a good block");
            for event in &self.home.settle().expect("on disk") {
                if let ChainEvent::Applied(applied) = event {
                    let names = applied.operations.iter().map(|one| one.op.stateless().name());
                    self.seen.extend(names);
                }
            }
            let has_failed = {
                let mut proposals = self.home.chain().ledger().tables.proposals.iter();
                proposals.any(|proposal| !proposal.fail_reason.to_string().is_empty())
            };
            self.seen.extend(has_failed.then_some(FAILED));
        }
        assert_eq!(self.home.chain().head_id(), mortal.chain().head_id());
        assert_eq!(self.home.chain().ledger().state_hash(), mortal.chain().ledger().state_hash());
        assert_eq!(mortal.history.failure(), None);
        assert!(self.home.history.pairs().eq(mortal.history.pairs()), "the histories differ");
    }
}

#[test]
fn kills_lose_no_block_and_change_neither_state_nor_history() {
    let kills = number("CARBYNE_KILLS", KILLS);
    let mut chance = Chance(number("CARBYNE_SEED", 1));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    kill_while_starting(&data, Duration::from_millis(chance.below(20)));
    let mut immortal = None;
    let (mut blocks, mut from_snapshot) = (0, 0);
    for kill in 0..kills {
        let after = Duration::from_millis(chance.below(500));
        let told = if kill % STARTS == STARTS - 1 {
            kill_while_starting(&data, after / 2);
            Vec::new()
        } else {
            kill_at_work(&data, u64::from(blocks) * operations::KINDS, after)
        };
        let home = Home::open(&data, None, KeepHistory::OnDisk).expect("it starts by itself");
        for (number, id) in told.iter().filter(|(number, _)| *number > 0) {
            let logged = home.kept.log.read_by_id(&id.0).expect("readable");
            assert!(logged.is_some(), "kill {kill}: block {number} is lost");
        }
        immortal.get_or_insert_with(|| Immortal::new(&data)).compare(&home);
        from_snapshot += u64::from(home.began_at > 0);
        blocks = home.chain().head_number();
    }
    assert!(from_snapshot > 0, "no start was from a snapshot");
    let seen = immortal.map(|immortal| immortal.seen).unwrap_or_default();
    assert!(seen.contains(FAILED), "no proposal failed: {seen:?}");
    assert!(seen.len() >= SEEN_MIN, "too few kinds of operations were in blocks: {seen:?}");
    println!("{kills} kills survived, {blocks} blocks, {from_snapshot} starts from a snapshot");
}
