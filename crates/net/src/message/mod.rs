//! The messages (reference: `net/core_messages.hpp`): one type each, with its number.
//!
//! Bytes behind what a payload holds are passed over, as in the reference, so that fields can be
//! added. Never knows when a message may be sent.

mod compact;
mod endpoint;
mod hello;
mod items;
mod state;
mod status;
mod variant;

pub use compact::{
    CompactBlock, CompactTransaction, FetchCompact, FetchMissing, Missing, ShortName,
};
pub use endpoint::Endpoint;
pub use hello::{AGENT, ConnectionRejected, Hello, PROTOCOL_VERSION, RejectionReason};
pub use items::{
    BlockMessage, FetchIds, FetchItems, IdsInventory, Inventory, ItemId, ItemNotAvailable,
};
pub use state::{Chunk, ChunkInfo, FetchChunk, StateManifest, StateRefusal, StateRefused};
pub use status::{
    Address, AddressInfo, CheckFirewall, CheckFirewallReply, ClosingConnection, Connection,
    Connections, CurrentTimeReply, CurrentTimeRequest, Direction, Exception, Firewalled, Nothing,
};
pub use variant::{Object, Variant};

use carbyne_crypto::hash::ripemd160;
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Digest, Hash160, Pack, PackError, Reader, Tags};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// What an item is called that is passed on: RIPEMD-160 of its payload.
pub fn message_hash(payload: &[u8]) -> Hash160 {
    Digest(ripemd160(payload))
}

macro_rules! messages {
    ($($(#[$doc:meta])* $name:ident = $kind:literal, $constant:ident: $type:ty;)*) => {
        /// The numbers of the messages.
        pub mod kind {
            $($(#[$doc])* pub const $constant: u32 = $kind;)*
        }

        /// A message.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Message {
            $($(#[$doc])* $name($type),)*
        }

        impl Message {
            /// Its number.
            pub fn kind(&self) -> u32 {
                match self {
                    $(Self::$name(_) => kind::$constant,)*
                }
            }

            /// Its content in bytes.
            pub fn payload(&self) -> Vec<u8> {
                match self {
                    $(Self::$name(content) => content.to_bytes(),)*
                }
            }

            /// Reads a payload of a chain that knows these choices; none if no message has that
            /// number.
            pub fn read(
                kind: u32,
                payload: &[u8],
                tags: Tags,
            ) -> Result<Option<Self>, PackError> {
                let input = &mut Reader::new(payload, tags);
                Ok(Some(match kind {
                    $(kind::$constant => Self::$name(Pack::unpack(input)?),)*
                    _ => return Ok(None),
                }))
            }

            /// Its name in recordings.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                }
            }
        }
    };
}

messages! {
    /// A transaction; the answer to a request for items.
    Transaction = 1000, TRANSACTION: Arc<SignedTransaction>;
    /// A block; the answer to a request for items.
    Block = 1001, BLOCK: Box<BlockMessage>;
    /// New items that the peer is not known to have.
    Inventory = 5001, INVENTORY: Inventory;
    /// Ids of blocks that follow a synopsis.
    Ids = 5002, IDS: IdsInventory;
    /// Asks for ids of blocks that follow a synopsis.
    FetchIds = 5003, FETCH_IDS: FetchIds;
    /// Asks for items.
    FetchItems = 5004, FETCH_ITEMS: FetchItems;
    /// An item that was asked for is not here.
    ItemNotAvailable = 5005, ITEM_NOT_AVAILABLE: ItemNotAvailable;
    /// The first message of each side.
    Hello = 5006, HELLO: Box<Hello>;
    /// The hello was good.
    ConnectionAccepted = 5007, CONNECTION_ACCEPTED: Nothing;
    /// The hello was not.
    ConnectionRejected = 5008, CONNECTION_REJECTED: ConnectionRejected;
    /// Asks whom the peer knows.
    AddressRequest = 5009, ADDRESS_REQUEST: Nothing;
    /// Whom a node knows.
    Address = 5010, ADDRESS: Address;
    /// The connection is about to be closed.
    ClosingConnection = 5011, CLOSING_CONNECTION: ClosingConnection;
    /// Asks for the time; keeps the connection alive.
    CurrentTimeRequest = 5012, CURRENT_TIME_REQUEST: CurrentTimeRequest;
    /// The time.
    CurrentTimeReply = 5013, CURRENT_TIME_REPLY: CurrentTimeReply;
    /// Asked a node to look at another; 7.0.2 passes it over.
    CheckFirewall = 5014, CHECK_FIREWALL: CheckFirewall;
    /// The answer to that.
    CheckFirewallReply = 5015, CHECK_FIREWALL_REPLY: CheckFirewallReply;
    /// Asked who is connected; 7.0.2 passes it over.
    ConnectionsRequest = 5016, CONNECTIONS_REQUEST: Nothing;
    /// The answer to that.
    Connections = 5017, CONNECTIONS: Connections;
    /// Asks for a block in short form.
    FetchCompact = 5090, FETCH_COMPACT: FetchCompact;
    /// A block in short form.
    CompactBlock = 5091, COMPACT_BLOCK: CompactBlock;
    /// Asks for transactions of a block that came in short form.
    FetchMissing = 5092, FETCH_MISSING: FetchMissing;
    /// Those.
    Missing = 5093, MISSING: Missing;
    /// Asks which state the peer gives.
    StateRequest = 5094, STATE_REQUEST: Nothing;
    /// The state that a node gives.
    StateManifest = 5095, STATE_MANIFEST: StateManifest;
    /// Asks for a chunk of it.
    FetchChunk = 5096, FETCH_CHUNK: FetchChunk;
    /// That chunk.
    Chunk = 5097, CHUNK: Chunk;
    /// A state, or a chunk of it, is not given.
    StateRefused = 5098, STATE_REFUSED: StateRefused;
}

/// Numbers between these are the protocol's own: one that is not known is passed over.
pub const OWN_KINDS: RangeInclusive<u32> = 5000..=5099;

/// Of these, what only Carbyne nodes say to each other; to others they are unknown.
pub const CARBYNE_KINDS: RangeInclusive<u32> = 5090..=5098;
