//! States: given to Carbyne nodes that ask, and taken from some by a node that has no chain yet.

use super::{Effect, Node, Turn};
use crate::chain::ChainView;
use crate::config::limits;
use crate::message::{
    Chunk, Endpoint, FetchChunk, FetchIds, IdsInventory, Message, Nothing, StateManifest,
    StateRefusal, StateRefused, kind, message_hash,
};
use crate::peer::{Answer, ConnectionId, Long, Outgoing, Peer, Sealed, Stage};
use crate::reason::{Reason, Unexpected};
use crate::state::{Question, StateStep, Taking, Wrong};
use crate::time::Now;
use carbyne_wire::{Bytes, Pack};

/// Microseconds in a second.
const SECOND: u64 = 1_000_000;

/// The list of the chunks of our state, or that there is none.
pub(super) fn read_state(chain: &dyn ChainView) -> Sealed {
    match chain.state() {
        Some(manifest) => (kind::STATE_MANIFEST, manifest.to_bytes()),
        None => refused(FetchChunk::default(), StateRefusal::NoState),
    }
}

/// A chunk of our state, or that it cannot be had.
pub(super) fn read_chunk(chain: &dyn ChainView, of: FetchChunk) -> Sealed {
    match chain.chunk(&of) {
        Ok(bytes) => (kind::CHUNK, Chunk { of, bytes: Bytes(bytes) }.to_bytes()),
        Err(why) => refused(of, why),
    }
}

fn refused(of: FetchChunk, why: StateRefusal) -> Sealed {
    (kind::STATE_REFUSED, StateRefused { of, reason: why as u8 }.to_bytes())
}

impl Node {
    /// A peer asks which state we give.
    pub(super) fn state_request(&mut self, turn: &mut Turn<'_>, id: ConnectionId) {
        if self.may_ask_for_states(turn, id) {
            self.send(turn, id, Outgoing::Long(Long::State));
        }
    }

    /// A peer asks for a chunk.
    pub(super) fn chunk_request(&mut self, turn: &mut Turn<'_>, id: ConnectionId, of: FetchChunk) {
        if !self.may_ask_for_states(turn, id) {
            return;
        }
        if !self.has_room_for(turn.now, id) {
            let reason = StateRefusal::Busy as u8;
            return self.send_message(turn, id, Message::StateRefused(StateRefused { of, reason }));
        }
        self.send(turn, id, Outgoing::Long(Long::Chunk(of)));
    }

    fn may_ask_for_states(&mut self, turn: &mut Turn<'_>, id: ConnectionId) -> bool {
        let answer = self.peers.get(&id).map(|peer| peer.to_theirs);
        if answer != Some(Answer::Accepted) {
            self.disconnect(turn, id, Reason::Unexpected(Unexpected::FetchItems));
        }
        answer == Some(Answer::Accepted)
    }

    /// Whether a peer is among those that are given a state, and a chunk is not too much.
    fn has_room_for(&mut self, now: Now, id: ConnectionId) -> bool {
        let takes = |peer: &Peer| {
            peer.times.took_chunk.is_some_and(|then| !now.is_past(then, limits::CHUNK))
        };
        let others = self.peers.iter().filter(|(other, peer)| **other != id && takes(peer));
        let is_one_too_many = others.count() >= limits::STATE_TAKERS;
        let rate = u64::from(self.config.state_bytes_per_second.max(1));
        let bytes = u64::from(limits::CHUNK_BYTES).saturating_mul(SECOND);
        let cost = i64::try_from(bytes.checked_div(rate).unwrap_or_default()).unwrap_or(i64::MAX);
        let earliest = now.0.saturating_sub(i64::try_from(SECOND).unwrap_or_default());
        let paid = self.states_paid.0.clamp(earliest, now.after(limits::CHUNK).0);
        if is_one_too_many || paid > now.0 {
            return false;
        }
        self.states_paid = Now(paid.saturating_add(cost));
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.times.took_chunk = Some(now);
        }
        true
    }

    /// A state is to be taken from peers, of which these are believed.
    pub(super) fn take_state(&mut self, turn: &mut Turn<'_>, named: Vec<Endpoint>) {
        let chain_id = self.identity.chain_id;
        self.taking = Some(Taking::new(turn.now, chain_id, named.iter().copied()));
        for endpoint in named {
            self.wish(turn, endpoint);
        }
    }

    /// A peer is ready; true if a state is taken, and no blocks are.
    pub(super) fn join_taking(&mut self, turn: &mut Turn<'_>, id: ConnectionId) -> bool {
        let (Some(taking), Some(peer)) = (&mut self.taking, self.peers.get_mut(&id)) else {
            return false;
        };
        peer.sync.we_need = false;
        let step = taking.join(id, peer.place.remote, peer.is_carbyne());
        self.state_step(turn, step);
        true
    }

    /// The driver says how many chunks it has.
    pub(super) fn has_chunks(&mut self, turn: &mut Turn<'_>, chunks: u32) {
        let step = self.taking.as_mut().and_then(|taking| taking.has(chunks));
        self.state_step(turn, step);
    }

    fn state_step(&mut self, turn: &mut Turn<'_>, step: Option<StateStep>) {
        turn.effects.extend(step.map(Effect::State));
        self.ask_about_states(turn);
    }

    fn ask_about_states(&mut self, turn: &mut Turn<'_>) {
        let is_new = |peer: &Peer| peer.stage == Stage::Handshaking;
        let all_are_here = self.connecting.is_empty() && !self.peers.values().any(is_new);
        let peers = &self.peers;
        let place = |id: ConnectionId| peers.get(&id).map(|peer| peer.place.remote);
        let Some(taking) = &mut self.taking else { return };
        for (id, question) in taking.questions(turn.now, all_are_here, place) {
            self.ask_about_state(turn, id, question);
        }
    }

    fn ask_about_state(&mut self, turn: &mut Turn<'_>, id: ConnectionId, question: Question) {
        match question {
            Question::State => self.send_message(turn, id, Message::StateRequest(Nothing {})),
            Question::Chunk(of) => self.send_message(turn, id, Message::FetchChunk(of)),
            Question::Block(block) => {
                let Some(peer) = self.peers.get_mut(&id) else { return };
                let blockchain_synopsis = vec![block];
                peer.sync.ask_ids(&blockchain_synopsis, turn.now);
                let fetch = FetchIds { item_type: kind::BLOCK, blockchain_synopsis };
                self.send_message(turn, id, Message::FetchIds(fetch));
            }
        }
    }

    /// A peer says what follows the block of the state; true if that is what it was asked.
    pub(super) fn block_of_state(
        &mut self,
        turn: &mut Turn<'_>,
        id: ConnectionId,
        ids: &IdsInventory,
    ) -> bool {
        let (Some(taking), Some(peer)) = (&mut self.taking, self.peers.get_mut(&id)) else {
            return false;
        };
        let Some(asked) = peer.sync.answered_ids() else { return true };
        let has = ids.item_hashes_available.first().is_some_and(|first| asked.contains(first));
        let step = taking.has_block(id, has);
        self.state_step(turn, step);
        true
    }

    /// A peer says which state it gives.
    pub(super) fn state_offered(
        &mut self,
        turn: &mut Turn<'_>,
        id: ConnectionId,
        (manifest, payload): (StateManifest, &[u8]),
    ) {
        let Some(taking) = &mut self.taking else {
            return self.wrong(turn, id, Wrong::NotAsked, (kind::STATE_MANIFEST, payload));
        };
        match taking.offered(turn.now, id, manifest) {
            Ok(step) => self.state_step(turn, step),
            Err(wrong) => self.wrong(turn, id, wrong, (kind::STATE_MANIFEST, payload)),
        }
    }

    /// A peer gives no state, or not this chunk.
    pub(super) fn state_refused(
        &mut self,
        turn: &mut Turn<'_>,
        id: ConnectionId,
        (refusal, payload): (StateRefused, &[u8]),
    ) {
        let why = StateRefusal::from(refusal.reason);
        let place = self.peers.get(&id).map(|peer| peer.place.remote).unwrap_or_default();
        let refused = match &mut self.taking {
            Some(taking) => taking.refuse(turn.now, (id, place), &refusal.of, why),
            None => Err(Wrong::NotAsked),
        };
        match refused {
            Ok(step) => self.state_step(turn, step),
            Err(wrong) => self.wrong(turn, id, wrong, (kind::STATE_REFUSED, payload)),
        }
    }

    /// A chunk came: what follows what was handed on is handed on.
    pub(super) fn chunk(
        &mut self,
        turn: &mut Turn<'_>,
        id: ConnectionId,
        (chunk, payload): (Chunk, &[u8]),
    ) {
        let Some(taking) = &mut self.taking else {
            return self.wrong(turn, id, Wrong::NotAsked, (kind::CHUNK, payload));
        };
        if let Err(wrong) = taking.chunk(turn.now, id, chunk.of, chunk.bytes.0) {
            return self.wrong(turn, id, wrong, (kind::CHUNK, payload));
        }
        while let Some(step) = taking.hand_on() {
            turn.effects.push(Effect::State(step));
        }
        let step = taking.complete();
        self.state_step(turn, step);
    }

    fn wrong(
        &mut self,
        turn: &mut Turn<'_>,
        id: ConnectionId,
        wrong: Wrong,
        (kind, payload): (u32, &[u8]),
    ) {
        let reason = match wrong {
            Wrong::NotAsked => Reason::NotAsked { kind, hash: message_hash(payload) },
            Wrong::FalseState => Reason::FalseState,
            Wrong::FalseChunk(index) => Reason::FalseChunk(index),
        };
        self.disconnect(turn, id, reason);
    }

    /// Time passes: who is late is left, and who rested is asked.
    pub(super) fn look_at_state(&mut self, turn: &mut Turn<'_>) {
        let Some(taking) = &mut self.taking else { return };
        let step = taking.give_up(turn.now);
        if let Some((id, question)) = taking.late(turn.now) {
            self.disconnect(turn, id, Reason::NoAnswer(question));
        }
        self.state_step(turn, step);
    }
}
