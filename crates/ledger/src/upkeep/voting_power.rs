//! How much an account's core counts for in votes (reference: `chain/db_maint.cpp`).
//!
//! Core in tickets counts by the tickets' values; core in tickets locked forever also multiplies
//! what other core counts for. Votes that were not renewed for long lose their power step by step.

use carbyne_objects::AccountStatistics;
use carbyne_protocol::constants::{PERCENT_100, SECONDS_PER_DAY};
use carbyne_protocol::proportion::{basis_points, proportion};
use carbyne_wire::TimePointSec;

/// Votes younger than this have full power, in seconds.
const FULL_POWER_SECONDS: u32 = 360 * SECONDS_PER_DAY;
/// Steps in which older votes lose all power.
const DECAY_STEPS: u32 = 8;
/// Seconds between two steps.
const SECONDS_PER_STEP: u32 = 45 * SECONDS_PER_DAY;

/// What an account's core counts for. Once any ticket on the chain is locked forever, core in
/// orders does not count.
pub(super) fn voting_stake(statistics: &AccountStatistics, pob_is_active: bool) -> u64 {
    let free = if pob_is_active { 0 } else { statistics.total_core_in_orders as u64 };
    let pol = (statistics.tickets.total_core_pol as u64, statistics.tickets.total_pol_value as u64);
    let pob = (statistics.tickets.total_core_pob as u64, statistics.tickets.total_pob_value as u64);
    match (pob.0, pol.0) {
        (0, _) => free.wrapping_add(pol.1),
        (_, 0) => multiplied(free, pob),
        (locked, other) if locked <= other => free.wrapping_add(both(pob, pol)),
        (locked, other) => {
            let rest = locked.saturating_sub(other);
            let paired = proportion(pol.1, pob.1, locked);
            if rest <= free {
                let used = proportion(other, pob.1, locked);
                let gained = u128::from(pob.1).wrapping_sub(used);
                let more = paired.wrapping_add(gained).wrapping_sub(rest.into());
                free.wrapping_add(more as u64)
            } else {
                paired.wrapping_add(proportion(free, pob.1, locked)) as u64
            }
        }
    }
}

/// Free core, multiplied by tickets locked forever as far as these reach.
fn multiplied(free: u64, (locked, value): (u64, u64)) -> u64 {
    if locked <= free {
        free.wrapping_add(value.wrapping_sub(locked))
    } else {
        proportion(free, value, locked) as u64
    }
}

/// Tickets locked forever that multiply a part of the other tickets, and the rest of those.
fn both((locked, locked_value): (u64, u64), (other, other_value): (u64, u64)) -> u64 {
    let multiplied = proportion(locked_value, other_value, other);
    let used = proportion(locked, other_value, other);
    multiplied.wrapping_add(u128::from(other_value).wrapping_sub(used)) as u64
}

/// What is left of `stake` at `now` if its owner last voted at `last_vote`.
pub(super) fn decayed(stake: u64, last_vote: TimePointSec, now: TimePointSec) -> u64 {
    let full_power = now.0.wrapping_sub(FULL_POWER_SECONDS);
    let zero_power = full_power.wrapping_sub((DECAY_STEPS - 1) * SECONDS_PER_STEP);
    if last_vote.0 > full_power {
        return stake;
    }
    if last_vote.0 <= zero_power {
        return 0;
    }
    let waited = full_power.saturating_sub(last_vote.0);
    let steps = (waited / SECONDS_PER_STEP).saturating_add(1);
    let percent = proportion(PERCENT_100, steps, DECAY_STEPS);
    stake.saturating_sub(basis_points(stake, percent) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use carbyne_objects::TicketSums;

    const DAY: u32 = SECONDS_PER_DAY;
    const NOW: TimePointSec = TimePointSec(20_000 * DAY);

    fn check_decay(days: u32, want: u64) {
        assert_eq!(decayed(800, TimePointSec(NOW.0 - days * DAY), NOW), want);
    }

    #[test]
    fn votes_fade_in_eighths_after_a_year() {
        check_decay(0, 800);
        check_decay(359, 800);
        check_decay(360, 700);
        check_decay(404, 700);
        check_decay(405, 600);
        check_decay(674, 100);
        check_decay(675, 0);
        check_decay(9_000, 0);
    }

    fn check_stake(pol: (i64, i64), pob: (i64, i64), in_orders: i64, active: bool, want: u64) {
        let tickets = TicketSums {
            total_core_pol: pol.0,
            total_pol_value: pol.1,
            total_core_pob: pob.0,
            total_pob_value: pob.1,
            ..TicketSums::default()
        };
        let statistics = AccountStatistics {
            total_core_in_orders: in_orders,
            tickets: tickets.into(),
            ..AccountStatistics::default()
        };
        assert_eq!(voting_stake(&statistics, active), want);
    }

    #[test]
    fn core_in_orders_counts_until_the_first_ticket_is_locked_forever() {
        check_stake((0, 0), (0, 0), 100, false, 100);
        check_stake((0, 0), (0, 0), 100, true, 0);
        check_stake((10, 40), (0, 0), 100, false, 140);
    }

    #[test]
    fn locked_tickets_multiply_other_core() {
        check_stake((0, 0), (10, 80), 100, false, 170);
        check_stake((0, 0), (100, 800), 10, false, 80);
        check_stake((100, 400), (10, 80), 0, true, 680);
        check_stake((10, 40), (100, 800), 0, true, 320);
    }
}
