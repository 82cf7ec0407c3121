//! The states that a node gives to others, as whoever keeps them says.

use carbyne_net::message::{FetchChunk, StateManifest, StateRefusal};
use std::sync::Arc;

/// States of blocks that cannot be undone, kept somewhere.
pub trait States {
    /// The newest.
    fn newest(&self) -> Option<Arc<StateManifest>>;

    /// A chunk of one that was the newest not long ago, packed.
    fn chunk(&self, of: &FetchChunk) -> Result<Vec<u8>, StateRefusal>;
}

/// None at all.
pub(crate) struct NoStates;

impl States for NoStates {
    fn newest(&self) -> Option<Arc<StateManifest>> {
        None
    }

    fn chunk(&self, _: &FetchChunk) -> Result<Vec<u8>, StateRefusal> {
        Err(StateRefusal::NotThat)
    }
}
