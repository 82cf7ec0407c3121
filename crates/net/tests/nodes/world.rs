//! Nodes on a network that is one list of what is on its way. Blocks are empty and unsigned, and a
//! chain takes whatever follows its head.

use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_net::message::{Direction, Endpoint, FetchChunk, Object, StateManifest, StateRefusal};
use carbyne_net::{
    ChainView, Config, ConnectionId, Delivered, Effect, Head, Identity, Input, Lasting, Node, Now,
    Place, Reason, StateStep, Token, Verdict, carbyne_member,
};
use carbyne_protocol::transaction::{
    BlockHeader, ProcessedTransaction, SignedBlock, SignedHeader, SignedTransaction,
};
use carbyne_wire::{Digest, Hash160, Pack, TimePointSec};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub const START: u32 = 1_900_000_000;
pub const INTERVAL: u32 = 3;

/// A chain of empty blocks.
#[derive(Clone, Default)]
pub struct Chain {
    pub ids: Vec<Hash160>,
    blocks: BTreeMap<Hash160, (TimePointSec, Vec<u8>)>,
    pub transactions: Vec<SignedTransaction>,
    /// The state that it gives, and its chunks.
    pub state: Option<(Arc<StateManifest>, Vec<Vec<u8>>)>,
}

impl Chain {
    /// A chain of so many blocks.
    pub fn of(count: u32) -> Self {
        let mut chain = Self::default();
        for _ in 0..count {
            chain.push(&chain.next()).expect("it follows");
        }
        chain
    }

    /// The block that follows.
    pub fn next(&self) -> SignedBlock {
        let timestamp = TimePointSec(START + (self.ids.len() as u32 + 1) * INTERVAL);
        let header = BlockHeader { previous: self.head().id, timestamp, ..Default::default() };
        let signed_header = SignedHeader { header, ..Default::default() };
        SignedBlock { signed_header, transactions: Vec::new() }
    }

    pub fn push(&mut self, block: &SignedBlock) -> Result<(), Lasting> {
        let id = block.id();
        if self.blocks.contains_key(&id) {
            return Ok(());
        }
        if block.header().previous != self.head().id {
            return Err(Lasting::Unlinkable);
        }
        self.ids.push(id);
        self.blocks.insert(id, (block.header().timestamp, block.to_bytes()));
        Ok(())
    }
}

impl ChainView for Chain {
    fn head(&self) -> Head {
        let id = self.ids.last().copied().unwrap_or_default();
        Head { id, time: self.time_of(&id).unwrap_or_default() }
    }
    fn last_final(&self) -> u32 {
        (self.ids.len() as u32).saturating_sub(10)
    }
    fn block_interval(&self) -> u32 {
        INTERVAL
    }
    fn id_at(&self, number: u32) -> Option<Hash160> {
        self.ids.get((number as usize).checked_sub(1)?).copied()
    }
    fn knows_block(&self, id: &Hash160) -> bool {
        self.blocks.contains_key(id)
    }
    fn time_of(&self, id: &Hash160) -> Option<TimePointSec> {
        self.blocks.get(id).map(|(time, _)| *time)
    }
    fn block(&self, id: &Hash160) -> Option<Vec<u8>> {
        self.blocks.get(id).map(|(_, packed)| packed.clone())
    }
    fn branch(&self, _: &Hash160) -> Option<Vec<Hash160>> {
        None
    }
    fn state(&self) -> Option<Arc<StateManifest>> {
        self.state.as_ref().map(|(manifest, _)| manifest.clone())
    }
    fn chunk(&self, of: &FetchChunk) -> Result<Vec<u8>, StateRefusal> {
        let (_, chunks) = self
            .state
            .as_ref()
            .filter(|(manifest, _)| manifest.state == of.state)
            .ok_or(StateRefusal::NotThat)?;
        chunks.get(of.index as usize).cloned().ok_or(StateRefusal::NotThat)
    }
}

/// A node with its chain.
pub struct Member {
    pub node: Node,
    pub chain: Chain,
    /// Why its connections ended.
    pub closed: Vec<(ConnectionId, Reason)>,
    /// How often something came to its chain.
    pub delivered: usize,
    /// Whether nothing that comes to it is heard any more.
    pub is_deaf: bool,
    /// What became of the state that it takes.
    pub steps: Vec<StateStep>,
    /// Microseconds until its chain looks at what came to it.
    pub delay_of_chain: i64,
}

/// Something on its way.
enum Event {
    Input(usize, Input),
    Deliver(usize, Token, Delivered),
    Bytes { to: usize, id: ConnectionId, from: (usize, ConnectionId), bytes: Vec<u8> },
}

/// Nodes and what is on its way between them.
pub struct World {
    pub members: Vec<Member>,
    pub now: Now,
    /// Microseconds from node to node.
    pub delay: i64,
    events: BTreeMap<(Now, u64), Event>,
    sequence: u64,
    pipes: BTreeMap<(usize, ConnectionId), (usize, ConnectionId)>,
    pub bytes: usize,
    /// Whether nodes that are tried to connect to are there.
    pub takes_connections: bool,
}

pub fn identity(number: usize) -> Identity {
    let mut node_id = [7; 33];
    node_id[1] = number as u8;
    Identity {
        key: PrivateKey::from_seed(&format!("node {number}")),
        node_id: PublicKey(node_id),
        chain_id: Digest([9; 32]),
    }
}

pub fn endpoint(number: usize) -> Endpoint {
    Endpoint { address: 0x0102_0300 + number as u32, port: 1776 }
}

/// What a Carbyne node is set to.
pub fn carbyne() -> Config {
    Config { about: Object(vec![carbyne_member()]), connections_wanted: 0, ..Config::default() }
}

/// The same, and nobody can tell that it is Carbyne.
pub fn plain() -> Config {
    Config { connections_wanted: 0, ..Config::default() }
}

impl World {
    pub fn new(delay_ms: i64) -> Self {
        Self {
            members: Vec::new(),
            now: Now(i64::from(START + 100_000) * 1_000_000),
            delay: delay_ms * 1_000,
            events: BTreeMap::new(),
            sequence: 0,
            pipes: BTreeMap::new(),
            bytes: 0,
            takes_connections: false,
        }
    }

    pub fn add(&mut self, config: Config, chain: Chain) -> usize {
        let number = self.members.len();
        let config = Config { listen: Some(endpoint(number)), ..config };
        let node = Node::new(identity(number), config, []);
        let closed = Vec::new();
        let (steps, is_deaf) = (Vec::new(), false);
        let (delivered, delay_of_chain) = (0, 0);
        let member = Member { node, chain, closed, delivered, is_deaf, steps, delay_of_chain };
        self.members.push(member);
        self.later(0, Event::Input(number, Input::Tick));
        number
    }

    fn later(&mut self, delay: i64, event: Event) {
        self.sequence += 1;
        self.events.insert((Now(self.now.0 + delay), self.sequence), event);
    }

    /// Opens a connection.
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
            let seed = format!("connection {} {}", id.0, self.sequence);
            let key = Box::new(PrivateKey::from_seed(&seed));
            self.later(0, Event::Input(member, Input::Connected { id, place, key }));
        }
    }

    pub fn input(&mut self, member: usize, input: Input) {
        let mut effects = Vec::new();
        let Member { node, chain, .. } = &mut self.members[member];
        node.step(self.now, input, chain, &mut effects);
        for effect in effects {
            self.follow(member, effect);
        }
    }

    fn follow(&mut self, member: usize, effect: Effect) {
        match effect {
            Effect::Send(id, bytes) => {
                self.bytes += bytes.len();
                let Some((to, other)) = self.pipes.get(&(member, id)).copied() else { return };
                let event = Event::Bytes { to, id: other, from: (member, id), bytes };
                self.later(self.delay, event);
            }
            Effect::Close(id, reason) => {
                self.members[member].closed.push((id, reason));
                if let Some((to, other)) = self.pipes.remove(&(member, id)) {
                    self.pipes.remove(&(to, other));
                    self.later(self.delay, Event::Input(to, Input::Closed(other)));
                }
            }
            Effect::Deliver(token, _, item) => {
                let delay = self.members[member].delay_of_chain;
                self.later(delay, Event::Deliver(member, token, item));
            }
            Effect::Connect(endpoint) => self.try_to_connect(member, endpoint),
            Effect::State(step) => {
                if matches!(step, StateStep::Begins(_)) {
                    self.later(0, Event::Input(member, Input::HasChunks(0)));
                }
                self.members[member].steps.push(step);
            }
            Effect::WakeAt(at) => {
                let delay = at.0 - self.now.0;
                self.later(delay.max(1), Event::Input(member, Input::Tick));
            }
        }
    }

    fn try_to_connect(&mut self, member: usize, to: Endpoint) {
        match (0..self.members.len()).find(|other| endpoint(*other) == to) {
            Some(other) if self.takes_connections => self.connect(member, other),
            _ => self.later(self.delay, Event::Input(member, Input::ConnectFailed(to))),
        }
    }

    fn deliver(&mut self, member: usize, item: Delivered) -> Verdict {
        let member = &mut self.members[member];
        member.delivered += 1;
        let pushed = match item {
            Delivered::Transaction(transaction) => {
                member.chain.transactions.push(Arc::unwrap_or_clone(transaction));
                Ok(())
            }
            Delivered::NewBlock(block) | Delivered::SyncBlock(block) => member.chain.push(&block),
        };
        match pushed {
            Ok(()) => Verdict::Accepted,
            Err(lasting) => Verdict::Refused { lasting, why: "it does not follow".to_owned() },
        }
    }

    /// Lets so many seconds pass, or fewer if that becomes true.
    pub fn run(&mut self, seconds: u32, is_done: impl Fn(&Self) -> bool) {
        let end = self.now.after(seconds);
        while let Some(((at, _), _)) = self.events.first_key_value() {
            if *at > end || is_done(self) {
                return;
            }
            let ((at, _), event) = self.events.pop_first().expect("an event");
            self.now = self.now.max(at);
            self.happen(event);
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Input(member, input) => self.input(member, input),
            Event::Deliver(member, token, item) => {
                let verdict = self.deliver(member, item);
                self.input(member, Input::Became(token, verdict));
            }
            Event::Bytes { to, id, from, bytes } => {
                if self.members[to].is_deaf {
                    return;
                }
                let length = bytes.len();
                self.input(to, Input::Bytes(id, bytes));
                self.input(from.0, Input::Sent(from.1, length));
            }
        }
    }

    pub fn height(&self, member: usize) -> usize {
        self.members[member].chain.ids.len()
    }

    /// A block of the chain of a member, as if it had made it.
    pub fn make_block(&mut self, member: usize) {
        self.make_block_of(member, &[]);
    }

    /// The same, with these transactions in it.
    pub fn make_block_of(&mut self, member: usize, transactions: &[SignedTransaction]) {
        let mut block = self.members[member].chain.next();
        let processed = |transaction: &SignedTransaction| ProcessedTransaction {
            transaction: Arc::new(transaction.clone()),
            operation_results: Vec::new(),
        };
        block.transactions = transactions.iter().map(processed).collect();
        self.members[member].chain.push(&block).expect("it follows");
        self.input(member, Input::NewBlock(Box::new(block)));
    }

    /// Ends the connections between two members.
    pub fn part(&mut self, one: usize, other: usize) {
        let pipes = self.pipes.iter().map(|(from, to)| (*from, *to));
        let cut: Vec<_> = pipes.filter(|(from, to)| (from.0, to.0) == (one, other)).collect();
        for (from, to) in cut {
            self.pipes.remove(&from);
            self.pipes.remove(&to);
            self.later(0, Event::Input(from.0, Input::Closed(from.1)));
            self.later(0, Event::Input(to.0, Input::Closed(to.1)));
        }
    }

    /// The connections of a member.
    pub fn connections(&self, member: usize) -> BTreeSet<ConnectionId> {
        self.members[member].node.peers().map(|peer| peer.id).collect()
    }
}
