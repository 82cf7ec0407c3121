//! What maintenance does for each account: note its core, count its votes, share out its fees
//! (reference: `chain/db_maint.cpp`, `perform_account_maintenance`).
//!
//! The reference goes through accounts by name. What it adds up does not depend on that, so here
//! they are met by number, as they lie in memory; where the order shows, in which balance is made
//! first, names are asked. It also decides there whether an account is looked at that votes with
//! nothing but its first cashback; but cashback counts for nothing, so that shows nowhere.

#[cfg(test)]
mod naive;

use super::votes::Tally;
use crate::Ledger;
use crate::cashback::Payouts;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountBalanceId, AccountStatisticsId};
use carbyne_wire::Id;

/// Looks at every account that votes with some core or paid fees.
pub(super) fn perform_account_maintenance(
    ledger: &mut Ledger,
    tally: &mut Tally,
) -> Result<(), Rejected> {
    note_core_balances(ledger)?;
    let due = ledger.tables.statistics.index().due().clone();
    let mut payouts = Payouts::default();
    for number in due.iter() {
        let statistics = ledger.get(Id(number) as AccountStatisticsId)?;
        let account = statistics.owner;
        if statistics.has_some_core_voting() {
            tally.count(ledger, account)?;
        }
        payouts.collect(ledger, account)?;
    }
    payouts.pay(ledger)
}

/// Notes with each account whose core balance changed how much it has.
fn note_core_balances(ledger: &mut Ledger) -> Result<(), Rejected> {
    let flagged: Vec<AccountBalanceId> = ledger.tables.balances.index().flagged().collect();
    for id in flagged {
        let (owner, balance) = ledger.modify(id, |balance| {
            balance.maintenance_flag = false;
            (balance.owner, balance.balance)
        })?;
        let statistics = ledger.brief(owner)?.statistics;
        ledger.modify(statistics, |statistics| statistics.core_in_balance = balance)?;
    }
    Ok(())
}
