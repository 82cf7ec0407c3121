//! What the operator set for the sockets.

use crate::budget::Budget;
use std::time::Duration;

/// What the operator set for the sockets.
#[derive(Clone, Debug)]
pub struct SocketLimits {
    /// Sockets in all.
    pub connections: usize,
    /// Sockets of one address, whatever they are used for.
    pub sockets_per_address: usize,
    /// WebSocket connections of one address.
    pub connections_per_address: usize,
    /// Requests of one address that may be in work at once.
    pub requests_per_address: usize,
    /// What the requests of one address may cost.
    pub cost_per_address: Budget,
    /// Bytes of one frame or body; those of the largest transaction or block must fit.
    pub frame_bytes: usize,
    /// Bytes of messages and answers that may be under way at once.
    pub bytes: usize,
    /// Those of one address.
    pub bytes_per_address: usize,
    /// How long a client may say nothing before its request, and take for the head of it.
    pub head_time: Duration,
    /// How long a message or body may take to come, and an answer to be taken.
    pub message_time: Duration,
    /// Subscriptions of one connection.
    pub subscriptions: usize,
    /// Whether a proxy is in front, which says in `X-Forwarded-For` who asks.
    pub is_behind_proxy: bool,
    /// Whether messages are compressed for clients that can read that.
    pub is_compressing: bool,
    /// Origins of web pages that may ask, beside the node's own; `*` is all.
    pub origins: Vec<String>,
    /// Names by which a node that listens on its own machine only may be called; `*` is all.
    pub hosts: Vec<String>,
    /// Seconds after which the head is too old for the node to be healthy.
    pub head_age_max: u32,
    /// Whether the page is served.
    pub has_page: bool,
}

impl Default for SocketLimits {
    fn default() -> Self {
        Self {
            connections: 20_000,
            sockets_per_address: 200,
            connections_per_address: 100,
            requests_per_address: 100,
            cost_per_address: Budget { per_second: 250_000, burst: 5_000_000 },
            frame_bytes: 16 << 20,
            bytes: 256 << 20,
            bytes_per_address: 64 << 20,
            head_time: Duration::from_secs(15),
            message_time: Duration::from_secs(30),
            subscriptions: 1_000,
            is_behind_proxy: false,
            is_compressing: true,
            origins: Vec::new(),
            hosts: Vec::new(),
            head_age_max: 30,
            has_page: true,
        }
    }
}

impl SocketLimits {
    /// For a node on the developer's own machine, whose clock may be moved.
    pub fn of_a_developer() -> Self {
        let limits = Self::default();
        Self {
            connections: 12_000,
            sockets_per_address: usize::MAX,
            connections_per_address: usize::MAX,
            requests_per_address: usize::MAX,
            cost_per_address: Budget { per_second: 0, burst: 0 },
            bytes_per_address: limits.bytes,
            head_age_max: u32::MAX,
            ..limits
        }
    }
}
