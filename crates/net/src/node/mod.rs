//! A node among others: what comes in, and what is to be done about it.
//!
//! Invariant: the same inputs in the same order give the same effects. What a peer makes us hold is
//! bounded by [`Config`] and [`limits`]. A step takes one input and leaves nothing undone but what
//! it says in its effects.

mod blocks;
mod compact;
mod connect;
mod handshake;
mod items;
mod receive;
mod states;
mod status;
mod sync;
mod timers;

use crate::book::{Book, Record};
use crate::cache::Cache;
use crate::chain::ChainView;
use crate::compact::TakenApart;
use crate::config::{Config, Identity, limits};
use crate::message::{ClosingConnection, Endpoint, FetchItems, ItemId, Message, kind};
use crate::peer::{ConnectionId, Items, Long, Outgoing, Peer, Place, Sealed, Stage};
use crate::reason::Reason;
use crate::remembered::Remembered;
use crate::state::{StateStep, Taking};
use crate::time::Now;
use crate::wanted::Wanted;
use carbyne_crypto::PrivateKey;
use carbyne_protocol::transaction::{SignedBlock, SignedTransaction};
use carbyne_wire::{Hash160, TimePointSec};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

pub use handshake::carbyne_member;
pub use status::PeerStatus;

/// What comes in.
#[derive(Debug)]
pub enum Input {
    /// A connection came about, either way.
    Connected {
        /// Its number, which no other has had.
        id: ConnectionId,
        /// Where it is.
        place: Place,
        /// 32 bytes of chance as a key, for this connection alone.
        key: Box<PrivateKey>,
    },
    /// A connection that was asked for did not come about.
    ConnectFailed(Endpoint),
    /// Bytes came.
    Bytes(ConnectionId, Vec<u8>),
    /// So many bytes that were to be sent have left.
    Sent(ConnectionId, usize),
    /// The other end closed the connection, or it broke.
    Closed(ConnectionId),
    /// The time may have come for something.
    Tick,
    /// What became of something that was delivered.
    Became(Token, Verdict),
    /// A block that was made here or came in another way, and that the chain took.
    NewBlock(Box<SignedBlock>),
    /// A transaction that came in another way, and that the chain took.
    NewTransaction(Arc<SignedTransaction>),
    /// A node is wanted, whatever happened before and however many there are.
    Connect(Endpoint),
    /// A connection is not wanted any more, for that reason.
    Disconnect(ConnectionId, String),
    /// This node has no chain yet: a state is to be taken from peers, of which these are believed.
    /// No block is asked for any more.
    TakeState(Vec<Endpoint>),
    /// So many chunks of the state that [`StateStep::Begins`] told of are here.
    HasChunks(u32),
}

/// The number of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub u64);

/// What became of something that was delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Header, signature and transaction root of a block are good: it is passed on. Another verdict
    /// follows.
    Sound,
    /// The chain took it, or knew it.
    Accepted,
    /// The chain did not.
    Refused {
        /// For how long.
        lasting: Lasting,
        /// Why.
        why: String,
    },
}

/// How long a refusal lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting {
    /// The same bytes are refused whenever they come.
    ForGood,
    /// They may be taken later.
    ForNow,
    /// They may be taken after what they build on.
    Unlinkable,
}

/// What is to be done.
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Bytes are to be sent, and [`Input::Sent`] is to say when they have left.
    Send(ConnectionId, Vec<u8>),
    /// A connection is to be tried; [`Input::Connected`] or [`Input::ConnectFailed`] says what came
    /// of it.
    Connect(Endpoint),
    /// A connection is to be closed when what was sent has left. It is forgotten already.
    Close(ConnectionId, Reason),
    /// The chain is to look at something; [`Input::Became`] says what came of it.
    Deliver(Token, ConnectionId, Delivered),
    /// Something about the state that is taken.
    State(StateStep),
    /// [`Input::Tick`] is wanted at that moment.
    WakeAt(Now),
}

/// What the chain is to look at.
#[derive(Clone, Debug, PartialEq)]
pub enum Delivered {
    /// A transaction.
    Transaction(Arc<SignedTransaction>),
    /// A block that was just made.
    NewBlock(Box<SignedBlock>),
    /// A block of the past, the next after those that were delivered.
    SyncBlock(Box<SignedBlock>),
}

/// What is known while a step is done.
pub(crate) struct Turn<'a> {
    pub(crate) now: Now,
    pub(crate) chain: &'a dyn ChainView,
    pub(crate) effects: &'a mut Vec<Effect>,
}

/// Something the chain has not answered about.
#[derive(Debug)]
enum Waiting {
    Transaction { item: ItemId, payload: Arc<[u8]> },
    Block(WaitingBlock),
}

#[derive(Debug)]
struct WaitingBlock {
    id: Hash160,
    time: TimePointSec,
    from: ConnectionId,
    /// Its transactions as items, which need not be asked for any more.
    transactions: Vec<ItemId>,
    /// How it is passed on; in a sync it is not.
    item: Option<(ItemId, Arc<[u8]>)>,
    size: usize,
}

/// A block of a sync that came and is not at the chain.
#[derive(Debug)]
struct Received {
    block: Box<SignedBlock>,
    from: ConnectionId,
    size: usize,
}

/// A node among others.
#[derive(Debug)]
pub struct Node {
    identity: Identity,
    config: Config,
    peers: BTreeMap<ConnectionId, Peer>,
    book: Book,
    /// Nodes that are tried once, however many connections there are.
    once: VecDeque<Endpoint>,
    /// Connections that are being tried, and since when.
    connecting: BTreeMap<Endpoint, Now>,
    cache: Cache,
    taken_apart: TakenApart,
    /// Items to be offered at the end of the step.
    new_items: Vec<ItemId>,
    wanted: Wanted,
    /// Items that are refused for good, and those that may be taken later.
    failed: Remembered,
    failed_for_now: Remembered,
    waiting: BTreeMap<Token, Waiting>,
    /// The items and blocks that wait at the chain.
    waiting_items: BTreeSet<ItemId>,
    waiting_blocks: BTreeSet<Hash160>,
    /// The payloads of the transactions among them.
    arriving: BTreeMap<Hash160, Arc<[u8]>>,
    next_token: u64,
    received: BTreeMap<Hash160, Received>,
    /// Blocks of a sync that were asked for.
    asked_blocks: BTreeSet<Hash160>,
    /// Bytes of blocks that came and that the chain has not answered about.
    block_bytes: usize,
    /// Bytes that a block of a sync has, as far as those that came tell.
    expected_bytes: usize,
    /// The state that is taken, if one is.
    taking: Option<Taking>,
    /// Until when the chunks that were given are paid for.
    states_paid: Now,
    next_tick: Now,
    next_look: Now,
    next_question: Now,
}

impl Node {
    /// A node without connections, that has heard of these nodes.
    pub fn new(
        identity: Identity,
        config: Config,
        records: impl IntoIterator<Item = Record>,
    ) -> Self {
        Self {
            identity,
            config,
            peers: BTreeMap::new(),
            book: Book::new(records),
            once: VecDeque::new(),
            connecting: BTreeMap::new(),
            cache: Cache::new(limits::CACHE_BLOCKS, limits::CACHE_BYTES),
            taken_apart: TakenApart::default(),
            new_items: Vec::new(),
            wanted: Wanted::default(),
            failed: Remembered::new(limits::FAILED, limits::FAILED_ITEMS),
            failed_for_now: Remembered::new(limits::FAILED_FOR_NOW, limits::FAILED_ITEMS),
            waiting: BTreeMap::new(),
            waiting_items: BTreeSet::new(),
            waiting_blocks: BTreeSet::new(),
            arriving: BTreeMap::new(),
            next_token: 0,
            received: BTreeMap::new(),
            asked_blocks: BTreeSet::new(),
            block_bytes: 0,
            expected_bytes: limits::SYNC_BLOCK_BYTES,
            taking: None,
            states_paid: Now::default(),
            next_tick: Now::default(),
            next_look: Now::default(),
            next_question: Now::default(),
        }
    }

    /// Does what comes in, with nothing else at the same time.
    pub fn step(
        &mut self,
        now: Now,
        input: Input,
        chain: &dyn ChainView,
        effects: &mut Vec<Effect>,
    ) {
        self.take(now, input, chain, effects);
        self.settle(now, chain, effects);
    }

    /// Does one of several things that come in together; [`Node::settle`] follows the last.
    pub fn take(
        &mut self,
        now: Now,
        input: Input,
        chain: &dyn ChainView,
        effects: &mut Vec<Effect>,
    ) {
        let turn = &mut Turn { now, chain, effects };
        match input {
            Input::Connected { id, place, key } => self.connected(turn, id, place, *key),
            Input::ConnectFailed(endpoint) => self.connect_failed(endpoint),
            Input::Bytes(id, bytes) => self.receive(turn, id, &bytes),
            Input::Sent(id, bytes) => self.sent(turn, id, bytes),
            Input::Closed(id) => self.forget(turn, id),
            Input::Tick => self.tick(turn),
            Input::Became(token, verdict) => self.became(turn, token, verdict),
            Input::NewBlock(block) => self.new_block(*block),
            Input::NewTransaction(transaction) => self.new_transaction(&transaction),
            Input::Connect(endpoint) => self.wish(turn, endpoint),
            Input::Disconnect(id, why) => self.disconnect(turn, id, Reason::ByUs(why)),
            Input::TakeState(named) => self.take_state(turn, named),
            Input::HasChunks(chunks) => self.has_chunks(turn, chunks),
        }
    }

    /// Asks for what is wanted and offers what is new, all of it together.
    pub fn settle(&mut self, now: Now, chain: &dyn ChainView, effects: &mut Vec<Effect>) {
        let turn = &mut Turn { now, chain, effects };
        self.fetch_items(turn);
        self.advertise(turn);
    }

    /// Says how the node behaves from now on.
    pub fn configure(&mut self, config: Config) {
        self.config = config;
    }

    /// The nodes that were heard of, to be kept.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// Queues something to be sent, and sends what the socket takes.
    fn send(&mut self, turn: &mut Turn<'_>, id: ConnectionId, outgoing: Outgoing) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        match peer.outbox.push(outgoing) {
            Ok(()) => self.pump(turn, id),
            Err(_) => self.close(turn, id, Reason::SendQueueFull),
        }
    }

    fn send_message(&mut self, turn: &mut Turn<'_>, id: ConnectionId, message: Message) {
        self.send(turn, id, Outgoing::Message(message));
    }

    fn sent(&mut self, turn: &mut Turn<'_>, id: ConnectionId, bytes: usize) {
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.outbox.sent(bytes);
            self.pump(turn, id);
        }
    }

    fn pump(&mut self, turn: &mut Turn<'_>, id: ConnectionId) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        let mut source = Source {
            cache: &self.cache,
            taken_apart: &mut self.taken_apart,
            chain: turn.chain,
            of_peer: &peer.items,
        };
        let (outbox, link) = (&mut peer.outbox, &mut peer.link);
        while let Some(bytes) = outbox.next_bytes(turn.now, link, |long| source.read(&long)) {
            peer.times.sent = turn.now;
            turn.effects.push(Effect::Send(id, bytes));
        }
    }

    /// Ends a connection politely where that is possible.
    fn disconnect(&mut self, turn: &mut Turn<'_>, id: ConnectionId, reason: Reason) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if peer.wants_close.is_some() || !reason.is_told() {
            return self.close(turn, id, reason);
        }
        if peer.is_closing() {
            return;
        }
        peer.stage = Stage::Closing(turn.now);
        peer.why_left = Some(reason.clone());
        if let Some(endpoint) = peer.reach.inbound {
            self.book.ended(turn.now, endpoint, &reason.to_string());
        }
        let closing = ClosingConnection {
            reason_for_closing: reason.words().into(),
            closing_due_to_error: reason.is_offence(),
            error: reason.exception(turn.now.seconds()),
        };
        self.send_message(turn, id, Message::ClosingConnection(closing));
        self.release(turn, id);
    }

    /// Ends a connection at once.
    fn close(&mut self, turn: &mut Turn<'_>, id: ConnectionId, reason: Reason) {
        self.release(turn, id);
        let Some(peer) = self.peers.remove(&id) else { return };
        // That it took its time to go is not why.
        let reason = peer.why_left.filter(|_| reason == Reason::ClosingSlow).unwrap_or(reason);
        if let Some(endpoint) = peer.reach.inbound {
            self.book.ended(turn.now, endpoint, &reason.to_string());
            if reason.is_offence() {
                self.book.useless(turn.now, endpoint);
            }
        }
        turn.effects.push(Effect::Close(id, reason));
    }

    /// A connection is gone.
    fn forget(&mut self, turn: &mut Turn<'_>, id: ConnectionId) {
        self.release(turn, id);
        let Some(peer) = self.peers.remove(&id) else { return };
        if let (Some(endpoint), Stage::Active) = (peer.reach.inbound, peer.stage) {
            self.book.heard_of(turn.now, endpoint);
        }
    }

    /// What a peer was asked for is asked of others.
    fn release(&mut self, turn: &mut Turn<'_>, id: ConnectionId) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        let blocks = std::mem::take(&mut peer.sync.asked);
        let items = std::mem::take(&mut peer.items.asked);
        peer.items.compact.clear();
        let had_ids = !std::mem::take(&mut peer.sync.ids).is_empty();
        peer.sync.remaining = 0;
        peer.sync.asked_ids = None;
        peer.sync.looked_at = 0;
        blocks.keys().for_each(|block| {
            self.asked_blocks.remove(block);
        });
        if let Some(taking) = &mut self.taking {
            taking.leave(id);
        }
        for item in items.into_keys() {
            self.want_of_others(turn.now, item, id);
        }
        if had_ids {
            self.drop_useless_blocks();
        }
        if !blocks.is_empty() {
            self.look_at_all_ids();
            self.fetch_blocks(turn);
        }
    }
}

/// Where what is long is read when its turn to be sent comes.
struct Source<'a> {
    cache: &'a Cache,
    taken_apart: &'a mut TakenApart,
    chain: &'a dyn ChainView,
    /// What the peer has.
    of_peer: &'a Items,
}

impl Source<'_> {
    fn read(&mut self, long: &Long) -> Sealed {
        let Self { cache, taken_apart, chain, of_peer } = self;
        match long {
            Long::Item(ItemId { kind: kind::COMPACT_BLOCK, hash }) => {
                let has = |transaction: &Hash160| of_peer.has_transaction(transaction);
                compact::read_compact(cache, taken_apart, *hash, has)
            }
            Long::Item(item) => items::read(cache, *chain, *item),
            Long::Missing(missing) => compact::read_missing(cache, taken_apart, missing),
            Long::State => states::read_state(*chain),
            Long::Chunk(of) => states::read_chunk(*chain, *of),
        }
    }
}

/// A request for items.
fn fetch(kind: u32, items: Vec<Hash160>) -> Message {
    Message::FetchItems(FetchItems { item_type: kind, items_to_fetch: items })
}
