//! Items when in step: who offers what, who is asked for it, whom it is offered to.

use super::{Delivered, Effect, Node, Turn, Waiting, blocks, fetch};
use crate::cache::Cache;
use crate::chain::ChainView;
use crate::config::limits;
use crate::message::{
    FetchItems, Inventory, ItemId, ItemNotAvailable, Message, kind, message_hash,
};
use crate::peer::{Answer, ConnectionId, Outgoing, Sealed};
use crate::reason::{Reason, Unexpected};
use crate::time::Now;
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Hash160, Pack};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An item for a peer that asked for it, or that it is not here.
pub(super) fn read(cache: &Cache, chain: &dyn ChainView, item: ItemId) -> Sealed {
    if let Some((kind, payload)) = cache.get(&item.hash) {
        return (kind, payload.to_vec());
    }
    let block = (item.kind == kind::BLOCK).then(|| chain.block(&item.hash)).flatten();
    match block {
        Some(packed) => blocks::block_payload(item.hash, packed),
        None => {
            let missing = ItemNotAvailable { requested_item: item };
            (kind::ITEM_NOT_AVAILABLE, missing.to_bytes())
        }
    }
}

impl Node {
    /// An item is good: it is kept for peers, and offered to them at the end of the step.
    pub(super) fn pass_on(&mut self, item: ItemId, payload: Arc<[u8]>) {
        self.cache.insert(item, payload);
        self.new_items.push(item);
    }

    /// A transaction that did not come from a peer.
    pub(super) fn new_transaction(&mut self, transaction: &SignedTransaction) {
        let payload = transaction.to_bytes();
        let item = ItemId { kind: kind::TRANSACTION, hash: message_hash(&payload) };
        self.wanted.remove(&item);
        if !self.cache.contains(&item.hash) {
            self.pass_on(item, payload.into());
        }
    }

    /// Offers new items to those who are in step and are not known to have them.
    pub(super) fn advertise(&mut self, turn: &mut Turn<'_>) {
        let new_items = std::mem::take(&mut self.new_items);
        if new_items.is_empty() {
            return;
        }
        for id in self.active() {
            let Some(peer) = self.peers.get_mut(&id) else { continue };
            if peer.sync.it_needs {
                continue;
            }
            let mut by_kind: BTreeMap<u32, Vec<Hash160>> = BTreeMap::new();
            for item in &new_items {
                if !peer.items.by_it.contains(item) && peer.items.to_it.insert(turn.now, *item) {
                    by_kind.entry(item.kind).or_default().push(item.hash);
                }
            }
            for (item_type, item_hashes_available) in by_kind {
                let inventory = Inventory { item_type, item_hashes_available };
                self.send_message(turn, id, Message::Inventory(inventory));
            }
        }
    }

    /// A peer offers items.
    pub(super) fn inventory(&mut self, turn: &mut Turn<'_>, id: ConnectionId, offer: &Inventory) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if peer.to_theirs != Answer::Accepted {
            return self.disconnect(turn, id, Reason::Unexpected(Unexpected::Inventory));
        }
        if !matches!(offer.item_type, kind::TRANSACTION | kind::BLOCK) {
            return;
        }
        peer.items.by_it.forget(turn.now);
        let hashes = offer.item_hashes_available.iter().take(limits::INVENTORY_ITEMS);
        for item in hashes.map(|hash| ItemId { kind: offer.item_type, hash: *hash }) {
            self.offered(turn, id, item);
        }
    }

    fn offered(&mut self, turn: &Turn<'_>, id: ConnectionId, item: ItemId) {
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.items.by_it.insert(turn.now, item);
        }
        let is_here = self.cache.contains(&item.hash) || self.waiting_items.contains(&item);
        let is_asked = || self.peers.values().any(|peer| peer.items.asked.contains_key(&item));
        let has_failed = self.failed.contains(&item) || self.failed_for_now.contains(&item);
        if is_here || has_failed || is_asked() || !self.wanted.insert(turn.now, item) {
            return;
        }
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.items.offers.push(item);
        }
    }

    /// Asks peers for what they offer and is wanted, each for as much as it may be asked for.
    pub(super) fn fetch_items(&mut self, turn: &mut Turn<'_>) {
        if self.wanted.len() == 0 {
            return;
        }
        for id in self.active() {
            for (kind, hashes) in self.request(turn.now, id) {
                match kind {
                    kind::BLOCK => self.fetch_new_blocks(turn, id, hashes),
                    _ => self.send_message(turn, id, fetch(kind, hashes)),
                }
            }
        }
    }

    /// What a peer is to be asked for now, by kind.
    fn request(&mut self, now: Now, id: ConnectionId) -> BTreeMap<u32, Vec<Hash160>> {
        let mut by_kind: BTreeMap<u32, Vec<Hash160>> = BTreeMap::new();
        let Some(peer) = self.peers.get_mut(&id) else { return by_kind };
        let only_blocks = self.waiting.len() >= self.config.transactions_at_the_chain;
        let mut room = peer.item_room(&self.config);
        while let Some(left) = room.checked_sub(1) {
            let Some(item) = peer.items.offers.pop(only_blocks) else { break };
            if self.wanted.remove(&item).is_some() {
                peer.items.asked.insert(item, now);
                by_kind.entry(item.kind).or_default().push(item.hash);
                room = left;
            }
        }
        by_kind
    }

    /// An item that a peer did not give is asked of others that offered it.
    pub(super) fn want_of_others(&mut self, now: Now, item: ItemId, but: ConnectionId) {
        let others = self.peers.iter_mut().filter(|(id, peer)| **id != but && peer.is_active());
        let mut is_offered = false;
        for (_, peer) in others {
            if peer.items.by_it.contains(&item) {
                peer.items.offers.push(item);
                is_offered = true;
            }
        }
        if is_offered {
            self.wanted.insert(now, item);
        }
    }

    /// A peer asks for items.
    pub(super) fn fetch_items_request(
        &mut self,
        turn: &mut Turn<'_>,
        id: ConnectionId,
        fetch: &FetchItems,
    ) {
        let Some(peer) = self.peers.get(&id) else { return };
        if peer.to_theirs != Answer::Accepted {
            return self.disconnect(turn, id, Reason::Unexpected(Unexpected::FetchItems));
        }
        // The reference ends the connection without a word.
        let is_unknown =
            |hash: &Hash160| fetch.item_type != kind::BLOCK && !self.cache.contains(hash);
        let unknown = fetch.items_to_fetch.iter().position(is_unknown);
        let known = fetch.items_to_fetch.iter().take(unknown.unwrap_or(usize::MAX));
        let known: Vec<Hash160> = known.copied().collect();
        if !known.is_empty() {
            self.send(turn, id, Outgoing::Items(fetch.item_type, known));
        }
        if let Some(hash) = unknown.and_then(|place| fetch.items_to_fetch.get(place)) {
            return self.close(turn, id, Reason::UnknownTransaction(*hash));
        }
        let last = fetch.items_to_fetch.last().filter(|_| fetch.item_type == kind::BLOCK);
        let known = last.and_then(|last| Some((*last, turn.chain.time_of(last)?)));
        if let (Some((block, time)), Some(peer)) = (known, self.peers.get_mut(&id)) {
            peer.sync.shares(block, time);
        }
    }

    /// A peer lacks an item.
    pub(super) fn not_available(&mut self, turn: &mut Turn<'_>, id: ConnectionId, item: ItemId) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if peer.items.asked.remove(&item).is_some() {
            peer.items.compact.remove(&item.hash);
            peer.items.by_it.remove(&item);
            return self.want_of_others(turn.now, item, id);
        }
        if peer.sync.asked.remove(&item.hash).is_none() {
            return;
        }
        self.asked_blocks.remove(&item.hash);
        if peer.sync.it_needs {
            // Its branch cannot be had, but it may want ours.
            peer.sync.is_useless = true;
        } else {
            self.disconnect(turn, id, Reason::MissingBlock(item.hash));
        }
        self.look_at_all_ids();
        self.fetch_blocks(turn);
    }

    /// A transaction came.
    pub(super) fn transaction(
        &mut self,
        turn: &mut Turn<'_>,
        id: ConnectionId,
        transaction: Arc<SignedTransaction>,
        payload: &[u8],
    ) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        let hash = message_hash(payload);
        let asked = ItemId { kind: kind::TRANSACTION, hash };
        if peer.items.asked.remove(&asked).is_none() {
            let reason = Reason::NotAsked { kind: kind::TRANSACTION, hash };
            return self.disconnect(turn, id, reason);
        }
        // What is passed on is what was understood, not what else the payload held.
        let as_it_came = payload;
        let payload: Arc<[u8]> = transaction.to_bytes().into();
        let item = match *payload == *as_it_came {
            true => asked,
            false => ItemId { hash: message_hash(&payload), ..asked },
        };
        if self.waiting_items.insert(item) {
            let token = self.token();
            self.arriving.insert(item.hash, payload.clone());
            self.waiting.insert(token, Waiting::Transaction { item, payload });
            let delivered = Delivered::Transaction(transaction);
            turn.effects.push(Effect::Deliver(token, id, delivered));
        }
    }
}
