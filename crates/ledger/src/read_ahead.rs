//! Reading ahead: the rows that the next transactions need are asked for before they are applied.
//!
//! A chain of a million accounts does not fit the processor's caches. Rows that are read one after
//! the other cost the memory's latency each; asked for while others are applied, next to nothing.
//! What is found by a number is asked for first, then, when that has come, what it names. Changes
//! nothing and decides nothing.

use crate::Ledger;
use crate::tables::Tables;
use carbyne_graph::prefetch;
use carbyne_protocol::constants::CORE;
use carbyne_protocol::ids::TransactionHistoryId;
use carbyne_protocol::recovered::{Facts, RecoveredTransaction};
use carbyne_protocol::transaction::SignedTransaction;
use std::sync::Arc;

/// Transactions that may be read ahead together: few enough to stay in a near cache.
pub const GROUP: usize = 64;

/// How many entries before its own turn one is asked for that is forgotten.
const DISTANCE: usize = 16;

type Known<'a> = (&'a Arc<SignedTransaction>, &'a Facts);

impl Ledger {
    /// Asks the processor for what the next transactions need, [`GROUP`] of them at most, before
    /// the first of them is applied: with a million accounts that is most of what it takes.
    pub fn read_ahead<'a>(
        &self,
        transactions: impl Iterator<Item = &'a RecoveredTransaction> + Clone,
    ) {
        transactions.clone().for_each(|one| by_number(self, known(one)));
        transactions.for_each(|one| by_place(self, known(one)));
    }
}

/// A transaction with what is known of it.
pub fn known(transaction: &RecoveredTransaction) -> Known<'_> {
    (transaction.transaction(), transaction.facts())
}

/// Transactions of a block, which are asked for while those before them are applied: many at once,
/// since where rows lie has to be read, and many such reads wait together.
#[derive(Clone, Debug)]
pub struct Ahead<I> {
    by_number: I,
    by_place: I,
    /// Transactions that are left of those that were asked for.
    left: usize,
}

impl<'a, I: Iterator<Item = Known<'a>> + Clone> Ahead<I> {
    /// Before the first is applied.
    pub fn new(ledger: &Ledger, transactions: I) -> Self {
        let mut ahead = Self { by_number: transactions.clone(), by_place: transactions, left: 0 };
        ahead.ask_by_number(ledger);
        ahead
    }

    /// Before the next one is applied.
    #[inline]
    pub fn step(&mut self, ledger: &Ledger) {
        if self.left == 0 {
            self.by_place.by_ref().take(GROUP).for_each(|one| by_place(ledger, one));
            self.ask_by_number(ledger);
            self.left = GROUP;
        }
        self.left = self.left.saturating_sub(1);
    }

    fn ask_by_number(&mut self, ledger: &Ledger) {
        self.by_number.by_ref().take(GROUP).for_each(|one| by_number(ledger, one));
    }
}

/// Asks for what is found by numbers alone: the transaction, whether it is known, the accounts that
/// it is about.
#[inline]
fn by_number(ledger: &Ledger, (transaction, facts): Known<'_>) {
    let Tables { accounts, balances, transactions, .. } = &ledger.tables;
    prefetch(&**transaction);
    transactions.index().prefetch(&facts.id());
    for account in facts.touched() {
        accounts.index().prefetch_brief(*account);
        balances.index().prefetch(*account);
    }
}

/// Asks for what those accounts name: what pays the fee, and what they have of the core asset.
#[inline]
fn by_place(ledger: &Ledger, (_, facts): Known<'_>) {
    let Tables { accounts, balances, statistics, .. } = &ledger.tables;
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

/// Entries of transactions that are forgotten one after the other: before that happens to the one
/// at a place, what forgetting later ones needs is asked for.
#[inline]
pub(crate) fn before_forgetting(ledger: &Ledger, expired: &[TransactionHistoryId], place: usize) {
    let known = &ledger.tables.transactions;
    let later = |distance: usize| expired.get(place.saturating_add(distance));
    if let Some(id) = later(DISTANCE.saturating_mul(2)) {
        known.prefetch(id.0);
    }
    if let Some(row) = later(DISTANCE).and_then(|id| ledger.find(*id)) {
        known.index().prefetch(&row.trx_id);
        prefetch(&*row.trx);
    }
}
