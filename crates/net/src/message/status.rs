//! Messages about the connection itself, the time and other nodes.

use super::{Endpoint, Object, Variant};
use carbyne_crypto::PublicKey;
use carbyne_wire::{Text, TimePointSec, Wire};

/// A message without content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Wire)]
pub struct Nothing {}

/// Whom a node is connected to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct Address {
    /// The nodes.
    pub addresses: Vec<AddressInfo>,
}

/// A node that another is connected to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Wire)]
pub struct AddressInfo {
    /// Where it takes connections; port 0 if it takes none.
    pub remote_endpoint: Endpoint,
    /// When it was connected last.
    pub last_seen_time: TimePointSec,
    /// How long a question and its answer are on the way, microseconds.
    pub latency: i64,
    /// Its number of this run.
    pub node_id: PublicKey,
    /// The number of a [`Direction`].
    pub direction: u8,
    /// The number of a [`Firewalled`].
    pub firewalled: u8,
}

/// Who opened a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// The other node.
    Inbound = 1,
    /// This one.
    Outbound = 2,
}

/// Whether a node can be connected to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Firewalled {
    /// Nobody tried.
    #[default]
    Unknown = 0,
    /// It cannot.
    Yes = 1,
    /// It can.
    No = 2,
}

/// Why a connection is about to be closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct ClosingConnection {
    /// Why, in words.
    pub reason_for_closing: Text,
    /// Whether the peer did something wrong.
    pub closing_due_to_error: bool,
    /// What it did.
    pub error: Option<Exception>,
}

/// An error as the reference writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct Exception {
    /// Its number.
    pub code: i64,
    /// Its name.
    pub name: Text,
    /// What it is about.
    pub what: Text,
    /// Where it came by, each with a format and the values for it.
    pub log: Vec<Variant>,
}

/// Asks for the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Wire)]
pub struct CurrentTimeRequest {
    /// When it was sent, microseconds since 1970.
    pub request_sent_time: i64,
}

/// The time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Wire)]
pub struct CurrentTimeReply {
    /// When the question was sent by the asker's clock, microseconds since 1970.
    pub request_sent_time: i64,
    /// When it came.
    pub request_received_time: i64,
    /// When the answer was sent.
    pub reply_transmitted_time: i64,
}

/// Asks a node to look whether another can be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Wire)]
pub struct CheckFirewall {
    /// The other.
    pub node_id: PublicKey,
    /// Where it is.
    pub endpoint_to_check: Endpoint,
}

/// Whether it can.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Wire)]
pub struct CheckFirewallReply {
    /// The other.
    pub node_id: PublicKey,
    /// Where it is.
    pub endpoint_checked: Endpoint,
    /// 0 nobody tried, 1 no, 2 yes.
    pub result: u8,
}

/// Rates, in bytes a second, and peers of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct Connections {
    /// Sent in the last minute.
    pub upload_rate_one_minute: u32,
    /// Received in the last minute.
    pub download_rate_one_minute: u32,
    /// Sent in the last 15 minutes.
    pub upload_rate_fifteen_minutes: u32,
    /// Received in the last 15 minutes.
    pub download_rate_fifteen_minutes: u32,
    /// Sent in the last hour.
    pub upload_rate_one_hour: u32,
    /// Received in the last hour.
    pub download_rate_one_hour: u32,
    /// The peers.
    pub current_connections: Vec<Connection>,
}

/// A peer of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct Connection {
    /// How long it is connected, seconds.
    pub connection_duration: u32,
    /// Where it is.
    pub remote_endpoint: Endpoint,
    /// Its number of this run.
    pub node_id: PublicKey,
    /// How far its clock is ahead, microseconds.
    pub clock_offset: i64,
    /// How long a question and its answer are on the way, microseconds.
    pub round_trip_delay: i64,
    /// The number of a [`Direction`].
    pub connection_direction: u8,
    /// The number of a [`Firewalled`].
    pub firewalled: u8,
    /// What it said of itself.
    pub user_data: Object,
}
