//! Machines, what is on its way between them, and what must be true whatever happens.

use super::cables::{Cables, End};
use super::liar::Liar;
use super::member::{Member, Nature, machine_at};
use crate::genesis::{Founded, found};
use crate::life::Stepped;
use crate::machine::{Guarding, Machine};
use crate::truth::Truth;
use crate::workload::Workload;
use crate::world::Failure;
use anyhow::{Context, Result, ensure};
use carbyne_chain::{AppliedBlock, ChainEvent};
use carbyne_core::{Became, Input, Outcome, Production};
use carbyne_crypto::PrivateKey;
use carbyne_crypto::hash::sha256;
use carbyne_ledger::Trust;
use carbyne_net::message::Direction;
use carbyne_net::{ChainView, Effect, Input as Incoming, Reason};
use carbyne_net::{Now as Moment, Place};
use carbyne_peers::{Asked, Item, Peers, Told};
use carbyne_protocol::recovered::{Recover, RecoveredTransaction};
use carbyne_protocol::transaction::num_from_id;
use carbyne_store::simulated::Chance;
use carbyne_wire::{Digest, Hash160};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Microseconds in a millisecond, and in a second.
pub(super) const MILLISECOND: i64 = 1_000;
pub(super) const SECOND: i64 = 1_000_000;
/// Witnesses of the chain.
pub(super) const WITNESSES: usize = 7;
/// How many of them make a block irreversible: more than seven of ten.
const CONFIRMING: usize = 5;
/// How often a machine looks at its clock.
const LOOK_EVERY: u64 = 80;

/// What is simulated.
#[derive(Clone, Copy, Debug)]
pub struct NetworkSetting {
    /// Machines with a chain.
    pub machines: usize,
    /// Nodes that only lie.
    pub liars: usize,
    /// How much happens before all is well again.
    pub happenings: u32,
}

/// One in so many seeds is of a large network.
const LARGE_EVERY: u64 = 8;

impl NetworkSetting {
    /// The network of a seed: most are small and soon over, so that many can be tried.
    pub fn of(seed: u64) -> Self {
        match seed % LARGE_EVERY {
            0 => Self::default(),
            other => Self { machines: 4, liars: (other % 2) as usize, happenings: 24 },
        }
    }
}

impl Default for NetworkSetting {
    fn default() -> Self {
        Self { machines: 5, liars: 1, happenings: 60 }
    }
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NetworkSummary {
    /// Number of the last block.
    pub blocks: u32,
    /// The newest block that could not be undone when all was well.
    pub last_final: u32,
    /// Microseconds that went by.
    pub time: i64,
    /// Microseconds from the moment when all were connected again until all heads agreed.
    pub healing: i64,
    /// Transactions that were taken where they were made.
    pub taken: u64,
    /// States that machines took from others.
    pub states_taken: u64,
    /// Starts of machines after the first.
    pub restarts: u64,
    /// Switches to another branch.
    pub switches: u64,
    /// Blocks that were refused, by reason.
    pub refused: BTreeMap<&'static str, u64>,
    /// Connections that ended, by reason.
    pub closed: BTreeMap<String, u64>,
    /// Slots of ours that were missed, by reason.
    pub missed: BTreeMap<&'static str, u64>,
    /// Slots in which two blocks were signed, as far as somebody saw both.
    pub doubles: u64,
    /// Faults that happened, by name.
    pub faults: BTreeMap<&'static str, u64>,
    /// Whether it ended with two branches that are both irreversible, as the reference's rule
    /// allows.
    pub is_split: bool,
    /// States that were compared.
    pub compared: u64,
    /// Names of operations that were in blocks.
    pub kinds: BTreeSet<&'static str>,
    /// A digest of everything that happened, in order.
    pub trace: [u8; 32],
}

/// Something that is going to happen.
pub(super) enum Event {
    /// Something comes in at a node.
    Input(usize, Box<Incoming>),
    /// Bytes arrive.
    Bytes(End, End, Vec<u8>),
    /// A machine looks at its clock.
    Look(usize),
    /// The core takes the next that waits.
    Work(usize),
    /// What the core did comes to the disk.
    Write(usize),
    /// The groups are joined.
    Join,
}

/// A network.
pub(super) struct Network {
    pub(super) now: i64,
    pub(super) chance: Chance,
    events: BTreeMap<(i64, u64), Event>,
    sequence: u64,
    pub(super) cables: Cables,
    pub(super) members: Vec<Member>,
    pub(super) liars: Vec<Liar>,
    /// To which group each machine belongs.
    pub(super) groups: Vec<u64>,
    /// Whether anything goes wrong on cables.
    pub(super) is_rough: bool,
    /// Whether it is seldom parted and clocks are seldom wrong, so that blocks become irreversible
    /// meanwhile, and there are states for who lost his.
    pub(super) is_mild: bool,
    pub(super) truth: Truth,
    finals: BTreeMap<u32, Hash160>,
    /// Every block that was told of: what it follows, and who made it.
    made: BTreeMap<Hash160, (Hash160, u64)>,
    /// Whether all began with the same blocks.
    pub(super) is_one_chain: bool,
    /// The blocks of each slot that were seen.
    slots: BTreeMap<u32, BTreeSet<Hash160>>,
    workload: Workload,
    pub(super) genesis: Vec<u8>,
    pub(super) chain_id: Digest<32>,
    pub(super) summary: NetworkSummary,
}

/// Lets happen what the seed says. The same seed gives the same run.
pub fn run_network(seed: u64, setting: NetworkSetting) -> Result<NetworkSummary, Failure> {
    let mut turn = 0;
    let result = Network::new(seed, setting).and_then(|mut network| {
        let begin = network.now;
        for number in 0..setting.happenings {
            turn = number;
            network.happening()?;
            let pause = network.chance.below(1_500) as i64 * MILLISECOND;
            network.run_for(pause)?;
        }
        turn = setting.happenings;
        network.end()?;
        network.summary.time = network.now - begin;
        Ok(network.summary)
    });
    result.map_err(|error| Failure { seed, turn, what: format!("{error:#}") })
}

impl Network {
    pub(super) fn new(seed: u64, setting: NetworkSetting) -> Result<Self> {
        let Founded { genesis, time, witnesses, key } = found(WITNESSES)?;
        let count = setting.machines;
        let chain_id = Digest(sha256(&genesis));
        let mut chance = Chance(seed);
        let members = (0..count).map(|at| member(at, count, &genesis, &witnesses, &mut chance));
        let members: Vec<Member> = members.collect();
        let is_mild = chance.below(2) == 0;
        let liar = |at| Liar::new(count + at, count, chain_id, seed ^ at as u64);
        let mut network = Self {
            now: i64::from(time.0) * SECOND,
            chance,
            events: BTreeMap::new(),
            sequence: 0,
            cables: Cables::default(),
            members,
            liars: (0..setting.liars).map(liar).collect(),
            groups: vec![0; count + setting.liars],
            is_rough: true,
            is_mild,
            truth: Truth::default(),
            finals: BTreeMap::new(),
            made: BTreeMap::new(),
            is_one_chain: true,
            slots: BTreeMap::new(),
            workload: Workload::new(key, witnesses),
            genesis,
            chain_id,
            summary: NetworkSummary::default(),
        };
        network.begin()?;
        Ok(network)
    }

    /// Every machine begins for itself: the first block is of whoever is quickest, or of several.
    fn begin(&mut self) -> Result<()> {
        for at in 0..self.members.len() {
            let now = self.members[at].now(self.now).seconds();
            self.members[at].machine.start(now)?;
            self.meet(at)?;
        }
        for at in 0..self.groups.len() {
            self.later(0, Event::Look(at));
        }
        Ok(())
    }

    /// A machine came up.
    pub(super) fn meet(&mut self, at: usize) -> Result<()> {
        let chain_id = self.chain_id;
        self.members[at].meet(at, chain_id, &mut self.chance);
        self.check_final(at)?;
        self.step(at, Input::Tick).map(drop)
    }

    pub(super) fn later(&mut self, delay: i64, event: Event) {
        self.sequence += 1;
        self.events.insert((self.now + delay, self.sequence), event);
    }

    pub(super) fn trace(&mut self, at: usize, what: &str, id: &[u8]) {
        let text = format!("{} {at} {what} ", self.now);
        self.summary.trace = sha256(&[&self.summary.trace, text.as_bytes(), id].concat());
    }

    /// Lets so many microseconds pass.
    pub(super) fn run_for(&mut self, time: i64) -> Result<()> {
        let end = self.now + time;
        while let Some(((at, _), _)) = self.events.first_key_value()
            && *at <= end
            && let Some(((at, _), event)) = self.events.pop_first()
        {
            self.now = self.now.max(at);
            self.happen(event)?;
        }
        self.now = end;
        Ok(())
    }

    fn happen(&mut self, event: Event) -> Result<()> {
        match event {
            Event::Input(at, input) => self.input(at, *input),
            Event::Bytes(from, to, bytes) => self.arrive(from, to, bytes),
            Event::Look(at) => self.look(at),
            Event::Work(at) => self.work(at),
            Event::Write(at) => self.write(at),
            Event::Join => self.join(),
        }
    }

    /// A machine looks at its clock.
    fn look(&mut self, at: usize) -> Result<()> {
        let pause = 20 + self.chance.below(LOOK_EVERY) as i64;
        self.later(pause * MILLISECOND, Event::Look(at));
        let now = self.now;
        if at >= self.members.len() {
            let liar = &self.liars[at - self.members.len()];
            let is_due = liar.wake <= Moment(now);
            return if is_due { self.input(at, Incoming::Tick) } else { Ok(()) };
        }
        if self.members[at].newcomer.is_some() {
            let is_due = self.members[at].peers_wake <= self.members[at].moment(now);
            return if is_due { self.input(at, Incoming::Tick) } else { Ok(()) };
        }
        if self.members[at].machine.process().is_none() {
            return if self.members[at].back_at <= now { self.start(at) } else { Ok(()) };
        }
        let member = &self.members[at];
        let seconds = member.now(now).seconds();
        let wake = member.machine.with(|life| life.wake_at).flatten();
        let is_due = wake.is_some_and(|wake| wake <= seconds);
        if is_due {
            self.step(at, Input::Tick)?;
        }
        match self.members[at].peers_wake <= self.members[at].moment(now) {
            true => self.input(at, Incoming::Tick),
            false => Ok(()),
        }
    }

    /// Something comes in at a node among its peers.
    pub(super) fn input(&mut self, at: usize, input: Incoming) -> Result<()> {
        let mut effects = Vec::new();
        if at >= self.members.len() {
            let Some(truth) = self.members.iter().find_map(|one| one.peers.as_ref()) else {
                return Ok(());
            };
            let liar = &mut self.liars[at - self.members.len()];
            liar.wake = Moment(i64::MAX);
            liar.step(Moment(self.now), input, truth.told(), &mut effects);
        } else {
            let member = &mut self.members[at];
            let moment = member.moment(self.now);
            if matches!(input, Incoming::Tick) {
                member.peers_wake = Moment(i64::MAX);
            }
            match (&mut member.peers, &mut member.newcomer) {
                (Some(peers), _) => {
                    peers.step(moment, input, &mut effects);
                    peers.settle(moment, &mut effects);
                }
                (None, Some(newcomer)) => newcomer.step(moment, input, &mut effects),
                (None, None) => return self.refuse(at, input),
            }
        }
        self.follow(at, effects)
    }

    /// Nobody is there: a connection that came about ends.
    fn refuse(&mut self, at: usize, input: Incoming) -> Result<()> {
        if let Incoming::Connected { id, .. } = input {
            self.cut((at, id));
        }
        Ok(())
    }

    pub(super) fn follow(&mut self, at: usize, effects: Vec<Effect>) -> Result<()> {
        for effect in effects {
            match effect {
                Effect::Send(id, bytes) => self.send((at, id), bytes),
                Effect::Connect(endpoint) => self.connect(at, endpoint),
                Effect::Close(id, reason) => {
                    self.note_closed(&reason);
                    self.cut((at, id));
                }
                Effect::WakeAt(moment) => match self.members.get_mut(at) {
                    Some(member) => member.peers_wake = moment,
                    None => self.liars[at - self.members.len()].wake = moment,
                },
                Effect::State(step) => self.state_step(at, step)?,
                Effect::Deliver(token, _, delivered) if at < self.members.len() => {
                    let item = Item::recover(delivered, &self.chain_id);
                    self.deliver(at, Asked { token, item })?;
                }
                Effect::Deliver(token, ..) => {
                    let input = Incoming::Became(token, carbyne_net::Verdict::Accepted);
                    self.later(MILLISECOND, Event::Input(at, Box::new(input)));
                }
            }
        }
        Ok(())
    }

    fn note_closed(&mut self, reason: &Reason) {
        let text = format!("{reason:?}");
        let name = text.split(['(', ' ', '{']).next().unwrap_or_default().to_owned();
        *self.summary.closed.entry(name).or_default() += 1;
    }

    /// A node tries a connection.
    fn connect(&mut self, at: usize, endpoint: carbyne_net::message::Endpoint) {
        let to = machine_at(endpoint);
        let delay = (1 + self.chance.below(60) as i64) * MILLISECOND;
        let is_there = self.members.get(to).is_some_and(|member| member.peers.is_some());
        if !is_there || to == at || self.groups[at] != self.groups[to] {
            let failed = Incoming::ConnectFailed(endpoint);
            return self.later(delay, Event::Input(at, Box::new(failed)));
        }
        let (ours, theirs) = self.cables.lay(at, to);
        let port = 40_000 + (ours.1.0 % 20_000) as u16;
        let ephemeral = super::member::endpoint(at).with_port(port);
        let place = |direction, local, remote| Place { direction, local, remote };
        let out = place(Direction::Outbound, ephemeral, endpoint);
        let into = place(Direction::Inbound, endpoint, ephemeral);
        for (end, place) in [(ours, out), (theirs, into)] {
            let key = Box::new(PrivateKey::from_seed(&format!("connection {}", end.1.0)));
            let input = Incoming::Connected { id: end.1, place, key };
            self.later(delay, Event::Input(end.0, Box::new(input)));
        }
    }

    /// A connection ends; the other end hears of it.
    pub(super) fn cut(&mut self, end: End) {
        if let Some(other) = self.cables.cut(end) {
            let delay = self.chance.below(40) as i64 * MILLISECOND;
            self.later(delay, Event::Input(other.0, Box::new(Incoming::Closed(other.1))));
        }
    }

    /// What a peer sent goes to the core.
    fn deliver(&mut self, at: usize, asked: Asked) -> Result<()> {
        let member = &mut self.members[at];
        let (now, moment) = (member.now(self.now), member.moment(self.now));
        let mut effects = Vec::new();
        if let Item::Block(block) = &asked.item {
            let is_sound = member.machine.with(|life| life.core.is_sound(now, block));
            if let (Some(true), Some(peers)) = (is_sound, member.peers.as_mut()) {
                peers.is_sound(moment, &asked, &mut effects);
                peers.settle(moment, &mut effects);
            }
        }
        member.waiting.push_back(asked);
        self.begin_work(at);
        self.follow(at, effects)
    }

    fn begin_work(&mut self, at: usize) {
        let most = if self.members[at].nature == Nature::Slow { 150 } else { 3 };
        let time = self.chance.below(most * 1_000) as i64;
        let member = &mut self.members[at];
        if !member.is_working && !member.waiting.is_empty() {
            member.is_working = true;
            self.later(time, Event::Work(at));
        }
    }

    fn work(&mut self, at: usize) -> Result<()> {
        let member = &mut self.members[at];
        member.is_working = false;
        let Some(asked) = member.waiting.pop_front() else { return Ok(()) };
        if let Some(outcome) = self.step(at, asked.input())? {
            if let (Err(refused), Item::Block(_)) = (&outcome, &asked.item) {
                *self.summary.refused.entry(refused.rejected.reason()).or_default() += 1;
            }
            self.members[at].did(asked, &outcome);
            self.begin_write(at);
        }
        self.begin_work(at);
        Ok(())
    }

    fn begin_write(&mut self, at: usize) {
        let most = if self.members[at].nature == Nature::Late { 4_000 } else { 40 };
        let time = self.chance.below(most * 1_000) as i64;
        let member = &mut self.members[at];
        if !member.is_writing {
            member.is_writing = true;
            self.later(time, Event::Write(at));
        }
    }

    /// Lets a core do a step. What it did to the chain waits for the disk.
    pub(super) fn step(&mut self, at: usize, input: Input) -> Result<Option<Outcome>> {
        let now = self.members[at].now(self.now);
        let done = self.members[at].machine.with(|life| life.step(now, input));
        let Some(Stepped { outcome, applied, told, missed }) = done else { return Ok(None) };
        for missed in &missed {
            *self.summary.missed.entry(missed.why.name()).or_default() += 1;
        }
        if let Some(newest) = applied.last() {
            self.trace(at, "applies", &newest.block.id().0);
            self.compare_state(at)?;
            self.begin_write(at);
        }
        self.summary.switches += u64::from(matches!(outcome, Ok(Became::Switched)));
        self.tell(at, &told)?;
        Ok(Some(outcome))
    }

    pub(super) fn compare_state(&mut self, at: usize) -> Result<()> {
        let Some(process) = self.members[at].machine.process().cloned() else { return Ok(()) };
        process.with(|life| match life.chain().pending_is_open() {
            true => Ok(()),
            false => self.truth.state(life.chain().head_id(), life.chain().ledger()),
        })
    }

    fn write(&mut self, at: usize) -> Result<()> {
        self.members[at].is_writing = false;
        match self.members[at].machine.with(|life| life.write(usize::MAX)) {
            None => Ok(()),
            Some(Ok(events)) => {
                self.tell(at, &events)?;
                self.answer(at)?;
                self.snapshot_if_due(at);
                Ok(())
            }
            Some(Err(failed)) => {
                ensure!(self.members[at].is_hurt, "a good disk fails: {}", failed.error);
                // What was undone may be less than what was told, or never told at all.
                let number = |id: Option<Hash160>| id.map_or(0, |id| num_from_id(&id));
                let told = &mut self.members[at].machine.told;
                if failed.parting.is_some() && number(failed.parting) < number(*told) {
                    *told = failed.parting.filter(|id| *id != Hash160::default());
                }
                self.cut_power(at)
            }
        }
    }

    /// Peers are told what became of what they sent.
    fn answer(&mut self, at: usize) -> Result<()> {
        for (asked, verdict) in std::mem::take(&mut self.members[at].unwritten) {
            let moment = self.members[at].moment(self.now);
            let mut effects = Vec::new();
            if let Some(peers) = self.members[at].peers.as_mut() {
                peers.became(moment, &asked, verdict, &mut effects);
            }
            self.follow(at, effects)?;
        }
        self.settle(at)
    }

    fn settle(&mut self, at: usize) -> Result<()> {
        let moment = self.members[at].moment(self.now);
        let mut effects = Vec::new();
        if let Some(peers) = self.members[at].peers.as_mut() {
            peers.settle(moment, &mut effects);
        }
        self.follow(at, effects)
    }

    /// What became known outside of a machine.
    fn tell(&mut self, at: usize, events: &[ChainEvent]) -> Result<()> {
        for event in events {
            match event {
                ChainEvent::Applied(applied) => self.tell_block(at, applied)?,
                ChainEvent::Undone { previous, .. } => {
                    let told = Some(*previous).filter(|id| *id != Hash160::default());
                    self.members[at].machine.told = told;
                }
                ChainEvent::Pending(_) | ChainEvent::Refused(_) => {}
            }
            let moment = self.members[at].moment(self.now);
            let mut effects = Vec::new();
            if let Some(peers) = self.members[at].peers.as_mut() {
                peers.follow(moment, event, &mut effects);
            }
            self.follow(at, effects)?;
        }
        self.settle(at)?;
        self.check_final(at)
    }

    fn tell_block(&mut self, at: usize, applied: &AppliedBlock) -> Result<()> {
        let id = applied.block.id();
        let header = applied.block.block().header();
        self.made.insert(id, (header.previous, header.witness.0));
        self.truth.applied(applied)?;
        self.members[at].machine.told = Some(id);
        self.trace(at, "tells", &id.0);
        let time = applied.block.block().header().timestamp.0;
        let blocks = self.slots.entry(time).or_default();
        self.summary.doubles += u64::from(blocks.insert(id) && blocks.len() == 2);
        let names = applied.operations.iter().map(|one| one.op.stateless().name());
        self.summary.kinds.extend(names);
        Ok(())
    }

    /// What cannot be undone is the same everywhere, but where the rule itself allows otherwise.
    fn check_final(&mut self, at: usize) -> Result<()> {
        let Some(peers) = &self.members[at].peers else { return Ok(()) };
        let (told, from) = (peers.told(), self.members[at].last_final);
        // A machine that fell behind knows less than it did.
        let numbers = from + 1..=told.last_final().max(from);
        let ids: Vec<Hash160> = numbers.clone().map_while(|number| told.id_at(number)).collect();
        for (number, id) in numbers.zip(ids) {
            let expected = *self.finals.entry(number).or_insert(id);
            if id != expected && self.is_one_chain {
                return self.split(number);
            }
            self.members[at].last_final = number;
        }
        Ok(())
    }

    /// Two branches have become irreversible at a block, which the reference's rule allows when
    /// witnesses sign on both: it asks how far the newest block of each is, not what that witness
    /// signed before on another branch, from which he came because this one was longer. Then five
    /// of the seven have signed on each branch, or a machine held a block for irreversible that is
    /// not.
    fn split(&mut self, number: u32) -> Result<()> {
        for (at, member) in self.members.iter().enumerate() {
            let told = member.peers.as_ref().map(Peers::told);
            let told = told.filter(|told| told.last_final() >= number);
            let Some(id) = told.and_then(|told| told.id_at(number)) else { continue };
            let signers = self.signers(&id);
            ensure!(
                signers.len() >= CONFIRMING,
                "machine {at} holds block {number} for irreversible, on which only witnesses \
                 {signers:?} built"
            );
        }
        self.is_one_chain = false;
        self.summary.is_split = true;
        Ok(())
    }

    /// Who signed a block or one that follows it, on whatever branch: what made it irreversible may
    /// have been left since.
    fn signers(&self, id: &Hash160) -> BTreeSet<u64> {
        let (mut above, mut signers) = (BTreeSet::from([*id]), BTreeSet::new());
        // Ids begin with the number, so whatever follows a block comes behind it.
        for (block, (previous, witness)) in self.made.range(*id..) {
            if block == id || above.contains(previous) {
                above.insert(*block);
                signers.insert(*witness);
            }
        }
        signers
    }

    /// Whether two machines are on branches that the rule keeps apart: what the one cannot undo,
    /// with five of seven witnesses on it, is not on the branch of the other, and that one has no
    /// reason to come over, or cannot.
    pub(super) fn is_parted_for_good(&self) -> bool {
        let told: Vec<&Told> =
            self.members.iter().filter_map(|one| one.peers.as_ref()).map(Peers::told).collect();
        let height = |told: &Told| num_from_id(&told.head().id);
        told.iter().any(|one| {
            let number = one.last_final();
            let Some(id) = one.id_at(number) else { return false };
            let is_away = |other: &&&Told| {
                let last = other.last_final();
                let can_come = last == 0 || one.id_at(last) == other.id_at(last);
                let is_elsewhere = height(other) >= number && other.id_at(number) != Some(id);
                is_elsewhere && (!can_come || height(other) >= height(one))
            };
            told.iter().any(|other| is_away(&other)) && self.signers(&id).len() >= CONFIRMING
        })
    }

    /// Somebody sends a transaction to a machine.
    pub(super) fn transaction(&mut self) -> Result<()> {
        let at = self.chance.below(self.members.len() as u64) as usize;
        let Some(process) = self.members[at].machine.process().cloned() else { return Ok(()) };
        let (workload, chance) = (&self.workload, &mut self.chance);
        let made = process.with(|life| workload.transaction(life.chain(), chance));
        let Some(transaction) = made.context("the workload")? else { return Ok(()) };
        let all = Recover::Signatures;
        let recovered = RecoveredTransaction::new(transaction, &self.chain_id, all);
        let outcome = self.step(at, Input::Transaction(Arc::new(recovered), Trust::Nobody))?;
        self.summary.taken += u64::from(matches!(outcome, Some(Ok(_))));
        Ok(())
    }
}

/// A machine with its share of the keys.
fn member(
    at: usize,
    count: usize,
    genesis: &[u8],
    witnesses: &[PrivateKey],
    chance: &mut Chance,
) -> Member {
    let nature = match (at, chance.below(4)) {
        (0, _) => Nature::Good,
        (1, 0..2) => Nature::Forger,
        (1, _) => Nature::Twin,
        (_, 0) => Nature::Slow,
        (2, 1) => Nature::Late,
        _ => Nature::Good,
    };
    let own = witnesses.iter().enumerate().filter(|(witness, _)| witness % count == at);
    let mut keys: Vec<PrivateKey> = own.map(|(_, key)| key.clone()).collect();
    if nature == Nature::Twin {
        // The last of the keys of another.
        keys.extend(witnesses.get(count - 1).cloned());
    }
    let machine = Machine::new(genesis, keys, Production::ByTheClock).guarded(Guarding::ByARecord);
    Member::new(machine, nature, count)
}
