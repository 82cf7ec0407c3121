//! What happens when time passes (reference: `net/node.cpp`, `kill_inactive_conns_loop`).

use super::{Effect, Node, Turn};
use crate::config::limits;
use crate::peer::{ConnectionId, Outgoing, Peer, Stage};
use crate::reason::{Question, Reason};
use crate::time::Now;

/// Seconds between looks at the connections.
const TICK: u32 = 1;

/// What is to be done about a connection.
enum Due {
    Nothing,
    KeepAlive,
    Leave(Reason),
}

impl Node {
    pub(super) fn tick(&mut self, turn: &mut Turn<'_>) {
        if turn.now >= self.next_tick {
            self.next_tick = turn.now.after(TICK);
            self.look_at_connections(turn);
            self.give_up_connecting(turn.now);
            self.forget_items(turn);
            self.look_at_state(turn);
        }
        if turn.now >= self.next_look {
            self.next_look = turn.now.after(limits::LOOK_FOR_PEERS);
            self.look_for_peers(turn);
        }
        if turn.now >= self.next_question {
            self.next_question = turn.now.after(limits::ASK_FOR_ADDRESSES);
            for id in self.active() {
                self.ask_for_addresses(turn, id);
            }
        }
        let wake_at = self.next_tick.min(self.next_look).min(self.next_question);
        turn.effects.push(Effect::WakeAt(wake_at));
    }

    fn forget_items(&mut self, turn: &Turn<'_>) {
        self.failed.forget(turn.now);
        self.failed_for_now.forget(turn.now);
        let intervals = u32::try_from(limits::CACHE_BLOCKS).unwrap_or(u32::MAX);
        self.wanted.forget(turn.now, turn.chain.block_interval().saturating_mul(intervals));
    }

    pub(super) fn ask_the_time(&mut self, turn: &mut Turn<'_>, id: ConnectionId) {
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.times.asked = turn.now;
        }
        self.send(turn, id, Outgoing::TimeRequest);
    }

    pub(super) fn active(&self) -> Vec<ConnectionId> {
        self.active_peers(|_, _| true)
    }

    pub(super) fn active_peers(
        &self,
        is_meant: impl Fn(ConnectionId, &Peer) -> bool,
    ) -> Vec<ConnectionId> {
        let active = self.peers.iter().filter(|(_, peer)| peer.is_active());
        active.filter(|(id, peer)| is_meant(**id, peer)).map(|(id, _)| *id).collect()
    }

    fn look_at_connections(&mut self, turn: &mut Turn<'_>) {
        let interval = turn.chain.block_interval();
        let awaits_none = self.awaits_no_block();
        let look = |peer: &mut Peer| {
            peer.items.by_it.forget(turn.now);
            peer.items.to_it.forget(turn.now);
            peer.due(turn.now, interval, awaits_none)
        };
        let due: Vec<_> = self.peers.iter_mut().map(|(id, peer)| (*id, look(peer))).collect();
        for (id, due) in due {
            match due {
                Due::Nothing => {}
                Due::KeepAlive => self.ask_the_time(turn, id),
                Due::Leave(reason) => self.disconnect(turn, id, reason),
            }
        }
    }
}

impl Peer {
    fn due(&self, now: Now, interval: u32, awaits_none: bool) -> Due {
        match self.stage {
            Stage::Handshaking => self.due_in_handshake(now),
            Stage::Active => self.due_when_active(now, interval, awaits_none),
            Stage::Closing(since) if now.is_past(since, limits::CLOSING) => {
                Due::Leave(Reason::ClosingSlow)
            }
            Stage::Closing(_) => Due::Nothing,
        }
    }

    fn due_in_handshake(&self, now: Now) -> Due {
        let last = self.times.heard.max(self.times.sent);
        let is_silent = now.is_past(last, limits::HANDSHAKE_SILENCE);
        if is_silent || now.is_past(self.times.connected, limits::HANDSHAKE_MAX) {
            return Due::Leave(Reason::HandshakeSlow);
        }
        Due::Nothing
    }

    fn due_when_active(&self, now: Now, interval: u32, awaits_none: bool) -> Due {
        let silence = interval.saturating_mul(limits::SILENCE_INTERVALS);
        if now.is_past(self.times.heard, silence) {
            return Due::Leave(Reason::Silent);
        }
        if let Some(question) = self.unanswered(now) {
            return Due::Leave(Reason::NoAnswer(question));
        }
        let keep_alive = interval.saturating_mul(limits::KEEP_ALIVE_INTERVALS);
        let is_silent = now.is_past(self.times.heard, keep_alive);
        if is_silent && now.is_past(self.times.asked, limits::ANSWER) {
            return Due::KeepAlive;
        }
        if self.sync.is_stalled(awaits_none) && now.is_past(self.sync.progress, limits::ANSWER) {
            return Due::Leave(Reason::Stalled);
        }
        Due::Nothing
    }

    fn unanswered(&self, now: Now) -> Option<Question> {
        let sync = &self.sync;
        let is_late = |then: Now| now.is_past(then, limits::ANSWER);
        let is_stuck = |then: &Now| now.is_past(*then, limits::BLOCKS);
        if !sync.asked.is_empty() && (is_late(sync.progress) || sync.asked.values().any(is_stuck)) {
            return Some(Question::Blocks);
        }
        if sync.asked_ids.as_ref().is_some_and(|(_, then)| is_late(*then)) {
            return Some(Question::Ids);
        }
        self.items.asked.values().any(|then| is_late(*then)).then_some(Question::Item)
    }
}
