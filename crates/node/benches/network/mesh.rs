//! Several nodes of one chain in one process, connected over sockets of this machine. Whoever waits
//! for them waits for so long only, and is told what was missing.

use crate::chain;
use crate::transfers::{self, World};
use carbyne_api::{DebugRequest, Settings, View};
use carbyne_chain::Company;
use carbyne_crypto::PrivateKey;
use carbyne_net::frame::BLOCK_BYTES_MAX;
use carbyne_net::message::Object;
use carbyne_net::{Config, carbyne_member};
use carbyne_node::core::{Event, Node, Production, Storage, start};
use carbyne_node::home::Home;
use carbyne_node::p2p::{self, Running};
use carbyne_node::run;
use std::fmt::{Display, Formatter};
use std::net::{SocketAddr, SocketAddrV4, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How often it is looked whether something is so.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How nodes speak with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// As Carbyne nodes.
    Carbyne,
    /// As if each other were bitshares-core.
    Reference,
}

/// Who makes the blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Producer {
    /// That node, one a second.
    ByTheClock(usize),
    /// Whichever is told to.
    WhenTold,
}

/// A block that a node told of.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    pub number: u32,
    pub transactions: usize,
    pub at: Instant,
}

struct Member {
    node: Arc<Node>,
    core: JoinHandle<anyhow::Result<()>>,
    peers: Running,
    blocks: Receiver<Told>,
}

/// Nodes of one chain.
pub struct Mesh {
    pub runtime: Runtime,
    members: Vec<Member>,
    /// How long anything may take.
    patience: Duration,
}

/// The key of every witness, so that whoever is due can be told to make a block.
fn key() -> PrivateKey {
    chain::witness_keys().swap_remove(0)
}

impl Mesh {
    /// So many nodes, each connected to the two before it, or to the one before it if there are
    /// three.
    pub fn start(
        folder: &Path,
        count: usize,
        producer: Producer,
        (speech, accounts, patience): (Speech, u64, Duration),
    ) -> (Self, World) {
        let keys: Vec<_> = chain::witness_keys().iter().map(|_| key()).collect();
        let genesis = transfers::genesis_of(&keys);
        let runtime = run::threads().expect("threads");
        let mut mesh = Self { runtime, members: Vec::new(), patience };
        let mut places: Vec<SocketAddrV4> = Vec::new();
        let seeds_each = if count > 3 { 2 } else { 1 };
        let mut found = None;
        for number in 0..count {
            let data = folder.join(number.to_string());
            let (home, world) = World::open_with(&data, genesis.clone(), accounts);
            found.get_or_insert(world);
            let seeds = places.iter().rev().take(seeds_each).map(ToString::to_string).collect();
            let is_producer = producer == Producer::ByTheClock(number);
            let keys = if is_producer { vec![key()] } else { Vec::new() };
            let (member, place) = mesh.member((home, keys), seeds, speech, data.join("p2p"));
            mesh.members.push(member);
            places.push(place);
        }
        (mesh, found.expect("a node"))
    }

    fn member(
        &self,
        (mut home, keys): (Home, Vec<PrivateKey>),
        seeds: Vec<String>,
        speech: Speech,
        folder: std::path::PathBuf,
    ) -> (Member, SocketAddrV4) {
        let storage =
            Storage { snapshot_every: 0, enable_stale_production: true, ..Storage::default() };
        let (by_the_clock, settings) = (Production::ByTheClock, Settings::default());
        home.core.chain.set_company(Company::Peers { block_bytes_max: BLOCK_BYTES_MAX });
        let (node, runner) =
            start(home, keys, by_the_clock, settings, storage, |_| {}).expect("threads");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("it can");
        let SocketAddr::V4(place) = listener.local_addr().expect("an address") else {
            panic!("an IPv4 address");
        };
        let about = match speech {
            Speech::Carbyne => Object(vec![carbyne_member()]),
            Speech::Reference => Object::default(),
        };
        let net = Config { about, connects_to_new_peers: false, ..Config::default() };
        let (listen, unlimited) = (Some(place), 0);
        let settings = p2p::Settings {
            listen,
            seeds,
            net,
            upload_per_second: unlimited,
            download_per_second: unlimited,
            folder,
        };
        let peers = {
            let _inside = self.runtime.enter();
            p2p::start(&node, Some(listener), settings).expect("peers")
        };
        let blocks = self.watch(&node);
        let core = std::thread::Builder::new().name("core".to_owned());
        let core = core.spawn(move || runner.run()).expect("a thread");
        (Member { node, core, peers, blocks }, place)
    }

    /// Notes when a node tells of its blocks.
    fn watch(&self, node: &Arc<Node>) -> Receiver<Told> {
        let (sender, blocks) = channel();
        let weak = Arc::downgrade(node);
        let (mut events, runtime) = (node.subscribe(), self.runtime.handle().clone());
        // A thread of its own, which those of the sockets do not keep from listening.
        std::thread::spawn(move || {
            loop {
                let Ok(event) = runtime.block_on(events.next()) else {
                    // It fell behind all the same: what it missed is missing from what is counted.
                    let Some(node) = weak.upgrade() else { return };
                    events = node.subscribe();
                    continue;
                };
                let at = Instant::now();
                let Event::Block(event) = &*event else { continue };
                let block = event.applied.block.block();
                let (number, transactions) = (block.block_num(), block.transactions.len());
                if sender.send(Told { number, transactions, at }).is_err() {
                    return;
                }
            }
        });
        blocks
    }

    pub fn node(&self, number: usize) -> &Arc<Node> {
        &self.members[number].node
    }

    /// The next block of a node, from now on.
    pub fn next_block(&self, node: usize) -> Told {
        let blocks = &self.members[node].blocks;
        while blocks.try_recv().is_ok() {}
        self.told(node, "the next block")
    }

    /// Has a node make a block; when it told of it.
    pub fn make_block(&self, node: usize) -> Told {
        let request = DebugRequest::GenerateBlocks { key: key(), count: 1 };
        let blocks = &self.members[node].blocks;
        while blocks.try_recv().is_ok() {}
        self.runtime.block_on(self.node(node).debug(request)).expect("a block");
        self.told(node, "the block that it made")
    }

    /// When a node told of a block.
    pub fn arrival(&self, node: usize, number: u32) -> Instant {
        loop {
            let told = self.told(node, &format!("block {number}"));
            if told.number == number {
                return told.at;
            }
            assert!(told.number < number, "node {node} never told of block {number}");
        }
    }

    fn told(&self, node: usize, what: &str) -> Told {
        let told = self.members[node].blocks.recv_timeout(self.patience);
        told.unwrap_or_else(|_| {
            panic!("node {node} did not tell of {what} in {:?}; {self}", self.patience)
        })
    }

    /// Waits until something is so.
    fn wait(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let started = Instant::now();
        while !is_so(self) {
            assert!(started.elapsed() < self.patience, "{what} not in {:?}; {self}", self.patience);
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// The head block of each node, and the transactions that wait there.
    fn heads_and_pending(&self) -> Vec<(u32, usize)> {
        let one = |member: &Member| {
            let head = |view: &View<'_>| {
                view.ledger.dynamic().map_or(0, |dynamic| dynamic.head_block_number)
            };
            let head = member.node.read(head).unwrap_or_default();
            (head, member.node.pending().map_or(0, |(count, _)| count))
        };
        self.members.iter().map(one).collect()
    }

    /// Waits until every node has the first one's head block, and one above that number.
    pub fn wait_until_in_step(&self, above: u32) {
        self.wait("the same head block", |mesh| {
            let found = mesh.heads_and_pending();
            found[0].0 > above && found.iter().all(|(head, _)| *head == found[0].0)
        });
    }

    /// Waits until so many transactions wait for a block at every node.
    pub fn wait_for_pending(&self, count: usize) {
        self.wait("all transactions everywhere", |mesh| {
            mesh.heads_and_pending().iter().all(|(_, pending)| *pending == count)
        });
    }

    /// Bytes that the nodes sent to each other so far.
    pub fn bytes_sent(&self) -> u64 {
        let of = |member: &Member| member.node.peers().map_or(0, |report| report.bytes_sent());
        self.members.iter().map(of).sum()
    }

    /// Ends all.
    pub fn stop(self) {
        for member in self.members {
            member.peers.stop();
            member.node.stop();
            member.core.join().expect("no bug").expect("the core worked");
        }
        self.runtime.shutdown_background();
    }
}

/// How far the nodes are, for who waited in vain.
impl Display for Mesh {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        for (number, member) in self.members.iter().enumerate() {
            let (head, pending) = self.heads_and_pending()[number];
            let report = member.node.peers().map(|report| report.present()).unwrap_or_default();
            let (peers, offset) = (report.count(), report.clock_offset);
            let clocks = format_args!("clocks {offset:?} us off");
            write!(f, "node {number}: block {head}, {pending} pending, {peers} peers, {clocks}; ")?;
        }
        Ok(())
    }
}
