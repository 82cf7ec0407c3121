//! Why a chain stands still: found out from the state, the keys, the clock and the disk, and said
//! at once and every minute while it lasts.
//!
//! Invariant: looking changes nothing, and costs a look at the active witnesses once a second. This
//! file must never know how a block is made.

use crate::p2p::Present;
use carbyne_core::Production;
use carbyne_crypto::PublicKey;
use carbyne_ledger::Ledger;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{GlobalPropertyId, WitnessId};
use carbyne_wire::{Id, TimePointSec};
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often it is looked for.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often it is said while it lasts.
const SAY_EVERY: Duration = Duration::from_secs(60);
/// Seconds by which a head block may be ahead of the clock without anything being wrong: blocks of
/// others may be so early, and clocks are set by a little all the time.
const SECONDS_AHEAD_MAX: u32 = 3;
/// Seconds without a block after which a node that makes none has nobody to get any from.
const SILENCE_MAX: u32 = 60;
/// Seconds that a node has in which to find peers, whatever the age of its chain.
const ALONE_MAX: u32 = 5;

/// Why no blocks come.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Standstill {
    /// The node has keys, none of which is that of an active witness.
    #[error(
        "none of the keys here is the signing key of one of the {witnesses} active witnesses: give \
         the key of one"
    )]
    NoKey {
        /// How many witnesses are active.
        witnesses: usize,
    },
    /// The clock was set back.
    #[error(
        "the clock was set back, it is {seconds} s behind the head block: set it right, or wait"
    )]
    ClockBehind {
        /// Seconds until the head block's time.
        seconds: u32,
    },
    /// The head block is of a later time than the clock's.
    #[error(
        "the head block is {seconds} s ahead of the clock: wait, set the clock right, or, if time \
         was moved with `advance_time`, go on with `carbyne dev --instant`"
    )]
    HeadAhead {
        /// Seconds until its time.
        seconds: u32,
    },
    /// The node makes no blocks, and nobody is there to get any from.
    #[error(
        "no block came for {seconds} s: this node has no key of a witness and no peer to get \
         blocks from, so they come from `broadcast_block` only; give it a key under [witness] or \
         name nodes under [p2p] seeds"
    )]
    NoPeers {
        /// Seconds since the last block came, or since the node started.
        seconds: u32,
    },
    /// All peers follow another branch, or have only blocks behind it.
    #[error(
        "none of the {peers} peers has a block that this node can go on with: its block {number} \
         cannot be undone, and they follow another one, or began with a later state; name nodes \
         with all blocks under [p2p] seeds, or begin a new data directory with --snapshot-from"
    )]
    OtherBranch {
        /// How many peers there are.
        peers: usize,
        /// Number of the last block here that cannot be undone.
        number: u32,
    },
    /// There is too little room on the disk.
    #[error("the disk is nearly full: make room")]
    DiskFull,
    /// A block could not be brought to disk, so the node is ending.
    #[error("a block could not be brought to disk, the node is stopping")]
    Stopped,
}

impl Standstill {
    /// A word for each reason, for machines.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoKey { .. } => "no_key",
            Self::ClockBehind { .. } => "clock_behind",
            Self::HeadAhead { .. } => "head_ahead",
            Self::NoPeers { .. } => "no_peers",
            Self::OtherBranch { .. } => "other_branch",
            Self::DiskFull => "disk_full",
            Self::Stopped => "stopped",
        }
    }

    /// Every word.
    pub const NAMES: [&str; 7] = [
        "no_key",
        "clock_behind",
        "head_ahead",
        "no_peers",
        "other_branch",
        "disk_full",
        "stopped",
    ];
}

/// What is looked at.
pub struct Situation<'a> {
    /// The state.
    pub ledger: &'a Ledger,
    /// Whether this is a key of the node.
    pub has_key: &'a dyn Fn(&PublicKey) -> bool,
    /// Whether the node has any key.
    pub has_keys: bool,
    /// When blocks are made.
    pub production: Production,
    /// The present.
    pub now: TimePointSec,
    /// The latest present that was seen.
    pub latest: TimePointSec,
    /// Seconds since the head block was another one, or since the node started.
    pub silence: u32,
    /// Whether the disk has too little room.
    pub is_disk_full: bool,
    /// The peers, if there is a network.
    pub peers: Option<Present>,
}

impl Situation<'_> {
    /// Why no blocks come; none if they do, or will.
    pub fn standstill(&self) -> Result<Option<Standstill>, Rejected> {
        if self.is_disk_full {
            return Ok(Some(Standstill::DiskFull));
        }
        let active = &self.ledger.get(Id(0) as GlobalPropertyId)?.active_witnesses;
        let is_ours = |witness: WitnessId| {
            self.ledger.find(witness).is_some_and(|witness| (self.has_key)(&witness.signing_key))
        };
        if self.has_keys && !active.iter().copied().any(is_ours) {
            return Ok(Some(Standstill::NoKey { witnesses: active.len() }));
        }
        if self.production == Production::Instant {
            return Ok(None);
        }
        let (head, now) = (self.ledger.head_time()?.0, self.now.0);
        let is_old = now.saturating_sub(head) > SILENCE_MAX;
        let (peers, apart) = self.peers.as_ref().map_or((0, 0), |all| (all.count(), all.apart));
        let dynamic = self.ledger.dynamic()?;
        let number = dynamic.last_irreversible_block_num;
        // Whose blocks are confirmed is not the one who went astray.
        let unconfirmed = dynamic.head_block_number.saturating_sub(number) as usize;
        if peers > 0 && apart == peers && (is_old || unconfirmed > active.len()) {
            return Ok(Some(Standstill::OtherBranch { peers, number }));
        }
        let is_alone = peers == 0 && self.silence >= ALONE_MAX;
        if !self.has_keys && is_alone && is_old {
            return Ok(Some(Standstill::NoPeers { seconds: self.silence }));
        }
        let seconds = head.saturating_sub(now);
        if seconds <= SECONDS_AHEAD_MAX {
            return Ok(None);
        }
        let was_set_back = self.latest.0.saturating_sub(self.now.0) > SECONDS_AHEAD_MAX;
        Ok(Some(match was_set_back {
            true => Standstill::ClockBehind { seconds },
            false => Standstill::HeadAhead { seconds },
        }))
    }
}

/// What others may know of it.
#[derive(Clone, Debug, Default)]
pub struct Shared(Arc<Mutex<Option<Standstill>>>);

impl Shared {
    /// Why no blocks come.
    pub fn get(&self) -> Option<Standstill> {
        self.0.lock().clone()
    }
}

/// Looks for a standstill and says so.
#[derive(Default)]
pub struct Watch {
    shared: Shared,
    looked: Option<Instant>,
    said: Option<(Instant, &'static str)>,
    latest: TimePointSec,
    /// Number of the head block, and since when it is.
    head: Option<(u32, Instant)>,
}

impl Watch {
    /// What others may know.
    pub fn shared(&self) -> Shared {
        self.shared.clone()
    }

    /// The latest present that was seen, once a second: then it is time to look.
    pub fn is_due(&mut self, now: TimePointSec) -> Option<TimePointSec> {
        if self.looked.is_some_and(|looked| looked.elapsed() < LOOK_EVERY) {
            return None;
        }
        self.looked = Some(Instant::now());
        self.latest = self.latest.max(now);
        Some(self.latest)
    }

    /// Seconds since the head block was another one, or since it was looked at first.
    pub fn silence(&mut self, head: u32) -> u32 {
        let since = match self.head {
            Some((known, since)) if known == head => since,
            _ => self.head.insert((head, Instant::now())).1,
        };
        u32::try_from(since.elapsed().as_secs()).unwrap_or(u32::MAX)
    }

    /// Notes what was found; says so if it is new or was not said for a minute.
    pub fn note(&mut self, found: Option<Standstill>) {
        let name = found.as_ref().map(Standstill::name);
        match (&found, self.said) {
            (Some(_), Some((said, known))) if Some(known) == name && said.elapsed() < SAY_EVERY => {
            }
            (Some(reason), _) => {
                tracing::error!("no blocks: {reason}");
                self.said = Some((Instant::now(), reason.name()));
            }
            (None, Some(_)) => {
                tracing::info!("what kept blocks from being made is over");
                self.said = None;
            }
            (None, None) => {}
        }
        *self.shared.0.lock() = found;
    }
}
