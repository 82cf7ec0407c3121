//! What goes wrong: on cables, with clocks, disks and power, and by whom.

use super::cables::End;
use super::forger::forge;
use super::member::Nature;
use super::scene::{Event, MILLISECOND, Network};
use crate::machine::Ending;
use anyhow::{Result, ensure};
use carbyne_net::Input as Incoming;
use carbyne_store::simulated::Fault;

/// Accesses to the disk within which a fault strikes.
const FAULT_WITHIN: u64 = 40;
/// Seconds for which a machine is off, and groups are apart, at most.
const OFF_MAX: u64 = 12;
const APART_MAX: u64 = 25;
/// Milliseconds by which a clock is set, at most, and once in a while.
const CLOCK_MAX: u64 = 1_500;
const CLOCK_RARE: u64 = 20_000;

impl Network {
    /// Something happens.
    pub(super) fn happening(&mut self) -> Result<()> {
        match self.chance.below(100) {
            0..50 => (0..=self.chance.below(6)).try_for_each(|_| self.transaction()),
            50..62 => self.harm(),
            62..84 if self.is_mild && self.chance.below(4) > 0 => self.transaction(),
            62..74 => self.part(),
            74..84 => self.set_clock(),
            84..90 => self.break_one(),
            90..96 => self.forge(),
            _ => self.lose_disk(),
        }
    }

    pub(super) fn happened(&mut self, at: usize, what: &'static str) {
        *self.summary.faults.entry(what).or_default() += 1;
        self.trace(at, what, &[]);
    }

    pub(super) fn any(&mut self) -> usize {
        self.chance.below(self.members.len() as u64) as usize
    }

    /// Something happens to a machine.
    fn harm(&mut self) -> Result<()> {
        let at = self.any();
        if self.members[at].machine.process().is_none() {
            return Ok(());
        }
        match self.chance.below(8) {
            0..3 => self.kill(at),
            3..5 => return self.cut_power(at),
            5..7 => {
                let fault = Fault::ALL[self.chance.below(Fault::ALL.len() as u64) as usize];
                let access = self.chance.below(FAULT_WITHIN);
                let member = &mut self.members[at];
                member.is_hurt = true;
                let disk = &member.machine.disk;
                disk.fail_at(disk.operations() + access, fault);
                self.happened(at, "disk fails");
            }
            _ => {
                self.members[at].is_hurt = true;
                self.members[at].machine.disk.set_full(true);
                self.happened(at, "disk full");
            }
        }
        Ok(())
    }

    fn kill(&mut self, at: usize) {
        self.happened(at, "killed");
        self.members[at].machine.end(Ending::Killed);
        self.gone(at);
    }

    /// Cuts the power, and mends the disk.
    pub(super) fn cut_power(&mut self, at: usize) -> Result<()> {
        self.happened(at, "off");
        let seed = self.chance.number();
        let member = &mut self.members[at];
        member.machine.disk.set_full(false);
        member.machine.end(Ending::PowerCut { seed });
        member.is_hurt = false;
        self.gone(at);
        Ok(())
    }

    pub(super) fn gone(&mut self, at: usize) {
        let off = self.chance.below(OFF_MAX * 1_000) as i64 * MILLISECOND;
        self.members[at].back_at = self.now + off;
        self.members[at].leave();
        let ends = self.cables.ends().into_iter().filter(|end| end.0 == at);
        ends.for_each(|end| self.cut(end));
    }

    /// Starts a machine that is off.
    pub(super) fn start(&mut self, at: usize) -> Result<()> {
        if self.members[at].is_new {
            return self.begin_taking(at);
        }
        let now = self.members[at].now(self.now).seconds();
        if let Err(error) = self.members[at].machine.start(now) {
            // A start that the disk kept from working has to work when the disk does.
            let is_hurt = self.members[at].is_hurt;
            ensure!(is_hurt, error.context(format!("machine {at} does not start")));
            return self.cut_power(at);
        }
        self.summary.restarts += 1;
        self.trace(at, "starts", &[]);
        self.meet(at)
    }

    /// Parts the machines into two groups, for a while.
    fn part(&mut self) -> Result<()> {
        if self.groups.iter().any(|group| *group != 0) {
            return Ok(());
        }
        for at in 0..self.groups.len() {
            self.groups[at] = self.chance.below(2);
        }
        let time = self.chance.below(APART_MAX * 1_000) as i64 * MILLISECOND;
        self.later(time, Event::Join);
        self.happened(0, "parted");
        Ok(())
    }

    /// Joins the groups: what was sent meanwhile arrives.
    pub(super) fn join(&mut self) -> Result<()> {
        self.groups.fill(0);
        for end in self.cables.ends() {
            let stalled = self.cables.cable(end).map(|cable| std::mem::take(&mut cable.stalled));
            stalled.into_iter().flatten().for_each(|bytes| self.send(end, bytes));
        }
        Ok(())
    }

    /// Sets a clock wrong, or less wrong.
    fn set_clock(&mut self) -> Result<()> {
        let at = self.any();
        let most = if self.chance.below(8) == 0 { CLOCK_RARE } else { CLOCK_MAX };
        let offset = self.chance.below(2 * most) as i64 - most as i64;
        self.members[at].clock = offset * MILLISECOND;
        self.happened(at, "clock set");
        // Whatever was to be done at some time by the clock is looked at anew.
        self.input(at, Incoming::Tick)
    }

    /// Breaks a connection.
    fn break_one(&mut self) -> Result<()> {
        let ends = self.cables.ends();
        if ends.is_empty() {
            return Ok(());
        }
        let end = ends[self.chance.below(ends.len() as u64) as usize];
        self.happened(end.0, "connection broken");
        self.later(0, Event::Input(end.0, Box::new(Incoming::Closed(end.1))));
        self.cut(end);
        Ok(())
    }

    /// A forger offers a block that is not valid.
    fn forge(&mut self) -> Result<()> {
        let is_forger = |at: &usize| self.members[*at].nature == Nature::Forger;
        let Some(at) = (0..self.members.len()).find(is_forger) else { return Ok(()) };
        let now = self.members[at].now(self.now).seconds();
        let keys: Vec<_> = self.members[at].machine.keys().to_vec();
        let chance = &mut self.chance;
        let made = self.members[at].machine.with(|life| forge(life.chain(), now, &keys, chance));
        let Some(block) = made.transpose()?.flatten() else { return Ok(()) };
        self.happened(at, "forged");
        self.input(at, Incoming::NewBlock(Box::new(block)))
    }

    /// Bytes leave a machine.
    pub(super) fn send(&mut self, from: End, bytes: Vec<u8>) {
        let late = if self.is_rough { self.chance.below(200) } else { 1 };
        let stall = if late == 0 { self.chance.below(3_000) as i64 * MILLISECOND } else { 0 };
        let delay = (5 + self.chance.below(120) as i64) * MILLISECOND + stall;
        let (now, groups) = (self.now, &self.groups);
        let Some(cable) = self.cables.cable(from) else { return };
        let Some(to) = cable.to else { return };
        if groups[from.0] != groups[to.0] {
            return cable.stalled.push(bytes);
        }
        let arrives = cable.arrives.max(now + delay);
        cable.arrives = arrives;
        self.garble(from, to, arrives - now, bytes);
    }

    /// Now and then what arrives is not what was sent: then the connection has to end, no more.
    fn garble(&mut self, from: End, to: End, delay: i64, mut bytes: Vec<u8>) {
        let what = if self.is_rough { self.chance.below(6_000) } else { 100 };
        match what {
            0 => {
                self.happened(from.0, "bytes twice");
                self.later(delay, Event::Bytes(from, to, bytes.clone()));
            }
            1 => {
                self.happened(from.0, "bytes lost");
                return;
            }
            2 => {
                self.happened(from.0, "bytes reordered");
                return self.later(delay / 2, Event::Bytes(from, to, bytes));
            }
            3 => {
                self.happened(from.0, "bytes changed");
                let at = self.chance.below(bytes.len().max(1) as u64) as usize;
                bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 0x10);
            }
            _ => {}
        }
        // Pieces are as the network likes.
        let cut = self.chance.below(bytes.len() as u64 + 1) as usize;
        let rest = bytes.split_off(cut);
        for piece in [bytes, rest].into_iter().filter(|piece| !piece.is_empty()) {
            self.later(delay, Event::Bytes(from, to, piece));
        }
    }

    pub(super) fn arrive(&mut self, from: End, to: End, bytes: Vec<u8>) -> Result<()> {
        if self.cables.cable(from).is_none() {
            return Ok(());
        }
        let length = bytes.len();
        self.input(to.0, Incoming::Bytes(to.1, bytes))?;
        self.input(from.0, Incoming::Sent(from.1, length))
    }
}
