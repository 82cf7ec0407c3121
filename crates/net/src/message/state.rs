//! Messages between Carbyne nodes about states: what there is, and its chunks.

use carbyne_wire::{Bytes, Digest, Hash160, Wire};

/// A state that a node gives: of which block it is, and the chunks it is cut into.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct StateManifest {
    /// The hash over all, by which it is asked for.
    pub state: Digest<32>,
    /// The chain.
    pub chain_id: Digest<32>,
    /// The block whose state it is; it cannot be undone any more.
    pub block: Hash160,
    /// Its chunks, in order.
    pub chunks: Vec<ChunkInfo>,
}

/// What is known of a chunk before it comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Wire)]
pub struct ChunkInfo {
    /// Bytes of the state in it.
    pub length: u32,
    /// Bytes of the chunk as it is sent.
    pub packed_length: u32,
    /// SHA-256 of those.
    pub hash: Digest<32>,
}

/// Asks for a chunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Wire)]
pub struct FetchChunk {
    /// The state.
    pub state: Digest<32>,
    /// Its place among the chunks, from 0 on.
    pub index: u32,
}

/// A chunk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct Chunk {
    /// Which one it is.
    pub of: FetchChunk,
    /// Its bytes, packed.
    pub bytes: Bytes,
}

/// A state, or a chunk of it, is not given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Wire)]
pub struct StateRefused {
    /// What was asked for; all zeros if that was which state there is.
    pub of: FetchChunk,
    /// Why: the number of a [`StateRefusal`].
    pub reason: u8,
}

/// Why a state, or a chunk of it, is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateRefusal {
    /// There is none yet.
    #[error("it has no state to give yet")]
    NoState = 0,
    /// That state is not there any more.
    #[error("it has that state no more")]
    NotThat = 1,
    /// Enough is given to others; later it may be.
    #[error("it gives enough to others")]
    Busy = 2,
    /// The file cannot be read.
    #[error("it cannot read its state")]
    Unreadable = 3,
    /// It is no Carbyne node, or one that does not know states.
    #[error("it does not know what a state is")]
    Unknown = 4,
}

impl From<u8> for StateRefusal {
    fn from(code: u8) -> Self {
        match code {
            0 => Self::NoState,
            2 => Self::Busy,
            3 => Self::Unreadable,
            4 => Self::Unknown,
            _ => Self::NotThat,
        }
    }
}
