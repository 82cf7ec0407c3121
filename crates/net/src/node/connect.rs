//! Connections: which are taken, which are tried.

use super::{Effect, Node, Turn};
use crate::config::limits;
use crate::message::{Direction, Endpoint};
use crate::peer::{ConnectionId, Peer, Place};
use crate::reason::Reason;
use crate::time::Now;
use carbyne_crypto::PrivateKey;

/// Connections that are taken above the limit, so that who is one too many can be told of others.
const ABOVE_MAX: usize = 20;

/// Nodes that wait to be tried once.
const ONCE_MAX: usize = 256;

impl Node {
    pub(super) fn connected(
        &mut self,
        turn: &mut Turn<'_>,
        id: ConnectionId,
        place: Place,
        key: PrivateKey,
    ) {
        let public = key.public_key();
        if place.direction == Direction::Outbound {
            self.connecting.remove(&place.remote);
            self.book.connected(turn.now, place.remote);
        } else if let Some(reason) = self.too_many(place.remote) {
            turn.effects.push(Effect::Close(id, reason));
            return;
        }
        self.peers.insert(id, Peer::new(turn.now, place, key));
        turn.effects.push(Effect::Send(id, public.0.to_vec()));
    }

    fn too_many(&self, remote: Endpoint) -> Option<Reason> {
        if self.peers.len() >= self.config.connections_max.saturating_add(ABOVE_MAX) {
            return Some(Reason::TooMany);
        }
        let same = |peer: &&Peer| peer.place.remote.address == remote.address;
        let count = self.peers.values().filter(same).count();
        (count >= self.config.connections_of_an_address_max).then_some(Reason::TooManyOfAnAddress)
    }

    pub(super) fn connect_failed(&mut self, endpoint: Endpoint) {
        self.connecting.remove(&endpoint);
        self.book.failed(endpoint);
    }

    /// Connections that are not about to be closed.
    pub(super) fn connections(&self) -> usize {
        self.peers.values().filter(|peer| !peer.is_closing()).count()
    }

    /// Somebody wants a node.
    pub(super) fn wish(&mut self, turn: &mut Turn<'_>, endpoint: Endpoint) {
        self.book.invite(endpoint);
        self.once.push_back(endpoint);
        self.look_for_peers(turn);
    }

    /// Tries nodes: those that somebody wants, and others while there are too few connections.
    pub(super) fn look_for_peers(&mut self, turn: &mut Turn<'_>) {
        let mut once = std::mem::take(&mut self.once);
        once.truncate(ONCE_MAX);
        for endpoint in once {
            self.try_to_connect(turn, endpoint);
        }
        let open = self.connections().saturating_add(self.connecting.len());
        let missing = self.config.connections_wanted.saturating_sub(open);
        if missing == 0 {
            return;
        }
        let mut due = self.book.due(turn.now);
        due.retain(|endpoint| !self.is_connected_to(endpoint));
        for endpoint in due.into_iter().take(missing) {
            self.try_to_connect(turn, endpoint);
        }
    }

    fn try_to_connect(&mut self, turn: &mut Turn<'_>, endpoint: Endpoint) {
        if endpoint.port == 0 || self.is_connected_to(&endpoint) {
            return;
        }
        self.book.trying(turn.now, endpoint);
        self.connecting.insert(endpoint, turn.now);
        turn.effects.push(Effect::Connect(endpoint));
    }

    fn is_connected_to(&self, endpoint: &Endpoint) -> bool {
        let is_it = |peer: &Peer| {
            let is_ours = peer.place.direction == Direction::Outbound || !peer.is_active();
            (is_ours && peer.place.remote == *endpoint) || peer.reach.verified.contains(endpoint)
        };
        self.connecting.contains_key(endpoint) || self.peers.values().any(is_it)
    }

    /// Attempts that nobody answered about have failed.
    pub(super) fn give_up_connecting(&mut self, now: Now) {
        let is_late = |then: &Now| now.is_past(*then, limits::CONNECTING);
        let late = self.connecting.iter().filter(|(_, then)| is_late(then));
        let late: Vec<Endpoint> = late.map(|(endpoint, _)| *endpoint).collect();
        late.into_iter().for_each(|endpoint| self.connect_failed(endpoint));
    }
}
