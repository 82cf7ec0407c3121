//! What is told of peers: to clients of `network_node`, on `/health` and on `/metrics`.
//!
//! Invariant: looking at it never waits for the thread of the peers. This file must never change
//! what happens to a connection.

use super::driver::{Driver, Left};
use crate::clock::Clock;
use crate::metrics::{COUNTER, Counter, GAUGE, Page};
use carbyne_api::{ApiError, NetworkRequest};
use carbyne_net::message::{Direction, Endpoint, Firewalled};
use carbyne_net::{ChainView, Config, Identity, Node, PeerStatus, Record, Stage};
use carbyne_protocol::transaction::num_from_id;
use carbyne_wire::{Json, TimePointSec};
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

/// Endings of connections that are remembered.
const ENDINGS_MAX: usize = 16;

/// What is counted of a socket.
pub(super) struct Tally {
    pub(super) remote: Endpoint,
    connected: TimePointSec,
    sent: u64,
    received: u64,
    last_sent: TimePointSec,
    last_received: TimePointSec,
}

impl Tally {
    pub(super) fn new(remote: Endpoint) -> Self {
        let connected = Clock.now();
        let (last_sent, last_received) = Default::default();
        Self { remote, connected, sent: 0, received: 0, last_sent, last_received }
    }

    pub(super) fn sent(&mut self, bytes: usize) {
        self.sent += bytes as u64;
        self.last_sent = Clock.now();
    }

    pub(super) fn received(&mut self, bytes: usize) {
        self.received += bytes as u64;
        self.last_received = Clock.now();
    }
}

/// The peers at one moment.
#[derive(Clone, Debug, Default)]
pub struct Present {
    /// Connections that others opened and over which items are exchanged.
    pub inbound: usize,
    /// Connections that this node opened and over which items are exchanged.
    pub outbound: usize,
    /// How many of them follow a branch to which this node cannot go.
    pub apart: usize,
    /// Blocks that some peer has and that did not come yet.
    pub blocks_behind: u32,
    /// How far the clocks of the peers are ahead, microseconds.
    pub clock_offset: Option<i64>,
    /// Nodes that were heard of.
    pub known: usize,
    /// Bytes that are held for peers, about.
    pub held_bytes: usize,
}

impl Present {
    /// Peers that items are exchanged with.
    pub fn count(&self) -> usize {
        self.inbound + self.outbound
    }
}

/// The end of a connection.
struct Ending {
    time: TimePointSec,
    peer: Endpoint,
    why: String,
}

#[derive(Default)]
struct Endings {
    latest: VecDeque<Ending>,
    /// How many, by the name of the reason.
    counts: BTreeMap<String, u64>,
}

/// What others may know of the peers.
pub struct Report {
    pub(super) bytes_in: Counter,
    pub(super) bytes_out: Counter,
    listening: Option<Endpoint>,
    key: String,
    node_id: String,
    present: Mutex<Present>,
    endings: Mutex<Endings>,
}

impl Report {
    pub(super) fn new(listening: Option<Endpoint>, identity: &Identity) -> Self {
        Self {
            bytes_in: Counter::default(),
            bytes_out: Counter::default(),
            listening,
            key: hex::encode(identity.key.public_key().0),
            node_id: hex::encode(identity.node_id.0),
            present: Mutex::default(),
            endings: Mutex::default(),
        }
    }

    /// Bytes that were sent to peers so far.
    pub fn bytes_sent(&self) -> u64 {
        self.bytes_out.get()
    }

    /// The peers, as they were a moment ago.
    pub fn present(&self) -> Present {
        self.present.lock().clone()
    }

    /// Where connections are taken.
    pub(crate) fn listening(&self) -> Option<String> {
        self.listening.map(|endpoint| endpoint.to_string())
    }

    pub(super) fn update(&self, node: &Node) {
        let mut present = Present {
            blocks_behind: node.blocks_behind(),
            clock_offset: node.clock_offset(),
            known: node.book().records().count(),
            held_bytes: node.held_bytes(),
            ..Present::default()
        };
        for peer in node.peers().filter(|peer| peer.stage == Stage::Active) {
            present.apart += usize::from(peer.is_apart);
            match peer.place.direction {
                Direction::Inbound => present.inbound += 1,
                _ => present.outbound += 1,
            }
        }
        *self.present.lock() = present;
    }

    /// A connection ended.
    pub(super) fn left(&self, peer: Endpoint, left: &Left) {
        let (name, why) = match left {
            Left::Gone => ("gone".to_owned(), "the other end closed it, or it broke".to_owned()),
            Left::For(reason) => (name_of(reason), reason.to_string()),
        };
        // Who is turned away at the door can come again and again: that fills no log.
        if name.starts_with("TooMany") {
            tracing::debug!(%peer, %why, "a connection to a peer ended");
        } else {
            tracing::info!(%peer, %why, "a connection to a peer ended");
        }
        let mut endings = self.endings.lock();
        *endings.counts.entry(name).or_default() += 1;
        endings.latest.push_back(Ending { time: Clock.now(), peer, why });
        if endings.latest.len() > ENDINGS_MAX {
            endings.latest.pop_front();
        }
    }

    /// For `/health`.
    pub(crate) fn to_json(&self) -> Value {
        let present = self.present();
        let endings = self.endings.lock();
        let endings = endings.latest.iter().rev().map(|ending| {
            json!({
                "time": ending.time.to_string(),
                "peer": ending.peer.to_string(),
                "reason": ending.why,
            })
        });
        json!({
            "listening_on": self.listening(),
            "inbound": present.inbound,
            "outbound": present.outbound,
            "apart": present.apart,
            "blocks_behind": present.blocks_behind,
            "clock_offset_ms": present.clock_offset.map(|offset| offset / 1_000),
            "last_drops": endings.collect::<Vec<_>>(),
        })
    }

    /// For `/metrics`.
    pub(crate) fn write(&self, page: &mut Page) {
        let present = self.present();
        page.family("carbyne_peers", GAUGE, "Peers that items are exchanged with.");
        page.sample("carbyne_peers", &[("direction", "inbound")], present.inbound);
        page.sample("carbyne_peers", &[("direction", "outbound")], present.outbound);
        let what = "Blocks that a peer has and that did not come yet.";
        page.single("carbyne_blocks_behind", GAUGE, what, present.blocks_behind);
        if let Some(offset) = present.clock_offset {
            let what = "How far the clocks of the peers are ahead.";
            page.single("carbyne_clock_offset_seconds", GAUGE, what, offset as f64 / 1e6);
        }
        page.single("carbyne_known_nodes", GAUGE, "Nodes that were heard of.", present.known);
        let what = "Bytes held for peers, about.";
        page.single("carbyne_peer_held_bytes", GAUGE, what, present.held_bytes);
        page.family("carbyne_peer_bytes_total", COUNTER, "Bytes exchanged with peers.");
        let counters = [("in", &self.bytes_in), ("out", &self.bytes_out)];
        for (direction, counter) in counters {
            page.sample("carbyne_peer_bytes_total", &[("direction", direction)], counter.get());
        }
        let what = "Connections to peers that ended, by the reason.";
        page.family("carbyne_peer_drops_total", COUNTER, what);
        for (name, count) in &self.endings.lock().counts {
            page.sample("carbyne_peer_drops_total", &[("reason", name.as_str())], count);
        }
    }

    fn info(&self) -> Value {
        json!({
            "listening_on": self.listening().unwrap_or_else(|| "0.0.0.0:0".to_owned()),
            "node_public_key": self.key,
            "node_id": self.node_id,
        })
    }
}

/// The name of a reason: that of its variant, without what it says.
fn name_of(reason: &carbyne_net::Reason) -> String {
    let text = format!("{reason:?}");
    let end = text.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(text.len());
    text.get(..end).unwrap_or_default().to_owned()
}

impl Driver {
    /// What a client is told.
    pub(super) fn told(&self, request: &NetworkRequest) -> Result<Value, ApiError> {
        let node = self.parts.peers.node();
        Ok(match request {
            NetworkRequest::Info => self.parts.report.info(),
            NetworkRequest::Connected => node
                .peers()
                .filter(|peer| peer.stage == Stage::Active)
                .map(|peer| self.peer(&peer))
                .collect(),
            NetworkRequest::Potential => node.book().records().map(record).collect(),
            NetworkRequest::Parameters => parameters(&self.parts.net),
            NetworkRequest::AddNode(_) | NetworkRequest::SetParameters(_) => Value::Null,
        })
    }

    /// A peer as the reference tells of it.
    fn peer(&self, peer: &PeerStatus) -> Value {
        let tally = self.open.get(&peer.id).map(|socket| &socket.tally);
        let common = peer.common.unwrap_or_default();
        let time = self.parts.peers.told().time_of(&common).unwrap_or_default();
        let seconds = |time: Option<TimePointSec>| time.unwrap_or_default().0;
        let agent = peer.about.as_ref().map(|about| about.agent.to_string());
        let platform = peer.about.as_ref().and_then(|about| about.platform.as_ref());
        json!({
            "version": 0,
            "host": peer.place.remote.to_string(),
            "info": {
                "addr": peer.place.remote.to_string(),
                "addrlocal": peer.place.local.to_string(),
                "services": "00000001",
                "lastsend": seconds(tally.map(|tally| tally.last_sent)),
                "lastrecv": seconds(tally.map(|tally| tally.last_received)),
                "bytessent": tally.map_or(0, |tally| tally.sent),
                "bytesrecv": tally.map_or(0, |tally| tally.received),
                "conntime": tally.map_or_else(String::new, |tally| tally.connected.to_string()),
                "pingtime": "",
                "pingwait": "",
                "version": "",
                "subver": agent.unwrap_or_default(),
                "inbound": peer.place.direction == Direction::Inbound,
                "firewall_status": firewalled(peer.firewalled),
                "startingheight": "",
                "banscore": "",
                "syncnode": "",
                "platform": platform.map(ToString::to_string),
                "current_head_block": common.to_string(),
                "current_head_block_number": num_from_id(&common),
                "current_head_block_time": time.to_string(),
                "peer_needs_sync_items_from_us": peer.it_needs_blocks,
                "we_need_sync_items_from_peer": peer.we_need_blocks,
                "blocks_behind": peer.blocks_behind,
                "latency_ms": peer.round_trip / 1_000,
                "clock_offset_ms": peer.clock_offset.map(|offset| offset / 1_000),
            },
        })
    }
}

fn firewalled(state: Firewalled) -> &'static str {
    match state {
        Firewalled::Yes => "firewalled",
        Firewalled::No => "not_firewalled",
        _ => "unknown",
    }
}

/// A node that was heard of, as the reference tells of it.
fn record(record: &Record) -> Value {
    const DISPOSITIONS: [&str; 5] = [
        "never_attempted_to_connect",
        "last_connection_failed",
        "last_connection_rejected",
        "last_connection_handshaking_failed",
        "last_connection_succeeded",
    ];
    let disposition = DISPOSITIONS.get(usize::from(record.last_connection_disposition));
    json!({
        "endpoint": record.endpoint.to_string(),
        "last_seen_time": record.last_seen_time.to_json(),
        "last_connection_disposition": disposition,
        "last_connection_attempt_time": record.last_connection_attempt_time.to_json(),
        "number_of_successful_connection_attempts":
            record.number_of_successful_connection_attempts,
        "number_of_failed_connection_attempts": record.number_of_failed_connection_attempts,
        "last_error": record.last_error.as_ref().map(ToString::to_string),
    })
}

/// The numbers that can be set while the node works, by the reference's names.
fn parameters(net: &Config) -> Value {
    json!({
        "peer_connection_retry_timeout": carbyne_net::limits::RETRY,
        "desired_number_of_connections": net.connections_wanted,
        "maximum_number_of_connections": net.connections_max,
        "max_addresses_to_handle_at_once": carbyne_net::limits::ADDRESSES,
        "max_blocks_to_handle_at_once": net.blocks_at_the_chain,
        "max_sync_blocks_to_prefetch": net.sync_blocks_ahead,
        "max_sync_blocks_per_peer": net.sync_blocks_at_once,
    })
}

/// Sets those that are named.
pub(super) fn set(net: &mut Config, parameters: &Value) -> Result<(), ApiError> {
    let Value::Object(members) = parameters else {
        return Err(ApiError::assert("parameters are an object"));
    };
    for (name, value) in members {
        let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
        let number = number.filter(|number| (1..=1_000_000).contains(number));
        let wrong = || ApiError::assert(format!("{name} is a number from 1 to 1000000"));
        let field = match name.as_str() {
            "desired_number_of_connections" => &mut net.connections_wanted,
            "maximum_number_of_connections" => &mut net.connections_max,
            "max_blocks_to_handle_at_once" => &mut net.blocks_at_the_chain,
            "max_sync_blocks_to_prefetch" => &mut net.sync_blocks_ahead,
            "max_sync_blocks_per_peer" => &mut net.sync_blocks_at_once,
            // Fixed here; the reference passes over what it does not know.
            _ => continue,
        };
        *field = number.ok_or_else(wrong)?;
    }
    net.connections_wanted = net.connections_wanted.min(net.connections_max);
    Ok(())
}
