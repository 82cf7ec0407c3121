//! A machine that lost everything and takes a state from the others, until it has one.
//!
//! It makes no blocks afterwards: what it signed was noted on the disk that is gone.

use super::member::{self, Member, Nature};
use super::scene::{Event, MILLISECOND, Network};
use crate::genesis::DIALECT;
use crate::machine::{Ending, Machine};
use anyhow::{Context, Result};
use carbyne_net::{Config, Effect, Input as Incoming, NoChain, Node, Now as Moment};
use carbyne_net::{StateFailure, StateStep, carbyne_member};
use carbyne_node::p2p::Taken;
use carbyne_protocol::transaction::num_from_id;
use carbyne_store::simulated::SimulatedDisk;
use carbyne_store::{ChainIdentity, DataDir, SnapshotStore};
use carbyne_wire::Digest;
use std::path::Path;
use std::sync::Arc;

/// Where it puts together what comes.
const PART: &str = "/data/p2p/state.part";
/// Blocks that become irreversible between two snapshots of a machine.
const SNAPSHOT_EVERY: u32 = 6;
/// Milliseconds after which it tries again, at most.
const REST_MAX: u64 = 10_000;

/// A node that takes a state.
pub(super) struct Newcomer {
    node: Node,
    taken: Option<Taken>,
    /// Number of the block whose state comes.
    number: u32,
}

impl Newcomer {
    fn new(at: usize, run: u32, chain_id: Digest<32>, others: usize) -> Self {
        let identity = member::identity(at, run, chain_id);
        let about = carbyne_net::message::Object(vec![carbyne_member()]);
        let config = Config {
            tags: DIALECT.tags(),
            about,
            connects_to_new_peers: false,
            connections_wanted: others,
            ..Config::default()
        };
        let node = Node::new(identity, config, []);
        Self { node, taken: None, number: 0 }
    }

    pub(super) fn step(&mut self, now: Moment, input: Incoming, effects: &mut Vec<Effect>) {
        self.node.step(now, input, &NoChain, effects);
    }
}

impl Network {
    /// The disk of a machine is gone with all that was on it.
    pub(super) fn lose_disk(&mut self) -> Result<()> {
        let at = self.any();
        let is_one = self.members.iter().any(|member| member.is_new);
        let is_fit = at > 1 && self.members[at].nature == Nature::Good;
        if is_one || !is_fit || self.members[at].machine.process().is_none() {
            return Ok(());
        }
        self.happened(at, "disk lost");
        let member = &mut self.members[at];
        member.machine.end(Ending::Killed);
        member.machine.lose_disk();
        member.is_hurt = false;
        member.is_new = true;
        self.gone(at);
        Ok(())
    }

    /// A running machine writes a snapshot of its state, as a node does when enough blocks became
    /// irreversible since the last.
    pub(super) fn snapshot_if_due(&mut self, at: usize) {
        let Some(process) = self.members[at].machine.process().cloned() else { return };
        let base = process.with(|life| life.chain().base().number);
        if base < self.members[at].snapshot.saturating_add(SNAPSHOT_EVERY) {
            return;
        }
        // Also if it fails: the next try is due as many blocks later.
        self.members[at].snapshot = base;
        let what = match Machine::snapshot(&process, &|| false) {
            true => "snapshot",
            false => "no snapshot",
        };
        self.happened(at, what);
    }

    /// A machine without a chain asks the others for a state.
    pub(super) fn begin_taking(&mut self, at: usize) -> Result<()> {
        let others = (0..self.members.len()).filter(|other| *other != at);
        let named: Vec<_> = others.map(member::endpoint).collect();
        let run = self.members[at].next_run();
        let newcomer = Newcomer::new(at, run, self.chain_id, named.len());
        self.members[at].newcomer = Some(newcomer);
        self.members[at].peers_wake = Moment(0);
        self.trace(at, "takes a state", &[]);
        self.input(at, Incoming::TakeState(named))
    }

    /// Something about the state that a machine takes.
    pub(super) fn state_step(&mut self, at: usize, step: StateStep) -> Result<()> {
        let Member { newcomer: Some(newcomer), machine, .. } = &mut self.members[at] else {
            return Ok(());
        };
        match step {
            StateStep::Begins(state) => {
                let disk = Arc::new(machine.disk.clone());
                let taken = Taken::begin(disk, Path::new(PART), &state)?;
                let chunks = Incoming::HasChunks(taken.chunks());
                newcomer.number = num_from_id(&state.block);
                newcomer.taken = Some(taken);
                self.later(0, Event::Input(at, Box::new(chunks)));
            }
            StateStep::Chunk(_, bytes) => {
                newcomer.taken.as_mut().context("it was begun")?.push(&bytes)?;
            }
            StateStep::Complete => return self.taken(at),
            StateStep::Failed(failure) => {
                *self.summary.faults.entry(name_of(&failure)).or_default() += 1;
                if !self.is_rough {
                    self.without_a_state(at);
                    return Ok(());
                }
                self.gone(at);
                let rest = self.chance.below(REST_MAX) as i64 * MILLISECOND;
                self.members[at].back_at = self.now + rest;
            }
        }
        Ok(())
    }

    /// Nobody has a state for it: it begins with the genesis.
    pub(super) fn without_a_state(&mut self, at: usize) {
        self.gone(at);
        self.members[at].is_new = false;
        self.members[at].back_at = self.now;
    }

    /// The state is here: the machine begins with it.
    fn taken(&mut self, at: usize) -> Result<()> {
        let newcomer = self.members[at].newcomer.take().context("it takes one")?;
        let path = newcomer.taken.context("it was begun")?.finish()?;
        let disk: SimulatedDisk = self.members[at].machine.disk.clone();
        let identity = ChainIdentity::new(self.chain_id.0);
        let data = DataDir::open_on(&disk, Path::new("/data"), &identity)?;
        SnapshotStore::open_on(Arc::new(disk), &data.snapshots(), &identity)?.adopt(&path)?;
        drop(data);
        self.summary.states_taken += 1;
        self.gone(at);
        let member = &mut self.members[at];
        member.back_at = self.now;
        member.is_new = false;
        // What is older it does not know.
        member.last_final = newcomer.number.saturating_sub(1);
        Ok(())
    }
}

fn name_of(failure: &StateFailure) -> &'static str {
    match failure {
        StateFailure::Refused { .. } => "state refused",
        StateFailure::Disputed { .. } => "state disputed",
        StateFailure::NoProgress(_) => "no progress of a state",
        StateFailure::Lost => "state lost",
    }
}
