//! Why a connection ends: what a peer did that it may not, or what else happened.
//!
//! [`Reason::words`] is what the peer is told, in the reference's words.

use crate::link::LinkError;
use crate::message::{Exception, Object, RejectionReason, Variant};
use carbyne_wire::{Hash160, PackError, Text, TimePointSec};

/// Why a connection ends.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Its bytes cannot be read.
    #[error(transparent)]
    Unreadable(#[from] LinkError),
    /// A payload is not what its number says.
    #[error("a payload of message {kind} cannot be read: {error}")]
    Malformed {
        /// The number.
        kind: u32,
        /// Why not.
        error: PackError,
    },
    /// There are enough connections of that address.
    #[error("there are enough connections of that address")]
    TooManyOfAnAddress,
    /// There are far too many connections.
    #[error("there are too many connections")]
    TooMany,
    /// We did not take its hello.
    #[error("its hello was not taken: {0:?}")]
    Rejected(RejectionReason),
    /// It did not take ours.
    #[error("it did not take our hello: {0:?}")]
    RejectedUs(RejectionReason),
    /// It gives no number for itself.
    #[error("its number is null")]
    NullNodeId,
    /// A message does not belong where it came.
    #[error("{0} does not belong there")]
    Unexpected(Unexpected),
    /// An item came that was not asked for.
    #[error("item {hash} of kind {kind} was not asked for")]
    NotAsked {
        /// Its message.
        kind: u32,
        /// Its hash.
        hash: Hash160,
    },
    /// A block came that was not asked for.
    #[error("block {0} was not asked for")]
    BlockNotAsked(Hash160),
    /// A block has not the id that its message says.
    #[error("a block has the id {0}, not the one that was said")]
    WrongBlockId(Hash160),
    /// It asks for a transaction that is not here.
    #[error("it asked for transaction {0}, which is not here")]
    UnknownTransaction(Hash160),
    /// It asks for more than can wait to be sent.
    #[error("it does not take what it asks for")]
    SendQueueFull,
    /// Ids of blocks do not follow each other.
    #[error("ids are not sequential: block {actual} where {expected} belongs")]
    IdsNotSequential {
        /// The place in the list.
        position: usize,
        /// The number there.
        actual: u32,
        /// The number that belongs there.
        expected: u32,
    },
    /// More ids than anybody sends.
    #[error("{0} ids in one message")]
    TooManyIds(usize),
    /// Ids that do not begin where we asked.
    #[error("ids begin with {0}, which we did not name")]
    IdsFromElsewhere(Hash160),
    /// More blocks than there can be.
    #[error("{0} more blocks than there can be")]
    TooManyBlocks(u32),
    /// It lacks a block that it offered.
    #[error("it lacks block {0} that it offered")]
    MissingBlock(Hash160),
    /// It offered a block that is not valid.
    #[error("block {id} is not valid: {why}")]
    InvalidBlock {
        /// The block.
        id: Hash160,
        /// Why not.
        why: String,
        /// Whether it came in a sync.
        in_sync: bool,
    },
    /// A block in short form, or what it gave of it, is not as it must be.
    #[error("block {0} in short form is not as it must be")]
    FalseCompact(Hash160),
    /// Its list of chunks is not that of a state of this chain.
    #[error("its list of chunks is not that of a state of this chain")]
    FalseState,
    /// A chunk has not the hash that the list says.
    #[error("chunk {0} of a state has not the hash that the list says")]
    FalseChunk(u32),
    /// Its branch leaves ours where nothing can be undone.
    #[error("its branch is too old")]
    BranchTooOld,
    /// It is in step with us, and its own branch is of no use to us.
    #[error("it is in step and its branch is of no use")]
    NothingToSync,
    /// The handshake takes too long.
    #[error("the handshake takes too long")]
    HandshakeSlow,
    /// It is silent.
    #[error("it has been silent")]
    Silent,
    /// It does not answer.
    #[error("no answer in time: {0}")]
    NoAnswer(Question),
    /// Blocks of it are missing and nothing goes on.
    #[error("sync with it has stalled")]
    Stalled,
    /// Its answers bring nothing new again and again.
    #[error("its ids bring nothing new")]
    Fruitless,
    /// We did not take its hello, and it knows now whom else it may ask.
    #[error("its hello was not taken, and it was told of others")]
    RejectedIt,
    /// It does not close the connection.
    #[error("it does not close the connection")]
    ClosingSlow,
    /// It closes the connection.
    #[error("it closes the connection: {0}")]
    ByPeer(Text),
    /// We close connections.
    #[error("we close it: {0}")]
    ByUs(String),
}

/// Messages that do not belong everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unexpected {
    /// 5006.
    Hello,
    /// 5008.
    ConnectionRejected,
    /// 5009.
    AddressRequest,
    /// 5003.
    FetchIds,
    /// 5004.
    FetchItems,
    /// 5001.
    Inventory,
}

impl Unexpected {
    /// The name of the message in the reference.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hello => "hello_message",
            Self::ConnectionRejected => "connection_rejected_message",
            Self::AddressRequest => "address_request_message",
            Self::FetchIds => "fetch_blockchain_item_ids_message",
            Self::FetchItems => "fetch_items_message",
            Self::Inventory => "item_ids_inventory_message",
        }
    }
}

impl std::fmt::Display for Unexpected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// What a peer was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Question {
    /// For ids of blocks.
    #[error("ids of blocks")]
    Ids,
    /// For blocks in a sync.
    #[error("blocks of a sync")]
    Blocks,
    /// For an item.
    #[error("an item")]
    Item,
    /// For the state that it gives.
    #[error("the state that it gives")]
    State,
    /// For a chunk of it.
    #[error("a chunk of a state")]
    Chunk,
}

/// What a rejected node is told.
pub(crate) fn rejection_words(reason: RejectionReason) -> &'static str {
    match reason {
        RejectionReason::AlreadyConnected => "I'm already connected to you",
        RejectionReason::ConnectedToSelf => "I'm connecting to myself",
        RejectionReason::NotAccepting => "not accepting any more incoming connections",
        RejectionReason::InvalidHello => "Invalid signature in hello message",
        RejectionReason::DifferentChain => "You are on a different chain from me",
        RejectionReason::Blocked => "you are not in my allowed_peers list",
        RejectionReason::ClientTooOld => "Your client is too old, please upgrade",
        RejectionReason::Unspecified => "unspecified",
    }
}

impl Reason {
    /// What the peer is told.
    pub fn words(&self) -> String {
        const IDS: &str = "You gave an invalid response to my request for sync blocks";
        match self {
            Self::Rejected(reason) => rejection_words(*reason).to_owned(),
            Self::NullNodeId => "Your node_id in the hello_message is null".to_owned(),
            Self::Unexpected(message) => format!("Received an unexpected {}", message.name()),
            Self::NotAsked { .. } => "You sent me a message that I didn't request".to_owned(),
            Self::BlockNotAsked(_) => "You sent me a block that I didn't ask for".to_owned(),
            Self::IdsNotSequential { .. } | Self::TooManyIds(_) | Self::IdsFromElsewhere(_) => {
                IDS.to_owned()
            }
            Self::TooManyBlocks(_) => {
                "You offered me a list of more sync blocks than could possibly exist".to_owned()
            }
            Self::MissingBlock(_) => "You are missing a sync item you claim to have, your \
                                      database is probably corrupted. Try --rebuild-index."
                .to_owned(),
            Self::InvalidBlock { in_sync: true, .. } => {
                "You offered us a block that we reject as invalid".to_owned()
            }
            Self::InvalidBlock { .. } => {
                "You offered me a block that I have deemed to be invalid".to_owned()
            }
            Self::BranchTooOld => "You are on a fork I'm unable to switch to".to_owned(),
            Self::NothingToSync => "you are on a fork that I'm unable to switch to".to_owned(),
            Self::RejectedUs(_) => {
                "You rejected my connection request (hello message) so I'm disconnecting".to_owned()
            }
            Self::RejectedIt => {
                "I rejected your connection request (hello message) so I'm disconnecting".to_owned()
            }
            Self::Silent => "Disconnecting due to inactivity".to_owned(),
            other => other.to_string(),
        }
    }

    /// Whether the peer did something that no honest and healthy node does.
    pub fn is_offence(&self) -> bool {
        matches!(
            self,
            Self::Unreadable(_)
                | Self::Malformed { .. }
                | Self::NotAsked { .. }
                | Self::BlockNotAsked(_)
                | Self::WrongBlockId(_)
                | Self::IdsNotSequential { .. }
                | Self::TooManyIds(_)
                | Self::IdsFromElsewhere(_)
                | Self::TooManyBlocks(_)
                | Self::MissingBlock(_)
                | Self::InvalidBlock { .. }
                | Self::FalseCompact(_)
                | Self::FalseState
                | Self::FalseChunk(_)
        )
    }

    /// Whether the peer is told before the connection is closed; who cannot be understood is not.
    pub fn is_told(&self) -> bool {
        !matches!(
            self,
            Self::Unreadable(_)
                | Self::Malformed { .. }
                | Self::TooManyOfAnAddress
                | Self::TooMany
                | Self::UnknownTransaction(_)
                | Self::SendQueueFull
                | Self::HandshakeSlow
                | Self::NoAnswer(_)
                | Self::Stalled
                | Self::ClosingSlow
                | Self::ByPeer(_)
        )
    }

    /// The error that the peer is told with the words, as the reference writes it.
    pub(crate) fn exception(&self, now: TimePointSec) -> Option<Exception> {
        let (format, data) = match self {
            Self::NotAsked { hash, .. } => (
                "You sent me a message that I didn't ask for, message_hash: ${message_hash}",
                vec![("message_hash".into(), Variant::from(hash.to_string()))],
            ),
            Self::BlockNotAsked(id) => (
                "You sent me a block that I didn't ask for, block_id: ${block_id}",
                vec![("block_id".into(), Variant::from(id.to_string()))],
            ),
            _ if self.is_offence() => {
                ("${reason}", vec![("reason".into(), Variant::from(self.to_string()))])
            }
            _ => return None,
        };
        let entry = Object(vec![
            ("context".into(), Variant::Object(context(now))),
            ("format".into(), format.into()),
            ("data".into(), Variant::Object(Object(data))),
        ]);
        Some(Exception {
            code: 0,
            name: "exception".into(),
            what: "unspecified".into(),
            log: vec![Variant::Object(entry)],
        })
    }
}

/// Where an error came by: the reference does not read a message in which one of these is missing.
fn context(now: TimePointSec) -> Object {
    Object(vec![
        ("level".into(), "error".into()),
        ("file".into(), "net".into()),
        ("line".into(), Variant::Unsigned(0)),
        ("method".into(), "".into()),
        ("hostname".into(), "".into()),
        ("thread_name".into(), "p2p".into()),
        ("timestamp".into(), now.to_string().into()),
    ])
}
