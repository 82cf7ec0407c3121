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
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Hash160, Pack};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Items that are looked at in one go.
const LOOKED_AT_MAX: usize = 2_000;

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
        if !is_here && !self.failed.contains(&item) && !is_asked() {
            self.wanted.insert(turn.now, item);
        }
    }

    /// Asks for items that are wanted, each of the peer that is asked for the least.
    pub(super) fn fetch_items(&mut self, turn: &mut Turn<'_>) {
        if self.wanted.len() == 0 {
            return;
        }
        let mut requests = self.requests(turn);
        requests.retain(|_, items| !items.is_empty());
        for (id, items) in requests {
            let mut by_kind: BTreeMap<u32, Vec<Hash160>> = BTreeMap::new();
            for item in items {
                self.wanted.remove(&item);
                if let Some(peer) = self.peers.get_mut(&id) {
                    peer.items.asked.insert(item, turn.now);
                }
                by_kind.entry(item.kind).or_default().push(item.hash);
            }
            for (kind, hashes) in by_kind {
                self.send_message(turn, id, fetch(kind, hashes));
            }
        }
    }

    /// Who is to be asked for what.
    fn requests(&mut self, turn: &Turn<'_>) -> BTreeMap<ConnectionId, Vec<ItemId>> {
        let mut rooms: BTreeMap<ConnectionId, usize> = BTreeMap::new();
        for (id, peer) in self.peers.iter().filter(|(_, peer)| peer.is_active()) {
            let room = peer.item_room(&self.config);
            if room > 0 {
                rooms.insert(*id, room);
            }
        }
        let mut requests: BTreeMap<ConnectionId, Vec<ItemId>> = BTreeMap::new();
        let mut expired = Vec::new();
        let intervals = u32::try_from(limits::CACHE_BLOCKS).unwrap_or(u32::MAX);
        let seconds = turn.chain.block_interval().saturating_mul(intervals);
        let transactions = self.config.transactions_at_the_chain;
        for (item, offered) in self.wanted.iter().take(LOOKED_AT_MAX) {
            if turn.now.is_past(offered, seconds) {
                expired.push(item);
                continue;
            }
            if rooms.is_empty() || (item.kind != kind::BLOCK && self.waiting.len() >= transactions)
            {
                break;
            }
            let can_give = |id: &&ConnectionId| {
                self.peers.get(*id).is_some_and(|peer| peer.items.by_it.contains(&item))
            };
            let load = |id: &&ConnectionId| requests.get(*id).map_or(0, Vec::len);
            let Some(id) = rooms.keys().filter(can_give).min_by_key(load).copied() else {
                continue;
            };
            let asked = requests.entry(id).or_default();
            asked.push(item);
            if rooms.get(&id).is_some_and(|room| asked.len() >= *room) {
                rooms.remove(&id);
            }
        }
        expired.iter().for_each(|item| self.wanted.remove(item));
        requests
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
        for hash in &fetch.items_to_fetch {
            let item = ItemId { kind: fetch.item_type, hash: *hash };
            // The reference ends the connection without a word.
            if item.kind != kind::BLOCK && !self.cache.contains(hash) {
                return self.close(turn, id, Reason::UnknownTransaction(*hash));
            }
            self.send(turn, id, Outgoing::Item(item));
        }
        let last = fetch.items_to_fetch.last().filter(|_| fetch.item_type == kind::BLOCK);
        let known = last.and_then(|last| Some((*last, turn.chain.time_of(last)?)));
        if let (Some((block, time)), Some(peer)) = (known, self.peers.get_mut(&id)) {
            peer.sync.common = Some(block);
            peer.sync.common_time = time;
        }
    }

    /// A peer lacks an item.
    pub(super) fn not_available(&mut self, turn: &mut Turn<'_>, id: ConnectionId, item: ItemId) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if peer.items.asked.remove(&item).is_some() {
            peer.items.by_it.remove(&item);
            if self.is_offered(&item, id) {
                self.wanted.insert(turn.now, item);
            }
            return;
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
        let payload: Arc<[u8]> = transaction.to_bytes().into();
        let item = ItemId { hash: message_hash(&payload), ..asked };
        if self.waiting_items.insert(item) {
            let token = self.token();
            self.waiting.insert(token, Waiting::Transaction { item, payload });
            let delivered = Delivered::Transaction(transaction);
            turn.effects.push(Effect::Deliver(token, id, delivered));
        }
    }
}
