//! A machine: a disk, and the node that runs on it, if one does.
//!
//! Invariant: what a node told of a block before it ended is in its log when it starts again. This
//! file must never know why it ends.

use crate::life::Life;
use anyhow::{Context, Result, ensure};
use carbyne_chain::{BlockSigner, Chain};
use carbyne_core::Production;
use carbyne_crypto::PrivateKey;
use carbyne_node::snapshots::{Held, Source};
use carbyne_signer::{Guard, Record};
use carbyne_store::SnapshotStore;
use carbyne_store::simulated::SimulatedDisk;
use carbyne_wire::{Hash160, TimePointSec};
use std::path::Path;
// What writes snapshots asks for something that threads could share; here none ever waits.
#[allow(clippy::disallowed_types)]
use std::sync::Mutex;
use std::sync::{Arc, PoisonError};

/// A running node that a snapshot can be taken of.
#[allow(clippy::disallowed_types)]
pub struct Process(Mutex<Life>);

impl Process {
    /// Looks at the node, or changes it.
    pub fn with<R>(&self, work: impl FnOnce(&mut Life) -> R) -> R {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Source for Process {
    fn look_at(&self, look: &mut dyn FnMut(&Chain)) {
        self.with(|life| look(&life.core.chain));
    }

    fn change(&self, change: &mut dyn FnMut(&mut Chain)) {
        self.with(|life| change(&mut life.core.chain));
    }

    fn store(&self) -> SnapshotStore {
        self.with(|life| life.snapshots.clone())
    }

    fn began_at(&self) -> u32 {
        self.with(|life| life.began_at)
    }

    fn sync_history(&self, _: u32) -> Result<(), String> {
        match self.with(|life| life.waiting()) {
            0 => self.with(|life| life.history.sync())(),
            waiting => Err(format!("{waiting} steps wait for the disk")),
        }
    }
}

/// How a node ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The process is killed; its writes are on their way to the disk.
    Killed,
    /// The power is cut: of what was not synced, chance decides what is left.
    PowerCut {
        /// Where that chance begins.
        seed: u64,
    },
}

/// Where a machine notes what it signed.
const RECORD: &str = "/data/signed";

/// What a machine does about blocks that it signed before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guarding {
    /// It has a record of them on its disk, as a node has.
    ByARecord,
    /// Nothing.
    Not,
}

/// A disk and what runs on it.
pub struct Machine {
    /// The disk.
    pub disk: SimulatedDisk,
    genesis: Vec<u8>,
    keys: Vec<PrivateKey>,
    production: Production,
    guarding: Guarding,
    process: Option<Arc<Process>>,
    /// The block that it told of last.
    pub told: Option<Hash160>,
    /// How often it was started.
    pub starts: u32,
}

impl Machine {
    /// A machine that is off and has an empty disk.
    pub fn new(genesis: &[u8], keys: Vec<PrivateKey>, production: Production) -> Self {
        Self {
            disk: SimulatedDisk::new(),
            genesis: genesis.to_vec(),
            keys,
            production,
            guarding: Guarding::Not,
            process: None,
            told: None,
            starts: 0,
        }
    }

    /// The same machine, which does that about blocks that it signed before.
    pub fn guarded(self, guarding: Guarding) -> Self {
        Self { guarding, ..self }
    }

    /// Its keys.
    pub fn keys(&self) -> &[PrivateKey] {
        &self.keys
    }

    fn signers(&self, now: TimePointSec) -> Result<Vec<Arc<dyn BlockSigner>>> {
        let keys = self.keys.clone();
        if self.guarding == Guarding::Not {
            return Ok(keys.into_iter().map(|key| Arc::new(key) as Arc<dyn BlockSigner>).collect());
        }
        let record = Record::open(Arc::new(self.disk.clone()), Path::new(RECORD), now)?;
        let keys = Guard::new(keys, record).into_signers();
        Ok(keys.into_iter().map(|key| Arc::new(key) as Arc<dyn BlockSigner>).collect())
    }

    /// The node, if it runs.
    pub fn process(&self) -> Option<&Arc<Process>> {
        self.process.as_ref()
    }

    /// Looks at the node, or changes it, if it runs.
    pub fn with<R>(&self, work: impl FnOnce(&mut Life) -> R) -> Option<R> {
        self.process.as_ref().map(|process| process.with(work))
    }

    /// Starts the node, now, and sees that it has what it told of.
    pub fn start(&mut self, now: TimePointSec) -> Result<()> {
        let signers = self.signers(now)?;
        let life = Life::start(&self.disk, &self.genesis, signers, self.production)?;
        if let Some(told) = self.told {
            let logged = life.kept.log.read_by_id(&told.0).context("the log is readable")?;
            let is_kept = logged.is_some() || life.began_with(&told);
            ensure!(is_kept, "block {told} was told of and is lost");
        }
        self.told = Some(life.chain().head_id()).filter(|id| *id != Hash160::default());
        #[allow(clippy::disallowed_types)]
        let process = Process(Mutex::new(life));
        self.process = Some(Arc::new(process));
        self.starts += 1;
        Ok(())
    }

    /// Takes another disk, with nothing on it; what is not noted any more is not signed.
    pub fn lose_disk(&mut self) {
        self.disk = SimulatedDisk::new();
        self.keys.clear();
        self.told = None;
    }

    /// Ends the node.
    pub fn end(&mut self, ending: Ending) {
        self.process = None;
        match ending {
            Ending::Killed => self.disk.kill(),
            Ending::PowerCut { seed } => self.disk.restart(seed),
        }
    }

    /// Writes a snapshot; `beside` is done between two pieces of it and says whether to give up.
    /// Gives whether there is one now.
    pub fn snapshot(process: &Arc<Process>, beside: &dyn Fn() -> bool) -> bool {
        Held::new(process.clone()).write(beside).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genesis::found;
    use crate::workload::Workload;
    use carbyne_core::{Input, Now};
    use carbyne_ledger::Trust;
    use carbyne_protocol::recovered::{Recover, RecoveredTransaction};
    use carbyne_store::simulated::Chance;

    #[test]
    fn a_node_that_lost_its_block_signs_no_other_for_the_slot() {
        let founded = found(1).expect("a genesis");
        let machine = Machine::new(&founded.genesis, founded.witnesses, Production::ByTheClock);
        let mut machine = machine.guarded(Guarding::ByARecord);
        machine.start(founded.time).expect("a good disk");
        let workload = Workload::new(founded.key, Vec::new());
        let (mut now, mut chance) = (Now(i64::from(founded.time.0) * 1_000), Chance(1));
        for (number, seed) in [3_u32, 4, 5].into_iter().zip(1_u64..) {
            let head = |life: &mut Life| life.chain().head_number();
            machine.with(|life| drop(life.write(usize::MAX)));
            while machine.with(head).expect("it runs") < number {
                now.0 += 1_000;
                let ticked = machine.with(|life| {
                    drop(life.step(now, Input::Tick));
                    life.waiting() == 0 || life.chain().head_number() == number
                });
                // The block of that number stays in memory.
                if ticked != Some(true) {
                    machine.with(|life| drop(life.write(usize::MAX)));
                }
            }
            machine.end(Ending::PowerCut { seed });
            machine.start(now.seconds()).expect("a good disk");
            assert_eq!(machine.with(head), Some(number - 1), "the block is lost");
            // Now it would have another content.
            machine.with(|life| {
                let made = workload.transaction(life.chain(), &mut chance).expect("an operation");
                let chain_id = *life.chain().chain_id();
                let all = Recover::Signatures;
                let made = made.map(|one| RecoveredTransaction::new(one, &chain_id, all));
                let input = made.map(|one| Input::Transaction(Arc::new(one), Trust::Nobody));
                input.map(|input| life.step(now, input))
            });
            let again = machine.with(|life| life.step(now, Input::Tick)).expect("it runs");
            let is_empty = machine.with(|life| life.chain().pending_count()) == Some(0);
            let refused = again.outcome.map_err(|refused| refused.rejected.reason());
            if !is_empty {
                assert_eq!(refused.err(), Some("SigningRefusal::AnotherSigned"));
                now.0 += 1_000;
                let next = machine.with(|life| life.step(now, Input::Tick)).expect("it runs");
                let why: Vec<_> = next.missed.iter().map(|missed| missed.why.name()).collect();
                assert_eq!(why.last(), Some(&"SigningRefusal::AnotherSigned"), "{why:?}");
            }
        }
    }
}
