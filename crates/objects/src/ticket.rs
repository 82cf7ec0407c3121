//! Tickets: core that an account locks to vote with more weight (reference:
//! `chain/ticket_object.cpp`).
//!
//! A ticket climbs towards its target type step by step while it is charging, rests when it is
//! there, and goes down step by step while it is withdrawn. Locked forever, it cannot come back and
//! its value fades out in four steps.
//!
//! Invariant: except when locked forever, the value follows from amount and type alone.

use super::{Run, all_of};
use carbyne_graph::Index;
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::SECONDS_PER_DAY;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::{Asset, MoneyRefusal, Shares};
use carbyne_protocol::ops::ticket::TicketType;
use carbyne_wire::{Id, TimePointSec, Wire};
use std::collections::BTreeSet;

named_enum! {
    /// What a ticket is doing.
    #[derive(Default)]
    pub enum TicketStatus {
        /// It climbs to its target type.
        #[default]
        Charging = 0 "charging",
        /// It has its target type.
        Stable = 1 "stable",
        /// It goes down to its target type.
        Withdrawing = 2 "withdrawing",
    }
}

const LOCK_FOREVER_UPDATE_STEPS: i64 = 4;
const SECONDS_PER_LOCK_FOREVER_STEP: u32 = 180 * SECONDS_PER_DAY;
const SECONDS_PER_CHARGING_STEP: u32 = 15 * SECONDS_PER_DAY;
const SECONDS_TO_CANCEL_CHARGING: u32 = 7 * SECONDS_PER_DAY;

/// Core that an account locked.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Ticket {
    /// Id.
    pub id: TicketId,
    /// Whose.
    pub account: AccountId,
    /// The type it is to have.
    pub target_type: TicketType,
    /// How much is locked.
    pub amount: Asset,
    /// The type it has.
    pub current_type: TicketType,
    /// What it is doing.
    pub status: TicketStatus,
    /// What it counts for in a vote.
    pub value: i64,
    /// When it takes its next step.
    pub next_auto_update_time: TimePointSec,
    /// When a step down that was begun is done; the last moment if none was.
    pub next_type_downgrade_time: TimePointSec,
}
object!(Ticket, TicketIndex, holds[amount], concerns[account]);

impl Ticket {
    /// A new ticket, made from an account's balance.
    pub fn new(
        now: TimePointSec,
        account: AccountId,
        target_type: TicketType,
        amount: Asset,
    ) -> Self {
        Self {
            account,
            target_type,
            amount,
            next_auto_update_time: now.wrapping_add(SECONDS_PER_CHARGING_STEP),
            next_type_downgrade_time: TimePointSec::MAX,
            ..Self::default()
        }
    }

    /// A new ticket with `amount` of this one and another target.
    pub fn split(
        &self,
        now: TimePointSec,
        target_type: TicketType,
        amount: Asset,
    ) -> Result<Self, Rejected> {
        let mut part = Self { amount, ..self.clone() };
        part.set_target(now, target_type)?;
        Ok(part)
    }

    /// Changes the target, which begins a way up or down.
    pub fn set_target(&mut self, now: TimePointSec, target: TicketType) -> Result<(), Rejected> {
        if self.current_type >= target {
            self.begin_withdrawal(now, target);
        } else if self.status != TicketStatus::Charging {
            self.status = TicketStatus::Charging;
            self.next_auto_update_time = now.wrapping_add(SECONDS_PER_CHARGING_STEP);
        }
        self.target_type = target;
        self.update_value()
    }

    /// A step down that was begun before goes on and is not begun again, though its time may have
    /// passed.
    fn begin_withdrawal(&mut self, now: TimePointSec, target: TicketType) {
        self.status = TicketStatus::Withdrawing;
        if self.next_type_downgrade_time == TimePointSec::MAX {
            let seconds = if self.current_type == target {
                SECONDS_TO_CANCEL_CHARGING
            } else {
                self.current_type = self.current_type.previous();
                self.current_type.seconds_to_downgrade()
            };
            self.next_type_downgrade_time = now.wrapping_add(seconds);
        }
        self.next_auto_update_time = self.next_type_downgrade_time;
    }

    /// Takes an amount out.
    pub fn take(&mut self, amount: Asset) -> Result<(), Rejected> {
        self.amount = self.amount.minus(amount)?;
        self.update_value()
    }

    /// Whether it is on its way back to the balance and has arrived.
    pub fn is_released(&self) -> bool {
        self.status == TicketStatus::Withdrawing && self.current_type == TicketType::Liquid
    }

    /// Takes the step that is due.
    pub fn step(&mut self) -> Result<(), Rejected> {
        if self.status == TicketStatus::Charging {
            self.step_up()?;
        } else if self.current_type == TicketType::LockForever {
            self.fade()?;
        } else if self.current_type == self.target_type {
            self.rest();
            self.next_type_downgrade_time = TimePointSec::MAX;
        } else {
            self.current_type = self.current_type.previous();
            let seconds = self.current_type.seconds_to_downgrade();
            self.next_type_downgrade_time = self.next_type_downgrade_time.wrapping_add(seconds);
            self.next_auto_update_time = self.next_type_downgrade_time;
        }
        self.update_value()
    }

    fn rest(&mut self) {
        self.status = TicketStatus::Stable;
        self.next_auto_update_time = TimePointSec::MAX;
    }

    fn wait(&mut self, seconds: u32) {
        self.next_auto_update_time = self.next_auto_update_time.wrapping_add(seconds);
    }

    fn step_up(&mut self) -> Result<(), Rejected> {
        self.current_type = self.current_type.next();
        self.next_type_downgrade_time = TimePointSec::MAX;
        if self.current_type < self.target_type {
            self.wait(SECONDS_PER_CHARGING_STEP);
        } else if self.current_type == TicketType::LockForever {
            self.status = TicketStatus::Withdrawing;
            self.wait(SECONDS_PER_LOCK_FOREVER_STEP);
            self.value = self.full_value()?;
        } else {
            self.rest();
        }
        Ok(())
    }

    /// Loses a quarter of the value.
    fn fade(&mut self) -> Result<(), Rejected> {
        let step = (self.full_value()? / LOCK_FOREVER_UPDATE_STEPS).max(1);
        if self.value <= step {
            self.value = 0;
            self.rest();
        } else {
            self.value = self.value.minus(step)?;
            self.wait(SECONDS_PER_LOCK_FOREVER_STEP);
        }
        Ok(())
    }

    fn full_value(&self) -> Result<i64, Rejected> {
        let (a, b) = (self.amount.amount, self.current_type.value_multiplier());
        a.checked_mul(b).ok_or_else(|| MoneyRefusal::Overflow { a, b }.into())
    }

    fn update_value(&mut self) -> Result<(), Rejected> {
        if self.current_type != TicketType::LockForever {
            self.value = self.full_value()?;
        }
        Ok(())
    }
}

/// Tickets by the time of their next step and by account.
#[derive(Clone, Debug, Default)]
pub struct TicketIndex {
    by_next_update: BTreeSet<(TimePointSec, u64)>,
    by_account: BTreeSet<(AccountId, u64)>,
}

impl TicketIndex {
    /// The ticket whose step is due first, if one is due at `now`.
    pub fn due(&self, now: TimePointSec) -> Option<TicketId> {
        let (when, instance) = self.by_next_update.first()?;
        (*when <= now).then_some(Id(*instance))
    }

    /// The tickets of an account, in order of id.
    pub fn of_account(&self, account: AccountId) -> Run<'_, AccountId, 1, 18> {
        all_of(&self.by_account, account)
    }
}

impl Index<Ticket> for TicketIndex {
    type Keys = (TimePointSec, AccountId);
    fn keys(row: &Ticket) -> Self::Keys {
        (row.next_auto_update_time, row.account)
    }
    fn insert(&mut self, instance: u64, (when, account): Self::Keys) {
        self.by_next_update.insert((when, instance));
        self.by_account.insert((account, instance));
    }
    fn remove(&mut self, instance: u64, (when, account): Self::Keys) {
        self.by_next_update.remove(&(when, instance));
        self.by_account.remove(&(account, instance));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TicketStatus::{Charging, Stable, Withdrawing};
    use TicketType::{Liquid, Lock180Days, Lock360Days, Lock720Days, LockForever};

    const DAY: u32 = SECONDS_PER_DAY;

    fn ticket(target: TicketType) -> Ticket {
        Ticket::new(TimePointSec(0), Id(0), target, Asset::core(100))
    }

    /// Takes steps until none is due and compares each: day, type, status, value.
    fn check(mut ticket: Ticket, want: &[(u32, TicketType, TicketStatus, i64)]) {
        for (day, current_type, status, value) in want {
            assert_eq!(ticket.next_auto_update_time.0, day * DAY, "{ticket:?}");
            ticket.step().unwrap();
            let got = (ticket.current_type, ticket.status, ticket.value);
            assert_eq!(got, (*current_type, *status, *value), "on day {day}");
        }
    }

    #[test]
    fn a_ticket_climbs_a_type_every_15_days() {
        check(ticket(Lock180Days), &[(15, Lock180Days, Stable, 200)]);
        let to_720 = [
            (15, Lock180Days, Charging, 200),
            (30, Lock360Days, Charging, 400),
            (45, Lock720Days, Stable, 800),
        ];
        check(ticket(Lock720Days), &to_720);
    }

    #[test]
    fn a_ticket_locked_forever_loses_a_quarter_of_its_value_every_180_days() {
        let steps = [
            (15, Lock180Days, Charging, 200),
            (30, Lock360Days, Charging, 400),
            (45, Lock720Days, Charging, 800),
            (60, LockForever, Withdrawing, 800),
            (240, LockForever, Withdrawing, 600),
            (420, LockForever, Withdrawing, 400),
            (600, LockForever, Withdrawing, 200),
            (780, LockForever, Stable, 0),
        ];
        check(ticket(LockForever), &steps);
    }

    #[test]
    fn a_stable_ticket_comes_down_at_once_and_waits_for_its_time() {
        let mut stable = ticket(Lock360Days);
        stable.step().unwrap();
        stable.step().unwrap();
        stable.set_target(TimePointSec(100 * DAY), Liquid).unwrap();
        assert_eq!((stable.current_type, stable.value), (Lock180Days, 200));
        check(stable, &[(280, Liquid, Withdrawing, 0), (460, Liquid, Stable, 0)]);
    }

    #[test]
    fn charging_is_cancelled_within_a_week() {
        let mut charging = ticket(Lock180Days);
        charging.set_target(TimePointSec(3 * DAY), Liquid).unwrap();
        assert_eq!(charging.next_auto_update_time.0, 10 * DAY);
        assert!(charging.is_released());
    }

    #[test]
    fn a_part_that_is_split_off_keeps_its_place_in_time() {
        let mut whole = ticket(Lock360Days);
        let part = whole.split(TimePointSec(DAY), Lock180Days, Asset::core(30)).unwrap();
        whole.take(Asset::core(30)).unwrap();
        assert_eq!((whole.amount.amount, part.amount.amount), (70, 30));
        check(part, &[(15, Lock180Days, Stable, 60)]);
        assert!(whole.take(Asset::new(1, Id(1))).is_err());
    }
}
