//! Takes a state from peers into a directory that holds no chain yet.
//!
//! The peers that are asked which state there is are those that the operator named; the block of
//! that state has to be on the chain of more of them, and of the seeds, than not. With a hash that
//! somebody else told, nobody need be believed. Invariant: what has come is kept whatever happens,
//! and gone on with at the next start. This file must never know what a state holds.

use super::driver::Left;
use super::sockets::{ARRIVALS_WAITING_MAX, Arrival, Sockets, Tasks};
use super::states::Taken;
use super::{Rate, Settings, files};
use crate::clock::Clock;
use anyhow::{Context, Result, anyhow, bail, ensure};
use carbyne_net::message::{Endpoint, StateManifest};
use carbyne_net::{
    Config, ConnectionId, Effect, Identity, Input, NoChain, Node, Now, Place, StateStep,
};
use carbyne_store::RealDisk;
use carbyne_wire::Digest;
use std::collections::BTreeMap;
use std::net::ToSocketAddrs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{self, Receiver};

/// How often the clock is looked at.
const TICK_EVERY: Duration = Duration::from_millis(500);
/// Chunks between two lines in the log.
const TOLD_EVERY: u32 = 64;

/// What is to be taken.
pub struct Taking {
    /// The peers that are believed: names or addresses with ports.
    pub from: Vec<String>,
    /// The hash over all of the state, if it was told.
    pub hash: Option<Digest<32>>,
    /// The chain.
    pub chain_id: Digest<32>,
    /// How this node behaves towards others, and whom it asks beside.
    pub settings: Settings,
}

/// Takes the state; gives the snapshot file that it came to.
pub fn take(taking: Taking) -> Result<PathBuf> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .context("no threads can be started")?;
    let taken = runtime.block_on(async { Taker::new(taking)?.run().await });
    runtime.shutdown_background();
    taken
}

struct Taker {
    node: Node,
    sockets: Sockets,
    arrivals: Receiver<Arrival>,
    open: BTreeMap<ConnectionId, (Tasks, Endpoint)>,
    next_id: u64,
    hash: Option<Digest<32>>,
    path: PathBuf,
    taken: Option<Taken>,
    is_complete: bool,
}

impl Taker {
    fn new(taking: Taking) -> Result<Self> {
        let Taking { from, hash, chain_id, settings } = taking;
        let named: Vec<Endpoint> =
            from.iter().map(|name| find(name)).collect::<Result<Vec<_>>>()?.concat();
        let key = files::key(&settings.folder)?;
        let node_id = files::chance_key()?.public_key();
        let count = named.len().saturating_add(settings.seeds.len());
        let config = Config {
            listen: None,
            connects_to_new_peers: false,
            connections_wanted: count,
            ..settings.net
        };
        let (sender, arrivals) = mpsc::channel(ARRIVALS_WAITING_MAX);
        let rates = [settings.upload_per_second, settings.download_per_second];
        let sockets = Sockets::new(sender, rates.map(|rate| Arc::new(Rate::new(rate))));
        sockets.resolve(settings.seeds);
        let mut taker = Self {
            node: Node::new(Identity { key, node_id, chain_id }, config, []),
            sockets,
            arrivals,
            open: BTreeMap::new(),
            next_id: 0,
            hash,
            path: settings.folder.join("state.part"),
            taken: None,
            is_complete: false,
        };
        tracing::info!(from = from.join(", "), "asks for a state");
        taker.step(Input::TakeState(named))?;
        Ok(taker)
    }

    async fn run(mut self) -> Result<PathBuf> {
        while !self.is_complete {
            tokio::select! {
                Some(arrival) = self.arrivals.recv() => self.arrive(arrival)?,
                () = tokio::time::sleep(TICK_EVERY) => self.step(Input::Tick)?,
            }
        }
        self.taken.take().context("no state was begun")?.finish()
    }

    fn arrive(&mut self, arrival: Arrival) -> Result<()> {
        let input = match arrival {
            Arrival::Opened(stream, direction, place) => {
                let id = ConnectionId(self.next_id);
                self.next_id += 1;
                let key = Box::new(files::chance_key()?);
                let (local, remote) = (place.local, place.remote);
                let tasks = self.sockets.serve(id, stream, place);
                self.open.insert(id, (tasks, remote));
                Input::Connected { id, place: Place { direction, local, remote }, key }
            }
            Arrival::Failed(at) => {
                tracing::info!(peer = %at, "cannot be reached");
                Input::ConnectFailed(at)
            }
            Arrival::Seed(at) => Input::Connect(at),
            Arrival::Bytes(id, bytes) => Input::Bytes(id, bytes),
            Arrival::Sent(id, bytes) => Input::Sent(id, bytes),
            Arrival::Closed(id) => {
                self.left(id, &Left::Gone);
                Input::Closed(id)
            }
        };
        self.step(input)
    }

    fn left(&mut self, id: ConnectionId, left: &Left) {
        let Some((_, peer)) = self.open.remove(&id) else { return };
        let why = match left {
            Left::Gone => "it is gone".to_owned(),
            Left::For(reason) => reason.to_string(),
        };
        tracing::info!(%peer, why, "a connection to a peer ended");
    }

    fn step(&mut self, input: Input) -> Result<()> {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            let mut effects = Vec::new();
            self.node.step(Now(Clock.microseconds()), input, &NoChain, &mut effects);
            for effect in effects {
                inputs.extend(self.follow(effect)?);
            }
        }
        Ok(())
    }

    fn follow(&mut self, effect: Effect) -> Result<Option<Input>> {
        match effect {
            Effect::Send(id, bytes) => {
                if let Some((tasks, _)) = self.open.get(&id) {
                    tasks.send(bytes);
                }
            }
            Effect::Connect(at) => self.sockets.connect(at),
            Effect::Close(id, reason) => self.left(id, &Left::For(reason)),
            Effect::State(step) => return self.state(step),
            Effect::Deliver(..) | Effect::WakeAt(_) => {}
        }
        Ok(None)
    }

    fn state(&mut self, step: StateStep) -> Result<Option<Input>> {
        match step {
            StateStep::Begins(state) => return self.begin(&state).map(Some),
            StateStep::Chunk(index, bytes) => {
                let taken = self.taken.as_mut().context("no state was begun")?;
                taken.push(&bytes)?;
                let of = taken.contents().chunks.len();
                if (index + 1).is_multiple_of(TOLD_EVERY) {
                    tracing::info!(chunks = index + 1, of, "comes");
                }
            }
            StateStep::Complete => self.is_complete = true,
            StateStep::Failed(failure) => bail!("no state was taken: {failure}"),
        }
        Ok(None)
    }

    fn begin(&mut self, state: &StateManifest) -> Result<Input> {
        if let Some(hash) = self.hash {
            ensure!(
                hash == state.state,
                "the state that the peer gives has the hash {}, not {hash}",
                state.state
            );
        }
        let taken = Taken::begin(Arc::new(RealDisk), &self.path, state)?;
        let (contents, chunks) = (taken.contents(), taken.chunks());
        tracing::info!(
            block = contents.number,
            id = %state.block,
            hash = %state.state,
            mib = contents.file_bytes() >> 20,
            chunks = contents.chunks.len(),
            here = chunks,
            "takes a state"
        );
        self.taken = Some(taken);
        Ok(Input::HasChunks(chunks))
    }
}

/// Where a peer is that an operator named.
fn find(name: &str) -> Result<Vec<Endpoint>> {
    let found = name.to_socket_addrs().with_context(|| format!("{name} is not found"))?;
    let found: Vec<Endpoint> = found.filter_map(super::sockets::endpoint).collect();
    match found.is_empty() {
        true => Err(anyhow!("{name} has no IPv4 address")),
        false => Ok(found),
    }
}
