//! How two nodes introduce themselves.

use super::{Endpoint, Object};
use carbyne_crypto::{PublicKey, Signature};
use carbyne_wire::{Digest, Text, Wire};

/// The protocol's version.
pub const PROTOCOL_VERSION: u32 = 106;

/// What the reference calls itself.
pub const AGENT: &str = "BitShares Reference Implementation";

/// Who a node is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct Hello {
    /// What it calls itself.
    pub user_agent: Text,
    /// The version of the protocol that it speaks; any is accepted.
    pub core_protocol_version: u32,
    /// The address where it takes connections.
    pub inbound_address: u32,
    /// The port there; 0 if it takes none.
    pub inbound_port: u16,
    /// The port of its end of this connection.
    pub outbound_port: u16,
    /// Its key, which stays.
    pub node_public_key: PublicKey,
    /// Signature of the digest of the shared secret by that key.
    pub signed_shared_secret: Signature,
    /// Its chain.
    pub chain_id: Digest<32>,
    /// What else it says of itself.
    pub user_data: Object,
}

/// A hello was not taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct ConnectionRejected {
    /// What the node calls itself.
    pub user_agent: Text,
    /// The version of the protocol that it speaks.
    pub core_protocol_version: u32,
    /// Where it sees who it rejects.
    pub remote_endpoint: Endpoint,
    /// Why: the number of a [`RejectionReason`].
    pub reason_code: u8,
    /// Why, in words.
    pub reason_string: Text,
}

/// Why a hello was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectionReason {
    /// Something else.
    Unspecified = 0,
    /// Another chain.
    DifferentChain = 1,
    /// There is a connection to this node.
    AlreadyConnected = 2,
    /// The node itself.
    ConnectedToSelf = 3,
    /// There are enough connections.
    NotAccepting = 4,
    /// The node is not among those allowed.
    Blocked = 5,
    /// The signature is not of the key.
    InvalidHello = 6,
    /// The node does not know a hard fork that has passed.
    ClientTooOld = 7,
}

impl From<u8> for RejectionReason {
    fn from(code: u8) -> Self {
        match code {
            1 => Self::DifferentChain,
            2 => Self::AlreadyConnected,
            3 => Self::ConnectedToSelf,
            4 => Self::NotAccepting,
            5 => Self::Blocked,
            6 => Self::InvalidHello,
            7 => Self::ClientTooOld,
            _ => Self::Unspecified,
        }
    }
}
