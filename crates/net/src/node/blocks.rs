//! Blocks: those that come, and what the chain says of them.

use super::{
    Delivered, Effect, Lasting, Node, Received, Token, Turn, Verdict, Waiting, WaitingBlock,
};
use crate::message::{BlockMessage, ItemId, kind, message_hash};
use crate::peer::{ConnectionId, Peer};
use crate::reason::Reason;
use carbyne_protocol::transaction::SignedBlock;
use carbyne_wire::{Hash160, Pack, TimePointSec};
use std::sync::Arc;

impl Node {
    pub(super) fn block(
        &mut self,
        turn: &mut Turn<'_>,
        id: ConnectionId,
        message: BlockMessage,
        payload: &[u8],
    ) {
        // In a sync the hash of the bytes says nothing.
        let asks_for_items = self.peers.get(&id).is_some_and(|peer| !peer.items.asked.is_empty());
        let hash = if asks_for_items { message_hash(payload) } else { Hash160::default() };
        self.block_of_hash(turn, id, message, (ItemId { kind: kind::BLOCK, hash }, payload));
    }

    /// A block whose payload has that hash.
    pub(super) fn block_of_hash(
        &mut self,
        turn: &mut Turn<'_>,
        id: ConnectionId,
        message: BlockMessage,
        (item, payload): (ItemId, &[u8]),
    ) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        let block_id = message.block.id();
        if peer.items.asked.remove(&item).is_some() {
            peer.items.compact.remove(&item.hash);
            if message.id != block_id {
                return self.disconnect(turn, id, Reason::WrongBlockId(block_id));
            }
            return self.block_in_step(turn, id, message, (item, payload));
        }
        if message.id != block_id || peer.sync.asked.remove(&block_id).is_none() {
            return self.disconnect(turn, id, Reason::BlockNotAsked(block_id));
        }
        peer.sync.progress = turn.now;
        self.asked_blocks.remove(&block_id);
        let (block, size) = (Box::new(message.block), payload.len());
        self.block_bytes = self.block_bytes.saturating_add(size);
        self.expect_blocks_like(size);
        self.received.insert(block_id, Received { block, from: id, size });
        self.deliver_blocks(turn);
        self.go_on_after_block(turn, id);
    }

    /// A peer that has given all that it was asked for is asked for more.
    fn go_on_after_block(&mut self, turn: &mut Turn<'_>, id: ConnectionId) {
        let Some(peer) = self.peers.get(&id) else { return };
        if peer.block_room(&self.config) > 0 && !peer.sync.is_exhausted() {
            self.go_on(turn, id);
        }
    }

    /// A new block, which is passed on when it is good.
    fn block_in_step(
        &mut self,
        turn: &mut Turn<'_>,
        id: ConnectionId,
        message: BlockMessage,
        (came, as_it_came): (ItemId, &[u8]),
    ) {
        let block_id = message.id;
        let payload: Arc<[u8]> = message.to_bytes().into();
        // What is passed on is what was understood, not what else the payload held.
        let item = match *payload == *as_it_came {
            true => came,
            false => ItemId { kind: kind::BLOCK, hash: message_hash(&payload) },
        };
        let time = message.block.header().timestamp;
        if turn.chain.knows_block(&block_id) {
            self.pass_on(item, payload);
            return self.block_accepted_in_step(turn, Some(item), block_id, time);
        }
        if self.waiting_blocks.contains(&block_id) {
            return;
        }
        let transactions =
            if self.wanted.len() == 0 { Vec::new() } else { items_of(&message.block) };
        let size = payload.len();
        let waiting = WaitingBlock {
            id: block_id,
            time,
            from: id,
            transactions,
            item: Some((item, payload)),
            size,
        };
        self.block_bytes = self.block_bytes.saturating_add(size);
        self.deliver_block(turn, waiting, Delivered::NewBlock(Box::new(message.block)));
    }

    fn deliver_block(&mut self, turn: &mut Turn<'_>, waiting: WaitingBlock, block: Delivered) {
        let from = waiting.from;
        self.waiting_blocks.insert(waiting.id);
        self.waiting_items.extend(waiting.item.as_ref().map(|(item, _)| *item));
        let token = self.token();
        self.waiting.insert(token, Waiting::Block(waiting));
        turn.effects.push(Effect::Deliver(token, from, block));
    }

    pub(super) fn token(&mut self) -> Token {
        let token = Token(self.next_token);
        self.next_token = self.next_token.saturating_add(1);
        token
    }

    /// Gives the chain the blocks of a sync that follow what it has, in order.
    pub(super) fn deliver_blocks(&mut self, turn: &mut Turn<'_>) {
        while self.waiting_blocks.len() < self.config.blocks_at_the_chain {
            let Some(block) = self.next_block() else { return };
            let Some(received) = self.received.remove(&block) else { return };
            for peer in self.peers.values_mut().filter(|peer| peer.is_active()) {
                if peer.sync.ids.front() == Some(&block) {
                    peer.sync.takes_next();
                }
            }
            let time = received.block.header().timestamp;
            if turn.chain.knows_block(&block) {
                self.block_bytes = self.block_bytes.saturating_sub(received.size);
                self.block_accepted_in_sync(turn, block, time);
                continue;
            }
            let waiting = WaitingBlock {
                id: block,
                time,
                from: received.from,
                transactions: Vec::new(),
                item: None,
                size: received.size,
            };
            self.deliver_block(turn, waiting, Delivered::SyncBlock(received.block));
        }
    }

    /// A block that came and that some peer has next.
    fn next_block(&self) -> Option<Hash160> {
        let active = self.peers.values().filter(|peer| peer.is_active());
        let mut next = active.filter_map(|peer| peer.sync.ids.front());
        next.find(|block| self.received.contains_key(block)).copied()
    }

    /// The chain says what became of something.
    pub(super) fn became(&mut self, turn: &mut Turn<'_>, token: Token, verdict: Verdict) {
        if verdict == Verdict::Sound {
            return self.sound(token);
        }
        match self.waiting.remove(&token) {
            None => {}
            Some(Waiting::Transaction { item, payload }) => {
                self.waiting_items.remove(&item);
                self.arriving.remove(&item.hash);
                let failed = match verdict {
                    Verdict::Refused { lasting: Lasting::ForGood, .. } => &mut self.failed,
                    Verdict::Refused { .. } => &mut self.failed_for_now,
                    _ => return self.pass_on(item, payload),
                };
                failed.insert(turn.now, item);
            }
            Some(Waiting::Block(waiting)) => self.block_became(turn, waiting, verdict),
        }
    }

    /// A block is passed on before it is applied.
    fn sound(&mut self, token: Token) {
        if let Some(Waiting::Block(waiting)) = self.waiting.get(&token)
            && let Some((item, payload)) = waiting.item.clone()
            && !self.cache.contains(&item.hash)
        {
            self.pass_on(item, payload);
        }
    }

    fn block_became(&mut self, turn: &mut Turn<'_>, waiting: WaitingBlock, verdict: Verdict) {
        let WaitingBlock { id, time, from, transactions, item, size } = waiting;
        self.waiting_blocks.remove(&id);
        self.block_bytes = self.block_bytes.saturating_sub(size);
        let item = item.map(|(item, payload)| {
            self.waiting_items.remove(&item);
            (item, payload)
        });
        match (verdict, item) {
            (Verdict::Refused { lasting, why }, None) => {
                self.sync_block_refused(turn, id, lasting, why);
            }
            (Verdict::Refused { lasting, why }, Some(_)) => {
                self.new_block_refused(turn, id, from, (lasting, why));
            }
            (_, None) => self.block_accepted_in_sync(turn, id, time),
            (_, Some((item, payload))) => {
                transactions.iter().for_each(|item| {
                    self.wanted.remove(item);
                });
                if !self.cache.contains(&item.hash) {
                    self.pass_on(item, payload);
                }
                self.block_accepted_in_step(turn, Some(item), id, time);
            }
        }
        self.deliver_blocks(turn);
        self.fetch_blocks(turn);
    }

    fn sync_block_refused(
        &mut self,
        turn: &mut Turn<'_>,
        id: Hash160,
        lasting: Lasting,
        why: String,
    ) {
        // Nobody is to blame for what we cannot take now.
        let reason = || match lasting {
            Lasting::ForNow => Reason::ByUs(format!("block {id} cannot be taken now: {why}")),
            _ => Reason::InvalidBlock { id, why: why.clone(), in_sync: true },
        };
        let offered = |_: ConnectionId, peer: &Peer| peer.sync.at_the_chain.contains(&id);
        for peer in self.active_peers(offered) {
            self.disconnect(turn, peer, reason());
        }
    }

    fn new_block_refused(
        &mut self,
        turn: &mut Turn<'_>,
        id: Hash160,
        from: ConnectionId,
        (lasting, why): (Lasting, String),
    ) {
        if let (Lasting::Unlinkable, Some(peer)) = (lasting, self.peers.get_mut(&from)) {
            peer.sync.is_elsewhere = true;
        }
        // A sync that found it at the chain already waits for it.
        let waits = |peer: &Peer| peer.sync.at_the_chain.contains(&id);
        match lasting {
            Lasting::Unlinkable | Lasting::ForNow => {
                let is_unlinkable = lasting == Lasting::Unlinkable;
                let lacks = |peer, at: &Peer| waits(at) || is_unlinkable && peer == from;
                for peer in self.active_peers(lacks) {
                    self.begin_sync_anew(turn, peer);
                }
            }
            Lasting::ForGood => {
                let has_it = |at: &Peer| waits(at) || at.sync.ids.front() == Some(&id);
                for peer in self.active_peers(|peer, at| peer == from || has_it(at)) {
                    let why = why.clone();
                    self.disconnect(turn, peer, Reason::InvalidBlock { id, why, in_sync: false });
                }
            }
        }
    }

    /// The chain has a block of a sync: whoever offered it is asked for more when nothing is left,
    /// and whoever thinks we are in step is told.
    fn block_accepted_in_sync(&mut self, turn: &mut Turn<'_>, block: Hash160, time: TimePointSec) {
        let (mut ask, mut begin) = (Vec::new(), Vec::new());
        for (id, peer) in self.peers.iter_mut().filter(|(_, peer)| peer.is_active()) {
            let sync = &mut peer.sync;
            if sync.at_the_chain.remove(&block) {
                sync.shares(block, time);
                sync.fruitless = 0;
                if sync.is_exhausted() && sync.asked_ids.is_none() {
                    ask.push(*id);
                }
            } else if sync.is_exhausted() && !sync.it_needs && !sync.we_need {
                begin.push(*id);
            }
        }
        ask.into_iter().for_each(|id| self.ask_for_ids(turn, id));
        begin.into_iter().for_each(|id| self.begin_sync(turn, id));
    }

    /// The chain has a new block.
    fn block_accepted_in_step(
        &mut self,
        turn: &mut Turn<'_>,
        item: Option<ItemId>,
        block: Hash160,
        time: TimePointSec,
    ) {
        self.cache.tick();
        let mut ask = Vec::new();
        for (id, peer) in self.peers.iter_mut().filter(|(_, peer)| peer.is_active()) {
            if item.is_some_and(|item| peer.items.by_it.contains(&item)) {
                peer.sync.shares(block, time);
            }
            let was_waiting = peer.sync.at_the_chain.remove(&block);
            if was_waiting && peer.sync.is_exhausted() && peer.sync.asked_ids.is_none() {
                ask.push(*id);
            }
        }
        ask.into_iter().for_each(|id| self.ask_for_ids(turn, id));
    }

    /// A block that did not come from a peer.
    pub(super) fn new_block(&mut self, block: SignedBlock) {
        let message = BlockMessage { id: block.id(), block };
        let payload = message.to_bytes();
        let item = ItemId { kind: kind::BLOCK, hash: message_hash(&payload) };
        self.pass_on(item, payload.into());
        self.cache.tick();
    }
}

/// The transactions of a block as items.
fn items_of(block: &SignedBlock) -> Vec<ItemId> {
    let items = block.transactions.iter().map(|transaction| {
        let payload = transaction.transaction.to_bytes();
        ItemId { kind: kind::TRANSACTION, hash: message_hash(&payload) }
    });
    items.collect()
}

/// A block as a message of its own.
pub(super) fn block_payload(id: Hash160, mut packed: Vec<u8>) -> (u32, Vec<u8>) {
    id.pack(&mut packed);
    (kind::BLOCK, packed)
}
