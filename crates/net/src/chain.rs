//! What a node asks its chain: a few questions about ids and blocks.

use crate::message::{FetchChunk, StateManifest, StateRefusal};
use carbyne_wire::{Hash160, TimePointSec};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The newest block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Its id; all zeros if there is none.
    pub id: Hash160,
    /// Its time; 1970 if there is none.
    pub time: TimePointSec,
}

/// Seconds between blocks of a chain that is not known yet, in which silences are counted.
const INTERVAL: u32 = 5;

/// The chain of a node that has no block yet.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoChain;

impl ChainView for NoChain {
    fn head(&self) -> Head {
        Head::default()
    }
    fn last_final(&self) -> u32 {
        0
    }
    fn block_interval(&self) -> u32 {
        INTERVAL
    }
    fn id_at(&self, _: u32) -> Option<Hash160> {
        None
    }
    fn knows_block(&self, _: &Hash160) -> bool {
        false
    }
    fn time_of(&self, _: &Hash160) -> Option<TimePointSec> {
        None
    }
    fn block(&self, _: &Hash160) -> Option<Vec<u8>> {
        None
    }
    fn branch(&self, _: &Hash160) -> Option<Vec<Hash160>> {
        None
    }
}

/// The chain, as far as peers are concerned.
pub trait ChainView {
    /// The newest block.
    fn head(&self) -> Head;

    /// Number of the newest block that cannot be undone any more; 0 if there is none.
    fn last_final(&self) -> u32;

    /// Seconds between blocks.
    fn block_interval(&self) -> u32;

    /// Id of the block of that number, on the branch of the head.
    fn id_at(&self, number: u32) -> Option<Hash160>;

    /// The ids of the blocks of these numbers, on the branch of the head: of the first `most` at
    /// most, up to one that is not there.
    fn ids_at(&self, numbers: RangeInclusive<u32>, most: usize) -> Vec<Hash160> {
        numbers.take(most).map_while(|number| self.id_at(number)).collect()
    }

    /// Whether the block is known, on whatever branch.
    fn knows_block(&self, id: &Hash160) -> bool;

    /// Time of a known block.
    fn time_of(&self, id: &Hash160) -> Option<TimePointSec>;

    /// A known block, packed.
    fn block(&self, id: &Hash160) -> Option<Vec<u8>>;

    /// The ids from the first block that is not on the branch of the head up to `id`, a known block
    /// on another branch; none if that cannot be said any more.
    fn branch(&self, id: &Hash160) -> Option<Vec<Hash160>>;

    /// The state that is given to others, if there is one.
    fn state(&self) -> Option<Arc<StateManifest>> {
        None
    }

    /// A chunk of a state, packed.
    fn chunk(&self, _of: &FetchChunk) -> Result<Vec<u8>, StateRefusal> {
        Err(StateRefusal::NotThat)
    }
}
