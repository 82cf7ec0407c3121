//! One connection to a peer: how far its handshake is, what was asked and offered, what waits to be
//! sent.
//!
//! Never knows other peers; what concerns several of them is the node's.

mod outbox;

pub(crate) use outbox::{Long, Outbox, Outgoing, Sealed};

use crate::compact::Half;
use crate::config::{Config, limits};
use crate::link::Link;
use crate::message::{Direction, Endpoint, Firewalled, Hello, ItemId, kind};
use crate::reason::Reason;
use crate::remembered::Remembered;
use crate::time::Now;
use crate::wanted::Offers;
use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_wire::{Hash160, Text, TimePointSec};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The number of a connection; the caller gives each another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Keys, hellos and addresses are exchanged.
    Handshaking,
    /// Items are exchanged.
    Active,
    /// We want it closed, since that moment.
    Closing(Now),
}

/// What was said to a hello.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    None,
    Accepted,
    Rejected,
}

/// What a peer said of itself.
#[derive(Clone, Debug)]
pub struct About {
    /// What it calls itself.
    pub agent: Text,
    /// The version of the protocol that it speaks.
    pub protocol: u32,
    /// Its key, which stays.
    pub key: PublicKey,
    /// Its number of this run; its key if it gives none.
    pub node_id: PublicKey,
    /// Whether it is Carbyne and knows that we are: it understands more than the reference.
    pub is_carbyne: bool,
    /// What it runs on.
    pub platform: Option<Text>,
}

/// Where a connection is between two nodes.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Who opened it.
    pub direction: Direction,
    /// Our end.
    pub local: Endpoint,
    /// The other end.
    pub remote: Endpoint,
}

/// A connection.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) place: Place,
    pub(crate) link: Link,
    pub(crate) outbox: Outbox,
    pub(crate) stage: Stage,
    /// What the peer said to our hello.
    pub(crate) to_ours: Answer,
    /// What we said to its hello.
    pub(crate) to_theirs: Answer,
    /// It wants the connection closed.
    pub(crate) wants_close: Option<Text>,
    /// Why it is left, if it is.
    pub(crate) why_left: Option<Reason>,
    pub(crate) about: Option<About>,
    pub(crate) reach: Reach,
    pub(crate) expects_addresses: bool,
    pub(crate) times: Times,
    pub(crate) sync: Sync,
    pub(crate) items: Items,
}

/// Where a peer can be reached.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    pub(crate) firewalled: Firewalled,
    /// The best guess.
    pub(crate) inbound: Option<Endpoint>,
    /// Where a connection to it came about.
    pub(crate) verified: BTreeSet<Endpoint>,
    /// Where it may be.
    pub(crate) candidates: BTreeSet<Endpoint>,
}

/// When things happened, and how far clocks differ.
#[derive(Debug)]
pub(crate) struct Times {
    pub(crate) connected: Now,
    /// When the last whole message came.
    pub(crate) heard: Now,
    pub(crate) sent: Now,
    /// When it was asked for the time.
    pub(crate) asked: Now,
    /// How far the peer's clock is ahead, microseconds.
    pub(crate) clock_offset: Option<i64>,
    /// How long a question and its answer are on the way, microseconds.
    pub(crate) round_trip: i64,
    /// When it asked for a chunk of a state.
    pub(crate) took_chunk: Option<Now>,
}

/// What is known of a peer's chain.
#[derive(Debug)]
pub(crate) struct Sync {
    /// It may have blocks that we lack.
    pub(crate) we_need: bool,
    /// It lacks blocks that we have.
    pub(crate) it_needs: bool,
    /// Blocks it has and that we do not have, in order.
    pub(crate) ids: VecDeque<Hash160>,
    /// So many of them, from the first on, are known to be here or asked for.
    pub(crate) looked_at: usize,
    /// How many more follow.
    pub(crate) remaining: u32,
    /// Blocks of it that are at the chain.
    pub(crate) at_the_chain: BTreeSet<Hash160>,
    /// The synopsis that waits for ids, and since when.
    pub(crate) asked_ids: Option<(Vec<Hash160>, Now)>,
    /// Answers that still come to synopses before that one: they say nothing any more.
    pub(crate) overtaken: usize,
    /// Blocks that were asked for, and when.
    pub(crate) asked: BTreeMap<Hash160, Now>,
    /// When a block came, or blocks were asked for.
    pub(crate) progress: Now,
    /// The newest block that both have.
    pub(crate) common: Option<Hash160>,
    pub(crate) common_time: TimePointSec,
    /// Its blocks are of no use.
    pub(crate) is_useless: bool,
    /// It knew none of the blocks that we named when it was asked last.
    pub(crate) knows_none: bool,
    /// Its newest block, as far as it said, is one that we do not know.
    pub(crate) is_elsewhere: bool,
    /// Answers in a row that brought nothing new.
    pub(crate) fruitless: u32,
}

/// What was offered and asked for when in step.
#[derive(Debug)]
pub(crate) struct Items {
    /// Offered by the peer.
    pub(crate) by_it: Remembered,
    /// Offered to the peer.
    pub(crate) to_it: Remembered,
    /// What it offers and is wanted.
    pub(crate) offers: Offers,
    /// Asked of the peer, and when.
    pub(crate) asked: BTreeMap<ItemId, Now>,
    /// Of these, blocks in short form: what of them is here.
    pub(crate) compact: BTreeMap<Hash160, Option<Half>>,
}

impl Peer {
    pub(crate) fn new(now: Now, place: Place, key: PrivateKey) -> Self {
        let remembered = || Remembered::new(limits::INVENTORY, limits::INVENTORY_ITEMS);
        let is_outbound = place.direction == Direction::Outbound;
        Self {
            place,
            link: Link::new(key),
            outbox: Outbox::default(),
            stage: Stage::Handshaking,
            to_ours: Answer::None,
            to_theirs: Answer::None,
            wants_close: None,
            why_left: None,
            about: None,
            reach: Reach {
                firewalled: if is_outbound { Firewalled::No } else { Firewalled::Unknown },
                inbound: is_outbound.then_some(place.remote),
                ..Reach::default()
            },
            expects_addresses: false,
            times: Times {
                connected: now,
                heard: now,
                sent: now,
                asked: now,
                clock_offset: None,
                round_trip: 0,
                took_chunk: None,
            },
            sync: Sync::new(now),
            items: Items {
                by_it: remembered(),
                to_it: remembered(),
                offers: Offers::default(),
                asked: BTreeMap::new(),
                compact: BTreeMap::new(),
            },
        }
    }

    pub(crate) fn is_active(&self) -> bool {
        self.stage == Stage::Active
    }

    pub(crate) fn is_closing(&self) -> bool {
        matches!(self.stage, Stage::Closing(_))
    }

    pub(crate) fn is_carbyne(&self) -> bool {
        self.about.as_ref().is_some_and(|about| about.is_carbyne)
    }

    /// Whether nothing that it was asked for is missing.
    pub(crate) fn is_idle(&self) -> bool {
        self.items.asked.is_empty() && self.sync.asked.is_empty() && self.sync.asked_ids.is_none()
    }

    /// How many more items it can be asked for.
    pub(crate) fn item_room(&self, config: &Config) -> usize {
        if self.is_carbyne() {
            return config.items_at_once_of_carbyne.saturating_sub(self.items.asked.len());
        }
        if self.is_idle() { config.items_at_once } else { 0 }
    }

    /// How many more blocks it can be asked for in a sync.
    pub(crate) fn block_room(&self, config: &Config) -> usize {
        let batch = config.sync_blocks_at_once;
        let has_room = if self.is_carbyne() {
            let requests = config.sync_requests_of_carbyne.saturating_sub(1);
            self.sync.asked.len() <= batch.saturating_mul(requests)
        } else {
            self.is_idle()
        };
        if has_room { batch } else { 0 }
    }

    /// Whether it is to be asked for more ids before the blocks that it told us of are used up.
    pub(crate) fn lacks_ids(&self) -> bool {
        let Sync { we_need, is_useless, remaining, ids, asked_ids, .. } = &self.sync;
        let is_free = self.is_carbyne() || self.is_idle();
        let few = if self.is_carbyne() { limits::IDS_AT_ONCE } else { limits::IDS_AHEAD };
        let wants_more = *we_need && !is_useless && *remaining > 0 && ids.len() < few;
        wants_more && asked_ids.is_none() && is_free
    }

    /// The peer's end, if a hello tells where it takes connections (reference: `net/node.cpp`).
    pub(crate) fn learn_reach(&mut self, hello: &Hello) {
        let remote = self.place.remote;
        let told = Endpoint { address: hello.inbound_address, port: hello.inbound_port };
        let is_believed = told.is_public() || told.address == remote.address;
        self.reach.inbound.get_or_insert(match told.port {
            0 => remote.with_port(0),
            _ if is_believed => told,
            _ => remote,
        });
        match (self.place.direction, told.port) {
            (Direction::Outbound, _) => {}
            (Direction::Inbound, 0) => self.reach.firewalled = Firewalled::Yes,
            (Direction::Inbound, port) => {
                self.reach.candidates.extend([told, remote, remote.with_port(port)]);
            }
        }
    }
}

impl Items {
    /// Whether the peer has a transaction, as far as we know.
    pub(crate) fn has_transaction(&self, hash: &Hash160) -> bool {
        let item = ItemId { kind: kind::TRANSACTION, hash: *hash };
        self.by_it.contains(&item) || self.to_it.contains(&item)
    }
}

impl Sync {
    fn new(now: Now) -> Self {
        Self {
            we_need: true,
            it_needs: true,
            ids: VecDeque::new(),
            looked_at: 0,
            remaining: 0,
            at_the_chain: BTreeSet::new(),
            asked_ids: None,
            overtaken: 0,
            asked: BTreeMap::new(),
            progress: now,
            common: None,
            common_time: TimePointSec::default(),
            is_useless: false,
            knows_none: false,
            is_elsewhere: false,
            fruitless: 0,
        }
    }

    /// Asks for the ids behind a synopsis, whatever was asked before.
    pub(crate) fn ask_ids(&mut self, synopsis: &[Hash160], now: Now) {
        if self.asked_ids.replace((synopsis.to_vec(), now)).is_some() {
            self.overtaken = self.overtaken.saturating_add(1);
        }
    }

    /// The synopsis to which an answer came; none if it was not asked for, or not any more.
    pub(crate) fn answered_ids(&mut self) -> Option<Vec<Hash160>> {
        if let Some(left) = self.overtaken.checked_sub(1) {
            self.overtaken = left;
            return None;
        }
        self.asked_ids.take().map(|(synopsis, _)| synopsis)
    }

    /// Forgets what it told us of its blocks, to ask anew.
    pub(crate) fn begin(&mut self) {
        self.ids.clear();
        self.looked_at = 0;
        self.remaining = 0;
        self.we_need = true;
        self.common = None;
        self.common_time = TimePointSec::default();
        self.is_useless = false;
    }

    /// Both have a block of that time: whatever it knew when it was asked, it is not apart.
    pub(crate) fn shares(&mut self, block: Hash160, time: TimePointSec) {
        self.common = Some(block);
        self.common_time = time;
        self.knows_none = false;
    }

    /// The block that it has next goes to the chain.
    pub(crate) fn takes_next(&mut self) {
        if let Some(block) = self.ids.pop_front() {
            self.looked_at = self.looked_at.saturating_sub(1);
            self.at_the_chain.insert(block);
        }
    }

    /// Whether blocks are missing and nothing is done about it; `awaits_none` says that no block
    /// of any peer is here or on its way.
    pub(crate) fn is_stalled(&self, awaits_none: bool) -> bool {
        let is_asked = !self.asked.is_empty() || self.asked_ids.is_some();
        let is_waiting = !self.at_the_chain.is_empty() || !(self.ids.is_empty() || awaits_none);
        self.we_need && !self.is_useless && !is_asked && !is_waiting
    }

    /// Whether all that it told us of came and was looked at.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.ids.is_empty() && self.remaining == 0 && self.at_the_chain.is_empty()
    }
}
