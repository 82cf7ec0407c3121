//! Slots in time and who produces in them (reference: `chain/db_witness_schedule.cpp`).
//!
//! Slot 0 is the head block's; a slot lasts one block interval, and after a maintenance block some
//! slots are left out. Never knows a clock: times come in as arguments.

use crate::Ledger;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{WitnessId, WitnessScheduleId};
use carbyne_wire::{Id, TimePointSec};

refusals! {
    /// Why a slot has no time or no witness.
    pub enum ScheduleRefusal {
        /// Blocks without time between them.
        NoInterval: "the block interval is zero",
        /// Nobody produces.
        NoWitness: "the schedule holds no witness",
    }
}

/// Bit of `dynamic_flags`: the head block was a maintenance block.
pub const MAINTENANCE_FLAG: u32 = 1;

/// Multiplier of Marsaglia's xorshift generator; the reference shuffles with it.
const SHUFFLE_MULTIPLIER: u64 = 2_685_821_657_736_338_717;

impl Ledger {
    /// When a slot begins; slot 0 has no time.
    pub fn get_slot_time(&self, slot: u32) -> Result<TimePointSec, Rejected> {
        if slot == 0 {
            return Ok(TimePointSec::default());
        }
        let (parameters, dynamic) = (self.parameters()?, self.dynamic()?);
        let interval = u32::from(parameters.block_interval);
        if dynamic.head_block_number == 0 {
            return Ok(dynamic.time.wrapping_add(slot.wrapping_mul(interval)));
        }
        let head_slot = dynamic.time.0.checked_div(interval).ok_or(ScheduleRefusal::NoInterval)?;
        let skipped = match dynamic.dynamic_flags & MAINTENANCE_FLAG {
            0 => 0,
            _ => u32::from(parameters.maintenance_skip_slots),
        };
        let distance = slot.wrapping_add(skipped).wrapping_mul(interval);
        Ok(TimePointSec(head_slot.wrapping_mul(interval)).wrapping_add(distance))
    }

    /// The last slot that begins at or before `when`; 0 before the first.
    pub fn get_slot_at_time(&self, when: TimePointSec) -> Result<u32, Rejected> {
        let first = self.get_slot_time(1)?;
        if when < first {
            return Ok(0);
        }
        let interval = u32::from(self.parameters()?.block_interval);
        let passed = when.0.wrapping_sub(first.0).checked_div(interval);
        Ok(passed.ok_or(ScheduleRefusal::NoInterval)?.wrapping_add(1))
    }

    /// The witness who produces in a slot.
    pub fn get_scheduled_witness(&self, slot: u32) -> Result<WitnessId, Rejected> {
        let absolute = self.dynamic()?.current_aslot.wrapping_add(slot.into());
        let witnesses = self.shuffled_witnesses()?;
        let at = absolute.checked_rem(witnesses.len() as u64).ok_or(ScheduleRefusal::NoWitness)?;
        Ok(witnesses.get(at as usize).copied().ok_or(ScheduleRefusal::NoWitness)?)
    }

    /// The witnesses in the order in which they produce.
    pub fn shuffled_witnesses(&self) -> Result<&[WitnessId], Rejected> {
        Ok(&self.get(Id(0) as WitnessScheduleId)?.current_shuffled_witnesses)
    }

    /// Shuffles the active witnesses each time all of them could have produced once.
    pub(crate) fn update_witness_schedule(&mut self) -> Result<(), Rejected> {
        let (dynamic, active) = (self.dynamic()?, &self.global()?.active_witnesses);
        let round = active.len() as u32;
        if dynamic.head_block_number.checked_rem(round).ok_or(ScheduleRefusal::NoWitness)? != 0 {
            return Ok(());
        }
        let mut witnesses: Vec<WitnessId> = active.iter().copied().collect();
        shuffle(&mut witnesses, dynamic.time);
        self.modify(Id(0) as WitnessScheduleId, |schedule| {
            schedule.current_shuffled_witnesses = witnesses;
        })
    }
}

/// Puts `witnesses` into an order that follows from the time alone.
fn shuffle(witnesses: &mut [WitnessId], time: TimePointSec) {
    let seed = u64::from(time.0) << 32;
    let count = witnesses.len() as u64;
    for (at, left) in (0..count).zip((1..=count).rev()) {
        let mut k = seed.wrapping_add(at.wrapping_mul(SHUFFLE_MULTIPLIER));
        k ^= k >> 12;
        k ^= k << 25;
        k ^= k >> 27;
        k = k.wrapping_mul(SHUFFLE_MULTIPLIER);
        let other = at.wrapping_add(k.checked_rem(left).unwrap_or(0));
        witnesses.swap(at as usize, other as usize);
    }
}
