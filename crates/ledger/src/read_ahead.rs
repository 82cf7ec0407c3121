//! Reading ahead: the rows that the next transactions of a block need are read before any of them
//! is applied.
//!
//! A chain of a million accounts does not fit the processor's caches. Rows that are read one after
//! the other cost the memory's latency each; read together, nearly that of one. So each pass here
//! only reads what the pass before has made known the place of. Changes nothing and decides
//! nothing.

use crate::Ledger;
use carbyne_protocol::constants::CORE;
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::recovered::{Facts, RecoveredTransaction};
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::FlatSet;
use smallvec::SmallVec;
use std::hint::black_box;
use std::sync::Arc;

/// Transactions that are read ahead together: enough to keep the memory busy, few enough to stay in
/// a near cache.
pub const GROUP: usize = 64;

/// Two accounts of each of [`GROUP`] transactions.
type Accounts = SmallVec<[AccountId; 2 * GROUP]>;

impl Ledger {
    /// Reads what the next transactions need, [`GROUP`] of them at most, before the first of them
    /// is applied: with a million accounts that is most of what applying one takes.
    pub fn read_ahead<'a>(&self, transactions: impl IntoIterator<Item = &'a RecoveredTransaction>) {
        read_ahead(self, transactions.into_iter().map(|one| (one.transaction(), one.facts())));
    }
}

/// Reads what the transactions need in any case: whether they are known, the accounts that they
/// touch, what pays fees.
pub(crate) fn read_ahead<'a>(
    ledger: &Ledger,
    transactions: impl Iterator<Item = (&'a Arc<SignedTransaction>, &'a Facts)>,
) {
    let (mut touched, mut payers) = (Accounts::new(), Accounts::new());
    let mut accounts = FlatSet::new();
    for (transaction, facts) in transactions {
        black_box(ledger.knows_transaction(&facts.id()));
        for operation in &transaction.operations {
            accounts.clear();
            operation.stateless().touch(&mut accounts);
            touched.extend_from_slice(&accounts);
            payers.push(operation.stateless().payer());
        }
    }
    payers.iter().for_each(|payer| read_authority(ledger, *payer));
    touched.iter().for_each(|account| read_lists(ledger, *account));
    payers.iter().for_each(|payer| read_statistics(ledger, *payer));
    touched.iter().for_each(|account| {
        black_box(ledger.balance(*account, CORE));
    });
}

fn read_authority(ledger: &Ledger, id: AccountId) {
    let Some(account) = ledger.find(id) else { return };
    black_box(account.active.weight_threshold);
    black_box(account.active.key_auths.first().map(|(key, _)| key.0[0]));
}

/// Reads what says whether an account may hold an asset, and where its balances are.
fn read_lists(ledger: &Ledger, id: AccountId) {
    let Some(account) = ledger.find(id) else { return };
    black_box((account.id, account.allowed_assets.is_some(), account.statistics));
    black_box((account.blacklisting_accounts.len(), account.whitelisting_accounts.len()));
    black_box(ledger.tables.balances.index().of_account(id).len());
}

/// Reads all of the statistics: booking a fee keeps the old ones for undo.
fn read_statistics(ledger: &Ledger, id: AccountId) {
    black_box(ledger.statistics(id).ok().cloned());
}
