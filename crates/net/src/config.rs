//! How a node behaves towards others: who it is, whom it tells of, how much it takes.

use crate::message::{AGENT, Endpoint, Object};
use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_wire::{Digest, Tags, Text};
use std::collections::BTreeSet;

/// Who a node is.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Its key, which stays.
    pub key: PrivateKey,
    /// Its number of this run: 33 bytes of chance.
    pub node_id: PublicKey,
    /// Its chain.
    pub chain_id: Digest<32>,
}

/// Which peers a node tells others of (`advertise-peer-algorithm` of the reference).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Advertise {
    /// All it is connected to.
    #[default]
    All,
    /// None: who asks gets an empty list.
    Nothing,
    /// Those of a list.
    Only(BTreeSet<Endpoint>),
    /// All but those of a list.
    AllBut(BTreeSet<Endpoint>),
}

impl Advertise {
    pub(crate) fn tells_of(&self, endpoint: &Endpoint) -> bool {
        match self {
            Self::All => true,
            Self::Nothing => false,
            Self::Only(list) => list.contains(endpoint),
            Self::AllBut(list) => !list.contains(endpoint),
        }
    }
}

/// How a node behaves. The numbers are the reference's unless said otherwise.
#[derive(Clone, Debug)]
pub struct Config {
    /// Which choices its chain knows.
    pub tags: Tags,
    /// What it calls itself.
    pub agent: Text,
    /// What it says of itself in the hello before what the protocol says: revision, platform.
    pub about: Object,
    /// Where it takes connections; none if it takes none.
    pub listen: Option<Endpoint>,
    /// What it tells others of where it takes connections, if that is not what it sees itself.
    pub advertised: Option<Endpoint>,
    /// Whom it tells others of.
    pub advertise: Advertise,
    /// Whether it looks for peers it was told of.
    pub connects_to_new_peers: bool,
    /// How many connections it looks for.
    pub connections_wanted: usize,
    /// How many it takes.
    pub connections_max: usize,
    /// How many of one address it takes; ours.
    pub connections_of_an_address_max: usize,
    /// Items it asks one peer for at a time when in step with it.
    pub items_at_once: usize,
    /// The same, of peers that are Carbyne; ours.
    pub items_at_once_of_carbyne: usize,
    /// Blocks it asks one peer for at a time in a sync.
    pub sync_blocks_at_once: usize,
    /// Such requests that are on the way to one peer, if it is Carbyne; ours.
    pub sync_requests_of_carbyne: usize,
    /// Blocks that were asked for or came and were not given to the chain (ours; reference: 2,000).
    pub sync_blocks_ahead: usize,
    /// Bytes of blocks that came and that the chain has not answered about, and of those that were
    /// asked for, as they are expected to be; ours.
    pub sync_bytes_ahead: usize,
    /// Blocks that the chain has not answered about (ours; reference: 200).
    pub blocks_at_the_chain: usize,
    /// Transactions that the chain has not answered about; ours.
    pub transactions_at_the_chain: usize,
    /// Bytes of states that it gives in a second, to all peers together; ours.
    pub state_bytes_per_second: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            tags: Tags::Reference,
            agent: AGENT.into(),
            about: Object::default(),
            listen: None,
            advertised: None,
            advertise: Advertise::default(),
            connects_to_new_peers: true,
            connections_wanted: 20,
            connections_max: 200,
            connections_of_an_address_max: 32,
            items_at_once: 1,
            items_at_once_of_carbyne: 500,
            sync_blocks_at_once: 200,
            sync_requests_of_carbyne: 100,
            sync_blocks_ahead: 40_000,
            sync_bytes_ahead: 128 << 20,
            blocks_at_the_chain: 2_000,
            transactions_at_the_chain: 4_000,
            state_bytes_per_second: 32 << 20,
        }
    }
}

/// Times and sizes that are the same everywhere.
pub mod limits {
    /// Seconds a handshake may be silent.
    pub const HANDSHAKE_SILENCE: u32 = 5;
    /// Seconds a handshake may take; ours.
    pub const HANDSHAKE_MAX: u32 = 30;
    /// Block intervals of silence after which a peer is asked whether it is there.
    pub const KEEP_ALIVE_INTERVALS: u32 = 5;
    /// Block intervals of silence after which a peer is left.
    pub const SILENCE_INTERVALS: u32 = 10;
    /// Seconds an answer may take.
    pub const ANSWER: u32 = 6;
    /// Seconds all blocks that were asked for at once may take; ours.
    pub const BLOCKS: u32 = 60;
    /// Seconds a peer may take to close a connection that we want closed.
    pub const CLOSING: u32 = 20;
    /// Seconds before a peer is tried again, times its failures and one.
    pub const RETRY: u32 = 30;
    /// Seconds between looks for peers.
    pub const LOOK_FOR_PEERS: u32 = 15;
    /// Seconds in which the socket is to answer whether a connection came about; ours.
    pub const CONNECTING: u32 = 30;
    /// Seconds between questions for other nodes.
    pub const ASK_FOR_ADDRESSES: u32 = 900;
    /// Failures that are added for a peer that is of no use.
    pub const FAILURES_OF_USELESS: u32 = 120;
    /// Blocks during which an item is kept for peers.
    pub const CACHE_BLOCKS: u64 = 5;
    /// Bytes of items that are kept for peers; ours.
    pub const CACHE_BYTES: usize = 64 << 20;
    /// Seconds an offered item is remembered.
    pub const INVENTORY: u32 = 120;
    /// Offered items that are remembered, of a peer and direction (ours; reference: 120,000).
    pub const INVENTORY_ITEMS: usize = 16_384;
    /// Seconds an item that the chain refused is not asked for again.
    pub const FAILED: u32 = 900;
    /// Seconds an item that the chain may take later is not asked for again; ours.
    pub const FAILED_FOR_NOW: u32 = 10;
    /// Such items, of either; ours.
    pub const FAILED_ITEMS: usize = 16_384;
    /// Items that were offered and are not asked for yet; ours.
    pub const WANTED_ITEMS: usize = 32_768;
    /// Bytes that wait to be sent to a peer, names of items among them.
    pub const SEND_QUEUE: usize = 1 << 20;
    /// Bytes of a block of a sync while none came that tells; ours.
    pub const SYNC_BLOCK_BYTES: usize = 64 << 10;
    /// Bytes of messages that are sent together, and one message; ours.
    pub const SEND_TOGETHER: usize = 64 << 10;
    /// Addresses that are looked at of one message.
    pub const ADDRESSES: usize = 200;
    /// Nodes that are remembered.
    pub const BOOK: usize = 1_000;
    /// Ids that are wanted before blocks are asked for.
    pub const IDS_AHEAD: usize = 10_000;
    /// Ids that are told in one message.
    pub const IDS_TOLD: usize = 2_000;
    /// Ids that are taken in one message, told to Carbyne nodes, and wanted ahead of them: those of
    /// the blocks that are checked while an answer is on a long way; ours.
    pub const IDS_AT_ONCE: usize = 20_000;
    /// Seconds that blocks which are offered may lie in the future.
    pub const FUTURE: u32 = 3_600;
    /// Blocks in short form that one peer is asked for at a time; ours.
    pub const COMPACT_AT_ONCE: usize = 4;
    /// Payloads of blocks up to that many bytes are sent as they are; ours.
    pub const COMPACT_FROM: usize = 4 << 10;
    /// Bytes of a state in a chunk; ours.
    pub const CHUNK_BYTES: u32 = 1 << 20;
    /// Bytes of a chunk as it is sent: packing may add a little; ours.
    pub const CHUNK_PACKED_BYTES: u32 = (1 << 20) + (1 << 14);
    /// Chunks of a state, which has 32 GiB at most; ours.
    pub const CHUNKS: usize = 32_768;
    /// Chunks that one peer is asked for at a time; ours.
    pub const CHUNKS_AT_ONCE: usize = 4;
    /// Chunks that are asked for or here and wait for one before them; ours.
    pub const CHUNKS_AHEAD: u32 = 16;
    /// Seconds a chunk may take; ours.
    pub const CHUNK: u32 = 30;
    /// Peers that are given a state at a time; ours.
    pub const STATE_TAKERS: usize = 8;
    /// Seconds after which who was busy is asked again; ours.
    pub const STATE_REST: u32 = 1;
    /// Seconds without a chunk after which taking a state has failed; ours.
    pub const STATE_PATIENCE: u32 = 180;
    /// The shortest block interval there can be, seconds.
    pub const BLOCK_INTERVAL_MIN: u32 = 1;
}
