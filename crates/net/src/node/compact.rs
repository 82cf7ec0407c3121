//! New blocks between Carbyne nodes, in short form: what is here already is not sent once more.

use super::{Node, Turn, fetch};
use crate::cache::Cache;
use crate::compact::{Half, TakenApart, only_named};
use crate::config::limits;
use crate::message::{
    BlockMessage, CompactBlock, FetchCompact, FetchMissing, ItemId, ItemNotAvailable, Message,
    Missing, ShortName, kind, message_hash,
};
use crate::peer::{Answer, ConnectionId, Long, Outgoing, Peer, Sealed};
use crate::reason::{Reason, Unexpected};
use carbyne_wire::{Hash160, Pack, Reader};
use std::sync::Arc;

/// A block for a Carbyne node: in short form, or as it is if that is as good.
pub(super) fn read_compact(
    cache: &Cache,
    taken_apart: &mut TakenApart,
    block: Hash160,
    has: impl Fn(&Hash160) -> bool,
) -> Sealed {
    let Some((kind::BLOCK, payload)) = cache.get(&block) else { return not_here(block) };
    let whole = || (kind::BLOCK, payload.to_vec());
    if payload.len() <= limits::COMPACT_FROM {
        return whole();
    }
    let Some(parts) = taken_apart.parts(block, &payload) else { return whole() };
    let short = parts.compact(block, has).to_bytes();
    if short.len() < payload.len() { (kind::COMPACT_BLOCK, short) } else { whole() }
}

/// Transactions of a block that a peer lacks.
pub(super) fn read_missing(
    cache: &Cache,
    taken_apart: &mut TakenApart,
    FetchMissing { block, places }: &FetchMissing,
) -> Sealed {
    let Some((kind::BLOCK, payload)) = cache.get(block) else { return not_here(*block) };
    let parts = taken_apart.parts(*block, &payload);
    match parts.and_then(|parts| parts.at(places)) {
        Some(transactions) => (kind::MISSING, Missing { block: *block, transactions }.to_bytes()),
        None => not_here(*block),
    }
}

fn not_here(block: Hash160) -> Sealed {
    let requested_item = ItemId { kind: kind::BLOCK, hash: block };
    (kind::ITEM_NOT_AVAILABLE, ItemNotAvailable { requested_item }.to_bytes())
}

impl Node {
    /// Asks for a block: a Carbyne node for its short form.
    pub(super) fn fetch_new_blocks(
        &mut self,
        turn: &mut Turn<'_>,
        id: ConnectionId,
        mut blocks: Vec<Hash160>,
    ) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if peer.is_carbyne() {
            let room = limits::COMPACT_AT_ONCE.saturating_sub(peer.items.compact.len());
            let whole = blocks.split_off(room.min(blocks.len()));
            peer.items.compact.extend(blocks.iter().map(|block| (*block, None)));
            for block in std::mem::replace(&mut blocks, whole) {
                self.send_message(turn, id, Message::FetchCompact(FetchCompact { block }));
            }
        }
        if !blocks.is_empty() {
            self.send_message(turn, id, fetch(kind::BLOCK, blocks));
        }
    }

    /// A peer asks for a block in short form.
    pub(super) fn compact_request(
        &mut self,
        turn: &mut Turn<'_>,
        id: ConnectionId,
        FetchCompact { block }: FetchCompact,
    ) {
        let item = ItemId { kind: kind::COMPACT_BLOCK, hash: block };
        self.answer_about_block(turn, id, Long::Item(item));
    }

    /// A peer asks for what it lacks of one.
    pub(super) fn missing_request(
        &mut self,
        turn: &mut Turn<'_>,
        id: ConnectionId,
        missing: FetchMissing,
    ) {
        self.answer_about_block(turn, id, Long::Missing(missing));
    }

    fn answer_about_block(&mut self, turn: &mut Turn<'_>, id: ConnectionId, answer: Long) {
        match self.peers.get(&id).map(|peer| peer.to_theirs) {
            Some(Answer::Accepted) => self.send(turn, id, Outgoing::Long(answer)),
            _ => self.disconnect(turn, id, Reason::Unexpected(Unexpected::FetchItems)),
        }
    }

    /// A block came in short form.
    pub(super) fn compact_block(
        &mut self,
        turn: &mut Turn<'_>,
        id: ConnectionId,
        (compact, payload): (CompactBlock, &[u8]),
    ) {
        let block = compact.block;
        let asked = self.peers.get(&id).and_then(|peer| peer.items.compact.get(&block));
        if !matches!(asked, Some(None)) {
            let hash = message_hash(payload);
            let reason = Reason::NotAsked { kind: kind::COMPACT_BLOCK, hash };
            return self.disconnect(turn, id, reason);
        }
        match Half::new(compact, |name| self.transaction_of_name(name)) {
            Err(_) => self.disconnect(turn, id, Reason::FalseCompact(block)),
            Ok(half) => self.half_came(turn, id, block, half),
        }
    }

    /// A transaction that is here: passed on, or at the chain.
    fn transaction_of_name(&self, name: &ShortName) -> Option<(Hash160, Arc<[u8]>)> {
        self.cache.transaction(name).or_else(|| {
            only_named(&self.arriving, name).map(|(hash, payload)| (*hash, payload.clone()))
        })
    }

    fn half_came(&mut self, turn: &mut Turn<'_>, id: ConnectionId, block: Hash160, half: Half) {
        let places = half.missing();
        if places.is_empty() {
            return self.put_together(turn, id, block, half);
        }
        if places.len() > half.len() / 2 {
            return self.fetch_whole(turn, id, block);
        }
        let Some(peer) = self.peers.get_mut(&id) else { return };
        peer.items.compact.insert(block, Some(half));
        peer.items.asked.insert(ItemId { kind: kind::BLOCK, hash: block }, turn.now);
        self.send_message(turn, id, Message::FetchMissing(FetchMissing { block, places }));
    }

    /// What was missing came.
    pub(super) fn missing(
        &mut self,
        turn: &mut Turn<'_>,
        id: ConnectionId,
        (missing, payload): (Missing, &[u8]),
    ) {
        let block = missing.block;
        let waits = |peer: &mut Peer| peer.items.compact.insert(block, None).flatten();
        let has_asked = |peer: &&mut Peer| peer.items.compact.contains_key(&block);
        let half = self.peers.get_mut(&id).filter(has_asked).and_then(waits);
        let Some(mut half) = half else {
            let reason = Reason::NotAsked { kind: kind::MISSING, hash: message_hash(payload) };
            return self.disconnect(turn, id, reason);
        };
        match half.fill(missing.transactions) {
            Err(_) => self.disconnect(turn, id, Reason::FalseCompact(block)),
            Ok(()) => self.put_together(turn, id, block, half),
        }
    }

    /// Nothing is missing: a block whose hash is not the one that was offered has a transaction in
    /// it that is called as the one which belongs there; the whole block is asked for then.
    fn put_together(&mut self, turn: &mut Turn<'_>, id: ConnectionId, block: Hash160, half: Half) {
        let parts = Arc::new(half.build());
        let payload = parts.payload().clone();
        if message_hash(&payload) != block {
            return self.fetch_whole(turn, id, block);
        }
        match BlockMessage::unpack(&mut Reader::new(&payload, self.config.tags)) {
            Err(error) => {
                self.close(turn, id, Reason::Malformed { kind: kind::BLOCK, error });
            }
            Ok(message) => {
                self.taken_apart.keep(block, parts);
                let item = ItemId { kind: kind::BLOCK, hash: block };
                self.block_of_hash(turn, id, message, (item, &payload));
            }
        }
    }

    fn fetch_whole(&mut self, turn: &mut Turn<'_>, id: ConnectionId, block: Hash160) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        peer.items.compact.remove(&block);
        peer.items.asked.insert(ItemId { kind: kind::BLOCK, hash: block }, turn.now);
        self.send_message(turn, id, fetch(kind::BLOCK, vec![block]));
    }
}
