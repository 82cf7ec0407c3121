//! Bytes of a peer: keys, then messages, each given to what it concerns.

use super::handshake::short;
use super::{Node, Turn};
use crate::frame::Frame;
use crate::message::{CARBYNE_KINDS, CurrentTimeReply, Message, OWN_KINDS, message_hash};
use crate::peer::{ConnectionId, Outgoing};
use crate::reason::Reason;

impl Node {
    pub(super) fn receive(&mut self, turn: &mut Turn<'_>, id: ConnectionId, bytes: &[u8]) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        match peer.link.receive(bytes) {
            Ok(true) => self.say_hello(turn, id),
            Ok(false) => {}
            Err(error) => return self.close(turn, id, error.into()),
        }
        while let Some(peer) = self.peers.get_mut(&id) {
            match peer.link.next_frame() {
                Ok(Some(frame)) => self.frame(turn, id, &frame),
                Ok(None) => return,
                Err(error) => return self.close(turn, id, error.into()),
            }
        }
    }

    fn frame(&mut self, turn: &mut Turn<'_>, id: ConnectionId, frame: &Frame) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        peer.times.heard = turn.now;
        if CARBYNE_KINDS.contains(&frame.kind) && !peer.is_carbyne() {
            return;
        }
        match Message::read(frame.kind, &frame.payload, self.config.tags) {
            Ok(Some(message)) if peer.is_closing() => self.message_while_closing(turn, id, message),
            Ok(Some(message)) => self.message(turn, id, message, &frame.payload),
            Ok(None) if OWN_KINDS.contains(&frame.kind) || peer.is_closing() => {}
            Ok(None) => {
                let hash = message_hash(&frame.payload);
                self.disconnect(turn, id, Reason::NotAsked { kind: frame.kind, hash });
            }
            Err(error) => self.close(turn, id, Reason::Malformed { kind: frame.kind, error }),
        }
    }

    /// Whom we left is heard no more, but when it agrees.
    fn message_while_closing(&mut self, turn: &mut Turn<'_>, id: ConnectionId, message: Message) {
        if let Message::ClosingConnection(closing) = message {
            self.close(turn, id, Reason::ByPeer(short(&closing.reason_for_closing)));
        }
    }

    fn message(&mut self, turn: &mut Turn<'_>, id: ConnectionId, message: Message, payload: &[u8]) {
        match message {
            Message::Hello(hello) => self.hello(turn, id, &hello),
            Message::ConnectionAccepted(_) => self.accepted(turn, id),
            Message::ConnectionRejected(rejected) => self.rejected(turn, id, &rejected),
            Message::AddressRequest(_) => self.address_request(turn, id),
            Message::Address(address) => self.addresses(turn, id, &address),
            Message::FetchIds(fetch) => self.fetch_ids_request(turn, id, &fetch),
            Message::Ids(ids) => self.ids(turn, id, ids),
            Message::FetchItems(fetch) => self.fetch_items_request(turn, id, &fetch),
            Message::ItemNotAvailable(item) => self.not_available(turn, id, item.requested_item),
            Message::Inventory(inventory) => self.inventory(turn, id, &inventory),
            Message::Transaction(transaction) => self.transaction(turn, id, transaction, payload),
            Message::Block(block) => self.block(turn, id, *block, payload),
            Message::ClosingConnection(closing) => {
                // It hears no more: what it was asked for is asked of others.
                self.release(turn, id);
                if let Some(peer) = self.peers.get_mut(&id) {
                    peer.wants_close = Some(short(&closing.reason_for_closing));
                }
            }
            Message::CurrentTimeRequest(request) => {
                let sent = request.request_sent_time;
                self.send(turn, id, Outgoing::TimeReply { sent, received: turn.now });
            }
            Message::CurrentTimeReply(reply) => self.time(turn, id, reply),
            other => self.message_of_carbyne(turn, id, other, payload),
        }
    }

    /// What only Carbyne nodes say to each other, and what nobody heeds.
    fn message_of_carbyne(
        &mut self,
        turn: &mut Turn<'_>,
        id: ConnectionId,
        message: Message,
        payload: &[u8],
    ) {
        match message {
            Message::FetchCompact(fetch) => self.compact_request(turn, id, fetch),
            Message::CompactBlock(block) => self.compact_block(turn, id, (block, payload)),
            Message::FetchMissing(fetch) => self.missing_request(turn, id, fetch),
            Message::Missing(missing) => self.missing(turn, id, (missing, payload)),
            Message::StateRequest(_) => self.state_request(turn, id),
            Message::StateManifest(state) => self.state_offered(turn, id, (state, payload)),
            Message::FetchChunk(of) => self.chunk_request(turn, id, of),
            Message::Chunk(chunk) => self.chunk(turn, id, (chunk, payload)),
            Message::StateRefused(refused) => self.state_refused(turn, id, (refused, payload)),
            _ => {}
        }
    }

    fn time(&mut self, turn: &mut Turn<'_>, id: ConnectionId, reply: CurrentTimeReply) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        let there = reply.request_received_time.saturating_sub(reply.request_sent_time);
        let back = reply.reply_transmitted_time.saturating_sub(turn.now.0);
        peer.times.clock_offset = Some(there.saturating_add(back) / 2);
        let away = turn.now.0.saturating_sub(reply.request_sent_time);
        let at_the_peer = reply.reply_transmitted_time.saturating_sub(reply.request_received_time);
        peer.times.round_trip = away.saturating_sub(at_the_peer);
    }
}
