//! States between the peer protocol and the files: given out of the snapshots of a node, and put
//! together where one is taken.
//!
//! Invariant: what is given has the hashes that were told; what is taken is a snapshot file like
//! any other when it is whole. This file must never know who asks.

use anyhow::{Context, Result, ensure};
use carbyne_net::message::{ChunkInfo, FetchChunk, StateManifest, StateRefusal};
use carbyne_peers::States;
use carbyne_protocol::transaction::num_from_id;
use carbyne_store::{
    Disk, PartialSnapshot, SnapshotChunk, SnapshotContents, SnapshotPieces, SnapshotStore,
};
use carbyne_wire::Digest;
use parking_lot::Mutex;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files that are open, so that who takes one can go on when there is a newer one.
const OPEN_MAX: usize = 2;

struct Offer {
    path: PathBuf,
    pieces: SnapshotPieces,
    manifest: Arc<StateManifest>,
}

/// The snapshots of a node, for others.
pub struct Giving {
    store: SnapshotStore,
    open: Mutex<Vec<Offer>>,
}

impl Giving {
    /// Those of a directory.
    pub fn new(store: SnapshotStore) -> Self {
        Self { store, open: Mutex::default() }
    }

    /// Opens the newest, unless it is.
    fn look(&self) -> Option<Arc<StateManifest>> {
        let newest = self.store.paths().ok()?.into_iter().next()?;
        let mut open = self.open.lock();
        if let Some(offer) = open.iter().find(|offer| offer.path == newest) {
            return Some(offer.manifest.clone());
        }
        let pieces = self.store.pieces(&newest);
        let pieces =
            pieces.inspect_err(|error| tracing::warn!(%error, "no state is given")).ok()?;
        let manifest = Arc::new(manifest(&pieces.contents));
        open.insert(0, Offer { path: newest, pieces, manifest: manifest.clone() });
        open.truncate(OPEN_MAX);
        Some(manifest)
    }
}

impl States for Giving {
    fn newest(&self) -> Option<Arc<StateManifest>> {
        self.look()
    }

    fn chunk(&self, of: &FetchChunk) -> Result<Vec<u8>, StateRefusal> {
        let open = self.open.lock();
        let offer = open.iter().find(|offer| offer.manifest.state == of.state);
        match offer.ok_or(StateRefusal::NotThat)?.pieces.chunk(of.index) {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(StateRefusal::NotThat),
            Err(error) => {
                tracing::warn!(%error, "a chunk of a state is not given");
                Err(StateRefusal::Unreadable)
            }
        }
    }
}

fn manifest(contents: &SnapshotContents) -> StateManifest {
    let chunk = |chunk: &SnapshotChunk| ChunkInfo {
        length: chunk.length,
        packed_length: chunk.packed_length,
        hash: Digest(chunk.hash),
    };
    StateManifest {
        state: Digest(contents.hash()),
        chain_id: Digest(contents.chain_id),
        block: Digest(contents.id),
        chunks: contents.chunks.iter().map(chunk).collect(),
    }
}

/// A state that is put together in a file.
pub struct Taken(PartialSnapshot);

impl Taken {
    /// Begins the file of a state, or goes on with it.
    pub fn begin(disk: Arc<dyn Disk>, path: &Path, state: &StateManifest) -> Result<Self> {
        let chunk = |chunk: &ChunkInfo| SnapshotChunk {
            length: chunk.length,
            packed_length: chunk.packed_length,
            hash: chunk.hash.0,
        };
        let contents = SnapshotContents {
            chain_id: state.chain_id.0,
            number: num_from_id(&state.block),
            id: state.block.0,
            chunks: state.chunks.iter().map(chunk).collect(),
        };
        ensure!(
            contents.hash() == state.state.0,
            "the list of chunks that a peer gave is not that of the state it names, or its \
             snapshots have a format that this program does not know"
        );
        Ok(Self(PartialSnapshot::open_on(disk, path, contents)?))
    }

    /// What it is going to be.
    pub fn contents(&self) -> &SnapshotContents {
        self.0.contents()
    }

    /// Chunks that are in it.
    pub fn chunks(&self) -> u32 {
        self.0.chunks()
    }

    /// Adds the next chunk.
    pub fn push(&mut self, packed: &[u8]) -> Result<()> {
        self.0.push(packed).context("a chunk of the state cannot be kept")
    }

    /// Makes a snapshot file of it, when all chunks are there; gives where it is.
    pub fn finish(self) -> Result<PathBuf> {
        Ok(self.0.finish()?)
    }
}
