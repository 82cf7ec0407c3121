//! A world of machines: when they work, what they are asked, what happens to them, and what must be
//! true whatever happens.
//!
//! Some machines are mortal: they are killed, lose their power, and their disks fail. Invariant:
//! everything that happens is decided by the seed. This file must never know a rule of the chain.

use crate::genesis::{Founded, found};
use crate::life::{Life, Stepped};
use crate::machine::{Ending, Guarding, Machine};
use crate::truth::Truth;
use crate::wire::{Content, Message, Wire};
use crate::workload::Workload;
use anyhow::{Context, Result, anyhow, bail, ensure};
use carbyne_chain::{AppliedBlock, ChainEvent};
use carbyne_core::{Became, Input, Lasting, Now, Outcome, Production};
use carbyne_crypto::hash::sha256;
use carbyne_ledger::{Ledger, Trust};
use carbyne_node::home::read_block;
use carbyne_node::in_line::replay_from_genesis;
use carbyne_protocol::recovered::{Recover, RecoveredBlock, RecoveredTransaction};
use carbyne_protocol::transaction::{SignedBlock, SignedTransaction};
use carbyne_store::simulated::{Chance, Fault};
use carbyne_wire::{Digest, Hash160};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// Witnesses of the chain: few, so that blocks become irreversible soon.
const WITNESSES: usize = 3;
/// Milliseconds between two happenings, at most.
const TURN_MAX: u64 = 350;
/// Milliseconds for which a machine is off, at most.
const OFF_MAX: u64 = 3_000;
/// Steps that may wait for the disk, as in a node.
const WAITING_MAX: usize = 16;
/// Accesses to the disk within which a fault strikes.
const FAULT_WITHIN: u64 = 40;
/// Milliseconds of a turn when nothing goes wrong any more, and how many of them heads have to
/// agree.
const CALM_TURN: i64 = 250;
const CALM_TURNS_MAX: u32 = 200;

/// What is simulated.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Machines that things happen to.
    pub mortals: usize,
    /// Machines that never end.
    pub immortals: usize,
    /// How much happens before all is calm again.
    pub turns: u32,
}

/// One in so many seeds is of a long world.
const LONG_EVERY: u64 = 8;

impl Setting {
    /// The world of a seed: most are soon over, so that many can be tried.
    pub fn of(seed: u64) -> Self {
        match seed % LONG_EVERY {
            0 => Self::default(),
            _ => Self { turns: 80, ..Self::default() },
        }
    }
}

impl Default for Setting {
    fn default() -> Self {
        Self { mortals: 1, immortals: 1, turns: 240 }
    }
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// The number of the last block.
    pub blocks: u32,
    /// Transactions that were taken.
    pub taken: u64,
    /// Transactions that were refused.
    pub refused: u64,
    /// Why, and how often.
    pub refusals: BTreeMap<&'static str, u64>,
    /// Starts of machines after the first.
    pub restarts: u64,
    /// Starts from a snapshot.
    pub from_snapshot: u64,
    /// Snapshots that were written.
    pub snapshots: u64,
    /// Switches to another branch.
    pub switches: u64,
    /// States that were compared.
    pub compared: u64,
    /// Names of operations that were in blocks.
    pub kinds: BTreeSet<&'static str>,
    /// A digest of everything that happened, in order.
    pub trace: [u8; 32],
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// In the run of this seed.
    pub seed: u64,
    /// After so many turns.
    pub turn: u32,
    /// What.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "seed {} fails at turn {}: {}", self.seed, self.turn, self.what)
    }
}

/// Lets happen what the seed says. The same seed gives the same run.
pub fn run(seed: u64, setting: Setting) -> Result<Summary, Failure> {
    let mut turn = 0;
    let result = World::new(seed, setting).and_then(|mut world| {
        for number in 0..setting.turns {
            turn = number;
            world.turn()?;
        }
        turn = setting.turns;
        world.end()?;
        Ok(world.summary)
    });
    result.map_err(|error| Failure { seed, turn, what: format!("{error:#}") })
}

/// A machine and what is to happen to it.
struct Place {
    machine: Machine,
    is_mortal: bool,
    /// When it is started again, if it is off, in milliseconds.
    back_at: i64,
    /// Whether its disk may fail.
    is_hurt: bool,
    /// Number of the block of its newest snapshot.
    snapshot: u32,
}

struct World {
    now: i64,
    chance: Chance,
    places: Vec<Place>,
    wire: Wire,
    truth: Truth,
    workload: Workload,
    genesis: Vec<u8>,
    chain_id: Digest<32>,
    is_snapshot_written: bool,
    summary: Summary,
}

impl World {
    fn new(seed: u64, setting: Setting) -> Result<Self> {
        let Founded { genesis, time, witnesses, key } = found(WITNESSES)?;
        let count = setting.mortals + setting.immortals;
        let place = |n: usize| {
            let keys = witnesses.iter().enumerate().filter(|(witness, _)| witness % count == n);
            let keys = keys.map(|(_, key)| key.clone()).collect();
            let machine = Machine::new(&genesis, keys, Production::ByTheClock);
            let machine = machine.guarded(Guarding::ByARecord);
            let is_mortal = n < setting.mortals;
            Place { machine, is_mortal, back_at: 0, is_hurt: false, snapshot: 0 }
        };
        let places = (0..count).map(place).collect();
        let chain_id = Digest(sha256(&genesis));
        let workload = Workload::new(key, witnesses);
        let mut world = Self {
            now: i64::from(time.0) * 1_000,
            chance: Chance(seed),
            places,
            wire: Wire::default(),
            truth: Truth::default(),
            workload,
            genesis,
            chain_id,
            is_snapshot_written: false,
            summary: Summary::default(),
        };
        (0..count).try_for_each(|at| world.start(at))?;
        world.first_block()?;
        Ok(world)
    }

    /// The first machine makes the first block, which all others take and have on disk: of two
    /// first blocks neither gives way to the other, here as in the reference.
    fn first_block(&mut self) -> Result<()> {
        let head = |life: &mut Life| life.chain().head_number();
        while self.with(0, head) == Some(0) {
            self.now += 1_000;
            self.step(0, Input::Tick)?;
        }
        self.write(0, WAITING_MAX)?;
        (1..self.places.len()).try_for_each(|to| {
            self.catch_up(to, 0)?;
            self.write(to, WAITING_MAX)
        })
    }

    fn turn(&mut self) -> Result<()> {
        self.now += self.chance.below(TURN_MAX) as i64;
        self.deliver()?;
        self.start_and_tick()?;
        match self.chance.below(100) {
            0..45 => (0..=self.chance.below(4)).try_for_each(|_| self.transaction()),
            45..80 => self.write_somewhere(),
            80..86 => self.snapshot_somewhere(),
            86..95 => self.harm(),
            _ => Ok(()),
        }
    }

    fn any(&mut self) -> usize {
        self.chance.below(self.places.len() as u64) as usize
    }

    fn with<R>(&self, at: usize, work: impl FnOnce(&mut Life) -> R) -> Option<R> {
        self.places.get(at)?.machine.with(work)
    }

    fn place(&mut self, at: usize) -> Result<&mut Place> {
        self.places.get_mut(at).context("a machine of this number")
    }

    fn trace(&mut self, at: usize, what: &str, id: &[u8]) {
        let text = format!("{} {at} {what} ", self.now);
        let all = [&self.summary.trace, text.as_bytes(), id].concat();
        self.summary.trace = sha256(&all);
    }

    fn start_and_tick(&mut self) -> Result<()> {
        for at in 0..self.places.len() {
            if self.place(at)?.machine.process().is_none() && self.place(at)?.back_at <= self.now {
                self.start(at)?;
            }
            let due = |life: &mut Life| life.wake_at.is_some_and(|time| self.has_come(time.0));
            if self.with(at, due) == Some(true) {
                self.step(at, Input::Tick)?;
            }
        }
        Ok(())
    }

    fn has_come(&self, seconds: u32) -> bool {
        i64::from(seconds) * 1_000 <= self.now
    }

    fn start(&mut self, at: usize) -> Result<()> {
        let now = Now(self.now).seconds();
        let place = self.place(at)?;
        if let Err(error) = place.machine.start(now) {
            // A start that the disk kept from working has to work when the disk does.
            ensure!(place.is_hurt, error.context(format!("machine {at} does not start")));
            return self.cut_power(at);
        }
        let starts = u64::from(place.machine.starts > 1);
        let from = place.machine.with(|life| life.began_at).unwrap_or_default();
        place.snapshot = from;
        self.summary.restarts += starts;
        self.summary.from_snapshot += u64::from(from > 0);
        self.trace(at, "starts", &from.to_le_bytes());
        self.step(at, Input::Tick)?;
        self.announce(at)
    }

    /// Tells the others of the head block that is on disk.
    fn announce(&mut self, at: usize) -> Result<()> {
        let newest = self.with(at, |life| {
            let reader = life.kept.log.reader();
            let head = reader.head().map(|(number, _)| number);
            head.map(|number| read_block(&reader, number)).transpose()
        });
        if let Some(block) = self.readable(at, newest)?.flatten().flatten() {
            self.broadcast(at, Content::Block(Arc::new(block)));
        }
        Ok(())
    }

    /// What was read from the disk of a machine; nothing if that may fail and did.
    fn readable<T>(&mut self, at: usize, read: Option<Result<T>>) -> Result<Option<T>> {
        match read.transpose() {
            Err(_) if self.place(at)?.is_hurt => Ok(None),
            read => read,
        }
    }

    fn broadcast(&mut self, from: usize, content: Content) {
        for to in (0..self.places.len()).filter(|to| *to != from) {
            let delay = match self.chance.below(100) {
                0..5 => continue,
                5..12 => self.chance.below(5_000),
                _ => self.chance.below(400),
            };
            let content = content.clone();
            self.wire.send(self.now + delay as i64, Message { from, to, content });
        }
    }

    fn deliver(&mut self) -> Result<()> {
        while let Some(Message { from, to, content }) = self.wire.take(self.now) {
            match content {
                Content::Block(block) => self.receive_block(from, to, &block)?,
                Content::Transaction(transaction) => {
                    let transaction = self.recovered((*transaction).clone());
                    self.step(to, Input::Transaction(transaction, Trust::Nobody))?;
                }
            }
        }
        Ok(())
    }

    fn recovered(&self, transaction: SignedTransaction) -> Arc<RecoveredTransaction> {
        let all = Recover::Signatures;
        Arc::new(RecoveredTransaction::new(transaction, &self.chain_id, all))
    }

    fn receive_block(&mut self, from: usize, to: usize, block: &SignedBlock) -> Result<()> {
        let Some(Err(refused)) = self.push(to, block)? else { return Ok(()) };
        match refused.lasting {
            Lasting::Unlinkable => self.catch_up(to, from),
            Lasting::ForNow => Ok(()),
            Lasting::ForGood => bail!("machine {to} refuses a good block: {}", refused.rejected),
        }
    }

    /// Gives a machine a block that it does not know.
    fn push(&mut self, to: usize, block: &SignedBlock) -> Result<Option<Outcome>> {
        let is_new = |life: &mut Life| life.chain().recent_block(&block.id()).is_none();
        if self.with(to, is_new) != Some(true) {
            return Ok(None);
        }
        let block = RecoveredBlock::new(block.clone(), &self.chain_id, Recover::Signatures);
        self.step(to, Input::Block(Arc::new(block), Trust::Nobody))
    }

    /// Gives a machine what another has on disk behind the blocks that nobody can undo.
    fn catch_up(&mut self, to: usize, from: usize) -> Result<()> {
        let irreversible = self.with(to, |life| {
            let dynamic = life.chain().ledger().dynamic();
            dynamic.map(|dynamic| dynamic.last_irreversible_block_num).unwrap_or_default()
        });
        let first = irreversible.unwrap_or_default() + 1;
        let blocks = self.with(from, |life| {
            let reader = life.kept.log.reader();
            let head = reader.head().map_or(0, |(number, _)| number);
            (first..=head).filter_map(|n| read_block(&reader, n).transpose()).collect()
        });
        let blocks: Vec<SignedBlock> = self.readable(from, blocks)?.unwrap_or_default();
        for block in &blocks {
            self.push(to, block)?;
        }
        Ok(())
    }

    /// Lets a node do a step. What it did to the chain waits for the disk.
    fn step(&mut self, at: usize, input: Input) -> Result<Option<Outcome>> {
        if self.with(at, |life| life.waiting()) >= Some(WAITING_MAX) {
            self.write(at, WAITING_MAX)?;
        }
        let now = Now(self.now);
        let Some(stepped) = self.with(at, |life| life.step(now, input)) else { return Ok(None) };
        let Stepped { outcome, applied, told, .. } = stepped;
        if let Some(newest) = applied.last() {
            self.trace(at, "applies", &newest.block.id().0);
            self.compare_state(at)?;
        }
        self.summary.switches += u64::from(matches!(outcome, Ok(Became::Switched)));
        told.into_iter().try_for_each(|event| self.tell(at, event))?;
        Ok(Some(outcome))
    }

    /// Compares the state of a machine, unless something is pending on it.
    fn compare_state(&mut self, at: usize) -> Result<()> {
        let Some(process) = self.place(at)?.machine.process().cloned() else { return Ok(()) };
        process.with(|life| {
            let chain = life.chain();
            match chain.pending_is_open() {
                true => Ok(()),
                false => self.truth.state(chain.head_id(), chain.ledger()),
            }
        })
    }

    /// Compares all of it, when nothing is pending.
    fn compare_whole_state(&mut self, at: usize) -> Result<()> {
        let process = self.place(at)?.machine.process().cloned().context("it runs")?;
        process.with(|life| self.truth.whole_state(life.chain().head_id(), life.chain().ledger()))
    }

    /// What became known outside of a machine.
    fn tell(&mut self, at: usize, event: ChainEvent) -> Result<()> {
        match event {
            ChainEvent::Applied(applied) => self.tell_block(at, &applied),
            ChainEvent::Undone { previous, .. } => {
                self.place(at)?.machine.told =
                    Some(previous).filter(|id| *id != Hash160::default());
                Ok(())
            }
            ChainEvent::Pending(_) | ChainEvent::Refused(_) => Ok(()),
        }
    }

    fn tell_block(&mut self, at: usize, applied: &AppliedBlock) -> Result<()> {
        let id = applied.block.id();
        self.truth.applied(applied)?;
        self.place(at)?.machine.told = Some(id);
        self.trace(at, "tells", &id.0);
        let names = applied.operations.iter().map(|one| one.op.stateless().name());
        self.summary.kinds.extend(names);
        self.broadcast(at, Content::Block(Arc::new(applied.block.block().clone())));
        Ok(())
    }

    fn write_somewhere(&mut self) -> Result<()> {
        let at = self.any();
        let most = 1 + self.chance.below(4) as usize;
        self.write(at, most)
    }

    fn write(&mut self, at: usize, most: usize) -> Result<()> {
        match self.with(at, |life| life.write(most)) {
            None => Ok(()),
            Some(Ok(events)) => events.into_iter().try_for_each(|event| self.tell(at, event)),
            Some(Err(failed)) => {
                ensure!(self.place(at)?.is_hurt, "a good disk fails: {}", failed.error);
                // The log was cut to go on with another branch, which it may not hold yet.
                if let Some(parting) = failed.parting {
                    let parting = Some(parting).filter(|id| *id != Hash160::default());
                    self.place(at)?.machine.told = parting;
                }
                self.cut_power(at)
            }
        }
    }

    fn transaction(&mut self) -> Result<()> {
        let at = self.any();
        let Some(process) = self.place(at)?.machine.process().cloned() else { return Ok(()) };
        let (workload, chance) = (&self.workload, &mut self.chance);
        let made = process.with(|life| workload.transaction(life.chain(), chance));
        let Some(transaction) = made.context("the workload")? else { return Ok(()) };
        let transaction = self.recovered(transaction);
        let sent = Content::Transaction(transaction.transaction().clone());
        match self.step(at, Input::Transaction(transaction, Trust::Nobody))? {
            Some(Ok(_)) => {
                self.summary.taken += 1;
                self.broadcast(at, sent);
            }
            Some(Err(refused)) => {
                self.summary.refused += 1;
                *self.summary.refusals.entry(refused.rejected.reason()).or_default() += 1;
            }
            None => {}
        }
        Ok(())
    }

    /// Lets a machine write a snapshot, while the world goes on.
    fn snapshot_somewhere(&mut self) -> Result<()> {
        let at = self.any();
        // It waits until what the chain has is on disk.
        self.write(at, usize::MAX)?;
        let Some(process) = self.place(at)?.machine.process().cloned() else { return Ok(()) };
        let base = process.with(|life| life.chain().base().number);
        if self.is_snapshot_written || base <= self.place(at)?.snapshot {
            return Ok(());
        }
        self.is_snapshot_written = true;
        self.place(at)?.snapshot = base;
        let world = RefCell::new((&mut *self, Ok(())));
        let beside = || {
            let (world, result) = &mut *world.borrow_mut();
            if result.is_ok() && world.chance.below(3) == 0 {
                *result = world.turn();
            }
            let now = world.places.get(at).and_then(|place| place.machine.process());
            result.is_err() || !now.is_some_and(|now| Arc::ptr_eq(now, &process))
        };
        let is_written = Machine::snapshot(&process, &beside);
        let (_, result) = world.into_inner();
        result?;
        self.is_snapshot_written = false;
        self.summary.snapshots += u64::from(is_written);
        self.trace(at, "snapshot", &[u8::from(is_written)]);
        Ok(())
    }

    /// Something happens to a mortal machine.
    fn harm(&mut self) -> Result<()> {
        let at = self.any();
        if !self.place(at)?.is_mortal {
            return Ok(());
        }
        match self.chance.below(8) {
            0..3 => self.kill(at),
            3..5 => self.cut_power(at),
            5..7 => {
                let fault = Fault::ALL[self.chance.below(Fault::ALL.len() as u64) as usize];
                let access = self.chance.below(FAULT_WITHIN);
                let place = self.place(at)?;
                place.is_hurt = true;
                place.machine.disk.fail_at(place.machine.disk.operations() + access, fault);
                Ok(())
            }
            _ => {
                let place = self.place(at)?;
                place.is_hurt = true;
                place.machine.disk.set_full(true);
                Ok(())
            }
        }
    }

    fn kill(&mut self, at: usize) -> Result<()> {
        let back_at = self.now + self.chance.below(OFF_MAX) as i64;
        let place = self.place(at)?;
        place.machine.end(Ending::Killed);
        place.back_at = back_at;
        self.trace(at, "killed", &[]);
        Ok(())
    }

    /// Cuts the power, and mends the disk.
    fn cut_power(&mut self, at: usize) -> Result<()> {
        let back_at = self.now + self.chance.below(OFF_MAX) as i64;
        let seed = self.chance.number();
        let place = self.place(at)?;
        place.machine.disk.set_full(false);
        place.machine.end(Ending::PowerCut { seed });
        place.is_hurt = false;
        place.back_at = back_at;
        self.trace(at, "off", &[]);
        Ok(())
    }

    /// Lets everything become calm, and looks whether all have come to the same.
    fn end(&mut self) -> Result<()> {
        for at in 0..self.places.len() {
            let place = self.place(at)?;
            place.is_mortal = false;
            if place.is_hurt {
                self.cut_power(at)?;
            }
            self.place(at)?.back_at = 0;
        }
        let agreed = (0..CALM_TURNS_MAX).find_map(|n| self.calm_turn(n).transpose());
        if agreed.transpose()?.is_none() {
            bail!("after all is calm the heads do not agree: {}", self.heads().join(", "));
        }
        for at in 0..self.places.len() {
            self.with(at, |life| life.core.chain.clear_pending());
            self.compare_whole_state(at)?;
            self.compare_replay(at)?;
            self.cut_power(at)?;
            self.start(at)?;
            self.compare_state(at)?;
        }
        self.summary.compared = self.truth.compared;
        self.summary.blocks = self.with(0, |life| life.chain().head_number()).unwrap_or_default();
        Ok(())
    }

    fn heads(&self) -> Vec<String> {
        let head = |life: &mut Life| {
            let chain = life.chain();
            let undoable = chain.undoable_blocks();
            format!("{} ({undoable} can be undone, began at {})", chain.head_id(), life.began_at)
        };
        self.places.iter().filter_map(|place| place.machine.with(head)).collect()
    }

    /// A turn in which nothing goes wrong; says when all agree.
    fn calm_turn(&mut self, number: u32) -> Result<Option<()>> {
        self.now += CALM_TURN;
        self.deliver()?;
        self.start_and_tick()?;
        for at in 0..self.places.len() {
            self.write(at, WAITING_MAX)?;
            if number.is_multiple_of(4) {
                self.announce(at)?;
            }
        }
        let head = |place: &Place| place.machine.with(|life| life.chain().head_id());
        let mut heads = self.places.iter().map(head);
        let first = heads.next().flatten();
        Ok((number > 20 && first.is_some() && heads.all(|head| head == first)).then_some(()))
    }

    /// Compares the state of a machine with that of its blocks from the genesis on.
    fn compare_replay(&mut self, at: usize) -> Result<()> {
        let reader = self.with(at, |life| life.kept.log.reader()).context("it runs")?;
        let keep = &mut |_: u32, _: &Ledger| Ok(());
        let replayed = replay_from_genesis(&self.genesis, &reader, keep)?;
        let head = self.with(at, |life| life.chain().head_id()).context("it runs")?;
        ensure!(replayed.head_id() == head, "the log of machine {at} ends elsewhere");
        let compared = self.truth.state(head, replayed.ledger());
        compared.map_err(|error| anyhow!("replayed: {error:#}"))
    }
}
