//! Several nodes of one chain in one process, connected over sockets of this machine.

use crate::chain;
use crate::transfers::{self, World};
use carbyne_api::Settings;
use carbyne_crypto::PrivateKey;
use carbyne_net::message::Object;
use carbyne_net::{Config, carbyne_member};
use carbyne_node::core::{Event, Node, Production, Storage, start};
use carbyne_node::home::Home;
use carbyne_node::p2p::{self, Running};
use carbyne_node::run;
use std::net::{SocketAddr, SocketAddrV4, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How nodes speak with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// As Carbyne nodes.
    Carbyne,
    /// As if each other were bitshares-core.
    Reference,
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
}

impl Mesh {
    /// So many nodes, each connected to the two before it, or to the one before it if there are
    /// three; one makes the blocks.
    pub fn start(
        folder: &Path,
        count: usize,
        producer: usize,
        speech: Speech,
        accounts: u64,
    ) -> (Self, World) {
        let genesis = transfers::genesis();
        let mut mesh = Self { runtime: run::threads().expect("threads"), members: Vec::new() };
        let mut places: Vec<SocketAddrV4> = Vec::new();
        let seeds_each = if count > 3 { 2 } else { 1 };
        let mut found = None;
        for number in 0..count {
            let data = folder.join(number.to_string());
            let (home, world) = World::open_with(&data, genesis.clone(), accounts);
            found.get_or_insert(world);
            let seeds = places.iter().rev().take(seeds_each).map(ToString::to_string).collect();
            let keys = if number == producer { chain::witness_keys() } else { Vec::new() };
            let (member, place) = mesh.member((home, keys), seeds, speech, data.join("p2p"));
            mesh.members.push(member);
            places.push(place);
        }
        (mesh, found.expect("a node"))
    }

    fn member(
        &self,
        (home, keys): (Home, Vec<PrivateKey>),
        seeds: Vec<String>,
        speech: Speech,
        folder: std::path::PathBuf,
    ) -> (Member, SocketAddrV4) {
        let storage =
            Storage { snapshot_every: 0, enable_stale_production: true, ..Storage::default() };
        let (by_the_clock, settings) = (Production::ByTheClock, Settings::default());
        let (node, core) =
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
        let core = std::thread::spawn(move || core.run());
        (Member { node, core, peers, blocks }, place)
    }

    /// Notes when a node tells of its blocks.
    fn watch(&self, node: &Arc<Node>) -> Receiver<Told> {
        let (sender, blocks) = channel();
        let mut events = node.subscribe();
        self.runtime.spawn(async move {
            while let Ok(event) = events.next().await {
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
    pub fn next_block(&mut self, node: usize, patience: Duration) -> Told {
        let blocks = &self.members[node].blocks;
        while blocks.try_recv().is_ok() {}
        blocks.recv_timeout(patience).expect("a block")
    }

    /// When a node told of a block.
    pub fn arrival(&mut self, node: usize, number: u32, patience: Duration) -> Instant {
        loop {
            let told = self.members[node].blocks.recv_timeout(patience).expect("a block");
            if told.number == number {
                return told.at;
            }
            assert!(told.number < number, "block {number} was not told of");
        }
    }

    /// Waits until every node tells of a block that was just made.
    pub fn wait_until_in_step(&mut self, patience: Duration) {
        let heads = |mesh: &Self| -> Vec<u32> {
            let head = |member: &Member| {
                member
                    .node
                    .read(|view| view.ledger.dynamic().map_or(0, |all| all.head_block_number))
            };
            mesh.members.iter().map(|member| head(member).unwrap_or_default()).collect()
        };
        let started = Instant::now();
        loop {
            std::thread::sleep(Duration::from_millis(200));
            let heads = heads(self);
            if heads[0] > 3 && heads.iter().all(|head| *head == heads[0]) {
                // Whoever made none has been told of all, and is told of new ones.
                std::thread::sleep(Duration::from_secs(2));
                return;
            }
            assert!(started.elapsed() < patience, "they are not in step: {heads:?}");
        }
    }

    /// Ends all; gives the bytes that they sent to each other.
    pub fn stop(self) -> u64 {
        let mut sent = 0;
        for member in self.members {
            sent += member.node.peers().map_or(0, |report| report.bytes_sent());
            member.peers.stop();
            member.node.stop();
            member.core.join().expect("no bug").expect("the core worked");
        }
        self.runtime.shutdown_background();
        sent
    }
}
