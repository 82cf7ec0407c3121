//! The recorded node again: one node of ours in its place, with its keys, its chain and its peers.
//!
//! What peers sent comes in as it came, encrypted and in pieces. What the recorded node sent must
//! be what ours sends, message for message. Two streams are compared each in its order: what a node
//! says by itself (its hello, and offers of what it got elsewhere), and what it answers; the
//! recorded node did both at once. It may not have sent something before ours had reason to.

use super::host::Host;
use super::meaning;
use super::transcript::{Entry, Event, KeyExchange, Recorded};
use crate::compare::Difference;
use crate::report::Report;
use carbyne_crypto::{PrivateKey, PublicKey, recover};
use carbyne_net::cipher::{Decryptor, Encryptor, KEY_BYTES};
use carbyne_net::frame::{self, Assembly};
use carbyne_net::message::{
    Direction, Endpoint, Hello, Inventory, Message, Object, kind, message_hash,
};
use carbyne_net::{
    Config, ConnectionId, Delivered, Effect, Identity, Input, Lasting, Node, Now, Place, Reason,
    Token, Verdict,
};
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Hash160, Tags, Text};
use std::collections::{BTreeMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;

/// Bytes that come at once.
const PIECE: usize = 1_000;

/// Connections that the recorded node opened. The recording does not say it; the ports do, and what
/// both nodes say of each other later.
const OUTBOUND: [u64; 5] = [1, 3, 12, 14, 16];

/// Connections that the recorded node closed itself, and what our node says of them.
fn is_end(connection: u64, reason: &Reason) -> bool {
    match connection {
        2 | 3 | 16 => matches!(reason, Reason::ByPeer(_)),
        10 => matches!(reason, Reason::UnknownTransaction(_)),
        14 => matches!(reason, Reason::Rejected(_)),
        _ => false,
    }
}

/// Connections that end in the recording before the node could say more: what ours says then.
const CUT: [(u64, &str); 1] = [(12, "FetchIds")];

/// Our node in the place of the recorded one.
pub(super) struct Replay<'a> {
    entries: &'a [Entry],
    host: Host,
    node: Option<Node>,
    node_id: PublicKey,
    now: Now,
    ends: BTreeMap<u64, End>,
    found: BTreeMap<u64, Vec<(usize, Difference)>>,
}

/// The other end of a connection.
struct End {
    encryptor: Encryptor,
    decryptor: Decryptor,
    digest: [u8; 32],
    own_public: PublicKey,
    key_came: Vec<u8>,
    assembly: Assembly,
    /// What our node sent and the recording has not shown yet.
    sent: [VecDeque<Message>; 2],
    closed: Option<Reason>,
}

/// Of which of the two streams a message is.
fn stream(message: &Message) -> usize {
    usize::from(matches!(message, Message::Hello(_) | Message::Inventory(_)))
}

/// Adds a case for every connection.
pub(super) fn check(entries: &[Entry], file: &str, host: Host, report: &mut Report) {
    let mut replay = Replay {
        entries,
        host,
        node: None,
        node_id: PublicKey::NULL,
        now: Now::default(),
        ends: BTreeMap::new(),
        found: BTreeMap::new(),
    };
    replay.run();
    for (connection, differences) in replay.found {
        let line = differences.first().map_or(0, |(line, _)| *line);
        let at = |(line, difference): (usize, Difference)| Difference {
            field: format!("{} at line {line}", difference.field),
            ..difference
        };
        let differences = differences.into_iter().map(at).collect();
        report.add(file, line, &format!("connection {connection}: behaviour"), differences);
    }
}

impl Replay<'_> {
    fn run(&mut self) {
        let entries = self.entries;
        let mut last: BTreeMap<u64, usize> = BTreeMap::new();
        entries.iter().for_each(|entry| {
            last.insert(entry.connection, entry.line);
        });
        self.now = Now(entries.iter().find_map(sent_time).unwrap_or_default());
        for (index, entry) in entries.iter().enumerate() {
            let shown = if is_begin(entry) {
                let same = |other: &&Entry| other.connection == entry.connection;
                entries.iter().skip(index).filter(same).find_map(sent_time)
            } else {
                sent_time(entry)
            };
            self.now = self.now.max(Now(shown.unwrap_or_default()));
            self.step(entry.line, Input::Tick);
            match &entry.event {
                Event::KeyExchange(keys) => self.connect(entry, keys),
                Event::Received(recorded) => self.received(entry, recorded),
                Event::Sent(recorded) => self.sent(entry, recorded),
                Event::Cipher { .. } => {}
            }
            if last.get(&entry.connection) == Some(&entry.line) {
                self.end(entry);
            }
        }
    }

    fn differ(&mut self, connection: u64, line: usize, difference: Difference) {
        self.found.entry(connection).or_default().push((line, difference));
    }

    /// The hello that the recorded node sends on a connection, and the one it receives.
    fn hellos(&self, connection: u64) -> (Option<Hello>, Option<Hello>) {
        let (mut ours, mut theirs) = (None, None);
        for entry in self.entries.iter().filter(|entry| entry.connection == connection) {
            match &entry.event {
                Event::Sent(recorded) => ours = ours.or_else(|| read_hello(recorded)),
                Event::Received(recorded) => theirs = theirs.or_else(|| read_hello(recorded)),
                _ => {}
            }
        }
        (ours, theirs)
    }

    fn connect(&mut self, entry: &Entry, keys: &KeyExchange) {
        let connection = entry.connection;
        self.found.entry(connection).or_default();
        let (Some(ours), theirs) = self.hellos(connection) else {
            let difference = Difference::new("hello", "one", "none");
            return self.differ(connection, entry.line, difference);
        };
        self.restart(&ours);
        self.ends.insert(connection, End::new(keys));
        let place = self.place(connection, &ours, theirs.as_ref());
        let (id, key) = (ConnectionId(connection), Box::new(keys.own.clone()));
        self.step(entry.line, Input::Connected { id, place, key });
        self.step(entry.line, Input::Bytes(id, keys.other.0.to_vec()));
    }

    /// A node that gives another number for itself was started anew.
    fn restart(&mut self, ours: &Hello) {
        let Some(node_id) = node_id(ours) else { return };
        if self.node.is_some() && self.node_id == node_id {
            return;
        }
        self.node_id = node_id;
        self.host.restart();
        let own = ["node_id", "last_known_block_hash", "last_known_block_number"];
        let own = [own.as_slice(), &["last_known_block_time"]].concat();
        let about = ours.user_data.0.iter().filter(|(name, _)| !own.iter().any(|own| name == own));
        let config = Config {
            agent: ours.user_agent.clone(),
            about: Object(about.cloned().collect()),
            listen: Some(loopback(ours.inbound_port)),
            connections_wanted: 0,
            ..Config::default()
        };
        let identity = Identity {
            key: PrivateKey::from_seed("the recorded node"),
            node_id,
            chain_id: self.host.chain_id(),
        };
        self.node = Some(Node::new(identity, config, []));
    }

    fn place(&self, connection: u64, ours: &Hello, theirs: Option<&Hello>) -> Place {
        let is_outbound = OUTBOUND.contains(&connection);
        let direction = if is_outbound { Direction::Outbound } else { Direction::Inbound };
        let rejected = self.entries.iter().find_map(|entry| match &entry.event {
            Event::Sent(recorded) if entry.connection == connection => rejected_from(recorded),
            _ => None,
        });
        let told = theirs.map(|hello| hello.outbound_port).filter(|port| *port != 0);
        let port = told.unwrap_or(40_000 + connection as u16);
        let remote = rejected.unwrap_or(loopback(port));
        Place { direction, local: loopback(ours.outbound_port), remote }
    }

    fn received(&mut self, entry: &Entry, recorded: &Recorded) {
        let Some(end) = self.ends.get_mut(&entry.connection) else { return };
        if end.closed.is_some() {
            return;
        }
        let mut bytes = frame::pack(recorded.kind, &recorded.payload);
        end.encryptor.encrypt(&mut bytes);
        for piece in bytes.chunks(PIECE) {
            self.step(entry.line, Input::Bytes(ConnectionId(entry.connection), piece.to_vec()));
        }
    }

    fn sent(&mut self, entry: &Entry, recorded: &Recorded) {
        let connection = entry.connection;
        let message = match Message::read(recorded.kind, &recorded.payload, Tags::Reference) {
            Ok(Some(message)) => message,
            other => {
                let difference = Difference::new("message", "one", format!("{other:?}"));
                return self.differ(connection, entry.line, difference);
            }
        };
        if let Message::Inventory(inventory) = &message {
            self.bring_from_elsewhere(entry, inventory);
        }
        let end = self.ends.get_mut(&connection);
        let ours = end.and_then(|end| end.sent[stream(&message)].pop_front());
        match ours {
            None => {
                let difference = Difference::new("message", message.name(), "nothing");
                self.differ(connection, entry.line, difference);
            }
            Some(ours) => {
                for difference in meaning::compare(&message, &ours) {
                    self.differ(connection, entry.line, difference);
                }
            }
        }
    }

    /// What the recorded node offers and no peer sent came to it by its API: so it comes to ours.
    fn bring_from_elsewhere(&mut self, entry: &Entry, inventory: &Inventory) {
        for hash in &inventory.item_hashes_available {
            let Some(transaction) = self.first_sent(entry, *hash) else { continue };
            if let Err(rejected) = self.host.push_transaction(transaction.clone()) {
                let difference = Difference::new("transaction", "taken", rejected);
                self.differ(entry.connection, entry.line, difference);
            }
            self.step(entry.line, Input::NewTransaction(Arc::new(transaction)));
        }
    }

    /// The transaction with that hash, if the recorded node sent it before it received it.
    fn first_sent(&self, entry: &Entry, hash: Hash160) -> Option<SignedTransaction> {
        let is_it = |recorded: &Recorded| {
            recorded.kind == kind::TRANSACTION && message_hash(&recorded.payload) == hash
        };
        let first = self.entries.iter().find_map(|other| match &other.event {
            Event::Sent(recorded) if is_it(recorded) => Some((other.line, true, recorded)),
            Event::Received(recorded) if is_it(recorded) => Some((other.line, false, recorded)),
            _ => None,
        });
        let (line, is_sent, recorded) = first?;
        let Ok(Some(Message::Transaction(transaction))) =
            Message::read(recorded.kind, &recorded.payload, Tags::Reference)
        else {
            return None;
        };
        (is_sent && line > entry.line).then(|| Arc::unwrap_or_clone(transaction))
    }

    /// The last thing that is recorded of a connection has happened.
    fn end(&mut self, entry: &Entry) {
        let connection = entry.connection;
        let Some(end) = self.ends.get_mut(&connection) else { return };
        let left: Vec<&str> = end.sent.iter().flatten().map(Message::name).collect();
        let wanted: Vec<&str> =
            CUT.iter().filter(|(cut, _)| *cut == connection).map(|(_, name)| *name).collect();
        let mut differences = Vec::new();
        if left != wanted {
            differences.push(Difference::new("surplus", wanted.join(" "), left.join(" ")));
        }
        let is_closed_by_us = [2, 3, 10, 14, 16].contains(&connection);
        let is_good = match &end.closed {
            Some(reason) => is_end(connection, reason),
            None => !is_closed_by_us,
        };
        if !is_good {
            let wanted = if is_closed_by_us { "closed by us" } else { "closed by the peer" };
            let got = format!("{:?}", end.closed);
            differences.push(Difference::new("end", wanted, got));
        }
        if end.closed.is_none() {
            self.step(entry.line, Input::Closed(ConnectionId(connection)));
        }
        for difference in differences {
            self.differ(connection, entry.line, difference);
        }
    }

    /// Gives our node an input, and does what it wants done, until there is nothing to do.
    fn step(&mut self, line: usize, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let Some(node) = &mut self.node else { return };
            let mut effects = Vec::new();
            node.step(self.now, input, &self.host, &mut effects);
            for effect in effects {
                inputs.extend(self.follow(line, effect));
            }
        }
    }

    fn follow(&mut self, line: usize, effect: Effect) -> Option<Input> {
        match effect {
            Effect::Send(id, bytes) => {
                self.read_ours(line, id.0, &bytes);
                Some(Input::Sent(id, bytes.len()))
            }
            Effect::Close(id, reason) => {
                if let Some(end) = self.ends.get_mut(&id.0) {
                    end.closed = Some(reason);
                }
                None
            }
            Effect::Deliver(token, from, item) => Some(self.deliver(line, token, from.0, item)),
            Effect::Connect(_) | Effect::WakeAt(_) | Effect::State(_) => None,
        }
    }

    fn deliver(&mut self, line: usize, token: Token, from: u64, item: Delivered) -> Input {
        let pushed = match item {
            Delivered::Transaction(transaction) => {
                self.host.push_transaction(Arc::unwrap_or_clone(transaction))
            }
            Delivered::NewBlock(block) | Delivered::SyncBlock(block) => {
                self.host.push_block(*block)
            }
        };
        let verdict = match pushed {
            Ok(()) => Verdict::Accepted,
            Err(rejected) => {
                self.differ(from, line, Difference::new("item", "taken", &rejected));
                Verdict::Refused { lasting: Lasting::ForGood, why: rejected.to_string() }
            }
        };
        Input::Became(token, verdict)
    }

    /// Reads what our node sent.
    fn read_ours(&mut self, line: usize, connection: u64, bytes: &[u8]) {
        let Some(end) = self.ends.get_mut(&connection) else { return };
        if let Err(difference) = end.take(bytes) {
            self.differ(connection, line, *difference);
        }
    }
}

impl End {
    fn new(keys: &KeyExchange) -> Self {
        Self {
            encryptor: keys.secret.encryptor(),
            decryptor: keys.secret.decryptor(),
            digest: keys.secret.digest(),
            own_public: keys.own_public,
            key_came: Vec::new(),
            assembly: Assembly::default(),
            sent: Default::default(),
            closed: None,
        }
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Box<Difference>> {
        let of_key = (KEY_BYTES - self.key_came.len()).min(bytes.len());
        let (key, bytes) = bytes.split_at(of_key);
        self.key_came.extend_from_slice(key);
        if of_key > 0 && self.key_came != self.own_public.0 {
            let came = hex::encode(&self.key_came);
            let own = hex::encode(self.own_public.0);
            return Err(Difference::new("public_key", own, came).into());
        }
        self.decryptor.decrypt(bytes, self.assembly.room());
        loop {
            let frame = match self.assembly.next_frame() {
                Ok(Some(frame)) => frame,
                Ok(None) => return Ok(()),
                Err(error) => return Err(Difference::new("frame", "one", error).into()),
            };
            match Message::read(frame.kind, &frame.payload, Tags::Reference) {
                Ok(Some(message)) => self.sent(message)?,
                other => {
                    let other = format!("{other:?}");
                    return Err(Difference::new("message", "one", other).into());
                }
            }
        }
    }

    fn sent(&mut self, message: Message) -> Result<(), Box<Difference>> {
        if let Message::Hello(hello) = &message {
            let key = recover(&self.digest, &hello.signed_shared_secret);
            if key != Ok(hello.node_public_key) {
                let key = format!("{key:?}");
                return Err(Difference::new("signature", "of the node's key", key).into());
            }
        }
        self.sent[stream(&message)].push_back(message);
        Ok(())
    }
}

fn loopback(port: u16) -> Endpoint {
    SocketAddrV4::new(Ipv4Addr::LOCALHOST, port).into()
}

fn read_hello(recorded: &Recorded) -> Option<Hello> {
    match Message::read(recorded.kind, &recorded.payload, Tags::Reference) {
        Ok(Some(Message::Hello(hello))) => Some(*hello),
        _ => None,
    }
}

fn node_id(hello: &Hello) -> Option<PublicKey> {
    let text = hello.user_data.text("node_id").map(Text::as_bytes)?;
    Some(PublicKey(hex::decode(text).ok()?.try_into().ok()?))
}

/// Where the recorded node saw who it rejected.
fn rejected_from(recorded: &Recorded) -> Option<Endpoint> {
    match Message::read(recorded.kind, &recorded.payload, Tags::Reference) {
        Ok(Some(Message::ConnectionRejected(rejected))) => Some(rejected.remote_endpoint),
        _ => None,
    }
}

/// Whether the next moment that the connection shows is that of the entry, too: a block is offered
/// as soon as it is made, and a handshake takes no time.
fn is_begin(entry: &Entry) -> bool {
    let recorded = match &entry.event {
        Event::KeyExchange(_) => return true,
        Event::Received(recorded) => recorded,
        _ => return false,
    };
    let read = Message::read(recorded.kind, &recorded.payload, Tags::Reference);
    matches!(read, Ok(Some(Message::Inventory(offer))) if offer.item_type == kind::BLOCK)
}

/// The recorded node's clock, where an entry shows it, microseconds: when it sent a question, or
/// the time of a block that was just made.
fn sent_time(entry: &Entry) -> Option<i64> {
    let (recorded, is_sent) = match &entry.event {
        Event::Sent(recorded) => (recorded, true),
        Event::Received(recorded) => (recorded, false),
        _ => return None,
    };
    match Message::read(recorded.kind, &recorded.payload, Tags::Reference) {
        Ok(Some(Message::CurrentTimeRequest(request))) if is_sent => {
            Some(request.request_sent_time)
        }
        Ok(Some(Message::CurrentTimeReply(reply))) if is_sent => Some(reply.reply_transmitted_time),
        Ok(Some(Message::Block(block))) => {
            Some(i64::from(block.block.header().timestamp.0) * 1_000_000)
        }
        _ => None,
    }
}
