//! Connections: bytes of each direction arrive in order, late, in pieces, or not at all.
//!
//! Between two groups nothing arrives until they are joined again; then all that was sent does, as
//! a network does that sends again what was lost. Invariant: what arrives when is decided by the
//! seed. This file must never know what the bytes mean.

use carbyne_net::ConnectionId;
use std::collections::BTreeMap;

/// A machine's end of a connection.
pub(super) type End = (usize, ConnectionId);

/// One direction of a connection.
#[derive(Default)]
pub(super) struct Cable {
    /// Where the bytes come out.
    pub(super) to: Option<End>,
    /// When what was sent last arrives.
    pub(super) arrives: i64,
    /// What waits until two groups are joined.
    pub(super) stalled: Vec<Vec<u8>>,
}

/// All connections.
#[derive(Default)]
pub(super) struct Cables {
    cables: BTreeMap<End, Cable>,
    ids: u64,
}

impl Cables {
    /// A connection between two machines.
    pub(super) fn lay(&mut self, one: usize, other: usize) -> (End, End) {
        self.ids += 2;
        let ends = ((one, ConnectionId(self.ids)), (other, ConnectionId(self.ids + 1)));
        for (from, to) in [ends, (ends.1, ends.0)] {
            let cable = Cable { to: Some(to), ..Cable::default() };
            self.cables.insert(from, cable);
        }
        ends
    }

    /// A direction, if it is not cut.
    pub(super) fn cable(&mut self, end: End) -> Option<&mut Cable> {
        self.cables.get_mut(&end)
    }

    /// Takes a connection away; gives its other end.
    pub(super) fn cut(&mut self, end: End) -> Option<End> {
        let other = self.cables.remove(&end)?.to?;
        self.cables.remove(&other);
        Some(other)
    }

    /// Every end.
    pub(super) fn ends(&self) -> Vec<End> {
        self.cables.keys().copied().collect()
    }

    /// Every connection, from each of its ends.
    pub(super) fn connections(&self) -> impl Iterator<Item = (End, End)> {
        self.cables.iter().filter_map(|(from, cable)| Some((*from, cable.to?)))
    }
}
