//! Sync: ids of blocks behind a synopsis, then the blocks, from several peers at once (reference:
//! `net/node.cpp`).

use super::{Node, Turn, fetch};
use crate::config::{Config, limits};
use crate::message::{Direction, FetchIds, IdsInventory, Message, kind};
use crate::peer::{Answer, ConnectionId, Peer, Stage, Sync};
use crate::reason::{Reason, Unexpected};
use crate::synopsis::{following, synopsis};
use carbyne_protocol::transaction::num_from_id;
use carbyne_wire::Hash160;

/// Answers in a row that may bring nothing new.
const FRUITLESS_MAX: u32 = 16;

/// For about so many smaller blocks a large one is remembered.
const EXPECTED_FOR: usize = 64;

impl Node {
    /// Asks a peer what it has that we lack.
    pub(super) fn begin_sync(&mut self, turn: &mut Turn<'_>, id: ConnectionId) {
        if self.join_taking(turn, id) {
            return;
        }
        let Some(peer) = self.peers.get_mut(&id) else { return };
        peer.sync.begin();
        peer.sync.progress = turn.now;
        self.ask_for_ids(turn, id);
    }

    /// The same, when what was at the chain did not come to it as the next.
    pub(super) fn begin_sync_anew(&mut self, turn: &mut Turn<'_>, id: ConnectionId) {
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.sync.at_the_chain.clear();
        }
        self.begin_sync(turn, id);
    }

    pub(super) fn ask_for_ids(&mut self, turn: &mut Turn<'_>, id: ConnectionId) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        match synopsis(turn.chain, peer.sync.common, &peer.sync.told()) {
            Err(_) => self.disconnect(turn, id, Reason::BranchTooOld),
            Ok(synopsis) => {
                peer.sync.ask_ids(&synopsis, turn.now);
                let fetch = FetchIds { item_type: kind::BLOCK, blockchain_synopsis: synopsis };
                self.send_message(turn, id, Message::FetchIds(fetch));
            }
        }
    }

    /// A peer asks what we have that it lacks.
    pub(super) fn fetch_ids_request(
        &mut self,
        turn: &mut Turn<'_>,
        id: ConnectionId,
        fetch: &FetchIds,
    ) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if peer.to_theirs != Answer::Accepted {
            return self.disconnect(turn, id, Reason::Unexpected(Unexpected::FetchIds));
        }
        let asked = &fetch.blockchain_synopsis;
        // Who is far away would else wait for ids.
        let most = if peer.is_carbyne() { limits::IDS_AT_ONCE } else { limits::IDS_TOLD };
        let found = following(turn.chain, asked, most);
        let is_in_step = match found.ids.as_slice() {
            [] => true,
            [only] => asked.contains(only),
            _ => false,
        };
        peer.sync.it_needs = !is_in_step;
        let has_more = asked.last().is_some_and(|last| !turn.chain.knows_block(last));
        peer.sync.is_elsewhere = has_more;
        let is_of_no_use = peer.sync.is_useless && is_in_step && !found.ids.is_empty();
        let is_new = peer.place.direction == Direction::Inbound && peer.stage == Stage::Handshaking;
        if has_more && !peer.sync.we_need {
            self.begin_sync(turn, id);
        }
        let ids = IdsInventory {
            total_remaining_item_count: found.remaining,
            item_type: fetch.item_type,
            item_hashes_available: found.ids,
        };
        self.send_message(turn, id, Message::Ids(ids));
        if is_of_no_use {
            self.disconnect(turn, id, Reason::NothingToSync);
        } else if is_new {
            self.activate(turn, id);
        }
    }

    /// A peer says what it has.
    pub(super) fn ids(&mut self, turn: &mut Turn<'_>, id: ConnectionId, ids: IdsInventory) {
        if self.block_of_state(turn, id, &ids) {
            return;
        }
        let Some(peer) = self.peers.get_mut(&id) else { return };
        let Some(asked) = peer.sync.answered_ids() else { return };
        if let Err(reason) = check(&asked, &ids.item_hashes_available) {
            return self.disconnect(turn, id, reason);
        }
        peer.sync.progress = turn.now;
        peer.sync.knows_none = ids.item_hashes_available.is_empty() && !asked.is_empty();
        let is_end = match ids.item_hashes_available.as_slice() {
            [] => true,
            // A first block that came from elsewhere meanwhile is asked about once more, unlike in
            // the reference: else the peer believes for ever that we lack it, and tells us nothing.
            [only] => asked.contains(only),
            _ => false,
        };
        if is_end && ids.total_remaining_item_count == 0 && peer.sync.is_exhausted() {
            peer.sync.we_need = false;
            peer.sync.fruitless = 0;
            return;
        }
        peer.sync.remaining = ids.total_remaining_item_count;
        let count = peer.sync.ids.len();
        peer.sync
            .join(turn, ids.item_hashes_available, |block| self.waiting_blocks.contains(block));
        let has_grown = peer.sync.ids.len() > count;
        peer.sync.fruitless = if has_grown { 0 } else { peer.sync.fruitless.saturating_add(1) };
        match peer.sync.check(turn) {
            Err(reason) => self.disconnect(turn, id, reason),
            Ok(()) => {
                // Blocks that came while a sync began anew waited for these ids.
                self.deliver_blocks(turn);
                self.go_on(turn, id);
            }
        }
    }

    /// The next request to a peer in a sync, if it has nothing to answer.
    pub(super) fn go_on(&mut self, turn: &mut Turn<'_>, id: ConnectionId) {
        let Some(peer) = self.peers.get(&id) else { return };
        if peer.is_active() && peer.is_idle() && peer.sync.we_need && peer.sync.is_exhausted() {
            self.ask_for_ids(turn, id);
        }
        self.fetch_blocks(turn);
    }

    /// Asks peers for ids where few are left, and for blocks: each that has room for as many as it
    /// may be asked for, each block of one peer only.
    pub(super) fn fetch_blocks(&mut self, turn: &mut Turn<'_>) {
        for id in self.active() {
            if self.peers.get(&id).is_some_and(Peer::lacks_ids) {
                self.ask_for_ids(turn, id);
            }
            let wanted = self.blocks_of(id, self.blocks_left());
            if wanted.is_empty() {
                continue;
            }
            self.asked_blocks.extend(&wanted);
            if let Some(peer) = self.peers.get_mut(&id) {
                peer.sync.progress = turn.now;
                peer.sync.asked.extend(wanted.iter().map(|block| (*block, turn.now)));
            }
            self.send_message(turn, id, fetch(kind::BLOCK, wanted));
        }
    }

    /// Whether blocks that peers have are neither here nor on their way.
    pub(super) fn awaits_no_block(&self) -> bool {
        self.asked_blocks.is_empty() && self.received.is_empty() && self.waiting_blocks.is_empty()
    }

    /// How many more blocks may be asked for, as they are expected to be; none while those are
    /// fewer than are asked for at once: each request looks at what is on its way.
    fn blocks_left(&self) -> usize {
        let Config { sync_blocks_ahead, sync_bytes_ahead, sync_blocks_at_once, .. } = self.config;
        let fit = |bytes: usize| bytes.checked_div(self.expected_bytes).unwrap_or(bytes);
        let asked = self.asked_blocks.len();
        let ahead = self.received.len().saturating_add(asked);
        let by_bytes = fit(sync_bytes_ahead.saturating_sub(self.block_bytes)).saturating_sub(asked);
        let left = sync_blocks_ahead.saturating_sub(ahead).min(by_bytes);
        let at_once = sync_blocks_at_once.min(sync_blocks_ahead).min(fit(sync_bytes_ahead) / 4);
        if left < at_once { 0 } else { left }
    }

    /// A block of a sync came: the next ones are expected to be as large, or as the largest of
    /// those that came lately.
    pub(super) fn expect_blocks_like(&mut self, size: usize) {
        let less = self.expected_bytes.saturating_sub(self.expected_bytes / EXPECTED_FOR);
        self.expected_bytes = size.max(less);
    }

    /// The blocks that a peer is to be asked for now.
    fn blocks_of(&mut self, id: ConnectionId, left: usize) -> Vec<Hash160> {
        let (asked, received) = (&self.asked_blocks, &self.received);
        let Some(peer) = self.peers.get_mut(&id) else { return Vec::new() };
        if !peer.sync.we_need || peer.sync.is_useless {
            return Vec::new();
        }
        let room = peer.block_room(&self.config);
        let is_missing = |block: &Hash160| !asked.contains(block) && !received.contains_key(block);
        if left == 0 || room == 0 {
            // What everything else waits for is asked for, however much is here.
            let next = peer.sync.ids.front().filter(|_| room > 0).copied();
            return next.filter(is_missing).into_iter().collect();
        }
        let (mut wanted, mut looked_at) = (Vec::new(), peer.sync.looked_at);
        for block in peer.sync.ids.iter().skip(looked_at) {
            if wanted.len() >= room.min(left) {
                break;
            }
            looked_at = looked_at.saturating_add(1);
            if is_missing(block) {
                wanted.push(*block);
            }
        }
        peer.sync.looked_at = looked_at;
        wanted
    }

    /// Blocks that were asked for are not on their way any more: whoever has them is asked.
    pub(super) fn look_at_all_ids(&mut self) {
        self.peers.values_mut().for_each(|peer| peer.sync.looked_at = 0);
    }

    /// Blocks that no peer offers any more are let go.
    pub(super) fn drop_useless_blocks(&mut self) {
        let peers = &self.peers;
        let is_offered =
            |block: &Hash160| peers.values().any(|peer| peer.is_active() && peer.sync.has(block));
        let mut bytes: usize = 0;
        self.received.retain(|block, received| {
            let is_kept = is_offered(block);
            bytes = bytes.saturating_add(if is_kept { 0 } else { received.size });
            is_kept
        });
        self.block_bytes = self.block_bytes.saturating_sub(bytes);
        if bytes > 0 {
            self.look_at_all_ids();
        }
    }
}

/// Whether ids are what was asked for.
fn check(asked: &[Hash160], ids: &[Hash160]) -> Result<(), Reason> {
    let Some(first) = ids.first() else { return Ok(()) };
    if ids.len() > limits::IDS_AT_ONCE {
        return Err(Reason::TooManyIds(ids.len()));
    }
    for ((position, id), expected) in ids.iter().enumerate().zip(num_from_id(first)..) {
        let actual = num_from_id(id);
        if actual != expected {
            return Err(Reason::IdsNotSequential { position, actual, expected });
        }
    }
    // An answer from the beginning suits who has nothing, or may have begun another chain.
    let is_from_nothing = asked.first().is_none_or(|id| num_from_id(id) == 0);
    if (is_from_nothing && num_from_id(first) == 1) || asked.contains(first) {
        Ok(())
    } else {
        Err(Reason::IdsFromElsewhere(*first))
    }
}

impl Sync {
    /// Adds ids to those that are known, as the reference does.
    fn join(&mut self, turn: &Turn<'_>, ids: Vec<Hash160>, is_waiting: impl Fn(&Hash160) -> bool) {
        let mut ids = ids.into_iter().peekable();
        if self.ids.is_empty() {
            while let Some(id) = ids.next_if(|id| turn.chain.knows_block(id)) {
                self.shares(id, turn.chain.time_of(&id).unwrap_or_default());
            }
            while let Some(id) = ids.next_if(&is_waiting) {
                self.at_the_chain.insert(id);
            }
        } else if let Some(first) = ids.peek().copied() {
            // The list follows the last one, unless the peer switched its branch in between.
            while self.ids.back().is_some_and(|last| *last != first) {
                self.ids.pop_back();
            }
            let is_last = self.ids.pop_back().is_some();
            self.looked_at = self.looked_at.min(self.ids.len());
            if !is_last {
                self.shares(first, turn.chain.time_of(&first).unwrap_or_default());
                ids.next();
            } else {
                self.ids.extend(ids.next());
            }
        }
        self.ids.extend(ids);
    }

    /// Whether a block is among the ids, which follow each other by number.
    fn has(&self, block: &Hash160) -> bool {
        let first = self.ids.front().map_or(u32::MAX, num_from_id);
        let place = num_from_id(block).checked_sub(first).and_then(|n| usize::try_from(n).ok());
        place.and_then(|place| self.ids.get(place)) == Some(block)
    }

    /// The ids behind the newest block that both have, those of blocks at the chain first.
    fn told(&self) -> Vec<Hash160> {
        self.at_the_chain.iter().chain(&self.ids).copied().collect()
    }

    /// Whether there can be so many blocks, and whether the answers lead somewhere.
    fn check(&self, turn: &Turn<'_>) -> Result<(), Reason> {
        let seconds = self.remaining.saturating_mul(limits::BLOCK_INTERVAL_MIN);
        let last = i64::from(self.common_time.0).saturating_add(seconds.into());
        let latest = i64::from(turn.now.seconds().0).saturating_add(limits::FUTURE.into());
        if last > latest {
            return Err(Reason::TooManyBlocks(self.remaining));
        }
        if self.fruitless > FRUITLESS_MAX {
            return Err(Reason::Fruitless);
        }
        Ok(())
    }
}
