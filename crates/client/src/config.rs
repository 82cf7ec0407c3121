//! Which nodes are asked, and how long they may take.

use carbyne_wire::{Dialect, Digest};
use std::time::Duration;

/// Which nodes are asked, and how long they may take.
#[derive(Clone, Debug)]
pub struct Config {
    /// Addresses, `ws://host:port` or `wss://host`, in the order in which they are tried.
    pub nodes: Vec<String>,
    /// How long a node may take to accept a connection and to tell its chain.
    pub connect_deadline: Duration,
    /// How long a question may take, waiting for another node included.
    pub call_deadline: Duration,
    /// A node that said nothing for so long is asked whether it is there, and left after as long
    /// again.
    pub silence_max: Duration,
    /// A node whose head block is older than this by the clock of this machine is passed over;
    /// none for chains that are not produced by the clock.
    pub head_age_max: Option<Duration>,
    /// The chain that is meant; without it, that of the first node that answers. A node of another
    /// chain is never used.
    pub chain_id: Option<Digest<32>>,
    /// How that chain writes keys, and which choices it knows.
    pub dialect: Dialect,
    /// Longest message that is read, bytes.
    pub message_bytes_max: usize,
}

impl Config {
    /// These nodes with the usual limits.
    pub fn new<N: Into<String>>(nodes: impl IntoIterator<Item = N>) -> Self {
        Self {
            nodes: nodes.into_iter().map(Into::into).collect(),
            connect_deadline: Duration::from_secs(4),
            call_deadline: Duration::from_secs(15),
            silence_max: Duration::from_secs(10),
            head_age_max: None,
            chain_id: None,
            dialect: Dialect::REFERENCE,
            message_bytes_max: 32 << 20,
        }
    }
}
