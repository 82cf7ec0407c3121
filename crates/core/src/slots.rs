//! What became of the slots of our witnesses, so that each one that goes by without a block of ours
//! has a reason.
//!
//! Invariant: a slot is told once the next block shows that the chain goes on without it, and once
//! only. This file must never know whose slot it is.

use carbyne_chain::Slot;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::WitnessId;
use carbyne_wire::TimePointSec;
use std::collections::BTreeMap;
use std::fmt;

/// Slots of which it is remembered what became of them.
const NOTED_MAX: usize = 1_024;

/// Why a node that could makes no block for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// There is too little room on the disk.
    DiskFull,
    /// The clock differs from that of the peers by a block interval or more.
    ClockOff,
    /// Blocks of others are still on their way here.
    NotInStep,
}

impl Hold {
    /// A word for machines.
    fn name(self) -> &'static str {
        match self {
            Self::DiskFull => "disk_full",
            Self::ClockOff => "clock_off",
            Self::NotInStep => "not_in_step",
        }
    }
}

/// Why there is no block of ours in a slot of ours.
#[derive(Clone, Debug)]
pub enum WhyMissed {
    /// Nothing asked for a block while the slot lasted: the node was off, behind or busy.
    NotAsked,
    /// Something stood in the way.
    Held(Hold),
    /// It was tried and refused: by the signer, most likely.
    Refused(Rejected),
    /// There was one, and the chain went on without it.
    LeftBehind,
}

impl WhyMissed {
    /// A word for machines.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotAsked => "not_asked",
            Self::Held(hold) => hold.name(),
            Self::Refused(rejected) => rejected.reason(),
            Self::LeftBehind => "left_behind",
        }
    }
}

impl fmt::Display for WhyMissed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAsked => write!(out, "the node was off, behind or busy"),
            Self::Held(Hold::DiskFull) => write!(out, "the disk is nearly full"),
            Self::Held(Hold::ClockOff) => write!(out, "the clock differs from that of the peers"),
            Self::Held(Hold::NotInStep) => write!(out, "blocks of others were still on their way"),
            Self::Refused(rejected) => write!(out, "{rejected}"),
            Self::LeftBehind => write!(out, "the chain went on without the block"),
        }
    }
}

/// A slot of ours without a block of ours.
#[derive(Clone, Debug)]
pub struct Missed {
    /// Whose it was.
    pub witness: WitnessId,
    /// When it began.
    pub time: TimePointSec,
    /// Why.
    pub why: WhyMissed,
}

/// What became of the newest slots of ours: none if a block was made.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    noted: BTreeMap<TimePointSec, Option<WhyMissed>>,
    /// When the newest slot began that was told of.
    told: TimePointSec,
}

impl Slots {
    /// Notes what became of a slot; that a block was made is not forgotten.
    pub(crate) fn note(&mut self, time: TimePointSec, why: Option<WhyMissed>) {
        match why {
            None => drop(self.noted.insert(time, None)),
            why => drop(self.noted.entry(time).or_insert(why)),
        }
        while self.noted.len() > NOTED_MAX {
            self.noted.pop_first();
        }
    }

    /// Tells nobody of slots that began by then.
    pub(crate) fn forget_until(&mut self, time: TimePointSec) {
        self.told = self.told.max(time);
    }

    /// Of slots that went by, in order: those that nobody was told of yet.
    pub(crate) fn missed(&mut self, passed: Vec<Slot>) -> Vec<Missed> {
        let told = self.told;
        let new = passed.into_iter().filter(|slot| slot.time > told);
        let missed: Vec<Missed> = new.map(|slot| self.why(slot)).collect();
        self.told = missed.last().map_or(told, |missed| missed.time);
        missed
    }

    fn why(&self, Slot { witness, time, .. }: Slot) -> Missed {
        let why = match self.noted.get(&time) {
            None => WhyMissed::NotAsked,
            Some(None) => WhyMissed::LeftBehind,
            Some(Some(why)) => why.clone(),
        };
        Missed { witness, time, why }
    }
}
