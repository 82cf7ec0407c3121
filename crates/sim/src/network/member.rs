//! A machine among others: the node on it, its clock, and what it is working on.

use super::newcomer::Newcomer;
use crate::genesis::DIALECT;
use crate::machine::Machine;
use carbyne_core::{Now, Outcome};
use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_net::Verdict;
use carbyne_net::message::{Endpoint, Object};
use carbyne_net::{Config, Identity, Node, Now as Moment, Record, carbyne_member};
use carbyne_node::p2p::Giving;
use carbyne_peers::{Asked, Log, Peers, Told, verdict};
use carbyne_store::BlockReader;
use carbyne_store::simulated::Chance;
use carbyne_wire::{Digest, Hash160};
use std::collections::VecDeque;

/// What a machine is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nature {
    /// As it should be, but for what happens to it.
    Good,
    /// It takes its time.
    Slow,
    /// Its blocks leave late.
    Late,
    /// It has the key of another machine as well, without a record that both share: two blocks of
    /// one slot are signed.
    Twin,
    /// It offers blocks that are not valid.
    Forger,
}

/// The blocks on the disk of a machine.
struct Logged(BlockReader);

impl Log for Logged {
    fn first(&self) -> Option<u32> {
        self.0.first()
    }

    fn id(&self, number: u32) -> Option<Hash160> {
        self.0.id(number).ok().flatten().map(Digest)
    }

    fn ids(&self, number: u32, count: usize) -> Vec<Hash160> {
        let ids = self.0.ids(number, count).unwrap_or_default();
        ids.into_iter().map(Digest).collect()
    }

    fn block(&self, number: u32) -> Option<(Hash160, Vec<u8>)> {
        self.0.block(number).ok().flatten().map(|block| (Digest(block.id), block.bytes))
    }
}

/// A machine among others.
pub(super) struct Member {
    pub(super) machine: Machine,
    pub(super) nature: Nature,
    /// The node among its peers, while it runs.
    pub(super) peers: Option<Peers>,
    /// How far its clock is ahead, in microseconds.
    pub(super) clock: i64,
    /// When its peers want to be asked again, by its clock.
    pub(super) peers_wake: Moment,
    /// What waits for the core.
    pub(super) waiting: VecDeque<Asked>,
    /// What the core did with what came from peers, which they are told when it is on disk.
    pub(super) unwritten: Vec<(Asked, Verdict)>,
    pub(super) is_working: bool,
    pub(super) is_writing: bool,
    /// When it is started again, in microseconds.
    pub(super) back_at: i64,
    /// Whether its disk may fail.
    pub(super) is_hurt: bool,
    /// Whether it has no chain, and is to take a state from others.
    pub(super) is_new: bool,
    /// While it does so.
    pub(super) newcomer: Option<Newcomer>,
    /// Number of the block of its last snapshot.
    pub(super) snapshot: u32,
    /// Number of the newest block that cannot be undone, of those that were looked at.
    pub(super) last_final: u32,
    /// The nodes it has heard of.
    records: Vec<Record>,
    runs: u32,
}

/// Where a machine takes connections.
pub(super) fn endpoint(at: usize) -> Endpoint {
    Endpoint { address: 0x0102_0300 + at as u32, port: 1776 }
}

/// Which machine takes connections there.
pub(super) fn machine_at(endpoint: Endpoint) -> usize {
    endpoint.address.wrapping_sub(0x0102_0300) as usize
}

/// A node of the peer protocol as it starts.
pub(super) fn node(
    at: usize,
    run: u32,
    chain_id: Digest<32>,
    chance: &mut Chance,
    records: Vec<Record>,
) -> Node {
    // Some are as the reference's.
    let about = match chance.below(3) {
        0 => Object::default(),
        _ => Object(vec![carbyne_member()]),
    };
    let tags = DIALECT.tags();
    let config = Config { tags, listen: Some(endpoint(at)), about, ..Config::default() };
    Node::new(identity(at, run, chain_id), config, records)
}

/// Who a node is at one of its starts.
pub(super) fn identity(at: usize, run: u32, chain_id: Digest<32>) -> Identity {
    let mut node_id = PublicKey([2; 33]);
    node_id.0[1] = at as u8;
    node_id.0[2..6].copy_from_slice(&run.to_le_bytes());
    let key = PrivateKey::from_seed(&format!("machine {at}"));
    Identity { key, node_id, chain_id }
}

impl Member {
    /// A machine that is off; it has heard of so many others.
    pub(super) fn new(machine: Machine, nature: Nature, others: usize) -> Self {
        let record = |at| Record { endpoint: endpoint(at), ..Record::default() };
        Self {
            machine,
            nature,
            peers: None,
            clock: 0,
            peers_wake: Moment(0),
            waiting: VecDeque::new(),
            unwritten: Vec::new(),
            is_working: false,
            is_writing: false,
            back_at: 0,
            is_hurt: false,
            is_new: false,
            newcomer: None,
            snapshot: 0,
            last_final: 0,
            records: (0..others).map(record).collect(),
            runs: 0,
        }
    }

    /// What its clock says.
    pub(super) fn moment(&self, now: i64) -> Moment {
        Moment(now + self.clock)
    }

    /// The same for the core.
    pub(super) fn now(&self, now: i64) -> Now {
        Now((now + self.clock) / 1_000)
    }

    /// The node came up: it meets others.
    pub(super) fn meet(&mut self, at: usize, chain_id: Digest<32>, chance: &mut Chance) {
        let records = self.records.clone();
        let node = node(at, self.next_run(), chain_id, chance, records);
        let told = self.machine.with(|life| {
            let states = Box::new(Giving::new(life.snapshots.clone()));
            Told::of(life.chain(), Box::new(Logged(life.kept.log.reader()))).giving(states)
        });
        self.peers = told.map(|told| Peers::new(node, told));
        self.snapshot = self.machine.with(|life| life.began_at).unwrap_or_default();
        self.peers_wake = Moment(0);
    }

    /// The number of the next start.
    pub(super) fn next_run(&mut self) -> u32 {
        self.runs += 1;
        self.runs
    }

    /// The node is gone, with what it was working on.
    pub(super) fn leave(&mut self) {
        self.newcomer = None;
        if let Some(peers) = self.peers.take() {
            self.records = peers.node().book().records().cloned().collect();
        }
        self.waiting.clear();
        self.unwritten.clear();
        self.is_working = false;
        self.is_writing = false;
    }

    /// The core did what a peer asked for.
    pub(super) fn did(&mut self, asked: Asked, outcome: &Outcome) {
        self.unwritten.push((asked, verdict(outcome)));
    }
}
