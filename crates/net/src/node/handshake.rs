//! The handshake: hello, its answer, addresses (reference: `net/node.cpp`).

use super::{Node, Turn};
use crate::config::limits;
use crate::message::{
    Address, AddressInfo, ConnectionRejected, Direction, Endpoint, Firewalled, Hello, Message,
    Nothing, Object, PROTOCOL_VERSION, RejectionReason, Variant,
};
use crate::peer::{About, Answer, ConnectionId, Peer, Place, Stage};
use crate::reason::{Reason, Unexpected, rejection_words};
use carbyne_crypto::{PublicKey, recover};
use carbyne_protocol::transaction::num_from_id;
use carbyne_wire::Text;

/// The member of a hello's user data by which Carbyne nodes know each other; the reference passes
/// over what it does not know.
const CARBYNE: &str = "carbyne";
/// What Carbyne nodes understand of each other: from 2 on blocks in short form, and states.
const CARBYNE_LEVEL: u64 = 2;

/// By which a node says in its hello that it is Carbyne.
pub fn carbyne_member() -> (Text, Variant) {
    (CARBYNE.into(), Variant::Unsigned(CARBYNE_LEVEL))
}

fn is_carbyne(about: &Object) -> bool {
    about.unsigned(CARBYNE).is_some_and(|level| level >= CARBYNE_LEVEL)
}

impl Node {
    /// The first message, as soon as keys are exchanged.
    pub(super) fn say_hello(&mut self, turn: &mut Turn<'_>, id: ConnectionId) {
        let Some(peer) = self.peers.get(&id) else { return };
        let Some(digest) = peer.link.digest() else { return };
        let mut hello = Hello {
            user_agent: self.config.agent.clone(),
            core_protocol_version: PROTOCOL_VERSION,
            node_public_key: self.identity.key.public_key(),
            signed_shared_secret: self.identity.key.sign(&digest),
            chain_id: self.identity.chain_id,
            user_data: self.user_data(turn),
            ..Hello::default()
        };
        if let Some(listen) = self.config.listen {
            let seen = Endpoint { address: peer.place.local.address, port: listen.port };
            let told = self.config.advertised.unwrap_or(seen);
            let address = if told.address == 0 { seen.address } else { told.address };
            hello.inbound_address = address;
            hello.inbound_port = told.port;
            hello.outbound_port = peer.place.local.port;
        }
        self.send_message(turn, id, Message::Hello(Box::new(hello)));
    }

    fn user_data(&self, turn: &Turn<'_>) -> Object {
        let head = turn.chain.head();
        let mut members = self.config.about.0.clone();
        members.extend([
            ("node_id".into(), hex::encode(self.identity.node_id.0).into()),
            ("last_known_block_hash".into(), head.id.to_string().into()),
            ("last_known_block_number".into(), u64::from(num_from_id(&head.id)).into()),
            ("last_known_block_time".into(), head.time.to_string().into()),
        ]);
        Object(members)
    }

    pub(super) fn hello(&mut self, turn: &mut Turn<'_>, id: ConnectionId, hello: &Hello) {
        let Some(peer) = self.peers.get(&id) else { return };
        if peer.to_theirs != Answer::None {
            return self.disconnect(turn, id, Reason::Unexpected(Unexpected::Hello));
        }
        let about = About::of(hello, is_carbyne(&self.config.about));
        match self.judge(peer, id, hello, &about) {
            Judged::Null => self.disconnect(turn, id, Reason::NullNodeId),
            Judged::Rejected(RejectionReason::AlreadyConnected) => {
                self.learn_of_another_way(turn, id, &about);
                self.reject(turn, id, RejectionReason::AlreadyConnected, None);
            }
            Judged::Rejected(reason) => self.reject(turn, id, reason, Some(hello)),
            Judged::Good => self.welcome(turn, id, hello, about),
        }
    }

    fn judge(&self, peer: &Peer, id: ConnectionId, hello: &Hello, about: &About) -> Judged {
        if hello.chain_id != self.identity.chain_id {
            return Judged::Rejected(RejectionReason::DifferentChain);
        }
        let digest = peer.link.digest().unwrap_or_default();
        if recover(&digest, &hello.signed_shared_secret) != Ok(hello.node_public_key) {
            return Judged::Rejected(RejectionReason::InvalidHello);
        }
        if about.node_id.is_null() {
            return Judged::Null;
        }
        if about.node_id == self.identity.node_id {
            return Judged::Rejected(RejectionReason::ConnectedToSelf);
        }
        match self.connection_to(&about.node_id, id) {
            Some(other) if !self.gives_way(other, peer, &about.node_id) => {
                Judged::Rejected(RejectionReason::AlreadyConnected)
            }
            _ => Judged::Good,
        }
    }

    /// Whether another connection gives way to one with the same node. Two nodes that connect to
    /// each other at once would each reject what it began itself, and both be left with none, as in
    /// the reference: the one that the node with the lower id began stays.
    fn gives_way(&self, other: ConnectionId, peer: &Peer, node_id: &PublicKey) -> bool {
        let is_ours = peer.place.direction == Direction::Outbound;
        let is_of_the_lower = is_ours == (self.identity.node_id.0 < node_id.0);
        let crosses = |other: &Peer| {
            other.stage == Stage::Handshaking && other.place.direction != peer.place.direction
        };
        is_of_the_lower && self.peers.get(&other).is_some_and(crosses)
    }

    /// Another connection to a node, that is not about to be closed.
    fn connection_to(&self, node_id: &PublicKey, but: ConnectionId) -> Option<ConnectionId> {
        let is_it = |peer: &Peer| {
            !peer.is_closing() && peer.about.as_ref().is_some_and(|a| a.node_id == *node_id)
        };
        let mut others = self.peers.iter().filter(|(id, _)| **id != but);
        others.find(|(_, peer)| is_it(peer)).map(|(id, _)| *id)
    }

    /// A second connection that we opened shows where the node of the first can be reached.
    fn learn_of_another_way(&mut self, turn: &mut Turn<'_>, id: ConnectionId, about: &About) {
        let Some(Place { direction: Direction::Outbound, remote, .. }) =
            self.peers.get(&id).map(|peer| peer.place)
        else {
            return;
        };
        let Some(first) = self.connection_to(&about.node_id, id) else { return };
        let Some(peer) = self.peers.get_mut(&first) else { return };
        if peer.about.as_ref().is_none_or(|first| first.key != about.key) {
            return;
        }
        peer.reach.verified.insert(remote);
        let is_better = peer.reach.firewalled != Firewalled::No
            || remote.is_public()
            || !peer.reach.inbound.is_some_and(Endpoint::is_public);
        if is_better {
            peer.reach.inbound = Some(remote);
            peer.reach.firewalled = Firewalled::No;
        }
        if peer.is_active() {
            self.book.succeeded(turn.now, remote);
        }
    }

    fn reject(
        &mut self,
        turn: &mut Turn<'_>,
        id: ConnectionId,
        reason: RejectionReason,
        hello: Option<&Hello>,
    ) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        peer.to_theirs = Answer::Rejected;
        let place = peer.place;
        let is_useless =
            matches!(reason, RejectionReason::DifferentChain | RejectionReason::ConnectedToSelf);
        if is_useless && place.direction == Direction::Outbound {
            self.book.useless(turn.now, place.remote);
        }
        let words = match (reason, hello) {
            (RejectionReason::DifferentChain, Some(hello)) => format!(
                "You're on a different chain than I am.  I'm on {} and you're on {}",
                self.identity.chain_id, hello.chain_id
            ),
            _ => rejection_words(reason).to_owned(),
        };
        let rejected = ConnectionRejected {
            user_agent: self.config.agent.clone(),
            core_protocol_version: PROTOCOL_VERSION,
            remote_endpoint: place.remote,
            reason_code: reason as u8,
            reason_string: words.into(),
        };
        self.send_message(turn, id, Message::ConnectionRejected(rejected));
        // Who is one too many may still ask for others.
        if reason != RejectionReason::NotAccepting {
            self.disconnect(turn, id, Reason::Rejected(reason));
        }
    }

    fn welcome(&mut self, turn: &mut Turn<'_>, id: ConnectionId, hello: &Hello, about: About) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        peer.about = Some(about);
        peer.learn_reach(hello);
        let heard_of: Vec<Endpoint> = peer.reach.candidates.iter().copied().collect();
        for endpoint in heard_of {
            self.book.heard_of(turn.now, endpoint);
        }
        if self.connections() > self.config.connections_max {
            return self.reject(turn, id, RejectionReason::NotAccepting, None);
        }
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.to_theirs = Answer::Accepted;
        }
        self.send_message(turn, id, Message::ConnectionAccepted(Nothing {}));
    }

    pub(super) fn accepted(&mut self, turn: &mut Turn<'_>, id: ConnectionId) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if peer.to_ours == Answer::None {
            peer.to_ours = Answer::Accepted;
            self.ask_for_addresses(turn, id);
        }
    }

    pub(super) fn ask_for_addresses(&mut self, turn: &mut Turn<'_>, id: ConnectionId) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        peer.expects_addresses = true;
        self.send_message(turn, id, Message::AddressRequest(Nothing {}));
    }

    pub(super) fn rejected(
        &mut self,
        turn: &mut Turn<'_>,
        id: ConnectionId,
        rejected: &ConnectionRejected,
    ) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if peer.to_ours != Answer::None {
            let reason = Reason::Unexpected(Unexpected::ConnectionRejected);
            return self.disconnect(turn, id, reason);
        }
        peer.to_ours = Answer::Rejected;
        let remote = peer.place.remote;
        match RejectionReason::from(rejected.reason_code) {
            reason @ (RejectionReason::ConnectedToSelf | RejectionReason::DifferentChain) => {
                self.book.useless(turn.now, remote);
                self.close(turn, id, Reason::RejectedUs(reason));
            }
            _ => {
                self.book.rejected(turn.now, remote);
                self.ask_for_addresses(turn, id);
            }
        }
    }

    pub(super) fn address_request(&mut self, turn: &mut Turn<'_>, id: ConnectionId) {
        let Some(peer) = self.peers.get(&id) else { return };
        let answer = peer.to_theirs;
        if answer == Answer::None {
            let reason = Reason::Unexpected(Unexpected::AddressRequest);
            return self.disconnect(turn, id, reason);
        }
        let addresses = self.known_addresses(turn);
        self.send_message(turn, id, Message::Address(Address { addresses }));
        if answer == Answer::Rejected {
            self.disconnect(turn, id, Reason::RejectedIt);
        }
    }

    /// Whom we tell of: those we are connected to, where they take connections.
    fn known_addresses(&mut self, turn: &Turn<'_>) -> Vec<AddressInfo> {
        let (advertise, now) = (&self.config.advertise, turn.now.seconds());
        let info = |peer: &Peer| {
            let endpoint = peer.reach.inbound.filter(|endpoint| advertise.tells_of(endpoint))?;
            Some(AddressInfo {
                remote_endpoint: endpoint,
                last_seen_time: now,
                latency: peer.times.round_trip,
                node_id: peer.about.as_ref().map(|about| about.node_id).unwrap_or_default(),
                direction: peer.place.direction as u8,
                firewalled: peer.reach.firewalled as u8,
            })
        };
        self.peers.values().filter(|peer| peer.is_active()).filter_map(info).collect()
    }

    pub(super) fn addresses(&mut self, turn: &mut Turn<'_>, id: ConnectionId, address: &Address) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if !std::mem::take(&mut peer.expects_addresses) {
            return;
        }
        let (stage, answers) = (peer.stage, (peer.to_ours, peer.to_theirs));
        if self.config.connects_to_new_peers {
            let told = address.addresses.iter().map(|info| info.remote_endpoint);
            let told = told.filter(|endpoint| endpoint.port != 0).take(limits::ADDRESSES);
            for endpoint in told {
                self.book.heard_of(turn.now, endpoint);
            }
        }
        match (stage, answers) {
            (Stage::Handshaking, (Answer::Rejected, _)) => {
                let reason = RejectionReason::Unspecified;
                self.disconnect(turn, id, Reason::RejectedUs(reason));
            }
            (Stage::Handshaking, (_, Answer::Rejected)) => {
                self.disconnect(turn, id, Reason::RejectedIt);
            }
            // An address that comes before its hello ends no handshake.
            (Stage::Handshaking, (_, Answer::Accepted)) => self.activate(turn, id),
            _ => {}
        }
    }

    /// The handshake is done: items are exchanged from now on.
    pub(super) fn activate(&mut self, turn: &mut Turn<'_>, id: ConnectionId) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        peer.stage = Stage::Active;
        match peer.place.direction {
            Direction::Outbound => self.book.succeeded(turn.now, peer.place.remote),
            Direction::Inbound => self.once.extend(&peer.reach.candidates),
        }
        self.ask_the_time(turn, id);
        self.begin_sync(turn, id);
    }
}

/// Bytes that are kept of a text of a peer.
const TEXT_BYTES_MAX: usize = 256;

/// The beginning of a text that a peer sent, to be kept.
pub(super) fn short(text: &Text) -> Text {
    let bytes = text.as_bytes();
    bytes.get(..TEXT_BYTES_MAX).unwrap_or(bytes).to_vec().into()
}

/// What a hello is worth.
enum Judged {
    Good,
    Null,
    Rejected(RejectionReason),
}

impl About {
    fn of(hello: &Hello, are_we_carbyne: bool) -> Self {
        let data = &hello.user_data;
        let node_id = data.text("node_id").and_then(|text| {
            let mut bytes = [0; 33];
            hex::decode_to_slice(text.as_bytes(), &mut bytes).ok().map(|()| PublicKey(bytes))
        });
        Self {
            agent: short(&hello.user_agent),
            protocol: hello.core_protocol_version,
            key: hello.node_public_key,
            node_id: node_id.unwrap_or(hello.node_public_key),
            is_carbyne: are_we_carbyne && is_carbyne(data),
            platform: data.text("platform").map(short),
        }
    }
}
