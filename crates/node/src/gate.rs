//! Whether a witness among peers may use its slots: not before it is in step with the others, and
//! not while its clock is far from theirs.
//!
//! Invariant: who has no peers is not held back. This file must never know how a block is made.

use crate::p2p::Report;
use carbyne_wire::TimePointSec;
use std::time::{Duration, Instant};

/// How often it is said why no blocks are made.
const SAY_EVERY: Duration = Duration::from_secs(60);
/// How far the clock may be from those of the peers before that is said, microseconds.
const OFFSET_SAID: i64 = 500_000;

/// Why a slot is left out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeldBack {
    /// Blocks are missing, or nobody made any for long.
    #[error(
        "the head block is {seconds} s old: blocks of others are awaited; to begin or restart a \
         chain that stands still, one node needs `[witness] enable_stale_production = true`"
    )]
    NotInStep {
        /// Seconds since the head block's time.
        seconds: u32,
    },
    /// The clock is wrong, or those of the peers are.
    #[error("the clocks of the peers are {milliseconds} ms ahead of this one: set it right")]
    Clock {
        /// Milliseconds; negative if they are behind.
        milliseconds: i64,
    },
}

/// What is known of the chain and the peers when a slot begins.
pub struct Moment {
    /// When the slot after the head block begins.
    pub next_slot: TimePointSec,
    /// The time of the head block.
    pub head: TimePointSec,
    /// The present.
    pub now: TimePointSec,
    /// Seconds between blocks.
    pub block_interval: u32,
    /// How far the clocks of the peers are ahead, microseconds, if there are any.
    pub clock_offset: Option<i64>,
}

/// Remembers whether the node was in step once, as the reference does.
pub struct Gate {
    was_in_step: bool,
    said: Option<Instant>,
    said_offset: Option<Instant>,
}

impl Gate {
    /// `is_open` says whether blocks are made on an old head block as well.
    pub fn new(is_open: bool) -> Self {
        Self { was_in_step: is_open, said: None, said_offset: None }
    }

    /// Refuses to use the slot.
    pub fn check(&mut self, moment: &Moment) -> Result<(), HeldBack> {
        let offset = moment.clock_offset.unwrap_or_default();
        let limit = i64::from(moment.block_interval) * 1_000_000;
        if offset.abs() > limit {
            return Err(HeldBack::Clock { milliseconds: offset / 1_000 });
        }
        self.was_in_step |= moment.next_slot >= moment.now;
        if !self.was_in_step {
            let seconds = moment.now.0.saturating_sub(moment.head.0);
            return Err(HeldBack::NotInStep { seconds });
        }
        Ok(())
    }

    /// Says why no blocks are made, now and then.
    pub fn say(&mut self, held_back: &HeldBack) {
        if is_due(&mut self.said) {
            tracing::warn!("no blocks are made: {held_back}");
        }
    }

    /// Says that the clock is off, now and then.
    pub fn look_at_clock(&mut self, report: &Report) {
        let offset = report.present().clock_offset.unwrap_or_default();
        if offset.abs() > OFFSET_SAID && is_due(&mut self.said_offset) {
            let milliseconds = offset / 1_000;
            tracing::warn!(milliseconds, "the clocks of the peers are ahead of this one");
        }
    }
}

fn is_due(said: &mut Option<Instant>) -> bool {
    let is_due = said.is_none_or(|said| said.elapsed() >= SAY_EVERY);
    if is_due {
        *said = Some(Instant::now());
    }
    is_due
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(now: u32, clock_offset: Option<i64>) -> Moment {
        Moment {
            next_slot: TimePointSec(103),
            head: TimePointSec(100),
            now: TimePointSec(now),
            block_interval: 3,
            clock_offset,
        }
    }

    #[test]
    fn who_was_in_step_once_goes_on_and_who_was_not_waits() {
        let mut gate = Gate::new(false);
        assert_eq!(gate.check(&at(900, None)), Err(HeldBack::NotInStep { seconds: 800 }));
        assert_eq!(gate.check(&at(103, None)), Ok(()));
        assert_eq!(gate.check(&at(900, None)), Ok(()));
        assert_eq!(Gate::new(true).check(&at(900, None)), Ok(()));
    }

    #[test]
    fn nobody_makes_blocks_by_a_clock_that_is_far_off() {
        let mut gate = Gate::new(true);
        for (offset, expected) in [
            (3_000_000, Ok(())),
            (3_001_000, Err(HeldBack::Clock { milliseconds: 3_001 })),
            (-3_001_000, Err(HeldBack::Clock { milliseconds: -3_001 })),
        ] {
            assert_eq!(gate.check(&at(103, Some(offset))), expected);
        }
    }
}
