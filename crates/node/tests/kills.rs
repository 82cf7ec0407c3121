//! A node that is killed at random moments under load, again and again: it starts again by itself,
//! every block it had told of is there, and its state and history are those of a node that never
//! died.

#[path = "harness/founding.rs"]
mod founding;
#[allow(dead_code)]
mod harness;
#[path = "harness/operations/mod.rs"]
mod operations;

use carbyne_chain::ChainEvent;
use carbyne_crypto::PrivateKey;
use carbyne_ledger::Trust;
use carbyne_node::home::{Home, KeepHistory, read_block};
use carbyne_protocol::ops::Operation;
use carbyne_protocol::recovered::{Recover, RecoveredBlock};
use carbyne_protocol::transaction::{SignedTransaction, ref_block_prefix};
use carbyne_store::simulated::Chance;
use carbyne_wire::{Dialect, Digest, Hash160, Json, JsonIn, ObjectId, TimePointSec};
use harness::{Client, Dev};
use operations::{Situation, turns};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Sender as Teller, channel};
use std::time::Duration;

/// How often the node is killed; `CARBYNE_KILLS` says otherwise.
const KILLS: u64 = 20;
/// One kill of this many comes while the node starts.
const STARTS: u64 = 4;
/// So many more kills, each after a while that is long enough for every operation, while there are
/// operations that were in no block yet.
const MORE: u64 = 10;
/// That while.
const LONG: Duration = Duration::from_secs(3);
/// Stands for a proposal that failed on its `assert`.
const FAILED: &str = "a failed proposal";
/// Options that make for many blocks and snapshots.
const OPTIONS: [&str; 3] = ["--instant", "--snapshot-every", "3"];

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// The block on which a transaction builds.
#[derive(Clone, Copy)]
struct Head {
    number: u32,
    id: Hash160,
    time: TimePointSec,
}

/// What a node told of a turn.
struct Told {
    turn: u64,
    /// The head block afterwards.
    head: Head,
    /// The operations and the reason, if the node refused them.
    refused: Option<(Vec<&'static str>, String)>,
}

/// Who sends what.
struct Sender {
    client: Client,
    keys: BTreeMap<String, PrivateKey>,
    chain_id: Digest<32>,
    parameters: Value,
    me: String,
    my_key: String,
    committee: Vec<String>,
    votes: Vec<String>,
}

impl Sender {
    fn of(dev: &Dev) -> io::Result<Self> {
        let client = dev.client();
        let names: Vec<String> =
            [dev.account.clone()].into_iter().chain(founding::committee()).collect();
        let accounts = client.call("database", "get_accounts", json!([names]))?;
        let account = |n: usize| accounts["result"][n]["id"].as_str().expect("an id").to_owned();
        let members: Vec<String> = (1..names.len()).map(|n| format!("1.5.{}", n - 1)).collect();
        let members = client.call("database", "get_committee_members", json!([members]))?;
        let members = members["result"].as_array().into_iter().flatten();
        let votes = members.map(|one| one["vote_id"].as_str().expect("a vote").to_owned());
        let global = client.call("database", "get_global_properties", json!([]))?;
        let text = |key: &PrivateKey| key.public_key().to_text("BTS");
        Ok(Self {
            client,
            keys: founding::producer_keys().into_iter().map(|key| (text(&key), key)).collect(),
            chain_id: Digest::from_json(&json!(dev.chain_id)).expect("a chain id"),
            parameters: global["result"]["parameters"].clone(),
            me: account(0),
            my_key: text(&PrivateKey::from_wif(&dev.key).expect("a key")),
            committee: (1..names.len()).map(account).collect(),
            votes: votes.collect(),
        })
    }

    /// Sends the operations whose turn it is.
    fn send(&self, turn: u64, on: Head) -> io::Result<Told> {
        let situation = Situation {
            me: &self.me,
            other: &self.committee[0],
            committee: &self.committee,
            votes: &self.votes,
            key: &self.my_key,
            parameters: &self.parameters,
            turn,
            head: on.id.to_string(),
            now: on.time,
            newest: &|space, type_| self.newest(space, type_).unwrap_or_default(),
        };
        let (names, operations): (Vec<_>, Vec<_>) = situation.operations().into_iter().unzip();
        let transaction = self.signed(operations, on)?.to_json_in(Dialect::REFERENCE);
        let sent =
            self.client.call("network_broadcast", "broadcast_transaction", json!([transaction]))?;
        let refused = sent["error"]["message"].as_str().map(|reason| (names, reason.to_owned()));
        Ok(Told { turn, head: self.head()?, refused })
    }

    /// A transaction with the signatures that the node asks for.
    fn signed(&self, operations: Vec<Operation>, on: Head) -> io::Result<SignedTransaction> {
        let mut transaction = SignedTransaction {
            ref_block_num: on.number as u16,
            ref_block_prefix: ref_block_prefix(&on.id),
            expiration: on.time.wrapping_add(600),
            operations: operations.into(),
            ..SignedTransaction::default()
        };
        let available: Vec<&String> = self.keys.keys().collect();
        let arguments = json!([transaction.to_json_in(Dialect::REFERENCE), available]);
        let needed = self.client.call("database", "get_required_signatures", arguments)?;
        for key in needed["result"].as_array().into_iter().flatten() {
            transaction.sign(&self.keys[key.as_str().expect("a key")], &self.chain_id);
        }
        Ok(transaction)
    }

    /// The number of the newest object of a type.
    fn newest(&self, space: u8, type_: u8) -> io::Result<u64> {
        let answer =
            self.client.call("database", "get_next_object_id", json!([space, type_, true]))?;
        let next = ObjectId::from_json(&answer["result"]).map_err(io::Error::other)?;
        Ok(next.instance.saturating_sub(1))
    }

    fn head(&self) -> io::Result<Head> {
        let answer = self.client.call("database", "get_dynamic_global_properties", json!([]))?;
        let found = &answer["result"];
        let number = found["head_block_number"].as_u64().ok_or(io::ErrorKind::UnexpectedEof)?;
        let id = Hash160::from_json(&found["head_block_id"]).expect("an id");
        let time = TimePointSec::from_json(&found["time"]).expect("a time");
        Ok(Head { number: number as u32, id, time })
    }
}

/// Sends operations until the node no longer answers.
fn load(sender: &Sender, first_turn: u64, tell: &Teller<Told>) -> io::Result<()> {
    let mut head = sender.head()?;
    for turn in first_turn.. {
        let told = sender.send(turn, head)?;
        head = told.head;
        tell.send(told).map_err(io::Error::other)?;
    }
    Ok(())
}

/// The options with which a node begins a chain, or goes on with it.
struct Options(Vec<String>);

impl Options {
    fn new(genesis: &Path) -> Self {
        std::fs::write(genesis, founding::genesis()).expect("written");
        let keys = founding::producer_keys();
        let keys = keys.iter().flat_map(|key| ["--witness-key".to_owned(), key.to_wif()]);
        let genesis = ["--genesis".to_owned(), genesis.display().to_string()];
        Self(OPTIONS.map(str::to_owned).into_iter().chain(genesis).chain(keys).collect())
    }

    /// Starts a node and kills it before it is ready.
    fn kill_while_starting(&self, data: &Path, after: Duration) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_carbyne"))
            .args(["dev", "--api", "127.0.0.1:0", "--data-dir"])
            .arg(data)
            .args(&self.0)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the node starts");
        std::thread::sleep(after);
        child.kill().expect("killed");
        child.wait().expect("ended");
    }

    /// Lets a node work for a while and kills it; gives what it had told.
    fn kill_at_work(&self, data: &Path, first_turn: u64, after: Duration) -> Vec<Told> {
        let options: Vec<&str> = self.0.iter().map(String::as_str).collect();
        let mut dev = Dev::start_in(data, &options);
        let sender = Sender::of(&dev).expect("it answers");
        let (tell, told) = channel();
        let loading = std::thread::spawn(move || load(&sender, first_turn, &tell));
        std::thread::sleep(after);
        dev.stop("-KILL");
        let _does_not_answer_any_more = loading.join().expect("the load ends");
        told.iter().collect()
    }
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

/// A node that is killed again and again, and what became of it so far.
struct Ordeal {
    data: PathBuf,
    options: Options,
    immortal: Option<Immortal>,
    /// The turn with which the load goes on.
    turn: u64,
    /// Why operations were refused the last time.
    refused: BTreeMap<&'static str, String>,
    from_snapshot: u64,
}

impl Ordeal {
    fn new(folder: &Path) -> Self {
        Self {
            data: folder.join("data"),
            options: Options::new(&folder.join("genesis.json")),
            immortal: None,
            turn: 0,
            refused: BTreeMap::new(),
            from_snapshot: 0,
        }
    }

    fn kill_while_starting(&self, after: Duration) {
        self.options.kill_while_starting(&self.data, after);
    }

    fn kill_at_work(&mut self, after: Duration) {
        let told = self.options.kill_at_work(&self.data, self.turn, after);
        let home = self.check();
        for head in told.iter().map(|told| told.head).filter(|head| head.number > 0) {
            let logged = home.kept.log.read_by_id(&head.id.0).expect("readable");
            assert!(logged.is_some(), "block {} is lost", head.number);
        }
        self.turn = told.last().map_or(self.turn, |told| told.turn + 1);
        for (names, reason) in told.into_iter().filter_map(|told| told.refused) {
            self.refused.extend(names.into_iter().map(|name| (name, reason.clone())));
        }
    }

    /// Looks at what is left of the node, which starts by itself.
    fn check(&mut self) -> Home {
        let home = Home::open(&self.data, None, KeepHistory::OnDisk).expect("it starts by itself");
        self.immortal.get_or_insert_with(|| Immortal::new(&self.data)).compare(&home);
        self.from_snapshot += u64::from(home.began_at > 0);
        home
    }

    /// What should have been in blocks and was not, and why it was refused.
    fn missing(&self) -> Vec<(&'static str, Option<&String>)> {
        let real = Operation::TABLE.iter().filter(|(_, _, is_real)| *is_real);
        let wanted = real.map(|(_, name, _)| *name).chain([FAILED]);
        let is_seen = |name| self.immortal.iter().any(|immortal| immortal.seen.contains(name));
        wanted.filter(|name| !is_seen(*name)).map(|name| (name, self.refused.get(name))).collect()
    }
}

#[test]
fn kills_lose_no_block_and_change_neither_state_nor_history() {
    let kills = number("CARBYNE_KILLS", KILLS);
    let mut chance = Chance(number("CARBYNE_SEED", 1));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut ordeal = Ordeal::new(folder.path());
    ordeal.kill_while_starting(Duration::from_millis(chance.below(20)));
    for kill in 0..kills {
        let after = Duration::from_millis(chance.below(500));
        if kill % STARTS == STARTS - 1 {
            ordeal.kill_while_starting(after / 2);
            ordeal.check();
        } else {
            ordeal.kill_at_work(after);
        }
    }
    let more = (0..MORE).take_while(|_| {
        let is_missing = !ordeal.missing().is_empty();
        if is_missing {
            ordeal.kill_at_work(LONG);
        }
        is_missing
    });
    let more = more.count();
    assert!(ordeal.missing().is_empty(), "in no block, last refused for: {:#?}", ordeal.missing());
    assert_eq!(ordeal.refused.get("transfer"), None);
    assert!(ordeal.from_snapshot > 0, "no start was from a snapshot");
    println!(
        "{kills} + {more} kills survived, {} turns in rounds of {}, {} starts from a snapshot, \
         refused at times: {:?}",
        ordeal.turn,
        turns(),
        ordeal.from_snapshot,
        ordeal.refused.keys()
    );
}
