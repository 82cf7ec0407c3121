//! What maintenance does for each account: note its core, count its votes, share out its fees
//! (reference: `chain/db_maint.cpp`, `perform_account_maintenance`).
//!
//! The reference goes through accounts by name. What it adds up does not depend on that, so here
//! they are met by number, as they lie in memory; where the order shows, in which balance is made
//! first and whose first cashback still lets him vote, names are asked.

#[cfg(test)]
mod naive;

use super::votes::Tally;
use crate::Ledger;
use crate::cashback::{Newcomer, Payouts};
use carbyne_graph::NumberSet;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountBalanceId, AccountId, AccountStatisticsId};
use carbyne_wire::{Id, Text};

/// Looks at every account that votes with some core or paid fees.
pub(super) fn perform_account_maintenance(
    ledger: &mut Ledger,
    tally: &mut Tally,
) -> Result<(), Rejected> {
    note_core_balances(ledger)?;
    let mut due = ledger.tables.statistics.index().due().clone();
    let mut payouts = Payouts::default();
    for number in due.iter() {
        let statistics = ledger.get(Id(number) as AccountStatisticsId)?;
        let (account, has_pending_fees) = (statistics.owner, statistics.has_pending_fees());
        if statistics.has_some_core_voting() {
            tally.count(ledger, account)?;
        }
        if has_pending_fees {
            payouts.collect(ledger, account)?;
        }
    }
    let newcomers = payouts.pay(ledger)?;
    newcomers
        .chunk_by(|one, other| one.payer == other.payer)
        .try_for_each(|of_payer| count_newcomers(ledger, tally, of_payer, &mut due))
}

/// Some have a vote from their first cashback on. The reference, which pays it when it is at the
/// payer's name, meets those that were to be looked at anyway if they come later; of others only
/// those that come behind the next one that was.
fn count_newcomers(
    ledger: &mut Ledger,
    tally: &mut Tally,
    newcomers: &[Newcomer],
    due: &mut NumberSet,
) -> Result<(), Rejected> {
    let Some(Newcomer { payer, .. }) = newcomers.first() else { return Ok(()) };
    let payer = ledger.get(*payer)?.name.clone();
    let mut next = None;
    for account in newcomers.iter().map(|one| one.account) {
        let statistics = ledger.statistics(account)?;
        let (id, is_due) = (statistics.id, due.contains(statistics.id.0));
        if !statistics.has_some_core_voting() || statistics.has_some_core() {
            continue;
        }
        let after = match is_due {
            true => Some(&payer),
            false => next.get_or_insert_with(|| next_due(ledger, &payer, due)).as_ref(),
        };
        if after.is_some_and(|after| statistics.name > *after) {
            tally.count(ledger, account)?;
            due.insert(id.0);
        }
    }
    Ok(())
}

/// The first name behind another whose account is to be looked at.
fn next_due(ledger: &Ledger, name: &Text, due: &NumberSet) -> Option<Text> {
    let names = ledger.tables.accounts.index().names_from(name).filter(|(other, _)| *other != name);
    let is_due = |id: AccountId| ledger.find(id).is_some_and(|one| due.contains(one.statistics.0));
    names.filter(|(_, id)| is_due(*id)).map(|(name, _)| name.clone()).next()
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
