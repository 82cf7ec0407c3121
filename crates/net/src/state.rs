//! Taking a state from peers: whose word is taken for what, what is asked of whom, what has come.
//!
//! Nothing in a block says which state follows it, so a state is as good as who names it: the list
//! of its chunks is taken of the peers that an operator named, and of nobody else. A chunk is taken
//! of any peer, because the list says its hash. The block whose state it is has to be on the chain
//! of more peers than not, of all that are connected, before a chunk is asked for.
//!
//! Invariant: at most [`limits::CHUNKS_AHEAD`] chunks are held; chunks are handed on in order, each
//! with the hash that the list says. This file must never know how a message travels.

use crate::config::limits;
use crate::message::{ChunkInfo, Endpoint, FetchChunk, StateManifest, StateRefusal};
use crate::peer::ConnectionId;
use crate::time::Now;
use carbyne_crypto::hash::sha256;
use carbyne_wire::{Digest, Hash160};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// States that may be begun, one after the other, before that is given up.
const BEGINNINGS_MAX: u32 = 4;

/// What is to be done with a state that is taken from peers.
#[derive(Clone, Debug, PartialEq)]
pub enum StateStep {
    /// A peer that was named gives this state, in place of any before;
    /// [`Input::HasChunks`](crate::Input::HasChunks) is to say how much of it is here already.
    Begins(Arc<StateManifest>),
    /// The next chunk: its place and its bytes, packed.
    Chunk(u32, Vec<u8>),
    /// All chunks were handed on.
    Complete,
    /// There will be none.
    Failed(StateFailure),
}

/// Why no state was taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateFailure {
    /// None of the peers that were named gives one.
    #[error("none of the peers that were named gives a state; {by} says: {why}")]
    Refused {
        /// The last that refused.
        by: Endpoint,
        /// Why.
        why: StateRefusal,
    },
    /// Too few peers have the block on their chains.
    #[error("block {block} of the state is on the chain of {has} peers and not of {lacks}")]
    Disputed {
        /// The block.
        block: Hash160,
        /// Peers that have it.
        has: usize,
        /// Peers that do not.
        lacks: usize,
    },
    /// Nothing came for long.
    #[error("nothing of a state came for {0} s")]
    NoProgress(u32),
    /// Again and again no peer had the state any more before it had come.
    #[error("no peer has its state until it has come")]
    Lost,
}

/// What a peer says about the block of the state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Opinion {
    #[default]
    NotAsked,
    Asked,
    Has,
    Lacks,
}

/// A peer that may give chunks, or knows the block.
#[derive(Debug)]
struct Giver {
    opinion: Opinion,
    is_carbyne: bool,
    /// Whether it may have the chunks of the state.
    gives: bool,
    /// Before then it is not asked for a chunk.
    rests_until: Now,
    /// Since when it is asked which state it gives.
    asked_state: Option<Now>,
}

/// A state on its way.
#[derive(Debug)]
pub(crate) struct Taking {
    chain_id: Digest<32>,
    /// The peers that are believed.
    named: BTreeSet<Endpoint>,
    refused: BTreeMap<Endpoint, StateRefusal>,
    givers: BTreeMap<ConnectionId, Giver>,
    manifest: Option<Arc<StateManifest>>,
    /// When the list came.
    since: Now,
    beginnings: u32,
    /// The next chunk to be handed on, once the driver said what it has.
    next: Option<u32>,
    came: BTreeMap<u32, Vec<u8>>,
    asked: BTreeMap<u32, (ConnectionId, Now)>,
    /// When something came.
    progress: Now,
    is_over: bool,
}

/// What may be asked of whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// Which state it gives.
    State,
    /// Whether a block is on its chain.
    Block(Hash160),
    /// For a chunk.
    Chunk(FetchChunk),
}

/// What a peer sent is not what it was asked for, or is false.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    NotAsked,
    FalseState,
    FalseChunk(u32),
}

impl Taking {
    pub(crate) fn new(
        now: Now,
        chain_id: Digest<32>,
        named: impl IntoIterator<Item = Endpoint>,
    ) -> Self {
        Self {
            chain_id,
            named: named.into_iter().collect(),
            refused: BTreeMap::new(),
            givers: BTreeMap::new(),
            manifest: None,
            since: now,
            beginnings: 0,
            next: None,
            came: BTreeMap::new(),
            asked: BTreeMap::new(),
            progress: now,
            is_over: false,
        }
    }

    /// A peer is ready to be asked.
    pub(crate) fn join(
        &mut self,
        id: ConnectionId,
        at: Endpoint,
        is_carbyne: bool,
    ) -> Option<StateStep> {
        if self.givers.contains_key(&id) {
            return None;
        }
        let giver = Giver {
            opinion: Opinion::NotAsked,
            is_carbyne,
            gives: is_carbyne,
            rests_until: Now::default(),
            asked_state: None,
        };
        self.givers.insert(id, giver);
        let is_useless = !is_carbyne && self.named.contains(&at);
        if is_useless { self.refuse_all(at, StateRefusal::Unknown) } else { None }
    }

    /// A peer that was named gives none; that is the end if it was the last.
    fn refuse_all(&mut self, by: Endpoint, why: StateRefusal) -> Option<StateStep> {
        self.refused.insert(by, why);
        let is_last = self.named.iter().all(|named| self.refused.contains_key(named));
        let is_over = is_last && self.manifest.is_none() && !self.is_over;
        is_over.then(|| self.fail(StateFailure::Refused { by, why }))
    }

    /// A peer is gone: what it was asked for is asked of others.
    pub(crate) fn leave(&mut self, id: ConnectionId) {
        self.givers.remove(&id);
        self.asked.retain(|_, (of, _)| *of != id);
    }

    /// A peer says which state it gives.
    pub(crate) fn offered(
        &mut self,
        now: Now,
        id: ConnectionId,
        manifest: StateManifest,
    ) -> Result<Option<StateStep>, Wrong> {
        let giver = self.givers.get_mut(&id).ok_or(Wrong::NotAsked)?;
        giver.asked_state.take().ok_or(Wrong::NotAsked)?;
        // It rested from being asked the same again; chunks it can be asked for at once.
        giver.rests_until = now;
        if !is_well_formed(&manifest) || manifest.chain_id != self.chain_id {
            return Err(Wrong::FalseState);
        }
        if self.manifest.is_some() || self.is_over {
            return Ok(None);
        }
        self.beginnings = self.beginnings.saturating_add(1);
        if self.beginnings > BEGINNINGS_MAX {
            return Ok(Some(self.fail(StateFailure::Lost)));
        }
        let manifest = Arc::new(manifest);
        self.manifest = Some(manifest.clone());
        (self.since, self.progress) = (now, now);
        Ok(Some(StateStep::Begins(manifest)))
    }

    /// The driver says how many chunks of the state it has.
    pub(crate) fn has(&mut self, chunks: u32) -> Option<StateStep> {
        self.next = Some(chunks);
        self.complete()
    }

    /// A peer says which block follows the one that it was asked about.
    pub(crate) fn has_block(&mut self, id: ConnectionId, has: bool) -> Option<StateStep> {
        let giver = self.givers.get_mut(&id)?;
        giver.opinion = if has { Opinion::Has } else { Opinion::Lacks };
        let (has, lacks, open) = self.opinions();
        let block = self.manifest.as_ref()?.block;
        let is_disputed = open == 0 && lacks > 0 && lacks >= has;
        is_disputed.then(|| self.fail(StateFailure::Disputed { block, has, lacks }))
    }

    /// How many have the block, lack it, and have not said so yet.
    fn opinions(&self) -> (usize, usize, usize) {
        let count = |is: &[Opinion]| {
            self.givers.values().filter(|giver| is.contains(&giver.opinion)).count()
        };
        let open = [Opinion::NotAsked, Opinion::Asked];
        (count(&[Opinion::Has]), count(&[Opinion::Lacks]), count(&open))
    }

    /// A peer does not give what it was asked for.
    pub(crate) fn refuse(
        &mut self,
        now: Now,
        (id, from): (ConnectionId, Endpoint),
        of: &FetchChunk,
        why: StateRefusal,
    ) -> Result<Option<StateStep>, Wrong> {
        let giver = self.givers.get_mut(&id).ok_or(Wrong::NotAsked)?;
        if of.state == Digest::default() {
            giver.asked_state.take().ok_or(Wrong::NotAsked)?;
            return Ok(self.refuse_all(from, why));
        }
        if self.asked.get(&of.index).is_none_or(|(asked, _)| *asked != id) {
            return Err(Wrong::NotAsked);
        }
        self.asked.remove(&of.index);
        match why {
            // It is there, so this is not the end.
            StateRefusal::Busy => {
                giver.rests_until = now.after(limits::STATE_REST);
                self.progress = now;
            }
            _ => giver.gives = false,
        }
        self.begin_anew();
        Ok(None)
    }

    /// If nobody has the state any more, another is asked for.
    fn begin_anew(&mut self) {
        if self.asked.is_empty() && !self.givers.values().any(|giver| giver.gives) {
            self.manifest = None;
            self.next = None;
            self.came.clear();
            for giver in self.givers.values_mut() {
                (giver.gives, giver.opinion) = (giver.is_carbyne, Opinion::NotAsked);
            }
        }
    }

    /// A chunk came.
    pub(crate) fn chunk(
        &mut self,
        now: Now,
        id: ConnectionId,
        of: FetchChunk,
        bytes: Vec<u8>,
    ) -> Result<(), Wrong> {
        let manifest = self.manifest.clone().ok_or(Wrong::NotAsked)?;
        let is_asked = self.asked.get(&of.index).is_some_and(|(asked, _)| *asked == id);
        if !is_asked || of.state != manifest.state {
            return Err(Wrong::NotAsked);
        }
        let info = chunk_at(&manifest, of.index).ok_or(Wrong::NotAsked)?;
        let is_good = usize::try_from(info.packed_length) == Ok(bytes.len())
            && Digest(sha256(&bytes)) == info.hash;
        if !is_good {
            return Err(Wrong::FalseChunk(of.index));
        }
        self.asked.remove(&of.index);
        self.came.insert(of.index, bytes);
        self.progress = now;
        Ok(())
    }

    /// The next chunk that can be handed on.
    pub(crate) fn hand_on(&mut self) -> Option<StateStep> {
        let next = self.next?;
        let bytes = self.came.remove(&next)?;
        self.next = Some(next.saturating_add(1));
        Some(StateStep::Chunk(next, bytes))
    }

    /// Whether that was all.
    pub(crate) fn complete(&mut self) -> Option<StateStep> {
        let count = self.manifest.as_ref()?.chunks.len();
        let is_all = usize::try_from(self.next?) == Ok(count) && !self.is_over;
        self.is_over |= is_all;
        is_all.then_some(StateStep::Complete)
    }

    fn fail(&mut self, failure: StateFailure) -> StateStep {
        self.is_over = true;
        StateStep::Failed(failure)
    }

    /// Whom an answer is waited for too long.
    pub(crate) fn late(&self, now: Now) -> Option<(ConnectionId, crate::Question)> {
        let late = |(id, then): &(ConnectionId, Now)| {
            now.is_past(*then, limits::CHUNK).then_some((*id, crate::Question::Chunk))
        };
        let is_late = |then: Now| now.is_past(then, limits::ANSWER);
        let slow = |(id, giver): (&ConnectionId, &Giver)| {
            giver.asked_state.is_some_and(is_late).then_some((*id, crate::Question::State))
        };
        self.asked.values().find_map(late).or_else(|| self.givers.iter().find_map(slow))
    }

    /// Gives up when nothing comes.
    pub(crate) fn give_up(&mut self, now: Now) -> Option<StateStep> {
        let is_late = now.is_past(self.progress, limits::STATE_PATIENCE) && !self.is_over;
        is_late.then(|| self.fail(StateFailure::NoProgress(limits::STATE_PATIENCE)))
    }

    /// What is to be asked now; `all_are_here` says whether nobody else is about to be connected,
    /// and `place` where a peer is.
    pub(crate) fn questions(
        &mut self,
        now: Now,
        all_are_here: bool,
        place: impl Fn(ConnectionId) -> Option<Endpoint>,
    ) -> Vec<(ConnectionId, Question)> {
        let Some(manifest) = self.manifest.clone().filter(|_| !self.is_over) else {
            return if self.is_over { Vec::new() } else { self.ask_for_a_state(now, place) };
        };
        let mut questions = Vec::new();
        for (id, giver) in &mut self.givers {
            if giver.opinion == Opinion::NotAsked {
                giver.opinion = Opinion::Asked;
                questions.push((*id, Question::Block(manifest.block)));
            }
        }
        let (has, lacks, open) = self.opinions();
        let are_all_heard = all_are_here || now.is_past(self.since, limits::ANSWER);
        if open == 0 && has > lacks && are_all_heard {
            self.ask_for_chunks(now, &manifest, &mut questions);
        }
        questions
    }

    fn ask_for_a_state(
        &mut self,
        now: Now,
        place: impl Fn(ConnectionId) -> Option<Endpoint>,
    ) -> Vec<(ConnectionId, Question)> {
        let named = &self.named;
        let is_named = |id: &ConnectionId| place(*id).is_some_and(|at| named.contains(&at));
        let askable = self.givers.iter_mut().filter(|(id, giver)| {
            giver.asked_state.is_none() && giver.gives && is_named(id) && now >= giver.rests_until
        });
        let ask = |(id, giver): (&ConnectionId, &mut Giver)| {
            giver.asked_state = Some(now);
            giver.rests_until = now.after(limits::ANSWER);
            (*id, Question::State)
        };
        askable.map(ask).collect()
    }

    fn ask_for_chunks(
        &mut self,
        now: Now,
        manifest: &StateManifest,
        questions: &mut Vec<(ConnectionId, Question)>,
    ) {
        let Some(next) = self.next else { return };
        let count = u32::try_from(manifest.chunks.len()).unwrap_or(u32::MAX);
        let end = next.saturating_add(limits::CHUNKS_AHEAD).min(count);
        let givers = self.givers.iter();
        let able = givers.filter(|(_, giver)| giver.gives && now >= giver.rests_until);
        let able: Vec<ConnectionId> = able.map(|(id, _)| *id).collect();
        for index in next..end {
            if self.came.contains_key(&index) || self.asked.contains_key(&index) {
                continue;
            }
            // Who has least to give is asked.
            let Some(id) = able.iter().min_by_key(|id| self.load(**id)) else { return };
            if self.load(*id) >= limits::CHUNKS_AT_ONCE {
                return;
            }
            self.asked.insert(index, (*id, now));
            questions.push((*id, Question::Chunk(FetchChunk { state: manifest.state, index })));
        }
    }

    /// Chunks that a peer is asked for.
    fn load(&self, id: ConnectionId) -> usize {
        self.asked.values().filter(|(asked, _)| *asked == id).count()
    }

    /// Bytes of chunks that wait for one before them.
    pub(crate) fn held_bytes(&self) -> usize {
        self.came.values().map(Vec::len).fold(0, usize::saturating_add)
    }
}

fn chunk_at(manifest: &StateManifest, index: u32) -> Option<ChunkInfo> {
    manifest.chunks.get(usize::try_from(index).ok()?).copied()
}

/// Whether a list of chunks keeps to what chunks there can be.
fn is_well_formed(manifest: &StateManifest) -> bool {
    let is_good = |chunk: &ChunkInfo| {
        (1..=limits::CHUNK_BYTES).contains(&chunk.length)
            && (1..=limits::CHUNK_PACKED_BYTES).contains(&chunk.packed_length)
    };
    let count = manifest.chunks.len();
    (1..=limits::CHUNKS).contains(&count)
        && manifest.state != Digest::default()
        && manifest.chunks.iter().all(is_good)
}
