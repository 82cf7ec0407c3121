//! Reading ahead: the rows that the next transactions of a block need are asked for before any of
//! them is applied.
//!
//! A chain of a million accounts does not fit the processor's caches. Rows that are read one after
//! the other cost the memory's latency each; asked for together, nearly that of one. So each pass
//! here only asks for what the pass before has made known the place of. Changes nothing and decides
//! nothing.

use crate::Ledger;
use crate::tables::Tables;
use carbyne_graph::prefetch;
use carbyne_protocol::constants::CORE;
use carbyne_protocol::ids::TransactionHistoryId;
use carbyne_protocol::recovered::{Facts, RecoveredTransaction};
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::TimePointSec;
use smallvec::SmallVec;
use std::sync::Arc;

/// Transactions that are read ahead together: enough to keep the memory busy, few enough to stay in
/// a near cache.
pub const GROUP: usize = 64;

impl Ledger {
    /// Asks the processor for what the next transactions need, [`GROUP`] of them at most, before the
    /// first of them is applied: with a million accounts that is most of what applying one takes.
    pub fn read_ahead<'a>(&self, transactions: impl IntoIterator<Item = &'a RecoveredTransaction>) {
        read_ahead(self, transactions.into_iter().map(|one| (one.transaction(), one.facts())));
    }
}

/// Asks for what the transactions need in any case: whether they are known, the accounts that they
/// are about, what pays fees.
pub(crate) fn read_ahead<'a>(
    ledger: &Ledger,
    transactions: impl Iterator<Item = (&'a Arc<SignedTransaction>, &'a Facts)>,
) {
    let Tables { accounts, balances, statistics, transactions: known, .. } = &ledger.tables;
    let mut group: SmallVec<[&Facts; GROUP]> = SmallVec::new();
    for (transaction, facts) in transactions {
        prefetch(&**transaction);
        known.index().prefetch(&facts.id());
        for account in facts.touched() {
            accounts.index().prefetch_brief(*account);
            balances.index().prefetch(*account);
        }
        group.push(facts);
    }
    for facts in group {
        let payer = facts.touched().first().and_then(|payer| accounts.index().brief(*payer));
        if let Some(payer) = payer {
            statistics.prefetch(payer.statistics.0);
        }
        for account in facts.touched() {
            if let Some(balance) = balances.index().find(*account, CORE) {
                balances.prefetch(balance);
            }
        }
    }
}

/// The transactions that expire first, if they expire before `now`, [`GROUP`] of them at most; all
/// that forgetting them needs was asked for.
pub(crate) fn expired_transactions(
    ledger: &Ledger,
    now: TimePointSec,
) -> SmallVec<[TransactionHistoryId; GROUP]> {
    let known = &ledger.tables.transactions;
    let expired: SmallVec<[_; GROUP]> = known.index().expiring_before(now).take(GROUP).collect();
    for id in &expired {
        known.prefetch(id.0);
    }
    for row in expired.iter().filter_map(|id| ledger.find(*id)) {
        known.index().prefetch(&row.trx_id);
        prefetch(&*row.trx);
    }
    expired
}
