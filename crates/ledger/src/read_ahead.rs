//! Reading ahead: the rows that the next transactions of a block need are read before any of them
//! is applied.
//!
//! A chain of a million accounts does not fit the processor's caches. Rows that are read one after
//! the other cost the memory's latency each; read together, nearly that of one. So each pass here
//! only reads what the pass before has made known the place of. Changes nothing and decides
//! nothing.

use crate::Ledger;
use carbyne_protocol::constants::CORE;
use carbyne_protocol::ids::{AccountId, TransactionHistoryId};
use carbyne_protocol::recovered::{Facts, RecoveredTransaction};
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Hash160, TimePointSec};
use smallvec::SmallVec;
use std::hint::black_box;
use std::sync::Arc;

/// Transactions that are read ahead together: enough to keep the memory busy, few enough to stay in
/// a near cache.
pub const GROUP: usize = 64;

impl Ledger {
    /// Reads what the next transactions need, [`GROUP`] of them at most, before the first of them
    /// is applied: with a million accounts that is most of what applying one takes.
    pub fn read_ahead<'a>(&self, transactions: impl IntoIterator<Item = &'a RecoveredTransaction>) {
        read_ahead(self, transactions.into_iter().map(|one| (one.transaction(), one.facts())));
    }
}

/// Reads what the transactions need in any case: whether they are known, the accounts that they
/// are about, what pays fees.
pub(crate) fn read_ahead<'a>(
    ledger: &Ledger,
    transactions: impl Iterator<Item = (&'a Arc<SignedTransaction>, &'a Facts)>,
) {
    let facts: SmallVec<[&Facts; GROUP]> = transactions.map(|(_, facts)| facts).collect();
    let touched = || facts.iter().flat_map(|facts| facts.touched());
    for facts in &facts {
        black_box(ledger.knows_transaction(&facts.id()));
    }
    touched().for_each(|id| read_brief(ledger, *id));
    facts.iter().filter_map(|one| one.touched().first()).for_each(|payer| {
        read_statistics(ledger, *payer);
    });
    touched().for_each(|id| {
        black_box(ledger.balance(*id, CORE));
    });
}

/// Reads an account in brief, and where its balances are.
fn read_brief(ledger: &Ledger, id: AccountId) {
    black_box(ledger.brief(id).is_ok_and(|brief| brief.is_unlisted));
    black_box(ledger.tables.balances.index().of_account(id).next());
}

/// Reads all of the statistics: booking a fee keeps the old ones for undo.
fn read_statistics(ledger: &Ledger, id: AccountId) {
    let Ok(statistics) = ledger.statistics(id) else { return };
    let (first, middle, last) =
        (statistics.id, statistics.core_in_balance, statistics.pending_vested_fees);
    black_box((first, middle, last));
}

/// The transactions that expire first, if they expire before `now`, [`GROUP`] of them at most; all
/// that forgetting them needs was read.
pub(crate) fn expired_transactions(
    ledger: &Ledger,
    now: TimePointSec,
) -> SmallVec<[TransactionHistoryId; GROUP]> {
    let index = ledger.tables.transactions.index();
    let expired: SmallVec<[_; GROUP]> = index.expiring_before(now).take(GROUP).collect();
    let known: SmallVec<[Hash160; GROUP]> =
        expired.iter().filter_map(|id| ledger.find(*id)).map(|row| row.trx_id).collect();
    for id in &known {
        black_box(index.find(id));
    }
    for id in &expired {
        black_box(ledger.find(*id).map(|row| row.trx.expiration));
    }
    expired
}
