//! What a node can tell of its connections.

use super::Node;
use crate::compact::Half;
use crate::message::{Endpoint, Firewalled};
use crate::peer::{About, ConnectionId, Peer, Place, Stage, Times};
use crate::state::Taking;
use carbyne_wire::Hash160;

/// A connection, for people.
#[derive(Clone, Debug)]
pub struct PeerStatus {
    /// Its number.
    pub id: ConnectionId,
    /// Where it is.
    pub place: Place,
    /// How far it is.
    pub stage: Stage,
    /// What the peer said of itself, once it did.
    pub about: Option<About>,
    /// Where the peer takes connections: the best guess.
    pub inbound: Option<Endpoint>,
    /// Whether it can be connected to there.
    pub firewalled: Firewalled,
    /// The newest block that both have, as far as we know.
    pub common: Option<Hash160>,
    /// Whether it may have blocks that we lack.
    pub we_need_blocks: bool,
    /// Whether it lacks blocks that we have.
    pub it_needs_blocks: bool,
    /// Blocks that it has and that we did not get.
    pub blocks_behind: u32,
    /// Whether it follows a branch that leaves ours where we cannot go back to, or has no block
    /// from before that: neither has a block that the other can use.
    pub is_apart: bool,
    /// How far its clock is ahead, microseconds, once that was measured.
    pub clock_offset: Option<i64>,
    /// How long a question and its answer are on the way, microseconds.
    pub round_trip: i64,
}

impl Node {
    /// The connections.
    pub fn peers(&self) -> impl Iterator<Item = PeerStatus> {
        self.peers.iter().map(|(id, peer)| peer.status(*id))
    }

    /// How far the clocks of the peers are ahead of ours at least: the middle one of what was
    /// measured, microseconds.
    pub fn clock_offset(&self) -> Option<i64> {
        let active = self.peers.values().filter(|peer| peer.is_active());
        let mut offsets: Vec<i64> = active.filter_map(|peer| peer.times.sure_offset()).collect();
        offsets.sort_unstable();
        offsets.get(offsets.len() / 2).copied()
    }

    /// Blocks that some peer has and that we did not get, by the peer that has most.
    pub fn blocks_behind(&self) -> u32 {
        let active = self.peers.values().filter(|peer| peer.is_active());
        active.map(Peer::blocks_behind).max().unwrap_or_default()
    }

    /// About how many bytes peers make us hold.
    pub fn held_bytes(&self) -> usize {
        let peers = self.peers.values().map(Peer::held_bytes);
        let item = size_of::<crate::message::ItemId>();
        let failed = self.failed.len().saturating_add(self.failed_for_now.len());
        let items = self.wanted.len().saturating_add(failed).saturating_mul(item);
        let state = self.taking.as_ref().map_or(0, Taking::held_bytes);
        let own = [self.cache.bytes(), self.block_bytes, items, state];
        peers.chain(own).fold(0, usize::saturating_add)
    }
}

impl Times {
    /// What is sure of how far the peer's clock is ahead: a question and its answer that were long
    /// on the way, or waited for a busy node, say little.
    fn sure_offset(&self) -> Option<i64> {
        let (offset, unsure) = (self.clock_offset?, self.round_trip.max(0) / 2);
        let sure = offset.saturating_abs().saturating_sub(unsure).max(0);
        Some(sure.saturating_mul(offset.signum()))
    }
}

impl Peer {
    fn blocks_behind(&self) -> u32 {
        let known = u32::try_from(self.sync.ids.len()).unwrap_or(u32::MAX);
        if self.sync.we_need { known.saturating_add(self.sync.remaining) } else { 0 }
    }

    fn held_bytes(&self) -> usize {
        let item = size_of::<crate::message::ItemId>();
        let items = [&self.items.by_it, &self.items.to_it].into_iter().map(|items| items.len());
        let items = items.chain([self.items.asked.len(), self.sync.asked.len()]);
        let items = items.chain([self.items.offers.len()]);
        let items = items.chain([self.sync.ids.len(), self.sync.at_the_chain.len()]);
        let items = items.fold(0, usize::saturating_add).saturating_mul(item);
        let halves = self.items.compact.values().flatten().map(Half::size);
        halves
            .fold(items, usize::saturating_add)
            .saturating_add(self.link.held())
            .saturating_add(self.outbox.bytes())
    }

    fn status(&self, id: ConnectionId) -> PeerStatus {
        PeerStatus {
            id,
            place: self.place,
            stage: self.stage,
            about: self.about.clone(),
            inbound: self.reach.inbound,
            firewalled: self.reach.firewalled,
            common: self.sync.common,
            we_need_blocks: self.sync.we_need,
            it_needs_blocks: self.sync.it_needs,
            blocks_behind: self.blocks_behind(),
            is_apart: self.sync.knows_none && self.sync.is_elsewhere,
            clock_offset: self.times.clock_offset,
            round_trip: self.times.round_trip,
        }
    }
}
