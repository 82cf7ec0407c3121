//! Nodes of a chain with eleven witnesses: the first node has all their keys, the others some. What
//! is on its way between them is one list.

use carbyne_chain::{Chain, ChainEvent};
use carbyne_core::{Core, Effects, Input, Now, Production};
use carbyne_crypto::PrivateKey;
use carbyne_ledger::{Ledger, Trust};
use carbyne_net::message::{Direction, Endpoint};
use carbyne_net::{
    ChainView, Config, ConnectionId, Effect, Identity, Input as Incoming, Node, Now as Moment,
    Place,
};
use carbyne_peers::{Asked, Item, Log, Peers, Told, verdict};
use carbyne_protocol::GenesisState;
use carbyne_protocol::genesis::{InitialAccount, InitialWitness};
use carbyne_protocol::ids::WitnessId;
use carbyne_protocol::ops::governance::witness_update::WitnessUpdate;
use carbyne_protocol::recovered::{Recover, RecoveredTransaction};
use carbyne_protocol::transaction::{BlockHeader, SignedBlock, SignedHeader, SignedTransaction};
use carbyne_wire::{Digest, Hash160, Id, Pack, TimePointSec};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

pub const CHAIN_ID: Digest<32> = Digest([7; 32]);
const START: TimePointSec = TimePointSec(1_900_000_000);
const WITNESSES: u32 = 11;
/// Seconds between blocks, those of a genesis that says nothing.
const INTERVAL: i64 = 5;
/// Microseconds from node to node.
const DELAY: i64 = 1_000;

pub fn key(witness: u32) -> PrivateKey {
    PrivateKey::from_seed(&format!("witness {witness}"))
}

pub fn ledger() -> Ledger {
    let mut genesis = GenesisState {
        initial_timestamp: START,
        initial_active_witnesses: u64::from(WITNESSES),
        ..GenesisState::default()
    };
    genesis.initial_parameters.current_fees.scale = 0;
    for witness in 0..WITNESSES {
        let owner_key = key(witness).public_key();
        let name = format!("witness{witness}");
        genesis.initial_accounts.push(InitialAccount {
            name: name.as_str().into(),
            owner_key,
            is_lifetime_member: true,
            ..InitialAccount::default()
        });
        let owner_name = name.as_str().into();
        let block_signing_key = owner_key;
        genesis.initial_witness_candidates.push(InitialWitness { owner_name, block_signing_key });
    }
    Ledger::from_genesis(&genesis, CHAIN_ID).expect("a state")
}

/// A log in memory.
#[derive(Clone, Default)]
pub struct Blocks(pub Arc<Mutex<BTreeMap<u32, SignedBlock>>>);

impl Log for Blocks {
    fn first(&self) -> Option<u32> {
        self.0.lock().unwrap().keys().next().copied()
    }

    fn id(&self, number: u32) -> Option<Hash160> {
        self.0.lock().unwrap().get(&number).map(SignedBlock::id)
    }

    fn block(&self, number: u32) -> Option<(Hash160, Vec<u8>)> {
        self.0.lock().unwrap().get(&number).map(|block| (block.id(), block.to_bytes()))
    }
}

struct Member {
    core: Core,
    peers: Peers,
    blocks: Blocks,
    /// What waits for a core that is held.
    held: Option<Vec<Asked>>,
    /// Why its connections ended.
    closed: Vec<String>,
}

/// Something on its way.
enum Event {
    Input(usize, Incoming),
    Bytes { to: (usize, ConnectionId), from: (usize, ConnectionId), bytes: Vec<u8> },
}

/// Nodes and what is on its way between them.
pub struct World {
    members: Vec<Member>,
    now: Moment,
    events: BTreeMap<(Moment, u64), Event>,
    sequence: u64,
    pipes: BTreeMap<(usize, ConnectionId), (usize, ConnectionId)>,
}

fn endpoint(number: usize) -> Endpoint {
    Endpoint { address: 0x0102_0300 + number as u32, port: 1776 }
}

impl World {
    /// So many nodes, each connected to the next.
    pub fn line(count: usize) -> Self {
        let mut world = Self {
            members: Vec::new(),
            now: Moment(i64::from(START.0) * 1_000_000),
            events: BTreeMap::new(),
            sequence: 0,
            pipes: BTreeMap::new(),
        };
        world.add();
        (1..count).for_each(|n| {
            world.join(n - 1);
        });
        world.settle();
        world
    }

    fn add(&mut self) -> usize {
        let number = self.members.len();
        let keys = (0..WITNESSES).filter(|n| number == 0 || n % 2 == 1).map(key).collect();
        let core = Core::new(Chain::new(ledger(), CHAIN_ID), keys, Production::ByTheClock);
        let mut node_id = PrivateKey::from_seed("number").public_key();
        node_id.0[5] = number as u8;
        let key = PrivateKey::from_seed(&format!("node {number}"));
        let identity = Identity { key, node_id, chain_id: CHAIN_ID };
        let config = Config { listen: Some(endpoint(number)), ..Config::default() };
        let blocks = Blocks::default();
        let told = Told::of(&core.chain, Box::new(blocks.clone()));
        let peers = Peers::new(Node::new(identity, config, []), told);
        self.members.push(Member { core, peers, blocks, held: None, closed: Vec::new() });
        self.later(0, Event::Input(number, Incoming::Tick));
        number
    }

    /// One more node, connected to that.
    pub fn join(&mut self, to: usize) -> usize {
        let number = self.add();
        self.connect(number, to);
        number
    }

    fn later(&mut self, delay: i64, event: Event) {
        self.sequence += 1;
        self.events.insert((Moment(self.now.0 + delay), self.sequence), event);
    }

    pub fn connect(&mut self, from: usize, to: usize) {
        self.sequence += 2;
        let ids = [ConnectionId(self.sequence), ConnectionId(self.sequence + 1)];
        self.pipes.insert((from, ids[0]), (to, ids[1]));
        self.pipes.insert((to, ids[1]), (from, ids[0]));
        let ephemeral = endpoint(from).with_port(40_000 + self.sequence as u16);
        let place = |direction, local, remote| Place { direction, local, remote };
        let out = place(Direction::Outbound, ephemeral, endpoint(to));
        let into = place(Direction::Inbound, endpoint(to), ephemeral);
        for (member, id, place) in [(from, ids[0], out), (to, ids[1], into)] {
            let key = Box::new(PrivateKey::from_seed(&format!("connection {}", id.0)));
            self.later(0, Event::Input(member, Incoming::Connected { id, place, key }));
        }
    }

    /// Cuts all connections between two nodes.
    pub fn part(&mut self, one: usize, other: usize) {
        let pipes = self.pipes.iter().map(|(from, to)| (*from, *to));
        let cut: Vec<_> = pipes.filter(|(from, to)| (from.0, to.0) == (one, other)).collect();
        for (from, to) in cut {
            self.pipes.remove(&from);
            self.pipes.remove(&to);
            self.later(0, Event::Input(from.0, Incoming::Closed(from.1)));
            self.later(0, Event::Input(to.0, Incoming::Closed(to.1)));
        }
        self.settle();
    }

    /// Has a node make so many blocks in slots of its witnesses.
    pub fn produce(&mut self, member: usize, count: u32) {
        let end = self.members[member].core.chain.head_number() + count;
        while self.members[member].core.chain.head_number() < end {
            self.run_until(Moment(self.now.0 + INTERVAL * 1_000_000));
            self.step(member, Input::Tick).expect("a tick");
        }
        self.settle();
    }

    /// Sends a transaction to a node; each number is another one.
    pub fn send(&mut self, member: usize, number: u32) {
        let ledger = self.members[member].core.chain.ledger();
        let head = ledger.head_time().expect("a time");
        let witness = ledger.get(Id(1) as WitnessId).expect("a witness");
        let update = WitnessUpdate {
            witness: Id(1),
            witness_account: witness.witness_account,
            new_signing_key: Some(witness.signing_key),
            ..WitnessUpdate::default()
        };
        let mut transaction = SignedTransaction {
            operations: [update.into()].into(),
            expiration: head.wrapping_add(60 + number),
            ..SignedTransaction::default()
        };
        transaction.sign(&key(0), &CHAIN_ID);
        let transaction = RecoveredTransaction::new(transaction, &CHAIN_ID, Recover::Signatures);
        let input = Input::Transaction(Arc::new(transaction), Trust::Nobody);
        self.step(member, input).expect("it is accepted");
        self.settle();
    }

    /// Has a node offer a block that no witness signed.
    pub fn forge(&mut self, member: usize) {
        let chain = &self.members[member].core.chain;
        let slot = chain.slot(1).expect("a slot");
        let header = BlockHeader {
            previous: chain.head_id(),
            timestamp: slot.time,
            witness: slot.witness,
            ..BlockHeader::default()
        };
        let witness_signature = PrivateKey::from_seed("nobody").sign(&header.digest().0);
        let signed_header = SignedHeader { header, witness_signature };
        let block = SignedBlock { signed_header, transactions: Vec::new() };
        self.run_until(Moment(self.now.0 + INTERVAL * 1_000_000));
        self.input(member, Incoming::NewBlock(Box::new(block)));
        self.settle();
    }

    /// Lets the core of a node do nothing until it is released.
    pub fn hold_core(&mut self, member: usize) {
        self.members[member].held = Some(Vec::new());
    }

    pub fn release_core(&mut self, member: usize) {
        let held = self.members[member].held.take().unwrap_or_default();
        held.into_iter().for_each(|asked| self.apply(member, &asked));
        self.settle();
    }

    /// A step of the core of a node, which its peers are told of at once.
    fn step(&mut self, member: usize, input: Input) -> carbyne_core::Outcome {
        let now = self.now;
        let Member { core, peers, blocks, .. } = &mut self.members[member];
        let mut done = Effects::default();
        let outcome = core.step(Now(now.0 / 1_000), input, &mut done);
        let mut effects = Vec::new();
        for event in &done.events {
            if let ChainEvent::Applied(applied) = event {
                let block = applied.block.block().clone();
                blocks.0.lock().unwrap().insert(block.block_num(), block);
            }
            peers.follow(now, event, &mut effects);
            peers.settle(now, &mut effects);
        }
        self.follow(member, effects);
        outcome
    }

    fn input(&mut self, member: usize, input: Incoming) {
        let mut effects = Vec::new();
        self.members[member].peers.step(self.now, input, &mut effects);
        self.members[member].peers.settle(self.now, &mut effects);
        self.follow(member, effects);
    }

    fn follow(&mut self, member: usize, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send(id, bytes) => {
                    let from = (member, id);
                    let Some(to) = self.pipes.get(&from).copied() else { continue };
                    self.later(DELAY, Event::Bytes { to, from, bytes });
                }
                Effect::Close(id, reason) => {
                    self.members[member].closed.push(reason.to_string());
                    if let Some(to) = self.pipes.remove(&(member, id)) {
                        self.pipes.remove(&to);
                        self.later(DELAY, Event::Input(to.0, Incoming::Closed(to.1)));
                    }
                }
                Effect::State(_) => {}
                Effect::Connect(endpoint) => {
                    self.later(DELAY, Event::Input(member, Incoming::ConnectFailed(endpoint)));
                }
                Effect::WakeAt(at) => {
                    self.later((at.0 - self.now.0).max(1), Event::Input(member, Incoming::Tick));
                }
                Effect::Deliver(token, _, delivered) => {
                    let item = Item::recover(delivered, &CHAIN_ID);
                    self.deliver(member, Asked { token, item });
                }
            }
        }
    }

    fn deliver(&mut self, member: usize, asked: Asked) {
        let now = self.now;
        let Member { core, peers, held, .. } = &mut self.members[member];
        let mut effects = Vec::new();
        if let Item::Block(block) = &asked.item
            && core.is_sound(Now(now.0 / 1_000), block)
        {
            peers.is_sound(now, &asked, &mut effects);
            peers.settle(now, &mut effects);
        }
        match held {
            Some(held) => held.push(asked),
            None => self.apply(member, &asked),
        }
        self.follow(member, effects);
    }

    fn apply(&mut self, member: usize, asked: &Asked) {
        let outcome = self.step(member, asked.input());
        let mut effects = Vec::new();
        let peers = &mut self.members[member].peers;
        peers.became(self.now, asked, verdict(&outcome), &mut effects);
        peers.settle(self.now, &mut effects);
        self.follow(member, effects);
    }

    /// Lets everything that is on its way arrive.
    pub fn settle(&mut self) {
        self.run_until(Moment(self.now.0 + INTERVAL * 1_000_000));
    }

    fn run_until(&mut self, end: Moment) {
        while let Some(((at, _), _)) = self.events.first_key_value()
            && *at <= end
        {
            let ((at, _), event) = self.events.pop_first().expect("an event");
            self.now = self.now.max(at);
            self.happen(event);
        }
        self.now = self.now.max(end);
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Input(member, input) => self.input(member, input),
            Event::Bytes { to, from, bytes } => {
                let length = bytes.len();
                self.input(to.0, Incoming::Bytes(to.1, bytes));
                self.input(from.0, Incoming::Sent(from.1, length));
            }
        }
    }

    /// How long the chains are, as far as their peers know.
    pub fn heads(&self) -> Vec<u32> {
        let heads = self.members.iter().map(|member| {
            let told = member.peers.told();
            assert_eq!(told.head().id, member.core.chain.head_id());
            member.core.chain.head_number()
        });
        heads.collect()
    }

    /// Transactions that wait for a block.
    pub fn pending(&self) -> Vec<usize> {
        self.members.iter().map(|member| member.core.chain.pending_count()).collect()
    }

    /// Whether all have the same head.
    pub fn agree(&self) -> bool {
        let mut heads: VecDeque<Hash160> =
            self.members.iter().map(|member| member.core.chain.head_id()).collect();
        let first = heads.pop_front();
        heads.into_iter().all(|head| Some(head) == first)
    }

    /// Why connections ended.
    pub fn endings(&self) -> Vec<String> {
        self.members.iter().flat_map(|member| member.closed.clone()).collect()
    }
}
