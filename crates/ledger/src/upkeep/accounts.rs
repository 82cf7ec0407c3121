//! What maintenance does for each account: note its core, count its votes, share out its fees
//! (reference:
//! `chain/db_maint.cpp`, `perform_account_maintenance`).

use super::votes::Tally;
use crate::Ledger;
use crate::cashback::process_fees;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountBalanceId, AccountId};
use carbyne_wire::Text;
use std::collections::BTreeMap;
use std::ops::Bound;

/// Accounts to look at, in order of name, because the order decides which vesting balances are
/// created first.
type Due = BTreeMap<Text, AccountId>;

/// Looks at every account that votes with some core or paid fees.
pub(super) fn perform_account_maintenance(
    ledger: &mut Ledger,
    tally: &mut Tally,
) -> Result<(), Rejected> {
    note_core_balances(ledger)?;
    let statistics = ledger.tables.statistics.index().due();
    let mut due: Due = statistics
        .filter_map(|id| ledger.find(id))
        .map(|statistics| (statistics.name.clone(), statistics.owner))
        .collect();
    let mut next = due.first_key_value().map(|(name, _)| name.clone());
    while let Some(name) = next {
        next = due.range((Bound::Excluded(&name), Bound::Unbounded)).next().map(|(n, _)| n.clone());
        let Some(account) = due.get(&name).copied() else { break };
        let statistics = ledger.statistics(account)?;
        let has_pending_fees = statistics.has_pending_fees();
        if statistics.has_some_core_voting() {
            tally.count(ledger, account)?;
        }
        if has_pending_fees {
            process_fees(ledger, account)?;
            if let Some(next) = &next {
                add_new_voters(ledger, account, next, &mut due)?;
            }
        }
    }
    Ok(())
}

/// An account that gets its first cashback may have a vote from then on. The reference's loop
/// stands before `next` when that happens and meets only accounts behind it.
fn add_new_voters(
    ledger: &Ledger,
    payer: AccountId,
    next: &Text,
    due: &mut Due,
) -> Result<(), Rejected> {
    let payer = ledger.get(payer)?;
    for account in [payer.lifetime_referrer, payer.referrer, payer.registrar] {
        let statistics = ledger.statistics(account)?;
        if statistics.needs_maintenance() && statistics.name > *next {
            due.insert(statistics.name.clone(), account);
        }
    }
    Ok(())
}

/// Notes with each account whose core balance changed how much it has.
fn note_core_balances(ledger: &mut Ledger) -> Result<(), Rejected> {
    let flagged: Vec<AccountBalanceId> = ledger.tables.balances.index().flagged().collect();
    for id in flagged {
        let (owner, balance) = ledger.modify(id, |balance| {
            balance.maintenance_flag = false;
            (balance.owner, balance.balance)
        })?;
        let statistics = ledger.get(owner)?.statistics;
        ledger.modify(statistics, |statistics| statistics.core_in_balance = balance)?;
    }
    Ok(())
}
